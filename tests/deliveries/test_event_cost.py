"""What a driver's event asks of the database: never more because a day, a customer or the town has more in it."""

import pytest

from tests.deliveries.reporting import departed, handed, phone_of, raw, send, stop_of
from tests.factories import placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.mark.parametrize("more", [0, 3])
def test_an_event_takes_as_many_statements_on_a_full_day(driver, order, more, django_assert_num_queries):
    departed(driver, order, *[placed() for _ in range(more)])
    stop, phone = stop_of(order), phone_of(driver.user)
    for _ in range(more):
        send(driver, raw("check", None), phone)
    arrived, given = raw("arrive", stop), handed(stop)

    with django_assert_num_queries(26):
        send(driver, arrived, phone)
    with django_assert_num_queries(72):
        send(driver, given, phone)

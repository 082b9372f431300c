"""A manager gives a colleague a new password, shown once."""

import pytest
from django.urls import reverse

from luckygas.models import CUSTOMER
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_manager_sees_colleagues_and_no_customers(signed_in, manager, dispatcher, driver):
    UserFactory(username="+886900000555", roles=[CUSTOMER])

    html = signed_in(manager).get(reverse("staff")).content.decode()

    assert [name in html for name in ("dispatcher", "driver", "+886900000555")] == [True, True, False]


def test_the_new_password_is_shown_once_and_works(signed_in, manager, dispatcher):
    browser = signed_in(manager)

    response = browser.post(reverse("reset_password", args=[dispatcher.pk]))

    password = response.context["password"]
    dispatcher.refresh_from_db()
    assert password in response.content.decode()
    assert dispatcher.check_password(password)
    assert dispatcher.must_change_password
    assert password not in browser.get(reverse("staff")).content.decode()


def test_a_customers_password_is_not_the_managers_to_give(signed_in, manager):
    person = UserFactory(roles=[CUSTOMER])

    response = signed_in(manager).post(reverse("reset_password", args=[person.pk]))

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_only_a_manager_resets_and_unknown_people_are_404(signed_in, manager, dispatcher):
    assert signed_in(dispatcher).get(reverse("staff")).status_code == 403
    assert signed_in(dispatcher).post(reverse("reset_password", args=[manager.pk])).status_code == 403
    assert signed_in(manager).post(reverse("reset_password", args=[999_999])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_three_as_for_one(signed_in, manager, count, django_assert_num_queries):
    for _ in range(count):
        UserFactory(roles=["driver"])
    browser = signed_in(manager)

    with django_assert_num_queries(5):
        browser.get(reverse("staff"))

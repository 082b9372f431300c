"""An order that needs a leak check is never delivered without one, or a signed refusal, whichever way somebody tries.

Each way is shut by the code; the last word is the database's, shown red with its rule dropped.
"""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.models import Incident, LeakCheck
from deliveries.models import Review
from deliveries.reporting.phoned import phone_in
from luckygas.errors import Refused
from orders.handover import Handover
from orders.models import Order
from orders.services import hand_over_at_counter
from tests.deliveries.reporting import again, handed, published, raw, send, stop_of
from tests.factories import DepotFactory, SiteFactory, UserFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
SIGNED = "M1 2l3 4"


def gas_out():
    return placed(is_gas_out=True)


def first_supply():
    return placed()


def after_a_leak():
    site = SiteFactory(customer__legacy_code="1234567")
    order = placed(wish(site))
    assert not order.needs_leak_check
    Incident.open(kind="leak", text="smells", by=UserFactory(), customer=site.customer, site=site)
    return order


@pytest.fixture(params=[gas_out, first_supply, after_a_leak])
def order(request, twenty):
    made = request.param()
    made.refresh_from_db()
    assert made.needs_leak_check
    return made


def refusal(call, *args, **more):
    with pytest.raises(Refused) as refused:
        call(*args, **more)
    return refused.value.code


# --- the ways ---
@pytest.mark.parametrize("check", ["", "refused"])
def test_the_verb(order, check):
    handover = Handover.as_ordered(order, leak_check=check)

    code = refusal(order.deliver, handover, place=DepotFactory().place, by=order.placed_by)

    assert code == ("unsigned_refusal" if check else "leak_check")
    assert again(order).state == "confirmed"


@pytest.mark.parametrize("check", ["", "refused"])
def test_an_event(driver, order, stop, check):
    answer = send(driver, handed(stop, leak_check=check))

    assert answer["state"] == "review"
    assert (again(order).state, order.leak_check) == ("review", "")


@pytest.mark.parametrize("check", [{}, {"leak_check": "refused"}])
def test_the_drivers_page(driver, order, stop, signed_in, check):
    typed = {
        "kind": "deliver", "operation_id": str(uuid.uuid4()), "items.20.delivered": "1", "items.20.empties": "1",
        "choice": "exact", "unsigned": "on",
    } | check  # fmt: skip

    answer = signed_in(driver.user).post(f"/drive/stops/{stop.pk}/", typed)

    assert answer.status_code == 422
    assert (again(order).state, again(stop).state) == ("out", "pending")


@pytest.mark.parametrize("check", ["", "refused"])
def test_the_office_writing_down_what_was_phoned_in(driver, order, stop, dispatcher, check):
    body = handed(stop, leak_check=check)["body"]

    refusal(phone_in, stop, body, by=dispatcher, operation_id=uuid.uuid4())

    assert again(order).state == "out"


@pytest.mark.parametrize("check", ["", "refused"])
def test_the_counter(order, dispatcher, check):
    DepotFactory().place  # noqa: B018  (makes it)

    refusal(hand_over_at_counter, order, operation_id=uuid.uuid4(), by=dispatcher, leak_check=check)

    assert again(order).state == "confirmed"


def test_the_review(driver, order, stop, manager):
    send(driver, handed(stop, leak_check=""))
    review = Review.objects.get()

    code = refusal(review.close, by=manager, resolution="is fine", to="delivered")

    assert (code, again(order).state) == ("leak_check", "review")


def test_putting_it_right(driver, order, stop):
    """An amendment of an order in review stays in review."""
    first = handed(stop, leak_check="")
    send(driver, first)

    send(driver, raw("amend", stop, **handed(stop)["body"], amends=first["id"], why="forgot"))

    assert again(order).state == "review"


def test_the_admin(order, client):
    person = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(person)

    answer = client.post(f"/admin/orders/order/{order.pk}/change/", {"state": "delivered", "leak_check": "passed"})

    assert answer.status_code in {302, 403}
    assert again(order).state == "confirmed"


def test_no_api_delivers(client):
    """The one API of the site knows no address that hands anything over."""
    schema = client.get("/api/v1/openapi.json")

    assert schema.status_code in {200, 302, 401, 403}
    assert b"deliver" not in schema.content.lower().replace(b"delivery", b"")


# --- the last word ---
def delivered(order, **more):
    facts = {"state": "delivered", "delivered_at": timezone.now()} | more
    with transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**facts)


def drop(rule):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(rule)


def trigger(name):
    (found,) = [each for each in Order._meta.triggers if each.name == name]
    return f"DROP TRIGGER {found.get_pgid(Order)} ON orders_order"


def test_raw_sql_without_a_check(order):
    with pytest.raises(IntegrityError):
        delivered(order)

    drop("ALTER TABLE orders_order DROP CONSTRAINT delivered_only_past_the_leak_check")
    delivered(order)  # red without its rule


def test_raw_sql_with_a_refusal_nobody_signed(order):
    with pytest.raises(IntegrityError):
        delivered(order, leak_check="refused")

    drop(trigger("a_refusal_is_signed"))
    delivered(order, leak_check="refused")


def test_raw_sql_that_waves_the_check_away(order):
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(needs_leak_check=False, is_gas_out=False)

    drop(trigger("a_leak_check_stays_needed"))
    Order.objects.filter(pk=order.pk).update(needs_leak_check=False, is_gas_out=False)
    delivered(order)


# --- and who may ---
def test_a_passed_check_delivers(driver, order, stop):
    assert send(driver, handed(stop))["state"] == "applied"
    assert (again(order).state, order.leak_check) == ("delivered", "passed")


def test_a_refusal_that_is_signed_delivers_and_is_kept(driver, order, stop):
    answer = send(driver, handed(stop, leak_check="refused", signature=SIGNED))

    check = LeakCheck.objects.get(outcome="refused")
    assert (answer["state"], again(order).state, order.leak_check) == ("applied", "delivered", "refused")
    assert (check.site, check.signature, check.by) == (order.site, SIGNED, driver.user)


def test_a_refusal_signed_on_paper_settles_what_is_being_checked(driver, order, stop, manager):
    send(driver, handed(stop, leak_check="refused"))
    LeakCheck.record(order.site, operation_id=uuid.uuid4(), outcome="refused", who="林太太", by=manager)

    Review.objects.get().close(by=manager, resolution="she signed", to="delivered")

    assert (again(order).state, order.leak_check) == ("delivered", "refused")


def test_a_refusal_of_long_ago_is_none_for_this_order(driver, twenty):
    site = SiteFactory()
    LeakCheck.record(site, operation_id=uuid.uuid4(), outcome="refused", who="林太太", by=driver.user)
    order = placed(wish(site, is_gas_out=True))
    published(driver, order)

    assert send(driver, handed(stop_of(order), leak_check="refused"))["state"] == "review"

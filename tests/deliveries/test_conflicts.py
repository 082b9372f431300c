"""What happens when the door and the office disagree: one test for each row of the promises ("Conflicts").

Nothing physical is ever dropped or silently overwritten.
"""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from customers.models import AccountEntry, Payment
from deliveries.models import DriverEvent, Review, Route, Stop
from deliveries.reporting import events
from deliveries.reporting.phoned import phone_in
from luckygas.errors import Refused
from orders.models import CylinderMovement
from orders.wishes import Item
from tests.deliveries.reporting import (
    again,
    departed,
    event_of,
    handed,
    phone_of,
    published,
    raw,
    row,
    send,
    stop_of,
)
from tests.factories import DriverFactory, RouteFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "invariants_hold")]


def moved(order):
    """What both ledgers say was given and taken, as it stands."""
    rows = CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk))
    return sorted(rows.in_effect("given", "taken").values_list("quantity", "to_state"))


def paid():
    return sorted(Payment.objects.kept().values_list("received_twd", flat=True))


def told_by_phone(stop, driver, office, **more):
    """The office writes down what the driver says on the phone: as ordered, NT$820 in cash."""
    body = handed(stop)["body"] | more
    phone_in(stop, body, by=office, operation_id=uuid.uuid4())


# --- delivered at the door beats an unsent edit ---
def test_delivered_at_the_door_beats_an_unsent_edit(driver, order, stop, dispatcher, twenty):
    send(driver, handed(stop))

    with pytest.raises(Refused) as refused:
        again(order).change(
            wish(order.site, items=(Item(twenty, 3, 3),)), by=dispatcher, operation_id=uuid.uuid4()
        )  # fmt: skip

    assert refused.value.code == "too_late"
    assert (again(order).state, order.lines.get().ordered, order.lines.get().delivered) == ("delivered", 1, 1)


# --- delivered after the office cancelled ---
def test_delivered_after_the_office_cancelled_applies_stock_and_cash_and_goes_to_review(driver, order, stop):
    again(order)._move("cancelled", by=driver.user)

    answer = send(driver, handed(stop))

    assert (answer["state"], again(order).state) == ("review", "review")
    assert (moved(order), paid()) == ([(1, "empty"), (1, "in_use")], [820])
    assert Review.objects.get().order == order


# --- the office enters a delivery that the driver phoned in ---
def test_a_phoned_in_delivery_is_the_same_deed(driver, order, stop, dispatcher):
    told_by_phone(stop, driver, dispatcher)

    assert (again(order).state, again(stop).state, stop.finished_by) == ("delivered", "done", dispatcher)
    assert (moved(order), paid()) == ([(1, "empty"), (1, "in_use")], [820])
    assert dict(driver.vehicle.place.stock()) == {(order.lines.get().product_id, "empty"): 1}


def test_the_phones_identical_event_is_absorbed(driver, order, stop, dispatcher):
    told_by_phone(stop, driver, dispatcher)

    answer = send(driver, handed(stop, signature="M1 2l3 4"))

    assert (answer["state"], answer["code"]) == ("applied", "absorbed")
    assert (moved(order), paid()) == ([(1, "empty"), (1, "in_use")], [820])
    assert stop.proofs.get().kind == "signature"  # what only the phone has is kept
    assert Review.objects.count() == 0


def test_the_phones_different_event_goes_to_review(driver, order, stop, dispatcher):
    told_by_phone(stop, driver, dispatcher)

    answer = send(driver, handed(stop, row(empties=0)))

    assert (answer["state"], answer["code"]) == ("review", "handed_over")
    assert moved(order) == [(1, "empty"), (1, "in_use")]
    assert again(order).state == "delivered"


def test_a_phoned_in_delivery_is_written_once_and_only_past_the_gate(driver, twenty, dispatcher):
    order = placed(is_gas_out=True)
    departed(driver, order)
    stop, operation = stop_of(order), uuid.uuid4()
    body = handed(stop)["body"]

    with pytest.raises(Refused) as refused:
        phone_in(stop, body | {"leak_check": ""}, by=dispatcher, operation_id=operation)
    assert (refused.value.code, again(stop).state, moved(order)) == ("leak_check", "pending", [])

    for _ in range(2):
        phone_in(again(stop), body, by=dispatcher, operation_id=operation)
    assert (again(order).state, paid()) == ("delivered", [820])


# --- delivered after reassignment ---
def test_delivered_after_reassignment_is_credited_to_who_delivered(driver, order, twenty, dispatcher):
    """The stop stands on another driver's route by now: stock, cash and visit are of who was there."""
    mine = published(driver, order, placed())
    stop = stop_of(order)
    gone = stop.pk
    mine.remove(stop, by=dispatcher)
    mine.depart(by=driver.user)
    theirs = departed(DriverFactory(), placed())
    theirs.add(again(order), by=dispatcher)

    answer = send(driver, handed(gone, order=order.number))

    credited = Stop.objects.get(order=order, state="done")
    assert (answer["state"], again(order).state) == ("review", "review")
    assert (credited.route, credited.finished_by) == (mine, driver.user)
    assert (mine.cash_due_twd, theirs.cash_due_twd) == (820, 0)
    assert dict(driver.vehicle.place.stock())[twenty.pk, "empty"] == 1
    assert (twenty.pk, "empty") not in dict(theirs.vehicle.place.stock())
    assert not theirs.stops.todo().filter(order=order).exists()


# --- two deliveries of one order ---
def test_the_second_of_two_deliveries_goes_to_review_and_stock_moves_once(driver, order, stop):
    send(driver, handed(stop))

    answer = send(driver, handed(stop, row(delivered=2), cash=1640))

    assert answer["state"] == "review"
    assert (moved(order), paid()) == ([(1, "empty"), (1, "in_use")], [820])
    assert event_of({"id": answer["id"]}).body["payment"]["received_twd"] == 1640


# --- address or price edited ---
def test_an_edited_address_wins_and_the_driver_sees_a_badge(driver, order, stop, signed_in):
    page = signed_in(driver.user)
    assert "地點有改" not in page.get("/drive/", headers={"accept-language": "zh-hant"}).content.decode()

    Route.objects.update(published_at="2020-01-01T00:00:00Z")  # the database keeps its own clock
    order.site.address = "臺東市新路 5 號"
    order.site.save(update_fields=["address"])

    shown = page.get("/drive/", headers={"accept-language": "zh-hant"}).content.decode()
    assert "新路 5 號" in shown
    assert "地點有改" in shown


def test_an_edited_price_wins_and_what_the_phone_took_stays(driver, order, twenty):
    """The phone had NT$820 on its page; the office repriced to 900: charged 900, received 820, both kept."""
    published(driver, order)
    order.lines.update(unit_price_twd=900)

    send(driver, handed(stop_of(order), cash=820))

    charged = AccountEntry.objects.get(cause_kind="order", account="receivable", purpose="charge")
    assert (charged.amount_twd, paid(), order.customer.balance_twd) == (900, [820], 80)


# --- cash differs ---
def test_cash_that_differs_keeps_both_values(driver, order, stop, dispatcher):
    told_by_phone(stop, driver, dispatcher, payment={"method": "cash", "received_twd": 800})

    answer = send(driver, handed(stop, cash=820))

    assert answer["state"] == "review"
    assert paid() == [800]
    assert event_of({"id": answer["id"]}).body["payment"]["received_twd"] == 820


# --- events out of order ---
def test_events_out_of_order_wait_and_are_applied(driver, order, stop):
    delivered = handed(stop)
    amended = raw("amend", stop, **handed(stop, cash=500)["body"], amends=delivered["id"], why="miscounted")
    closed = raw("close", route=stop.route_id)
    phone = phone_of(driver.user)

    waiting = [send(driver, sent, phone)["state"] for sent in (closed, amended)]
    send(driver, delivered, phone)

    assert waiting == ["stored", "stored"]
    assert paid() == [500]
    assert again(stop.route).state == "closed"
    assert set(DriverEvent.objects.values_list("state", flat=True)) == {"applied"}


def test_what_waited_a_day_for_the_events_before_it_is_flagged(driver, order, stop):
    sent = raw("amend", stop, **handed(stop)["body"], amends=str(uuid.uuid4()), why="miscounted")
    send(driver, sent)
    DriverEvent.objects.update(received_at=timezone.now() - events.BACKLOG - dt.timedelta(minutes=1))

    events.sweep()

    assert event_of(sent).state == "review"
    assert Review.objects.get().event == event_of(sent)


# --- one answer for ever ---
@pytest.mark.parametrize("is_reviewed", [False, True])
def test_the_same_event_has_the_same_answer_applied_reviewed_and_decided(driver, order, stop, is_reviewed, manager):
    sent, phone = handed(stop, leak_check="leak" if is_reviewed else "passed"), phone_of(driver.user)
    first = send(driver, sent, phone)

    second = send(driver, sent, phone)
    for review in Review.objects.all():
        again(order).leak_check = "passed"
        order.save(update_fields=["leak_check"])
        review.close(by=manager, resolution="我打過電話", to="delivered")
    third = send(driver, sent, phone)

    assert first == second == third
    assert first["state"] == ("review" if is_reviewed else "applied")


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_wrong_by_hours_changes_no_time_of_ours(driver, order, stop, hours):
    phone, off = phone_of(driver.user), dt.timedelta(hours=hours)
    events.note_contact(phone, sent_at=timezone.now() + off, unsent=1, oldest_at=None)
    sent = handed(stop) | {"happened_at": (timezone.now() + off).isoformat()}

    send(driver, sent, phone)

    assert abs((again(order).delivered_at - timezone.now()).total_seconds()) < 10
    assert abs((event_of(sent).happened_at - timezone.now() - off).total_seconds()) < 10


def test_a_route_knows_only_its_own(driver, order):
    """A stop moved before departure leaves no money behind on the route it left."""
    mine, theirs = published(driver, order), RouteFactory()
    send(driver, handed(stop_of(order)))

    assert (mine.cash_due_twd, theirs.cash_due_twd) == (820, 0)

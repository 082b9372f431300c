"""What drivers report: applied once, or put before the office; nothing physical is ever dropped."""

import threading
import uuid

import pytest
from django.db import connection

from customers.models import AccountEntry, Incident, Message, Payment
from deliveries.models import Device, DriverEvent, Proof, Review, Stop
from deliveries.reporting import day, events
from orders.handover import Handed, Handover
from orders.models import CylinderMovement
from orders.wishes import Item
from pilot import invariants
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
from tests.factories import DepotFactory, DriverFactory, UserFactory, placed, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture(autouse=True)
def _every_invariant_holds(db):
    """Whatever a test did, nothing that must be true of the records is broken; and what is in review says why."""
    yield
    assert invariants.check() == []
    assert all(event.review for event in DriverEvent.objects.filter(state="review"))


def moved(order):
    of_order = CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk))
    return sorted(of_order.values_list("product__code", "quantity", "purpose"))


# --- a handover ---
def test_a_handover_delivers_charges_and_takes_the_money(driver, order, stop):
    sent = handed(stop, signature="M1 2l3 4")

    answer = send(driver, sent)

    assert answer == {"id": sent["id"], "state": "applied", "code": "applied"}
    assert again(order).state == "delivered"
    assert (again(stop).state, stop.finished_by) == ("done", driver.user)
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert sorted(AccountEntry.objects.values_list("account", "amount_twd", "cause_kind")) == [
        ("cash", 820, "payment"),
        ("receivable", -820, "payment"),
        ("receivable", 820, "order"),
        ("sales", -820, "order"),
    ]
    payment = Payment.objects.get()
    assert (payment.cause_kind, payment.cause_id, payment.received_by) == ("stop", str(stop.pk), driver.user)
    assert Proof.objects.get().path == "M1 2l3 4"
    assert order.events.last().operation_id == uuid.UUID(sent["id"])
    assert Review.objects.count() == 0


def test_the_vehicle_gives_the_full_ones_and_takes_the_empties(driver, order, stop):
    send(driver, handed(stop))

    assert dict(driver.vehicle.place.stock()) == {(order.lines.get().product_id, "empty"): 1}


def test_what_was_not_asked_for_but_given_back_moves_too(driver, order, stop):
    sixteen = priced("16", gas_kg=16, tare_kg=16)

    send(driver, handed(stop, row(), row(sixteen, 0, 0, other_empties=2)))

    assert ("16", 2, "other_empties") in moved(order)


def test_an_empty_with_gas_left_comes_back_as_such(driver, order, stop):
    send(driver, handed(stop, row(parts=1)))

    assert dict(driver.vehicle.place.stock()) == {(order.lines.get().product_id, "part"): 1}


def test_no_more_with_gas_left_than_came_back_is_believed(driver, order, stop):
    send(driver, handed(stop, row(parts=5)))

    assert ("20", 1, "taken_part") in moved(order)


def test_short_and_to_be_brought_later_is_owed(driver, twenty):
    order = placed(items=(Item(twenty, 2, 2),))
    departed(driver, order)

    send(driver, handed(stop_of(order), row(twenty, 1, 1, rest="owed")))

    assert again(order).state == "delivered"
    assert order.owed_orders.get().lines.get().ordered == 1


def test_money_on_account_is_no_payment(driver, order, stop):
    send(driver, handed(stop, payment={"method": "account"}))

    assert again(order).state == "delivered"
    assert Payment.objects.count() == 0
    assert order.customer.balance_twd == 820


def test_left_owed_delivers_charges_and_makes_a_stop_to_collect_it(driver, order, stop):
    send(driver, handed(stop, payment={"method": "account"}, left_owed=True))

    collecting = Stop.objects.get(kind="collect_money")
    assert again(order).state == "delivered"
    assert (collecting.route, collecting.position, collecting.due_twd) == (stop.route, 2, 820)


def test_a_route_still_at_the_depot_departs_first(driver, order):
    route = published(driver, order)

    answer = send(driver, handed(stop_of(order)))

    assert answer["state"] == "applied"
    assert again(route).state == "departed"
    assert list(order.events.values_list("to_state", flat=True))[-2:] == ["out", "delivered"]


# --- once ---
def test_the_same_event_is_answered_the_same_for_ever(driver, order, stop):
    sent, phone = handed(stop), phone_of(driver.user)

    first, second = send(driver, sent, phone), send(driver, sent, phone)

    assert first == second
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert Payment.objects.count() == 1


def test_the_same_id_with_another_body_is_refused_and_changes_nothing(driver, order, stop):
    sent = handed(stop)
    send(driver, sent)

    answer = send(driver, sent | {"body": {"items": [row(delivered=9)]}})

    assert (answer["state"], answer["code"]) == ("refused", "other_body")
    assert event_of(sent).body["items"][0]["delivered"] == 1
    assert order.lines.get().delivered == 1


def test_somebody_elses_event_is_not_answered_to_me(driver, stop):
    sent = handed(stop)
    send(driver, sent)

    assert send(DriverFactory(), sent)["code"] == "other_body"


def test_a_number_used_twice_costs_no_event(driver, order, stop):
    phone = phone_of(driver.user)
    first, second = raw("arrive", stop), handed(stop)
    second["seq"] = first["seq"]

    send(driver, first, phone)
    send(driver, second, phone)

    assert again(order).state == "delivered"
    assert event_of(second).seq == first["seq"] + 1


def test_a_device_of_somebody_else_becomes_another_device(driver):
    key = uuid.uuid4()
    mine = events.device_of(driver.user, key)

    theirs = events.device_of(UserFactory(), key)

    assert theirs != mine
    assert events.device_of(driver.user, key) == mine


@pytest.mark.django_db(transaction=True)
def test_two_threads_with_the_same_event_apply_it_once(driver, order, stop):
    sent, phone, answers = handed(stop), phone_of(driver.user), []

    def post():
        try:
            answers.append(events.take(sent, device=Device.objects.get(pk=phone.pk)))
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert answers[0]["state"] == "applied"
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_threads_with_two_deliveries_of_one_order_move_stock_once(driver, order, stop):
    answers, both = [], threading.Barrier(2)

    def post(sent):
        try:
            device = phone_of(driver.user)
            both.wait()
            answers.append(events.take(sent, device=device))
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[handed(stop, cash=cash)]) for cash in (820, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer["state"] for answer in answers) == ["applied", "review"]
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert Payment.objects.count() == 1


# --- what no move or gate allows ---
def test_a_missing_leak_check_posts_both_ledgers_and_goes_to_review(driver, twenty):
    order = placed(is_gas_out=True)
    departed(driver, order)

    answer = send(driver, handed(stop_of(order), leak_check=""))

    assert answer["state"] == "review"
    assert again(order).state == "review"
    assert stop_of(order).state == "done"
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert Payment.objects.get().received_twd == 820
    assert Review.objects.get().order == order


def test_delivered_after_the_office_cancelled_goes_to_review_with_stock_and_cash(driver, order, stop):
    again(order)._move("cancelled", by=driver.user)

    answer = send(driver, handed(stop))

    assert (answer["state"], answer["code"]) == ("review", "contested")
    assert again(order).state == "review"
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert Payment.objects.count() == 1


def test_delivered_though_the_stop_was_taken_away_is_found_by_its_order(driver, order, dispatcher):
    route = published(driver, order)
    stop = stop_of(order)
    gone = stop.pk
    route.remove(stop, by=dispatcher)

    answer = send(driver, handed(gone, order=order.number))

    assert answer["state"] == "review"
    assert again(order).state == "review"
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert event_of({"id": answer["id"]}).stop is None


def test_a_stop_of_another_driver_is_credited_to_who_delivered(driver, order, stop):
    other = DriverFactory()

    answer = send(other, handed(stop))

    assert answer["state"] == "review"
    assert (again(stop).state, stop.finished_by) == ("done", other.user)
    assert again(order).state == "review"
    assert order.events.last().by == other.user
    assert dict(other.vehicle.place.stock())[order.lines.get().product_id, "empty"] == 1


def test_delivered_after_it_was_reported_as_failed_goes_to_review(driver, order, stop):
    send(driver, raw("fail", stop, reason="not_home", next_step="call"))

    answer = send(driver, handed(stop))

    assert answer["state"] == "review"
    assert (again(stop).state, again(order).state) == ("failed", "review")
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]


def test_propane_for_plain_gas_is_written_down_and_goes_to_review(driver, order, stop):
    propane = priced("營20", gas=900, family="propane")

    answer = send(driver, handed(stop, row(propane)))

    assert answer["state"] == "review"
    assert again(order).state == "review"
    assert ("營20", 1, "given") in moved(order)


def test_a_second_delivery_moves_stock_and_money_once(driver, order, stop):
    send(driver, handed(stop))

    answer = send(driver, handed(stop, row(delivered=2)))

    assert (answer["state"], answer["code"]) == ("review", "handed_over")
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert Payment.objects.count() == 1
    assert again(order).state == "delivered"


def test_what_the_office_entered_before_the_phone_came_through_is_absorbed(driver, order, stop, dispatcher):
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=driver.vehicle.place, by=dispatcher)

    answer = send(driver, handed(stop))

    assert (answer["state"], answer["code"]) == ("applied", "absorbed")
    assert again(stop).state == "done"
    assert Payment.objects.get().received_twd == 820  # the office did not know about the money


def test_what_differs_from_what_the_office_entered_goes_to_review(driver, order, stop, dispatcher):
    handover = Handover((Handed(order.lines.get().product, 1, 0),), leak_check="passed")
    order.deliver(handover, place=driver.vehicle.place, by=dispatcher)

    answer = send(driver, handed(stop))

    assert answer["state"] == "review"
    assert moved(order) == [("20", 1, "given")]


def test_a_payment_nobody_can_read_does_not_hold_the_delivery(driver, order, stop):
    answer = send(driver, handed(stop, payment={"method": "shells", "received_twd": -3}))

    assert answer["state"] == "review"
    assert again(order).state == "delivered"
    assert Payment.objects.count() == 0


# --- leaks ---
def test_a_leak_fails_the_stop_and_opens_an_incident(driver, order, stop):
    send(driver, raw("fail", stop, reason="leak", next_step="call", note="at the valve"))

    incident = Incident.objects.get()
    assert (incident.kind, incident.customer, incident.text) == ("leak", order.customer, "at the valve")
    assert (again(stop).state, stop.fail_reason, again(order).state) == ("failed", "leak", "confirmed")


def test_a_leak_found_with_nothing_handed_over_fails_the_stop(driver, order, stop):
    answer = send(driver, handed(stop, row(delivered=0, empties=0), leak_check="leak"))

    assert answer["state"] == "applied"
    assert (again(stop).fail_reason, again(order).state) == ("leak", "confirmed")
    assert Incident.objects.get().site == order.site


def test_a_leak_found_after_the_exchange_keeps_both_ledgers_and_the_incident(driver, order, stop):
    answer = send(driver, handed(stop, leak_check="leak"))

    assert answer["state"] == "review"
    assert (again(stop).fail_reason, again(order).state) == ("leak", "review")
    assert moved(order) == [("20", 1, "given"), ("20", 1, "taken")]
    assert Incident.objects.count() == 1


def test_a_leak_reported_for_another_drivers_stop_still_opens_the_incident(order, stop):
    send(DriverFactory(), raw("fail", stop, reason="leak"))

    assert Incident.objects.count() == 1
    assert again(stop).state == "pending"


# --- the rest of a day ---
def test_departing_loads_what_was_counted_and_puts_orders_out(driver, order, twenty):
    route = published(driver, order)

    send(driver, raw("depart", route=route.pk, loaded=[{"product": "20", "delivered": 5}]))

    assert (again(route).state, again(order).state) == ("departed", "out")
    assert dict(driver.vehicle.place.stock()) == {(twenty.pk, "full"): 5}
    assert Message.objects.filter(kind="out").count() == 1


def test_departing_twice_is_once(driver, order):
    route = published(driver, order)
    send(driver, raw("depart", route=route.pk))

    answer = send(driver, raw("depart", route=route.pk))

    assert answer["code"] == "absorbed"


def test_arriving_is_kept_with_its_time_and_is_old_news_after_the_visit(driver, stop):
    send(driver, raw("arrive", stop))
    arrived_at = again(stop).arrived_at
    send(driver, handed(stop))

    answer = send(driver, raw("arrive", stop))

    assert arrived_at is not None
    assert (answer["code"], again(stop).state) == ("absorbed", "done")


def test_arriving_is_old_news_too_when_the_visit_ends_while_it_is_read(driver, stop, monkeypatch):
    find = day._stop

    def find_then_finish(event):
        found = find(event)
        send(driver, handed(stop))
        return found

    monkeypatch.setattr(day, "_stop", find_then_finish)

    answer = send(driver, raw("arrive", stop))

    assert (answer["code"], again(stop).state) == ("absorbed", "done")


def test_a_failed_visit_brings_the_order_back_red(driver, order, stop):
    send(driver, raw("fail", stop, reason="not_home", next_step="tomorrow", note="dog"))

    assert (again(stop).state, stop.next_step, stop.note) == ("failed", "tomorrow", "dog")
    assert (again(order).state, order.needs_day) == ("confirmed", True)


def test_a_failure_of_what_is_done_already_goes_to_the_office(driver, order, stop):
    send(driver, handed(stop))

    answer = send(driver, raw("fail", stop, reason="closed", next_step="call"))

    assert answer["state"] == "review"
    assert again(order).state == "delivered"


def test_collecting_takes_the_money_and_finishes_the_stop(driver, order, stop):
    send(driver, handed(stop, payment={"method": "account"}, left_owed=True))
    collecting = Stop.objects.get(kind="collect_money")

    answer = send(driver, raw("collect", collecting, payment={"method": "transfer", "received_twd": 820}))

    assert (answer["state"], again(collecting).state) == ("applied", "done")
    assert order.customer.balance_twd == 0


def test_collecting_at_another_drivers_stop_keeps_the_money_and_is_looked_at(driver, order, stop):
    send(driver, handed(stop, payment={"method": "account"}, left_owed=True))
    collecting = Stop.objects.get(kind="collect_money")

    answer = send(DriverFactory(), raw("collect", collecting, payment={"method": "cash", "received_twd": 820}))

    assert answer["state"] == "review"
    assert Payment.objects.get().received_twd == 820


def test_collecting_twice_takes_the_money_once(driver, order, stop):
    send(driver, handed(stop, payment={"method": "account"}, left_owed=True))
    collecting = Stop.objects.get(kind="collect_money")
    send(driver, raw("collect", collecting, payment={"method": "cash", "received_twd": 820}))

    answer = send(driver, raw("collect", collecting, payment={"method": "cash", "received_twd": 820}))

    assert answer["state"] == "review"
    assert Payment.objects.count() == 1


def test_closing_unloads_the_vehicle(driver, order, stop, twenty):
    send(driver, handed(stop))

    send(driver, raw("close", route=stop.route_id))

    assert again(stop.route).state == "closed"
    assert dict(driver.vehicle.place.stock()) == {}
    assert dict(DepotFactory().place.stock())[twenty.pk, "empty"] == 1


def test_giving_away_more_than_was_loaded_is_looked_at(driver, twenty):
    order = placed(items=(Item(twenty, 2, 2),))
    route = published(driver, order)
    send(driver, raw("depart", route=route.pk, loaded=[{"product": "20", "delivered": 1}]))
    send(driver, handed(stop_of(order), row(twenty, 2, 2), cash=1640))

    send(driver, raw("close", route=route.pk))

    assert Review.objects.get().kind == "stock"


def test_closing_waits_for_the_reports_before_it(driver, order, stop):
    answer = send(driver, raw("close", route=stop.route_id))
    waited = again(stop.route).state

    send(driver, handed(stop))

    assert (answer["state"], waited) == ("stored", "departed")
    assert again(stop.route).state == "closed"


def test_closing_that_waits_longer_than_a_day_goes_to_the_office(driver, stop):
    sent = raw("close", route=stop.route_id)
    send(driver, sent)
    DriverEvent.objects.update(received_at=stop.route.created_at - 2 * events.BACKLOG)

    events.sweep()

    assert event_of(sent).state == "review"


# --- nothing is dropped ---
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (raw("arrive", 999_999), "unknown_stop"),
        (raw("deliver", 999_999), "unknown_stop"),
        (raw("collect", 2**70), "unknown_stop"),
        (raw("teleport", None), "unknown_kind"),
        (raw("depart", route="x"), "unknown_route"),
        (raw("close", route=999_999), "unknown_route"),
    ],
)
def test_what_fits_nowhere_is_stored_and_looked_at(driver, sent, code):
    answer = send(driver, sent)

    assert (answer["state"], answer["code"]) == ("review", code)
    assert event_of(sent).review.kind == "event"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": "all"},
        {"items": [{"product": "nothing", "delivered": 1}]},
        {"items": [{"product": "20", "delivered": 100}]},
        {"items": [{"product": "20", "delivered": -1}]},
        {"items": [{"product": "20", "delivered": 1.5}]},
    ],
)
def test_a_handover_nobody_can_read_is_stored_and_changes_nothing(driver, order, stop, body):
    sent = raw("deliver", stop) | {"body": body}

    answer = send(driver, sent)

    assert (answer["state"], answer["code"]) == ("review", "malformed")
    assert (again(order).state, again(stop).state) == ("out", "pending")
    assert moved(order) == []


def test_characters_the_database_cannot_keep_cost_no_event(driver, stop):
    sent = raw("fail", stop, reason="other", next_step="call", note="a\0b\ud800c")

    assert send(driver, sent)["state"] == "applied"
    assert again(stop).note == "ab?c"


def test_an_event_without_an_id_is_refused(driver):
    assert send(driver, {"kind": "arrive"})["code"] == "malformed"
    assert DriverEvent.objects.count() == 0


def test_a_mistake_of_ours_goes_to_the_office_and_blocks_nothing(driver, order, stop, monkeypatch):
    def broken(event):
        raise ZeroDivisionError

    monkeypatch.setitem(events.APPLY, "arrive", broken)

    first, second = send(driver, raw("arrive", stop)), send(driver, handed(stop))

    assert (first["state"], first["code"]) == ("review", "failed")
    assert second["state"] == "applied"


def test_a_busy_database_leaves_the_event_for_the_sweep(driver, order, stop, monkeypatch):
    from django.db import OperationalError

    def busy(event):
        raise OperationalError("lock timeout")

    real = events.APPLY["deliver"]
    sent = handed(stop)
    monkeypatch.setitem(events.APPLY, "deliver", busy)
    answer = send(driver, sent)
    monkeypatch.setitem(events.APPLY, "deliver", real)

    swept = events.sweep()

    assert (answer["state"], swept) == ("stored", 1)
    assert again(order).state == "delivered"


def test_the_devices_clock_is_kept_beside_ours(driver, order, stop):
    from django.utils import timezone
    from django.utils.dateparse import parse_datetime

    phone, ahead = phone_of(driver.user), timezone.timedelta(hours=3)
    sent = handed(stop)
    sent["happened_at"] = (timezone.now() + ahead).isoformat()

    events.note_contact(phone, sent_at=timezone.now() + ahead, unsent=2, oldest_at=timezone.now())
    send(driver, sent, phone)

    event = event_of(sent)
    assert event.happened_at == parse_datetime(sent["happened_at"])
    assert abs(again(phone).clock_offset_seconds - 3 * 3600) < 5
    assert abs((again(order).delivered_at - timezone.now()).total_seconds()) < 10

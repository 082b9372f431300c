"""A report put right: nothing is erased, both ledgers are reversed and written anew, until the route closes."""

import uuid
from decimal import Decimal

import pytest

from customers.models import AccountEntry, Payment
from deliveries.models import DriverEvent, Review, Stop, Weighing
from deliveries.reporting.phoned import phone_in
from orders.models import CylinderMovement, Price
from orders.wishes import Item
from tests.deliveries.reporting import again, departed, handed, phone_of, raw, row, send
from tests.factories import DriverFactory, RouteFactory, SiteFactory, UserFactory, placed, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "invariants_hold")]


@pytest.fixture
def order(twenty):
    return placed(items=(Item(twenty, 2, 2),))


@pytest.fixture
def phone(driver):
    return phone_of(driver.user)


def amended(stop, *rows, cash=820, amends="", why="算錯了", **more):
    return raw("amend", stop, **handed(stop, *rows, cash=cash, **more)["body"], amends=str(amends), why=why)


def moved(order):
    rows = CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk))
    return sorted(rows.in_effect("given", "taken", "taken_part", "other_empties").values_list("quantity", "purpose"))


def charged(order):
    legs = AccountEntry.objects.filter(cause_kind="order", cause_id=str(order.pk), account="receivable")
    return sum(legs.values_list("amount_twd", flat=True))


def paid():
    return sorted(Payment.objects.kept().values_list("received_twd", flat=True))


def test_one_was_given_and_not_two(driver, order, stop, phone, twenty):
    first = handed(stop, row(twenty, 2, 2), cash=1640)
    send(driver, first, phone)

    answer = send(driver, amended(stop, row(twenty, 1, 1, rest="unwanted"), amends=first["id"]), phone)

    line = again(order).lines.get()
    assert answer["code"] == "applied"
    assert (order.state, line.delivered, line.empties_taken, line.rest) == ("delivered", 1, 1, "unwanted")
    assert (moved(order), charged(order), paid()) == ([(1, "given.1"), (1, "taken.1")], 820, [820])
    assert dict(driver.vehicle.place.stock()) == {(twenty.pk, "empty"): 1, (twenty.pk, "full"): 1}
    assert order.customer.balance_twd == 0


def test_what_was_written_first_stays_beside_it(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)

    send(driver, amended(stop, row(twenty, 1, 1, rest="unwanted")), phone)

    of_order = {"cause_kind": "order", "cause_id": str(order.pk)}
    purposes = set(CylinderMovement.objects.filter(**of_order).values_list("purpose", flat=True))
    assert purposes == {"given", "taken", "un-given", "un-taken", "given.1", "taken.1"}
    assert set(AccountEntry.objects.filter(**of_order).values_list("purpose", flat=True)) == {
        "charge", "un-charge", "charge.1"
    }  # fmt: skip
    assert Payment.objects.get(received_twd=1640).reversal.note == "算錯了"
    assert order.events.last().reason == "算錯了"


def test_a_second_amendment_amends_the_first(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)
    first = amended(stop, row(twenty, 1, 1, rest="unwanted"))
    send(driver, first, phone)

    send(driver, amended(stop, row(twenty, 2, 1), cash=2640, amends=first["id"]), phone)

    assert (moved(order), charged(order), paid()) == ([(1, "taken.2"), (2, "given.2")], 2640, [2640])


def test_an_older_amendment_that_comes_later_is_looked_at(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)
    older, newer = amended(stop, row(twenty, 1, 1, rest="unwanted")), amended(stop, row(twenty, 2, 0), cash=3640)
    send(driver, newer, phone)

    answer = send(driver, older, phone)

    assert (answer["state"], answer["code"]) == ("review", "too_old")
    assert charged(order) == 3640


def test_the_same_money_stays_as_it_was_written(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)

    send(driver, amended(stop, row(twenty, 2, 2, other_empties=1), cash=1640), phone)

    assert Payment.objects.count() == 1
    assert (1, "other_empties.1") in moved(order)


def test_only_the_money_was_wrong(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)

    send(driver, amended(stop, row(twenty, 2, 2), cash=1590), phone)

    assert (paid(), order.customer.balance_twd, stop.route.cash_due_twd) == ([1590], 50, 1590)


def test_left_owed_after_all_makes_the_stop_to_collect_it(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)

    send(driver, amended(stop, row(twenty, 2, 2), payment={"method": "account"}, left_owed=True), phone)

    collecting = Stop.objects.get(kind="collect_money")
    assert (collecting.due_twd, collecting.state, paid()) == (1640, "pending", [])


def test_paid_after_all_leaves_nothing_to_collect(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), payment={"method": "account"}, left_owed=True), phone)

    send(driver, amended(stop, row(twenty, 2, 2), cash=1640), phone)

    assert Stop.objects.get(kind="collect_money").state == "done"
    assert paid() == [1640]


def test_what_is_owed_follows(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 1, 1, rest="owed")), phone)
    before = order.owed_orders.get()

    send(driver, amended(stop, row(twenty, 0, 0, rest="owed"), payment={"method": "account"}), phone)

    after = order.owed_orders.exclude(pk=before.pk).get()
    assert (again(before).state, after.state, after.lines.get().ordered) == ("cancelled", "confirmed", 2)
    assert charged(order) == 0


def test_what_is_owed_and_has_left_already_is_looked_at(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 1, 1, rest="owed")), phone)
    departed(DriverFactory(), order.owed_orders.get())

    answer = send(driver, amended(stop, row(twenty, 2, 2), cash=1640), phone)

    assert (answer["state"], answer["code"]) == ("review", "rest_left")
    assert (charged(order), paid()) == (820, [820])


def test_before_its_event_it_waits(driver, order, stop, phone, twenty):
    first = handed(stop, row(twenty, 2, 2), cash=1640)
    second = amended(stop, row(twenty, 1, 1, rest="unwanted"), amends=first["id"])

    waited = send(driver, second, phone)["state"]
    send(driver, first, phone)

    assert (waited, charged(order), paid()) == ("stored", 820, [820])


def test_what_the_office_wrote_down_for_the_driver_is_put_right_too(driver, order, stop, phone, twenty, dispatcher):
    phone_in(stop, handed(stop, row(twenty, 2, 2), cash=1640)["body"], by=dispatcher, operation_id=uuid.uuid4())

    answer = send(driver, amended(stop, row(twenty, 1, 1, rest="unwanted")), phone)

    assert (answer["code"], charged(order), paid()) == ("applied", 820, [820])


def test_after_the_route_is_closed_it_goes_to_review(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)
    send(driver, raw("close", route=stop.route_id), phone)

    answer = send(driver, amended(stop, row(twenty, 1, 1, rest="unwanted")), phone)

    assert (answer["state"], answer["code"]) == ("review", "route_closed")
    assert (charged(order), paid()) == (1640, [1640])


def test_what_does_not_fit_changes_nothing(driver, order, stop, phone, twenty):
    propane = priced("營20", gas=900, family="propane")
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)

    answer = send(driver, amended(stop, row(propane, 2, 2)), phone)

    assert (answer["state"], answer["code"]) == ("review", "propane")
    assert (moved(order), charged(order), paid()) == ([(2, "given"), (2, "taken")], 1640, [1640])


def test_somebody_elses_stop_is_looked_at(driver, order, stop, phone, twenty):
    first = handed(stop, row(twenty, 2, 2), cash=1640)
    send(driver, first, phone)

    answer = send(DriverFactory(), amended(stop, row(twenty, 1, 1, rest="unwanted"), amends=first["id"]))

    assert (answer["state"], charged(order)) == ("review", 1640)


def test_another_reason_for_a_failed_visit(driver, order, stop, phone):
    send(driver, raw("fail", stop, reason="not_home", next_step="call"), phone)

    answer = send(driver, raw("amend", stop, reason="closed", next_step="tomorrow", note="公休", why="按錯"), phone)

    assert answer["code"] == "applied"
    assert (again(stop).fail_reason, stop.next_step, stop.note) == ("closed", "tomorrow", "公休")


def test_a_collected_amount_put_right(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), payment={"method": "account"}, left_owed=True), phone)
    collecting = Stop.objects.get(kind="collect_money")
    send(driver, raw("collect", collecting, payment={"method": "cash", "received_twd": 1640}), phone)

    send(driver, raw("amend", collecting, payment={"method": "cash", "received_twd": 1600}, why="少 40"), phone)

    assert (paid(), order.customer.balance_twd) == ([1600], 40)


# --- money by itself ---
def test_money_by_itself_pays_what_is_owed(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1590), phone)

    answer = send(driver, raw("pay", stop, order=order.number, payment={"method": "cash", "received_twd": 50}), phone)

    assert (answer["code"], paid(), order.customer.balance_twd) == ("applied", [50, 1590], 0)
    assert stop.route.cash_due_twd == 1640


def test_two_months_at_once_leave_credit(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), payment={"method": "account"}), phone)

    send(driver, raw("pay", stop, payment={"method": "transfer", "received_twd": 3000}), phone)

    assert (order.customer.balance_twd, stop.route.cash_due_twd) == (-1360, 0)


def test_money_for_a_stop_that_was_to_collect_it(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), payment={"method": "account"}, left_owed=True), phone)

    send(driver, raw("pay", stop, payment={"method": "cash", "received_twd": 1000}), phone)
    collecting = Stop.objects.get(kind="collect_money")
    assert (collecting.due_twd, collecting.state) == (640, "pending")

    send(driver, raw("pay", stop, payment={"method": "cash", "received_twd": 640}), phone)
    assert again(collecting).state == "done"


def test_money_on_anothers_route_is_kept_and_looked_at(driver, order, stop, phone):
    answer = send(DriverFactory(), raw("pay", stop, payment={"method": "cash", "received_twd": 500}))

    assert (answer["state"], paid()) == ("review", [500])


def test_an_amendment_leaves_money_that_came_later(driver, order, stop, phone, twenty):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1000), phone)
    send(driver, raw("pay", stop, payment={"method": "cash", "received_twd": 300}), phone)

    send(driver, amended(stop, row(twenty, 2, 2), cash=1340), phone)

    assert (paid(), order.customer.balance_twd) == ([300, 1340], 0)


# --- part-empties ---
@pytest.fixture
def residual(twenty):
    Price.objects.create(product=twenty, kind="residual", valid_from="2020-01-01", amount_twd=33)


def test_gas_left_is_weighed_at_the_door(driver, order, stop, phone, twenty, residual):
    send(driver, handed(stop, row(twenty, 2, 2, parts=1, part_kg="3.41"), cash=1640), phone)

    weighing = Weighing.objects.get()
    assert (weighing.stop, weighing.net_kg, weighing.credit_twd) == (stop, Decimal("3.41"), 113)
    assert order.customer.balance_twd == -113
    assert dict(driver.vehicle.place.stock())[twenty.pk, "empty"] == 2
    assert (twenty.pk, "part") not in dict(driver.vehicle.place.stock())


def test_two_that_hang_on_the_scales_together(driver, order, stop, phone, twenty, residual):
    send(driver, handed(stop, row(twenty, 2, 2, parts=2, part_kg="5.01"), cash=1640), phone)

    assert sorted(weighing.net_kg for weighing in Weighing.objects.all()) == [Decimal("2.50"), Decimal("2.51")]


def test_what_cannot_be_credited_does_not_hold_the_delivery(driver, order, stop, phone, twenty, residual):
    answer = send(driver, handed(stop, row(twenty, 2, 2, parts=1, part_kg="99"), cash=1640), phone)

    assert (answer["state"], again(order).state, Weighing.objects.count()) == ("review", "delivered", 0)


def test_an_amendment_weighs_anew(driver, order, stop, phone, twenty, residual):
    send(driver, handed(stop, row(twenty, 2, 2, parts=1, part_kg="3.41"), cash=1640), phone)

    send(driver, amended(stop, row(twenty, 2, 2, parts=1, part_kg="2.00"), cash=1640), phone)

    assert [weighing.net_kg for weighing in Weighing.objects.kept()] == [Decimal("2.00")]
    assert order.customer.balance_twd == -66
    assert dict(driver.vehicle.place.stock()) == {(twenty.pk, "empty"): 2}


def test_a_visit_that_collects_cylinders_reports_those_with_gas_left(driver, twenty, residual, phone):
    route = RouteFactory(driver=driver)
    route.add(placed(), by=UserFactory())
    stop = Stop.objects.create(route=route, position=2, kind="collect_cylinders", site=SiteFactory())
    route.publish(by=driver.user)
    route.depart(by=driver.user)
    item = {"product": "20", "delivered": 0, "empties": 3, "parts": 1, "part_kg": "2.00"}

    answer = send(driver, raw("collect", stop, items=[item]), phone)
    stock = dict(driver.vehicle.place.stock())
    send(driver, raw("amend", stop, items=[item | {"empties": 2, "parts": 0, "part_kg": ""}], why="算錯"), phone)

    assert (answer["state"], stock[twenty.pk, "empty"]) == ("applied", 3)
    assert dict(driver.vehicle.place.stock())[twenty.pk, "empty"] == 2
    assert Weighing.objects.kept().count() == 0
    assert stop.site.customer.balance_twd == 0


# --- the pages ---
def test_the_page_is_filled_in_with_what_was_said_and_puts_it_right(driver, order, stop, phone, twenty, signed_in):
    first = handed(stop, row(twenty, 1, 2, rest="unwanted"), cash=500)
    send(driver, first, phone)
    browser = signed_in(driver.user)

    shown = browser.get(f"/drive/stops/{stop.pk}/amend/").context["form"]
    typed = {
        "operation_id": str(uuid.uuid4()), "why": "算錯了", "amends": first["id"], "items.20.delivered": "2",
        "items.20.empties": "2", "choice": "exact", "unsigned": "on",
    }  # fmt: skip
    answer = browser.post(f"/drive/stops/{stop.pk}/amend/", typed)

    assert str(shown["amends"].value()) == first["id"]
    assert (shown["items.20.delivered"].value(), shown["items.20.rest"].value()) == (1, "unwanted")
    assert (shown["choice"].value(), shown["received_twd"].value()) == ("other", 500)
    assert (answer.status_code, charged(order), paid()) == (303, 1640, [1640])
    assert DriverEvent.objects.get(kind="amend").body["why"] == "算錯了"


def test_the_page_wants_a_reason(driver, order, stop, phone, twenty, signed_in):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1640), phone)
    typed = {"operation_id": str(uuid.uuid4()), "items.20.delivered": "1", "items.20.rest": "unwanted"}

    answer = signed_in(driver.user).post(
        f"/drive/stops/{stop.pk}/amend/", typed | {"choice": "exact", "unsigned": "on"}
    )

    assert answer.status_code == 422
    assert charged(order) == 1640


def test_the_page_for_money_says_what_is_open(driver, order, stop, phone, twenty, signed_in):
    send(driver, handed(stop, row(twenty, 2, 2), cash=1590), phone)
    browser = signed_in(driver.user)

    due = browser.get(f"/drive/stops/{stop.pk}/pay/").context["form"].due_twd
    typed = {"operation_id": str(uuid.uuid4()), "choice": "exact"}
    answer = browser.post(f"/drive/stops/{stop.pk}/pay/", typed)

    assert (due, answer.status_code, paid()) == (50, 303, [50, 1590])
    assert Review.objects.count() == 0

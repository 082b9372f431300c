"""What a driver reports beside the visits: the vehicle, a shorter way, help, a sale, the cash, another driver."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter

import pytest

from customers.models import Incident, Payment
from deliveries import loading
from deliveries.closing.crews import crews
from deliveries.models import CashCount, CashDeclared, Review, Route, Stop, Takeover, Variance, VehicleCheck
from luckygas.errors import Refused
from orders.models import CylinderMovement, Order, Place
from orders.wishes import Item
from tests.deliveries.reporting import again, departed, handed, published, raw, row, send, stop_of
from tests.factories import ContactFactory, CustomerFactory, DriverFactory, SiteFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "invariants_hold")]
FULL, EMPTY = CylinderMovement.State.FULL, CylinderMovement.State.EMPTY


@pytest.fixture
def order(twenty):
    return placed(items=(Item(twenty, 2, 2),))


@pytest.fixture
def route(driver, order, twenty) -> Route:
    """On the road with five full ones, two of them wanted."""
    route = published(driver, order)
    route.depart(by=driver.user, on_board={twenty: 5})
    return route


def on_truck(driver):
    return {(product.code, state): count for product, state, count in loading.held_by(driver.vehicle.place)}


# --- the vehicle ---
def looked(route, **more):
    return raw("check", route=route.pk, **{"when": "start", "odometer_km": 120500, "faults": [], "note": ""} | more)


def test_a_vehicle_in_order_is_written_down(driver, order):
    route = published(driver, order)

    assert send(driver, looked(route))["state"] == "applied"

    row = VehicleCheck.objects.get()
    assert (row.vehicle, row.odometer_km, row.faults, row.by) == (driver.vehicle, 120500, [], driver.user)
    assert Review.objects.count() == 0


def test_a_fault_tells_the_office(driver, order):
    route = published(driver, order)

    send(driver, looked(route, faults=["tyres", "chocks"], note="左後輪"))

    review = Review.objects.get()
    assert (review.kind, review.route) == ("vehicle", route)
    assert "左後輪" in review.reason


def test_a_vehicle_is_checked_once_before_and_once_after(driver, route):
    send(driver, looked(route))
    assert send(driver, looked(route, odometer_km=9))["code"] == "checked"

    assert send(driver, looked(route, when="end", odometer_km=120580))["state"] == "applied"

    assert list(VehicleCheck.objects.values_list("when", "odometer_km")) == [("start", 120500), ("end", 120580)]


@pytest.mark.parametrize("wrong", [{"odometer_km": "far"}, {"odometer_km": -1}, {"when": "never"}])
def test_a_check_nobody_can_read_goes_to_the_office(driver, route, wrong):
    assert send(driver, looked(route, **wrong))["state"] == "review"
    assert VehicleCheck.objects.count() == 0


# --- put aside, another way, help ---
def test_put_aside_on_the_road_it_is_off_the_stock_and_comes_back_apart(driver, route, twenty):
    items = [{"product": "20", "aside": ["2026-10", "2026-10"]}]
    send(driver, raw("quarantine", route=route.pk, items=items))

    assert on_truck(driver) == {("20", "full"): 3}
    send(driver, handed(stop_of(Order.objects.get()), row(delivered=2, empties=2), cash=1640))
    again(route).close(by=driver.user)
    assert on_truck(driver) == {}
    assert driver.depot.quarantine.stock() == {(twenty.pk, FULL): 2}


def test_the_stops_that_are_left_come_nearest_first(driver, twenty):
    pins = ["22.70000", "22.75400", "22.90000", "22.76000"]
    orders = [placed(site=SiteFactory(latitude=pin, longitude="121.14500")) for pin in pins]
    blind = placed()
    route = departed(driver, *orders, blind)
    send(driver, handed(stop_of(orders[3])))

    send(driver, raw("reorder", route=route.pk))

    by_position = Stop.objects.filter(route=route).order_by("position")
    assert [stop.order for stop in by_position] == [orders[3], orders[1], orders[0], orders[2], blind]


def test_nobody_reorders_somebody_elses_route(driver, route):
    assert send(DriverFactory(), raw("reorder", route=route.pk))["state"] == "review"


@pytest.mark.parametrize(
    ("place", "said"),
    [({"latitude": 22.75, "longitude": 121.15}, "22.75000,121.15000"), ({}, ""), ({"latitude": "x"}, ""),
     ({"latitude": 99, "longitude": 0}, "")],
)  # fmt: skip
def test_a_call_for_help_is_an_incident_until_somebody_closed_it(driver, route, place, said):
    sent = raw("sos", route=route.pk, **place)

    assert send(driver, sent)["state"] == "applied"

    incident = Incident.objects.get()
    assert (incident.kind, incident.opened_by, incident.closed_at) == ("sos", driver.user, None)
    assert str(driver.user) in incident.text
    assert said in incident.text
    assert ("google" in incident.text) == bool(said)


def test_help_needs_no_route(driver):
    assert send(driver, raw("sos"))["state"] == "applied"
    assert Incident.objects.get().kind == "sos"


# --- the cash ---
def test_the_cash_is_declared_by_notes_and_the_newest_counts(driver, route):
    send(driver, raw("cash", route=route.pk, counts={"1000": 1, "100": 6}))
    send(driver, raw("cash", route=route.pk, counts={"1000": 1, "100": 6, "10": 4}))

    declared = CashDeclared.objects.last()
    assert (declared.total_twd, declared.rows) == (1640, [(1000, 1), (100, 6), (10, 4)])


@pytest.mark.parametrize("counts", [None, [], {"2000": 1}, {"100": -1}, {"100": "many"}])
def test_cash_nobody_can_read_goes_to_the_office(driver, route, counts):
    assert send(driver, raw("cash", route=route.pk, counts=counts))["state"] == "review"
    assert CashDeclared.objects.count() == 0


# --- sold from the vehicle ---
def sold(route, *rows, buyer="", cash=820, **more):
    payment = {"method": "cash", "received_twd": cash}
    body = {"buyer": buyer, "items": list(rows) or [row()], "leak_check": "passed", "payment": payment}
    return raw("sale", route=route.pk, **body | more)


def sale_of(route):
    return Stop.objects.filter(route=route).latest("pk")


@pytest.mark.parametrize("by", ["phone", "number"])
def test_a_sale_to_a_customer_is_an_order_delivered_and_paid(driver, route, by):
    site = SiteFactory(customer=CustomerFactory(legacy_code="0000217"))
    contact = ContactFactory(customer=site.customer, phone="+886900000456")
    buyer = "0900-000-456" if by == "phone" else str(site.customer.number)
    assert contact.is_active

    answer = send(driver, sold(route, buyer=buyer))

    order, stop = Order.objects.latest("pk"), sale_of(route)
    assert answer["state"] == "applied"
    assert (order.customer, order.channel, order.state) == (site.customer, "counter", "delivered")
    assert (stop.order, stop.state, stop.position) == (order, "done", 2)
    assert Payment.objects.get().cause_id == str(stop.pk)
    assert (route.cash_due_twd, site.customer.balance_twd) == (820, 0)
    assert on_truck(driver) == {("20", "full"): 4, ("20", "empty"): 1}


def test_a_sale_to_somebody_who_passes_by_stands_on_one_record(driver, route):
    send(driver, sold(route, row(empties=0), cash=1820))
    send(driver, sold(route, row(empties=0), cash=1820))

    orders = Order.objects.order_by("pk")[1:]
    assert {order.customer.name for order in orders} == {"路過的散客"}
    assert len({order.customer_id for order in orders}) == 1
    assert {order.deposit_twd for order in orders} == {1000}
    assert {order.state for order in orders} == {"delivered"}


def test_a_buyer_nobody_knows_is_sold_to_and_the_office_looks(driver, route):
    answer = send(driver, sold(route, buyer="0900-000-999"))

    assert answer["state"] == "review"
    assert Order.objects.latest("pk").state == "delivered"
    assert "0900-000-999" in Review.objects.get().reason


def test_the_leak_gate_holds_for_a_sale(driver, route):
    answer = send(driver, sold(route, leak_check=""))

    assert answer["state"] == "review"
    assert Order.objects.latest("pk").state == "review"
    assert on_truck(driver) == {("20", "full"): 4, ("20", "empty"): 1}
    assert Payment.objects.count() == 1


def test_no_order_for_who_is_in_the_old_system_but_stock_and_cash(driver, route, twenty):
    site = SiteFactory(customer=CustomerFactory(system_of_record="legacy", stage="legacy"))

    answer = send(driver, sold(route, buyer=str(site.customer.number)))

    assert answer["state"] == "applied"
    assert Order.objects.count() == 1
    assert sale_of(route).kind == "legacy"
    assert Place.of("legacy").stock() == {(twenty.pk, "in_use"): 0} or Place.of("legacy").stock() == {}
    assert on_truck(driver) == {("20", "full"): 4, ("20", "empty"): 1}
    assert (Payment.objects.count(), route.cash_with_driver_twd) == (0, 820)


def test_the_same_sale_again_is_one_sale(driver, route):
    sent = sold(route)

    assert send(driver, sent) == send(driver, sent)

    assert Stop.objects.filter(route=route).count() == 2


def test_an_overdue_one_is_not_sold(driver, route):
    answer = send(driver, sold(route, row(tagged=["2026-10"])))

    assert answer["state"] == "review"
    assert Order.objects.latest("pk").state == "review"


# --- a visit of the old system ---
def test_a_visit_of_the_old_system_counts_in_stock_and_cash_alone(driver, route, dispatcher):
    site = SiteFactory(customer=CustomerFactory(system_of_record="legacy", stage="legacy"))
    stop = Stop.objects.create(route=route, position=2, kind=Stop.Kind.LEGACY, site=site)

    payment = {"method": "cash", "received_twd": 700}
    send(driver, raw("legacy", stop, items=[row(empties=1)], payment=payment))

    assert (again(stop).state, Order.objects.count(), Payment.objects.count()) == ("done", 1, 0)
    assert on_truck(driver) == {("20", "full"): 4, ("20", "empty"): 1}
    send(driver, handed(stop_of(Order.objects.get()), row(delivered=2, empties=2), cash=1640))
    (crew,) = crews(route.day, [])
    assert (route.cash_with_driver_twd, crew.due_twd) == (2340, 2340)
    goods = Counter({(p, s): n for p, s, n in loading.held_by(driver.vehicle.place)})
    CashCount.record(route=again(route), counted_twd=2340, cylinders=goods, operation_id=uuid.uuid4(), by=dispatcher)
    assert Variance.objects.count() == 0
    assert crews(route.day, [])[0].late_twd == 0


def old_site(**more):
    return SiteFactory(
        customer=CustomerFactory(system_of_record="legacy", stage="legacy", legacy_code="0001234"), **more
    )


def test_the_office_plans_it_and_it_is_loaded_with_the_rest(driver, order, twenty, dispatcher, signed_in):
    route = published(driver, order)
    browser, old = signed_in(dispatcher), old_site()

    typed = {"buyer": "0001234", "planned.20": "3", "due_twd": "2100"}
    answer = browser.post(f"/dispatch/routes/{route.pk}/legacy/", typed)

    stop = Stop.objects.get(kind="legacy")
    assert answer.status_code == 303
    assert (stop.site, stop.due_twd, stop.order, stop.position) == (old, 2100, None, 2)
    assert again(route).load == {twenty: 5}
    assert route.load_kg == 5 * twenty.gross_kg
    route.depart(by=driver.user)
    assert on_truck(driver) == {("20", "full"): 5}


def test_the_office_plans_no_visit_for_who_is_in_the_new_system(driver, order, twenty, dispatcher, signed_in):
    route, browser = published(driver, order), signed_in(dispatcher)
    site = SiteFactory()

    for buyer in (str(site.customer.number), "999999"):
        typed = {"buyer": buyer, "planned.20": "1"}
        assert browser.post(f"/dispatch/routes/{route.pk}/legacy/", typed).status_code == 422
    over = {"buyer": old_site().customer.legacy_code, "planned.20": "90"}
    assert browser.post(f"/dispatch/routes/{route.pk}/legacy/", over).status_code == 422

    assert Stop.objects.count() == 1


def test_the_driver_counts_it_by_a_plain_form(driver, route, signed_in, twenty):
    stop = route.add_legacy(old_site(), {twenty: 2}, due_twd=1400, by=driver.user)
    phone = signed_in(driver.user)
    page = phone.get(f"/drive/stops/{stop.pk}/")
    assert page.context["form"]["items.20.delivered"].value() == 2

    sent = {"operation_id": str(uuid.uuid4()), "items.20.delivered": "2", "items.20.empties": "1"}
    assert phone.post(f"/drive/stops/{stop.pk}/", sent).status_code == 422
    phone.post(f"/drive/stops/{stop.pk}/", sent | {"received_twd": "1400"})

    assert (again(stop).state, route.cash_with_driver_twd) == ("done", 1400)
    assert on_truck(driver) == {("20", "full"): 3, ("20", "empty"): 1}


# --- another driver takes the route over ---
def given(route, to, by, *, twd=0, full=5, reason="人不舒服", **more):
    product = route.stops.first().order.lines.get().product
    return Takeover.hand_over(
        route, to=to, counted_twd=twd, counted=Counter({(product, FULL): full}), reason=reason, by=by,
        operation_id=more.pop("operation_id", uuid.uuid4()),
    )  # fmt: skip


def test_a_route_goes_on_with_somebody_else_and_both_are_named(driver, route, dispatcher, order):
    other = DriverFactory()

    row_ = given(route, other, dispatcher)

    assert (again(route).driver, route.vehicle) == (other, driver.vehicle)
    assert (row_.from_driver, row_.to_driver, row_.by, row_.taken_at) == (driver, other, dispatcher, None)
    assert Variance.objects.count() == 0
    assert send(other, raw("takeover", route=route.pk))["state"] == "applied"
    assert again(row_).taken_at
    send(other, handed(stop_of(order), row(delivered=2, empties=2), cash=1640))
    assert again(order).state == "delivered"
    assert on_truck(driver) == {("20", "full"): 3, ("20", "empty"): 2}


def test_the_first_ones_cash_is_closed_and_what_differs_is_a_variance(driver, twenty, dispatcher):
    first, second = (placed(items=(Item(twenty, 1, 1),)) for _ in range(2))
    route = published(driver, first, second)
    route.depart(by=driver.user, on_board={twenty: 5})
    send(driver, handed(stop_of(first)))
    other = DriverFactory()

    given(route, other, dispatcher, twd=800, full=3)

    differing = sorted(Variance.objects.values_list("difference", "state"))
    assert differing == [(-20, ""), (-1, "empty"), (-1, "full")]
    assert route.cash_with_driver_twd == 0
    send(other, handed(stop_of(second)))
    assert route.cash_with_driver_twd == 820


def test_the_same_takeover_again_is_one(driver, route, dispatcher):
    other, once = DriverFactory(), uuid.uuid4()

    first = given(route, other, dispatcher, operation_id=once)

    assert given(again(route), other, dispatcher, operation_id=once) == first


def test_who_cannot_take_it_over(driver, route, dispatcher, twenty):
    busy = DriverFactory()
    departed(busy, placed(items=(Item(twenty, 1, 1),)))

    for to, why in ((driver, "same_driver"), (busy, "driver_taken"), (DriverFactory(is_active=False), "same_driver")):
        with pytest.raises(Refused) as refused:
            given(route, to, dispatcher)
        assert refused.value.code == why
    with pytest.raises(Refused):
        given(route, DriverFactory(), dispatcher, reason=" ")
    assert again(route).driver == driver
    assert Takeover.objects.count() == 0


def test_nobody_takes_what_was_not_given_to_them(driver, route):
    assert send(driver, raw("takeover", route=route.pk))["state"] == "review"


def test_a_takeover_is_dated(driver, route, dispatcher):
    assert given(route, DriverFactory(), dispatcher).at.date() == dt.date(2026, 11, 24)

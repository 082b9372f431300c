"""An overdue cylinder is neither loaded nor delivered, by any way in: pages, events, the machine's door, admin, SQL."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from deliveries import loading
from deliveries.models import Review
from luckygas.errors import Refused
from orders.handover import Handed, Handover
from orders.models import Cylinder, CylinderMovement, InspectionRule, Order, Place
from orders.overdue import overdue_at
from orders.tagged import Tagged
from orders.wishes import Item
from tests.deliveries.reporting import again, departed, handed, published, raw, row, send, stop_of
from tests.factories import UserFactory, placed, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "invariants_hold")]
State = CylinderMovement.State
TODAY = dt.date(2026, 11, 24)
OVERDUE, IN_DATE = "2026-10", "2027-03"


@pytest.fixture
def order(twenty):
    return placed(items=(Item(twenty, 2, 2),))


@pytest.fixture
def serials(twenty):
    """One that was due last month, and one in date."""
    late = Cylinder.objects.create(serial="LG-1", product=twenty, inspect_by=dt.date(2026, 10, 31))
    good = Cylinder.objects.create(serial="LG-2", product=twenty, inspect_by=dt.date(2027, 3, 31))
    return late, good


def on_truck(driver):
    return {(product.code, state): count for product, state, count in loading.held_by(driver.vehicle.place)}


def aside(driver):
    return {(product.code, state): count for product, state, count in loading.held_by(driver.vehicle.quarantine)}


def loads(count=3, **more):
    return {"operation_id": str(uuid.uuid4()), "loaded.20": str(count), "in_date": "on", "tag_product": "20"} | more


def hands_over(**more):
    return {
        "kind": "deliver", "operation_id": str(uuid.uuid4()), "items.20.delivered": "2", "items.20.empties": "2",
        "leak_check": "passed", "choice": "exact", "unsigned": "on", "tag_product": "20",
    } | more  # fmt: skip


# --- loading, by the page ---
def test_all_in_date_loads_as_counted(phone, driver, order):
    published(driver, order)

    phone.post("/drive/load/", loads())

    assert on_truck(driver) == {("20", "full"): 3}


def test_nobody_leaves_without_having_read_the_tags(phone, driver, order):
    route = published(driver, order)

    answer = phone.post("/drive/load/", loads(in_date=""))

    assert (answer.status_code, again(route).state) == (422, "published")
    assert "in_date" in answer.context["form"].errors


def test_the_oldest_date_seen_stands_with_the_load(phone, driver, order):
    published(driver, order)

    phone.post("/drive/load/", loads(tagged="20:2027-05,20:2027-03"))

    assert CylinderMovement.objects.get(purpose="load").inspect_by == dt.date(2027, 3, 31)


@pytest.mark.parametrize("text", ["LG-1", "lg-1", OVERDUE, "115.10", "115/10"])
def test_an_overdue_one_is_refused_at_loading(phone, driver, order, serials, text):
    route = published(driver, order)

    answer = phone.post("/drive/load/", loads(tag_text=text))

    assert (answer.status_code, again(route).state) == (422, "published")
    assert "tag_text" in answer.context["form"].errors
    assert CylinderMovement.objects.count() == 0


def test_put_aside_while_loading_it_goes_to_the_vehicles_quarantine(phone, driver, order, serials):
    published(driver, order)

    phone.post("/drive/load/", loads(tag_text="LG-1", tag_aside="on"))

    assert on_truck(driver) == {("20", "full"): 3}
    assert aside(driver) == {("20", "full"): 1}
    assert serials[0].movements.get().to_place == driver.vehicle.quarantine


def test_a_known_serial_in_date_goes_by_itself(phone, driver, order, serials):
    published(driver, order)

    phone.post("/drive/load/", loads(tagged="20:LG-2"))

    move = serials[1].movements.get()
    assert (move.to_place, move.inspect_by) == (driver.vehicle.place, dt.date(2027, 3, 31))
    assert on_truck(driver) == {("20", "full"): 3}


def test_the_page_carries_today_and_the_limits_of_what_stands_there(phone, driver, order, serials, twenty):
    route = published(driver, order)
    other = priced("16", gas_kg=16, tare_kg=16)
    far = Cylinder.objects.create(serial="LG-9", product=other, inspect_by=TODAY)
    for each, place in ((serials[0], route.depot.place), (serials[1], Place.of("plant")), (far, route.depot.place)):
        CylinderMovement.post(
            product=each.product, quantity=1, start=(Place.of("purchase"), State.FULL), end=(place, State.FULL),
            cause=("test", each.pk), purpose="buy", by=None, cylinder=each,
        )  # fmt: skip

    tags = phone.get(f"/drive/stops/{stop_of(order).pk}/").context["tags"]

    assert tags["today"] == "2026-11-24"
    assert json.loads(tags["limits"]) == {"LG-1": "2026-10-31"}


# --- loading, by the event: nothing physical is dropped ---
def test_who_left_with_an_overdue_one_has_it_aside_and_the_office_looks(driver, order, serials):
    route = published(driver, order)

    loaded = [row(delivered=3, empties=0, tagged=["LG-1", IN_DATE])]
    answer = send(driver, raw("depart", route=route.pk, loaded=loaded))

    assert (answer["state"], again(route).state) == ("applied", "departed")
    assert on_truck(driver) == {("20", "full"): 2}
    assert aside(driver) == {("20", "full"): 1}
    assert Review.objects.get().kind == "stock"


# --- at the door ---
@pytest.mark.parametrize("text", ["LG-1", OVERDUE])
def test_an_overdue_one_is_refused_at_the_door(phone, driver, order, serials, text):
    departed(driver, order)
    stop = stop_of(order)

    answer = phone.post(f"/drive/stops/{stop.pk}/", hands_over(tag_text=text))

    assert (answer.status_code, again(order).state, again(stop).state) == (422, "out", "pending")
    assert "tag_text" in answer.context["form"].errors


def test_put_aside_at_the_door_another_one_is_given(phone, driver, order, serials):
    published(driver, order)
    phone.post("/drive/load/", loads())

    phone.post(f"/drive/stops/{stop_of(order).pk}/", hands_over(tag_text="2026-10", tag_aside="on"))

    assert again(order).state == "delivered"
    assert on_truck(driver) == {("20", "empty"): 2}
    assert aside(driver) == {("20", "full"): 1}


def test_a_leak_is_reported_whatever_is_typed_about_a_tag(phone, driver, twenty):
    order = placed(is_gas_out=True)
    departed(driver, order)

    answer = phone.post(f"/drive/stops/{stop_of(order).pk}/", hands_over(leak_check="leak", tag_text=OVERDUE))

    assert answer.status_code == 303
    assert stop_of(order).fail_reason == "leak"


def reported(driver, order, *tagged, **more):
    departed(driver, order)
    return send(driver, handed(stop_of(order), row(delivered=2, empties=2, tagged=list(tagged)), cash=1640, **more))


@pytest.mark.parametrize("text", ["LG-1", OVERDUE])
def test_an_event_posts_it_as_contested_and_never_delivers(driver, order, serials, text):
    answer = reported(driver, order, text)

    assert (answer["state"], answer["code"]) == ("review", "contested")
    assert again(order).state == "review"
    moves = CylinderMovement.objects.filter(cause_kind="order").values_list("purpose", "quantity")
    assert sorted(moves) == [("contested", 1), ("given", 1), ("taken", 2)]
    assert order.customer.balance_twd == 0
    assert Review.objects.get().order == order


def test_of_more_tags_than_cylinders_the_overdue_one_counts(driver, order):
    answer = reported(driver, order, IN_DATE, IN_DATE, OVERDUE)

    assert (answer["state"], again(order).state) == ("review", "review")


def test_the_office_settles_it_only_once_it_is_swapped(driver, order, serials, signed_in, dispatcher):
    reported(driver, order, "LG-1")
    review, browser = Review.objects.get(), signed_in(dispatcher)
    decided = {"resolution": "去換了一支", "to": "delivered"}

    refused = browser.post(reverse("deliveries:close_review", args=[review.pk]), decided)
    assert (refused.status_code, again(order).state) == (422, "review")
    browser.post(reverse("deliveries:close_review", args=[review.pk]), decided | {"is_swapped": "on"})

    assert again(order).state == "delivered"
    assert overdue_at(order) == []
    assert again(review).closed_at
    assert serials[0].movements.latest("pk").to_place == Place.of("quarantine")


def test_a_report_over_the_wire_is_judged_the_same(phone, driver, order, serials):
    departed(driver, order)
    sent = handed(stop_of(order), row(delivered=2, empties=2, tagged=["LG-1"]), cash=1640)
    body = {"device": str(uuid.uuid4()), "events": [sent]}

    answer = phone.post("/drive/events/", json.dumps(body), content_type="application/json").json()

    assert answer["answers"][0]["state"] == "review"
    assert again(order).state == "review"


# --- the other ways in ---
def test_the_verb_refuses_and_changes_nothing(driver, order, twenty, dispatcher):
    departed(driver, order)
    order.refresh_from_db()
    given = Handover((Handed(twenty, 2, 2, tagged=(Tagged.read(OVERDUE),)),), leak_check="passed")

    with pytest.raises(Refused, match="2026-10") as refused, transaction.atomic():
        order.deliver(given, place=driver.vehicle.place, by=dispatcher)

    assert refused.value.code == "overdue"
    assert (again(order).state, CylinderMovement.objects.filter(cause_kind="order").count()) == ("out", 0)


@pytest.mark.parametrize("name", ["cylindermovement", "cylinder", "order"])
def test_the_admin_writes_none_of_it(client, name):
    boss = UserFactory(username="boss", is_staff=True, is_superuser=True)
    client.force_login(boss)

    assert client.post(reverse(f"admin:orders_{name}_add"), {}).status_code == 403


def test_no_machine_has_a_door_to_the_cylinders(signed_in, dispatcher):
    paths = signed_in(dispatcher).get(reverse("api:openapi-json")).json()["paths"]

    assert [path for path in paths if "cylinder" in path or "deliver" in path or "movement" in path] == []


def sql_move(product, start, end, *, cylinder=None, inspect_by=None, purpose="x", cause=("x", "1")):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_cylindermovement (product_id, cylinder_id, quantity, from_place_id, from_state,"
            " to_place_id, to_state, inspect_by, cause_kind, cause_id, purpose, day, at)"
            " VALUES (%s, %s, 1, %s, %s, %s, %s, %s, %s, %s, %s, %s, now())",
            [product.pk, cylinder and cylinder.pk, start[0].pk, start[1], end[0].pk, end[1], inspect_by, *cause,
             purpose, TODAY],
        )  # fmt: skip


@pytest.mark.parametrize("by_serial", [True, False])
@pytest.mark.parametrize("to", ["truck", "site"])
def test_sql_by_hand_is_refused(driver, order, serials, twenty, by_serial, to):
    depot, truck, site = driver.depot.place, driver.vehicle.place, Place.of_site(order.site)
    end = (truck, State.FULL) if to == "truck" else (site, State.IN_USE)
    late = {"cylinder": serials[0]} if by_serial else {"inspect_by": TODAY - dt.timedelta(days=1)}

    with pytest.raises(IntegrityError, match="overdue for inspection"), transaction.atomic():
        sql_move(twenty, (depot, State.FULL), end, **late)
    with pytest.raises(IntegrityError, match="overdue"), transaction.atomic():  # contested needs an order in review
        sql_move(twenty, (depot, State.FULL), end, purpose="contested", cause=("order", str(order.pk)), **late)

    assert CylinderMovement.objects.count() == 0


def test_sql_by_hand_may_put_it_aside_bring_it_back_and_move_one_that_is_in_date(driver, order, serials, twenty):
    depot, truck, site = driver.depot.place, driver.vehicle.place, Place.of_site(order.site)
    late, good = serials
    sql_move(twenty, (depot, State.FULL), (driver.vehicle.quarantine, State.FULL), cylinder=late)
    sql_move(twenty, (site, State.IN_USE), (truck, State.EMPTY), inspect_by=TODAY - dt.timedelta(days=9), purpose="y")
    sql_move(twenty, (depot, State.FULL), (truck, State.FULL), cylinder=good)
    sql_move(twenty, (depot, State.FULL), (site, State.IN_USE), inspect_by=TODAY, purpose="z")

    assert CylinderMovement.objects.count() == 4


def test_sql_by_hand_does_not_deliver_what_is_contested(driver, order, serials):
    reported(driver, order, "LG-1")

    with pytest.raises(IntegrityError, match="still stands there"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(state="delivered", delivered_at=timezone.now())

    assert again(order).state == "review"


# --- when it is due ---
@pytest.fixture
def older_schedule(db):
    """50 kg 4/3/1 years, 16 and 20 kg 5/3/1, 10 kg and less 6/1."""
    schedule = {50: ((0, 4), (15, 3), (20, 1)), 20: ((0, 5), (15, 3), (20, 1)), 10: ((0, 6), (20, 1))}
    InspectionRule.objects.bulk_create(
        InspectionRule(valid_from=dt.date(2000, 1, 1), most_kg=kg, from_age=age, years=years, is_sample=True)
        for kg, rows in schedule.items()
        for age, years in rows
    )


@pytest.mark.parametrize(
    ("code", "gas_kg", "made", "inspected", "due"),
    [
        ("20", 20, "2020-05-01", None, "2025-05-01"),
        ("20", 20, "2005-05-01", "2020-05-01", "2023-05-01"),
        ("20", 20, "2000-05-01", "2021-06-01", "2022-06-01"),
        ("16", 16, "2020-02-29", "2024-02-29", "2029-02-28"),
        ("50", 50, "2020-05-01", "2024-04-01", "2028-04-01"),
        ("10", 10, "2010-05-01", "2025-05-01", "2031-05-01"),
        ("90", 90, "2020-05-01", None, None),
    ],
)
def test_the_next_inspection_follows_from_size_and_age(older_schedule, code, gas_kg, made, inspected, due):
    product = priced(code, gas_kg=gas_kg)

    found = InspectionRule.due(
        product, made_on=dt.date.fromisoformat(made), inspected_on=inspected and dt.date.fromisoformat(inspected)
    )

    assert found == (due and dt.date.fromisoformat(due))


def test_a_newer_law_counts_from_its_day(older_schedule, twenty):
    InspectionRule.objects.create(valid_from=dt.date(2026, 1, 1), most_kg=20, from_age=0, years=2)

    assert InspectionRule.due(twenty, made_on=dt.date(2025, 12, 31)) == dt.date(2030, 12, 31)
    assert InspectionRule.due(twenty, made_on=dt.date(2026, 1, 1)) == dt.date(2028, 1, 1)


def test_an_inspection_moves_the_limit(older_schedule, serials):
    late, _good = serials
    with pytest.raises(Refused):
        late.inspect(on=TODAY)
    late.made_on = dt.date(2015, 1, 1)
    late.save()

    late.inspect(on=TODAY)

    assert (again(late).inspect_by, late.is_expired(on=TODAY)) == (dt.date(2031, 11, 24), False)

"""Counting in: both ledgers, once a route; what differs is a variance that somebody owns until it is settled."""

import uuid

import pytest
from django.db.models import Sum

from deliveries.loading import held_by
from deliveries.models import CashCount, CashLeg, Stop, Variance
from luckygas.errors import Refused
from orders.models import CylinderMovement, Place
from tests.deliveries.evening import EMPTY, FULL, PART, came_back, count, pay
from tests.factories import RouteFactory, UserFactory
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def back(db):
    return came_back()


def held(place, product):
    return {state: quantity for each, state, quantity in held_by(place) if each == product}


def cash(account):
    return CashLeg.objects.filter(account=account).aggregate(twd=Sum("amount_twd", default=0))["twd"]


def said(verb, *args, **more):
    with pytest.raises(Refused) as refused:
        verb(*args, **more)
    return refused.value.code


# --- the count -------------------------------------------------------------------------------------------------------
def test_what_is_right_leaves_no_variance(back):
    found = count(back)

    assert (found.due_twd, found.difference_twd, found.by) == (1640, 0, back.by)
    assert Variance.objects.count() == 0
    assert [(row.state, row.due, row.counted) for row in found.cylinders.all()] == [(EMPTY, 2, 2), (FULL, 1, 1)]


def test_the_count_closes_the_route_and_empties_bag_and_truck(back):
    count(back)

    back.route.refresh_from_db()
    assert back.route.state == "closed"
    assert back.route.cash_with_driver_twd == 0
    assert held_by(back.route.vehicle.place) == []
    assert held(back.route.depot.place, back.twenty) == {FULL: -2, EMPTY: 2}


def test_a_route_that_its_driver_closed_is_counted_all_the_same(back):
    back.route.close(by=back.by)

    assert count(back).due_twd == 1640
    assert Variance.objects.count() == 0


def test_cash_goes_from_the_driver_to_the_office_and_what_is_missing_is_a_variance(back):
    count(back, 1600)

    assert (cash("driver"), cash("office"), cash("variance")) == (-1640, 1600, 40)
    variance = Variance.objects.get()
    assert (variance.difference, variance.missing, variance.is_cash, variance.owner) == (-40, 40, True, None)


def test_missing_and_surplus_cylinders_are_variances_and_in_the_ledger(back):
    count(back, full=0, empty=3)

    found = {(variance.product, variance.state, variance.difference) for variance in Variance.objects.all()}
    assert found == {(back.twenty, FULL, -1), (back.twenty, EMPTY, 1)}
    assert held(back.route.depot.place, back.twenty) == {FULL: -3, EMPTY: 3}
    assert held(Place.of("lost"), back.twenty) == {FULL: 1, EMPTY: -1}


def test_the_same_form_again_is_the_first_count(back):
    operation = uuid.uuid4()
    first = count(back, 1600, operation=operation)

    assert count(back, 1600, operation=operation) == first
    assert (CashLeg.objects.count(), Variance.objects.count()) == (3, 1)


@pytest.mark.parametrize("twd", [1600, 1640])
def test_another_count_is_refused(back, twd):
    count(back, 1600)

    assert said(count, back, twd) == "counted"
    assert cash("office") == 1600


@pytest.mark.parametrize(
    ("twd", "more", "code"),
    [
        (-1, {}, "bad_amount"),
        (10_000_001, {}, "bad_amount"),
        (1640, {"full": -1}, "bad_quantity"),
        (1640, {"empty": 1000}, "bad_quantity"),
    ],
)
def test_a_count_that_is_no_count_changes_nothing(back, twd, more, code):
    assert said(count, back, twd, **more) == code

    back.route.refresh_from_db()
    assert (back.route.state, CashCount.objects.count()) == ("departed", 0)


def test_a_route_with_open_stops_is_not_counted(back):
    Stop.objects.create(route=back.route, position=9, kind="patrol", site=back.stop.site)

    assert said(count, back) == "open_stops"


def test_a_route_that_has_not_left_is_not_counted(db):
    route, by = RouteFactory(), UserFactory()

    assert said(CashCount.record, route=route, counted_twd=0, operation_id=uuid.uuid4(), by=by) == "not_left"


def test_part_empties_are_due_as_such(db):
    back = came_back(orders=1, parts=1)

    count(back, 820, full=1, empty=0, part=1)

    assert Variance.objects.count() == 0
    assert held(back.route.depot.place, back.twenty)[PART] == 1


# --- what comes later ------------------------------------------------------------------------------------------------
def test_cash_that_was_reported_after_the_count_is_booked_as_a_variance(back):
    found = count(back)
    pay(back.stop, 500)
    assert back.route.cash_with_driver_twd == 500

    found.follow(by=back.by)
    found.follow(by=back.by)

    assert back.route.cash_with_driver_twd == 0
    assert Variance.objects.get().difference == -500


def test_cylinders_that_were_reported_after_the_count_are_booked_too(back):
    found, truck = count(back), back.route.vehicle.place
    CylinderMovement.post(
        product=back.twenty, quantity=1, start=(truck, FULL), end=(Place.of_site(back.stop.site), "in_use"),
        cause=("test", 1), purpose="given", by=back.by,
    )  # fmt: skip

    found.follow(by=back.by)

    assert held_by(truck) == []
    assert [(variance.state, variance.difference) for variance in Variance.objects.all()] == [(FULL, 1)]


# --- who answers for it ----------------------------------------------------------------------------------------------
@pytest.fixture
def variance(back):
    count(back, 1600)
    return Variance.objects.get()


def trail(variance):
    return [event.kind for event in variance.events.all()]


def test_a_named_person_owns_it_with_a_reason(variance, back):
    driver = back.route.driver.user

    variance.own(owner=driver, reason=" 找錯錢 ", by=back.by)

    assert (variance.owner, variance.reason) == (driver, "找錯錢")
    event = variance.events.last()
    assert (event.kind, event.owner, event.by, event.text) == ("owned", driver, back.by, "找錯錢")


def test_owning_again_writes_one_line_and_another_owner_a_new_one(variance, back):
    for owner in (back.route.driver.user, back.route.driver.user, back.by):
        variance.own(owner=owner, reason="找錯錢", by=back.by)

    assert trail(variance) == ["opened", "owned", "owned"]


def test_it_is_owned_by_somebody_who_works_here_and_for_a_reason(variance, back, customer_person):
    assert said(variance.own, owner=back.by, reason=" ", by=back.by) == "no_reason"
    assert said(variance.own, owner=customer_person, reason="x", by=back.by) == "no_owner"


def test_what_came_back_is_in_the_till(variance, back):
    variance.own(owner=back.by, reason="找錯錢", by=back.by)

    for _ in range(2):
        variance.settle(outcome="back", note="阿德補了", by=back.by)

    assert (cash("office"), cash("variance"), cash("driver")) == (1640, 0, -1640)
    assert trail(variance) == ["opened", "owned", "settled"]


def test_a_cylinder_that_was_found_stands_in_the_depot_again(back):
    count(back, empty=1)
    variance = Variance.objects.get()
    variance.own(owner=back.by, reason="漏數", by=back.by)

    variance.settle(outcome="back", note="在牆邊", by=back.by)

    assert held(back.route.depot.place, back.twenty)[EMPTY] == 2
    assert held(Place.of("lost"), back.twenty) == {}


def test_what_is_written_off_moves_nothing(variance, back):
    variance.own(owner=back.by, reason="找錯錢", by=back.by)

    variance.settle(outcome="written_off", note="老闆認了", by=back.by)

    assert (cash("office"), cash("variance")) == (1600, 40)


def test_settling_needs_an_owner_an_outcome_and_a_note_and_happens_once(variance, back):
    assert said(variance.settle, outcome="back", note="x", by=back.by) == "no_owner"
    variance.own(owner=back.by, reason="x", by=back.by)
    assert said(variance.settle, outcome="back", note=" ", by=back.by) == "no_note"
    assert said(variance.settle, outcome="lost", note="x", by=back.by) == "no_note"

    variance.settle(outcome="written_off", note="x", by=back.by)

    assert said(variance.settle, outcome="back", note="x", by=back.by) == "settled"
    assert said(variance.own, owner=back.by, reason="y", by=back.by) == "settled"


# --- two people ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False])
def test_two_people_count_one_route_and_it_is_booked_once(same):
    back, other, operation = came_back(), UserFactory(), uuid.uuid4()

    outcomes = at_once(
        lambda: count(back, 1600, operation=operation),
        lambda: count(back, 1600, operation=operation if same else uuid.uuid4(), by=other),
    )

    words = sorted(each.code if isinstance(each, Refused) else type(each).__name__ for each in outcomes)
    assert words == (["CashCount", "CashCount"] if same else ["CashCount", "counted"])
    assert (cash("driver"), cash("office"), cash("variance")) == (-1640, 1600, 40)
    assert Variance.objects.count() == 1
    assert held_by(back.route.vehicle.place) == []

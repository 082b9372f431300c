"""The generator: each day of a standing order has one row and at most one order, whatever happens to the scheduler."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from customers.models import CalendarDay
from luckygas.flags import DEFAULTS, ORDERS_PAUSED, WEB_ORDERING
from orders.models import Order, StandingDay
from orders.standing.generator import run
from orders.tasks import make_standing_orders
from pilot.models import Flag
from tests.factories import CustomerFactory, SiteFactory, StandingOrderFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (MONDAY + dt.timedelta(days=n) for n in range(1, 6))


def at(day, clock="18:00"):
    return time_machine.travel(f"{day}T{clock}+08:00", tick=False)


def daily(**more):
    return StandingOrderFactory(**{"rhythm": "every", "every_days": 1, "starts_on": TUESDAY} | more)


def story(standing):
    return [(day.on, day.state, day.made_for, day.was_missed) for day in standing.days.order_by("on")]


def test_in_the_evening_tomorrow_is_made_and_before_it_nothing():
    standing = daily()

    with at(MONDAY, "16:59"):
        run()
        assert story(standing) == []

    with at(MONDAY, "17:00"):
        run()
        assert story(standing) == [(TUESDAY, "made", TUESDAY, False)]

    order = standing.days.get().order
    assert (order.channel, order.placed_by, order.is_gas_out, order.promised_on) == ("standing", None, False, TUESDAY)
    assert (order.state, order.summary()) == ("confirmed", "20 公斤 ×2")


def test_so_many_days_ahead_as_is_set(settings):
    settings.STANDING_DAYS_AHEAD = 3
    standing = daily()

    with at(MONDAY):
        run()

    assert [on for on, *_more in story(standing)] == [TUESDAY, WEDNESDAY, THURSDAY]


def test_a_second_run_finds_nothing_left():
    standing = daily()

    with at(MONDAY):
        for _ in range(3):
            make_standing_orders()

    assert Order.objects.count() == standing.days.count() == 1


def test_after_three_days_without_a_scheduler_each_day_is_there_once():
    """Made on Monday evening, then silence until Friday morning."""
    every_day, tuesdays, twice = (
        daily(),
        daily(if_closed="skip", rhythm="weekly", weekdays=[2]),
        daily(rhythm="weekly", weekdays=[3, 5]),
    )
    wednesdays = daily(rhythm="weekly", weekdays=[3])
    with at(MONDAY):
        run()

    with at(FRIDAY, "08:00"):
        run()
        run()

    assert story(every_day) == [
        (TUESDAY, "made", TUESDAY, False),
        (WEDNESDAY, "skipped", None, True),
        (THURSDAY, "skipped", None, True),
        (FRIDAY, "made", FRIDAY, False),
    ]
    assert story(tuesdays) == [(TUESDAY, "made", TUESDAY, False)]
    assert story(twice) == [(WEDNESDAY, "skipped", None, True), (FRIDAY, "made", FRIDAY, False)]
    assert story(wednesdays) == [(WEDNESDAY, "made", FRIDAY, True)]
    assert Order.objects.count() == 5


def test_a_missed_day_that_may_not_move_stands_on_the_offices_list():
    standing = daily(if_closed="skip", rhythm="weekly", weekdays=[2])

    with at(WEDNESDAY):
        run()

    assert story(standing) == [(TUESDAY, "refused", None, True)]
    assert StandingDay.objects.refused().get().reason


def test_a_day_is_moved_when_a_typhoon_comes():
    CalendarDay.objects.create(day=TUESDAY, kind="suspension", name="颱風")
    standing = daily(rhythm="weekly", weekdays=[2])

    with at(MONDAY):
        run()

    day = standing.days.get()
    assert (day.on, day.made_for, day.order.promised_on) == (TUESDAY, WEDNESDAY, WEDNESDAY)
    assert "颱風" in day.reason


def test_while_orders_are_paused_days_stay_due_and_are_made_afterwards(ops):
    standing = daily(rhythm="weekly", weekdays=[2])
    with at(MONDAY):
        Flag.pause(by=ops, reason="test")
        run()
        assert story(standing) == [(TUESDAY, "due", None, False)]

        Flag.objects.filter(name=ORDERS_PAUSED).update(everyone=False)
        run()

    assert story(standing) == [(TUESDAY, "made", TUESDAY, False)]


def test_each_order_is_decided_for_its_customer_and_stores_that():
    one, other = daily(), daily()
    Flag.objects.create(name=WEB_ORDERING, allow_customers=[one.site.customer.number])

    with at(MONDAY):
        run()
        now = timezone.now().isoformat()

    for standing, is_on in ((one, True), (other, False)):
        order = standing.days.get().order
        assert order.decision == {"flags": DEFAULTS | {WEB_ORDERING: is_on}, "at": now}
        assert order.variant == ("web_ordering" if is_on else "standard")


def test_a_switch_that_is_pulled_during_a_run_stops_the_rest_of_it(ops, monkeypatch):
    daily(), daily(), daily()
    made = StandingDay.make

    def make_and_pull(day, **more):
        made(day, **more)
        Flag.pause(by=ops, reason="test", channels=frozenset({"standing"}))

    monkeypatch.setattr(StandingDay, "make", make_and_pull)

    with at(MONDAY):
        assert run() == {"made": 1}

    assert Order.objects.count() == 1
    assert StandingDay.objects.due().count() == 2


def test_credit_holds_the_order_as_any_other():
    customer = CustomerFactory(settlement="monthly", credit_limit_twd=100)
    standing = daily(site=SiteFactory(customer=customer))

    with at(MONDAY):
        run()

    assert standing.days.get().order.state == "held"


def test_the_legacy_system_keeps_its_customers():
    standing = daily(site=SiteFactory(customer=CustomerFactory(stage="imported", system_of_record="legacy")))

    with at(MONDAY):
        run()

    assert story(standing) == [(TUESDAY, "refused", None, False)]
    assert not Order.objects.exists()


def test_what_somebody_made_by_hand_for_that_day_is_not_made_again(dispatcher):
    from tests.factories import decided

    standing = daily()
    with at(MONDAY, "10:00"):
        order = standing.make(
            operation_id="6f1f0a52-8f0e-4f38-9d0c-1c1f0f5d7a11",
            day=TUESDAY,
            is_gas_out=False,
            by=dispatcher,
            decision=decided(),
        )

    with at(MONDAY):
        run()

    assert Order.objects.get() == order
    day = standing.days.get(by_hand=False)
    assert day.state == "skipped"
    assert order.number in day.reason


def test_one_that_breaks_does_not_stop_the_others(caplog):
    broken, sound = daily(), daily()
    broken.items = [{"product": "20", "quantity": "two"}]
    broken.save()

    with at(MONDAY):
        run()

    assert (story(broken), story(sound)) == (
        [(TUESDAY, "due", None, False)],
        [(TUESDAY, "made", TUESDAY, False)],
    )
    assert "standing_day_failed" in caplog.text


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_with_nothing_to_make_takes_as_many_queries_for_three_as_for_one(count, django_assert_num_queries):
    for _ in range(count):
        daily()
    with at(MONDAY):
        run()

        with django_assert_num_queries(3):
            run()

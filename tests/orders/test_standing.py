"""A standing order's life: agreed, changed, paused, stopped, and orders made of it by hand."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from luckygas.errors import Refused
from orders.models import Order, StandingDay, StandingOrder
from tests.factories import CustomerFactory, SiteFactory, StandingOrderFactory, decided, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

TUESDAY = dt.date(2026, 11, 24)
WEDNESDAY, THURSDAY, FRIDAY = (TUESDAY + dt.timedelta(days=n) for n in (1, 2, 3))


def facts(**more):
    return {
        "weekdays": [1, 3, 5],
        "items": [{"product": priced().code, "quantity": 2}],
        "starts_on": WEDNESDAY,
    } | more


def create(by, *, site=None, operation_id=None, **more):
    return StandingOrder.create(
        operation_id=operation_id or uuid.uuid4(), site=site or SiteFactory(), by=by, **facts(**more)
    )


def make(standing, by, **more):
    said = {"operation_id": uuid.uuid4(), "day": THURSDAY, "is_gas_out": False} | more
    return standing.make(by=by, decision=decided(), **said)


# --- agreed -----------------------------------------------------------------------------------------------------------
def test_it_is_agreed_once_for_one_form(dispatcher):
    site, operation = SiteFactory(), uuid.uuid4()

    first, again = (create(dispatcher, site=site, operation_id=operation) for _ in range(2))

    assert first == again
    assert (first.created_by, first.falls_on(WEDNESDAY), first.falls_on(THURSDAY)) == (dispatcher, True, False)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"starts_on": TUESDAY}, "starts_on"),
        ({"ends_on": TUESDAY}, "ends_on"),
        ({"rhythm": "custom", "dates": [TUESDAY]}, "dates"),
        ({"items": [{"product": "99", "quantity": 1}]}, "items"),
        ({"items": [{"product": "20", "quantity": 100}]}, "quantity_20"),
        ({"note": "好像有漏氣"}, "note"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(dispatcher, more, field):
    with pytest.raises(Refused) as refused:
        create(dispatcher, **more)

    assert refused.value.field == field
    assert not StandingOrder.objects.exists()


@pytest.mark.parametrize(
    ("customer", "code"),
    [
        ({"stage": "rolled_back", "system_of_record": "legacy"}, "legacy"),
        ({"deactivated_at": timezone.now()}, "inactive"),
    ],
)
def test_who_gets_no_orders_here_gets_no_standing_order(dispatcher, customer, code):
    site = SiteFactory(customer=CustomerFactory(**customer))

    with pytest.raises(Refused) as refused:
        create(dispatcher, site=site)

    assert refused.value.code == code


# --- changed ----------------------------------------------------------------------------------------------------------
def test_another_rhythm_counts_from_tomorrow(dispatcher):
    standing = StandingOrderFactory(starts_on=dt.date(2026, 11, 1), weekdays=[5])

    standing.edit(by=dispatcher, weekdays=[1, 2, 3])

    assert (standing.starts_on, standing.falls_on(TUESDAY), standing.falls_on(WEDNESDAY)) == (WEDNESDAY, False, True)
    assert set(StandingDay.objects.values_list("on", flat=True)) == {
        dt.date(2026, 11, 6),
        dt.date(2026, 11, 13),
        dt.date(2026, 11, 20),
    }


def test_other_cylinders_leave_the_rhythm_alone(dispatcher):
    start = dt.date(2026, 11, 1)
    standing = StandingOrderFactory(starts_on=start)

    standing.edit(by=dispatcher, items=[{"product": "20", "quantity": 5}], weekdays=[1, 3, 5], starts_on=start)

    assert (standing.starts_on, standing.summary()) == (start, "20 公斤 ×5")


def test_a_pause_and_its_end(dispatcher):
    standing = StandingOrderFactory()

    standing.pause(by=dispatcher, until=FRIDAY, reason="店休")
    assert (standing.is_paused, standing.is_paused_on(THURSDAY), standing.is_paused_on(FRIDAY)) == (True, True, False)

    standing.resume(by=dispatcher)
    assert (standing.is_paused, standing.paused_until, standing.paused_reason) == (False, None, "")


def test_what_fell_into_a_pause_stays_left_out(dispatcher):
    standing = StandingOrderFactory(starts_on=dt.date(2026, 11, 20), paused_at=timezone.now())

    standing.resume(by=dispatcher)

    assert set(standing.days.values_list("on", "state")) == {
        (dt.date(2026, 11, 20), "skipped"),
        (dt.date(2026, 11, 23), "skipped"),
    }


def test_it_is_stopped_with_a_reason_and_then_is_over(dispatcher):
    standing = StandingOrderFactory()
    with pytest.raises(Refused):
        standing.end(by=dispatcher, reason=" ")

    standing.end(by=dispatcher, reason="店收了")

    assert (standing.is_over, standing.ended_reason) == (True, "店收了")
    for verb in (
        lambda: standing.end(by=dispatcher, reason="again"),
        lambda: standing.edit(by=dispatcher, note="x"),
        lambda: standing.pause(by=dispatcher, until=None),
        lambda: standing.resume(by=dispatcher),
        lambda: make(standing, dispatcher),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "ended"


def test_a_pause_ends_after_today(dispatcher):
    with pytest.raises(Refused) as refused:
        StandingOrderFactory().pause(by=dispatcher, until=TUESDAY)

    assert refused.value.field == "until"


# --- notes ------------------------------------------------------------------------------------------------------------
def test_notes_are_merged_and_each_is_said_once():
    site = SiteFactory(driver_note="走後門")

    assert StandingOrderFactory(site=site, note="鑰匙在櫃台").merged_note("今天多帶一支扳手") == (
        "鑰匙在櫃台；走後門；今天多帶一支扳手"
    )
    assert StandingOrderFactory(site=site, note="走後門").merged_note() == "走後門"
    assert StandingOrderFactory(site=site).merged_note() == "走後門"


# --- made by hand -----------------------------------------------------------------------------------------------------
def test_an_order_is_made_by_hand_once_for_one_form(dispatcher):
    standing = StandingOrderFactory(
        rhythm="none", weekdays=[], site=SiteFactory(driver_note="走後門"), note="鑰匙在櫃台"
    )
    operation = uuid.uuid4()

    first, again = (make(standing, dispatcher, operation_id=operation) for _ in range(2))

    assert first == again
    assert (first.promised_on, first.note, first.summary()) == (THURSDAY, "鑰匙在櫃台；走後門", "20 公斤 ×2")
    assert (first.channel, first.placed_by) == (Order.Channel.STANDING, dispatcher)
    day = standing.days.get()
    assert (day.by_hand, day.state, day.made_for, day.by) == (True, "made", THURSDAY, dispatcher)


def test_use_is_counted(dispatcher):
    standing = StandingOrderFactory(rhythm="none", weekdays=[])
    for day in (THURSDAY, FRIDAY):
        make(standing, dispatcher, day=day)

    counted = StandingOrder.objects.with_use().get()

    assert (counted.use_count, counted.last_made_for) == (2, FRIDAY)


def test_as_soon_as_a_truck_can(dispatcher):
    assert make(StandingOrderFactory(), dispatcher, day=None).is_now


def test_no_second_order_is_made_by_hand_beside_the_rhythms(dispatcher):
    standing = StandingOrderFactory()
    StandingDay.write_due(until=WEDNESDAY)
    day = standing.days.get()
    day.make(decision=decided())

    with pytest.raises(Refused) as refused:
        make(standing, dispatcher, day=WEDNESDAY)
    assert (refused.value.code, refused.value.field) == ("made", "day")

    day.order.cancel(by=dispatcher, reason="test")
    assert make(standing, dispatcher, day=WEDNESDAY).promised_on == WEDNESDAY


# --- the office's list ------------------------------------------------------------------------------------------------
def test_what_was_refused_is_put_aside_with_words(dispatcher):
    site = SiteFactory(customer=CustomerFactory(stage="rolled_back", system_of_record="legacy"))
    standing = StandingOrderFactory(site=site)
    StandingDay.write_due(until=WEDNESDAY)
    day = standing.days.get()
    day.make(decision=decided())
    assert (day.state, day.order) == ("refused", None)
    assert "舊系統" in day.reason
    with pytest.raises(Refused):
        day.put_aside(by=dispatcher, reason="")

    day.put_aside(by=dispatcher, reason="舊系統打好了")

    assert (day.state, day.reason, day.by) == ("skipped", "舊系統打好了", dispatcher)
    with pytest.raises(Refused):
        day.put_aside(by=dispatcher, reason="again")

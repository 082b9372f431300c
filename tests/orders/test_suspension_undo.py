"""A typhoon that does not come, keys pressed twice, workers killed: everything once, and back as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from customers.models import CalendarDay, Message, Suspension
from luckygas.errors import Refused
from orders.calendar import suspending
from orders.calendar.suspending import go_on, work
from orders.models import Order, Price, SuspensionRow
from orders.windows import windows_for
from orders.wishes import When
from tests.factories import StandingOrderFactory, priced
from tests.orders.typhoon import (
    THURSDAY,
    TOMORROW,
    again,
    at_home,
    come,
    draw_up,
    order_in,
    outcomes,
    pass_by,
    slot,
    told,
)
from tests.soundness import assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
PROMISE = ("slot_id", "promised_on", "promised_from", "promised_to", "is_now", "needs_day")


def promise_of(order: Order) -> list:
    order.refresh_from_db()
    return [getattr(order, name) for name in PROMISE] + list(order.lines.values_list("unit_price_twd"))


def test_what_nobody_touched_is_put_back_exactly_and_everybody_told_once(manager):
    Price.objects.create(product=priced(), kind="gas", amount_twd=700, valid_from=THURSDAY)
    orders = [order_in(slot()), order_in(slot(starts=14))]
    before = [promise_of(order) for order in orders]
    suspension = come(draw_up(by=manager), by=manager)
    assert [promise_of(order) for order in orders] != before

    pass_by(suspension, by=manager)

    assert [promise_of(order) for order in orders] == before
    assert (suspension.state, outcomes(suspension)) == ("undone", {"back": 2})
    assert told("resumed") == sorted((order.customer_id, "waiting") for order in orders)
    assert not CalendarDay.objects.exists()
    assert TOMORROW in {window.slot.day for window in windows_for(orders[0].site)}
    assert_sound()


def test_what_people_changed_since_is_left_and_says_so(manager):
    changed, cancelled, untouched = order_in(slot()), order_in(slot()), order_in(slot())
    suspension = come(draw_up(by=manager), by=manager)
    changed.refresh_from_db()
    changed.reschedule(When(day=THURSDAY), by=manager, reason="客人改的")
    cancelled.cancel(by=manager, reason="")

    pass_by(suspension, by=manager)

    rows = {row.order_id: row for row in suspension.rows.all()}
    assert [rows[order.pk].outcome for order in (changed, cancelled, untouched)] == ["kept", "kept", "back"]
    assert all(rows[order.pk].sentence for order in (changed, cancelled))
    assert again([changed])[0].promised_on == THURSDAY
    assert len(told("resumed")) == 3
    assert_sound()


def test_what_could_not_be_moved_is_red_no_more(manager):
    order = order_in(slot())
    order.plan(by=manager)
    suspension = come(draw_up(by=manager), by=manager)
    assert again([order])[0].needs_day

    pass_by(suspension, by=manager)

    assert not again([order])[0].needs_day
    assert outcomes(suspension) == {"back": 1}


def test_standing_dates_come_as_usual_again(manager):
    StandingOrderFactory(site=at_home(), weekdays=[3])
    suspension = come(draw_up(by=manager), by=manager)

    pass_by(suspension, by=manager)

    assert outcomes(suspension) == {"back": 1}
    assert len(told("resumed")) == 1
    assert_sound()


def test_keys_pressed_twice_do_it_once(manager):
    order = order_in(slot())
    suspension = draw_up(by=manager)

    for _ in range(2):
        come(suspension, by=manager)
    events = order.events.count()
    for _ in range(2):
        pass_by(suspension, by=manager)

    assert order.events.count() == events + 1
    assert (len(told()), len(told("resumed"))) == (1, 1)


def test_a_draft_is_thrown_away_and_one_that_holds_is_not(manager):
    draft, holds = draw_up(by=manager), come(draw_up(by=manager), by=manager)

    draft.discard(by=manager)
    with pytest.raises(Refused) as refused:
        holds.discard(by=manager)

    assert (draft.state, refused.value.code) == ("discarded", "illegal_move")
    with pytest.raises(Refused):
        suspending.confirm(draft, by=manager)


def test_a_worker_killed_in_the_middle_leaves_whole_customers_and_the_next_one_ends_it(manager, monkeypatch):
    orders = [order_in(slot()) for _ in range(3)]
    suspension = draw_up(by=manager)
    suspending.confirm(suspension, by=manager)
    with monkeypatch.context() as patch:
        real, written = Message.announce.__func__, []

        def die_at_the_second(cls, kind, **more):
            message = real(cls, kind, **more)
            written.append(message)
            if len(written) == 2:
                raise SystemExit  # after the order was moved and the message written, before the commit
            return message

        patch.setattr(Message, "announce", classmethod(die_at_the_second))
        with pytest.raises(SystemExit):
            work(suspension.pk)
    assert outcomes(suspension) == {"moved": 1, "waiting": 2}
    assert len(told()) == 1

    work(suspension.pk)

    assert outcomes(suspension) == {"moved": 3}
    assert len(told()) == 3
    assert all(order.events.filter(reason="颱風").count() == 1 for order in orders)
    assert_sound()


def test_the_sweep_rings_for_what_a_dead_worker_left_and_finds_an_order_that_slipped_in(manager, monkeypatch):
    window, rung = slot(), []
    monkeypatch.setattr("orders.calendar.suspending.is_answered", lambda ring: rung.append(ring) or True)
    suspension = come(draw_up(by=manager), by=manager)
    CalendarDay.objects.all().update(day=THURSDAY)  # it was placed before anybody could see the typhoon
    late = order_in(window)
    CalendarDay.objects.all().update(day=TOMORROW)

    assert go_on() == 1 == len(rung)
    work(suspension.pk)

    assert suspension.rows.get().outcome == "moved"
    assert again([late])[0].promised_on == THURSDAY
    assert go_on() == 0
    Suspension.objects.update(state="done")


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_and_two_workers_at_once_move_everybody_once(manager, record_property):
    orders = [order_in(slot(capacity=20)) for _ in range(12)]
    suspension = draw_up(by=manager)

    def strike(_number: int) -> None:
        try:
            mine = Suspension.objects.get(pk=suspension.pk)
            suspending.confirm(mine, by=manager)
            work(mine.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(strike, range(2)))

    assert outcomes(suspension) == {"moved": 12}
    assert len(told()) == 12
    assert all(order.events.filter(reason="颱風").count() == 1 for order in orders)
    assert SuspensionRow.objects.filter(slot=None).count() == 0
    assert_sound()
    record_property("proof", "a typhoon confirmed twice, two workers: 12 of 12 orders moved and told once")

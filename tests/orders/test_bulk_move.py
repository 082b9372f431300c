"""Many orders moved with one form: an outcome for each, and never "done" for one that was not."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from luckygas.errors import Refused
from orders.models import BulkMove, Order
from tests.factories import CustomerFactory, SiteFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def ask(verb, orders, by, **more):
    return BulkMove.ask(verb, orders, by=by, operation_id=uuid.uuid4(), **({"reason": "typhoon"} | more))


def held():
    return placed(wish(SiteFactory(customer=CustomerFactory(settlement="monthly", is_blocked=True))))


def outcomes(move):
    return [(row.order_id, row.outcome) for row in move.rows.order_by("order_id")]


def test_each_order_is_moved_by_its_own_verb_and_says_what_became_of_it(dispatcher):
    good, gone = placed(), placed()
    gone.plan(by=dispatcher)
    gone.depart(by=dispatcher)
    move = ask("cancel", [good, gone], dispatcher)

    move.carry_out()

    assert outcomes(move) == [(good.pk, "done"), (gone.pk, "refused")]
    refused = move.rows.get(order=gone)
    assert "truck" in refused.sentence or "車" in refused.sentence
    good.refresh_from_db()
    gone.refresh_from_db()
    assert (good.state, gone.state) == ("cancelled", "out")
    assert (good.events.last().by, good.events.last().reason) == (dispatcher, "typhoon")


def test_a_second_time_answers_the_first_outcomes(dispatcher):
    order, operation = placed(), uuid.uuid4()

    moves = [BulkMove.ask("cancel", [order], by=dispatcher, reason="typhoon", operation_id=operation) for _ in range(2)]
    for move in moves:
        move.carry_out()

    assert moves[0] == moves[1]
    assert outcomes(moves[1]) == [(order.pk, "done")]
    assert order.events.filter(to_state="cancelled").count() == 1


def test_the_same_form_with_other_orders_is_refused(dispatcher):
    operation = uuid.uuid4()
    BulkMove.ask("cancel", [placed()], by=dispatcher, reason="typhoon", operation_id=operation)

    with pytest.raises(Refused) as refused:
        BulkMove.ask("cancel", [placed()], by=dispatcher, reason="typhoon", operation_id=operation)

    assert refused.value.code == "other_body"


def test_only_a_manager_lets_held_orders_go(dispatcher, manager):
    order = held()
    first, second = ask("confirm", [order], dispatcher), ask("confirm", [order], manager)

    first.carry_out()
    second.carry_out()

    assert [*outcomes(first), *outcomes(second)] == [(order.pk, "refused"), (order.pk, "done")]
    assert order.events.get(to_state="confirmed").by == manager


def test_every_order_gets_its_new_day_by_the_rules_of_its_place(dispatcher):
    day = timezone.localdate() + dt.timedelta(days=5)  # a Sunday
    open_then, shut_then = placed(), placed()
    shut_then.site.closed_weekdays = [7]
    shut_then.site.save(update_fields=["closed_weekdays"])
    move = ask("reschedule", [open_then, shut_then], dispatcher, day=day)

    move.carry_out()

    assert outcomes(move) == [(open_then.pk, "done"), (shut_then.pk, "refused")]
    open_then.refresh_from_db()
    shut_then.refresh_from_db()
    assert open_then.promised_on == day != shut_then.promised_on


def test_what_was_interrupted_goes_on_where_it_stopped(dispatcher, monkeypatch):
    orders = [placed(), placed()]
    move = ask("cancel", orders, dispatcher)
    with monkeypatch.context() as patch:
        real, calls = BulkMove.apply, []

        def die_at_the_second(self, order):
            real(self, order)
            calls.append(order)
            if len(calls) == 2:
                raise SystemExit  # after the order was moved, before its outcome was written

        patch.setattr(BulkMove, "apply", die_at_the_second)
        with pytest.raises(SystemExit):
            move.carry_out()
    assert outcomes(move) == [(orders[0].pk, "done"), (orders[1].pk, "waiting")]
    assert Order.objects.filter(state="cancelled").count() == 1  # the second went back with its outcome

    move.carry_out()

    assert outcomes(move) == [(orders[0].pk, "done"), (orders[1].pk, "done")]


def test_none_and_more_than_two_hundred_are_refused(dispatcher):
    for orders in ([], [Order(pk=pk) for pk in range(1, 202)]):
        with pytest.raises(Refused) as refused:
            ask("cancel", orders, dispatcher)
        assert refused.value.code == "how_many"

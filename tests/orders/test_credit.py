"""Credit: what a customer may cost us, what is held, who lets it go, and what asks again."""

import datetime as dt
import uuid

import pytest
from django.utils import translation

from customers.models import AccountEntry, Payment
from luckygas.clock import business_day
from luckygas.errors import Refused
from orders.credit.exposure import because, exposure_of
from orders.credit.overdue import Overdue
from orders.credit.waiting import held_orders, unchecked
from orders.handover import Handed, Handover
from orders.models import Deputy, HoldDecision, Price
from orders.story import story
from orders.wishes import Item
from tests.factories import (
    CustomerFactory,
    DepotFactory,
    RouteFactory,
    SiteFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
LIMIT = 2000


@pytest.fixture
def shop(twenty):
    """A place of a customer on account who may owe NT$2,000; a 20 kg is 820."""
    return SiteFactory(customer=CustomerFactory(settlement="monthly", credit_limit_twd=LIMIT))


@pytest.fixture
def deputy(dispatcher, manager):
    Deputy.appoint(dispatcher, up_to_twd=2000, by=manager, valid_from=business_day())
    return dispatcher


def order_of(site, quantity=1, **more):
    return placed(wish(site, items=(Item(priced(), quantity, quantity),), **more))


def held_of(site, quantity=3):
    order = order_of(site, quantity)
    assert order.state == "held"
    return order


def deliver(order, **more):
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=order.placed_by)


def pay(customer, twd, by):
    return Payment.record(operation_id=uuid.uuid4(), customer=customer, method="cash", received_twd=twd, by=by)


def stands(customer):
    found = exposure_of(customer.pk)
    return found.owed_twd, found.ordered_twd, found.available_twd


# --- how much -----------------------------------------------------------------------------------------------------
def test_what_is_owed_and_what_is_on_order_count_together_and_cash_adds_nothing(shop):
    deliver(order_of(shop))
    order_of(shop)
    order_of(shop, 9, pays_by="cash")

    assert stands(shop.customer) == (820, 820, LIMIT - 1640)


def test_a_payment_makes_room_again(shop, manager):
    order = order_of(shop, 2)
    deliver(order)
    assert stands(shop.customer) == (1640, 0, 360)

    pay(shop.customer, 1640, manager)

    assert stands(shop.customer) == (0, 0, LIMIT)


def test_what_was_handed_over_of_an_order_that_is_checked_counts_once(shop, manager):
    order = order_of(shop)
    handover = Handover((Handed(priced(), 1, 1),))

    order.contest(handover, place=DepotFactory().place, by=manager, reason="x")

    assert order.state == "review"
    assert stands(shop.customer) == (820, 0, LIMIT - 820)


# --- what is held -------------------------------------------------------------------------------------------------
def test_within_the_limit_it_is_confirmed_and_beyond_it_is_held(shop):
    states = [order_of(shop).state for _ in range(3)]

    assert states == ["confirmed", "confirmed", "held"]


def test_exactly_the_limit_is_within(shop):
    shop.customer.credit_limit_twd = 1640
    shop.customer.save()

    assert order_of(shop, 2).state == "confirmed"


@pytest.mark.parametrize(
    "blocked, words",
    [
        (True, {"en": "blocked for credit", "zh-hant": "停止賒帳"}),
        (False, {"en": "over the credit limit", "zh-hant": "超過信用額度"}),
    ],
)
@pytest.mark.parametrize("orders_in", ["en", "zh-hant"])
def test_why_it_is_held_is_read_in_the_readers_language(shop, blocked, words, orders_in):
    shop.customer.is_blocked = blocked
    shop.customer.save()
    with translation.override(orders_in):
        order = held_of(shop)

    for language, said in words.items():
        with translation.override(language):
            assert order.held_because == said
            assert said in story(order)[-1].note


def test_what_a_person_wrote_is_not_translated():
    with translation.override("zh-hant"):
        assert because("Changed") == "Changed"


def test_who_has_no_limit_is_not_checked_and_listed(shop):
    free = SiteFactory(customer=CustomerFactory(settlement="monthly"))
    order = order_of(free, 30)

    [row] = unchecked()

    assert order.state == "confirmed"
    assert (row.customer, row.exposure.total_twd, row.exposure.available_twd) == (free.customer, 24_600, None)


def test_who_pays_cash_is_never_held_and_not_listed(twenty):
    site = SiteFactory(customer=CustomerFactory(credit_limit_twd=0, is_blocked=True))

    assert order_of(site).state == "confirmed"
    assert unchecked() == []


def test_block_and_unblock_say_who_and_why(shop, manager, dispatcher):
    customer = shop.customer
    customer.block(by=manager, note="cheque bounced")
    held_of(shop, 1)

    assert (customer.is_blocked, customer.blocked_why) == (True, "cheque bounced")
    for verb, by, note, code in [
        ("block", manager, "again", "as_it_is"),
        ("unblock", dispatcher, "paid", "not_manager"),
        ("unblock", manager, " ", "no_note"),
    ]:
        with pytest.raises(Refused) as refused:
            getattr(customer, verb)(by=by, note=note)
        assert refused.value.code == code

    customer.unblock(by=manager, note="paid")
    assert (customer.is_blocked, customer.blocked_why) == (False, "paid")


# --- who lets it go -----------------------------------------------------------------------------------------------
def test_a_manager_releases_with_a_note_and_everything_is_written_down(shop, manager):
    order, operation = held_of(shop), uuid.uuid4()

    for _ in range(2):
        order.release(by=manager, note="pays tomorrow", operation_id=operation)

    decision = HoldDecision.objects.get()
    assert order.state == "confirmed"
    assert (decision.by, decision.note, decision.grounds) == (manager, "pays tomorrow", "manager")
    assert (decision.order_twd, decision.exposure_twd, decision.limit_twd) == (2460, 2460, LIMIT)
    assert order.events.last().announces == "confirmed"


def test_turned_down_it_is_cancelled_and_the_customer_is_told(shop, manager):
    order = held_of(shop)

    order.decline(by=manager, note="three months behind")

    assert (order.state, order.events.last().reason) == ("cancelled", "three months behind")
    assert [message.kind for message in shop.customer.messages.all()] == ["declined"]


@pytest.mark.parametrize("verb", ["release", "decline"])
def test_without_a_note_or_twice_it_is_refused(shop, manager, verb):
    order = held_of(shop)

    with pytest.raises(Refused) as refused:
        getattr(order, verb)(by=manager, note=" ")
    assert (refused.value.code, refused.value.field) == ("no_note", "note")
    getattr(order, verb)(by=manager, note="x")
    with pytest.raises(Refused) as refused:
        getattr(order, verb)(by=manager, note="x")
    assert refused.value.code == "illegal_move"
    assert HoldDecision.objects.count() == 1


@pytest.mark.parametrize("verb", ["release", "decline", "confirm"])
def test_who_may_not_is_refused(shop, dispatcher, verb):
    order = held_of(shop)

    with pytest.raises(Refused) as refused:
        getattr(order, verb)(by=dispatcher, **({"reason": "x"} if verb == "confirm" else {"note": "x"}))

    order.refresh_from_db()
    assert (order.state, refused.value.code) == ("held", "only_a_manager")


def test_what_fits_by_now_anybody_of_the_office_releases(shop, dispatcher):
    first, second = order_of(shop, 2), held_of(shop, 1)
    first.cancel(by=dispatcher, reason="not wanted")

    second.release(by=dispatcher, note="the other one was cancelled")

    assert (second.state, HoldDecision.objects.get().grounds) == ("confirmed", "fits")


# --- deputies -----------------------------------------------------------------------------------------------------
def test_a_deputy_releases_up_to_the_amount(shop, deputy):
    order_of(shop, 2)
    small, large = held_of(shop, 1), held_of(shop, 3)

    small.release(by=deputy, note="regular")
    with pytest.raises(Refused) as refused:
        large.release(by=deputy, note="regular")

    assert (small.state, small.hold_decisions.get().deputy.person) == ("confirmed", deputy)
    assert refused.value.code == "above_amount"
    assert "2,000" in str(refused.value.sentence)
    assert "3,280" in str(refused.value.sentence)


def test_many_small_ones_are_one_large_one_until_they_are_delivered(shop, deputy):
    order_of(shop, 2)
    small = [held_of(shop, 1) for _ in range(3)]

    small[0].release(by=deputy, note="x")
    small[1].release(by=deputy, note="x")
    with pytest.raises(Refused):
        small[2].release(by=deputy, note="x")
    deliver(small[0])
    small[2].release(by=deputy, note="x")

    assert [order.state for order in small] == ["delivered", "confirmed", "confirmed"]


def test_of_who_is_blocked_a_deputy_only_turns_down(shop, deputy, manager):
    shop.customer.block(by=manager, note="x")
    order = held_of(shop, 1)

    with pytest.raises(Refused) as refused:
        order.release(by=deputy, note="x")
    order.decline(by=deputy, note="blocked")

    assert (refused.value.code, order.state) == ("blocked", "cancelled")


@pytest.mark.parametrize(("start", "end"), [(1, None), (-5, -1)])
def test_a_deputy_of_another_time_is_none(shop, dispatcher, manager, start, end):
    day = business_day()
    until = None if end is None else day + dt.timedelta(days=end)
    Deputy.appoint(dispatcher, up_to_twd=9000, by=manager, valid_from=day + dt.timedelta(days=start), valid_until=until)

    with pytest.raises(Refused) as refused:
        held_of(shop).release(by=dispatcher, note="x")

    assert refused.value.code == "only_a_manager"


def test_a_manager_appoints_changes_and_ends(dispatcher, manager):
    facts = {"by": manager, "valid_from": business_day()}
    first = Deputy.appoint(dispatcher, up_to_twd=2000, **facts)
    assert Deputy.appoint(dispatcher, up_to_twd=2000, **facts) == first
    second = Deputy.appoint(dispatcher, up_to_twd=3000, **facts)
    first.refresh_from_db()
    assert (first.state, first.ended_by, second.state) == ("ended", manager, "standing")

    second.end(by=manager)
    second.end(by=manager)

    assert Deputy.objects.standing().count() == 0
    for who, by, code in [(manager, manager, "no_dispatcher"), (dispatcher, dispatcher, "not_manager")]:
        with pytest.raises(Refused) as refused:
            Deputy.appoint(who, up_to_twd=1, by=by, valid_from=business_day())
        assert refused.value.code == code


# --- what asks again ----------------------------------------------------------------------------------------------
def changed(order, quantity, by):
    more = wish(order.site, items=(Item(priced(), quantity, quantity),))
    order.change(more, by=by, operation_id=uuid.uuid4())
    return order.state


def test_more_than_the_limit_allows_is_on_hold_again_and_less_is_not(shop, dispatcher):
    order = order_of(shop, 2)

    assert changed(order, 1, dispatcher) == "confirmed"
    assert changed(order, 3, dispatcher) == "held"


def test_what_was_released_stays_up_to_its_amount(shop, dispatcher, manager):
    order = held_of(shop)
    order.release(by=manager, note="x")

    assert changed(order, 1, dispatcher) == "confirmed"
    assert changed(order, 3, dispatcher) == "confirmed"
    assert changed(order, 4, dispatcher) == "held"
    with pytest.raises(Refused):
        order.release(by=dispatcher, note="the old decision is no decision about this")


def dearer(order):
    Price.objects.create(product=priced(), kind="gas", amount_twd=1100, valid_from=order.promised_on)


def test_a_higher_price_asks_again_and_takes_it_off_its_draft_route(shop, dispatcher):
    order, route = order_of(shop, 2), RouteFactory()
    route.add(order, by=dispatcher)
    dearer(order)

    order.reprice(by=dispatcher, reason="they agreed")

    assert (order.state, route.stops.todo().count()) == ("held", 0)


def test_a_higher_price_beyond_the_limit_is_refused_on_a_published_route(shop, dispatcher):
    order, route = order_of(shop, 2), RouteFactory()
    route.add(order, by=dispatcher)
    route.publish(by=dispatcher)
    order.refresh_from_db()
    dearer(order)

    with pytest.raises(Refused) as refused:
        order.reprice(by=dispatcher, reason="they agreed")

    order.refresh_from_db()
    assert (refused.value.code, order.state, order.due_twd) == ("credit", "planned", 1640)


@pytest.mark.parametrize("verb", ["unplan", "bring_back"])
def test_no_other_verb_lets_a_held_order_go(shop, dispatcher, verb):
    order = held_of(shop)

    with pytest.raises(Refused) as refused:
        getattr(order, verb)(by=dispatcher, reason="x")

    assert refused.value.code == "illegal_move"


def test_the_rest_of_what_was_let_go_needs_no_second_decision(shop, manager):
    order = held_of(shop)
    order.release(by=manager, note="x")

    order.deliver(
        Handover((Handed(priced(), 1, 1, "owed"),), leak_check="passed"), place=DepotFactory().place, by=manager
    )

    assert [child.state for child in order.owed_orders.all()] == ["confirmed"]


# --- what the pages read ------------------------------------------------------------------------------------------
def test_who_needs_it_most_comes_first(shop, dispatcher):
    later, sooner, out = (
        SiteFactory(customer=CustomerFactory(settlement="monthly", credit_limit_twd=900)) for _ in range(3)
    )
    for site, use in ((later, 1), (sooner, 10)):
        deliver(order_of(site))
        site.daily_use_kg = use
        site.save(update_fields=["daily_use_kg"])
    orders = [order_of(later), order_of(sooner), placed(wish(out, items=(Item(priced(), 2, 2),), is_gas_out=True))]

    rows = held_orders()

    assert [row.order for row in rows] == [orders[2], orders[1], orders[0]]
    assert [row.is_urgent for row in rows] == [True, True, False]
    assert rows[1].run_out.first < rows[2].run_out.first
    assert (rows[1].exposure.over_twd, rows[1].age.under_30_twd) == (740, 820)


def owe(customer, twd, days, by):
    legs = {AccountEntry.Account.RECEIVABLE: twd, AccountEntry.Account.ADJUSTMENT: -twd}
    at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    AccountEntry.post(customer=customer, legs=legs, cause=("opening", uuid.uuid4().hex[:8]), purpose="x", by=by, at=at)


def test_overdue_by_30_60_and_90_days(shop, manager):
    old, older, oldest = (SiteFactory(customer__name=f"甲{n}").customer for n in range(3))
    for customer, twd, days in ((old, 100, 31), (older, 200, 61), (oldest, 400, 91), (oldest, 50, 5)):
        owe(customer, twd, days, manager)

    found = [[debt.customer for debt in Overdue.of(days=days).debts()] for days in (30, 60, 90)]

    assert found == [[oldest, older, old], [oldest, older], [oldest]]
    assert Overdue.of(days=30).sums == [50, 100, 200, 400, 750]
    assert Overdue.of(days=30, text="甲1").sums == [0, 0, 200, 0, 200]
    assert Overdue.of(days=90, area=shop.area).sums == [50, 0, 0, 400, 450]
    assert Overdue.of(days=90, text="nobody").sums == [0, 0, 0, 0, 0]

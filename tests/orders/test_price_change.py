"""Prices change for a day to come, are told on a chosen day, and may be withdrawn until they hold."""

import datetime as dt
import uuid

import pytest
import time_machine

from customers.models import Message
from luckygas.errors import Refused
from orders.billing.announcing import announce
from orders.billing.price_list import changed_by, price_list, with_own_prices
from orders.models import Price, PriceChange
from tests.factories import ContactFactory, CustomerFactory, priced
from tests.soundness import assert_sound

TODAY = dt.date(2026, 11, 24)
DECEMBER = dt.date(2026, 12, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def enter(manager, twenty):
    """Enter a change of the 20 kg: `enter(840)`; of anything with amounts=."""

    def enter(twd=840, **more):
        facts = {"operation_id": uuid.uuid4(), "valid_from": DECEMBER, "reason": "中油調價", "by": manager}
        return PriceChange.enter(**(facts | {"amounts": {(twenty.pk, "gas"): twd}} | more))

    return enter


def price(product, on, customer=None):
    return Price.quote(product, on=on, customer=customer).gas_twd


# --- entering -------------------------------------------------------------------------------------------------------
def test_a_change_holds_from_its_day_on(enter, manager, twenty):
    change = enter(840)

    assert (price(twenty, DECEMBER - dt.timedelta(days=1)), price(twenty, DECEMBER)) == (820, 840)
    assert (change.by, change.reason, change.state) == (manager, "中油調價", "coming")
    assert [(each.product, each.kind, each.was_twd, each.twd) for each in changed_by(change)] == [
        (twenty, "gas", 820, 840)
    ]
    assert_sound()


@pytest.mark.parametrize("day", [TODAY, TODAY - dt.timedelta(days=30)])
def test_prices_of_today_or_before_stay(enter, day):
    with pytest.raises(Refused) as refused:
        enter(valid_from=day)

    assert (refused.value.field, PriceChange.objects.count()) == ("valid_from", 0)


def test_what_holds_anyhow_is_no_change(enter, twenty):
    change = enter(amounts={(twenty.pk, "gas"): 840, (twenty.pk, "deposit"): 1000})

    assert change.prices.get().kind == "gas"
    with pytest.raises(Refused) as refused:
        enter(820, valid_from=DECEMBER - dt.timedelta(days=3))
    assert refused.value.code == "nothing"


def test_the_same_form_again_answers_with_the_first_change(enter):
    operation = uuid.uuid4()
    first, again = enter(840, operation_id=operation), enter(840, operation_id=operation)

    assert (again, Price.objects.filter(change=first).count()) == (first, 1)
    with pytest.raises(Refused) as refused:
        enter(850, operation_id=operation)
    assert refused.value.code == "other_body"


def test_a_second_change_of_the_same_day_is_refused_until_the_first_is_withdrawn(enter, manager, twenty):
    first = enter(840)
    with pytest.raises(Refused) as refused:
        enter(850)
    assert refused.value.code == "same_day"

    first.withdraw(by=manager, why="打錯")
    enter(850)

    assert price(twenty, DECEMBER) == 850


# --- a customer's own -----------------------------------------------------------------------------------------------
def test_a_customer_pays_their_own_price_until_they_pay_the_list_again(enter, twenty):
    shop, day = CustomerFactory(), dt.timedelta(days=1)
    enter(790, customer=shop)
    enter(None, customer=shop, valid_from=DECEMBER + 10 * day)

    assert [price(twenty, on, shop) for on in (DECEMBER - day, DECEMBER, DECEMBER + 10 * day)] == [820, 790, 820]
    assert price(twenty, DECEMBER) == 820
    assert [(each, each.own_prices) for each in with_own_prices(on=DECEMBER)] == [(shop, 2)]
    assert not with_own_prices(on=DECEMBER + 10 * day)


def test_the_list_shows_own_prices_beside_everybodys_and_what_comes(enter, twenty):
    shop = CustomerFactory()
    enter(790, customer=shop)

    [now] = price_list(on=TODAY, customer=shop)
    [then] = price_list(on=DECEMBER, customer=shop)

    cell, later = now.cells["gas"], then.cells["gas"]
    assert (cell.twd, cell.list_twd, cell.next_twd, cell.next_on) == (None, 820, 790, DECEMBER)
    assert (later.twd, later.list_twd, later.since, later.next_on) == (790, 820, DECEMBER, None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_products_as_for_one(enter, count, django_assert_num_queries):
    for number in range(1, count):
        priced(f"2{number}")
    enter(840)

    with django_assert_num_queries(2):
        assert len(price_list(on=TODAY)) == count


# --- withdrawing ----------------------------------------------------------------------------------------------------
def test_a_withdrawn_change_leaves_the_old_price_and_stays_in_the_history(enter, manager, twenty):
    change = enter(8400)

    change.withdraw(by=manager, why="多打一個 0")

    assert price(twenty, DECEMBER) == 820
    assert (change.state, change.withdrawn_on, change.withdrawn_by) == ("withdrawn", TODAY, manager)
    assert [each.twd for each in changed_by(change)] == [8400]
    assert_sound()


def test_what_holds_is_never_withdrawn(enter, manager):
    change = enter(840)

    with time_machine.travel("2026-12-01T09:00:00+08:00"), pytest.raises(Refused) as refused:
        change.withdraw(by=manager, why="x")

    assert (refused.value.code, Price.objects.filter(change=change).count()) == ("valid", 1)


# --- telling --------------------------------------------------------------------------------------------------------
@pytest.fixture
def told(enter):
    """A change that everybody hears of on 28 November."""
    return enter(840, announce_to="all", announce_on=dt.date(2026, 11, 28))


def reach(**more):
    return ContactFactory(customer=CustomerFactory(**more))


@pytest.mark.parametrize(
    ("at", "count"),
    [("27T10:00", 0), ("28T08:59", 0), ("28T09:00", 1), ("28T20:00", 0)],
)
def test_it_is_told_on_its_day_and_not_at_night(told, at, count):
    reach()

    with time_machine.travel(f"2026-11-{at}:00+08:00"):
        announce()

    assert Message.objects.count() == count


def test_everybody_with_a_mobile_is_told_once_some_at_a_time(told, monkeypatch, twenty, enter):
    people = [reach() for _ in range(5)]
    english = reach(language="en")
    reach(deactivated_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    ContactFactory(customer=CustomerFactory(), phone="+88689000210", digits="089000210", can_sms=False)
    own = reach()
    enter(790, customer=own.customer, valid_from=TODAY + dt.timedelta(days=1))
    monkeypatch.setattr("orders.models.price_change.AT_ONCE", 4)

    with time_machine.travel("2026-11-28T10:00:00+08:00"):
        counts = [announce() for _ in range(4)]

    assert counts == [4, 2, 0, 0]
    messages = Message.objects.order_by("customer")
    assert [message.recipient for message in messages] == [each.phone for each in (*people, english)]
    assert messages[0].body == "幸福氣：12/01（二）起新價格：20 公斤 840。有問題請打 089-000-210。"
    assert messages.last().body == "Lucky Gas: new prices from 1 Dec (Tue): 20 kg 840. Questions: 089-000-210."
    told.refresh_from_db()
    assert told.announced_at is not None


def test_a_customers_own_change_is_told_to_them_by_phone_when_they_take_no_sms(enter):
    shop = CustomerFactory()
    enter(790, customer=shop, announce_to="customer", announce_on=TODAY)

    announce()

    assert [(message.customer, message.state) for message in Message.objects.all()] == [(shop, "call")]


def test_what_was_told_is_not_withdrawn(told, manager):
    reach()
    with time_machine.travel("2026-11-28T10:00:00+08:00"):
        announce()
        told.refresh_from_db()

        with pytest.raises(Refused) as refused:
            told.withdraw(by=manager, why="x")

    assert refused.value.code == "told"


@pytest.mark.parametrize("day", [None, TODAY - dt.timedelta(days=1), DECEMBER + dt.timedelta(days=1)])
def test_it_is_told_between_today_and_its_day(enter, day):
    with pytest.raises(Refused) as refused:
        enter(announce_to="all", announce_on=day)

    assert refused.value.field == "announce_on"

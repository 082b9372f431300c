"""Monthly statements: every line of the month between two balances, always the ledger's."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine

from customers.models import AccountEntry, Payment
from orders.billing.monthly import Month, month_sums, monthly, total
from orders.handover import Handover
from orders.models import MeterReading
from orders.wishes import Item
from tests.factories import AreaFactory, CustomerFactory, DepotFactory, SiteFactory, placed, priced, wish

NOVEMBER = Month(2026, 11)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def shop(db):
    return CustomerFactory(name="阿金麵店", settlement="monthly", is_metered=True)


def deliver(site, *, by, quantity=2, empties=1):
    order = placed(wish(site, items=(Item(priced(), quantity, empties),)), by=by)
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=by)
    return order


def pay(customer, twd, *, by, at=None):
    return Payment.record(
        operation_id=uuid.uuid4(), customer=customer, method="cheque", received_twd=twd, by=by, at=at
    )  # fmt: skip


def test_a_month_is_told_from_its_opening_to_its_closing_balance(shop, dispatcher):
    site, metered = SiteFactory(customer=shop), priced("m20", gas=41, deposit=0, family="metered")
    with time_machine.travel("2026-10-20T10:00:00+08:00"):
        deliver(site, by=dispatcher, quantity=1, empties=0)
    order = deliver(site, by=dispatcher)
    payment = pay(shop, 900, by=dispatcher)
    for kg, day in ((100, 10), (120, 20)):
        reading = MeterReading.record(
            operation_id=uuid.uuid4(), site=site, product=metered, read_on=dt.date(2026, 11, day),
            reading_kg=Decimal(kg), by=dispatcher,
        )  # fmt: skip
    payment.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="bounced")

    [paper] = monthly([shop], NOVEMBER)

    lines = [(line.day.day, line.gas_twd, line.deposit_twd, line.paid_twd, line.after_twd) for line in paper.lines]
    assert lines == [
        (20, 820, 0, 0, 2640),
        (24, 1640, 1000, 0, 5280),
        (24, 0, 0, 900, 4380),
        (24, 0, 0, -900, 5280),
    ]
    assert [line.order or line.payment or line.reading for line in paper.lines] == [reading, order, payment, payment]
    assert (paper.lines[0].used_kg, paper.lines[3].is_reversal) == (Decimal(20), True)
    assert (paper.opening_twd, paper.gas_twd, paper.deposit_twd, paper.paid_twd) == (1820, 2460, 1000, 0)
    assert (paper.deposits_before_twd, paper.deposits_twd) == (1000, 2000)
    assert paper.closing_twd == AccountEntry.objects.filter(customer=shop, account="receivable").total()


def test_what_one_month_closes_with_the_next_one_opens_with(shop, dispatcher):
    for at in ("2026-09-30T23:59:00+08:00", "2026-10-01T00:01:00+08:00", "2026-10-31T23:59:00+08:00"):
        pay(shop, 100, by=dispatcher, at=dt.datetime.fromisoformat(at))

    papers = [monthly([shop], month)[0] for month in (NOVEMBER.before.before, NOVEMBER.before, NOVEMBER)]

    assert [(paper.opening_twd, paper.closing_twd) for paper in papers] == [(0, -100), (-100, -300), (-300, -300)]


def test_who_pays_by_the_month_gets_a_statement_when_there_is_something_to_say(shop, dispatcher):
    pay(shop, 100, by=dispatcher)
    CustomerFactory(settlement="monthly")
    pay(CustomerFactory(), 100, by=dispatcher)
    owing = CustomerFactory(settlement="monthly")
    site = SiteFactory(customer=owing, area=AreaFactory(code="成"))
    deliver(site, by=dispatcher)

    sums = month_sums(NOVEMBER)
    assert list(sums) == [shop.pk, owing.pk]
    assert (sums[owing.pk].charged_twd, sums[shop.pk].paid_twd, total(sums.values()).closing_twd) == (2640, 100, 2540)
    assert list(month_sums(NOVEMBER, is_open=True)) == [owing.pk]
    assert list(month_sums(NOVEMBER, area=site.area)) == [owing.pk]
    assert month_sums(NOVEMBER.before) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_all_statements_take_as_many_queries_as_one(dispatcher, count, django_assert_num_queries):
    shops = [CustomerFactory(settlement="monthly") for _ in range(count)]
    for shop in shops:
        deliver(SiteFactory(customer=shop), by=dispatcher)
        pay(shop, 100, by=dispatcher)

    with django_assert_num_queries(5):
        assert all(len(paper.lines) == 2 for paper in monthly(shops, NOVEMBER))


@pytest.mark.parametrize(("text", "month"), [("2026-11", NOVEMBER), ("2026-13", None), ("x", None), ("2026-1", None)])
def test_a_month_is_read_from_an_address(text, month):
    assert Month.read(text) == month


def test_a_month_knows_its_neighbours():
    assert (Month(2026, 12).after, Month(2027, 1).before, Month(2028, 2).ends_on) == (
        Month(2027, 1), Month(2026, 12), dt.date(2028, 2, 29),
    )  # fmt: skip

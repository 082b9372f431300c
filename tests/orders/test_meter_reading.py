"""Meters: the difference is billed, a wrong reading is taken back, and no meter runs back."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from customers.models import AccountEntry
from luckygas.errors import Refused
from orders.billing.meters import history, never_read, to_read
from orders.billing.monthly import Month
from orders.models import MeterReading
from orders.models.meter import gas_twd
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, priced
from tests.soundness import assert_sound

TODAY = dt.date(2026, 11, 24)
NOVEMBER = Month(2026, 11)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def metered(db):
    return priced("m20", gas=41, deposit=0, family="metered")


@pytest.fixture
def site(db):
    return SiteFactory(customer=CustomerFactory(is_metered=True))


@pytest.fixture
def read(site, metered, dispatcher):
    """`read(120)` today; `read(120, days=30)` a month ago."""

    def read(kg, *, days=0, **more):
        facts = {"site": site, "product": metered, "by": dispatcher, "operation_id": uuid.uuid4()}
        return MeterReading.record(
            **(facts | {"read_on": TODAY - dt.timedelta(days=days), "reading_kg": Decimal(str(kg))} | more)
        )

    return read


def owed(site):
    return AccountEntry.objects.filter(customer=site.customer, account="receivable").total()


def test_the_first_reading_charges_nothing_and_the_next_one_the_difference(read, site):
    read(100, days=30)
    assert owed(site) == 0

    reading = read("126.5")

    assert (owed(site), reading.charged_twd) == (1087, 1087)  # 26.5 kg at NT$41 are 1,086.5
    assert_sound()


@pytest.mark.parametrize(("kg", "twd"), [("0.5", 21), ("0.01", 0), ("1.49", 61), ("2.50", 103)])
def test_half_a_dollar_is_rounded_up(kg, twd):
    assert gas_twd(Decimal(kg), 41) == twd


def test_gas_is_charged_on_the_day_it_was_read(read, site):
    read(100, days=30)

    read(120, days=10)

    assert AccountEntry.objects.filter(account="receivable").get().day == TODAY - dt.timedelta(days=10)


def test_a_meter_does_not_run_back(read, site):
    read(100, days=30)

    with pytest.raises(Refused) as refused:
        read("99.99")

    assert (refused.value.field, MeterReading.objects.count(), owed(site)) == ("reading_kg", 1, 0)


@pytest.mark.parametrize("days", [5, 10, -1, 46])
def test_readings_come_one_after_the_other_and_not_from_long_ago(read, days):
    read(100, days=5)

    with pytest.raises(Refused) as refused:
        read(120, days=days)

    assert refused.value.field == "read_on"


def test_only_metered_gas_has_a_meter(read, twenty):
    with pytest.raises(Refused) as refused:
        read(100, product=twenty)

    assert refused.value.field == "product"


def test_a_changed_meter_starts_anew_on_the_same_day(read, site):
    read(900, days=30)
    read(950)

    read(3, is_new_meter=True)

    assert owed(site) == 50 * 41
    assert_sound()


def test_the_same_operation_again_bills_once(read, site):
    read(100, days=30)
    operation = uuid.uuid4()

    first, again = read(110, operation_id=operation), read(110, operation_id=operation)

    assert (first, owed(site)) == (again, 410)
    with pytest.raises(Refused) as refused:
        read(111, operation_id=operation)
    assert refused.value.code == "other_body"


# --- correcting -----------------------------------------------------------------------------------------------------
def test_a_wrong_reading_is_booked_back_and_the_right_one_billed(read, site, manager):
    read(100, days=30)
    wrong = read(210, days=2)

    right = wrong.correct(operation_id=uuid.uuid4(), reading_kg=Decimal(120), by=manager, why="看錯")

    legs = AccountEntry.objects.filter(account="receivable").order_by("pk")
    assert [(leg.purpose, leg.amount_twd, leg.day) for leg in legs] == [
        ("charge", 4510, TODAY - dt.timedelta(days=2)),
        ("reversed", -4510, TODAY),
        ("charge", 820, TODAY),
    ]
    assert (wrong.reversed_by, wrong.reversed_why, right.read_on) == (manager, "看錯", wrong.read_on)
    assert [(told.reading, told.used_kg, told.charged_twd) for told in history(site)][:2] == [
        (right, Decimal(20), 820),
        (wrong, None, 4510),
    ]
    assert_sound()


def test_only_the_last_reading_is_corrected_and_only_once(read, manager):
    first = read(100, days=30)
    last = read(120)

    def correct(reading, kg=110):
        return reading.correct(operation_id=uuid.uuid4(), reading_kg=Decimal(kg), by=manager, why="看錯")

    with pytest.raises(Refused) as refused:
        correct(first)
    assert refused.value.code == "not_the_last"
    correct(last)
    with pytest.raises(Refused):
        correct(last)


def test_a_correction_below_the_reading_before_changes_nothing(read, site, manager):
    read(100, days=30)
    wrong = read(120)

    with pytest.raises(Refused) as refused:
        wrong.correct(operation_id=uuid.uuid4(), reading_kg=Decimal(90), by=manager, why="看錯")

    wrong.refresh_from_db()
    assert (refused.value.code, wrong.reversed_at, owed(site)) == ("runs_back", None, 820)


# --- the round ------------------------------------------------------------------------------------------------------
def test_meters_without_a_reading_this_month_are_to_be_read(read, site, metered):
    read(100, days=30)
    done = SiteFactory(customer=CustomerFactory(is_metered=True))
    read(5, days=1, site=done)
    fresh = SiteFactory(customer=CustomerFactory(is_metered=True), area=AreaFactory(code="成", name="成功"))
    SiteFactory()

    assert [(meter.site, meter.product, meter.last.reading_kg) for meter in to_read(NOVEMBER)] == [
        (site, metered, Decimal(100))
    ]
    assert never_read() == [fresh]
    assert (to_read(NOVEMBER, area=fresh.area), never_read(area=site.area)) == ([], [])


@pytest.mark.parametrize("count", [1, 3])
def test_a_round_takes_two_queries(read, count, django_assert_num_queries):
    for number in range(count):
        read(number, days=30, site=SiteFactory(customer=CustomerFactory(is_metered=True)))

    with django_assert_num_queries(2):
        assert len(to_read(NOVEMBER)) == count

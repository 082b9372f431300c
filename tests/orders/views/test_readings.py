"""Meters as the office reads them: a round in one form, one meter with its history, a correction."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from luckygas.models import RecordRead
from orders.models import MeterReading
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, priced

HTMX = {"HX-Request": "true"}
TODAY = dt.date(2026, 11, 24)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def metered(db):
    return priced("m20", gas=41, deposit=0, family="metered")


@pytest.fixture
def read(metered, dispatcher):
    def read(kg, *, site, days=30):
        return MeterReading.record(
            operation_id=uuid.uuid4(), site=site, product=metered, read_on=TODAY - dt.timedelta(days=days),
            reading_kg=Decimal(kg), by=dispatcher,
        )  # fmt: skip

    return read


def site(**more):
    return SiteFactory(customer=CustomerFactory(is_metered=True), **more)


@pytest.fixture
def meters(read):
    """Two meters that were read last month."""
    return [read(100, site=site()), read(200, site=site(area=AreaFactory(code="成", name="成功")))]


def key(reading):
    return f"{reading.site_id}-{reading.product_id}"


def typed(**more):
    return {"operation_id": str(uuid.uuid4()), "read_on": "2026-11-24"} | more


# --- a round --------------------------------------------------------------------------------------------------------
def test_what_was_read_is_billed_and_leaves_the_list(signed_in, dispatcher, meters):
    browser, url = signed_in(dispatcher), reverse("orders:readings")

    response = browser.post(url, typed(**{key(meters[0]): "１２０．５", key(meters[1]): ""}))

    reading = MeterReading.objects.latest("pk")
    assert (response.status_code, reading.reading_kg, reading.charged_twd) == (303, Decimal("120.5"), 841)
    assert [meter.last for meter in browser.get(url).context["form"].meters] == [meters[1]]


def test_a_round_is_sent_twice_and_billed_once(signed_in, dispatcher, meters):
    browser, form = signed_in(dispatcher), typed(**{key(meters[0]): "120"})

    for _ in range(2):
        browser.post(reverse("orders:readings"), form)

    assert MeterReading.objects.filter(site=meters[0].site).count() == 2


def test_what_is_refused_stands_at_its_field_and_the_others_are_billed(signed_in, dispatcher, meters):
    response = signed_in(dispatcher, **HTMX).post(
        reverse("orders:readings"), typed(**{key(meters[0]): "120", key(meters[1]): "150"})
    )

    assert (response.status_code, MeterReading.objects.count()) == (422, 3)
    assert "現在不會比較少" in str(response.context["form"].errors[key(meters[1])])


@pytest.mark.parametrize("kg", ["", "x", "-1", "1.234"])
def test_nothing_is_read_from_nothing(signed_in, dispatcher, meters, kg):
    response = signed_in(dispatcher).post(reverse("orders:readings"), typed(**{key(meters[0]): kg}))

    assert (response.status_code, MeterReading.objects.count()) == (422, 2)


def test_an_area_is_read_by_itself(signed_in, dispatcher, meters):
    response = signed_in(dispatcher).get(reverse("orders:readings"), {"area": "成"})

    assert [meter.last for meter in response.context["form"].meters] == [meters[1]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_round_takes_as_many_queries_for_three_as_for_one(
    signed_in, dispatcher, read, count, django_assert_num_queries
):
    for number in range(count):
        read(number, site=site())
    browser = signed_in(dispatcher)

    with django_assert_num_queries(7):
        browser.get(reverse("orders:readings"))


# --- one meter ------------------------------------------------------------------------------------------------------
def test_a_meter_tells_its_readings_and_takes_the_next_one(signed_in, dispatcher, meters, metered):
    url = reverse("orders:meter", args=[meters[0].site_id])
    browser = signed_in(dispatcher)

    response = browser.post(url, typed(product=metered.pk, reading_kg="130"))

    assert (response.status_code, response["Location"]) == (303, url)
    told = browser.get(url).context["told"]
    assert [(each.used_kg, each.charged_twd) for each in told] == [(Decimal(30), 1230), (None, 0)]
    assert RecordRead.objects.get().record_id == meters[0].site.customer_id


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"reading_kg": "90"}, "reading_kg"), ({"read_on": "2026-11-25"}, "read_on"), ({"product": ""}, "product")],
)
def test_what_is_wrong_stands_at_its_field(signed_in, dispatcher, meters, metered, wrong, field):
    form = typed(product=metered.pk, reading_kg="130") | wrong

    response = signed_in(dispatcher, **HTMX).post(reverse("orders:meter", args=[meters[0].site_id]), form)

    assert (response.status_code, MeterReading.objects.count()) == (422, 2)
    assert list(response.context["form"].errors) == [field]


def test_a_site_without_a_meter_has_no_such_page(signed_in, dispatcher):
    assert signed_in(dispatcher).get(reverse("orders:meter", args=[SiteFactory().pk])).status_code == 404


# --- correcting -----------------------------------------------------------------------------------------------------
def test_a_wrong_reading_is_corrected(signed_in, dispatcher, meters, read):
    wrong = read(500, site=meters[0].site, days=1)
    url = reverse("orders:correct_reading", args=[wrong.pk])

    response = signed_in(dispatcher).post(url, typed(reading_kg="150", why="看錯"))

    right = MeterReading.objects.latest("pk")
    wrong.refresh_from_db()
    assert response["Location"] == reverse("orders:meter", args=[meters[0].site_id])
    assert (wrong.reversed_by, wrong.charged_twd, right.charged_twd) == (dispatcher, 0, 2050)


@pytest.mark.parametrize("wrong", [{"why": ""}, {"reading_kg": "500"}, {"reading_kg": "90"}, {"reading_kg": ""}])
def test_a_correction_without_sense_changes_nothing(signed_in, dispatcher, meters, read, wrong):
    reading = read(500, site=meters[0].site, days=1)
    url = reverse("orders:correct_reading", args=[reading.pk])

    response = signed_in(dispatcher, **HTMX).post(url, typed(reading_kg="150", why="看錯") | wrong)

    reading.refresh_from_db()
    assert (response.status_code, reading.reversed_at) == (422, None)


def test_customers_read_no_meters(signed_in, customer_person, meters):
    browser = signed_in(customer_person)

    answers = [
        browser.post(reverse("orders:readings"), typed(**{key(meters[0]): "120"})),
        browser.post(reverse("orders:meter", args=[meters[0].site_id]), typed()),
        browser.post(reverse("orders:correct_reading", args=[meters[0].pk]), typed()),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert MeterReading.objects.count() == 2

"""Counting a route in, its variances, and the scales, in the browser."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from deliveries.models import CashCount, Variance, Weighing
from tests.deliveries.evening import came_back, count, pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def browser(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def htmx(signed_in, dispatcher):
    return signed_in(dispatcher, **{"HX-Request": "true"})


@pytest.fixture
def back(db):
    return came_back()


def url(name, pk):
    return reverse(f"deliveries:{name}", args=[pk])


def counted(**more):
    return {"operation_id": str(uuid.uuid4()), "counted_twd": "1640", "full.20": "1", "empty.20": "2"} | more


# --- the count -------------------------------------------------------------------------------------------------------
def test_the_page_asks_for_what_is_due_and_fills_in_nothing(browser, back):
    answer = browser.get(url("count_route", back.route.pk))

    (row,) = answer.context["form"].rows
    assert [(cell.due, cell.field.value()) for cell in row.cells] == [(1, None), (2, None), (0, None)]
    assert answer.context["due_twd"] == 1640


def test_a_route_is_counted_in(browser, back, dispatcher):
    answer = browser.post(url("count_route", back.route.pk), counted(counted_twd="１６００"))

    assert (answer.status_code, answer["Location"]) == (303, url("count_route", back.route.pk))
    assert (CashCount.objects.get().counted_twd, CashCount.objects.get().by) == (1600, dispatcher)
    page = browser.get(url("count_route", back.route.pk)).content.decode()
    assert Variance.objects.get().get_absolute_url() in page


def test_htmx_is_sent_to_what_was_counted(htmx, back):
    answer = htmx.post(url("count_route", back.route.pk), counted())

    assert answer["HX-Redirect"] == url("count_route", back.route.pk)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"counted_twd": ""}, "id_counted_twd"),
        ({"counted_twd": "many"}, "id_counted_twd"),
        ({"empty.20": ""}, "id_empty.20"),
        ({"full.20": "-1"}, "id_full.20"),
    ],
)
def test_a_count_with_a_gap_changes_nothing_and_is_kept(htmx, back, more, field):
    answer = htmx.post(url("count_route", back.route.pk), counted(**more))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}_error"' in page
    assert CashCount.objects.count() == 0


def test_who_comes_second_sees_what_was_counted(browser, back):
    count(back, 1600)

    answer = browser.post(url("count_route", back.route.pk), counted())

    assert answer.status_code == 422
    assert answer.context["count"].counted_twd == 1600


def test_what_was_reported_late_is_booked(browser, back):
    count(back)
    pay(back.stop, 300)

    answer = browser.post(url("book_late", back.route.pk))

    assert answer.status_code == 303
    assert Variance.objects.get().difference == -300


def test_the_queries_of_a_count_are_few(browser, back, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):  # one of them what the driver counted
        browser.get(url("count_route", back.route.pk))


# --- variances -------------------------------------------------------------------------------------------------------
@pytest.fixture
def variance(back):
    count(back, 1600)
    return Variance.objects.get()


def test_somebody_owns_it_and_settles_it(htmx, variance, dispatcher):
    owned = htmx.post(url("own_variance", variance.pk), {"owner": dispatcher.pk, "reason": "找錯錢"})
    settled = htmx.post(url("settle_variance", variance.pk), {"outcome": "back", "note": "補了"})

    variance.refresh_from_db()
    assert (owned.status_code, settled.status_code) == (200, 200)
    assert (variance.owner, variance.outcome) == (dispatcher, "back")
    assert "補了" in settled.content.decode()


def test_a_browser_without_scripts_comes_back_to_it(browser, variance, dispatcher):
    answer = browser.post(url("own_variance", variance.pk), {"owner": dispatcher.pk, "reason": "找錯錢"})

    assert (answer.status_code, answer["Location"]) == (303, variance.get_absolute_url())


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("own_variance", {"owner": "", "reason": "x"}),
        ("own_variance", {"owner": "999999", "reason": "x"}),
        ("settle_variance", {"outcome": "", "note": "x"}),
        ("settle_variance", {"outcome": "back", "note": "nobody owns it"}),
    ],
)
def test_what_is_missing_is_said(htmx, variance, name, form):
    answer = htmx.post(url(name, variance.pk), form)

    variance.refresh_from_db()
    assert answer.status_code == 422
    assert (variance.owner, variance.settled_at) == (None, None)


# --- the scales ------------------------------------------------------------------------------------------------------
@pytest.fixture
def weighed_in(back):
    count(back)
    return back


def weights(back, gross="23.40"):
    return {
        "operation_id": str(uuid.uuid4()), "product": back.twenty.pk, "gross_kg": gross, "tare_kg": "20.00"
    }  # fmt: skip


def test_a_cylinder_is_weighed(browser, weighed_in):
    page = browser.get(url("weigh", weighed_in.stop.pk)).content.decode()
    assert 'value="20.00"' in page

    answer = browser.post(url("weigh", weighed_in.stop.pk), weights(weighed_in))

    assert answer.status_code == 303
    assert Weighing.objects.get().net_kg == Decimal("3.40")


@pytest.mark.parametrize("gross", ["", "x", "0", "19", "20.001"])
def test_wrong_weights_stand_at_the_field(htmx, weighed_in, gross):
    answer = htmx.post(url("weigh", weighed_in.stop.pk), weights(weighed_in, gross))

    assert answer.status_code == 422
    assert 'id="id_gross_kg_error"' in answer.content.decode()
    assert Weighing.objects.count() == 0


def test_a_weighing_is_taken_back_with_a_reason(browser, weighed_in):
    browser.post(url("weigh", weighed_in.stop.pk), weights(weighed_in))
    weighing, operation = Weighing.objects.get(), str(uuid.uuid4())

    assert browser.post(url("take_back_weighing", weighing.pk), {"operation_id": operation}).status_code == 422
    answer = browser.post(url("take_back_weighing", weighing.pk), {"operation_id": operation, "reason": "看錯"})

    assert (answer.status_code, answer["Location"]) == (303, url("weigh", weighed_in.stop.pk))
    assert Weighing.objects.kept().count() == 0


@pytest.mark.parametrize("name", ["count_route", "variance", "weigh"])
def test_a_driver_may_not(signed_in, driver, name):
    assert signed_in(driver.user).get(url(name, 1)).status_code == 403


@pytest.mark.parametrize("name", ["count_route", "variance", "weigh"])
def test_what_is_not_there_is_404(browser, name):
    assert browser.get(url(name, 999_999)).status_code == 404

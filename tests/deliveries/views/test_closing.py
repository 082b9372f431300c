"""The pages of the end of a day: what is open, decisions, closing, reopening, the report."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from deliveries.models import ClosedDay, LeftOver, Variance
from luckygas.models import RecordRead
from tests.deliveries.evening import came_back, count
from tests.factories import SlotFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def browser(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def htmx(signed_in, dispatcher):
    return signed_in(dispatcher, **{"HX-Request": "true"})


@pytest.fixture
def today(db):
    return timezone.localdate()


def url(name, *args, day=None):
    return reverse(f"deliveries:{name}", args=args) + (f"?day={day}" if day else "")


def sent(**more):
    return {"operation_id": str(uuid.uuid4())} | more


def close(browser, day, **more):
    return browser.post(url("close_day"), sent(day=day, **more))


# --- the day ---------------------------------------------------------------------------------------------------------
def test_the_page_shows_what_is_open(browser, today):
    back, order = came_back(), placed()

    page = browser.get(url("closing")).content.decode()

    assert reverse("deliveries:count_route", args=[back.route.pk]) in page
    assert reverse("deliveries:settle_order", args=[order.number]) in page
    assert url("close_day") not in page


def test_htmx_gets_the_part(htmx):
    page = htmx.get(url("closing")).content.decode()

    assert 'id="closing"' in page
    assert "<html" not in page


def test_the_queries_do_not_grow_with_the_day(browser, django_assert_max_num_queries):
    count(came_back(parts=1), 1600, empty=0, part=1)
    placed()
    with django_assert_max_num_queries(19) as few:
        browser.get(url("closing"))
    for number in range(2):
        count(came_back(code=f"Z{number}", parts=1), 1600, empty=0, part=1)
        placed()

    with django_assert_max_num_queries(19) as many:
        browser.get(url("closing"))

    assert len(few) == len(many)


def test_a_day_is_closed(browser, today, dispatcher):
    answer = close(browser, today)

    assert (answer.status_code, answer["Location"]) == (303, url("closing", day=today))
    assert ClosedDay.of(today).closed_by == dispatcher
    assert url("close_day") not in browser.get(url("closing", day=today)).content.decode()


def test_htmx_gets_the_closed_day(htmx, today):
    answer = close(htmx, today)

    assert answer.status_code == 200
    assert 'id="closing"' in answer.content.decode()


def test_a_day_with_something_open_is_not_closed(htmx, today):
    came_back()

    answer = close(htmx, today)

    assert answer.status_code == 422
    assert "notice" in answer.content.decode()
    assert ClosedDay.objects.count() == 0


@pytest.mark.parametrize("operation", ["", "x"])
def test_a_form_without_its_id_closes_nothing(htmx, today, operation):
    assert close(htmx, today, operation_id=operation).status_code == 422
    assert ClosedDay.objects.count() == 0


@pytest.fixture
def closed(today, manager):
    return ClosedDay.close(today, operation_id=uuid.uuid4(), by=manager)


def test_a_manager_opens_it_again_with_a_reason(signed_in, manager, closed):
    browser = signed_in(manager)

    assert browser.post(url("reopen_day", closed.pk), {"reason": ""}).status_code == 422
    answer = browser.post(url("reopen_day", closed.pk), {"reason": "漏一張單"})

    closed.refresh_from_db()
    assert (answer.status_code, closed.reopened_by, closed.reopened_why) == (303, manager, "漏一張單")


def test_another_reopening_is_refused(signed_in, manager, closed):
    browser = signed_in(manager)
    closed.reopen(by=manager, reason="first")

    assert browser.post(url("reopen_day", closed.pk), {"reason": "second"}).status_code == 422


# --- what was not delivered ------------------------------------------------------------------------------------------
def test_an_order_gets_a_window_of_another_day(browser, today):
    order, slot = placed(), SlotFactory()
    page = browser.get(url("settle_order", order.number, day=today)).content.decode()
    assert f'value="slot-{slot.pk}"' in page
    assert RecordRead.objects.filter(record_id=order.customer_id).exists()

    answer = browser.post(
        url("settle_order", order.number, day=today), sent(outcome="moved", when=f"slot-{slot.pk}", reason="沒人在")
    )

    order.refresh_from_db()
    assert (answer.status_code, order.slot) == (303, slot)
    assert LeftOver.objects.get().to_day == slot.day


def test_htmx_is_sent_back_to_the_day(htmx, today):
    order = placed()

    answer = htmx.post(url("settle_order", order.number, day=today), sent(outcome="kept", reason="沒人在"))

    assert answer["HX-Redirect"] == url("closing", day=today)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"reason": "x"}, "id_outcome"),
        ({"outcome": "kept"}, "id_reason"),
        ({"outcome": "moved", "reason": "x"}, "id_when"),
        ({"outcome": "moved", "reason": "x", "when": "day"}, "id_day"),
    ],
)
def test_a_decision_that_says_too_little_changes_nothing(htmx, today, form, field):
    order = placed()

    answer = htmx.post(url("settle_order", order.number, day=today), sent(**form))

    assert answer.status_code == 422
    assert f'id="{field}_error"' in answer.content.decode()
    assert LeftOver.objects.count() == 0


def test_a_refusal_of_the_day_stands_at_the_field(htmx, today):
    order = placed()

    form = sent(outcome="moved", reason="x", when="day", day=today)
    answer = htmx.post(url("settle_order", order.number, day=today), form)

    assert answer.status_code == 422
    assert LeftOver.objects.count() == 0


def test_an_order_that_is_not_there_is_404(browser):
    assert browser.get(url("settle_order", "1150101-1")).status_code == 404


# --- the report ------------------------------------------------------------------------------------------------------
def test_the_report_says_what_was_handed_over_and_counted(browser, today, django_assert_max_num_queries):
    back = came_back()
    count(back, 1600)
    Variance.objects.get().own(owner=back.by, reason="找錯錢", by=back.by)

    with django_assert_max_num_queries(20):
        answer = browser.get(url("day_report", day=today))

    assert answer.context["report"].money["gas"] == 1640
    assert "找錯錢" in answer.content.decode()
    assert not answer.context["has_changed"]


def test_the_report_says_that_something_came_after_the_close(browser, today, closed):
    assert not browser.get(url("day_report", day=today)).context["has_changed"]

    placed()

    assert browser.get(url("day_report", day=today)).context["has_changed"]


def test_the_file_is_a_csv_of_that_day(browser, today):
    answer = browser.get(url("export_day", day=today))

    assert answer["Content-Disposition"] == f'attachment; filename="day-{today:%Y%m%d}.csv"'
    assert answer.content.decode().startswith("\ufeff")


@pytest.mark.parametrize("name", ["closing", "day_report", "export_day"])
def test_a_driver_may_not(signed_in, driver, name):
    assert signed_in(driver.user).get(url(name)).status_code == 403


def test_only_a_manager_opens_a_day_again(browser, closed):
    assert browser.post(url("reopen_day", closed.pk), {"reason": "x"}).status_code == 403

"""The end of a day: every order decided, every route counted, one record; afterwards its routes stay as they are."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from deliveries.closing.evening import Evening
from deliveries.closing.figures import Report, figures_of
from deliveries.closing.sheet import as_csv
from deliveries.models import CashCount, ClosedDay, LeftOver, Route, Variance
from luckygas.errors import Refused
from orders.wishes import When
from tests.deliveries.evening import came_back, count
from tests.factories import DriverFactory, RouteFactory, SlotFactory, UserFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def by(dispatcher):
    return dispatcher


@pytest.fixture
def today(db):
    return timezone.localdate()


def said(verb, *args, **more):
    with pytest.raises(Refused) as refused:
        verb(*args, **more)
    return refused.value.code


def settle(order, outcome, *, by, **more):
    facts = {"day": timezone.localdate(), "reason": "沒人在", "operation_id": uuid.uuid4()} | more
    return LeftOver.settle(order, outcome=outcome, by=by, **facts)


def close(day, *, by):
    return ClosedDay.close(day, operation_id=uuid.uuid4(), by=by)


def facts(day):
    return [end.url.rstrip("/").split("/")[-1] for end in Evening(day).ends]


# --- orders that were not delivered ----------------------------------------------------------------------------------
def test_an_order_of_the_day_waits_for_a_decision(today, by):
    order = placed()

    (row,) = Evening(today).orders

    assert (row.order, row.decision) == (order, None)
    assert facts(today) == ["#left-over"]


def test_what_still_stands_on_a_route_of_the_day_is_the_routes_business(today, by):
    route = RouteFactory(code="瑞1")
    route.add(placed(), by=by)

    assert Evening(today).orders == []
    assert facts(today) == [str(route.pk)]


def test_a_day_the_customer_agreed_to_takes_it_off_the_day(today, by):
    order, operation = placed(), uuid.uuid4()

    row = settle(order, "moved", by=by, when=When(day=today + DAY), operation_id=operation)

    order.refresh_from_db()
    assert (order.promised_on, row.to_day, row.reason) == (today + DAY, today + DAY, "沒人在")
    assert settle(order, "moved", by=by, when=When(day=today + DAY), operation_id=operation) == row
    assert (Evening(today).orders, Evening(today).ends) == ([], [])


def test_a_window_of_another_day_is_locked_like_any_other(today, by):
    slot = SlotFactory(capacity=1)

    settle(placed(), "moved", by=by, when=When(slot=slot))

    assert said(settle, placed(), "moved", by=by, when=When(slot=slot)) == "full"


def test_the_same_day_again_is_no_other_day(today, by):
    assert said(settle, placed(), "moved", by=by, when=When(day=today)) == "same_day"


def test_a_closed_day_of_theirs_is_refused(today, by):
    order = placed()
    order.site.closed_weekdays = [(today + DAY).isoweekday()]
    order.site.save()

    assert said(settle, order, "moved", by=by, when=When(day=today + DAY)) == "closed_day"


def test_a_day_after_their_gas_may_be_used_up_needs_their_word(today, by, monkeypatch):
    from orders.run_out import RunOut

    monkeypatch.setattr("deliveries.closing.left_over.run_out_at", lambda site: RunOut(today, today + DAY))
    order = placed()

    assert said(settle, order, "moved", by=by, when=When(day=today + DAY)) == "run_out"
    assert settle(order, "moved", by=by, when=When(day=today + DAY), knows_run_out=True).to_day == today + DAY


def test_an_order_is_cancelled_with_its_reason(today, by):
    order = placed()

    settle(order, "cancelled", by=by, reason="改叫別家")

    order.refresh_from_db()
    assert (order.state, order.events.last().reason) == ("cancelled", "改叫別家")


def test_an_order_that_is_kept_says_why_and_waits_again_the_next_day(today, by):
    order = placed()

    settle(order, "kept", by=by)

    assert facts(today) == []
    assert facts(today + DAY) == ["#left-over"]


def test_a_decision_needs_a_reason_and_an_open_order(today, by):
    order = placed()

    assert said(settle, order, "kept", by=by, reason=" ") == "no_reason"
    order.cancel(by=by, reason="x")
    assert said(settle, order, "kept", by=by) == "over"


# --- what keeps a day open -------------------------------------------------------------------------------------------
def test_a_route_keeps_the_day_open_until_it_is_counted_and_its_variances_are_owned(today, by):
    back = came_back()
    assert facts(today) == ["count"]
    assert said(close, today, by=by) == "open_ends"

    count(back, 1600)
    assert facts(today) == [str(Variance.objects.get().pk)]
    assert said(close, today, by=by) == "open_ends"

    Variance.objects.get().own(owner=by, reason="找錯錢", by=by)
    assert close(today, by=by).closed_by == by


def test_a_route_whose_cash_was_reported_late_keeps_it_open(today, by):
    from tests.deliveries.evening import pay

    back = came_back()
    count(back)
    pay(back.stop, 300)

    assert facts(today) == ["count"]


def test_a_day_that_has_not_begun_is_not_closed(today, by):
    assert said(close, today + DAY, by=by) == "to_come"


def test_an_empty_draft_keeps_nothing_open(today, by):
    driver = DriverFactory()
    Route.draw_up(code="Z1", day=today, driver=driver, vehicle=driver.vehicle, by=by)

    assert Evening(today).ends == []


# --- closed ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def closed(today, by):
    back = came_back()
    count(back)
    return close(today, by=by)


def test_the_record_keeps_the_figures_of_its_moment(closed, today):
    figures = closed.figures

    assert figures == figures_of(today)
    assert (figures["delivered"], figures["empties"], figures["counted_twd"]) == ({"20": 2}, {"20": 2}, 1640)
    assert figures["money"] == {
        "gas": 1640, "deposits": 0, "residual": 0, "cash": 1640, "bank": 0, "account": 0, "adjusted": 0,
    }  # fmt: skip


def test_the_same_form_again_is_the_first_record_and_another_is_refused(today, by):
    operation = uuid.uuid4()
    first = ClosedDay.close(today, operation_id=operation, by=by)

    assert ClosedDay.close(today, operation_id=operation, by=by) == first
    assert said(close, today, by=by) == "day_closed"


def test_nothing_of_a_closed_day_changes(closed, today, by):
    driver, count = DriverFactory(), CashCount.objects.get()

    assert said(Route.draw_up, code="Z1", day=today, driver=driver, vehicle=driver.vehicle, by=by) == "day_closed"
    assert said(settle, placed(), "kept", by=by) == "day_closed"
    assert said(count.follow, by=by) == "day_closed"


def test_a_day_is_opened_again_with_a_reason_and_closed_again(closed, today, by, manager):
    assert said(closed.reopen, by=manager, reason=" ") == "no_reason"
    for _ in range(2):
        closed.reopen(by=manager, reason="漏一張單")

    assert (closed.reopened_by, closed.reopened_why) == (manager, "漏一張單")
    assert said(closed.reopen, by=by, reason="again") == "reopened"
    assert close(today, by=by).pk != closed.pk


# --- the report ------------------------------------------------------------------------------------------------------
def test_the_file_says_everything_and_runs_nothing(closed, today, by):
    driver = Route.objects.get().driver.user
    driver.name = "=HYPERLINK(1)"
    driver.save()

    text = as_csv(Report(today))

    assert text.startswith("\ufeff")
    assert "'=HYPERLINK(1),瑞1,2,0,1640,1640,0" in text
    assert "20 公斤,2,1640,2,0,0" in text


# --- two people ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_nobody_draws_up_a_route_while_its_day_is_closed():
    by, driver, day = UserFactory(), DriverFactory(), timezone.localdate()
    gate, outcomes = threading.Barrier(2), []

    def run(work):
        try:
            gate.wait(5)
            outcomes.append(type(work()).__name__)
        except Refused as refused:
            outcomes.append(refused.code)
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    works = (
        lambda: close(day, by=by),
        lambda: Route.draw_up(code="Z1", day=day, driver=driver, vehicle=driver.vehicle, by=by),
    )
    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert "ClosedDay" in outcomes  # an empty draft keeps no day open
    assert outcomes.count("Route") == Route.objects.count()
    assert set(outcomes) <= {"ClosedDay", "Route", "day_closed"}

"""The sample town's pilot: two cohorts that are over, one that runs, one that is planned, and what was measured."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from customers.models import Area, Customer, Site, StageMove
from customers.models.customer import Stage
from deliveries.models import Route, Stop
from luckygas.clock import business_day
from luckygas.db import derived_id, digest
from luckygas.models import User
from luckygas.said import Said as _
from pilot.measuring import minutes
from pilot.measuring.guardrails import passed
from pilot.models import Cohort, CohortMember, EnrolmentPause, MassMove, MassMoveRow
from pilot.models.minute import no_answers
from pilot.seed.rows import Table, moment

# name, step, area, how many, begun days ago, planned days, orders a week, closed days ago
COHORTS = (
    ("第 1 批：頭 5 位", "5", "", 5, 44, 14, 4, 30),
    ("第 2 批：10 位", "10", "", 10, 29, 14, 7, 10),
    ("第 3 批：瑞光 20", "20", "瑞", 20, 9, 14, 20, None),
)
NEXT = "第 4 批：瑞光全區"
ROLLED_BACK = 2
MEASURED = """
    INSERT INTO pilot_minute (cohort_id, minute, requests, errors, latency)
    SELECT %(cohort)s, minute, n, fails, ARRAY[0, 0, n - n / 3 - slow, 0, n / 3, 0, slow, 0, 0, 0, 0, 0, 0, 0, 0]
    FROM (
        SELECT minute, %(least)s + h %% %(more)s AS n, (h %% 211 = 0)::int AS fails, (h %% 17 = 0)::int AS slow
        FROM (
            SELECT minute, ('x' || substr(md5(%(name)s || minute::text), 1, 6))::bit(24)::int AS h
            FROM generate_series(%(since)s::timestamptz, %(until)s::timestamptz, '6 minutes') AS minute
            WHERE extract(hour FROM minute AT TIME ZONE 'Asia/Taipei') BETWEEN 7 AND 20
        ) thrown
    ) counted
    ON CONFLICT DO NOTHING
"""


def write_cohorts(*, at: dt.datetime, office: dict[str, User]) -> None:
    """Members are people of the old system whose first order here came after they were moved."""
    moves = Table(StageMove, "id", "customer_id", "from_stage", "to_stage", "by_id", "reason", "at", at=at)
    ids, today = Table.numbers(StageMove), business_day(at)
    for name, step, area, most, begun, days, weekly, closed in COHORTS:
        began = moment(today - dt.timedelta(days=begun), 9 * 60)
        cohort = Cohort.objects.create(
            operation_id=derived_id("seed", "cohort", name), name=name, step=step, planned=most,
            area=Area.objects.filter(code=area).first() if area else None, starts_on=business_day(began),
            ends_on=business_day(began) + dt.timedelta(days=days), weekly_orders=weekly, owner=office["ops"],
            state="running", started_at=began, started_by=office["manager"], started_why="前一批都過了",
        )  # fmt: skip
        members = _free(cohort, since=began)[:most]
        CohortMember.objects.bulk_create(
            CohortMember(cohort=cohort, customer=each, by=office["ops"], at=began - dt.timedelta(days=1))
            for each in members
        )
        for each in members:
            _came_in(moves, ids, each, began, by=office["ops"])
        _measure(cohort, at=at, until=at if closed is None else moment(today - dt.timedelta(days=closed), 17 * 60))
        if closed is not None:
            _close(cohort, at=moment(today - dt.timedelta(days=closed), 17 * 60), by=office["manager"])
        else:
            _moved_together(cohort, members, office, at=began)
    _rolled_back(moves, ids, at=at, by=office["ops"])
    moves.flush()
    _visits_of_the_old_system(today)
    _plan_the_next(today, office["ops"])
    _measured(None, since=at - dt.timedelta(days=2), until=at, least=9, more=30)
    _was_paused(at=at, office=office)


def _free(cohort: Cohort, *, since: dt.datetime):  # noqa: ANN202  (a queryset of customers)
    found = Customer.objects.active().filter(stage=Stage.LIVE, legacy_code__isnull=False, is_metered=False)
    found = found.filter(cohort_times=None).exclude(memberships__user__username__in=["customer", "customer2"])
    if cohort.area:
        found = found.in_area(cohort.area)
    return found.annotate(first=Min("orders__placed_at")).filter(first__gte=since).order_by("number")


def _came_in(moves: Table, ids, customer: Customer, live_at: dt.datetime, *, by: User) -> None:  # noqa: ANN001
    for start, end, days, why in (
        (Stage.LEGACY, Stage.IMPORTED, 12, "資料搬過來了"),
        (Stage.IMPORTED, Stage.SHADOW, 7, "兩邊一起算一週"),
        (Stage.SHADOW, Stage.LIVE, 0, "對得上，開始用新的"),
    ):
        moves.add(ids.next(), customer.pk, start, end, by.pk, why, live_at - dt.timedelta(days=days))


def _measure(cohort: Cohort, *, at: dt.datetime, until: dt.datetime) -> None:
    """Requests that were thrown, and orders, deliveries and what is open as the rows of the town have them."""
    _measured(cohort, since=cohort.started_at, until=until, least=2, more=3)
    values = {"none": no_answers(), "since": cohort.started_at, "minute": until.replace(second=0, microsecond=0)}
    with connection.cursor() as cursor:
        cursor.execute(minutes.HAPPENED, values)
        cursor.execute(minutes.OPEN, values)


def _measured(cohort: Cohort | None, *, since: dt.datetime | None, until: dt.datetime, least: int, more: int) -> None:
    values: dict[str, Any] = {
        "cohort": cohort.pk if cohort else None, "name": str(cohort), "since": since, "until": until, "least": least,
        "more": more,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MEASURED, values)


def _close(cohort: Cohort, *, at: dt.datetime, by: User) -> None:
    why = "都過了，換下一批"
    cohort.state, cohort.closed_at, cohort.closed_by, cohort.closed_why = Cohort.State.CLOSED, at, by, why
    cohort.save(update_fields=["state", "closed_at", "closed_by", "closed_why"])
    cohort.members.update(left_at=at, left_by=by, left_why=why)


def _moved_together(cohort: Cohort, members: list[Customer], office: dict[str, User], *, at: dt.datetime) -> None:
    """The one form that moved all of them, and one whom it could not move."""
    drawn = MassMove.objects.create(
        operation_id=derived_id("seed", "mass move", cohort.name), body_digest=digest({"seed": cohort.name}),
        to_stage=Stage.LIVE, cohort=cohort, reason="對得上，開始用新的", by=office["ops"], asked_at=at,
        state="done", agreed_by=office["manager"], agreed_at=at, worked_at=at,
    )  # fmt: skip
    rows = [MassMoveRow(move=drawn, customer=each, from_stage=Stage.SHADOW, outcome="done") for each in members]
    metered = Customer.objects.filter(is_metered=True, stage=Stage.SHADOW).order_by("number").first()
    if metered:
        places = [site.label or site.address for site in metered.sites.active().order_by("pk")]
        why = _("No reading of the meter was billed here yet: %(places)s.") % {"places": places}
        rows.append(MassMoveRow(move=drawn, customer=metered, from_stage=Stage.SHADOW, outcome="refused", sentence=why))
    MassMoveRow.objects.bulk_create(rows)


def _rolled_back(moves: Table, ids, *, at: dt.datetime, by: User) -> None:  # noqa: ANN001
    """Two who came in and went back: nobody ordered anything for them here."""
    found = Customer.objects.active().filter(
        stage=Stage.LIVE, legacy_code__isnull=False, is_metered=True, orders=None, sites__standing_orders=None
    )
    for each in found.order_by("number")[:ROLLED_BACK]:
        came, went = at - dt.timedelta(days=6), at - dt.timedelta(days=3)
        _came_in(moves, ids, each, came, by=by)
        moves.add(ids.next(), each.pk, Stage.LIVE, Stage.ROLLED_BACK, by.pk, "流量表讀數對不上", went)
        Customer.objects.filter(pk=each.pk).update(stage=Stage.ROLLED_BACK, system_of_record="legacy")


def _visits_of_the_old_system(today: dt.date) -> None:
    """Until the day that is closed each truck also looked in on somebody of the old system; some were out."""
    sites = list(Site.objects.filter(customer__stage=Stage.LEGACY).order_by("pk")[:200])
    days = (today - dt.timedelta(weeks=7), today - dt.timedelta(days=3))
    routes = Route.objects.filter(state="closed", day__range=days)
    ends = routes.annotate(last=Max("stops__position"), end=Max("stops__finished_at")).order_by("pk")
    found = ends.filter(end__isnull=False).values_list("pk", "last", "end") if sites else ()
    stops = []
    for number, (route, last, end) in enumerate(found):
        was_out = {"state": "failed", "fail_reason": "not_home", "next_step": "tomorrow"} if number % 17 == 3 else {}
        stops.append(
            Stop(
                route_id=route, position=last + 1, kind=Stop.Kind.LEGACY, site=sites[number % len(sites)],
                planned={}, finished_at=end, **({"state": "done"} | was_out),
            )
        )  # fmt: skip
    Stop.objects.bulk_create(stops, batch_size=1000)


def _plan_the_next(today: dt.date, owner: User) -> None:
    if area := Area.objects.filter(code="瑞").first():
        Cohort.objects.create(
            operation_id=derived_id("seed", "cohort", NEXT), name=NEXT, step="area", planned=900, area=area,
            starts_on=today + dt.timedelta(days=7), ends_on=today + dt.timedelta(days=35), weekly_orders=120,
            owner=owner,
        )  # fmt: skip


def _was_paused(*, at: dt.datetime, office: dict[str, User]) -> None:
    """A breach of last week, and who let customers in again."""
    since = at - dt.timedelta(days=6, hours=2)
    EnrolmentPause.objects.create(
        measure="p95", said=passed("p95", 2600, 2000), since=since,
        ended_at=since + dt.timedelta(minutes=50), ended_by=office["ops"], ended_why="備份那時在跑，改到半夜了",
    )  # fmt: skip

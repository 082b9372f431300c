"""Cohorts and minutes for tests, small and true."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from luckygas.clock import business_day
from pilot.models import Cohort, CohortMember, Minute
from pilot.models.minute import BOUNDS_MS, no_answers
from tests.factories import CustomerFactory, UserFactory


def plan(name="第 1 批", **facts) -> Cohort:
    """Five customers for two weeks, twice an order a week each."""
    owner = facts.pop("owner", None) or UserFactory(roles=["ops"])
    usual = {
        "step": "5", "planned": 5, "starts_on": business_day(), "ends_on": business_day() + dt.timedelta(days=14),
        "weekly_orders": 10,
    }  # fmt: skip
    return Cohort.plan(operation_id=uuid.uuid4(), name=name, owner=owner, **(usual | facts))


def running(name="第 1 批", *, days: int = 0, **facts) -> Cohort:
    """One that began so many days ago."""
    cohort = plan(name, **facts)
    cohort.begin(by=cohort.owner, why="test")
    Cohort.objects.filter(pk=cohort.pk).update(started_at=timezone.now() - dt.timedelta(days=days))
    cohort.refresh_from_db()
    return cohort


def imported(**facts):
    """Somebody of the old system whose record is here."""
    return CustomerFactory(**({"stage": "imported", "system_of_record": "legacy"} | facts))


def enter(cohort: Cohort, *customers) -> None:
    CohortMember.objects.bulk_create(CohortMember(cohort=cohort, customer=one, by=cohort.owner) for one in customers)


def answered(cohort, requests=100, *, errors=0, ms=60, minutes_ago=0, **facts) -> Minute:
    """A minute in which so many answers took so long."""
    latency = no_answers()
    latency[next((n for n, bound in enumerate(BOUNDS_MS) if ms <= bound), len(BOUNDS_MS))] = requests
    at = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=minutes_ago)
    return Minute.objects.create(
        cohort=cohort, minute=at, requests=requests, errors=errors, latency=latency, **facts
    )  # fmt: skip

"""Putting a report right: an event that names the one it amends and says anew what happened, until the route closes.

Nothing is erased. Both ledgers are reversed and written again, the payment is taken back and taken anew, and a second
amendment amends the first. What comes before the report it is about waits for it.
"""

from __future__ import annotations

import uuid

from customers.models import Payment
from deliveries.models import DriverEvent, Route, Stop
from deliveries.reporting.day import is_mine, moment_of
from deliveries.reporting.handing import take_empties, vehicle_place
from deliveries.reporting.outcome import WAITS, Outcome
from deliveries.reporting.reports import Delivery, Money, exchanged, signature_of, weights
from deliveries.reporting.settling import (
    Cause,
    Told,
    cause_of,
    keep_signature,
    leave_owed,
    lock,
    receive,
    taken_for,
    unweigh,
    weigh_here,
)
from luckygas.db import derived_id
from luckygas.errors import Refused
from luckygas.said import Said as _
from orders.models import CylinderMovement

Kind, State = DriverEvent.Kind, DriverEvent.State
REPORTS = (Kind.DELIVER, Kind.FAIL, Kind.COLLECT)
WRITTEN = frozenset({"applied", "absorbed", "contested"})  # answers of reports whose rows are in the ledgers


def amend(event: DriverEvent) -> Outcome:
    """It was otherwise than reported. Refused once the route is closed, and when a later amendment is there."""
    report = amended_by(event)
    if report.state == State.STORED if report else not _is_written_by_others(event):
        return WAITS
    stop = report.stop if report else event.stop
    if stop is None:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    lock(stop.site.customer, stop.order, stop)
    _check(event, report, stop)
    if stop.state == Stop.State.FAILED:
        return _say_otherwise(event, stop)
    if stop.kind != Stop.Kind.DELIVER:
        return _collect_again(event, report, stop)
    return _deliver_again(event, stop)


def _is_written_by_others(event: DriverEvent) -> bool:
    """Whether the visit is over though no phone reported it: the driver had phoned it in."""
    return bool(event.stop and event.stop.is_finished and not event.body.get("amends"))


def amended_by(event: DriverEvent) -> DriverEvent | None:
    """The report it is about: the one it names, through other amendments, or the last one of its stop."""
    pk = _id(event.body.get("amends"))
    named = DriverEvent.objects.filter(pk=pk).select_related("stop").first() if pk else None
    if event.body.get("amends") and named is None:
        return None
    if named and named.kind in REPORTS:
        return named
    stop = named.stop_id if named else event.stop_id
    reports = DriverEvent.objects.filter(stop=stop, user=event.user, kind__in=REPORTS) if stop else []
    return max(reports, key=lambda report: (report.answer.get("code") in WRITTEN, report.received_at), default=None)


def amendments_of(stop: Stop) -> list[DriverEvent]:
    """What was put right there, the latest last."""
    done = DriverEvent.objects.filter(stop=stop, kind=Kind.AMEND, answer__code="applied")
    return list(done.order_by("received_at", "seq"))


def last_said(stop: Stop) -> DriverEvent | None:
    """The report of this stop as it stands now: the last amendment, or what was reported first."""
    first = DriverEvent.objects.filter(stop=stop, kind__in=REPORTS, answer__code__in=WRITTEN)
    return next(reversed(amendments_of(stop)), None) or first.order_by("received_at").last()


def _check(event: DriverEvent, report: DriverEvent | None, stop: Stop) -> None:
    number = {"number": stop.position}
    if not is_mine(event, stop.route):
        raise Refused(_("A report of a stop on %(driver)s's route.") % {"driver": stop.route.driver}, code="not_mine")
    if stop.route.state == Route.State.CLOSED:
        raise Refused(_("Stop %(number)s was put right after its route was closed.") % number, code="route_closed")
    if report and report.answer.get("code") not in WRITTEN:
        raise Refused(_("What is put right at stop %(number)s is being checked.") % number, code="in_review")
    if any(later.device_id == event.device_id and later.seq > event.seq for later in amendments_of(stop)):
        raise Refused(_("Stop %(number)s was put right once more since.") % number, code="too_old")


def _deliver_again(event: DriverEvent, stop: Stop) -> Outcome:
    """Another exchange, another payment. Whatever refuses a part of it leaves all of it as it was."""
    order, report, told = stop.order, Delivery.read(event.body), Told.of(event)
    assert order is not None  # noqa: S101  (a delivery has its order)
    if report.has_leak:
        raise Refused(_("A leak is reported at once, not put right."), code="leak")
    money = Money.read(report.money)
    unweigh(told, stop, reason=_reason(event))
    place = vehicle_place(event, stop.route)
    order.amend(
        report.handover, place=place, by=event.user, at=told.at, reason=_reason(event), operation_id=event.pk
    )  # fmt: skip
    _pay_again(event, list(Payment.objects.kept().filter(taken_for(order))), cause_of(stop, order), stop, money)
    for owed in Stop.objects.todo().filter(order=order, kind=Stop.Kind.COLLECT_MONEY):
        owed.finish(by=event.user, at=told.at)
    trouble = leave_owed(told, stop, order, money) if report.is_left_owed else ""
    trouble = trouble or weigh_here(told, stop, report.handover.items, report.weighed)
    keep_signature(told, stop, report.signature)
    return Outcome(reason=trouble, order=order, stop=stop)


def _collect_again(event: DriverEvent, report: DriverEvent | None, stop: Stop) -> Outcome:
    """Other money or other empties than were written down at a visit without a delivery."""
    money, cause = Money.read(event.body.get("payment")), ("stop", stop.pk)
    empties = exchanged(event.body["items"]) if event.body.get("items") else []
    before = [derived_id("payment", each.pk) for each in (report, *amendments_of(stop)) if each]
    _pay_again(event, list(Payment.objects.kept().filter(operation_id__in=before)), cause, stop, money)
    told = Told.of(event)
    unweigh(told, stop, reason=_reason(event))
    CylinderMovement.take_back("collected", "collected_part", cause=cause, by=event.user, at=told.at)
    take_empties(event, stop, empties, mark=f".{len(amendments_of(stop)) + 1}")
    keep_signature(told, stop, signature_of(event.body))
    return Outcome(reason=weigh_here(told, stop, empties, weights(event.body.get("items"))), stop=stop)


def _say_otherwise(event: DriverEvent, stop: Stop) -> Outcome:
    """Another reason, or another next step, of a visit that failed."""
    if event.body.get("items"):
        raise Refused(_("Stop %(number)s failed; now it says delivered.") % {"number": stop.position}, code="failed")
    said = {name: str(event.body.get(name) or "") for name in ("reason", "next_step", "note")}
    if said["reason"] not in Stop.Reason.values or said["next_step"] not in Stop.NextStep.values:
        raise Refused(_("Say why it failed, and what happens next."), code="no_reason")
    stop.fail_reason, stop.next_step, stop.note = said["reason"], said["next_step"], said["note"][:200]
    stop.save(update_fields=["fail_reason", "next_step", "note"])
    return Outcome(stop=stop)


def _pay_again(event: DriverEvent, before: list[Payment], cause: Cause, stop: Stop, money: Money) -> None:
    """Money that was received otherwise is taken back and taken anew; the same money stays as it was written."""
    if [(paid.method, paid.received_twd) for paid in before] == [(money.method, money.received_twd)]:
        return
    for paid in before:
        operation = derived_id("amended", event.pk, paid.pk)
        paid.reverse(operation_id=operation, by=event.user, why="amount", note=_reason(event), at=moment_of(event))
    receive(Told.of(event), stop.site.customer, cause, money)


def _reason(event: DriverEvent) -> str:
    return str(event.body.get("why") or _("put right by the driver"))[:200]


def _id(raw: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(raw))
    except ValueError:
        return None

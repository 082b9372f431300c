"""What drivers report: every event is stored for ever, then applied, or put before the office when it does not fit."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Max
from django.utils import timezone, translation

from deliveries import metrics
from deliveries.models import Device, DriverEvent, Review, Route, Stop
from deliveries.reporting import amending, asking, day, handing, paying, selling, stock
from deliveries.reporting.outcome import Outcome
from deliveries.reporting.reports import LARGEST_ID, Report, storable, whole
from luckygas.db import derived_id, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.said import kept, spoken

logger = logging.getLogger(__name__)
Kind, State = DriverEvent.Kind, DriverEvent.State
APPLY = {
    Kind.DEPART: day.depart,
    Kind.ARRIVE: day.arrive,
    Kind.DELIVER: handing.deliver,
    Kind.FAIL: day.fail,
    Kind.COLLECT: handing.collect,
    Kind.CLOSE: day.close,
    Kind.AMEND: amending.amend,
    Kind.PAY: paying.pay,
    Kind.SEEN: asking.seen,
    Kind.QUARANTINE: stock.quarantine,
    Kind.REORDER: stock.reorder,
    Kind.SOS: stock.sos,
    Kind.CHECK: stock.check,
    Kind.CASH: stock.cash,
    Kind.TAKEOVER: stock.takeover,
    Kind.SALE: selling.sale,
    Kind.LEGACY: selling.legacy,
}
WAITING = (Kind.CLOSE, Kind.AMEND)  # kinds that wait for reports of their route
BACKLOG = dt.timedelta(hours=24)  # so long an event waits for the ones before it; then the office sees it


def device_of(user: User, key: uuid.UUID) -> Device:
    """The device of that key; a key that somebody else used before is another device of this person."""
    device, _made = Device.objects.get_or_create(key=key, defaults={"user": user})
    if device.user_id != user.pk:
        device, _made = Device.objects.get_or_create(key=derived_id("device", key, user.pk), defaults={"user": user})
    return device


def note_contact(device: Device, *, sent_at: dt.datetime | None, unsent: int, oldest_at: dt.datetime | None) -> None:
    """What the phone said about itself: its clock, and what it still holds."""
    now = timezone.now()
    offset = (sent_at - now).total_seconds() if sent_at else 0
    device.clock_offset_seconds = int(max(min(offset, 2**31 - 1), -(2**31)))
    device.last_seen_at, device.unsent, device.oldest_unsent_at = now, unsent, oldest_at if unsent else None
    device.save(update_fields=["clock_offset_seconds", "last_seen_at", "unsent", "oldest_unsent_at"])


def take(raw: Any, *, device: Device) -> dict[str, Any]:
    """Store and apply one event as it was sent, and answer it: always the same for the same id and body."""
    try:
        event = store(Report.read(raw), device=device)
    except Refused as refused:
        name = raw.get("id") if isinstance(raw, dict) else None
        return {"id": str(name)[:64], "state": "refused", "code": refused.code, "sentence": str(refused.sentence)}
    apply(event)
    return {"id": str(event.pk), "state": str(event.state)} | spoken(event.answer)


def tell(
    user: User,
    *,
    session: str,
    event_id: uuid.UUID,
    kind: str,
    body: dict[str, Any],
    stop: Stop | None = None,
) -> DriverEvent:
    """Report from a plain form, where no script keeps an outbox: the session is the device, its clock is ours."""
    device = device_of(user, derived_id("session", session))
    report = Report(event_id, None, stop.pk if stop else None, kind, storable(body), timezone.now())
    event = store(report, device=device)
    apply(event)
    return event


@transaction.atomic
def store(report: Report, *, device: Device) -> DriverEvent:
    """Keep an event for ever. The same id and body is the first row; the same id with another body is refused.

    A number that the device used before (a restored backup) never costs an event: it gets the next free one.
    """
    device.lock()
    body_digest = digest({"user": device.user_id, "stop": report.stop, "kind": report.kind, "body": report.body})
    stop = Stop.objects.select_related("route").filter(pk=report.stop).first() if report.stop else None
    seq = report.seq
    if seq is None or device.events.filter(seq=seq).exclude(pk=report.id).exists():
        seq = (device.events.aggregate(last=Max("seq"))["last"] or 0) + 1
    event, _made = DriverEvent.objects.get_or_create(
        pk=report.id,
        defaults={
            "device": device,
            "seq": seq,
            "user_id": device.user_id,
            "route": _route_of(report, stop),
            "stop": stop,
            "kind": report.kind,
            "body": report.body,
            "body_digest": body_digest,
            "happened_at": report.happened_at,
        },
    )
    if event.body_digest != body_digest:
        raise Refused(_("This was sent before with other contents. Call the office."), code="other_body")
    return event


def _route_of(report: Report, stop: Stop | None) -> Route | None:
    """Where it belongs: the stop's route, or the one that leaving and closing name."""
    if stop:
        return stop.route
    pk = whole(report.body.get("route"), most=LARGEST_ID)
    return Route.objects.filter(pk=pk).first() if pk else None


def apply(event: DriverEvent) -> None:
    """Let an event take effect, once. What does not fit opens a review; what comes too early waits.

    A database that is busy or away leaves the event stored, and the sweep applies it. A mistake of ours is written to
    the log and put before the office, so that one bad event never blocks the others.
    """
    try:
        day.leave_first(event)
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            event.lock()
            if event.state == State.STORED:
                _finish(event, _outcome(event))
    except OperationalError as error:
        logger.warning("driver_event_waits %s %s", event.pk, type(error).__name__)
    except Exception as error:
        logger.exception("driver_event_failed %s", event.pk)
        _give_up(event, code="failed", why=type(error).__name__)
    if event.state != State.STORED and event.route_id:
        left = DriverEvent.objects.filter(route=event.route_id, state=State.STORED, kind__in=WAITING)
        for waiting in left.order_by("device", "seq"):
            apply(waiting)


def _outcome(event: DriverEvent) -> Outcome:
    """Apply it inside a savepoint: a refusal undoes what was begun and becomes a review."""
    handle = APPLY.get(event.kind)  # type: ignore[call-overload]
    if handle is None:
        return Outcome(
            code="unknown_kind", reason=_("A report of a kind nobody knows: %(kind)s") % {"kind": event.kind}
        )
    try:
        with transaction.atomic():
            return handle(event)
    except Refused as refused:
        return Outcome(code=refused.code, reason=refused.sentence, stop=event.stop)


def _finish(event: DriverEvent, outcome: Outcome) -> None:
    if outcome.waits:
        return
    if outcome.reason:
        order = outcome.order or (outcome.stop.order if outcome.stop else None)
        Review.open(
            Review.Kind.EVENT,
            reason=outcome.reason,
            event=event,
            order=order,
            stop=outcome.stop,
            route=event.route,
        )
    event.state = State.REVIEW if outcome.reason else State.APPLIED
    event.answer = {"code": outcome.code} | ({"sentence": kept(outcome.reason)} if outcome.reason else {})
    event.save(update_fields=["state", "answer"])
    metrics.count(event)


@transaction.atomic
def _give_up(event: DriverEvent, *, code: str, why: str) -> None:
    event.lock()
    if event.state == State.STORED:
        with translation.override(settings.LANGUAGE_CODE):
            reason = _("This report could not be applied (%(why)s).") % {"why": why}
            _finish(event, Outcome(code=code, reason=reason, stop=event.stop))


def sweep() -> int:
    """Apply what was stored and left alone; what waited a day for the events before it goes to the office."""
    left = DriverEvent.objects.filter(state=State.STORED).order_by("device", "seq")[:500]
    for event in left:
        apply(event)
        if event.state == State.STORED and event.received_at < timezone.now() - BACKLOG:
            _give_up(event, code="waited", why=f"{BACKLOG.total_seconds():.0f} s")
    return len(left)

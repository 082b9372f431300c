"""What can be said about a phone from its numbers: whether it began anew, and whether a report of it never came."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from deliveries.models import Device, Review
from deliveries.reporting.reports import LARGEST_SEQ, whole
from luckygas.models import User
from luckygas.said import Said
from luckygas.said import Said as _

PATIENCE = dt.timedelta(hours=24)  # so long a report may still be on its way
MOST_NAMED = 12  # numbers in a sentence


def introduce(user: User, key: uuid.UUID, reset: Any) -> Device:
    """The device of that key. A new one that says which phone it was, or that comes while another has a gap, is told
    to the office, once: what was on the phone before may be lost."""
    if reset is None and (known := Device.objects.filter(key=key, user=user).first()):
        return known
    return _first_contact(user, key, reset)


@transaction.atomic
def _first_contact(user: User, key: uuid.UUID, reset: Any) -> Device:
    from deliveries.reporting.events import device_of

    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two first contacts at once are one
    is_new = not Device.objects.filter(key=key).exists()
    device = device_of(user, key)
    if device.reset_seq is not None:
        return device
    before, last = _claimed(user, reset)
    if before and before != device:
        _began_anew(device, before, last)
    elif is_new:
        _appeared(device)
    return device


def _claimed(user: User, reset: Any) -> tuple[Device | None, int]:
    """Which phone of this person it was and the last number it used, as its cookie remembers."""
    reset = reset if isinstance(reset, dict) else {}
    try:
        key = uuid.UUID(str(reset.get("device")))
    except ValueError:
        return None, 0
    last = whole(reset.get("seq"), most=LARGEST_SEQ)
    if not last:
        return None, 0
    from deliveries.reporting.events import device_of

    return device_of(user, key), last


def _began_anew(device: Device, before: Device, last: int) -> None:
    """The office hears which of its numbers never came; nothing when all of them did."""
    device.reset_of, device.reset_seq = before, last
    device.save(update_fields=["reset_of", "reset_seq"])
    lost = missing(before, upto=last)
    if lost:
        words = _("%(name)s's phone lost its memory: reports up to number %(last)s may be lost, %(lost)s did not come.")
        _tell(words, device, last=last, lost=_named(lost))
    Device.objects.filter(pk=before.pk, checked_to__lt=last).update(checked_to=last)


def _appeared(device: Device) -> None:
    """A phone nobody knows: worth a word when another one of this person still held something today."""
    now = timezone.now()
    others = Device.objects.filter(user=device.user, last_seen_at__date=timezone.localdate(now)).exclude(pk=device.pk)
    if any(other.unsent or missing(other) for other in others):
        words = _("%(name)s has a new phone, and the one of before did not send everything. What is lost is unknown.")
        _tell(words, device)


def _tell(words: Said, device: Device, **more: object) -> None:
    Review.open(Review.Kind.EVENT, reason=words % ({"name": device.user} | more))


def missing(device: Device, *, upto: int | None = None, above: int = 0) -> list[int]:
    """Its numbers that never came, up to the highest that did (or `upto`)."""
    came = set(device.events.filter(seq__gt=above).values_list("seq", flat=True))
    return sorted(set(range(above + 1, (upto or max(came, default=0)) + 1)) - came)


def _named(numbers: list[int]) -> list[int | str]:
    return [*numbers[:MOST_NAMED], *(["…"] if len(numbers) > MOST_NAMED else [])]


def sweep() -> int:
    """Put gaps that are older than a day before the office, each once; how many phones have one."""
    old = Q(events__received_at__lt=timezone.now() - PATIENCE)
    grown = (
        Device.objects.annotate(upto=Max("events__seq", filter=old & Q(events__seq__gt=F("checked_to"))))
        .exclude(upto=None)
        .order_by("pk")
    )
    return sum(_check(device.pk, device.upto) for device in grown)


@transaction.atomic
def _check(pk: int, upto: int) -> int:
    device = Device.objects.select_for_update(no_key=True).select_related("user").get(pk=pk)
    gap = missing(device, upto=upto, above=device.checked_to)
    Device.objects.filter(pk=pk).update(checked_to=upto)
    if gap:
        words = _("%(name)s's phone never sent its reports %(lost)s. Ask what they were.")
        _tell(words, device, lost=_named(gap))
    return bool(gap)

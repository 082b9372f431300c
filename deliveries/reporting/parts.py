"""A photo that comes in parts: each goes on where the last one ended, so that a line that breaks costs one part."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from deliveries.models import Proof, ProofPart, Stop
from deliveries.reporting.photos import MOST_BYTES, keep_photo
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _

KEPT = dt.timedelta(days=7)


@transaction.atomic
def add(stop: Stop, content: bytes, *, operation_id: uuid.UUID, size: int, offset: int, by: User) -> Proof | int:
    """The photo once it is whole; else how many bytes of it are here, from where the phone goes on.

    A part that begins anywhere else changes nothing. Refused when the whole is no photo; OSError as `keep_photo`.
    """
    if known := Proof.objects.filter(operation_id=operation_id).first():
        return known
    if not 0 < size <= MOST_BYTES:
        raise Refused(_("This photo is too large. Take it with fewer pixels."), field="photo", code="too_large")
    part, _made = ProofPart.objects.get_or_create(operation_id=operation_id, defaults={"by": by, "size": size})
    part.lock()
    if (part.by_id, part.size) != (by.pk, size):
        raise Refused(_("This photo was sent before, with other contents."), code="other_body")
    whole = bytes(part.content)
    if offset != len(whole):
        return len(whole)
    whole = (whole + content)[:size]
    if len(whole) < size:
        part.content = whole
        part.save(update_fields=["content", "updated_at"])
        return len(whole)
    proof = keep_photo(
        stop, ContentFile(whole, name="photo.jpg"), operation_id=operation_id, by=by, at=timezone.now()
    )  # fmt: skip
    part.delete()
    return proof


def forget(*, now: Any = None) -> int:
    """Delete what nobody went on with for a week; how many."""
    return ProofPart.objects.filter(updated_at__lt=(now or timezone.now()) - KEPT).delete()[0]

"""Photos from phones: made small, turned upright, and without anything but their pixels."""

from __future__ import annotations

import datetime as dt
import uuid
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from deliveries.models import Proof, Stop
from luckygas.errors import Refused
from luckygas.models import User

LONGEST_SIDE = 1280
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


def check_photo(file: Any) -> None:
    """Refused when it is too large or no photo; reads no more than its header."""
    if file.size > MOST_BYTES:
        raise Refused(_("This photo is too large. Take it with fewer pixels."), field="photo", code="too_large")
    try:
        image = Image.open(file, formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Warning):
        raise _no_photo() from None
    finally:
        file.seek(0)
    if image.width * image.height > MOST_PIXELS:
        raise Refused(_("This photo is too large. Take it with fewer pixels."), field="photo", code="too_large")


def reencode(file: IO[bytes]) -> bytes:
    """A JPEG of at most 1280 pixels a side, upright, without EXIF: no place, no device, no time inside."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _no_photo() from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)  # pixels only: what hangs on the other one stays there
    written = BytesIO()
    bare.save(written, "JPEG", quality=80, optimize=True)
    return written.getvalue()


@transaction.atomic
def keep_photo(stop: Stop, file: Any, *, operation_id: uuid.UUID, by: User, at: dt.datetime) -> Proof:
    """Store a photo of a stop, once per operation. OSError when the disk does not take it: it may be sent again."""
    if known := Proof.objects.filter(operation_id=operation_id).first():
        if known.stop_id != stop.pk:
            raise Refused(_("This photo was sent before, for another stop."), code="other_body")
        return known
    check_photo(file)
    content = ContentFile(reencode(file), name=f"{uuid.uuid4()}.jpg")
    return Proof.objects.create(
        operation_id=operation_id, stop=stop, kind=Proof.Kind.PHOTO, photo=content, taken_at=at, by=by
    )


def _no_photo() -> Refused:
    return Refused(_("This is no photo we can read. Use JPEG, PNG or WebP."), field="photo", code="no_photo")

"""Shape of the file in which a driver hands over what a phone could not send."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.reporting.reports import LARGEST_ID, storable, whole
from luckygas.models import DRIVER, User

MOST_BYTES = 3 * 1024 * 1024
MOST_EVENTS = 1000


class TakeInForm(forms.Form):
    """The file; `cleaned_data` has who wrote it, the phone's key and the reports as they are."""

    file = forms.FileField(
        label=_("File from the phone"), widget=forms.FileInput(attrs={"accept": ".json,application/json"})
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        file = said.get("file")
        if not file:
            return said
        letter = _letter(file.read(MOST_BYTES + 1))
        driver = User.objects.filter(pk=whole(letter.get("user"), most=LARGEST_ID) or 0, groups__name=DRIVER).first()
        if driver is None:
            raise forms.ValidationError(_("Nobody who drives for us wrote this file."))
        return {"driver": driver, "key": _key(letter), "events": letter["events"], "photos": letter.get("photos") or 0}


def _letter(content: bytes) -> dict[str, Any]:
    try:
        letter = storable(json.loads(content, parse_constant=lambda name: None)) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        letter = None
    events = letter.get("events") if isinstance(letter, dict) and letter.get("app") == "luckygas" else None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise forms.ValidationError(_("This is no file from a driver's phone, or it is not whole. Ask for it again."))
    return letter  # type: ignore[return-value]  # it has events, so it is a dict


def _key(letter: dict[str, Any]) -> uuid.UUID:
    try:
        return uuid.UUID(str(letter.get("device")))
    except ValueError:
        raise forms.ValidationError(_("The file does not say which phone it is from. Ask for it again.")) from None

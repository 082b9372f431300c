"""Shape of a place as a phone tells it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

EXACTLY = Decimal("0.00001")  # degrees: about a metre


class PositionForm(forms.Form):
    """Degrees, and how many metres it may be off."""

    latitude = forms.DecimalField(min_value=-90, max_value=90)
    longitude = forms.DecimalField(min_value=-180, max_value=180)
    accuracy = forms.FloatField(min_value=0, max_value=1_000_000)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        place = {name: said[name].quantize(EXACTLY) for name in ("latitude", "longitude")}
        return place | {"accuracy_m": round(said["accuracy"])}

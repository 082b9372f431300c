"""A place of a customer's: where it is, and when and how we may deliver."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from customers.models.site import FIRST_HOUR, MOST_STATIONS, WEEKDAYS
from luckygas.phones import narrow

HOURS = [(str(bit), f"{FIRST_HOUR + bit:02d}–{FIRST_HOUR + bit + 1:02d}") for bit in range(12)]


class SiteForm(forms.ModelForm):
    """The twelve hours are twelve boxes, the closed weekdays seven; the pin is two numbers or none."""

    class Meta:
        model = Site
        fields = [
            *("label", "address", "area", "access_note", "driver_note", "hours", "closed_weekdays"),
            *("closed_on_holidays", "vehicle", "reserve_limit_kg", "connected_kg", "daily_use_kg"),
            *("is_patrolled", "latitude", "longitude", "is_active"),
        ]
        labels = {
            "area": _("Area"),
            "reserve_limit_kg": _("Most in reserve, kg"),
            "connected_kg": _("Connected, kg"),
            "daily_use_kg": _("Use a day, kg"),
            "latitude": _("Latitude"),
            "longitude": _("Longitude"),
            "is_active": _("We deliver here"),
        }
        help_texts = {
            "label": _("Shop, home: how one says it."),
            "reserve_limit_kg": _("The law allows 40 kg at a household, 80 kg at a business."),
        }
        error_messages = {
            "address": {"required": _("Write the address.")},
            "area": {"required": _("Choose the area of this address.")},
        }

    hours = forms.TypedMultipleChoiceField(
        label=_("Delivery hours"), choices=HOURS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Closed on"), choices=list(WEEKDAYS.items()), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].empty_label = _("choose")  # type: ignore[attr-defined]
        mask = self.instance.hours
        self.initial["hours"] = [bit for bit, _name in HOURS if mask >> int(bit) & 1]
        for place in range(MOST_STATIONS):
            known = self.instance.stations[place] if place < len(self.instance.stations) else {}
            self._add(f"station_{place}_name", _("Station"), known.get("name", ""))
            self._add(f"station_{place}_set", _("Cylinders there"), known.get("set", ""))

    def _add(self, name: str, label: Any, initial: str) -> None:
        self.fields[name] = forms.CharField(label=label, max_length=40, required=False, initial=initial)

    @property
    def stations(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The five pairs of boxes: where it is, and what is connected there."""
        return [(self[f"station_{place}_name"], self[f"station_{place}_set"]) for place in range(MOST_STATIONS)]

    def clean_address(self) -> str:
        return narrow(self.cleaned_data["address"])

    def clean_hours(self) -> int:
        """The mask of the ticked hours, 08–09 as bit 0."""
        return sum(1 << bit for bit in self.cleaned_data["hours"])

    def clean_reserve_limit_kg(self) -> Any:
        limit = self.cleaned_data["reserve_limit_kg"]
        if limit is not None and limit < 0:
            raise forms.ValidationError(_("Not less than 0 kg."))
        return limit

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        north, east = data.get("latitude"), data.get("longitude")
        if (north is None) != (east is None):
            self.add_error("latitude" if north is None else "longitude", _("A pin has both numbers, or none."))
        elif north is not None and east is not None and not (20 <= north <= 27 and 118 <= east <= 123):
            self.add_error("latitude", _("This pin is not in Taiwan."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, as the record keeps it."""
        facts = {name: value for name, value in self.cleaned_data.items() if not name.startswith("station_")}
        pairs = [
            {key: narrow(self.cleaned_data[f"station_{place}_{key}"]) for key in ("name", "set")}
            for place in range(MOST_STATIONS)
        ]
        return facts | {"stations": [pair for pair in pairs if any(pair.values())]}

    def changed(self) -> dict[str, Any]:
        """The facts that differ from what is on the record."""
        names = {"stations" if name.startswith("station_") else name for name in self.changed_data}
        return {name: value for name, value in self.facts().items() if name in names}

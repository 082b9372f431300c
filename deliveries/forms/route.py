"""Shape of what a dispatcher types about routes and stops."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.models import Driver, Route, Vehicle
from luckygas.forms import DayInput


class DayForm(forms.Form):
    """The day of a board."""

    day = forms.DateField(required=False)

    @classmethod
    def asked(cls, data: Any) -> dt.date:
        """The day in the address; today when there is none or it is no date."""
        form = cls(data)
        return (form.cleaned_data.get("day") if form.is_valid() else None) or timezone.localdate()


class DriverField(forms.ModelChoiceField):
    """A driver with the vehicle they usually take."""

    def label_from_instance(self, driver: Any) -> str:
        return f"{driver} · {driver.vehicle}"


class CreateRouteForm(forms.Form):
    """A new route: its day, its sign, who drives and with what."""

    day = forms.DateField(label=_("Day"), widget=DayInput())
    code = forms.CharField(label=_("Route code"), max_length=8, help_text=_("Like the line: 瑞1, 成2"))
    driver = DriverField(
        Driver.objects.filter(is_active=True).select_related("user", "vehicle").order_by("pk"), label=_("Driver")
    )
    vehicle = forms.ModelChoiceField(
        Vehicle.objects.filter(is_active=True).order_by("plate"),
        label=_("Vehicle"),
        required=False,
        empty_label=_("the driver's own"),
    )

    def __init__(self, *args: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = day
        if not self.is_bound:  # somebody who got a route meanwhile is refused by the verb, with a sentence
            busy = Route.objects.on(day).open().values("driver")
            drivers = cast(forms.ModelChoiceField, self.fields["driver"])
            drivers.queryset = drivers.queryset.exclude(pk__in=busy) if drivers.queryset is not None else None

    def clean_day(self) -> dt.date:
        day = self.cleaned_data["day"]
        today = timezone.localdate()
        if not today - dt.timedelta(days=1) <= day <= today + dt.timedelta(days=90):
            raise ValidationError(_("Choose a day from yesterday to 90 days ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("driver") and not data.get("vehicle") and "vehicle" not in self.errors:
            data["vehicle"] = data["driver"].vehicle
        return data


class AddStopForm(forms.Form):
    """The orders that were ticked, or the one whose own key was pressed."""

    only = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.ticked = [int(pk) for pk in data.getlist("order") if pk.isascii() and pk.isdigit() and len(pk) < 19]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["orders"] = [data["only"]] if data.get("only") else self.ticked
        if not data["orders"]:
            raise ValidationError(_("Tick the orders first, then press the route."))
        return data


class MoveStopForm(forms.Form):
    """Where a stop goes on its route, counted from 1."""

    position = forms.IntegerField(label=_("Position"), min_value=1, max_value=999)

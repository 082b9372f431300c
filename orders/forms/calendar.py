"""What is typed about the calendar: days off, the weekdays of a line, and hours without deliveries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Area, CalendarDay
from customers.models.site import WEEKDAYS
from luckygas.forms import DayInput, OperationIdField
from orders.forms.order import DayField

HOURS = [(hour, f"{hour:02d}:00") for hour in range(settings.OPENS_AT, settings.CLOSES_AT + 1)]
NO_DAY = _("Choose the day.")


class DayOffForm(forms.Form):
    """A public holiday, or a Saturday on which everybody works."""

    day = DayField(label=_("Day"), widget=DayInput(), error_messages={"required": NO_DAY})
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[each for each in CalendarDay.Kind.choices if each[0] != CalendarDay.Kind.SUSPENSION],
    )
    name = forms.CharField(label=_("Name"), max_length=60, error_messages={"required": _("Write its name.")})


class ImportDaysForm(forms.Form):
    """The year's list: a file, or lines that are pasted."""

    text = forms.CharField(
        label=_("The list, one day a line"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "115/02/16 農曆除夕\n20260217,二,2,春節"}),
    )
    file = forms.FileField(label=_("Or a file (CSV, XLSX)"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("text") and not data.get("file"):
            self.add_error("text", _("Paste the list, or choose a file."))
        return data


class AreaDaysForm(forms.Form):
    """On which weekdays an area is driven."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )


class SuspendForm(forms.Form):
    """From when until when nobody drives, where, and why."""

    operation_id = OperationIdField()
    reason = forms.CharField(label=_("Why"), max_length=60, error_messages={"required": _("Write why.")})
    from_day = DayField(label=_("From"), widget=DayInput(), error_messages={"required": NO_DAY})
    from_hour = forms.TypedChoiceField(label=_("From what time"), choices=HOURS, coerce=int)
    until_day = DayField(label=_("Until"), widget=DayInput(), error_messages={"required": NO_DAY})
    until_hour = forms.TypedChoiceField(label=_("Until what time"), choices=HOURS, coerce=int)
    areas = forms.ModelMultipleChoiceField(
        label=_("Where"),
        queryset=Area.objects.order_by("kind", "code"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none: everywhere."),
    )

    def facts(self) -> dict[str, Any]:
        """What `draw_up` takes."""
        data = self.cleaned_data
        return {
            "operation_id": data["operation_id"],
            "areas": list(data["areas"]),
            "starts_at": _moment(data["from_day"], data["from_hour"]),
            "ends_at": _moment(data["until_day"], data["until_hour"]),
            "reason": data["reason"].strip(),
        }


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))

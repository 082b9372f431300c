"""What may be typed about a certificate: a waiver, its end, the next review, and that it is issued."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luckygas.forms import DayInput, OperationIdField
from pilot.forms.why import WhyForm
from pilot.models.waiver import LONGEST_DAYS


class WaiverForm(WhyForm):
    """Let a requirement go for a while."""

    until = forms.DateField(
        label=_("Until"),
        widget=DayInput,
        help_text=_("The last day on which it holds, at most 30 days ahead."),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    field_order = ["until", "reason"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        today = timezone.localdate()
        widget = self.fields["until"].widget
        widget.attrs |= {"min": f"{today:%Y-%m-%d}", "max": f"{today + dt.timedelta(days=LONGEST_DAYS):%Y-%m-%d}"}


class EndWaiverForm(WhyForm):
    """Let the requirement hold again."""


class ReviewForm(forms.Form):
    """When the certificate is looked at next, and who decides when that does not help."""

    review_at = forms.DateTimeField(
        label=_("Next review"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Choose a day and a time."), "invalid": _("Choose a day and a time.")},
    )
    escalates_on = forms.DateField(
        label=_("Escalates on"),
        widget=DayInput,
        help_text=_("Still NO-GO on this day: somebody else decides."),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    escalates_to = forms.CharField(
        label=_("Who decides then"), max_length=60, error_messages={"required": _("Write who.")}, strip=True
    )


class IssueForm(forms.Form):
    """Issue what is true now; `seen` is the digest of what the person had read."""

    operation_id = OperationIdField()
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

"""A reason, and which channels it is about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luckygas.flags import CHANNELS, ORDERS_PAUSED, SWITCHES

WORDS = [(channel, _(word)) for channel, word in CHANNELS.items()]


class WhyForm(forms.Form):
    """A reason in one's own words: typed, never chosen."""

    reason = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Write why.")}, strip=True)


class PauseForm(WhyForm):
    """Why new orders stop, and by which channels."""

    channels = forms.MultipleChoiceField(
        label=_("What stops"),
        choices=WORDS,
        widget=forms.CheckboxSelectMultiple,
        initial=lambda: [channel for channel in CHANNELS if channel in SWITCHES[ORDERS_PAUSED]],
        error_messages={"required": _("Choose what stops.")},
    )

    def chosen(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["channels"])


class ReleaseForm(PauseForm):
    """Why orders can be taken again, and by which channels: those that are stopped, unless some are taken out."""

    def __init__(self, *args: Any, stopped: list[str], **kwargs: Any) -> None:
        kwargs["auto_id"] = "release_%s"  # the other form may stand on the same page
        super().__init__(*args, **kwargs)
        field: Any = self.fields["channels"]
        field.label, field.error_messages["required"] = _("What goes on"), _("Choose what goes on.")
        field.choices = [(channel, word) for channel, word in WORDS if channel in stopped]
        field.initial = stopped

"""A reason, and nothing else."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WhyForm(forms.Form):
    """A reason in one's own words: typed, never chosen."""

    reason = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Write why.")}, strip=True)


class PauseForm(WhyForm):
    """Why new orders stop."""


class ReleaseForm(WhyForm):
    """Why orders can be taken again."""

"""What a manager writes about a customer's credit."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LimitForm(forms.Form):
    """How much a customer may owe, with what is on order; empty is no limit."""

    credit_limit_twd = forms.IntegerField(
        label=_("Credit limit, NT$"),
        required=False,
        min_value=0,
        max_value=100_000_000,
        help_text=_("Empty: nothing is checked, and they stay on the list of those without a limit."),
    )


class BlockForm(forms.Form):
    """Why a customer is blocked, or not any more."""

    note = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Write why.")})

"""Which monthly statements to see."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from orders.billing.monthly import Month


class MonthField(forms.CharField):
    """`2026-11`, as the browser's month picker says it."""

    def clean(self, value: str) -> Month | None:
        text = super().clean(value)
        month = Month.read(text) if text else None
        if text and month is None:
            raise forms.ValidationError(_("Choose the month."))
        return month


class StatementsFilterForm(forms.Form):
    """A month, an area, and whether only those who owe; the address of the page says what was chosen."""

    month = MonthField(label=_("Month"), required=False, widget=forms.TextInput(attrs={"type": "month"}))
    area = forms.ModelChoiceField(
        label=_("Area"), required=False, queryset=Area.objects.all(), to_field_name="code", empty_label=_("all")
    )
    owing = forms.BooleanField(label=_("only who owes"), required=False)

    @property
    def chosen_month(self) -> Month:
        """The month that was asked for, else the one that is over."""
        return (self.is_valid() and self.cleaned_data["month"]) or Month.last()

    @property
    def chosen_area(self) -> Area | None:
        return self.cleaned_data["area"] if self.is_valid() else None

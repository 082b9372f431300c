"""What is typed about credit: why an order is let go, who stands in, whose debts to show."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from luckygas.clock import business_day
from luckygas.forms import DayInput, OperationIdField
from luckygas.models import DISPATCHER, MANAGER, User

DAYS = [("30", _("over 30 days")), ("60", _("over 60 days")), ("90", _("over 90 days"))]


class DecideForm(forms.Form):
    """Why a held order goes out, or does not."""

    operation_id = OperationIdField()
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
        error_messages={"required": _("Write why.")},
    )


class DeputyForm(forms.Form):
    """Who may let orders go for a manager, up to which amount, and how long."""

    person = forms.ModelChoiceField(
        label=_("Who"),
        queryset=User.objects.none(),
        empty_label=_("choose"),
        error_messages={"required": _("Choose somebody.")},
    )
    up_to_twd = forms.IntegerField(label=_("Up to, NT$ a customer"), min_value=1, max_value=10_000_000)
    valid_from = forms.DateField(label=_("From"), widget=DayInput(), initial=business_day)
    valid_until = forms.DateField(label=_("Until"), widget=DayInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dispatchers = User.objects.filter(is_active=True, groups__name=DISPATCHER).exclude(groups__name=MANAGER)
        self.fields["person"].queryset = dispatchers.order_by("name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("valid_until") and data.get("valid_from") and data["valid_until"] < data["valid_from"]:
            self.add_error("valid_until", _("The last day is before the first."))
        return data


class OverdueForm(forms.Form):
    """Whose debts to show; nonsense in the address asks for nothing."""

    days = forms.ChoiceField(label=_("Owed for"), choices=DAYS, required=False)
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.all(), to_field_name="code", required=False, empty_label=_("all areas")
    )
    text = forms.CharField(label=_("Number, name or phone"), required=False, max_length=60)

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        data = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        return {"days": int(data.get("days") or 30), "area": data.get("area"), "text": data.get("text") or ""}

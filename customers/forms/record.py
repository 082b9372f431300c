"""What the office writes about a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Customer
from customers.tax_id import is_tax_id
from luckygas.errors import Refused
from luckygas.forms import OperationIdField
from luckygas.phones import narrow
from luckygas.phones import parse as parse_phone

CREDIT = ("credit_limit_twd",)  # a manager's


class CustomerForm(forms.ModelForm):
    """The facts of a customer. Credit is a manager's: others do not get those fields."""

    class Meta:
        model = Customer
        fields = [
            *("name", "kind", "trade", "settlement", "is_metered", "invoice_title", "tax_id"),
            *("credit_limit_twd", "language", "note"),
        ]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"trade": ""}
        error_messages = {"name": {"required": _("Write the name.")}}

    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES, initial="zh-hant")

    def __init__(self, *args: Any, may_give_credit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_give_credit:
            for name in CREDIT:
                del self.fields[name]

    def clean_name(self) -> str:
        return narrow(self.cleaned_data["name"])

    def clean_tax_id(self) -> str:
        typed = narrow(self.cleaned_data["tax_id"])
        if typed and not is_tax_id(typed):
            raise forms.ValidationError(_("This is no unified business number: 8 digits whose check is right."))
        return typed

    def clean_credit_limit_twd(self) -> int | None:
        limit = self.cleaned_data["credit_limit_twd"]
        if limit is not None and limit > 100_000_000:
            raise forms.ValidationError(_("At most NT$100,000,000."))
        return limit


class NewCustomerForm(CustomerForm):
    """A new customer with the first phone and, if they said it, the first address."""

    operation_id = OperationIdField()
    phone = forms.CharField(label=_("Phone"), max_length=60, error_messages={"required": _("Write a phone number.")})
    contact = forms.CharField(label=_("Who answers"), max_length=60, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.all(), required=False, empty_label=_("choose"))

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        try:
            parse_phone(typed)
        except Refused as refused:
            raise forms.ValidationError(str(refused.sentence)) from None
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("address") and not data.get("area") and "area" not in self.errors:
            self.add_error("area", _("Choose the area of this address."))
        return data

    def facts(self) -> dict[str, Any]:
        """What belongs to the customer itself."""
        mine = ("operation_id", "phone", "contact", "address", "area")
        return {name: value for name, value in self.cleaned_data.items() if name not in mine}


class DeactivateForm(forms.Form):
    """Why a customer stops."""

    reason = forms.CharField(
        label=_("Why they stop"), max_length=200, error_messages={"required": _("Write why this customer stops.")}
    )

"""Whom to call, who may act, and what was paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Payment, PaymentReversal, Site
from luckygas.forms import OperationIdField
from luckygas.models import User
from luckygas.signin import identity


class ContactForm(forms.Form):
    """A phone number as it was said, and who answers."""

    phone = forms.CharField(label=_("Phone"), max_length=60, error_messages={"required": _("Write a phone number.")})
    name = forms.CharField(label=_("Who answers"), max_length=60, required=False)


class MembershipForm(forms.Form):
    """Somebody who signed up may act for this customer."""

    who = forms.CharField(
        label=_("Their mobile number or staff name"),
        max_length=60,
        error_messages={"required": _("Write their mobile number.")},
    )
    site = forms.ModelChoiceField(
        label=_("For which address"), queryset=Site.objects.none(), required=False, empty_label=_("all addresses")
    )
    can_order = forms.BooleanField(label=_("may order"), required=False, initial=True)
    sees_balance = forms.BooleanField(label=_("sees the balance"), required=False, initial=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = customer.sites.active()  # type: ignore[attr-defined]

    def clean_who(self) -> User:
        person = User.objects.filter(username=identity(self.cleaned_data["who"]), is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Nobody signed up with that number or name yet."))
        return person


class PaymentForm(forms.Form):
    """Money that came in; the amount received, never the amount due."""

    operation_id = OperationIdField()
    method = forms.ChoiceField(
        label=_("How it was paid"),
        choices=Payment.Method,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was paid.")},
    )
    received_twd = forms.IntegerField(
        label=_("Amount received, NT$"),
        min_value=1,
        max_value=10_000_000,
        error_messages={"required": _("Enter the amount received, in whole NT$.")},
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ReversePaymentForm(forms.Form):
    """Why a payment was none after all."""

    operation_id = OperationIdField()
    why = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect, error_messages={"required": _("Say why it is taken back.")}
    )
    right_twd = forms.IntegerField(
        label=_("What was received in truth, NT$"),
        min_value=1,
        max_value=10_000_000,
        required=False,
        help_text=_("It is recorded instead. Leave it empty when nothing was."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whys = [why for why in PaymentReversal.Why if payment.method == "cheque" or why != PaymentReversal.Why.BOUNCED]
        self.fields["why"].choices = [(why.value, why.label) for why in whys]  # type: ignore[attr-defined]

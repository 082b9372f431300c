"""Shape of what ends every visit: how it was paid, and what shows that somebody was there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.forms.drive import PhotoReport
from deliveries.models import ProofRule, Stop
from deliveries.reporting.reports import signature_of

EXACT, OTHER, TRANSFER, ACCOUNT, LEFT = "exact", "other", "transfer", "account", "left"
METHODS = {EXACT: "cash", OTHER: "cash", TRANSFER: "transfer", ACCOUNT: "account", LEFT: "account"}


class PaymentForm(PhotoReport):
    """How it was paid, never chosen beforehand; an amount only when it is not the amount due."""

    choice = forms.ChoiceField(label=_("Payment"), widget=forms.RadioSelect)
    received_twd = forms.IntegerField(
        label=_("Received, NT$"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    unsigned = forms.BooleanField(label=_("The customer did not sign"), required=False)

    def __init__(self, *args: Any, stop: Stop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proof = ProofRule.of(stop.site.customer)

    @property
    def due_twd(self) -> int:
        raise NotImplementedError

    def check_payment(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("choice") in {OTHER, TRANSFER} and not cleaned.get("received_twd"):
            self.add_error("received_twd", _("Enter the amount received, in whole NT$."))

    def check_proof(self, cleaned: dict[str, Any]) -> None:
        """What shows the visit, as the rule for this kind of customer wants it."""
        is_signed = bool(signature_of(cleaned))
        if self.proof.asks_signature and not is_signed and not cleaned.get("unsigned"):
            self.add_error("unsigned", _("Let the customer sign, or say that nobody did."))
        if self.proof.wants_photo(is_signed=is_signed) and not cleaned.get("photo") and not self.errors.get("photo"):
            self.add_error("photo", _("Take a photo of what stands there."))

    def payment(self) -> dict[str, Any]:
        choice = self.cleaned_data["choice"]
        received = {EXACT: self.due_twd, ACCOUNT: 0, LEFT: 0}.get(choice, self.cleaned_data.get("received_twd"))
        return {"method": METHODS[choice], "received_twd": max(received or 0, 0)}

    def signed(self) -> dict[str, Any]:
        signature = "" if self.cleaned_data["unsigned"] else signature_of(self.cleaned_data)
        return {"signature": signature, "unsigned": not signature}

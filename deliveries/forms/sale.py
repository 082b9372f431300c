"""Shape of a sale from the vehicle: to whom, what for what, looked for leaks, paid in cash."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.forms.drive import count_field
from deliveries.forms.shift import RouteReport
from deliveries.forms.tags import TagForm
from orders.models import Product
from orders.models.product import Quote

EXACT, OTHER = "exact", "other"


class SaleRow(NamedTuple):
    product: Product
    quote: Quote
    delivered: forms.BoundField
    empties: forms.BoundField


class SaleForm(TagForm, RouteReport):
    """Nothing is chosen beforehand; no buyer is somebody who passed by."""

    buyer = forms.CharField(
        label=_("Phone or customer number"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    checked = forms.BooleanField(
        label=_("I looked: it does not leak"),
        error_messages={"required": _("Look for a leak first.")},
    )
    choice = forms.ChoiceField(
        label=_("Payment"), widget=forms.RadioSelect,
        choices=[(EXACT, _("cash, exact")), (OTHER, _("another amount in cash"))],
    )  # fmt: skip
    received_twd = forms.IntegerField(
        label=_("Received, NT$"), min_value=1, max_value=1_000_000, required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, offers: list[tuple[Product, Quote]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = offers
        self.offer(product for product, _quote in offers)
        for product, _quote in offers:
            for what in ("delivered", "empties"):
                self.fields[f"items.{product.code}.{what}"] = count_field()
                self.fields[f"items.{product.code}.{what}"].initial = 0

    @property
    def rows(self) -> list[SaleRow]:
        return [
            SaleRow(product, quote, self[f"items.{product.code}.delivered"], self[f"items.{product.code}.empties"])
            for product, quote in self.offers
        ]

    def _count(self, product: Product, what: str) -> int:
        return self.cleaned_data.get(f"items.{product.code}.{what}") or 0

    @property
    def due_twd(self) -> int:
        due = 0
        for product, quote in self.offers:
            given, back = self._count(product, "delivered"), self._count(product, "empties")
            due += given * quote.gas_twd + max(given - back, 0) * quote.deposit_twd
        return due

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(self._count(product, "delivered") for product, _quote in self.offers):
            self.add_error(None, _("Choose at least one cylinder."))
        if cleaned.get("choice") == OTHER and not cleaned.get("received_twd"):
            self.add_error("received_twd", _("Enter the amount received, in whole NT$."))
        return cleaned

    def body(self) -> dict[str, Any]:
        rows = [
            {"product": product.code} | {what: self._count(product, what) for what in ("delivered", "empties")}
            | self.tags_of(product)
            for product, _quote in self.offers
        ]  # fmt: skip
        received = self.due_twd if self.cleaned_data["choice"] == EXACT else self.cleaned_data["received_twd"]
        return super().body() | {
            "buyer": self.cleaned_data["buyer"].strip(),
            "items": [row for row in rows if any(row.get(what) for what in ("delivered", "empties", "aside"))],
            "leak_check": "passed",
            "payment": {"method": "cash", "received_twd": received},
        }

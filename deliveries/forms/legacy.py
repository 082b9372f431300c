"""Shape of visits of the old system: what the office plans, and what the driver counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Site
from deliveries.forms.drive import ReportForm, count_field
from deliveries.models import Stop
from orders.models import Product


class AddLegacyForm(forms.Form):
    """Whose visit, how many of what, and the cash to bring back."""

    buyer = forms.CharField(label=_("Number, here or in the old system"), max_length=20)
    due_twd = forms.IntegerField(
        label=_("Cash to bring back, NT$"), min_value=0, max_value=1_000_000, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, products: Iterable[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = list(products)
        for product in self.products:
            self.fields[f"planned.{product.code}"] = count_field(str(product))

    @property
    def counts(self) -> list[forms.BoundField]:
        return [self[f"planned.{product.code}"] for product in self.products]

    def clean_buyer(self) -> Site:
        said = self.cleaned_data["buyer"].strip()
        found = Customer.objects.filter(legacy_code=said) or Customer.objects.filter(
            number=int(said) if said.isascii() and said.isdigit() else 0
        )
        site = Site.objects.filter(customer__in=found, is_active=True).select_related("customer").order_by("pk").first()
        if site is None:
            raise forms.ValidationError(_("Nobody has this number."))
        return site

    def planned(self) -> dict[Product, int]:
        return {product: self.cleaned_data.get(f"planned.{product.code}") or 0 for product in self.products}


class LegacyForm(ReportForm):
    """What went over the doorstep and the cash; as planned when nobody changes it, the cash never filled in."""

    received_twd = forms.IntegerField(
        label=_("Received in cash, NT$"), min_value=0, max_value=1_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, stop: Stop, products: Iterable[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = stop.planned or {}
        self.products = sorted(products, key=lambda product: (str(product.pk) not in planned, product.sort))
        for product in self.products:
            for what in ("delivered", "empties"):
                field = self.fields[f"items.{product.code}.{what}"] = count_field()
                field.initial = planned.get(str(product.pk), 0)

    @property
    def rows(self) -> list[tuple[Product, forms.BoundField, forms.BoundField]]:
        names = [(product, f"items.{product.code}") for product in self.products]
        return [(product, self[f"{name}.delivered"], self[f"{name}.empties"]) for product, name in names]

    def body(self) -> dict[str, Any]:
        said = self.cleaned_data
        items = [
            {"product": product.code}
            | {what: said.get(f"items.{product.code}.{what}") or 0 for what in ("delivered", "empties")}
            for product in self.products
        ]
        moved = [item for item in items if item["delivered"] or item["empties"]]
        return {"items": moved, "payment": {"method": "cash", "received_twd": said["received_twd"]}}

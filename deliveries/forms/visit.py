"""Shape of what happens at a door: a handover, or a visit that collects. Each knows its report's body."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.forms.drive import count_field
from deliveries.forms.payment import ACCOUNT, EXACT, LEFT, OTHER, TRANSFER, PaymentForm
from deliveries.forms.tags import TagForm
from deliveries.models import Stop
from deliveries.reporting.reports import LEAK, signature_of
from orders.models import Order, OrderLine, Price, Product

COUNTS = ("delivered", "empties", "other_empties", "parts")


@dataclass(frozen=True)
class Row:
    """One product of a handover: what was ordered, and the fields for what was given and taken back."""

    product: Product
    ordered: int
    expected: int
    price_twd: int
    deposit_twd: int
    delivered: forms.BoundField
    empties: forms.BoundField
    other_empties: forms.BoundField
    parts: forms.BoundField
    part_kg: forms.BoundField
    rest: forms.BoundField


def weight_field() -> forms.DecimalField:
    """Gas left in the part-empties of one kind, weighed at the door."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input"})
    words = {"invalid": _("Type the kg, like 3.5.")}
    return forms.DecimalField(
        label=_("Gas left, weighed here, kg"), min_value=0, max_value=999, max_digits=5, decimal_places=2,
        required=False, widget=widget, error_messages=words,
    )  # fmt: skip


class HandoverForm(TagForm, PaymentForm):
    """What was given and taken back of each product, the leak check, the payment and the signature."""

    leak_check = forms.ChoiceField(
        label=_("Leak check"),
        widget=forms.RadioSelect,
        choices=[("passed", _("no leak")), (LEAK, _("it leaks")), ("refused", _("refused in writing"))],
    )
    agreed = forms.BooleanField(label=_("The customer agreed to another kind"), required=False)

    def __init__(self, *args: Any, stop: Stop, **kwargs: Any) -> None:
        super().__init__(*args, stop=stop, **kwargs)
        order: Order = stop.order  # type: ignore[assignment]
        self.order = order
        self.lines = {line.product: line for line in order.lines.all()}
        self.others = list(Product.objects.filter(is_active=True).exclude(pk__in=[p.pk for p in self.lines]))
        self.quotes = Price.quotes(on=order.priced_on, customer=order.customer, products=self.others)
        if not order.needs_leak_check:
            del self.fields["leak_check"]
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            (EXACT, _("cash, exact")),
            (OTHER, _("another amount in cash")),
            (TRANSFER, _("bank transfer")),
            *([(ACCOUNT, _("on account (monthly)"))] if order.pays_by == Order.PaysBy.ACCOUNT else []),
            (LEFT, _("left there, collect later")),
        ]
        self.offer([*self.lines, *self.others])
        for product, line in self.lines.items():
            self._add(product, line.ordered, line.empties_expected)
        for product in self.others:
            self._add(product, 0, 0)

    def _add(self, product: Product, ordered: int, expected: int) -> None:
        name = f"items.{product.code}"
        for what, initial in (("delivered", ordered), ("empties", expected), ("other_empties", 0), ("parts", 0)):
            self.fields[f"{name}.{what}"] = count_field()
            self.fields[f"{name}.{what}"].initial = initial
        self.fields[f"{name}.part_kg"] = weight_field()
        self.fields[f"{name}.rest"] = forms.ChoiceField(
            required=False,
            widget=forms.RadioSelect,
            label=_("What about the rest?"),
            choices=[
                (OrderLine.Rest.OWED, _("next time")),
                (OrderLine.Rest.UNWANTED, _("not wanted any more")),
                (OrderLine.Rest.SUBSTITUTED, _("another kind instead")),
            ],
        )

    def _row(self, product: Product) -> Row:
        line, quote, name = self.lines.get(product), self.quotes.get(product.pk), f"items.{product.code}"
        fields = {what: self[f"{name}.{what}"] for what in (*COUNTS, "part_kg", "rest")}
        price = line.unit_price_twd if line else quote.gas_twd if quote else 0
        deposit = line.deposit_twd if line else quote.deposit_twd if quote else 0
        ordered, expected = (line.ordered, line.empties_expected) if line else (0, 0)
        return Row(product, ordered, expected, price, deposit, **fields)

    @property
    def rows(self) -> list[Row]:
        return [self._row(product) for product in self.lines]

    @property
    def rows_beside(self) -> list[Row]:
        """Products that were not ordered: never propane beside plain gas, and nothing without a price."""
        is_propane = {product.family == Product.Family.PROPANE for product in self.lines}
        return [
            self._row(product)
            for product in self.others
            if product.pk in self.quotes
            and not product.is_metered
            and (product.family == Product.Family.PROPANE) in is_propane
        ]

    def _count(self, product: Product, what: str) -> int:
        return self.cleaned_data.get(f"items.{product.code}.{what}") or 0

    @property
    def products(self) -> Iterable[Product]:
        return [*self.lines, *self.others]

    @property
    def due_twd(self) -> int:
        """NT$ for what was handed over: gas, and a deposit for each cylinder beyond the empties taken back."""
        due = 0
        for row in (self._row(product) for product in self.products):
            given, back = self._count(row.product, "delivered"), self._count(row.product, "empties")
            due += given * row.price_twd + max(given - back, 0) * row.deposit_twd
        return due

    @property
    def has_leak(self) -> bool:
        return self.cleaned_data.get("leak_check") == LEAK

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("leak_check") == LEAK:
            for name in ("choice", "received_twd", "tag_text"):
                self.errors.pop(name, None)  # a leak is reported at once; the rest does not matter now
            return cleaned
        self.check_payment(cleaned)
        self.check_proof(cleaned)
        if cleaned.get("leak_check") == Order.LeakCheck.REFUSED and not signature_of(cleaned):
            self.add_error("unsigned", _("Who refuses the leak check signs it. Otherwise hand nothing over."))
        for product, line in self.lines.items():
            rest = f"items.{product.code}.rest"
            check_parts(self, product)
            if self._count(product, "delivered") < line.ordered and not cleaned.get(rest):
                self.add_error(rest, _("Say what becomes of the rest."))
        if any(self._count(product, "delivered") for product in self.others) and not cleaned.get("agreed"):
            self.add_error("agreed", _("Ask the customer first."))
        return cleaned

    def body(self) -> dict[str, Any]:
        if self.has_leak:
            return {"reason": Stop.Reason.LEAK.value, "next_step": Stop.NextStep.CALL.value}
        items = [
            {"product": product.code, "rest": self.cleaned_data.get(f"items.{product.code}.rest", "")}
            | {what: self._count(product, what) for what in COUNTS}
            | weighed(self, product)
            | self.tags_of(product)
            for product in self.products
            if product in self.lines or self.tags_of(product) or any(self._count(product, what) for what in COUNTS)
        ]
        return {
            "order": self.order.number,
            "items": items,
            "leak_check": self.cleaned_data.get("leak_check", ""),
            "substitutes_agreed": self.cleaned_data["agreed"],
            "payment": self.payment(),
            "left_owed": self.cleaned_data["choice"] == LEFT,
        } | self.signed()


class CollectForm(PaymentForm):
    """A visit without a delivery: the money that was left owed, empties, or nothing but a signature."""

    def __init__(self, *args: Any, stop: Stop, **kwargs: Any) -> None:
        super().__init__(*args, stop=stop, **kwargs)
        self.stop = stop
        self.products: list[Product] = []
        if stop.kind == Stop.Kind.COLLECT_MONEY:
            self.fields["choice"].choices = [  # type: ignore[attr-defined]
                (EXACT, _("cash, exact")),
                (OTHER, _("another amount in cash")),
                (TRANSFER, _("bank transfer")),
            ]
        else:
            del self.fields["choice"], self.fields["received_twd"]
        if stop.kind == Stop.Kind.COLLECT_CYLINDERS:
            self.products = [product for product in Product.objects.filter(is_active=True) if not product.is_metered]
        for product in self.products:
            for what in ("empties", "parts"):
                self.fields[f"items.{product.code}.{what}"] = count_field()
                self.fields[f"items.{product.code}.{what}"].initial = 0
            self.fields[f"items.{product.code}.part_kg"] = weight_field()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What may come back: our empties of each kind, those with gas left, and what they weigh."""
        names = ("empties", "parts", "part_kg")
        return [
            {"product": product} | {what: self[f"items.{product.code}.{what}"] for what in names}
            for product in self.products
        ]

    @property
    def due_twd(self) -> int:
        return self.stop.due_twd

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_payment(cleaned)
        self.check_proof(cleaned)
        for product in self.products:
            check_parts(self, product)
        return cleaned

    def body(self) -> dict[str, Any]:
        counted = [(product, _counted(self, product)) for product in self.products]
        items = [
            {"product": product.code, "delivered": 0, "rest": "", **counts} | weighed(self, product)
            for product, counts in counted
            if any(counts.values())
        ]
        paid = {"payment": self.payment()} if "choice" in self.fields else {}
        return paid | ({"items": items} if items else {}) | self.signed()


def _counted(form: CollectForm, product: Product) -> dict[str, int]:
    return {what: form.cleaned_data.get(f"items.{product.code}.{what}") or 0 for what in ("empties", "parts")}


def check_parts(form: forms.Form, product: Product) -> None:
    """No more with gas left than came back, and no more gas in them than a full one holds."""
    name = f"items.{product.code}"
    parts, back = (form.cleaned_data.get(f"{name}.{what}") or 0 for what in ("parts", "empties"))
    if parts > back:
        form.add_error(f"{name}.parts", _("No more with gas left than came back."))
    kg = form.cleaned_data.get(f"{name}.part_kg")
    if kg and not 0 < kg <= parts * product.gas_kg:
        words = _("With gas left: %(parts)s. A full one holds %(kg)s kg.")
        form.add_error(f"{name}.part_kg", words % {"parts": parts, "kg": f"{product.gas_kg:g}"})


def weighed(form: forms.Form, product: Product) -> dict[str, str]:
    """What the part-empties of a kind weighed, as the report says it; nothing when nobody weighed them."""
    kg = form.cleaned_data.get(f"items.{product.code}.part_kg")
    return {"part_kg": str(kg)} if kg else {}

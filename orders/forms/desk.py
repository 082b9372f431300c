"""What the desk types while somebody is on the phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Payment, Site
from luckygas.flags import PAPER_FOR
from luckygas.forms import CountInput, DayInput, OperationIdField
from orders.forms.office import chosen_time
from orders.models import Order, OrderLine, Product, StandingOrder
from orders.models.product import Quote
from orders.rules import MOST_OF_ONE
from orders.wishes import NOW, Item, Wish

SHOWN = 3  # products on top when a site never ordered


@dataclass(frozen=True)
class Row:
    """One product of the form: its fields, its price today, and how many they had last time."""

    product: Product
    quote: Quote
    quantity: forms.BoundField
    empties: forms.BoundField
    last: int
    amount: int
    is_shown: bool


class DeskForm(forms.Form):
    """An order on the phone or at the counter. Whether gas is out is asked first and never assumed."""

    operation_id = OperationIdField()
    is_gas_out = forms.TypedChoiceField(
        label=_("Is there still gas?"),
        choices=[("no", _("still gas")), ("yes", _("no gas"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Ask whether there is still gas.")},
    )
    when = forms.CharField(label=_("When"), initial="now", required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    pays_by = forms.ChoiceField(label=_("Pays"), choices=Order.PaysBy, required=False)
    note = forms.CharField(
        label=_("On the slip"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_at_counter = forms.BooleanField(label=_("The customer is at the counter"), required=False)
    method = forms.ChoiceField(label=_("Paid with"), choices=Payment.Method, required=False)
    received_twd = forms.IntegerField(
        label=_("Amount received, NT$"), required=False, min_value=0, max_value=10_000_000
    )
    leak_check = forms.ChoiceField(
        label=_("Leak check"), choices=[("", "—"), *Order.LeakCheck.choices[1:]], required=False
    )

    paper_number = forms.CharField(label=_("Number of the paper"), required=False, max_length=20)
    asked_at = forms.DateTimeField(
        label=_("Phoned in at"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self,
        *args: Any,
        site: Site,
        offers: list[tuple[Product, Quote]],
        usual: Callable[[], list[OrderLine]] = list,
        fill: bool = False,
        template: StandingOrder | None = None,
        takes_paper: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not takes_paper:
            del self.fields["paper_number"], self.fields["asked_at"]
        self.site, self.offers = site, offers
        self.usual, self.template = usual, template
        self.fields["pays_by"].initial = Order.usual_payment(site.customer)
        counts = self._filled(fill)
        for product, _quote in offers:
            count = counts.get(product.code)
            self.fields[f"quantity_{product.code}"] = self._count(product, _("how many"), count)
            self.fields[f"empties_{product.code}"] = self._count(product, _("empties"), count)

    @cached_property
    def last(self) -> dict[int, OrderLine]:
        """What they usually have, by product id; read only when somebody looks at the form."""
        return {line.product_id: line for line in self.usual()}

    def _filled(self, fill: bool) -> dict[str, int]:
        """How many of each product stand in the untouched form: the template's, or the usual, or none."""
        if self.template:
            return {line["product"]: line["quantity"] for line in self.template.items}
        return {line.product.code: line.quantity for line in self.last.values()} if fill else {}

    def templates(self) -> list[StandingOrder]:
        """What they agreed on for this address: picked with one key."""
        products = {product.code: product for product, _quote in self.offers}
        return [StandingOrder.of_facts(facts, self.site, products) for facts in getattr(self.site, "agreed", [])]

    @staticmethod
    def _count(product: Product, word: Any, initial: int | None) -> forms.IntegerField:
        widget = CountInput({"aria-label": f"{product} {word}"})
        return forms.IntegerField(required=False, min_value=0, max_value=MOST_OF_ONE, initial=initial, widget=widget)

    def rows(self, amounts: dict[int, int]) -> list[Row]:
        """The products in the order of the price list, with their NT$ by product id.

        Those they have, or that were typed, are shown; the rest waits under "more".
        """
        rows = []
        for place, (product, quote) in enumerate(self.offers):
            quantity, empties = self[f"quantity_{product.code}"], self[f"empties_{product.code}"]
            last = self.last.get(product.pk)
            is_shown = bool(last or quantity.value() or empties.value() or (not self.last and place < SHOWN))
            amount = amounts.get(product.pk, 0)
            rows.append(Row(product, quote, quantity, empties, last.quantity if last else 0, amount, is_shown))
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        at_counter = data.get("is_at_counter")
        data["when"] = NOW if at_counter else chosen_time(self, data.get("when") or "now", data.get("day"))
        if at_counter and data.get("pays_by") != Order.PaysBy.ACCOUNT and not data.get("received_twd"):
            self.add_error("received_twd", _("Enter the amount received, in whole NT$."))
        self._check_paper(data)
        return data

    def _check_paper(self, data: dict[str, Any]) -> None:
        """An order on paper has its number and the time at which it was phoned in, which is past and not long ago."""
        number, at, now = data.get("paper_number"), data.get("asked_at"), timezone.now()
        if number and data.get("is_at_counter"):
            self.add_error("paper_number", _("Save the order first, and hand it over on its own page."))
        if number and not at and "asked_at" not in self.errors:
            self.add_error("asked_at", _("Write when it was phoned in."))
        if at and not number and "paper_number" not in self.errors:
            self.add_error("paper_number", _("Write the number that is printed on the paper."))
        if at and not now - PAPER_FOR < at <= now:
            self.add_error("asked_at", _("Write a time in the last %(days)s days.") % {"days": PAPER_FOR.days})

    def items(self) -> tuple[Item, ...]:
        """What was asked for. Empties left blank mean one back for each: that is how cylinders are exchanged."""
        items = []
        for product, _quote in self.offers:
            quantity = self.cleaned_data.get(f"quantity_{product.code}") or 0
            empties = self.cleaned_data.get(f"empties_{product.code}")
            if quantity or empties:
                items.append(Item(product, quantity, quantity if empties is None else empties))
        return tuple(items)

    @property
    def sells_at_counter(self) -> bool:
        return self.is_bound and bool(self.cleaned_data.get("is_at_counter"))

    def usual_wish(self) -> Wish:
        """What the untouched form would ask for: the usual once F3 filled it in, nothing before."""
        counts = ((product, self[f"quantity_{product.code}"].initial or 0) for product, _quote in self.offers)
        return Wish(self.site, tuple(Item(product, count, count) for product, count in counts if count))

    def wish(self) -> Wish:
        """The wish as far as it is typed; only a valid form's may be placed."""
        data = self.cleaned_data
        return Wish(
            site=self.site,
            items=self.items(),
            when=data.get("when") or NOW,
            is_gas_out=data.get("is_gas_out") if "is_gas_out" in data else None,
            note=self.template.merged_note(data.get("note", "")) if self.template else data.get("note", ""),
            pays_by=data.get("pays_by") or "",
        )

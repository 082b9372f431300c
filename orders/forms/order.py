"""What a customer fills in: the order, and why they cancel it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from luckygas.clock import ROC_OFFSET
from luckygas.errors import Refused
from luckygas.forms import OperationIdField
from luckygas.phones import narrow
from orders.models import Product, Slot, StandingOrder
from orders.models.product import Quote
from orders.rules import MOST_OF_ONE, check_no_leak
from orders.wishes import NOW, Item, When, Wish

DAY = re.compile(r"(\d{2,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
ROC_DIGITS = re.compile(r"(\d{2,3})(\d{2})(\d{2})")


def read_day(text: str) -> dt.date | None:
    """A day as people type it: `2026-11-29`, `115/11/29`, `1151129`, `115年11月29日`, also in full width."""
    found = DAY.fullmatch(narrow(text)) or ROC_DIGITS.fullmatch(narrow(text))
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return dt.date(year if year > 1000 else year + ROC_OFFSET, month, day)
    except ValueError:
        return None


class CountField(forms.IntegerField):
    """How many cylinders: 0 to 99, half or full width; nothing typed is none."""

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "invalid": _("Type a number."),
            "min_value": _("Between 0 and 99."),
            "max_value": _("Between 0 and 99."),
        }
        super().__init__(required=False, min_value=0, max_value=MOST_OF_ONE, error_messages=words, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(narrow(str(value)) if value is not None else None)


class DayField(forms.CharField):
    """A day, Western or ROC."""

    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        if not text:
            return None
        day = read_day(text)
        if day is None:
            raise forms.ValidationError(_("Type the day like 115/11/29."))
        return day


@dataclass(frozen=True)
class Pick:
    """One product on the form: what it costs, and the fields for full ones and empties."""

    product: Product
    quote: Quote
    quantity: forms.BoundField
    empties: forms.BoundField
    is_usual: bool

    @property
    def is_shown(self) -> bool:
        return self.is_usual or bool(self.quantity.errors or self.empties.errors or _typed(self.quantity))

    @property
    def is_shown_empty(self) -> bool:
        return self.is_shown or bool(_typed(self.empties))


def _typed(field: forms.BoundField) -> bool:
    return str(field.value() or "0") != "0"


class OrderForm(forms.Form):
    """An order for one of a person's sites. Whether gas is out is asked and never assumed."""

    template: StandingOrder | None = None  # what was agreed and picked, if anything

    operation_id = OperationIdField()
    is_gas_out = forms.TypedChoiceField(
        label=_("Is there still gas?"),
        choices=[("no", _("still gas")), ("yes", _("no gas"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether there is still gas.")},
    )
    items = forms.CharField(required=False, widget=forms.HiddenInput)  # where a mistake about all of them is said
    when = forms.CharField(initial="now", required=False)
    day = DayField(required=False)
    note = forms.CharField(required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        *args: Any,
        sites: list[Site],
        site: Site,
        offers: list[tuple[Product, Quote]],
        counts: dict[int, tuple[int, int]],
        **kwargs: Any,
    ) -> None:
        """`counts` fills in full ones and empties by product id: the last delivered order, or the one to change."""
        super().__init__(*args, **kwargs)
        self.site, self.offers, self.counts = site, offers, counts
        self.fields["site"] = forms.ModelChoiceField(
            queryset=Site.objects.filter(pk__in=[each.pk for each in sites]).select_related("customer", "area"),
            error_messages={
                "required": _("Choose one of your addresses."),
                "invalid_choice": _("Choose one of your addresses."),
            },
        )
        for product, _quote in offers:
            full, empty = counts.get(product.pk, (0, 0))
            self.fields[f"quantity_{product.code}"] = CountField(initial=full)
            self.fields[f"empties_{product.code}"] = CountField(initial=empty)

    @property
    def picks(self) -> list[Pick]:
        """The products in the order of the price list; what is not usual waits under "other sizes"."""
        usual = set(self.counts) or {product.pk for product, _quote in self.offers[:3]}
        return [
            Pick(
                product,
                quote,
                self[f"quantity_{product.code}"],
                self[f"empties_{product.code}"],
                product.pk in usual,
            )
            for product, quote in self.offers
        ]

    def clean_note(self) -> str:
        """Read even where something else is wrong: a leak cannot wait for the rest of the form."""
        note = self.cleaned_data["note"]
        try:
            check_no_leak(note)
        except Refused as refused:
            raise forms.ValidationError(str(refused.sentence), code=refused.code) from None
        return note

    @property
    def speaks_of_leak(self) -> bool:
        return self.has_error("note", "leak")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when"] = self._when(data.get("when") or "now", data.get("day"))
        unknown = [name for name in self.data if name.startswith(("quantity_", "empties_")) and name not in self.fields]
        if any(str(self.data.get(name)).strip() not in {"", "0"} for name in unknown):
            self.add_error("items", _("We don't deliver one of these here. Choose from the list, or call us."))
        for product, _quote in self.offers:
            if data.get(f"empties_{product.code}") and not data.get(f"quantity_{product.code}"):
                self.add_error(
                    f"empties_{product.code}", _("None of this size is ordered. Write other empties in the note.")
                )
        return data

    def _when(self, typed: str, day: dt.date | None) -> When:
        """`now`, `slot-17`, or `day` with a date beside it."""
        if typed == "now":
            return NOW
        if typed == "day":
            if day is None and "day" not in self.errors:
                self.add_error("day", _("Choose the day."))
            return When(day=day)
        number = typed.removeprefix("slot-")
        is_number = number.isdecimal() and len(number) < 18
        slot = Slot.objects.select_related("area").filter(pk=number).first() if is_number else None
        if slot is None:
            self.add_error("when", _("Choose one of the times offered."))
        return When(slot=slot)

    def wish(self) -> Wish:
        """The wish as far as it is typed; only a valid form's may be placed."""
        data = self.cleaned_data
        counts = (
            (product, data.get(f"quantity_{product.code}") or 0, data.get(f"empties_{product.code}") or 0)
            for product, _quote in self.offers
        )
        return Wish(
            site=data.get("site") or self.site,
            items=tuple(Item(*count) for count in counts if count[1] or count[2]),
            when=data.get("when") or NOW,
            is_gas_out=data["is_gas_out"] if isinstance(data.get("is_gas_out"), bool) else None,
            note=data.get("note", ""),
        )

    def usual_wish(self) -> Wish:
        """What the untouched form would ask for."""
        filled = ((product, *self.counts.get(product.pk, (0, 0))) for product, _quote in self.offers)
        return Wish(self.site, tuple(Item(*count) for count in filled if count[1]))


class CancelForm(forms.Form):
    """Why an order is not wanted any more; nobody has to say."""

    operation_id = OperationIdField(initial=uuid.uuid4)
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)

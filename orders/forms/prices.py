"""What a manager types about prices: every product in one form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from luckygas.clock import business_day
from luckygas.forms import DayInput, OperationIdField
from orders.billing.price_list import Row
from orders.models import Price, PriceChange

MOST_TWD = 100_000
UNUSUAL = 0.3  # a change by more than this share is asked about once more

Audience = PriceChange.Audience


class PriceField(forms.IntegerField):
    """An amount that remembers with what it was shown, so that only what was typed over is a change."""

    def __init__(self, *, label: str, twd: int | None, placeholder: str) -> None:
        attrs = {"class": "input", "inputmode": "numeric", "autocomplete": "off", "placeholder": placeholder}
        super().__init__(
            label=label, initial=twd, required=False, min_value=0, max_value=MOST_TWD, show_hidden_initial=True,
            widget=forms.TextInput(attrs=attrs),
        )  # fmt: skip


class EnterPricesForm(forms.Form):
    """New prices from a day on, with the reason and who is told when."""

    operation_id = OperationIdField()
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=DayInput(),
        error_messages={"required": _("Choose the day.")},
    )
    reason = forms.CharField(
        label=_("Why"), max_length=200, error_messages={"required": _("Write why the prices change.")}
    )
    announce_to = forms.ChoiceField(label=_("Who is told"), required=False, widget=forms.RadioSelect)
    announce_on = forms.DateField(label=_("On which day"), required=False, widget=DayInput())

    def __init__(self, *args: Any, rows: list[Row], customer: Customer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.customer = rows, customer
        told = [Audience.CUSTOMER] if customer else [Audience.MONTHLY, Audience.ALL]
        choices = [(each.value, each.label) for each in (Audience.NOBODY, *told)]
        self.fields["announce_to"].choices = choices  # type: ignore[attr-defined]
        for row in rows:
            for kind, cell in row.listed:
                self.fields[_name(row, kind)] = PriceField(
                    label=f"{row.product} {Price.Kind(kind).label}",
                    twd=cell.twd,
                    placeholder=f"{cell.list_twd:,}" if customer and cell.list_twd is not None else "",
                )
        self.unusual: list[tuple[str, int, int]] = []
        if self.is_bound and "is_sure" in self.data:
            self.fields["is_sure"] = forms.BooleanField(label=_("Yes, these amounts are right"), required=False)

    def cells(self) -> list[tuple[Row, list[forms.BoundField]]]:
        """The table: each product with its fields."""
        return [(row, [self[_name(row, kind)] for kind in row.cells]) for row in self.rows]

    def amounts(self) -> dict[tuple[int, str], int | None]:
        """What was typed over, by product and kind."""
        return {
            (row.product.pk, kind): self.cleaned_data[name]
            for row in self.rows
            for kind in row.cells
            if (name := _name(row, kind)) in self.changed_data
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in self.rows:
            for kind, cell in row.listed:
                self._check(row, kind, was=cell.twd if cell.twd is not None else cell.list_twd)
        if self.unusual and not data.get("is_sure"):
            self.fields.setdefault(
                "is_sure", forms.BooleanField(label=_("Yes, these amounts are right"), required=False)
            )
            self.add_error("is_sure", _("Some amounts are far from what they were. Look once more."))
        return data

    def _check(self, row: Row, kind: str, *, was: int | None) -> None:
        name = _name(row, kind)
        if name not in self.changed_data or name in self.errors:
            return
        twd = self.cleaned_data.get(name)
        if twd is None and self.customer is None:
            self.add_error(name, _("A list price is an amount."))
        elif twd is not None and was and abs(twd - was) > was * UNUSUAL:
            self.unusual.append((str(self.fields[name].label), was, twd))

    @staticmethod
    def first_of_next_month() -> dt.date:
        """When the national supplier's prices change."""
        return (business_day().replace(day=1) + dt.timedelta(days=32)).replace(day=1)


class WithdrawPricesForm(forms.Form):
    """Why a change does not come after all."""

    why = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Write why it is withdrawn.")})


class RepriceForm(forms.Form):
    """Which open orders cost what their day costs, and why."""

    operation_id = OperationIdField()
    order = forms.MultipleChoiceField(
        label=_("Orders"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one order.")},
    )
    reason = forms.CharField(
        label=_("Why"), max_length=200, error_messages={"required": _("Write who moved it, or who agreed.")}
    )

    def __init__(self, *args: Any, numbers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]


def _name(row: Row, kind: str) -> str:
    return f"{kind}_{row.product.code}"

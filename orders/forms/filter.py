"""Which orders to list: every field may be empty, and what is chosen stands in the address."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from luckygas.forms import DayInput, OperationIdField
from orders.models import Order
from orders.querysets import OrderQuerySet
from orders.search.narrowing import OFFERED, choices

ANY = [("", _("all"))]
USUAL_DAYS = 90
SEEN_AT_ONCE = ("text", "state", "since", "until", "area")  # the other filters are folded away
OF_ANY_AGE = {"text", "day", "since", "until"}  # who looks for one of these means also what is old


class OrderFilterForm(forms.Form):
    """What the list is narrowed to; each field alone or with any other."""

    text = forms.CharField(
        label=_("Number, customer, phone or address"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "aria-keyshortcuts": "F2 /"}),
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[*ANY, ("open", _("all open")), *Order.State.choices]
    )
    since = forms.DateField(label=_("Received since"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Received until"), required=False, widget=DayInput())
    area = forms.ChoiceField(label=_("Area"), required=False)
    day = forms.DateField(label=_("Promised for"), required=False, widget=DayInput())
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[*ANY, *Order.Channel.choices])
    product = forms.ChoiceField(label=_("Product"), required=False)
    kind = forms.ChoiceField(label=_("Kind of customer"), required=False, choices=[*ANY, *Customer.Kind.choices])
    at_least = forms.IntegerField(label=_("NT$ at least"), required=False, min_value=0, max_value=10_000_000)
    at_most = forms.IntegerField(label=_("NT$ at most"), required=False, min_value=0, max_value=10_000_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offer in OFFERED.items():
            self.fields[name] = forms.ChoiceField(label=str(offer.label), required=False)
        for name, offered in choices().items():
            self.fields[name].choices = [*ANY, *offered]  # type: ignore[attr-defined]

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What was chosen; a value that makes no sense was not, and its field says so."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @property
    def query(self) -> str:
        """The filters as they stand in an address: what a saved search keeps."""
        return urlencode(self.asked)

    @property
    def seen_at_once(self) -> list[forms.BoundField]:
        return [self[name] for name in SEEN_AT_ONCE]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in SEEN_AT_ONCE]

    @property
    def is_unfolded(self) -> bool:
        return any(field.name in self.asked or field.errors for field in self.folded)

    @property
    def is_recent_only(self) -> bool:
        """Nothing names a time or somebody: the orders of the last 90 days."""
        return not OF_ANY_AGE & set(self.asked) and self.asked.get("state") != "open"

    @property
    def since_day(self) -> dt.date | None:
        """The first day that is looked at."""
        if self.is_recent_only:
            return timezone.localdate() - dt.timedelta(days=USUAL_DAYS)
        return self.asked.get("since")

    def chosen(self, orders: OrderQuerySet) -> OrderQuerySet:
        """Those of `orders` that were asked for."""
        asked = self.asked
        orders = orders.received(self.since_day, asked.get("until"))
        if "text" in asked:
            orders = orders.search(asked["text"])
        if asked.get("state") == "open":
            orders = orders.open()
        plain = {"state": "state", "day": "promised_on", "channel": "channel", "kind": "customer__kind"}
        plain |= {"area": "site__area__code"}
        orders = orders.filter(
            **{field: asked[name] for name, field in plain.items() if asked.get(name, "open") != "open"}
        )
        if "product" in asked:
            orders = orders.with_product(asked["product"])
        for name, offered in OFFERED.items():
            if name in asked:
                orders = offered.narrow(orders, asked[name], self.since_day)
        return self._of_amount(orders)

    def _of_amount(self, orders: OrderQuerySet) -> OrderQuerySet:
        """Last: an order's lines are only added up when nothing else ruled it out."""
        if "at_least" in self.asked:
            orders = orders.with_due().filter(due_now_twd__gte=self.asked["at_least"])
        if "at_most" in self.asked:
            orders = orders.with_due().filter(due_now_twd__lte=self.asked["at_most"])
        return orders


class KeepSearchForm(forms.Form):
    """The name under which the filters in the address are kept."""

    operation_id = OperationIdField()
    name = forms.CharField(
        label=_("Keep this search as"), max_length=40, error_messages={"required": _("Give the search a name.")}
    )

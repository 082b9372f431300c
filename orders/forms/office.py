"""What the office types about an order: which ones to see, and why it moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Payment
from luckygas.forms import DayInput, OperationIdField
from orders.models import Order, Slot
from orders.wishes import When


class ConfirmForm(forms.Form):
    """A manager may say why a held order goes out after all."""

    reason = forms.CharField(label=_("Why it may go out"), required=False, max_length=200)


class HoldForm(forms.Form):
    """Why a manager must look first."""

    reason = forms.CharField(
        label=_("Why it waits"), max_length=200, error_messages={"required": _("Write why it waits.")}
    )


class RescheduleForm(forms.Form):
    """Another day or window that the customer agreed to."""

    operation_id = OperationIdField()
    when = forms.CharField(label=_("When"), required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    reason = forms.CharField(label=_("What they said"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when"] = chosen_time(self, data.get("when") or "", data.get("day"))
        return data


class DeliverForm(forms.Form):
    """They came to the counter for it: the money, and the leak check where one is due."""

    operation_id = OperationIdField()
    method = forms.ChoiceField(label=_("Paid with"), choices=Payment.Method, required=False)
    received_twd = forms.IntegerField(
        label=_("Amount received, NT$"), required=False, min_value=0, max_value=10_000_000
    )
    leak_check = forms.ChoiceField(
        label=_("Leak check"), choices=[("", "—"), *Order.LeakCheck.choices[1:]], required=False
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        if not order.needs_leak_check:
            del self.fields["leak_check"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.order.pays_by == Order.PaysBy.CASH and "received_twd" not in self.errors and not data["received_twd"]:
            self.add_error("received_twd", _("Enter the amount received, in whole NT$."))
        return data


def chosen_time(form: forms.Form, typed: str, day: dt.date | None) -> When:
    """`now`, `slot-17`, or `day` with a date beside it, as a wish says it; what is wrong stands at its field."""
    if typed == "now":
        return When()
    if typed == "day":
        if day is None and "day" not in form.errors:
            form.add_error("day", _("Choose the day."))
        return When(day=day)
    number = typed.removeprefix("slot-")
    slot = Slot.objects.select_related("area").filter(pk=number).first() if number.isdecimal() else None
    if slot is None:
        form.add_error("when", _("Choose one of the times offered."))
    return When(slot=slot)

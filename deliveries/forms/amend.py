"""Shape of what comes after a visit: a report that is put right, money by itself, requests that were seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Payment
from deliveries.forms.drive import FailForm, ReportForm
from deliveries.forms.payment import ACCOUNT, EXACT, LEFT, OTHER, TRANSFER
from deliveries.forms.visit import COUNTS, CollectForm, HandoverForm
from deliveries.models import Route, Stop
from deliveries.reporting.amending import last_said
from deliveries.reporting.settling import paid_for


class AmendForm(ReportForm):
    """A report once more, as it was in truth, with the reason; filled in with what was reported."""

    why = forms.CharField(
        label=_("Why is it put right?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write why.")},
    )
    amends = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stop: Stop, **kwargs: Any) -> None:
        super().__init__(*args, **(self.about(stop) | kwargs))
        if said := last_said(stop):
            self.initial.update({"amends": said.pk} | self.said(said.body, stop))

    def about(self, stop: Stop) -> dict[str, Any]:
        """What the form of the first report is told."""
        return {"stop": stop}

    def check_proof(self, cleaned: dict[str, Any]) -> None:
        """What shows the visit was asked for when it was reported."""

    def said(self, body: dict[str, Any], stop: Stop) -> dict[str, Any]:
        """What was reported, by the names of the fields."""
        return {}

    def body(self) -> dict[str, Any]:
        amends = self.cleaned_data["amends"]
        return super().body() | {"why": self.cleaned_data["why"], "amends": str(amends) if amends else ""}


class AmendHandoverForm(AmendForm, HandoverForm):
    """The exchange, the payment and the signature anew; the leak check stays what it was."""

    def __init__(self, *args: Any, stop: Stop, **kwargs: Any) -> None:
        super().__init__(*args, stop=stop, **kwargs)
        self.fields.pop("leak_check", None)

    def said(self, body: dict[str, Any], stop: Stop) -> dict[str, Any]:
        known: dict[str, Any] = {"agreed": body.get("substitutes_agreed"), "unsigned": True}
        tags = []
        for item in body.get("items") or ():
            code = item.get("product")
            known |= {f"items.{code}.{what}": item.get(what, 0) for what in COUNTS}
            known |= {f"items.{code}.{what}": item.get(what, "") for what in ("rest", "part_kg")}
            tags += [f"{code}:{text}" for text in item.get("tagged") or ()]
        return known | {"tagged": ",".join(tags)} | self._paid(body)

    def _paid(self, body: dict[str, Any]) -> dict[str, Any]:
        paid = body.get("payment") or {}
        received = paid.get("received_twd") or 0
        if paid.get("method") == Payment.Method.TRANSFER:
            return {"choice": TRANSFER, "received_twd": received}
        if not received:
            return {"choice": LEFT if body.get("left_owed") else ACCOUNT}
        return {"choice": EXACT} if received == self.order.due_twd else {"choice": OTHER, "received_twd": received}


class AmendCollectForm(AmendForm, CollectForm):
    """The money or the empties of a visit without a delivery, anew."""

    def said(self, body: dict[str, Any], stop: Stop) -> dict[str, Any]:
        known: dict[str, Any] = {"unsigned": True}
        for item in body.get("items") or ():
            known |= {f"items.{item.get('product')}.{what}": item.get(what) for what in ("empties", "parts", "part_kg")}
        paid = body.get("payment") or {}
        received = paid.get("received_twd") or 0
        choice = TRANSFER if paid.get("method") == Payment.Method.TRANSFER else OTHER
        return known | ({"choice": choice, "received_twd": received} if received else {})


class AmendFailForm(AmendForm, FailForm):
    """Another reason, or another next step."""

    def about(self, stop: Stop) -> dict[str, Any]:
        return {}

    def said(self, body: dict[str, Any], stop: Stop) -> dict[str, Any]:
        return {"reason": stop.fail_reason, "next_step": stop.next_step, "note": stop.note}


def amend_form(stop: Stop, *data: Any) -> AmendForm:
    """The form that fits what was reported there."""
    if stop.state == Stop.State.FAILED:
        return AmendFailForm(*data, stop=stop)
    return (AmendHandoverForm if stop.kind == Stop.Kind.DELIVER else AmendCollectForm)(*data, stop=stop)


class PayForm(ReportForm):
    """Money by itself: the amount received, never the amount due."""

    choice = forms.ChoiceField(label=_("Payment"), widget=forms.RadioSelect)
    received_twd = forms.IntegerField(
        label=_("Received, NT$"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, stop: Stop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stop = stop
        exact = [(EXACT, _("cash, exact"))] if self.due_twd else []
        ways = [(OTHER, _("another amount in cash")), (TRANSFER, _("bank transfer"))]
        self.fields["choice"].choices = [*exact, *ways]  # type: ignore[attr-defined]

    @property
    def due_twd(self) -> int:
        """What of this stop is not paid yet."""
        if self.stop.kind == Stop.Kind.COLLECT_MONEY and not self.stop.is_finished:
            return self.stop.due_twd
        if self.stop.order is None:
            return 0
        return max(self.stop.order.due_twd - paid_for(self.stop.order), 0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") in {OTHER, TRANSFER} and not cleaned.get("received_twd"):
            self.add_error("received_twd", _("Enter the amount received, in whole NT$."))
        return cleaned

    def body(self) -> dict[str, Any]:
        choice = self.cleaned_data["choice"]
        received = self.due_twd if choice == EXACT else self.cleaned_data["received_twd"]
        method = Payment.Method.TRANSFER if choice == TRANSFER else Payment.Method.CASH
        return {
            "order": self.stop.order.number if self.stop.order else "",
            "payment": {"method": str(method), "received_twd": received},
        }


class SeenForm(ReportForm):
    """The numbers of the requests that were on the screen."""

    numbers = forms.RegexField(r"[0-9]{1,5}(,[0-9]{1,5}){0,199}", widget=forms.HiddenInput)

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.route = route

    def body(self) -> dict[str, Any]:
        return {
            "route": self.route.pk,
            "numbers": [int(number) for number in self.cleaned_data["numbers"].split(",")],
        }

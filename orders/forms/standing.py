"""What is typed about standing orders: which to see, what is agreed, and how long they rest."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Area, Customer, Site
from customers.models.site import WEEKDAYS
from luckygas.clock import business_day
from luckygas.forms import DayInput, OperationIdField
from orders.forms.order import CountField, DayField, read_day
from orders.models import Product, StandingOrder
from orders.standing.querysets import StandingQuerySet
from orders.standing.rhythm import Rhythm

ANY = [("", _("all"))]
MOST_DATES = 60
LONGEST_DAYS = 365
NEEDS: dict[str, tuple[str, Any]] = {  # the field without which a rhythm says nothing
    Rhythm.WEEKLY: ("weekdays", _("Choose at least one weekday.")),
    Rhythm.EVERY: ("every_days", _("Write every how many days.")),
    Rhythm.MONTHLY: ("month_day", _("Write which day of the month.")),
    Rhythm.CUSTOM: ("dates", _("Write at least one day.")),
}


def day_widget() -> forms.DateInput:
    """A browser's own calendar, which wants its value as 2026-11-29 in every language."""
    return DayInput()


class StandingFilterForm(forms.Form):
    """Which standing orders to list; what is chosen stands in the address."""

    text = forms.CharField(
        label=_("Name, number, phone or address"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "aria-keyshortcuts": "F2 /"}),
    )
    area = forms.ModelChoiceField(
        label=_("Area"), required=False, queryset=Area.objects.all(), to_field_name="code", empty_label=_("all")
    )
    rhythm = forms.ChoiceField(label=_("Rhythm"), required=False, choices=[*ANY, *Rhythm.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("standing orders", "in force")),
            ("active", pgettext_lazy("standing orders", "coming")),
            ("paused", pgettext_lazy("standing orders", "paused")),
            ("over", pgettext_lazy("standing orders", "stopped")),
        ],
    )
    customer = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def chosen(self, found: StandingQuerySet) -> StandingQuerySet:
        """Those that were asked for; a field with nonsense in it filters nothing and says so."""
        self.is_valid()
        asked, today = {name: value for name, value in self.cleaned_data.items() if value}, business_day()
        if "text" in asked:
            found = found.search(asked["text"])
        if "customer" in asked:
            found = found.filter(site__customer__number=asked["customer"])
        if "area" in asked:
            found = found.filter(site__area=asked["area"])
        if "rhythm" in asked:
            found = found.filter(rhythm=asked["rhythm"])
        match asked.get("state"):
            case "active":
                return found.not_paused(today).exclude(ends_on__lt=today)
            case "paused":
                return found.paused(today)
            case "over":
                return found.over(today)
        return found.active()


class DatesField(forms.CharField):
    """Some days, one a line or parted by commas: `115/12/24、115/12/31`; as they are typed, Western or ROC."""

    widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(day.isoformat() for day in sorted(value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dt.date]:
        typed = [piece for piece in re.split(r"[\s,;、，；]+", super().clean(value)) if piece]
        days = [read_day(piece) for piece in typed]
        if None in days:
            raise forms.ValidationError(
                _("%(text)s is no day. Type it like 115/11/29.") % {"text": typed[days.index(None)]}
            )
        if len(days) > MOST_DATES:
            raise forms.ValidationError(_("At most %(most)s days.") % {"most": MOST_DATES})
        return sorted({day for day in days if day})


class StandingForm(forms.Form):
    """What is agreed: for which address, how often, how many of what, from when until when."""

    operation_id = OperationIdField()
    site = forms.ModelChoiceField(
        label=_("Address"), queryset=Site.objects.none(), empty_label=None,
        error_messages={"required": _("Choose the address."), "invalid_choice": _("Choose one of their addresses.")},
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=40, required=False)
    rhythm = forms.ChoiceField(
        label=_("How often"), choices=Rhythm, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how often."), "invalid_choice": _("Choose how often.")},
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), choices=list(WEEKDAYS.items()), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": _("Weekdays are 1 to 7.")},
    )  # fmt: skip
    every_days = forms.IntegerField(
        label=_("Every so many days"), min_value=1, max_value=LONGEST_DAYS, required=False
    )  # fmt: skip
    month_day = forms.IntegerField(
        label=_("Day of the month"), min_value=1, max_value=31, required=False,
        help_text=_("A month without that day: its last day."),
    )  # fmt: skip
    dates = DatesField(label=_("Days"), required=False, help_text=_("One a line, or with commas."))
    items = forms.CharField(required=False, widget=forms.HiddenInput)  # where a mistake about all of them is said
    if_closed = forms.ChoiceField(
        label=_("If that day is impossible"), choices=StandingOrder.IfClosed, widget=forms.RadioSelect,
        initial=StandingOrder.IfClosed.NEXT, help_text=_("Closed, a holiday, a typhoon, or we do not drive there."),
        error_messages={"required": _("Choose what then."), "invalid_choice": _("Choose what then.")},
    )  # fmt: skip
    starts_on = DayField(label=_("From"), widget=day_widget())
    ends_on = DayField(label=_("Until"), required=False, widget=day_widget())
    note = forms.CharField(label=_("On the slip"), max_length=200, required=False)

    def __init__(self, *args: Any, customer: Customer, standing: StandingOrder | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.standing = customer, standing
        sites = customer.sites.filter(pk=standing.site_id) if standing else customer.sites.active()
        self.fields["site"].queryset = sites.order_by("pk")  # type: ignore[attr-defined]
        counts = {line["product"]: line["quantity"] for line in standing.items} if standing else {}
        offers = Product.objects.filter(is_active=True)
        self.products = [each for each in offers if customer.is_metered or not each.is_metered]
        for product in self.products:
            self.fields[f"quantity_{product.code}"] = CountField(label=str(product), initial=counts.get(product.code))

    @classmethod
    def initial_of(cls, standing: StandingOrder) -> dict[str, Any]:
        """What a standing order holds now."""
        names = ("site", "name", "rhythm", "weekdays", "every_days", "month_day", "dates", "if_closed")
        held = {name: getattr(standing, name) for name in (*names, "starts_on", "ends_on", "note")}
        return held | {"site": standing.site_id}

    def counts(self) -> list[tuple[Product, forms.BoundField]]:
        return [(product, self[f"quantity_{product.code}"]) for product in self.products]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        field, sentence = NEEDS.get(data.get("rhythm", ""), ("", _("Choose how often.")))
        if field and not data.get(field) and field not in self.errors:
            self.add_error(field, sentence)
        counts = {product.code: data.get(f"quantity_{product.code}") for product in self.products}
        data["weekdays"] = sorted(data.get("weekdays") or [])
        data["items"] = [{"product": code, "quantity": count} for code, count in counts.items() if count]
        if not data["items"] and not any(name.startswith("quantity_") for name in self.errors):
            self.add_error("items", _("Choose at least one cylinder."))
        return data

    def facts(self) -> dict[str, Any]:
        """What is agreed, with nothing left of the rhythms that were not chosen."""
        data = self.cleaned_data
        field = NEEDS.get(data["rhythm"], ("", ""))[0]
        nothing: dict[str, Any] = {"weekdays": [], "every_days": None, "month_day": None, "dates": []}
        names = ("name", "rhythm", "items", "if_closed", "starts_on", "ends_on", "note")
        facts = {name: data[name] for name in names} | nothing
        return facts | ({field: data[field]} if field else {})


class PauseForm(forms.Form):
    """Until when nothing comes, and why."""

    until = DayField(
        label=_("It comes again from"), required=False, widget=day_widget(),
        help_text=_("Empty: until somebody resumes it."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)


class EndForm(forms.Form):
    """Why it stops for good."""

    reason = forms.CharField(
        label=_("Why it stops"), max_length=200, error_messages={"required": _("Write why it stops.")}
    )


class PutAsideForm(forms.Form):
    """What was agreed instead."""

    reason = forms.CharField(
        label=_("What was agreed"), max_length=200, error_messages={"required": _("Write what was agreed.")}
    )


class MakeForm(forms.Form):
    """One order of it now. Whether gas is out is asked and never assumed."""

    operation_id = OperationIdField()
    is_gas_out = forms.TypedChoiceField(
        label=_("Is there still gas?"),
        choices=[("no", _("still gas")), ("yes", _("no gas"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Ask whether there is still gas.")},
    )
    day = DayField(
        label=_("Day"), required=False, widget=day_widget(),
        help_text=_("Empty: as soon as a truck can."),
    )  # fmt: skip
    note = forms.CharField(label=_("Also on the slip"), required=False, max_length=200)

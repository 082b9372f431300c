"""Which customers to list: every field may be empty, and what is chosen stands in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Customer
from customers.models.customer import Stage
from customers.querysets import CustomerQuerySet

ANY = [("", _("all"))]
BALANCES = [("owing", _("they owe")), ("in_credit", _("they have credit")), ("over_limit", _("over the limit"))]
SERVING = [("", _("served")), ("stopped", _("stopped")), ("all", _("both"))]
SORTS = ("number", "-number", "name", "-name", "balance", "-balance")


class CustomerFilterForm(forms.Form):
    """What the list is narrowed to, and how it is sorted."""

    text = forms.CharField(
        label=_("Name, number, phone or address"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "aria-keyshortcuts": "F2 /"}),
    )
    area = forms.ChoiceField(label=_("Area"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*ANY, *Customer.Kind.choices])
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[*ANY, *Stage.choices])
    balance = forms.ChoiceField(label=_("Balance"), required=False, choices=[*ANY, *BALANCES])
    serving = forms.ChoiceField(label=_("Serving"), required=False, choices=SERVING)
    no_limit = forms.BooleanField(label=_("without a limit"), required=False)
    metered = forms.BooleanField(label=_("billed by meter"), required=False)
    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.code: area for area in Area.objects.all()}
        self.fields["area"].choices = [*ANY, *((code, area.name) for code, area in self.areas.items())]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """What was chosen; a value that makes no sense was not."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chosen(self) -> CustomerQuerySet:
        """Those that were asked for, without an order."""
        asked = self.asked
        found = Customer.objects.search(asked["text"]) if "text" in asked else Customer.objects.all()
        if "area" in asked:
            found = found.in_area(self.areas[asked["area"]])
        for name in ("kind", "stage"):
            if name in asked:
                found = found.filter(**{name: asked[name]})
        if "balance" in asked:
            found = getattr(found, asked["balance"])()
        if "no_limit" in asked:
            found = found.filter(credit_limit_twd=None)
        if "metered" in asked:
            found = found.filter(is_metered=True)
        if asked.get("serving") == "stopped":
            return found.exclude(deactivated_at=None)
        return found if "serving" in asked or "text" in asked else found.active()

    def sorted(self) -> CustomerQuerySet:
        """The chosen ones in the order that was asked for; a search puts those first who are still served."""
        found, sort = self.chosen(), self.asked.get("sort")
        if not sort:
            return found if "text" in self.asked else found.order_by("number")
        if sort.endswith("balance"):
            found, sort = found.with_money(), sort.replace("balance", "balance_twd")
        return found.order_by(sort, "number")  # the number last: no two rows may change places between two pages

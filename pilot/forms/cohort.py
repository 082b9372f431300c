"""Planning a cohort, and who is in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Customer
from luckygas.clock import business_day
from luckygas.forms import DayInput, OperationIdField
from luckygas.models import MANAGER, OPS, User
from pilot.forms.flag import Words
from pilot.forms.why import WhyForm
from pilot.models.cohort import Step


class CohortForm(forms.Form):
    """A cohort as it is planned."""

    operation_id = OperationIdField()
    name = forms.CharField(label=_("Name"), max_length=40)
    step = forms.ChoiceField(label=_("Step of the ramp"), choices=Step.choices)
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.all(), required=False)
    planned = forms.IntegerField(label=_("How many customers at most"), min_value=1, max_value=20_000)
    starts_on = forms.DateField(label=_("First day"), widget=DayInput(), initial=business_day)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())
    weekly_orders = forms.IntegerField(
        label=_("Orders expected in a week"),
        min_value=1,
        max_value=100_000,
        help_text=_("Of all of them together. The gate counts orders, not only days."),
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, groups__name__in=[OPS, MANAGER]).distinct().order_by("name")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] <= data["starts_on"]:
            self.add_error("ends_on", _("It must end after it starts."))
        if data.get("step") == Step.AREA and not data.get("area") and "area" not in self.errors:
            self.add_error("area", _("Say which area."))
        return data


class MembersForm(forms.Form):
    """Customers by number, as many as one likes."""

    numbers = Words(
        label=_("Customers"),
        help_text=_("Customer numbers, for example 1001 1017."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write at least one number.")},
    )

    def clean_numbers(self) -> list[Customer]:
        words: list[str] = self.cleaned_data["numbers"]
        numbers = {int(word) for word in words if word.isdigit() and len(word) <= 18}
        found = list(Customer.objects.filter(number__in=numbers))
        known = {customer.number for customer in found}
        if unknown := [word for word in words if not word.isdigit() or len(word) > 18 or int(word) not in known]:
            raise forms.ValidationError(_("No customer has the number %(numbers)s.") % {"numbers": " ".join(unknown)})
        return found


class StartForm(WhyForm):
    """Why a cohort begins now."""

    force = forms.BooleanField(
        label=_("Go past the gate"), required=False, help_text=_("Written down with what they said.")
    )

    def __init__(self, *args: Any, may_force: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_force:
            del self.fields["force"]

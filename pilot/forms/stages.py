"""Which customers to look at, and moving one or many of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from customers.forms.filter import ANY
from customers.models import Area, Customer
from customers.models.customer import STAGE_MOVES, Stage
from customers.querysets import CustomerQuerySet
from luckygas.forms import OperationIdField
from pilot.forms.why import WhyForm
from pilot.models import Cohort, CohortMember

NOBODYS = "none"


class StageFilterForm(forms.Form):
    """Whom the list is narrowed to; every field may be empty, and what is chosen stands in the address."""

    text = forms.CharField(
        label=_("Name, number, phone or address"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "aria-keyshortcuts": "F2 /"}),
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[*ANY, *Stage.choices])
    cohort = forms.ChoiceField(label=_("Cohort"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*ANY, *Customer.Kind.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.code: area for area in Area.objects.all()}
        self.cohorts = {str(cohort.pk): cohort for cohort in Cohort.objects.open()}
        self._offer("area", [(code, area.name) for code, area in self.areas.items()])
        self._offer("cohort", [(NOBODYS, _("in none")), *((pk, each.name) for pk, each in self.cohorts.items())])

    def _offer(self, field: str, choices: list[Any]) -> None:
        self.fields[field].choices = [*ANY, *choices]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """What was chosen; a value that makes no sense was not."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def of_cohort(self) -> Cohort | None:
        return self.cohorts.get(self.asked.get("cohort", ""))

    def chosen(self) -> CustomerQuerySet:
        """Those that were asked for and are served, without an order."""
        asked = self.asked
        found = Customer.objects.search(asked["text"]) if "text" in asked else Customer.objects.all()
        found = found.active()
        for name in ("stage", "kind"):
            if name in asked:
                found = found.filter(**{name: asked[name]})
        if "area" in asked:
            found = found.in_area(self.areas[asked["area"]])
        inside = CohortMember.objects.inside()
        if asked.get("cohort") == NOBODYS:
            return found.exclude(pk__in=inside.values("customer"))
        return found.filter(pk__in=inside.filter(cohort=self.of_cohort).values("customer")) if self.of_cohort else found


class MoveForm(WhyForm):
    """Where to, and why."""

    to = forms.ChoiceField(label=_("New stage"), widget=forms.RadioSelect)
    force = forms.BooleanField(
        label=_("Go past the guards"), required=False, help_text=_("Written down with what they said.")
    )
    field_order = ["to", "reason", "force"]

    def __init__(self, *args: Any, ends: list[tuple[str, str]], may_force: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = ends  # type: ignore[attr-defined]
        if not may_force:
            del self.fields["force"]

    @classmethod
    def for_one(cls, typed: Any, customer: Customer, *, may_force: bool) -> MoveForm:
        """Where this customer can go by the table of moves."""
        ends = [(end, str(Stage(end).label)) for end in STAGE_MOVES.get(customer.stage, ())]
        return cls(typed, ends=ends, may_force=may_force)

    @property
    def values(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "force": self.cleaned_data.get("force", False)}


class MoveManyForm(MoveForm):
    """Where all of them go, and why; once per operation."""

    operation_id = OperationIdField()

    @classmethod
    def for_many(cls, typed: Any, customers: CustomerQuerySet, *, may_force: bool) -> MoveManyForm:
        """Where some of these can go, and how many of them."""
        found = dict(customers.order_by().values_list("stage").annotate(Count("pk")))
        able = {end: sum(count for stage, count in found.items() if end in STAGE_MOVES[stage]) for end in Stage.values}
        ends = [(end, f"{Stage(end).label} · {count:,}") for end, count in able.items() if count]
        return cls(typed, ends=ends, may_force=may_force)

"""Shape of what the office types at the end of a day: counts, decisions, weights."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from deliveries.loading import Goods
from deliveries.models import Driver, LeftOver, Route, Stop, Variance
from deliveries.models.counting import MOST_CYLINDERS, MOST_TWD
from deliveries.models.weighing import came_back
from luckygas.forms import DayInput, OperationIdField
from luckygas.models import STAFF, User
from orders.forms.office import chosen_time
from orders.models import CylinderMovement, Product

State = CylinderMovement.State
COUNTED = (State.FULL, State.EMPTY, State.PART)
WAYS = [
    (LeftOver.Outcome.MOVED, _("they agreed to another day")),
    (LeftOver.Outcome.CANCELLED, _("cancel it")),
    (LeftOver.Outcome.KEPT, _("keep it, no day yet")),
]


class Cell(NamedTuple):
    """One product in one state: what is due, and the field for what was counted."""

    due: int
    field: forms.BoundField


class CountRow(NamedTuple):
    product: Product
    cells: list[Cell]


class CountRouteForm(forms.Form):
    """Cash and cylinders as they lie on the table: nothing is filled in, and what is due must be counted."""

    operation_id = OperationIdField()
    counted_twd = forms.IntegerField(
        label=_("Cash counted, NT$"), min_value=0, max_value=MOST_TWD,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, due: Goods, products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due = due
        states = (*COUNTED, *sorted({state for _product, state in due} - set(COUNTED)))
        self.states = [(state, State(state).label) for state in states]
        wanted = {product for product, _state in due}
        self.products = [product for product in products if product in wanted]
        self.products_beside = [product for product in products if product not in wanted and not product.is_metered]
        for product in (*self.products, *self.products_beside):
            for state, word in self.states:
                self.fields[f"{state}.{product.code}"] = forms.IntegerField(
                    label=f"{product} {word}",
                    min_value=0,
                    max_value=MOST_CYLINDERS,
                    required=bool(due[product, state]),
                    error_messages={"required": _("Count them, or write 0.")},
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input"}),
                )

    @property
    def rows(self) -> list[CountRow]:
        return [self._row(product) for product in self.products]

    @property
    def rows_beside(self) -> list[CountRow]:
        return [self._row(product) for product in self.products_beside]

    def _row(self, product: Product) -> CountRow:
        return CountRow(
            product, [Cell(self.due[product, state], self[f"{state}.{product.code}"]) for state, _word in self.states]
        )

    def counted(self) -> Goods:
        found: Goods = Counter()
        for product in (*self.products, *self.products_beside):
            for state, _word in self.states:
                found[product, state] = self.cleaned_data.get(f"{state}.{product.code}") or 0
        return found


class PassOnForm(CountRouteForm):
    """The same count on the road, who takes the route over, and why."""

    driver = forms.ModelChoiceField(Driver.objects.none(), label=_("Who takes it over"), empty_label=_("choose"))
    reason = forms.CharField(label=_("Reason"), max_length=200, error_messages={"required": _("Write the reason.")})

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        busy = Route.objects.open().filter(day=route.day).values("driver")
        others = Driver.objects.filter(is_active=True).exclude(pk__in=busy).exclude(pk=route.driver_id)
        self.fields["driver"].queryset = others.select_related("user").order_by("pk")  # type: ignore[attr-defined]


class SettleOrderForm(forms.Form):
    """What becomes of an order that was not delivered, and why; a day only when the customer agreed to it."""

    operation_id = OperationIdField()
    outcome = forms.ChoiceField(
        label=_("What becomes of it"), choices=WAYS, widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of it.")},
    )  # fmt: skip
    when = forms.CharField(required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    knows_run_out = forms.BooleanField(label=_("They know that their gas may be used up before"), required=False)
    reason = forms.CharField(
        label=_("Reason, or what they said"), max_length=200, error_messages={"required": _("Write the reason.")}
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        moved = data.get("outcome") == LeftOver.Outcome.MOVED
        data["when"] = chosen_time(self, data.get("when") or "", data.get("day")) if moved else None
        data.pop("day", None)
        return data


class OwnVarianceForm(forms.Form):
    """Who answers for it, and what it comes from."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who answers for it"), empty_label=_("choose"))
    reason = forms.CharField(
        label=_("What it comes from"), max_length=200, error_messages={"required": _("Write what it comes from.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True, groups__name__in=STAFF).distinct().order_by("name", "pk")
        self.fields["owner"].queryset = staff  # type: ignore[attr-defined]


class SettleVarianceForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(label=_("How it ended"), choices=Variance.Outcome, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=160, error_messages={"required": _("Write how it was settled.")})


class ReasonForm(forms.Form):
    """Why something that was finished is taken up again."""

    operation_id = OperationIdField(required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, error_messages={"required": _("Write the reason.")})


def _kg(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=200, max_digits=6, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip


class WeighForm(forms.Form):
    """One cylinder on the scales; only what came back from this stop can be weighed."""

    operation_id = OperationIdField()
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Cylinder"), empty_label=None)
    gross_kg = _kg(_("On the scales, kg"))
    tare_kg = _kg(_("Empty, as stamped, kg"))

    def __init__(self, *args: Any, stop: Stop, products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        back = [product for product in products if sum(came_back(stop, product).values())]
        field = self.fields["product"]
        field.queryset = Product.objects.filter(pk__in=[product.pk for product in back])  # type: ignore[attr-defined]
        if len(back) == 1:
            self.fields["product"].initial, self.fields["tare_kg"].initial = back[0].pk, back[0].tare_kg

    def clean_gross_kg(self) -> Any:
        if not self.cleaned_data["gross_kg"]:
            raise ValidationError(_("Enter what the scales show."))
        return self.cleaned_data["gross_kg"]

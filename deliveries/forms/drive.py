"""Shape of what a driver taps: leaving, a failed visit, a photo, the end of the day. Each knows its report's body."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.forms.tags import TagForm
from deliveries.models import Route, Stop
from deliveries.reporting.photos import check_photo
from deliveries.reporting.reports import MOST_OF_A_KIND
from luckygas.errors import Refused
from luckygas.forms import OperationIdField
from orders.models import Product


def count_field(label: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_OF_A_KIND, required=False)


class ReportForm(forms.Form):
    """One tap: nothing but the report's own id."""

    operation_id = OperationIdField()

    def body(self) -> dict[str, Any]:
        return {}


class PhotoReport(ReportForm):
    """A report with a photo, when one was taken."""

    photo = forms.FileField(required=False)

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        if photo:
            try:
                check_photo(photo)
            except Refused as refused:
                raise forms.ValidationError(str(refused.sentence)) from refused
        return photo


class DepartForm(TagForm, ReportForm):
    """How many full cylinders of each product are on the vehicle, all of them in date; not over what it may carry."""

    in_date = forms.BooleanField(
        label=_("I read the tags: all in date"),
        error_messages={"required": _("Read the tags first. What is overdue stays here.")},
    )

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.route, needed = route, route.load
        products = Product.objects.filter(is_active=True)
        self.products = sorted({*products, *needed}, key=lambda product: (product not in needed, product.sort))
        for product in self.products:
            field = self.fields[f"loaded.{product.code}"] = count_field(str(product))
            field.initial, field.product, field.needed = needed[product], product, needed[product]  # type: ignore[attr-defined]
        self.offer(self.products)

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[f"loaded.{product.code}"] for product in self.products if not product.is_metered]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kg = sum((cleaned.get(f"loaded.{product.code}") or 0) * product.gross_kg for product in self.products)
        if kg > self.route.vehicle.limit_kg:
            self.add_error(
                None,
                _("%(kg)s kg is over what %(plate)s may carry. Take something off.")
                % {"kg": f"{kg:g}", "plate": self.route.vehicle},
            )
        return cleaned

    def body(self) -> dict[str, Any]:
        rows = [
            {"product": product.code, "delivered": self.cleaned_data.get(f"loaded.{product.code}") or 0}
            | self.tags_of(product)
            for product in self.products
        ]
        loaded = [row for row in rows if row["delivered"] or "aside" in row]
        return {"route": self.route.pk, "in_date": True, "loaded": loaded}


class FailForm(PhotoReport):
    """Why nothing was handed over, and what happens next; neither is chosen beforehand."""

    reason = forms.ChoiceField(label=_("Why?"), choices=Stop.Reason, widget=forms.RadioSelect)
    next_step = forms.ChoiceField(label=_("And now?"), choices=Stop.NextStep, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def body(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("reason", "next_step", "note")}


class CloseForm(ReportForm):
    """The end of a route's day; not while stops are open."""

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.route = route

    def clean(self) -> dict[str, Any]:
        if left := self.route.stops.todo().count():
            raise forms.ValidationError(
                _("%(left)s stops are still open. Finish them or say why not.") % {"left": left}
            )
        return super().clean() or {}

    def body(self) -> dict[str, Any]:
        return {"route": self.route.pk}


class PhotoForm(forms.Form):
    """A photo of one stop; or a part of one, with the size of the whole and where the part begins."""

    operation_id = OperationIdField()
    stop = forms.IntegerField(min_value=1)
    size = forms.IntegerField(min_value=1, required=False)
    offset = forms.IntegerField(min_value=0, required=False)
    photo = forms.FileField(allow_empty_file=True)

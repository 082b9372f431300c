"""Shape of what a driver reports beside the visits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.forms.drive import ReportForm
from deliveries.forms.tags import TagForm
from deliveries.models import Route, VehicleCheck
from deliveries.models.shift import MOST_KM, MOST_OF_A_NOTE, NOTES
from orders.models import Product


class RouteReport(ReportForm):
    """One tap about the route."""

    def __init__(self, *args: Any, route: Route | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.route = route

    def body(self) -> dict[str, Any]:
        return {"route": self.route.pk if self.route else None}


class SosForm(RouteReport):
    """A call for help, with the place when the phone gave it."""

    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)

    def body(self) -> dict[str, Any]:
        place = {name: self.cleaned_data[name] for name in ("latitude", "longitude")}
        return super().body() | {name: degrees for name, degrees in place.items() if degrees is not None}


class AsideForm(TagForm, RouteReport):
    """Cylinders on the vehicle that are put aside; at least one."""

    def __init__(self, *args: Any, products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = products
        self.offer(products)

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["tag_aside"] = True  # what is typed here is put aside
        cleaned = super().clean()
        if not cleaned.get("aside"):
            self.add_error("tag_text", _("Type the serial, or the month on the tag."))
        return cleaned

    def body(self) -> dict[str, Any]:
        rows = [{"product": product.code, "delivered": 0} | self.tags_of(product) for product in self.products]
        return super().body() | {"items": [row for row in rows if "aside" in row]}


class CheckForm(RouteReport):
    """The five things in order or not, none of them chosen beforehand, and the odometer; back again only that."""

    def __init__(self, *args: Any, when: str, least_km: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.when = when
        self.fields["odometer_km"] = forms.IntegerField(
            label=_("Odometer, km"), min_value=least_km, max_value=MOST_KM,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )  # fmt: skip
        if when == VehicleCheck.When.START:
            for part in VehicleCheck.Part:
                self.fields[f"part.{part}"] = forms.ChoiceField(
                    label=part.label, widget=forms.RadioSelect, choices=[("ok", _("in order")), ("fault", _("fault"))]
                )
            self.fields["note"] = forms.CharField(
                label=_("What is wrong"), max_length=200, required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip

    @property
    def parts(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("part.")]

    def body(self) -> dict[str, Any]:
        said = self.cleaned_data
        faults = [part.value for part in VehicleCheck.Part if said.get(f"part.{part}") == "fault"]
        checked = {"when": self.when, "odometer_km": said["odometer_km"], "faults": faults}
        return super().body() | checked | {"note": said.get("note", "")}


class CashForm(RouteReport):
    """So many of each note and coin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for note in NOTES:
            self.fields[f"note.{note}"] = forms.IntegerField(
                label=f"NT${note:,}", min_value=0, max_value=MOST_OF_A_NOTE, required=False
            )

    @property
    def rows(self) -> list[tuple[int, forms.BoundField]]:
        return [(note, self[f"note.{note}"]) for note in NOTES]

    def body(self) -> dict[str, Any]:
        counts = {str(note): self.cleaned_data.get(f"note.{note}") or 0 for note in NOTES}
        return super().body() | {"counts": {note: count for note, count in counts.items() if count}}

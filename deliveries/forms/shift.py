"""Shape of what a driver reports beside the visits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.forms.drive import ReportForm
from deliveries.forms.tags import TagForm
from deliveries.models import Route
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

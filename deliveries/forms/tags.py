"""What is read on single cylinders while loading or at a door: serials, and the dates on their tags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models import Cylinder, Product
from orders.tagged import LONGEST, Tagged

MOST_TEXT = 4000


def _kept() -> forms.CharField:
    """Written by `<check-tag>`: `20:LG-1,20:2026-10`. Hidden, and text, so that undo brings it back."""
    widget = forms.TextInput(attrs={"hidden": True, "autocomplete": "off", "aria-hidden": "true", "tabindex": -1})
    return forms.CharField(required=False, max_length=MOST_TEXT, widget=widget)


class TagForm(forms.Form):
    """One cylinder can be typed without scripts; with them as many as were read. An overdue one is refused."""

    tagged, aside = _kept(), _kept()
    tag_product = forms.ChoiceField(label=_("Kind"), required=False)
    tag_text = forms.CharField(
        label=_("Serial, or month on the tag"), max_length=LONGEST, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "placeholder": "2027-03"}),
    )  # fmt: skip
    tag_aside = forms.BooleanField(label=_("It is overdue: put it aside, take another one"), required=False)

    def offer(self, products: Iterable[Product]) -> None:
        """The kinds that can be read here."""
        choices = [(product.code, str(product)) for product in products if not product.is_metered]
        self.fields["tag_product"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.get("tag_text", "").replace(",", " ").strip()
        if typed and cleaned.get("tag_product"):
            name = "aside" if cleaned.get("tag_aside") else "tagged"
            row = f"{cleaned['tag_product']}:{typed}"
            cleaned[name] = ",".join(filter(None, (cleaned.get(name), row)))
        if overdue := self._overdue(cleaned, on=timezone.localdate()):
            said = {"which": overdue}
            self.add_error("tag_text", _("%(which)s is overdue for inspection. Put it aside and take another.") % said)
        return cleaned

    def _overdue(self, cleaned: dict[str, Any], *, on: dt.date) -> Tagged | None:
        """The first that may neither be loaded nor handed over."""
        read = [tagged for _code, text in _rows(cleaned.get("tagged", "")) if (tagged := Tagged.read(text))]
        serials = [each.serial for each in read if each.serial]
        known = {each.serial: each for each in Cylinder.objects.filter(serial__in=serials)} if serials else {}
        for each in read:
            limit = known[each.serial].limit if each.serial in known else each.inspect_by
            if limit and limit < on:
                return each
        return None

    def tags_of(self, product: Product) -> dict[str, list[str]]:
        """What was read of this product, as its row of the report says it; nothing when nobody looked."""
        found = {
            name: [text for code, text in _rows(self.cleaned_data.get(name, "")) if code == product.code]
            for name in ("tagged", "aside")
        }
        return {name: texts for name, texts in found.items() if texts}


def _rows(text: str) -> list[tuple[str, str]]:
    rows = (row.partition(":") for row in text.split(","))
    return [(code, what.strip()) for code, _colon, what in rows if what.strip()]

"""A flag's audience as ops types it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Customer
from luckygas.phones import narrow
from pilot.forms.why import WhyForm
from pilot.models import Flag

SEPARATORS = re.compile(r"[\s,，、;；]+")


class Words(forms.CharField):
    """Several values in one field, in any notation people use for a list."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [word for word in SEPARATORS.split(narrow(super().to_python(value) or "")) if word]

    def prepare_value(self, value: Any) -> Any:
        return " ".join(str(each) for each in value) if isinstance(value, list) else value


class FlagForm(WhyForm):
    """Who has a flag: everybody, nobody, or some; since when and until when."""

    everyone = forms.ChoiceField(
        label=_("Who has it"),
        choices=[("off", _("nobody")), ("some", _("some customers")), ("on", _("everybody"))],
        widget=forms.RadioSelect,
    )
    percent = forms.DecimalField(
        label=_("Share of customers, in percent"), required=False, min_value=0, max_value=99, decimal_places=1
    )
    allow_areas = Words(label=_("Areas"), required=False, help_text=_("Codes, for example 瑞 成."))
    allow_customers = Words(
        label=_("Customers"), required=False, help_text=_("Customer numbers, for example 1001 1017.")
    )
    deny_customers = Words(label=_("Never these customers"), required=False, help_text=_("Wins over everything else."))
    starts_at = forms.DateTimeField(
        label=_("Starts"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    EVERYONE = {"off": False, "some": None, "on": True}

    @classmethod
    def filled(cls, flag: Flag | None, *, seen: int) -> FlagForm:
        """The form with what the flag says now; it was never stored: nobody."""
        if flag is None:
            return cls(initial={"everyone": "off", "seen": seen})
        names = ("percent", "allow_areas", "allow_customers", "deny_customers", "starts_at", "ends_at")
        word = next(word for word, value in cls.EVERYONE.items() if value is flag.everyone)
        return cls(initial={name: getattr(flag, name) for name in names} | {"everyone": word, "seen": seen})

    def clean_allow_customers(self) -> list[int]:
        return self._known_customers("allow_customers")

    def clean_deny_customers(self) -> list[int]:
        return self._known_customers("deny_customers")

    def _known_customers(self, field: str) -> list[int]:
        words: list[str] = self.cleaned_data[field]
        numbers = sorted({int(word) for word in words if word.isdigit() and len(word) <= 18})
        known = set(Customer.objects.filter(number__in=numbers).values_list("number", flat=True))
        unknown = [word for word in words if not word.isdigit() or len(word) > 18 or int(word) not in known]
        if unknown:
            raise forms.ValidationError(_("No customer has the number %(numbers)s.") % {"numbers": " ".join(unknown)})
        return numbers

    def clean_allow_areas(self) -> list[str]:
        words: list[str] = self.cleaned_data["allow_areas"]
        known = set(Area.objects.filter(code__in=words).values_list("code", flat=True))
        unknown = [word for word in words if word not in known]
        if unknown:
            raise forms.ValidationError(_("There is no area %(areas)s.") % {"areas": " ".join(unknown)})
        return sorted(set(words))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        some = ("percent", "allow_areas", "allow_customers")
        if data.get("everyone") == "some" and not self.errors and not any(data.get(name) for name in some):
            self.add_error("everyone", _("Say which customers: a share, areas or numbers."))
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("It must end after it starts."))
        return data

    def values(self) -> dict[str, Any]:
        """What `Flag.change` takes."""
        data = self.cleaned_data
        names = ("percent", "allow_areas", "allow_customers", "deny_customers", "starts_at", "ends_at")
        return {name: data[name] for name in names} | {"everyone": self.EVERYONE[data["everyone"]]}

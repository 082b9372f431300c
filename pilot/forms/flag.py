"""A flag's audience and terms as ops types them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Customer
from luckygas.flags import FLAGS, SWITCHES
from luckygas.forms import DayInput
from luckygas.models import MANAGER, OPS, ROLES, User
from luckygas.phones import narrow
from pilot.forms.why import WhyForm
from pilot.models import Flag
from pilot.models.flag import AUDIENCE

SEPARATORS = re.compile(r"[\s,，、;；]+")
PURPOSES = [each for each in Flag.Purpose.choices if each[0] != Flag.Purpose.KILL]
SOME = ("percent", "allow_areas", "allow_customers", "allow_roles")


class Words(forms.CharField):
    """Several values in one field, in any notation people use for a list."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [word for word in SEPARATORS.split(narrow(super().to_python(value) or "")) if word]

    def prepare_value(self, value: Any) -> Any:
        return " ".join(str(each) for each in value) if isinstance(value, list) else value


class Moment(forms.DateTimeField):
    """A day and an hour, typed in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, **kwargs)


class TermsForm(WhyForm):
    """Who answers for a flag and until when, and why that changes: said on every change."""

    owner = forms.ModelChoiceField(
        label=_("Who answers for it"),
        queryset=User.objects.filter(is_active=True, groups__name__in=[OPS, MANAGER]).distinct().order_by("username"),
        to_field_name="username",
        error_messages={"required": _("Say who answers for this flag.")},
    )
    due_on = forms.DateField(
        label=_("Decided for good by"),
        widget=DayInput(),
        help_text=_("It stays as it is afterwards, and an alarm asks for it."),
        error_messages={"required": _("Say until when it is decided for good.")},
    )

    @classmethod
    def filled(cls, flag: Flag | None, *, by: User, **more: Any) -> Any:
        """The form with what the flag says now; the one who looks answers for a flag that nobody did."""
        owner = flag.owner if flag and flag.owner else by
        return cls(initial={"owner": owner.username, "due_on": flag and flag.due_on} | more)


class FlagForm(TermsForm):
    """Who has a flag: everybody, nobody, or some; since when and until when."""

    everyone = forms.ChoiceField(
        label=_("Who has it"),
        choices=[("off", _("nobody")), ("some", _("some")), ("on", _("everybody"))],
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
    allow_roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=list(ROLES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for what is decided about a person and not about a customer."),
    )
    needs = forms.ChoiceField(label=_("Only where this flag is on too"), required=False)
    starts_at, ends_at = Moment(label=_("Starts")), Moment(label=_("Ends"))
    purpose = forms.ChoiceField(label=_("Purpose"), choices=PURPOSES)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    EVERYONE = {"off": False, "some": None, "on": True}

    def __init__(self, *args: Any, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(each, each) for each in FLAGS if each not in SWITCHES and each != name]
        self.fields["needs"].choices = [("", _("none")), *others]  # type: ignore[attr-defined]

    @classmethod
    def filled(cls, flag: Flag | None, *, by: User, name: str = "", **more: Any) -> FlagForm:
        """The form with what the flag says now; it was never stored: nobody."""
        terms = TermsForm.filled(flag, by=by, **more).initial | {"everyone": "off", "purpose": "release"}
        if flag is not None:
            word = next(word for word, value in cls.EVERYONE.items() if value is flag.everyone)
            terms |= {each: getattr(flag, each) for each in (*AUDIENCE, "purpose")} | {"everyone": word}
        return cls(initial=terms, name=name)

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
        if data.get("everyone") == "some" and not self.errors and not any(data.get(name) for name in SOME):
            self.add_error("everyone", _("Say which: a share, areas, numbers or roles."))
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("It must end after it starts."))
        return data

    def values(self) -> dict[str, Any]:
        """What `Flag.change` takes."""
        data = self.cleaned_data
        plain = {name: data[name] for name in (*AUDIENCE, "purpose", "owner", "due_on") if name != "everyone"}
        return plain | {"everyone": self.EVERYONE[data["everyone"]]}

"""A leak or a complaint: what they said, which steps they took, and how it ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Incident, IncidentEvent, LeakCheck, OnCall
from luckygas.forms import OperationIdField
from luckygas.models import STAFF, User


class IncidentForm(forms.Form):
    """What somebody on the phone says. Who they are may be unknown: then the words say where.

    A step of the script that was pressed opens a leak at once, before anybody typed a word.
    """

    operation_id = OperationIdField()
    kind = forms.ChoiceField(
        label=_("What is it"),
        choices=[choice for choice in Incident.Kind.choices if choice[0] != Incident.Kind.SOS],  # a driver's key
        initial="leak",
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Where, what they smell or see, who is there, their phone"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    step = forms.ChoiceField(choices=IncidentEvent.Step, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("step"):
            data["kind"] = Incident.Kind.LEAK
            data["text"] = data.get("text") or _("Somebody on the phone smells gas.")
        elif not data.get("text"):
            self.add_error("text", _("Write what they said."))
        data["kind"] = data.get("kind") or Incident.Kind.LEAK
        return data


class NoteForm(forms.Form):
    """What was said or seen meanwhile."""

    text = forms.CharField(
        label=_("What is going on there"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what they said.")},
    )


class CloseForm(forms.Form):
    """How it ended."""

    outcome = forms.CharField(
        label=_("How it ended"), max_length=400, error_messages={"required": _("Write how it ended.")}
    )


class OnCallForm(forms.Form):
    """A colleague for the list of who is paged."""

    person = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none(), empty_label=_("choose"))
    phone = forms.CharField(label=_("Phone"), max_length=60, widget=forms.TextInput(attrs={"inputmode": "tel"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(groups__name__in=STAFF, is_active=True).distinct()
        known = OnCall.objects.values("person")
        self.fields["person"].queryset = staff.exclude(pk__in=known).order_by("username")  # type: ignore[attr-defined]


class LeakCheckForm(forms.Form):
    """What a look for a leak found, and who says so."""

    operation_id = OperationIdField()
    outcome = forms.ChoiceField(
        label=_("Leak check"),
        choices=LeakCheck.Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what the check found.")},
    )
    who = forms.CharField(
        label=_("Who checked, or who signed the refusal"),
        max_length=60,
        error_messages={"required": _("Write who checked, or who signed the refusal.")},
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

"""A leak or a complaint: what they said, and how it ended."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Incident
from luckygas.forms import OperationIdField


class IncidentForm(forms.Form):
    """What somebody on the phone says. Who they are may be unknown: then the words say where."""

    operation_id = OperationIdField()
    kind = forms.ChoiceField(label=_("What is it"), choices=Incident.Kind, initial="leak", widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Where, what they smell or see, who is there, their phone"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what they said.")},
    )


class CloseForm(forms.Form):
    """How it ended."""

    outcome = forms.CharField(
        label=_("How it ended"), max_length=400, error_messages={"required": _("Write how it ended.")}
    )

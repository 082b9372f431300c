"""Shape of what is asked of a driver who has left."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.models import Request
from luckygas.forms import OperationIdField


class AskForm(forms.Form):
    """Not to deliver, or to deliver something else; in words the driver can read at a glance."""

    operation_id = OperationIdField()
    kind = forms.ChoiceField(
        label=_("What should the driver do?"),
        widget=forms.RadioSelect,
        choices=[(Request.Kind.CANCEL, _("not come")), (Request.Kind.CHANGE, _("something else"))],
    )
    text = forms.CharField(
        label=_("In a few words"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Request.Kind.CHANGE and not data.get("text", "").strip():
            self.add_error("text", _("Write what should be different."))
        return data

"""What the office types when it moves many orders at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luckygas.forms import DayInput, OperationIdField
from orders.models import BulkMove, Order
from orders.models.bulk_move import MOST_AT_ONCE

HOW_MANY = _("Mark at least one order, and at most 200.")


class BulkForm(forms.Form):
    """The marked orders, what happens to them, and why; a day where one is needed."""

    operation_id = OperationIdField()
    verb = forms.ChoiceField(choices=BulkMove.Verb.choices, widget=forms.HiddenInput)
    order = forms.ModelMultipleChoiceField(
        queryset=Order.objects.order_by("pk").for_list(),
        to_field_name="number",
        widget=forms.MultipleHiddenInput,
        error_messages={"required": HOW_MANY},
    )
    day = forms.DateField(label=_("New day"), widget=DayInput(), error_messages={"required": _("Choose the day.")})
    reason = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Write why.")})

    def __init__(self, *args: Any, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if verb != BulkMove.Verb.RESCHEDULE:
            del self.fields["day"]
        if verb == BulkMove.Verb.CONFIRM:
            self.fields["reason"].required = False

    def clean_order(self) -> Any:
        marked = self.cleaned_data["order"]
        if len(marked) > MOST_AT_ONCE:
            raise forms.ValidationError(HOW_MANY)
        return marked

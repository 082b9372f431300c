"""Shape of a decision on something that did not fit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.models import Review
from orders.models import Order
from orders.overdue import overdue_among

OUTCOMES = [
    (Order.State.DELIVERED, _("was delivered")),
    (Order.State.CONFIRMED, _("goes out again")),
    (Order.State.CANCELLED, _("is cancelled")),
]


class CloseReviewForm(forms.Form):
    """What was decided and why; for an order that is being checked also what becomes of it."""

    resolution = forms.CharField(
        label=_("What was decided, and why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    to = forms.ChoiceField(label=_("The order"), required=False, widget=forms.RadioSelect, choices=OUTCOMES)

    is_swapped = forms.BooleanField(
        label=_("What was overdue for inspection is swapped: a good one stands there"), required=False
    )

    def __init__(self, *args: Any, review: Review, has_overdue: bool | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_overdue is None:
            has_overdue = bool(review.order_id and overdue_among([review.order_id]))
        if not has_overdue:
            del self.fields["is_swapped"]
        if not review.order or review.order.state != Order.State.REVIEW:
            del self.fields["to"]  # only an order that is being checked goes somewhere

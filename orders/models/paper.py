"""Orders that were written on numbered paper while the desk was stopped."""

from __future__ import annotations

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from luckygas.db import AppendOnly
from luckygas.errors import Refused
from luckygas.models import User
from orders.models.order import Order


class PaperOrder(models.Model):
    """The sheet an order was written on before it was typed in: a number that is printed once, and who typed when.

    The order's own `placed_at` is the time at which it was phoned in.
    """

    number = models.CharField(max_length=20, unique=True)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="paper")
    entered_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(number=""), name="paper_has_a_number")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def note(cls, order: Order, *, number: str, by: User) -> PaperOrder:
        """Keep which sheet an order was on, in the transaction that places it; one sheet is one order."""
        try:
            with transaction.atomic():
                paper, _is_new = cls.objects.get_or_create(order=order, defaults={"number": number, "by": by})
        except IntegrityError:
            other = cls.objects.select_related("order").get(number=number)
            raise Refused(
                _("Paper %(number)s is typed in already: order %(order)s.") % {"number": number, "order": other.order},
                field="paper_number",
                code="paper_known",
            ) from None
        return paper

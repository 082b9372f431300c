"""The lines of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.product import Product
from orders.wishes import Item

if TYPE_CHECKING:
    from orders.models.order import Order


class OrderLine(models.Model):
    """So many cylinders of one product: what was ordered at which price, and what was handed over."""

    class Rest(models.TextChoices):
        NONE = "", _("nothing short")
        OWED = "owed", _("brought later")
        UNWANTED = "unwanted", _("not wanted")
        SUBSTITUTED = "substituted", _("another kind instead")

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    ordered = models.PositiveSmallIntegerField()
    empties_expected = models.PositiveSmallIntegerField(default=0)
    unit_price_twd = models.PositiveIntegerField()
    deposit_twd = models.PositiveIntegerField(default=0)
    delivered = models.PositiveSmallIntegerField(null=True, blank=True)
    empties_taken = models.PositiveSmallIntegerField(null=True, blank=True)
    rest = models.CharField(max_length=12, choices=Rest, default=Rest.NONE, blank=True)

    class Meta:
        ordering = ["product__sort", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="one_line_a_product"),
            models.CheckConstraint(condition=Q(ordered__lte=99) & Q(empties_expected__lte=99), name="a_line_is_sane"),
            models.CheckConstraint(
                condition=Q(delivered=None) | Q(delivered__gte=models.F("ordered")) | ~Q(rest=""),
                name="what_is_short_is_explained",
            ),
            models.CheckConstraint(
                condition=Q(delivered=None, empties_taken=None)
                | Q(delivered__isnull=False, empties_taken__isnull=False),
                name="handed_over_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} × {self.ordered}"

    @classmethod
    def ordered_at(cls, order: Order, item: Item, quote: Any) -> OrderLine:
        metered = item.product.is_metered
        return cls(
            order=order,
            product=item.product,
            ordered=item.quantity,
            empties_expected=item.empties,
            unit_price_twd=0 if metered else quote.gas_twd,
            deposit_twd=0 if metered else quote.deposit_twd,
        )

    @property
    def quantity(self) -> int:
        """What was handed over once it was, what was ordered before."""
        return self.ordered if self.delivered is None else self.delivered

    @property
    def empties(self) -> int:
        return self.empties_expected if self.empties_taken is None else self.empties_taken

    @property
    def amount_twd(self) -> int:
        return self.quantity * self.unit_price_twd

    @property
    def deposit_due_twd(self) -> int:
        """A deposit for each cylinder beyond the empties taken back."""
        return max(self.quantity - self.empties, 0) * self.deposit_twd

    @property
    def short(self) -> int:
        return max(self.ordered - self.quantity, 0)

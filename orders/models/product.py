"""What is sold and what it costs on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from customers.models import Customer
from luckygas.db import Frozen, raise_check
from luckygas.errors import Refused
from luckygas.said import Said as _


class Product(models.Model):
    """A cylinder of one size and kind, or gas through a meter. Propane is never plain gas, 幸福丸 is never 4 kg."""

    class Family(models.TextChoices):
        PLAIN = "plain", _("plain gas")
        PROPANE = "propane", _("propane")
        BRANDED = "branded", _("branded")
        METERED = "metered", _("metered")

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=30)
    name_en = models.CharField(max_length=30)
    family = models.CharField(max_length=8, choices=Family)
    gas_kg = models.DecimalField(max_digits=5, decimal_places=2, help_text="gas in a full cylinder")
    tare_kg = models.DecimalField(max_digits=5, decimal_places=2, help_text="weight of the empty cylinder")
    sort = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["sort"]
        constraints = [models.CheckConstraint(condition=Q(gas_kg__gt=0, tare_kg__gte=0), name="a_product_weighs")]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name

    @property
    def size(self) -> int:
        """The class stamped on the shoulder: 50, 20, 16, 10 or 4 kg."""
        return int(self.gas_kg)

    @property
    def look(self) -> str:
        """How drawings tell it apart: its size, or `propane`, or `metered`."""
        return self.family if self.family in {self.Family.PROPANE, self.Family.METERED} else str(self.size)

    @property
    def is_metered(self) -> bool:
        return self.family == self.Family.METERED

    @property
    def gross_kg(self):  # noqa: ANN201  (Decimal)
        """Weight of a full cylinder on the truck."""
        return self.gas_kg + self.tare_kg


@dataclass(frozen=True)
class Quote:
    """What one product costs a customer on a day, in NT$.

    The gas, the deposit for a cylinder without an empty, and what a kilogram of gas left in a returned one is worth.
    """

    gas_twd: int
    deposit_twd: int
    is_sample: bool
    residual_twd: int = 0


class OnlyWithdrawn(pgtrigger.Trigger):
    """A price goes only when the change that brought it was withdrawn, before it was valid."""

    name = "only_withdrawn"
    when = pgtrigger.Before
    operation = pgtrigger.Delete

    def get_func(self, model: Any) -> str:
        return f"""
            IF NOT EXISTS (SELECT 1 FROM orders_pricechange WHERE id = OLD.change_id AND withdrawn_on IS NOT NULL) THEN
                {raise_check("a price is never taken away, only the change that brought it is withdrawn")}
            END IF;
            RETURN OLD;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Price(models.Model):
    """A price from a day on: for everybody, or for one customer. Old rows stay; the newest not after the day counts.

    A customer's own price beats the list, until a row of theirs without an amount gives them the list again.
    """

    class Kind(models.TextChoices):
        GAS = "gas", _("gas")
        DEPOSIT = "deposit", _("deposit")
        RESIDUAL = "residual", _("residual gas, per kg")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="prices")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.GAS)
    amount_twd = models.PositiveIntegerField(null=True)
    valid_from = models.DateField()
    is_sample = models.BooleanField(default=False)
    change = models.ForeignKey("orders.PriceChange", on_delete=models.PROTECT, null=True, related_name="prices")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_twd__isnull=False) | Q(customer__isnull=False), name="a_list_price_is_an_amount"
            ),
            models.UniqueConstraint(
                fields=["product", "customer", "kind", "valid_from"],
                nulls_distinct=False,
                name="one_price_a_product_customer_kind_and_day",
            ),
        ]
        indexes = [models.Index(fields=["valid_from", "customer"], name="prices_by_day")]
        triggers = [
            Frozen("product_id", "customer_id", "kind", "amount_twd", "valid_from", "change_id"),
            OnlyWithdrawn(),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.kind} {self.amount_twd} from {self.valid_from}"

    @classmethod
    def quotes(
        cls, *, on: dt.date, customer: Customer | None = None, products: Iterable[Product] | None = None
    ) -> dict[int, Quote]:
        """Each product's price on a day, by product id, in one query; a customer's own price beats the list.

        Products without a list price for that day are left out: they cannot be ordered.
        """
        rows = cls._valid(on=on, customer=customer)
        if products is not None:
            rows = rows.filter(product__in=[product.pk for product in products])
        return cls._quoted(rows)

    @classmethod
    def on_offer(cls, *, on: dt.date, customer: Customer) -> list[tuple[Product, Quote]]:
        """What this customer may order on a day, each product with its price, in one query."""
        rows = list(cls._valid(on=on, customer=customer).filter(product__is_active=True).select_related("product"))
        quotes = cls._quoted(rows)
        products = {row.product_id: row.product for row in rows if row.product_id in quotes}
        return [
            (product, quotes[product.pk])
            for product in sorted(products.values(), key=lambda product: product.sort)
            if customer.is_metered or not product.is_metered
        ]

    @classmethod
    def _valid(cls, *, on: dt.date, customer: Customer | None) -> models.QuerySet[Price]:
        """The newest row of the list and of the customer for each product and kind, the customer's own first."""
        return (
            cls.objects.filter(valid_from__lte=on)
            .filter(Q(customer=None) | Q(customer=customer) if customer else Q(customer=None))
            .order_by("product_id", "kind", models.F("customer").desc(nulls_last=True), "-valid_from")
            .distinct("product_id", "kind", "customer")
        )

    @classmethod
    def _quoted(cls, rows: Iterable[Price]) -> dict[int, Quote]:
        found: dict[int, dict[str, tuple[int, bool]]] = {}
        for row in rows:
            if row.amount_twd is not None:
                found.setdefault(row.product_id, {}).setdefault(row.kind, (row.amount_twd, row.is_sample))
        return {
            product_id: Quote(
                gas_twd=kinds[cls.Kind.GAS][0],
                deposit_twd=kinds.get(cls.Kind.DEPOSIT, (0,))[0],
                is_sample=kinds[cls.Kind.GAS][1],
                residual_twd=kinds.get(cls.Kind.RESIDUAL, (0,))[0],
            )
            for product_id, kinds in found.items()
            if cls.Kind.GAS in kinds
        }

    @classmethod
    def quote(cls, product: Product, *, on: dt.date, customer: Customer | None = None) -> Quote:
        """One product's price; refused when it has none that day."""
        try:
            return cls.quotes(on=on, customer=customer, products=[product])[product.pk]
        except KeyError:
            raise Refused(
                _("%(product)s has no price for that day. Call the office.") % {"product": product}, code="no_price"
            ) from None

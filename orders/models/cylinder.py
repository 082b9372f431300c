"""Where every cylinder stands and in which state: movements that are only ever added."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from luckygas.clock import business_day
from luckygas.db import AppendOnly, Record
from luckygas.models import User
from orders.models.product import Product


class Place(Record):
    """Somewhere cylinders can be: ours, a customer's, or outside."""

    class Kind(models.TextChoices):
        DEPOT = "depot", _("depot")
        TRUCK = "truck", _("truck")
        SITE = "site", _("customer's site")
        PLANT = "plant", _("filling plant")
        QUARANTINE = "quarantine", _("quarantine")
        LEGACY = "legacy", _("legacy system")
        OTHER_DEALER = "other_dealer", _("other dealers")
        PURCHASE = "purchase", _("purchase")
        LOST = "lost", _("lost")
        SCRAPPED = "scrapped", _("scrapped")
        OPENING = "opening", _("opening count")

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=60)
    site = models.OneToOneField(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="place")
    cause_kind = models.CharField(max_length=20, blank=True)
    cause_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="site", site__isnull=False) | (~Q(kind="site") & Q(site=None)),
                name="a_site_place_has_its_site",
            ),
            models.UniqueConstraint(
                fields=["kind", "cause_kind", "cause_id"], condition=Q(site=None), name="one_place_a_cause"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, kind: str) -> Place:
        """The one place of an outside kind: other dealers, purchase, lost, opening …"""
        return cls.objects.get_or_create(
            kind=kind, cause_kind="", cause_id="", defaults={"name": cls.Kind(kind).label}
        )[0]

    @classmethod
    def of_site(cls, site: Site) -> Place:
        return cls.objects.get_or_create(site=site, defaults={"kind": cls.Kind.SITE, "name": str(site)[:60]})[0]

    @property
    def is_counted(self) -> bool:
        """Whether somebody counted what stands here; until then it is unknown, not zero."""
        return CylinderMovement.objects.filter(
            to_place=self, from_place__kind=self.Kind.OPENING, purpose="count"
        ).exists()

    def stock(self) -> Counter[tuple[int, str]]:
        """Cylinders here now, by product id and state."""
        here: Counter[tuple[int, str]] = Counter()
        moved = CylinderMovement.objects.order_by()
        for product, state, quantity in (
            moved.filter(to_place=self).values_list("product", "to_state").annotate(Sum("quantity"))
        ):
            here[product, state] += quantity
        for product, state, quantity in (
            moved.filter(from_place=self).values_list("product", "from_state").annotate(Sum("quantity"))
        ):
            here[product, state] -= quantity
        return Counter({key: quantity for key, quantity in here.items() if quantity})


class Cylinder(Record):
    """One serialised cylinder with its inspection dates. Overdue ones may not be filled, loaded or delivered."""

    serial = models.CharField(max_length=30, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="cylinders")
    made_on = models.DateField(null=True, blank=True)
    inspect_by = models.DateField(null=True, blank=True)
    retire_by = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.serial

    def is_expired(self, *, on: dt.date) -> bool:
        return any(limit is not None and limit < on for limit in (self.inspect_by, self.retire_by))


class CylinderMovement(models.Model):
    """So many cylinders of a product went from a place and state to another: nothing appears or vanishes."""

    class State(models.TextChoices):
        FULL = "full", _("full")
        IN_USE = "in_use", _("in use")
        EMPTY = "empty", _("empty")
        PART = "part", _("part full")
        DEFECTIVE = "defective", _("defective")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    cylinder = models.ForeignKey(Cylinder, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    quantity = models.PositiveIntegerField()
    from_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=10, choices=State)
    to_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    to_state = models.CharField(max_length=10, choices=State)
    residual_kg = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    cause_kind = models.CharField(max_length=20)
    cause_id = models.CharField(max_length=40)
    purpose = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause_kind", "cause_id", "purpose", "product", "cylinder"],
                nulls_distinct=False,
                name="a_cause_moves_a_product_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_movement_moves_something"),
            models.CheckConstraint(condition=Q(cylinder=None) | Q(quantity=1), name="a_serial_moves_one_cylinder"),
            models.CheckConstraint(
                condition=~Q(from_place=models.F("to_place"), from_state=models.F("to_state")),
                name="a_movement_changes_place_or_state",
            ),
        ]
        indexes = [
            # Stocks without reading the table, and what a truck did since it was last emptied.
            models.Index(
                fields=["from_place", "product", "from_state"], include=["quantity"], name="movements_out_of_a_place"
            ),
            models.Index(
                fields=["to_place", "product", "to_state"], include=["quantity"], name="movements_into_a_place"
            ),
            models.Index(fields=["from_place", "day"], name="movements_out_by_day"),
            models.Index(fields=["to_place", "day"], name="movements_in_by_day"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}: {self.from_place_id} → {self.to_place_id}"

    @classmethod
    def post(
        cls,
        *,
        product: Product,
        quantity: int,
        start: tuple[Place, str],
        end: tuple[Place, str],
        cause: tuple[str, object],
        purpose: str,
        by: User | None,
        at: dt.datetime | None = None,
        cylinder: Cylinder | None = None,
        residual_kg: Decimal | None = None,
    ) -> CylinderMovement | None:
        """Write one movement from `start` to `end`, each a place and a state; none when nothing moved."""
        if quantity <= 0:
            return None
        at = at or timezone.now()
        return cls.objects.create(
            product=product,
            cylinder=cylinder,
            quantity=quantity,
            from_place=start[0],
            from_state=start[1],
            to_place=end[0],
            to_state=end[1],
            cause_kind=cause[0],
            cause_id=str(cause[1]),
            purpose=purpose,
            day=business_day(at),
            at=at,
            by=by,
            residual_kg=residual_kg,
        )

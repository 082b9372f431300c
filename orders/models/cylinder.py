"""Where every cylinder stands and in which state: movements that are only ever added."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Sum, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from luckygas.clock import business_day
from luckygas.db import AppendOnly, Record
from luckygas.errors import Refused
from luckygas.models import User
from orders.models.cylinder_triggers import InDate
from orders.models.inspection import InspectionRule
from orders.models.product import Product

UNDONE = "un-"  # the purpose of a movement the other way: what it takes back; what is written instead gets a number


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
    inspected_on = models.DateField(null=True, blank=True)
    inspect_by = models.DateField(null=True, blank=True)
    retire_by = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.serial

    @property
    def limit(self) -> dt.date | None:
        """The last day on which it may be filled, loaded and left with a customer; none when nobody knows."""
        return min((day for day in (self.inspect_by, self.retire_by) if day), default=None)

    def is_expired(self, *, on: dt.date) -> bool:
        return self.limit is not None and self.limit < on

    @transaction.atomic
    def inspect(self, *, on: dt.date) -> None:
        """It was inspected: its next inspection follows from its age and size."""
        self.lock()
        if self.made_on is None or on < self.made_on:
            raise Refused(_("Write when it was made first."), field="made_on", code="no_age")
        self.inspected_on = on
        self.inspect_by = InspectionRule.due(self.product, made_on=self.made_on, inspected_on=on)
        self.save(update_fields=["inspected_on", "inspect_by"])


class MovementQuerySet(models.QuerySet):
    def in_effect(self, *purposes: str) -> MovementQuerySet:
        """The movements of these purposes as they stand: what was put right since counts as it was put right."""
        undone = self.model._base_manager.filter(
            cause_kind=OuterRef("cause_kind"),
            cause_id=OuterRef("cause_id"),
            product=OuterRef("product"),
            purpose=Concat(Value(UNDONE), OuterRef("purpose")),
        )
        again = Q(purpose__regex=rf"^({'|'.join(purposes)})\.\d+$")
        return self.filter(Q(purpose__in=purposes) | again).exclude(Exists(undone))


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
    inspect_by = models.DateField(
        null=True, blank=True, help_text="the oldest date on their tags, when somebody looked"
    )
    cause_kind = models.CharField(max_length=20)
    cause_id = models.CharField(max_length=40)
    purpose = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MovementQuerySet.as_manager()

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
        triggers = [AppendOnly(), InDate()]

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
        inspect_by: dt.date | None = None,
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
            inspect_by=inspect_by or (cylinder.limit if cylinder else None),
        )

    @classmethod
    def take_back(
        cls, *purposes: str, cause: tuple[str, object], by: User | None, at: dt.datetime | None = None
    ) -> None:
        """Move everything the other way that this cause moved for these purposes and nobody took back yet."""
        rows = cls.objects.filter(cause_kind=cause[0], cause_id=str(cause[1])).in_effect(*purposes)
        for row in rows.select_related("product", "cylinder", "from_place", "to_place").order_by("pk"):
            cls.post(
                product=row.product,
                quantity=row.quantity,
                start=(row.to_place, row.to_state),
                end=(row.from_place, row.from_state),
                cause=cause,
                purpose=f"{UNDONE}{row.purpose}",
                by=by,
                at=at,
                cylinder=row.cylinder,
            )

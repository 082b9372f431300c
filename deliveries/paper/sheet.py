"""What is printed of a route before it leaves: the driver's stops in order, and what goes on the vehicle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from deliveries.models import Route, Stop
from orders.models import CylinderMovement, Order, Product


@dataclass(frozen=True)
class Row:
    """One stop on paper: what it brings, takes back and collects as it is planned."""

    stop: Stop

    @property
    def bring(self) -> list[tuple[Product, int]]:
        """Full cylinders by product; only a delivery brings any."""
        if self.stop.order is None or self.stop.kind != Stop.Kind.DELIVER:
            return []
        return [(line.product, line.ordered) for line in self.stop.order.lines.all() if line.ordered]

    @property
    def empties(self) -> int:
        """Empties that come back; a visit to collect cylinders finds out there."""
        if self.stop.order is None or self.stop.kind != Stop.Kind.DELIVER:
            return 0
        return sum(line.empties_expected for line in self.stop.order.lines.all())

    @property
    def is_on_account(self) -> bool:
        order = self.stop.order
        return bool(order and self.stop.kind == Stop.Kind.DELIVER and order.pays_by == Order.PaysBy.ACCOUNT)

    @property
    def is_metered(self) -> bool:
        """Nothing but gas through a meter: what it costs is read there."""
        return bool(self.bring) and all(product.is_metered for product, _count in self.bring)

    @property
    def due_twd(self) -> int:
        """NT$ of this visit: to collect, or to write on the account."""
        if self.stop.kind == Stop.Kind.COLLECT_MONEY:
            return self.stop.due_twd
        return self.stop.order.due_twd if self.stop.order and self.stop.kind == Stop.Kind.DELIVER else 0

    @property
    def notes(self) -> list[str]:
        """What the driver must read: for this visit, from the customer, and what is always so at this door."""
        order_note = self.stop.order.note if self.stop.order else ""
        return [note for note in (self.stop.note, order_note, self.stop.site.driver_note) if note]


@dataclass(frozen=True)
class RouteSheet:
    """The stops of a route in order, and their totals."""

    route: Route

    @cached_property
    def rows(self) -> list[Row]:
        return [Row(stop) for stop in self.route.stops.all()]

    @cached_property
    def bring(self) -> list[tuple[Product, int]]:
        return sorted(self.route.load.items(), key=lambda item: item[0].sort)

    @property
    def empties(self) -> int:
        return sum(row.empties for row in self.rows)

    @property
    def cash_twd(self) -> int:
        return sum(row.due_twd for row in self.rows if not row.is_on_account)

    @property
    def account_twd(self) -> int:
        return sum(row.due_twd for row in self.rows if row.is_on_account)


@dataclass(frozen=True)
class Load:
    """One product on the vehicle. `loaded` is what was counted, None before the vehicle left."""

    product: Product
    needed: int
    loaded: int | None = None

    @property
    def kg(self) -> Decimal:
        """Gross weight of what is needed, or of what was loaded."""
        return (self.needed if self.loaded is None else self.loaded) * self.product.gross_kg

    @property
    def reserve(self) -> int | None:
        """What was loaded beyond what the stops need."""
        return None if self.loaded is None else self.loaded - self.needed


@dataclass(frozen=True)
class LoadingSheet:
    """What goes on a vehicle, against what it may carry."""

    route: Route
    rows: list[Load]

    @classmethod
    def of(cls, route: Route) -> LoadingSheet:
        """What its stops need; once it left, beside what was counted on it."""
        needed, loaded = route.load, _loaded(route) if route.has_left else {}
        products = sorted({*needed, *loaded}, key=lambda product: (product.sort, product.pk))
        counted = loaded if loaded else dict.fromkeys(products)  # nobody counted: unknown, not nothing
        return cls(route, [Load(product, needed[product], counted.get(product, 0)) for product in products])

    @property
    def count(self) -> int:
        return sum(row.needed for row in self.rows)

    @property
    def kg(self) -> Decimal:
        return sum((row.kg for row in self.rows), Decimal(0))

    @property
    def spare_kg(self) -> Decimal:
        """What may still come on it as reserve; less than nothing is too much."""
        return self.route.vehicle.limit_kg - self.kg

    @property
    def over_kg(self) -> Decimal:
        return max(-self.spare_kg, Decimal(0))

    @property
    def share(self) -> Decimal:
        """Percent of the vehicle's limit."""
        return self.kg * 100 / self.route.vehicle.limit_kg


def _loaded(route: Route) -> Counter[Product]:
    """Full cylinders that were counted on the vehicle when it left, by product."""
    moves = CylinderMovement.objects.filter(cause_kind="route", cause_id=str(route.pk), purpose="load")
    return Counter({move.product: move.quantity for move in moves.select_related("product")})

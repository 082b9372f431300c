"""What is on a route and in which order: putting orders on it, taking them off, moving and arranging its stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import models, transaction
from django.db.models import F, Max, Sum
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from deliveries import planning
from deliveries.models.fleet import Depot, Vehicle
from deliveries.models.stop import Stop
from deliveries.querysets import StopQuerySet
from luckygas import live
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Words
from orders.models import Order, Product


class Itinerary(Record):
    """A vehicle with stops to make, and the verbs that change them. Lock order: order, route, stop."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        DEPARTED = "departed", _("on the road")
        CLOSED = "closed", _("closed")

    code = models.CharField(max_length=8)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="routes")
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="routes")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)

    class Meta:
        abstract = True

    @property
    def is_departed(self) -> bool:
        return self.state == self.State.DEPARTED

    @property
    def is_at_depot(self) -> bool:
        """Still here: stops can be taken off and put in order."""
        return self.state in {self.State.DRAFT, self.State.PUBLISHED}

    @property
    def load_kg(self) -> Decimal:
        """Gross weight of what its open deliveries need on the vehicle."""
        weight = F("order__lines__ordered") * (F("order__lines__product__gas_kg") + F("order__lines__product__tare_kg"))
        ours = self._stops.todo().aggregate(kg=Sum(weight, default=Decimal(0)))["kg"]
        theirs = planned_of(self._stops.todo().filter(kind=Stop.Kind.LEGACY))
        return ours + sum((product.gross_kg * count for product, count in theirs.items()), Decimal(0))

    @property
    def _stops(self) -> StopQuerySet:
        return Stop.objects.filter(route=self.pk)

    @transaction.atomic
    def add(self, order: Order, *, by: User, position: int | None = None) -> Stop:
        """Put an order on this route, last or at a position; on a published one it is planned at once.

        An order that is on this route already stays where it is: the same wish twice is one stop.
        """
        order.lock()
        self.lock()
        if self.state == self.State.CLOSED:
            raise Refused(_("Route %(code)s is closed.") % {"code": self.code}, code="closed")
        if known := Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER).select_related("route").first():
            if known.route_id == self.pk:
                return known
            raise Refused(
                _("Order %(number)s is on route %(code)s already.")
                % {"number": order.number, "code": known.route.code},
                code="on_a_route",
            )
        if order.state != Order.State.CONFIRMED:
            raise Refused(
                _("Order %(number)s is %(state)s and cannot be put on a route.")
                % {"number": order.number, "state": order.get_state_display()},
                code="not_confirmed",
            )
        self._check_reach(order)
        last = self._stops.aggregate(last=Max("position", default=0))["last"]
        stop = Stop.objects.create(route_id=self.pk, order=order, site=order.site, position=last + 1)
        if position:
            self.reorder(stop, position, by=by)
        if self.state in {self.State.PUBLISHED, self.State.DEPARTED}:
            order.plan(by=by)
        if self.is_departed:
            order.depart(by=by)
            self._tell_driver(stop, by=by)
        live.changed("route", self.pk)
        return stop

    @transaction.atomic
    def add_legacy(self, site: Site, planned: Mapping[Product, int], *, due_twd: int, by: User) -> Stop:
        """A visit of a customer who is still in the old system: cylinders and cash alone, for stock, weight and bag."""
        self.lock()
        if self.state == self.State.CLOSED:
            raise Refused(_("Route %(code)s is closed.") % {"code": self.code}, code="closed")
        if not site.customer.is_legacy:
            raise Refused(_("%(name)s is in the new system: take an order.") % {"name": site.customer}, field="buyer")
        kg = sum((product.gross_kg * count for product, count in planned.items()), Decimal(0))
        if (over := self.load_kg + kg - self.vehicle.limit_kg) > 0:
            raise Refused(
                _("%(code)s would be %(kg)s kg over its limit.") % {"code": self.code, "kg": f"{over:g}"},
                code="overweight",
            )
        last = self._stops.aggregate(last=Max("position", default=0))["last"]
        counts = {str(product.pk): count for product, count in planned.items() if count}
        stop = Stop.objects.create(
            route_id=self.pk, kind=Stop.Kind.LEGACY, site=site, position=last + 1, due_twd=due_twd, planned=counts
        )
        live.changed("route", self.pk)
        return stop

    def _tell_driver(self, stop: Stop, *, by: User) -> None:
        """The truck has left: the new stop is on the phone only once the driver has seen it."""
        from deliveries.models.request import Request

        Request.insert(stop, by=by)

    def _check_reach(self, order: Order) -> None:
        """Refuse what this vehicle cannot reach or carry."""
        if order.site.vehicle == Site.Vehicle.MOTORCYCLE and self.vehicle.kind != Vehicle.Kind.MOTORCYCLE:
            raise Refused(_("Only a motorcycle reaches this address."), code="vehicle")
        if order.site.vehicle == Site.Vehicle.TRUCK and self.vehicle.kind != Vehicle.Kind.TRUCK:
            raise Refused(_("This address needs a truck."), code="vehicle")
        over = self.load_kg + order.gross_kg - self.vehicle.limit_kg
        if over > 0:
            raise Refused(
                _("%(code)s would be %(kg)s kg over its limit.") % {"code": self.code, "kg": f"{over:g}"},
                code="overweight",
            )

    @transaction.atomic
    def remove(self, stop: Stop, *, by: User, reason: str = "") -> None:
        """Take a stop off the route before departure; its order waits for another one."""
        if stop.order:
            stop.order.lock()
        self.lock()
        stop.lock()
        if not self.is_at_depot or stop.is_finished:
            raise Refused(
                _("The truck has left with it. Use “could not deliver”, or call the driver."), code="departed"
            )
        if stop.is_reported:
            raise Refused(_("The driver has reported from this stop already. Call the driver."), code="reported")
        self._drop(stop)
        if stop.order and stop.order.state == Order.State.PLANNED:
            stop.order.unplan(by=by, reason=reason)

    @classmethod
    def let_go(cls, order: Order, *, by: User | None, reason: Words = "") -> None:
        """An order will not be delivered by its route any more: its open stop goes, unless the truck has left.

        Called inside the order's move, which holds its lock; then route, then stop.
        """
        for stop in Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER).select_related("route"):
            stop.route.lock()
            if not stop.route.is_at_depot:
                continue  # the driver is asked by phone; what is handed over wins
            stop.lock()
            if stop.is_reported:
                stop.write_off(by=by, note=str(reason))
            else:
                stop.route._drop(stop)

    def _drop(self, stop: Stop) -> None:
        """Delete an open stop and close the gap it leaves."""
        position = stop.position
        Stop.objects.filter(pk=stop.pk).delete()
        self._stops.filter(position__gt=position).update(position=F("position") - 1)
        live.changed("route", self.pk)

    @transaction.atomic
    def reorder(self, stop: Stop, position: int, *, by: User) -> None:
        """Give a stop another position; the others keep their order. Finished stops stay where they are."""
        self.lock()
        stops = list(self._stops.order_by("position"))
        moved = next((s for s in stops if s.pk == stop.pk), None)
        if moved is None or moved.is_finished:
            raise Refused(_("This stop is finished and stays where it is."), code="finished")
        stops.remove(moved)
        finished = sum(1 for s in stops if s.is_finished)
        stops.insert(max(min(position - 1, len(stops)), finished), moved)
        self._number(stops)

    @transaction.atomic
    def arrange(self, *, by: User) -> float:
        """Put its stops in the shortest order found from the depot and back; those without a pin come last.

        Answers the kilometres saved, as the crow flies. What is already the best found stays as it is.
        """
        self.lock()
        if not self.is_at_depot:
            raise Refused(_("The truck has left. Move single stops instead."), code="departed")
        stops = list(self._stops.select_related("site").order_by("position"))
        done, todo = [s for s in stops if s.is_finished], [s for s in stops if not s.is_finished]
        pinned = [s for s in todo if s.site.latitude is not None]
        blind = [s for s in todo if s.site.latitude is None]
        depot = float(self.depot.latitude), float(self.depot.longitude)
        points = [_pin(s.site) for s in pinned]
        order = planning.tour(depot, points)
        saved = planning.length(depot, points) - planning.length(depot, [points[n] for n in order])
        if saved > 0:
            self._number(done + [pinned[n] for n in order] + blind)
        return max(saved, 0.0)

    @transaction.atomic
    def shorten(self, *, by: User) -> None:
        """On the road: what is left in the order of the nearest next, from the last visit; a stop begun stays first.

        Stops without a pin come last. The office sees it at once, and may move single stops again.
        """
        self.lock()
        if self.state == self.State.CLOSED:
            raise Refused(_("Route %(code)s is closed.") % {"code": self.code}, code="closed")
        stops = list(self._stops.select_related("site").order_by("position"))
        over = sorted((s for s in stops if s.is_finished), key=lambda s: s.finished_at)
        begun = [s for s in stops if s.state == Stop.State.ARRIVED]
        todo = [s for s in stops if s.state == Stop.State.PENDING and s.site.latitude is not None]
        blind = [s for s in stops if s.state == Stop.State.PENDING and s.site.latitude is None]
        places = [_pin(s.site) for s in (*over, *begun) if s.site.latitude is not None]
        start = places[-1] if places else (float(self.depot.latitude), float(self.depot.longitude))
        order = planning.nearest_next(start, [_pin(s.site) for s in todo])
        self._number([*(s for s in stops if s.is_finished), *begun, *(todo[n] for n in order), *blind])

    def _number(self, stops: list[Stop]) -> None:
        for number, each in enumerate(stops, start=1):
            each.position = number
        Stop.objects.bulk_update(stops, ["position"])
        live.changed("route", self.pk)


def planned_of(stops: Iterable[Stop]) -> Counter[Product]:
    """What visits of the old system need on the vehicle; one query for the products of all."""
    counts: Counter[str] = Counter()
    for stop in stops:
        counts.update(stop.planned or {})
    found = Product.objects.filter(pk__in=counts) if counts else ()
    return Counter({product: counts[str(product.pk)] for product in found})


def _pin(site: Site) -> planning.Point:
    """Of a site that has one."""
    return float(site.latitude or 0), float(site.longitude or 0)

"""A driver's day: a route of stops, from draft to closed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from django.db import IntegrityError, models, transaction
from django.db.models import CharField, F, Max, Q, Sum
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Payment, Site
from deliveries import planning
from deliveries.models.fleet import Depot, Driver, Vehicle
from deliveries.models.stop import Stop
from deliveries.querysets import RouteQuerySet
from luckygas import live
from luckygas.db import Moves, Record
from luckygas.errors import Refused
from luckygas.models import User
from orders.models import Order, Product

ROUTE_MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("published",),
    "published": ("draft", "departed"),
    "departed": ("closed",),
    "closed": (),
}
COLOURS = 7


class Route(Record):
    """One driver's stops of one day, in order, with one vehicle."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        DEPARTED = "departed", _("on the road")
        CLOSED = "closed", _("closed")

    code = models.CharField(max_length=8)
    day = models.DateField()
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="routes")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="routes")
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="routes")
    colour = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RouteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["driver", "day"], condition=~Q(state="closed"), name="one_open_route_a_driver_and_day"
            ),
            models.UniqueConstraint(fields=["day", "code"], name="one_route_a_code_and_day"),
            models.CheckConstraint(condition=Q(colour__range=(1, COLOURS)), name="route_has_one_of_seven_colours"),
        ]
        indexes = [models.Index(fields=["day", "state"], name="routes_of_a_day")]
        triggers = [Moves(name="state_moves", field="state", moves=ROUTE_MOVES)]

    def __str__(self) -> str:
        return f"{self.code} {self.day}"

    # --- what can be said about one route --------------------------------------------------------------------------
    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_departed(self) -> bool:
        return self.state == self.State.DEPARTED

    @property
    def is_at_depot(self) -> bool:
        """Still here: stops can be taken off and put in order."""
        return self.state in {self.State.DRAFT, self.State.PUBLISHED}

    @property
    def has_left(self) -> bool:
        return self.state in {self.State.DEPARTED, self.State.CLOSED}

    @property
    def load_kg(self) -> Decimal:
        """Gross weight of what its open deliveries need on the vehicle."""
        weight = F("order__lines__ordered") * (F("order__lines__product__gas_kg") + F("order__lines__product__tare_kg"))
        return self.stops.todo().aggregate(kg=Sum(weight, default=Decimal(0)))["kg"]

    @property
    def load(self) -> Counter:
        """What to load: full cylinders by product, over all its deliveries."""
        needed: Counter = Counter()
        for stop in self.stops.all():
            if stop.order and stop.kind == Stop.Kind.DELIVER:
                for line in stop.order.lines.all():
                    needed[line.product] += line.ordered
        return needed

    @property
    def payments(self) -> models.QuerySet[Payment]:
        """What its customers gave the driver, in every way."""
        stops = self.stops.order_by().annotate(key=Cast("pk", CharField())).values("key")
        return Payment.objects.filter(cause_kind="stop", cause_id__in=stops)

    @property
    def cash_due_twd(self) -> int:
        """NT$ in notes and coins that the driver brings back."""
        return self.payments.filter(method=Payment.Method.CASH).aggregate(twd=Sum("received_twd", default=0))["twd"]

    # --- coming into being, and what is on it ----------------------------------------------------------------------
    @classmethod
    def draw_up(
        cls, *, code: str, day: dt.date, driver: Driver, vehicle: Vehicle, by: User, colour: int | None = None
    ) -> Route:
        """A new draft. The same route asked for again is the first one; a driver has one open route a day."""
        twin = {"code": code, "day": day, "driver": driver, "vehicle": vehicle}
        if known := cls.objects.filter(**twin).first():
            return known
        colour = colour or cls.objects.on(day).count() % COLOURS + 1
        try:
            with transaction.atomic():
                route = cls.objects.create(**twin, depot=driver.depot, colour=colour)
                live.changed("route", route.pk)
        except IntegrityError as error:
            raise cls._refused_twin(error, code=code, driver=driver) from error
        return route

    @staticmethod
    def _refused_twin(error: IntegrityError, *, code: str, driver: Driver) -> Refused:
        if "one_route_a_code_and_day" in str(error):
            return Refused(
                _("There is a route %(code)s that day already. Choose another code.") % {"code": code},
                field="code",
                code="code_taken",
            )
        return Refused(
            _("%(driver)s has a route that is not closed that day. Close it first, or choose another driver.")
            % {"driver": driver},
            field="driver",
            code="driver_taken",
        )

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
        last = self.stops.aggregate(last=Max("position", default=0))["last"]
        stop = Stop.objects.create(route=self, order=order, site=order.site, position=last + 1)
        if position:
            self.reorder(stop, position, by=by)
        if self.state in {self.State.PUBLISHED, self.State.DEPARTED}:
            order.plan(by=by)
        if self.is_departed:
            order.depart(by=by)
        live.changed("route", self.pk)
        return stop

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
    def let_go(cls, order: Order, *, by: User | None, reason: str = "") -> None:
        """An order will not be delivered by its route any more: its open stop goes, unless the truck has left.

        Called inside the order's move, which holds its lock; then route, then stop.
        """
        for stop in Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER).select_related("route"):
            stop.route.lock()
            if not stop.route.is_at_depot:
                continue  # the driver is asked by phone; what is handed over wins
            stop.lock()
            if stop.is_reported:
                stop.write_off(by=by, note=reason)
            else:
                stop.route._drop(stop)

    def _drop(self, stop: Stop) -> None:
        """Delete an open stop and close the gap it leaves."""
        position = stop.position
        Stop.objects.filter(pk=stop.pk).delete()
        self.stops.filter(position__gt=position).update(position=F("position") - 1)
        live.changed("route", self.pk)

    @transaction.atomic
    def reorder(self, stop: Stop, position: int, *, by: User) -> None:
        """Give a stop another position; the others keep their order. Finished stops stay where they are."""
        self.lock()
        stops = list(self.stops.order_by("position"))
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
        stops = list(self.stops.select_related("site").order_by("position"))
        done, todo = [s for s in stops if s.is_finished], [s for s in stops if not s.is_finished]
        pinned = [s for s in todo if s.site.latitude is not None]
        blind = [s for s in todo if s.site.latitude is None]
        depot = float(self.depot.latitude), float(self.depot.longitude)
        points = [(float(s.site.latitude), float(s.site.longitude)) for s in pinned]
        order = planning.tour(depot, points)
        saved = planning.length(depot, points) - planning.length(depot, [points[n] for n in order])
        if saved > 0:
            self._number(done + [pinned[n] for n in order] + blind)
        return max(saved, 0.0)

    def _number(self, stops: list[Stop]) -> None:
        for number, each in enumerate(stops, start=1):
            each.position = number
        Stop.objects.bulk_update(stops, ["position"])
        live.changed("route", self.pk)

    # --- moves -----------------------------------------------------------------------------------------------------
    @transaction.atomic
    def publish(self, *, by: User) -> None:
        """The driver sees it from now on; its orders are planned. Published already is as good."""
        orders = self._lock_with_orders()
        if self.state == self.State.PUBLISHED:
            return
        if self.is_draft and not self.stops.todo().exists():
            raise Refused(_("Route %(code)s has no stops.") % {"code": self.code}, code="empty")
        self._move(self.State.PUBLISHED, published_at=timezone.now())
        for order in orders:
            if order.state == Order.State.CONFIRMED:
                order.plan(by=by)

    @transaction.atomic
    def depart(self, *, by: User, at: dt.datetime | None = None, on_board: Mapping[Product, int] | None = None) -> None:
        """The truck leaves: its open orders are out, and their customers are told.

        `on_board` are the full cylinders that were counted on it; without a count, what its stops need.
        """
        from deliveries import loading

        orders = self._lock_with_orders()
        self._move(self.State.DEPARTED, departed_at=at or timezone.now())
        for order in orders:
            if order.state in {Order.State.CONFIRMED, Order.State.PLANNED}:
                order.depart(by=by, at=at)
        loading.load(self, on_board, by=by, at=at or timezone.now())

    @transaction.atomic
    def close(self, *, by: User, at: dt.datetime | None = None) -> None:
        """The day of this route is over; nothing may be left to do on it. Closed already is as good.

        What is still on the vehicle goes back to the depot's stock.
        """
        from deliveries import loading

        self._lock_with_orders()
        if self.state == self.State.CLOSED:
            return
        left = self.stops.todo().count()
        if left:
            raise Refused(
                _("%(left)s stops are still open. Finish them or say why not.") % {"left": left}, code="open_stops"
            )
        self._move(self.State.CLOSED, closed_at=at or timezone.now())
        loading.unload(self, by=by, at=at or timezone.now())

    def _move(self, to: str, **fields: object) -> None:
        if to not in ROUTE_MOVES[self.state]:
            raise Refused(
                _("Route %(code)s is %(state)s; that is not possible now.")
                % {"code": self.code, "state": self.get_state_display()},
                code="illegal_move",
            )
        self.state = to
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=["state", *fields])
        live.changed("route", self.pk)

    def _lock_with_orders(self) -> list[Order]:
        """Lock its open orders, in one order so that two routes never deadlock, and then itself.

        An order that came or went between the two locks would be missed: then everything is let go (a rolled back
        savepoint gives its locks back) and tried again.
        """
        while True:
            held = transaction.savepoint_create()
            pks = self._open_orders()
            orders = list(Order.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True))
            self.lock()
            if self._open_orders() == pks:
                transaction.savepoint_commit(held)
                return orders
            transaction.savepoint_rollback(held)

    def _open_orders(self) -> set[int]:
        return set(self.stops.todo().filter(order__isnull=False).values_list("order", flat=True).order_by())

"""A driver's day: a route of stops, from draft to closed."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import models, transaction
from django.db.models import Deferrable, F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from deliveries.models.fleet import Depot, Driver, Vehicle
from deliveries.querysets import RouteQuerySet, StopQuerySet
from luckygas import live
from luckygas.db import Moves, Record
from luckygas.errors import Refused
from luckygas.models import User
from orders.models import Order

ROUTE_MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("published",),
    "published": ("draft", "departed"),
    "departed": ("closed",),
    "closed": (),
}
STOP_MOVES: dict[str, tuple[str, ...]] = {
    "pending": ("arrived", "done", "failed"),
    "arrived": ("pending", "done", "failed"),
    "done": (),
    "failed": (),
}


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
            models.CheckConstraint(condition=Q(colour__range=(1, 7)), name="route_has_one_of_seven_colours"),
        ]
        indexes = [models.Index(fields=["day", "state"], name="routes_of_a_day")]
        triggers = [Moves(name="state_moves", field="state", moves=ROUTE_MOVES)]

    def __str__(self) -> str:
        return f"{self.code} {self.day}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_departed(self) -> bool:
        return self.state == self.State.DEPARTED

    @property
    def load_kg(self):  # noqa: ANN201  (Decimal)
        """Gross weight of what its open deliveries need on the vehicle."""
        return sum(stop.order.gross_kg for stop in self.stops.all() if stop.order and not stop.is_finished)

    @property
    def load(self) -> Counter:
        """What to load: full cylinders by product, over all its deliveries."""
        needed: Counter = Counter()
        for stop in self.stops.all():
            if stop.order and stop.kind == Stop.Kind.DELIVER:
                for line in stop.order.lines.all():
                    needed[line.product] += line.ordered
        return needed

    @transaction.atomic
    def add(self, order: Order, *, by: User, position: int | None = None) -> Stop:
        """Put an order on this route, last or at a position; on a published one it is planned at once."""
        order.lock()
        self.lock()
        if self.state == self.State.CLOSED:
            raise Refused(_("Route %(code)s is closed.") % {"code": self.code}, code="closed")
        if order.state != Order.State.CONFIRMED:
            raise Refused(
                _("Order %(number)s is %(state)s and cannot be put on a route.")
                % {"number": order.number, "state": order.get_state_display()},
                code="not_confirmed",
            )
        if Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER).exists():
            raise Refused(_("Order %(number)s is on a route already.") % {"number": order.number}, code="on_a_route")
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

    @transaction.atomic
    def remove(self, stop: Stop, *, by: User, reason: str = "") -> None:
        """Take an order off the route before departure; it waits for another one."""
        if stop.order:
            stop.order.lock()
        self.lock()
        stop.lock()
        if self.state not in {self.State.DRAFT, self.State.PUBLISHED} or stop.is_finished:
            raise Refused(
                _("The truck has left with it. Use “could not deliver”, or call the driver."), code="departed"
            )
        self._drop(stop)
        if stop.order and stop.order.state == Order.State.PLANNED:
            stop.order.unplan(by=by, reason=reason)

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
        for number, each in enumerate(stops, start=1):
            each.position = number
        Stop.objects.bulk_update(stops, ["position"])
        live.changed("route", self.pk)

    @transaction.atomic
    def publish(self, *, by: User) -> None:
        """The driver sees it from now on; its orders are planned."""
        orders = self._lock_orders()
        self.lock()
        self._move(self.State.PUBLISHED)
        if not orders:
            raise Refused(_("Route %(code)s has no stops.") % {"code": self.code}, code="empty")
        for order in orders:
            if order.state == Order.State.CONFIRMED:
                order.plan(by=by)
        self.published_at = timezone.now()
        self.save(update_fields=["published_at"])

    @transaction.atomic
    def depart(self, *, by: User, at: dt.datetime | None = None) -> None:
        """The truck leaves: its open orders are out, and their customers are told."""
        orders = self._lock_orders()
        self.lock()
        self._move(self.State.DEPARTED)
        self.departed_at = at or timezone.now()
        self.save(update_fields=["departed_at"])
        for order in orders:
            if order.state in {Order.State.CONFIRMED, Order.State.PLANNED}:
                order.depart(by=by, at=at)

    @transaction.atomic
    def close(self, *, by: User, at: dt.datetime | None = None) -> None:
        """The day of this route is over; nothing may be left to do on it."""
        self._lock_orders()
        self.lock()
        left = self.stops.todo().count()
        if left:
            raise Refused(
                _("%(left)s stops are still open. Finish them or say why not.") % {"left": left}, code="open_stops"
            )
        self._move(self.State.CLOSED)
        self.closed_at = at or timezone.now()
        self.save(update_fields=["closed_at"])

    def _move(self, to: str) -> None:
        if to not in ROUTE_MOVES[self.state]:
            raise Refused(
                _("Route %(code)s is %(state)s; that is not possible now.")
                % {"code": self.code, "state": self.get_state_display()},
                code="illegal_move",
            )
        self.state = to
        self.save(update_fields=["state"])
        live.changed("route", self.pk)

    def _lock_orders(self) -> list[Order]:
        """Lock order: customer, order, route, stop. Orders first, in one order, so that two routes never deadlock."""
        pks = self.stops.todo().filter(order__isnull=False).values_list("order", flat=True)
        return list(
            Order.objects.filter(pk__in=list(pks)).order_by("pk").select_for_update(no_key=True).select_related(None)
        )


class Stop(Record):
    """One visit of a route: to deliver, patrol, collect or inspect. Only a delivery needs an order."""

    class Kind(models.TextChoices):
        DELIVER = "deliver", _("deliver")
        PATROL = "patrol", _("patrol")
        COLLECT_MONEY = "collect_money", _("collect money")
        COLLECT_CYLINDERS = "collect_cylinders", _("collect cylinders")
        INSPECT = "inspect", _("inspect")

    class State(models.TextChoices):
        PENDING = "pending", _("to do")
        ARRIVED = "arrived", _("driver is there")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Reason(models.TextChoices):
        NOT_HOME = "not_home", _("nobody there")
        CLOSED = "closed", _("place is shut")
        REFUSED = "refused", _("customer did not want it")
        NO_ACCESS = "no_access", _("no way in")
        NO_STOCK = "no_stock", _("nothing left on the truck")
        LEAK = "leak", _("leak found")
        OTHER = "other", _("something else")

    class NextStep(models.TextChoices):
        CALL = "call", _("office calls the customer")
        TODAY = "today", _("try again today")
        TOMORROW = "tomorrow", _("customer wants tomorrow")
        CANCEL = "cancel", _("customer wants to cancel")

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=18, choices=Kind, default=Kind.DELIVER)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="stops")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stops")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    due_twd = models.PositiveIntegerField(default=0, help_text="to collect, for a collect-money stop")
    note = models.CharField(max_length=200, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fail_reason = models.CharField(max_length=10, choices=Reason, blank=True)
    next_step = models.CharField(max_length=10, choices=NextStep, blank=True)

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "position"], name="one_stop_a_position", deferrable=Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind="deliver", state__in=["pending", "arrived"]),
                name="one_open_delivery_an_order",
            ),
            models.CheckConstraint(
                condition=Q(kind="deliver", order__isnull=False) | ~Q(kind="deliver"), name="a_delivery_has_its_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | (~Q(fail_reason="") & ~Q(next_step="")),
                name="a_failed_stop_says_why_and_what_next",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["pending", "arrived"], finished_at=None),
                name="a_finished_stop_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["order"], name="stops_of_an_order")]
        triggers = [Moves(name="state_moves", field="state", moves=STOP_MOVES)]

    def __str__(self) -> str:
        return f"{self.route_id}#{self.position}"

    @property
    def is_finished(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}

    @property
    def before(self) -> int:
        """How many open stops the driver makes before this one."""
        return self.route.stops.todo().filter(position__lt=self.position).count()

    @transaction.atomic
    def arrive(self, *, by: User, at: dt.datetime | None = None) -> None:
        """The driver stands at the door."""
        self.lock()
        if self.state == self.State.ARRIVED:
            return
        self._move(self.State.ARRIVED)
        self.arrived_at = at or timezone.now()
        self.save(update_fields=["arrived_at"])

    @transaction.atomic
    def finish(self, *, by: User, at: dt.datetime | None = None) -> None:
        """The visit is done; what it did is written by whoever calls this, in the same transaction."""
        self.lock()
        self._move(self.State.DONE, finished_at=at or timezone.now(), finished_by=by)

    @transaction.atomic
    def fail(self, *, by: User, reason: str, next_step: str, at: dt.datetime | None = None) -> None:
        """Nothing was delivered: the stop closes with why and what next, the order goes back to the office."""
        if self.order:
            self.order.lock()
        self.lock()
        if reason not in self.Reason.values or next_step not in self.NextStep.values:
            raise Refused(_("Say why it failed, and what happens next."), field="reason", code="no_reason")
        self._move(
            self.State.FAILED, finished_at=at or timezone.now(), finished_by=by, fail_reason=reason, next_step=next_step
        )
        if self.order and self.order.state == Order.State.OUT:
            self.order.bring_back(by=by, reason=str(self.Reason(reason).label), at=at)

    def _move(self, to: str, **fields: object) -> None:
        if to not in STOP_MOVES[self.state]:
            raise Refused(
                _("Stop %(number)s is %(state)s already.")
                % {"number": self.position, "state": self.get_state_display()},
                code="illegal_move",
            )
        self.state = to
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=["state", *fields])
        live.changed("route", self.route_id)

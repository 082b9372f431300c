"""A driver's day: a route of stops, from draft to closed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pgtrigger
from django.db import IntegrityError, models, transaction
from django.db.models import CharField, Q, Sum
from django.db.models.functions import Cast
from django.utils import timezone

from customers.models import Payment
from deliveries.models.fleet import Driver, Vehicle
from deliveries.models.itinerary import Itinerary, planned_of
from deliveries.models.stop import Stop
from deliveries.querysets import RouteQuerySet
from luckygas import live
from luckygas.db import Moves, raise_check
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from orders.models import Order, Product
from orders.tagged import Tagged

ROUTE_MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("published",),
    "published": ("draft", "departed"),
    "departed": ("closed",),
    "closed": (),
}
COLOURS = 7
DAYS = 0x1CC6DA  # the locks of days: who makes a route shares its day's, who closes the day takes it


class OfAnOpenDay(pgtrigger.Trigger):
    """The routes of a closed day stay as they are; a new one waits for whoever is closing its day."""

    name = "of_an_open_day"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: Any) -> str:
        return f"""
            IF TG_OP = 'INSERT' THEN
                PERFORM pg_advisory_xact_lock_shared({DAYS}, NEW.day - DATE '2000-01-01');
            END IF;
            IF EXISTS (SELECT 1 FROM deliveries_closedday WHERE day = NEW.day AND reopened_at IS NULL) THEN
                {raise_check("this day is closed")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)


class Route(Itinerary):
    """One driver's stops of one day, in order, with one vehicle."""

    day = models.DateField()
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="routes")
    colour = models.PositiveSmallIntegerField(default=1)
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
        indexes = [
            models.Index(fields=["day", "state"], name="routes_of_a_day"),
            models.Index(fields=["driver", "day"], name="routes_of_a_driver"),
        ]
        triggers = [Moves(name="state_moves", field="state", moves=ROUTE_MOVES), OfAnOpenDay()]

    def __str__(self) -> str:
        return f"{self.code} {self.day}"

    # --- what can be said about one route --------------------------------------------------------------------------
    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def has_left(self) -> bool:
        return self.state in {self.State.DEPARTED, self.State.CLOSED}

    @property
    def load(self) -> Counter:
        """What to load: full cylinders by product, over all its deliveries and the visits of the old system."""
        stops = list(self.stops.all())
        needed: Counter = planned_of(stop for stop in stops if stop.kind == Stop.Kind.LEGACY)
        for stop in stops:
            if stop.order and stop.kind == Stop.Kind.DELIVER:
                for line in stop.order.lines.all():
                    needed[line.product] += line.ordered
        return needed

    @property
    def payments(self) -> models.QuerySet[Payment]:
        """What its customers gave the driver, in every way."""
        stops = self.stops.order_by().annotate(key=Cast("pk", CharField())).values("key")
        return Payment.objects.kept().filter(cause_kind="stop", cause_id__in=stops)

    @property
    def cash_due_twd(self) -> int:
        """NT$ in notes and coins that the driver brings back."""
        return self._paid_in_cash_twd + self.cash_beside_twd

    @property
    def _paid_in_cash_twd(self) -> int:
        return self.payments.filter(method=Payment.Method.CASH).aggregate(twd=Sum("received_twd", default=0))["twd"]

    @property
    def cash_beside_twd(self) -> int:
        """NT$ of the old system in the bag, less what a driver before had handed in."""
        beside = self.cash_legs.filter(account="driver", cause_kind__in=["legacy", "takeover"])
        return beside.aggregate(twd=Sum("amount_twd", default=0))["twd"]

    @property
    def cash_with_driver_twd(self) -> int:
        """What of it nobody has counted in yet, by the ledger; nothing once it was."""
        booked = self.cash_legs.filter(account="driver").aggregate(twd=Sum("amount_twd", default=0))
        return self._paid_in_cash_twd + booked["twd"]

    # --- coming into being -----------------------------------------------------------------------------------------
    @classmethod
    def draw_up(
        cls, *, code: str, day: dt.date, driver: Driver, vehicle: Vehicle, by: User, colour: int | None = None
    ) -> Route:
        """A new draft. The same route asked for again is the first one; a driver has one open route a day."""
        twin = {"code": code, "day": day, "driver": driver, "vehicle": vehicle}
        if known := cls.objects.filter(**twin).first():
            return known
        cls._check_day(day)
        colour = colour or cls.objects.on(day).count() % COLOURS + 1
        try:
            with transaction.atomic():
                route = cls.objects.create(**twin, depot=driver.depot, colour=colour)
                live.changed("route", route.pk)
        except IntegrityError as error:
            raise cls._refused_twin(error, code=code, driver=driver) from error
        return route

    @staticmethod
    def _check_day(day: dt.date) -> None:
        from deliveries.models.closed_day import ClosedDay

        ClosedDay.must_be_open(day)

    @staticmethod
    def _refused_twin(error: IntegrityError, *, code: str, driver: Driver) -> Refused:
        if "this day is closed" in str(error):  # somebody was closing it while this was typed
            return Refused(_("This day is closed. Reopen it first, with a reason."), code="day_closed")
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
    def depart(
        self,
        *,
        by: User,
        at: dt.datetime | None = None,
        on_board: Mapping[Product, int] | None = None,
        tagged: Mapping[Product, Sequence[Tagged]] | None = None,
    ) -> None:
        """The truck leaves: its open orders are out, and their customers are told.

        `on_board` are the full cylinders that were counted on it, `tagged` those of them whose serial or date was
        read; without a count, what its stops need.
        """
        from deliveries import loading

        orders = self._lock_with_orders()
        self._move(self.State.DEPARTED, departed_at=at or timezone.now())
        for order in orders:
            if order.state in {Order.State.CONFIRMED, Order.State.PLANNED}:
                order.depart(by=by, at=at)
        loading.load(self, on_board, tagged=tagged, by=by, at=at or timezone.now())

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

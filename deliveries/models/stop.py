"""One visit of a route: what it is for, how it ended, and what comes next."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.db import models, transaction
from django.db.models import Deferrable, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from deliveries.querysets import StopQuerySet
from luckygas import live
from luckygas.db import Moves, Record
from luckygas.errors import Refused
from luckygas.models import User
from orders.models import Order

STOP_MOVES: dict[str, tuple[str, ...]] = {
    "pending": ("arrived", "done", "failed"),
    "arrived": ("pending", "done", "failed"),
    "done": (),
    "failed": (),
}


class Stop(Record):
    """One visit of a route: to deliver, patrol, collect or inspect. Only a delivery needs an order."""

    class Kind(models.TextChoices):
        DELIVER = "deliver", _("deliver")
        PATROL = "patrol", _("patrol")
        COLLECT_MONEY = "collect_money", _("collect money")
        COLLECT_CYLINDERS = "collect_cylinders", _("collect cylinders")
        INSPECT = "inspect", _("inspect")
        LEGACY = "legacy", _("of the old system")

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

    route = models.ForeignKey("deliveries.Route", on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=18, choices=Kind, default=Kind.DELIVER)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="stops")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stops")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    due_twd = models.PositiveIntegerField(default=0, help_text="to collect, for a collect-money stop")
    planned = models.JSONField(null=True, blank=True, help_text="of the old system: so many of each product, by id")
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
                condition=~Q(kind="legacy") | Q(order=None), name="the_old_system_has_no_order_here"
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
    def is_reported(self) -> bool:
        """Whether something of the driver hangs on it: then it is closed with a reason and never deleted."""
        return self.events.exists() or self.proofs.exists() or self.reviews.exists()

    @property
    def map_url(self) -> str:
        """Where a phone's map finds the way: by the pin, else by the address."""
        pin = f"{self.site.latitude},{self.site.longitude}" if self.site.latitude is not None else self.site.address
        return f"https://www.google.com/maps/dir/?{urlencode({'api': 1, 'destination': pin})}"

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
        self._move(self.State.ARRIVED, arrived_at=at or timezone.now())

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
            self.order.bring_back(by=by, reason=self.Reason(reason).label, at=at)

    def write_off(self, *, by: User | None, note: str = "") -> None:
        """Its order is gone but the driver has reported from here: closed with what happened, never deleted."""
        self._move(
            self.State.FAILED,
            finished_at=timezone.now(),
            finished_by=by,
            fail_reason=self.Reason.OTHER,
            next_step=self.NextStep.CANCEL,
            note=(note or self.note)[:200],
        )

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

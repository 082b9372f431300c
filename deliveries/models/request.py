"""What the office asks of a driver who has left: numbered on the route, and "not seen" until the phone says so."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.models.route import Route
from deliveries.models.stop import Stop
from deliveries.querysets import RequestQuerySet
from luckygas import live
from luckygas.db import Frozen, Moves, Record, derived_id, digest
from luckygas.errors import Refused
from luckygas.models import User
from orders.models import Order, OrderEvent

REQUEST_MOVES: dict[str, tuple[str, ...]] = {
    "asked": ("seen", "overtaken"),
    "seen": ("overtaken",),
    "overtaken": (),
}


class Request(Record):
    """A change, a cancellation or an urgent stop after departure. What is handed over wins over all of them."""

    class Kind(models.TextChoices):
        CHANGE = "change", _("change")
        CANCEL = "cancel", _("do not deliver")
        INSERT = "insert", _("urgent stop")

    class State(models.TextChoices):
        ASKED = "asked", _("not seen")
        SEEN = "seen", _("the driver knows")
        OVERTAKEN = "overtaken", _("came too late")

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="requests")
    number = models.PositiveSmallIntegerField()
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="requests")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["route", "number"]
        constraints = [
            models.UniqueConstraint(fields=["route", "number"], name="a_route_numbers_its_requests"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="cancel", state="asked"), name="a_cancellation_is_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="seen", seen_at__isnull=False, seen_by__isnull=False)
                | Q(state="asked", seen_at=None, seen_by=None)
                | Q(state="overtaken"),
                name="a_seen_request_says_when_and_by_whom",
            ),
            models.CheckConstraint(condition=~Q(kind="change") | ~Q(text=""), name="a_change_says_what"),
        ]
        indexes = [models.Index(fields=["route"], condition=Q(state="asked"), name="requests_nobody_saw")]
        triggers = [
            Moves(name="state_moves", field="state", moves=REQUEST_MOVES),
            Frozen("operation_id", "route_id", "number", "stop_id", "order_id", "kind", "text", "asked_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.route_id}/{self.number} {self.kind}"

    @property
    def is_asked(self) -> bool:
        return self.state == self.State.ASKED

    @classmethod
    @transaction.atomic
    def ask(cls, order: Order, *, kind: str, by: User, operation_id: uuid.UUID, text: str = "") -> Request:
        """Ask the driver, once per operation. Refused when the order is not on a truck that has left."""
        order.customer.lock()
        order.lock()
        text = text.strip()[:200]
        body = digest({"order": order.number, "kind": kind, "text": text})
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_("This form was already sent with other contents."), code="other_body")
            return known
        stop = Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER).select_related("route").first()
        if order.state != Order.State.OUT or stop is None or not stop.route.is_departed:
            raise Refused(_("Order %(number)s is not on the truck.") % {"number": order.number}, code="not_out")
        if kind == cls.Kind.CHANGE and not text:
            raise Refused(_("Write what should be different."), field="text", code="no_text")
        if kind == cls.Kind.CANCEL:
            waiting = cls.objects.filter(order=order, kind=kind, state=cls.State.ASKED).first()
            if waiting:
                return waiting  # one question is enough
        return cls._write(stop, kind=kind, by=by, operation_id=operation_id, text=text, body=body)

    @classmethod
    def _write(cls, stop: Stop, *, kind: str, by: User, operation_id: uuid.UUID, text: str, body: str) -> Request:
        assert stop.order is not None  # noqa: S101  (only a delivery is asked about)
        stop.route.lock()
        last = cls.objects.filter(route=stop.route).aggregate(last=Max("number", default=0))["last"]
        request = cls.objects.create(
            operation_id=operation_id, body_digest=body, route=stop.route, number=last + 1, stop=stop,
            order=stop.order, kind=kind, text=text, asked_by=by,
        )  # fmt: skip
        request._note(by=by)
        return request

    @classmethod
    def insert(cls, stop: Stop, *, by: User) -> Request:
        """A stop that came onto a route after it left, inside the transaction that put it there."""
        return cls._write(
            stop, kind=cls.Kind.INSERT, by=by, operation_id=derived_id("insert", stop.pk), text="", body=""
        )  # fmt: skip

    @transaction.atomic
    def see(self, *, by: User, at: dt.datetime) -> None:
        """The driver knows. A cancellation is carried out, unless the cylinders were handed over before."""
        self.order.customer.lock()
        self.order.lock()
        self.route.lock()
        self.stop.lock()
        self.lock()
        if not self.is_asked:
            return
        self.state, self.seen_at, self.seen_by = self.State.SEEN, at, by
        self.save(update_fields=["state", "seen_at", "seen_by"])
        if self.kind == self.Kind.CANCEL and self.order.state == Order.State.OUT and not self.stop.is_finished:
            said = self.text or str(self.get_kind_display())
            self.stop.write_off(by=by, note=said)
            self.order.recall(by=self.asked_by, reason=said, operation_id=derived_id("recalled", self.operation_id))
        self._note(by=by)

    @classmethod
    def overtake(cls, order: Order, *, by: User | None, is_handed_over: bool) -> None:
        """The visit is over: what nobody has seen came too late, and so did a cancellation of what was handed over."""
        late = Q(state=cls.State.ASKED)
        if is_handed_over:
            late |= Q(state=cls.State.SEEN, kind=cls.Kind.CANCEL)
        for request in cls.objects.filter(late, order=order):
            request.state = cls.State.OVERTAKEN
            request.save(update_fields=["state"])
            request._note(by=by)

    def _note(self, *, by: User | None) -> None:
        """Told in the order's story and on the screens."""
        data = {"request": self.kind, "number": self.number, "said": self.state}
        state = self.order.state
        OrderEvent.write(self.order, state, state, by=by, reason=self.text, data=data)
        live.changed("order", self.order.number)
        live.changed("route", self.route_id)

"""Cylinders that came back with gas in them: weighed at the depot, and the gas left credited to their customer."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import ROUND_HALF_UP, Decimal

from django.db import models, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from customers.models import AccountEntry
from deliveries.models.route import Route
from deliveries.models.stop import Stop
from deliveries.querysets import WeighingQuerySet
from luckygas import live
from luckygas.db import AppendOnly, Record, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from orders.models import CylinderMovement, Price, Product

CENT = Decimal("0.01")
CAME_BACK = ("taken", "taken_part", "collected", "collected_part")  # purposes of our own cylinders that came back
State = CylinderMovement.State


class Weighing(Record):
    """One part-empty of one stop on the scales: what it weighed, what it weighs empty, the kilogram's price."""

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="weighings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    gross_kg = models.DecimalField(max_digits=6, decimal_places=2)
    tare_kg = models.DecimalField(max_digits=6, decimal_places=2)
    price_twd = models.PositiveIntegerField(help_text="NT$ for a kilogram of gas left, on the day it came back")
    was_reported = models.BooleanField(help_text="the driver had said at the door that gas is left in it")
    is_at_door = models.BooleanField(default=False, help_text="weighed where it was taken back, by the driver")
    day = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = WeighingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tare_kg__gt=0, gross_kg__gt=F("tare_kg"), price_twd__gt=0), name="gas_left_weighs_something"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="weighings_of_a_day")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.product_id} {self.net_kg} kg of stop {self.stop_id}"

    @property
    def net_kg(self) -> Decimal:
        return self.gross_kg - self.tare_kg

    @property
    def credit_twd(self) -> int:
        """Whole NT$, rounded as a person would."""
        return int((self.net_kg * self.price_twd).quantize(Decimal(1), ROUND_HALF_UP))

    @classmethod
    @transaction.atomic
    def record(
        cls,
        *,
        operation_id: uuid.UUID,
        stop: Stop,
        product: Product,
        gross_kg: Decimal,
        tare_kg: Decimal,
        by: User,
        at: dt.datetime | None = None,
        is_at_door: bool = False,
    ) -> Weighing:
        """Credit the gas left in one cylinder of this stop; the same operation again is the first weighing.

        At the depot, once its route is closed; or by the driver at the door, while it is on the vehicle.
        """
        customer = stop.site.customer
        customer.lock()
        gross_kg, tare_kg = gross_kg.quantize(CENT), tare_kg.quantize(CENT)
        body = digest({"stop": stop.pk, "product": product.code, "gross": gross_kg, "tare": tare_kg})
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_("This form was already sent with other contents."), code="other_body")
            return known
        stop.route.lock()
        stop.lock()
        _check_weights(product, gross_kg, tare_kg)
        reported = _check_stop(stop, product, is_at_door=is_at_door)
        quote = Price.quote(product, on=stop.route.day, customer=customer)
        if not quote.residual_twd:
            raise Refused(_("%(product)s has no price for gas left.") % {"product": product}, code="no_price")
        at = at or timezone.now()
        weighing = cls.objects.create(
            operation_id=operation_id, body_digest=body, stop=stop, product=product, gross_kg=gross_kg,
            tare_kg=tare_kg, price_twd=quote.residual_twd, was_reported=reported, day=timezone.localdate(at), at=at,
            by=by, is_at_door=is_at_door,
        )  # fmt: skip
        weighing._post(weighing.credit_twd, purpose="residual", by=by, at=at)
        return weighing

    def _post(self, twd: int, *, purpose: str, by: User, at: dt.datetime) -> None:
        """The credit, and the cylinder from those with gas left to the empties; less than nothing is the way back."""
        account, cause = AccountEntry.Account, ("weighing", self.pk)
        legs: dict[str, int] = {account.RECEIVABLE: -twd, account.GAS_CREDIT: twd}
        AccountEntry.post(customer=self.stop.site.customer, legs=legs, cause=cause, purpose=purpose, by=by, at=at)
        if self.was_reported:
            route = self.stop.route
            place = route.depot.place if route.state == Route.State.CLOSED else route.vehicle.place
            way = [(place, State.PART), (place, State.EMPTY)]
            start, end = way if twd > 0 else reversed(way)
            CylinderMovement.post(
                product=self.product, quantity=1, start=start, end=end, cause=cause, purpose=purpose, by=by, at=at,
                residual_kg=self.net_kg,
            )  # fmt: skip
        live.changed("weighing", self.pk)

    @transaction.atomic
    def take_back(self, *, operation_id: uuid.UUID, reason: str, by: User, at: dt.datetime | None = None) -> None:
        """It was weighed wrong: the credit is posted the other way, once. The same operation again changes nothing."""
        self.stop.site.customer.lock()
        if known := WeighingReversal.objects.filter(weighing=self).first():
            if known.operation_id == operation_id:
                return
            raise Refused(_("This weighing was taken back already."), code="taken_back")
        if not reason.strip():
            raise Refused(_("Write why it is taken back."), field="reason", code="no_reason")
        at = at or timezone.now()
        WeighingReversal.objects.create(
            operation_id=operation_id, weighing=self, reason=reason.strip()[:200], by=by, at=at
        )
        self._post(-self.credit_twd, purpose="residual_back", by=by, at=at)


class WeighingReversal(models.Model):
    """A weighing that was wrong: who took it back, when and why. The weighing stays as it was written."""

    operation_id = models.UUIDField(unique=True)
    weighing = models.OneToOneField(Weighing, on_delete=models.PROTECT, related_name="reversal")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_weighing_is_taken_back_for_a_reason")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.weighing_id}: {self.reason}"


def _check_weights(product: Product, gross_kg: Decimal, tare_kg: Decimal) -> None:
    if tare_kg <= 0 or gross_kg <= tare_kg:
        raise Refused(_("It weighs no more than it does empty."), field="gross_kg", code="no_gas")
    if gross_kg - tare_kg > product.gas_kg:
        raise Refused(
            _("A full one holds %(kg)s kg. Check both weights.") % {"kg": f"{product.gas_kg:g}"},
            field="gross_kg",
            code="too_much_gas",
        )


def _check_stop(stop: Stop, product: Product, *, is_at_door: bool) -> bool:
    """Refuse more cylinders than came back from this stop; whether the driver had reported one more with gas left."""
    if stop.state != Stop.State.DONE or (stop.route.state != Route.State.CLOSED and not is_at_door):
        raise Refused(_("Weigh it when the truck is back and its route is closed."), code="not_back")
    back = came_back(stop, product)
    weighed = Weighing.objects.kept().filter(stop=stop, product=product)
    if weighed.count() >= sum(back.values()):
        raise Refused(_("No more cylinders of this kind came back from this stop."), field="product", code="none_left")
    return weighed.filter(was_reported=True).count() < back[State.PART]


def came_back(stop: Stop, product: Product) -> dict[str, int]:
    """Our cylinders of a kind that this stop gave back, by the state that was reported."""
    causes = Q(cause_kind="stop", cause_id=str(stop.pk))
    if stop.order_id and stop.kind == Stop.Kind.DELIVER:
        causes |= Q(cause_kind="order", cause_id=str(stop.order_id))
    moved = CylinderMovement.objects.filter(causes, product=product).in_effect(*CAME_BACK)
    rows = moved.order_by().values_list("to_state")
    back: dict[str, int] = {State.EMPTY: 0, State.PART: 0}
    return back | dict(rows.annotate(Sum("quantity")))

"""Handing over as reported: both ledgers, the stop, the payment and the signature, together and once.

What was handed over wins: where no move or gate allows it, stock and cash are posted all the same, the order goes to
review and the office decides what it was.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from customers.models import Customer, Payment
from deliveries.models import Driver, DriverEvent, Proof, Route, Stop
from deliveries.reporting.aside import put_aside
from deliveries.reporting.day import is_mine, moment_of, open_leak
from deliveries.reporting.outcome import ABSORBED, APPLIED, Outcome
from deliveries.reporting.reports import Delivery, Money, exchanged, signature_of
from luckygas.db import derived_id
from luckygas.errors import Refused
from orders.handover import Handover, is_handed_over
from orders.models import CylinderMovement, Order, Place

State = CylinderMovement.State


def deliver(event: DriverEvent) -> Outcome:
    """Cylinders went over the doorstep: finish the stop, deliver the order, take the money and the signature."""
    stop, order = _what_it_is_about(event)
    if order is None:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    report = Delivery.read(event.body)
    if report.has_leak:
        open_leak(event, order.customer, stop)  # it locks the customer's orders: before a route or stop is locked
    _lock(order.customer, order, stop)
    if stop:
        put_aside(event, stop.route, at=moment_of(event))
    if is_handed_over(order):
        return _second_time(event, stop, order, report)
    if report.has_leak and report.is_empty_handed:
        return _leave_a_leak(event, stop, order)
    reason = _why_contested(event, stop, order, report)
    if not reason:
        reason = _hand_over(event, stop, order, report)
    if reason:
        _contest(event, stop, order, report, reason)
    trouble = _settle_up(event, stop, order, report)
    _keep_signature(event, stop, report.signature)
    return Outcome("contested" if reason else "applied", reason or trouble, order=order, stop=stop)


def collect(event: DriverEvent) -> Outcome:
    """A visit without an order's delivery: money, empties, a patrol or an inspection."""
    stop = event.stop
    if stop is None or stop.kind == Stop.Kind.DELIVER:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    money = Money.read(event.body.get("payment"))
    empties = exchanged(event.body["items"]) if event.body.get("items") else []
    _lock(stop.site.customer, stop.order, stop)
    if stop.state == Stop.State.DONE:
        said = {"number": stop.position}
        return Outcome("finished", _("Stop %(number)s was reported twice, with different contents.") % said, stop=stop)
    reason = ""
    if not is_mine(event, stop.route):
        reason = _("%(driver)s reported a stop of %(other)s.") % {"driver": event.user, "other": stop.route.driver}
    elif stop.is_finished:
        reason = _("Collected at a stop that was reported as failed.")
    if not stop.is_finished:
        stop.finish(by=event.user, at=moment_of(event))
    _receive(event, stop.site.customer, ("stop", stop.pk), money)
    place = _vehicle_place(event, stop.route)
    for item in empties:
        CylinderMovement.post(
            product=item.product,
            quantity=item.empties,
            start=(Place.of_site(stop.site), State.IN_USE),
            end=(place, State.EMPTY),
            cause=("stop", stop.pk),
            purpose="collected",
            by=event.user,
            at=moment_of(event),
        )
    _keep_signature(event, stop, signature_of(event.body))
    return Outcome(reason=reason, stop=stop)


# --- which stop and order ---
def _what_it_is_about(event: DriverEvent) -> tuple[Stop | None, Order | None]:
    """The stop and order; when the office took the stop away meanwhile, the open stop its order stands on now."""
    if event.stop:
        return event.stop, event.stop.order
    order = Order.objects.filter(number=str(event.body.get("order") or "")).first()
    stop = Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER).first() if order else None
    return stop, order


def _lock(customer: Customer, order: Order | None, stop: Stop | None) -> None:
    """The one order in which everybody locks: customer, order, route, stop."""
    customer.lock()
    if order:
        order.lock()
    if stop:
        stop.route.lock()
        stop.lock()


def _vehicle_place(event: DriverEvent, route: Route | None) -> Place:
    """The vehicle the cylinders came from: the route's, or of whoever delivered when it is somebody else's route."""
    if route and is_mine(event, route):
        return route.vehicle.place
    return Driver.objects.select_related("vehicle").get(user=event.user).vehicle.place


def _why_contested(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery) -> str:
    """Why the office must look, in a sentence; empty when the report fits."""
    if stop is None or event.stop is None:
        return _("The office took order %(number)s off the route before it was delivered.") % {"number": order.number}
    if not is_mine(event, stop.route):
        return _("%(driver)s delivered a stop of %(other)s.") % {"driver": event.user, "other": stop.route.driver}
    if stop.is_finished:
        said = {"number": stop.position, "state": stop.get_state_display()}
        return _("Delivered, but stop %(number)s was reported before: %(state)s.") % said
    if order.state != Order.State.OUT:
        said = {"number": order.number, "state": order.get_state_display()}
        return _("Order %(number)s was %(state)s when it was delivered.") % said
    return _("A leak was found, and cylinders were handed over.") if report.has_leak else ""


# --- what happens ---
def _hand_over(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery) -> str:
    """Deliver it; the sentence of the gate that says no, with nothing changed."""
    assert stop is not None  # noqa: S101  (_why_contested saw to it)
    at = moment_of(event)
    try:
        with transaction.atomic():
            stop.finish(by=event.user, at=at)
            place = _vehicle_place(event, stop.route)
            order.deliver(report.handover, place=place, by=event.user, at=at, operation_id=event.pk)
    except Refused as refused:
        stop.refresh_from_db()
        order.refresh_from_db()
        return str(refused.sentence)
    return ""


def _contest(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery, reason: str) -> None:
    at = moment_of(event)
    place = _vehicle_place(event, stop.route if stop else None)
    order.contest(report.handover, place=place, by=event.user, reason=reason, at=at, operation_id=event.pk)
    if stop and not stop.is_finished and report.has_leak:
        stop.fail(by=event.user, reason=Stop.Reason.LEAK, next_step=Stop.NextStep.CALL, at=at)
    elif stop and not stop.is_finished:
        stop.finish(by=event.user, at=at)


def _leave_a_leak(event: DriverEvent, stop: Stop | None, order: Order) -> Outcome:
    """A leak, and nothing handed over: the visit failed."""
    if stop is None or stop.is_finished or not is_mine(event, stop.route):
        return Outcome("leak", _("A leak was found where no visit was open."), order=order, stop=stop)
    stop.fail(by=event.user, reason=Stop.Reason.LEAK, next_step=Stop.NextStep.CALL, at=moment_of(event))
    return APPLIED


def _second_time(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery) -> Outcome:
    """The order was handed over before: the same again is absorbed, anything else goes to the office. Stock stays."""
    if stop and not stop.is_finished and not report.has_leak:
        stop.finish(by=event.user, at=moment_of(event))
    known = Payment.objects.filter(_causes(stop, order)).aggregate(twd=Sum("received_twd"))["twd"]
    money = Money.read(report.money)
    if not _is_the_same(order, report.handover) or report.has_leak or known not in {None, money.received_twd}:
        reason = _("Order %(number)s was handed over before, and this report differs.") % {"number": order.number}
        return Outcome("handed_over", reason, order=order, stop=stop)
    if known is None:
        _receive(event, order.customer, ("stop", stop.pk) if stop else ("order", order.pk), money)
    return ABSORBED


def _causes(stop: Stop | None, order: Order) -> Q:
    stops = [str(pk) for pk in order.stops.values_list("pk", flat=True)]
    return Q(cause_kind="order", cause_id=str(order.pk)) | Q(cause_kind="stop", cause_id__in=stops)


def _is_the_same(order: Order, handover: Handover) -> bool:
    told = {item.product.pk: (item.delivered, item.empties) for item in handover.items}
    told = {pk: counts for pk, counts in told.items() if any(counts)}
    known = {line.product_id: (line.delivered, line.empties_taken) for line in order.lines.all()}
    known = {pk: counts for pk, counts in known.items() if any(counts)}
    others = CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk), purpose="other_empties")
    return told == known and sum(item.other_empties for item in handover.items) == sum(
        others.values_list("quantity", flat=True)
    )


# --- money and proof ---
def _settle_up(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery) -> str:
    """Record what was received; what is left owed becomes a stop to collect it. A sentence when nobody can read it."""
    try:
        money = Money.read(report.money)
    except Refused as refused:
        return str(refused.sentence)
    _receive(event, order.customer, ("stop", stop.pk) if stop else ("order", order.pk), money)
    due = order.due_twd - money.received_twd
    if not report.is_left_owed or due <= 0:
        return ""
    if stop is None or stop.route.state == Route.State.CLOSED:
        return _("NT$%(due)s was left owed, and no route is open to collect it.") % {"due": due}
    last = stop.route.stops.aggregate(last=Max("position"))["last"]
    Stop.objects.create(
        route=stop.route,
        position=last + 1,
        kind=Stop.Kind.COLLECT_MONEY,
        order=order,
        site=order.site,
        due_twd=due,
        note=_("left owed at stop %(number)s") % {"number": stop.position},
    )
    return ""


def _receive(event: DriverEvent, customer: Customer, cause: tuple[str, object], money: Money) -> None:
    if money.received_twd:
        Payment.record(
            operation_id=derived_id("payment", event.pk),
            customer=customer,
            method=money.method,
            received_twd=money.received_twd,
            by=event.user,
            cause=cause,
            at=moment_of(event),
        )


def _keep_signature(event: DriverEvent, stop: Stop | None, path: str) -> None:
    if path and stop:
        Proof.objects.get_or_create(
            operation_id=derived_id("signature", event.pk),
            defaults={
                "stop": stop,
                "kind": Proof.Kind.SIGNATURE,
                "path": path,
                "taken_at": moment_of(event),
                "by": event.user,
            },
        )

"""Handing over as reported: both ledgers, the stop, the payment and the signature, together and once.

What was handed over wins: where no move or gate allows it, stock and cash are posted all the same, the order goes to
review and the office decides what it was.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, Sum

from customers.models import Payment
from deliveries.models import Driver, DriverEvent, Route, Stop
from deliveries.reporting.aside import put_aside
from deliveries.reporting.day import is_mine, moment_of, open_leak
from deliveries.reporting.outcome import ABSORBED, APPLIED, Outcome
from deliveries.reporting.reports import Delivery, Money, exchanged, signature_of, weights
from deliveries.reporting.settling import (
    Told,
    cause_of,
    keep_signature,
    lock,
    receive,
    settle_up,
    taken_for,
    weigh_here,
)
from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.said import Said as _
from luckygas.said import Words
from orders.handover import Handed, Handover, is_handed_over
from orders.models import CylinderMovement, Order, Place

State = CylinderMovement.State


def deliver(event: DriverEvent) -> Outcome:
    """Cylinders went over the doorstep: finish the stop, deliver the order, take the money and the signature."""
    stop, order = what_it_is_about(event)
    if order is None:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    report = Delivery.read(event.body)
    if report.has_leak:
        open_leak(event, order.customer, stop)  # it locks the customer's orders: before a route or stop is locked
    lock(order.customer, order, stop)
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
        stop = _contest(event, stop, order, report, reason)
    trouble = settle_up(Told.of(event), stop, order, report)
    keep_signature(Told.of(event), stop, report.signature)
    return Outcome("contested" if reason else "applied", reason or trouble, order=order, stop=stop)


def collect(event: DriverEvent) -> Outcome:
    """A visit without an order's delivery: money, empties, a patrol or an inspection."""
    stop = event.stop
    if stop is None or stop.kind == Stop.Kind.DELIVER:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    money = Money.read(event.body.get("payment"))
    empties = exchanged(event.body["items"]) if event.body.get("items") else []
    lock(stop.site.customer, stop.order, stop)
    if stop.state == Stop.State.DONE:
        said = {"number": stop.position}
        return Outcome("finished", _("Stop %(number)s was reported twice, with different contents.") % said, stop=stop)
    reason: Words = ""
    if not is_mine(event, stop.route):
        reason = _("%(driver)s reported a stop of %(other)s.") % {"driver": event.user, "other": stop.route.driver}
    elif stop.is_finished:
        reason = _("Collected at a stop that was reported as failed.")
    if not stop.is_finished:
        stop.finish(by=event.user, at=moment_of(event))
    receive(Told.of(event), stop.site.customer, ("stop", stop.pk), money)
    take_empties(event, stop, empties)
    keep_signature(Told.of(event), stop, signature_of(event.body))
    trouble = weigh_here(Told.of(event), stop, empties, weights(event.body.get("items")))
    return Outcome(reason=reason or trouble, stop=stop)


def take_empties(event: DriverEvent, stop: Stop, items: list[Handed], *, mark: str = "") -> None:
    """Ours that a visit without a delivery brought back, those with gas left apart."""
    place, site = vehicle_place(event, stop.route), (Place.of_site(stop.site), State.IN_USE)
    for item in items:
        for quantity, state, purpose in (
            (item.empties - item.parts, State.EMPTY, "collected"),
            (item.parts, State.PART, "collected_part"),
        ):
            CylinderMovement.post(
                product=item.product, quantity=quantity, start=site, end=(place, state), cause=("stop", stop.pk),
                purpose=f"{purpose}{mark}", by=event.user, at=moment_of(event),
            )  # fmt: skip


# --- which stop and order ---
def what_it_is_about(event: DriverEvent) -> tuple[Stop | None, Order | None]:
    """The stop and order; when the office took the stop away meanwhile, the open stop its order stands on now."""
    if event.stop:
        return event.stop, event.stop.order
    order = Order.objects.filter(number=str(event.body.get("order") or "")).first()
    stop = Stop.objects.todo().filter(order=order, kind=Stop.Kind.DELIVER).first() if order else None
    return stop, order


def vehicle_place(event: DriverEvent, route: Route | None) -> Place:
    """The vehicle the cylinders came from: the route's, or of whoever delivered when it is somebody else's route."""
    if route and is_mine(event, route):
        return route.vehicle.place
    return Driver.objects.select_related("vehicle").get(user=event.user).vehicle.place


def _why_contested(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery) -> Words:
    """Why the office must look, in a sentence; empty when the report fits."""
    if stop is None or event.stop is None:
        return _("The office took order %(number)s off the route before it was delivered.") % {"number": order.number}
    if not is_mine(event, stop.route):
        return _("%(driver)s delivered a stop of %(other)s.") % {"driver": event.user, "other": stop.route.driver}
    if stop.is_finished:
        said = {"number": stop.position, "state": Stop.State(stop.state).label}
        return _("Delivered, but stop %(number)s was reported before: %(state)s.") % said
    if order.state != Order.State.OUT:
        said = {"number": order.number, "state": Order.State(order.state).label}
        return _("Order %(number)s was %(state)s when it was delivered.") % said
    return _("A leak was found, and cylinders were handed over.") if report.has_leak else ""


# --- what happens ---
def _hand_over(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery) -> Words:
    """Deliver it; the sentence of the gate that says no, with nothing changed."""
    assert stop is not None  # noqa: S101  (_why_contested saw to it)
    at = moment_of(event)
    try:
        with transaction.atomic():
            stop.finish(by=event.user, at=at)
            place = vehicle_place(event, stop.route)
            order.deliver(report.handover, place=place, by=event.user, at=at, operation_id=event.pk)
    except Refused as refused:
        stop.refresh_from_db()
        order.refresh_from_db()
        return refused.sentence
    return ""


def _contest(event: DriverEvent, stop: Stop | None, order: Order, report: Delivery, reason: Words) -> Stop | None:
    """Write down what happened all the same; the visit it is credited to, on the route of who made it."""
    at = moment_of(event)
    place = vehicle_place(event, stop.route if stop else None)
    order.contest(report.handover, place=place, by=event.user, reason=reason, at=at, operation_id=event.pk)
    own = _visit_of_their_own(event, stop, order)
    if own:
        return own
    if stop and not stop.is_finished and report.has_leak:
        stop.fail(by=event.user, reason=Stop.Reason.LEAK, next_step=Stop.NextStep.CALL, at=at)
    elif stop and not stop.is_finished:
        stop.finish(by=event.user, at=at)
    return stop


def _visit_of_their_own(event: DriverEvent, stop: Stop | None, order: Order) -> Stop | None:
    """Who delivered what stands on another's route gets the visit, and its cash, on a route of their own; the open
    stop of the other one is over. None when it is theirs, or they drive none that day."""
    if stop and is_mine(event, stop.route):
        return None
    at = moment_of(event)
    left = Route.objects.of_driver(event.user).filter(state__in=[Route.State.DEPARTED, Route.State.CLOSED])
    route = left.filter(day=business_day(at)).order_by("-departed_at").first()
    if route is None:
        return None
    if stop and not stop.is_finished:
        said = _("delivered by %(driver)s") % {"driver": event.user}
        Route.let_go(order, by=event.user, reason=said)
        if Stop.objects.todo().filter(pk=stop.pk).exists():
            stop.write_off(by=event.user, note=str(said))
    route.lock()
    last = route.stops.aggregate(last=Max("position", default=0))["last"]
    return Stop.objects.create(
        route=route, position=last + 1, kind=Stop.Kind.DELIVER, order=order, site=order.site, state=Stop.State.DONE,
        finished_at=at, finished_by=event.user, note=str(_("stood on another route")),
    )  # fmt: skip


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
    keep_signature(Told.of(event), stop, report.signature)
    known = Payment.objects.kept().filter(taken_for(order)).aggregate(twd=Sum("received_twd"))["twd"]
    money = Money.read(report.money)
    if not _is_the_same(order, report.handover) or report.has_leak or known not in {None, money.received_twd}:
        reason = _("Order %(number)s was handed over before, and this report differs.") % {"number": order.number}
        return Outcome("handed_over", reason, order=order, stop=stop)
    if known is None:
        receive(Told.of(event), order.customer, cause_of(stop, order), money)
    return ABSORBED


def _is_the_same(order: Order, handover: Handover) -> bool:
    told = {item.product.pk: (item.delivered, item.empties) for item in handover.items}
    told = {pk: counts for pk, counts in told.items() if any(counts)}
    known = {line.product_id: (line.delivered, line.empties_taken) for line in order.lines.all()}
    known = {pk: counts for pk, counts in known.items() if any(counts)}
    moved = CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk))
    others = sum(moved.in_effect("other_empties").values_list("quantity", flat=True))
    return told == known and sum(item.other_empties for item in handover.items) == others

"""Suspensions carried out and taken back: customer by customer, each in one transaction with what they are told.

Rows are the record. A worker that is killed leaves a customer untouched or finished, and the next one goes on; a key
pressed twice finds nothing left. Whoever an order reached too late to be seen is found again by the sweep.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.models import Customer, Message, Suspension
from customers.models.suspension import AT_WORK, IN_FORCE
from luckygas.doorbell import is_answered, ring
from luckygas.models import User
from luckygas.said import Said as _
from orders.calendar.displaced import displaced_orders, rows_of_dates, rows_of_orders
from orders.calendar.suspension_words import resumed_words, suspended_words
from orders.models import Order, Slot, StandingDay, SuspensionRow
from orders.models.slot import DAYS_AHEAD
from orders.models.suspension_row import TO_UNDO
from orders.standing.upcoming import PLANNED, Outlook
from orders.windows import windows_for

SLICE_SECONDS = 30  # then the worker rings for itself, and other work gets its turn
SILENT = dt.timedelta(seconds=20)  # nothing was done for so long: its worker is dead, or nobody rang
Outcome = SuspensionRow.Outcome


# --- what a person does ----------------------------------------------------------------------------------------------
@transaction.atomic
def draw_up(*, operation_id: uuid.UUID, by: User, **facts: Any) -> Suspension:
    """A suspension to be looked at, with a row for everybody it would touch; once per `operation_id`."""
    suspension = Suspension.draw_up(operation_id=operation_id, by=by, **facts)
    if suspension.state == Suspension.State.DRAFT:
        _write_rows(suspension)
    return suspension


@transaction.atomic
def look_again(suspension: Suspension) -> None:
    """Plan a draft anew: orders came, windows were taken."""
    suspension.lock()
    if suspension.state == Suspension.State.DRAFT:
        suspension.rows.all().delete()
        _write_rows(suspension)


@transaction.atomic
def confirm(suspension: Suspension, *, by: User) -> None:
    """Put it in force; a worker moves what it touches. Pressed twice it is one."""
    suspension.lock()
    if suspension.state == Suspension.State.DRAFT:
        _write_rows(suspension)
    if suspension.confirm(by=by):
        ring_for(suspension)


@transaction.atomic
def undo(suspension: Suspension, *, by: User) -> None:
    """Take it back; a worker puts back what nobody has touched since. Pressed twice it is one."""
    if suspension.undo(by=by):
        for row in suspension.rows.filter(outcome=Outcome.WAITING):
            row.settle(Outcome.GONE, _("It was taken back first."))
        ring_for(suspension)


def _write_rows(suspension: Suspension) -> int:
    """A row for each order that has none yet, and before it holds for each standing date; answers how many."""
    at = timezone.now()
    known = suspension.rows.filter(order__isnull=False).values("order")
    orders = displaced_orders(suspension).exclude(pk__in=known).select_related("site__area", "site__customer")
    found = list(orders)
    rows = rows_of_orders(suspension, found, at=at) if found else []
    if suspension.state == Suspension.State.DRAFT:
        rows += rows_of_dates(suspension, at=at)
    SuspensionRow.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def ring_for(suspension: Suspension) -> None:
    from orders.tasks import work_on_suspension

    ring(work_on_suspension, suspension.pk)


# --- what a worker does ----------------------------------------------------------------------------------------------
def work(pk: int) -> None:
    """Do the next half minute of this suspension, and ring for the rest."""
    suspension = Suspension.objects.filter(pk=pk).first()
    until = time.monotonic() + SLICE_SECONDS
    while suspension and (customer := _next(suspension)) and time.monotonic() < until:
        settle_for(suspension, customer)
    if suspension and not _finish(suspension):
        ring_for(suspension)


def go_on() -> int:
    """Ring for suspensions that nobody works on, and for those that an order slipped into. Answers how many."""
    from orders.tasks import work_on_suspension

    silent = Suspension.objects.filter(state__in=AT_WORK, worked_at__lt=timezone.now() - SILENT)
    left = set(silent.values_list("pk", flat=True))
    for suspension in Suspension.objects.filter(state=Suspension.State.DONE, ends_at__gt=timezone.now()):
        if _add_late(suspension) or suspension.rows.filter(outcome=Outcome.WAITING).exists():
            left.add(suspension.pk)
    rung = 0
    for pk in left:
        rung += is_answered(lambda pk=pk: work_on_suspension.apply_async(args=[pk], retry=False))  # type: ignore[misc]
    return rung


@transaction.atomic
def _add_late(suspension: Suspension) -> int:
    suspension.lock()
    return _write_rows(suspension) if suspension.state in IN_FORCE else 0


def _next(suspension: Suspension) -> Customer | None:
    """Whose rows are settled next: who needs gas first."""
    suspension.refresh_from_db()
    rows = suspension.rows.filter(outcome__in=_open(suspension)).order_by("-is_urgent", "runs_out_on", "pk")
    row = rows.select_related("customer").first()
    return row.customer if row else None


def _open(suspension: Suspension) -> tuple[str, ...]:
    """The outcomes that this suspension's work still changes."""
    return TO_UNDO if suspension.state == Suspension.State.UNDOING else (Outcome.WAITING,)


@transaction.atomic
def settle_for(suspension: Suspension, customer: Customer) -> None:
    """Everything of one customer, and the one thing they are told about it; together or not at all."""
    suspension.lock()
    if suspension.state not in {*IN_FORCE, Suspension.State.UNDOING}:
        return
    customer.lock()
    rows = list(suspension.rows.select_for_update().filter(customer=customer, outcome__in=_open(suspension)))
    is_undone = suspension.state == Suspension.State.UNDOING
    was_told = _message(suspension, customer, "suspended").exists()
    for row in sorted(rows, key=lambda row: row.pk):
        row.suspension = suspension
        if is_undone:
            _put_back(row)
        elif row.order_id:
            _move_order(row, was_told=was_told)
        else:
            _move_date(row)
    _tell(suspension, customer, rows, kind="resumed" if is_undone else "suspended")
    suspension.worked_at = timezone.now()
    suspension.save(update_fields=["worked_at"])


def _move_order(row: SuspensionRow, *, was_told: bool) -> None:
    order = Order.objects.select_related("site__area", "site__customer", "slot").get(suspension_rows=row)
    order.lock()
    row.order = order
    if not displaced_orders(row.suspension).filter(pk=order.pk).exists():
        row.settle(Outcome.GONE, _("It was delivered, moved or cancelled before."))
    elif was_told:
        row.refuse(_("It came after they were told. Call them."))
    elif order.state == Order.State.OUT:
        row.refuse(_("It is on the truck. Call the driver."))
    elif order.state == Order.State.PLANNED:
        row.refuse(_("It is on a route. Take it off, then agree on a day."))
    else:
        row.move(order, _windows(row, order))


def _windows(row: SuspensionRow, order: Order) -> Iterator[Slot]:
    """What was planned for it; when others were faster, the next ones with a place."""
    if row.slot:
        yield row.slot
    for window in windows_for(order.site, days=DAYS_AHEAD):
        if not window.is_full and window.slot != row.slot and window.slot.starts_at >= order.promised_from:
            yield window.slot


def _move_date(row: SuspensionRow) -> None:
    """The generator follows the calendar by itself: here stands where that leads, and the customer hears it."""
    standing = row.standing
    if standing is None:
        return
    coming = next(
        (each for each in Outlook([standing]).days(standing, until=row.was_on) if each.on == row.was_on), None
    )
    if coming is None or coming.order:
        row.settle(Outcome.GONE, _("It was made or changed before."))
    elif coming.state == PLANNED:
        row.settle(Outcome.MOVED, day=coming.day)
    elif coming.state == StandingDay.State.SKIPPED:
        row.settle(Outcome.SKIPPED, coming.reason, day=None)
    else:
        row.refuse(coming.reason)


def _put_back(row: SuspensionRow) -> None:
    if row.order:
        row.put_back(row.order)
    elif StandingDay.objects.of_rhythm().filter(standing=row.standing, on=row.was_on).exclude(state="due").exists():
        row.settle(Outcome.KEPT, _("It was made or left out since."))
    else:
        row.settle(Outcome.BACK)


def _tell(suspension: Suspension, customer: Customer, rows: Iterable[SuspensionRow], *, kind: str) -> None:
    """One message, or one line on the call list; who was not touched hears nothing."""
    touched = [row for row in rows if row.outcome != Outcome.GONE]
    if not touched or _message(suspension, customer, kind).exists():
        return
    Message.announce(
        kind,
        customer=customer,
        cause=_cause(suspension, customer),
        words=lambda: (resumed_words if kind == "resumed" else suspended_words)(suspension, touched),
        must_call=kind == "suspended" and any(row.is_red for row in touched),
    )


def _cause(suspension: Suspension, customer: Customer) -> tuple[str, str]:
    return "suspension", f"{suspension.pk}:{customer.pk}"


def _message(suspension: Suspension, customer: Customer, kind: str):  # noqa: ANN202  (MessageQuerySet)
    cause_kind, cause_id = _cause(suspension, customer)
    return Message.objects.filter(cause_kind=cause_kind, cause_id=cause_id, kind=kind)


@transaction.atomic
def _finish(suspension: Suspension) -> bool:
    """Whether nothing is left to do; then it is done. An order that slipped in since is found here or by the sweep."""
    suspension.lock()
    if suspension.rows.filter(outcome__in=_open(suspension)).exists():
        return False
    if suspension.state == Suspension.State.UNDOING:
        suspension.finish_undoing()
    elif suspension.state == Suspension.State.RUNNING:
        if _write_rows(suspension):
            return False
        suspension.finish()
    return True

"""Cylinders that were overdue for inspection when they were handed over: they stand there until somebody swaps them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, F, Sum, When

from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from orders.handover import CONTESTED
from orders.models import CylinderMovement, Order, Place

FETCHED = "fetched"  # a name that triggers know (orders/models/cylinder_triggers.py)
State = CylinderMovement.State


def overdue_at(order: Order) -> list[CylinderMovement]:
    """Those of this order that still stand there."""
    moves = CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk))
    fetched = set(moves.filter(purpose=FETCHED).values_list("product", "cylinder"))
    contested = moves.in_effect(CONTESTED).select_related("product", "cylinder", "to_place").order_by("pk")
    return [move for move in contested if (move.product_id, move.cylinder_id) not in fetched]


def overdue_among(orders: Iterable[int]) -> set[int]:
    """Those of these orders at which one still stands; one query for all of them."""
    moved = CylinderMovement.objects.filter(cause_kind="order", cause_id__in=[str(pk) for pk in orders])
    moved = moved.filter(purpose__regex=rf"^(un-)?{CONTESTED}|^{FETCHED}$").order_by()
    left = Sum(Case(When(purpose__startswith=CONTESTED, then="quantity"), default=-F("quantity")))
    return {int(key) for key, count in moved.values_list("cause_id").annotate(left=left) if count > 0}


def swap_overdue(order: Order, *, is_swapped: bool, by: User) -> None:
    """What was overdue is fetched into quarantine and a good one of the depot stands there; refused until it is."""
    depot = Place.objects.filter(kind=Place.Kind.DEPOT).order_by("pk").first()
    for move in overdue_at(order):
        if not is_swapped or depot is None:
            raise Refused(
                _("%(product)s overdue for inspection stands there. Swap it first, then say so here.")
                % {"product": move.product},
                field="is_swapped",
                code="overdue",
            )
        _swap(order, move, depot, by=by)


def _swap(order: Order, move: CylinderMovement, depot: Place, *, by: User) -> None:
    site = (move.to_place, State.IN_USE)
    cause, quarantine = ("order", order.pk), Place.of(Place.Kind.QUARANTINE)
    CylinderMovement.post(
        product=move.product, quantity=move.quantity, cylinder=move.cylinder, inspect_by=move.inspect_by, start=site,
        end=(quarantine, State.PART), cause=cause, purpose=FETCHED, by=by,
    )  # fmt: skip
    CylinderMovement.post(
        product=move.product, quantity=move.quantity, start=(depot, State.FULL), end=site, cause=cause,
        purpose=f"swap {move.cylinder_id or ''}".strip(), by=by,
    )  # fmt: skip

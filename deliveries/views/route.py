"""One route in full: its stops, what to load, and the money that comes back."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Payment
from deliveries.board.board import lanes_of
from deliveries.models import DriverEvent, Route
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER

PAGE = "deliveries/route.html"


def page_of(pk: int, **more: Any) -> dict[str, Any]:
    """The route's context, read again."""
    route = get_object_or_404(Route.objects.for_detail(), pk=pk)
    (lane,) = lanes_of([route])
    received: dict[str, int] = defaultdict(int)
    cash = 0
    for payment in route.payments:
        received[payment.cause_id] += payment.received_twd
        cash += payment.received_twd if payment.method == Payment.Method.CASH else 0
    needed = route.load
    context: dict[str, Any] = {
        "route": route,
        "lane": lane,
        "rows": [
            (stop, visit, received.get(str(stop.pk)))
            for stop, visit in zip(route.stops.all(), lane.visits, strict=True)
        ],
        "load": sorted(needed.items(), key=lambda item: item[0].sort),
        "load_kg": sum(count * product.gross_kg for product, count in needed.items()),
        "cash_due_twd": cash + route.cash_beside_twd,
        "received_twd": sum(received.values()),
        "other_twd": sum(received.values()) - cash,
        "count": getattr(route, "cash_count", None),
    }
    return context | _shift_of(route) | more


def _shift_of(route: Route) -> dict[str, Any]:
    """What the driver said of vehicle and way, and who took over, once there is something to say."""
    if route.is_draft:
        return {}
    return {
        "checks": list(route.vehicle_checks.all()),
        "takeovers": list(route.takeovers.select_related("from_driver__user", "to_driver__user")),
        "reordered": route.events.filter(kind=DriverEvent.Kind.REORDER).order_by("-happened_at").first(),
    }


def answer_on_route(request: HttpRequest, route: Route, *, message: str = "", status: int = 200) -> HttpResponse:
    """The route's page after something was pressed on it."""
    context = page_of(route.pk)
    if status != 200:
        return show(request, PAGE, context, part="route", status=status)
    url = reverse("deliveries:route", args=[route.pk])
    changed = f"route {route.pk}"
    return done(request, url, changed=changed, message=message, template=PAGE, part="route", context=context)


@allow(DISPATCHER, MANAGER)
@require_GET
def route(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, PAGE, page_of(pk), part="route")


@allow(DISPATCHER, MANAGER)
@require_POST
def close_route(request: HttpRequest, pk: int) -> HttpResponse:
    route = get_object_or_404(Route, pk=pk)
    try:
        route.close(by=person(request))
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return answer_on_route(request, route, status=422)
    return answer_on_route(request, route, message=_("Route %s is closed.") % route.code)

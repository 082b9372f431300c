"""What is printed: the route sheet and loading sheet of a vehicle, delivery slips, and the customer's receipt."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from customers.mine import Mine
from deliveries.models import Route
from deliveries.paper.sheet import LoadingSheet, RouteSheet
from deliveries.paper.slip import Slip
from luckygas.access import allow, note_read, person
from luckygas.http import show
from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER
from orders.models import Order

ROLL = "roll"  # of an 80 mm receipt printer; anything else is A4


@allow(DISPATCHER, MANAGER)
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The stops of a route in order, with room to write what happened."""
    route = get_object_or_404(Route.objects.for_sheet(), pk=pk)
    sheet = RouteSheet(route)
    note_read(request, "customer", *{row.stop.site.customer_id for row in sheet.rows})
    return show(request, "deliveries/sheet.html", {"route": route, "sheet": sheet})


@allow(DISPATCHER, MANAGER, DRIVER)
@require_GET
def loading(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes on the vehicle; the driver sees his own."""
    route = get_object_or_404(Route.objects.visible_to(person(request)).for_loading(), pk=pk)
    context = {"route": route, "sheet": LoadingSheet.of(route)} | _paper(request)
    return show(request, "deliveries/loading.html", context)


@allow(DISPATCHER, MANAGER)
@require_GET
def slips(request: HttpRequest, pk: int) -> HttpResponse:
    """All delivery slips of a route in one print."""
    route = get_object_or_404(Route, pk=pk)
    slips = Slip.of_route(route)
    note_read(request, "customer", *{slip.order.customer_id for slip in slips})
    context = {"route": route, "slips": slips, "sees_money": True} | _paper(request)
    return show(request, "deliveries/slips.html", context)


@allow(CUSTOMER, DISPATCHER, MANAGER)
@require_GET
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The delivery slip of one order: for the office, and for its customer."""
    slip, sees_money = _slip(request, number)
    context = {"slip": slip, "order": slip.order, "sees_money": sees_money} | _paper(request)
    return show(request, "deliveries/slip.html", context)


@allow(CUSTOMER, DISPATCHER, MANAGER)
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What a delivered order came to and how it was paid; not for who sees no amounts."""
    slip, sees_money = _slip(request, number)
    if not sees_money:
        raise Http404
    return show(request, "deliveries/receipt.html", {"slip": slip, "order": slip.order} | _paper(request))


def _slip(request: HttpRequest, number: str) -> tuple[Slip, bool]:
    """The slip of an order that this person may see, and whether its amounts are shown."""
    user = person(request)
    mine = None if user.is_office else Mine.of(user)
    orders = Order.objects.of(mine) if mine else Order.objects.all()
    order = get_object_or_404(orders.for_slip(), number=number)
    if mine is None:
        note_read(request, "customer", order.customer_id)
    sees_money = mine is None or mine.sees_money(order.customer_id, order.site_id)
    return Slip.of([order])[0], sees_money


def _paper(request: HttpRequest) -> dict[str, Any]:
    """On which paper: `?paper=roll` is the receipt printer's."""
    return {"paper": ROLL if request.GET.get("paper") == ROLL else "a4"}

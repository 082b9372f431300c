"""What a customer sees: their home, one order, and all of them. The office sees its own pages at the same addresses."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from customers.mine import Mine
from luckygas.access import allow
from luckygas.flags import WEB, WEB_ORDERING, decide
from luckygas.http import show
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER
from orders.holdings import holdings
from orders.models import Order
from orders.past import Past
from orders.sheet import Sheet
from orders.timeline import timeline
from orders.views import office, search

LIVE_SHOWN, PAST_SHOWN = 3, 3


@allow(CUSTOMER, DISPATCHER, MANAGER)
def index(request: HttpRequest) -> HttpResponse:
    """What comes, the usual in one tap, what stands here, and what was."""
    if request.user.is_office:  # type: ignore[union-attr]
        return search.office_list(request)
    mine = Mine.of(request.user)  # type: ignore[arg-type]
    orders = list(Order.objects.of(mine).for_home(past=PAST_SHOWN))
    live = [order for order in orders if order.is_open]
    live.sort(key=lambda order: (order.state != Order.State.OUT, order.promised_from))
    return show(
        request,
        "orders/index.html",
        {
            "mine": mine,
            "live": live[:LIVE_SHOWN],
            "past": _with_money(mine, [order for order in orders if not order.is_open]),
            **_usual(request, mine, orders),
            "holdings": holdings(mine, recent=orders),
        },
    )


def _usual(request: HttpRequest, mine: Mine, recent: list[Order]) -> dict[str, Any]:
    """The last delivered order of the site that was used last, to be repeated in one tap."""
    site = request.GET.get("site", "") or (str(recent[0].site_id) if recent else "")
    sheet = Sheet.for_person(mine, site, recent=recent)
    if sheet is None:
        return {}
    decision = decide(customer=sheet.site.customer, user=request.user)  # type: ignore[arg-type]
    is_paused = decision.stops(WEB)
    may = decision[WEB_ORDERING] and not is_paused and not sheet.site.customer.is_legacy
    context: dict[str, Any] = {"sheet": sheet, "may_order": may, "is_paused": is_paused}
    if may and sheet.usual:
        form = sheet.form(initial={"operation_id": uuid.uuid4()})
        context |= sheet.context(form)
    return context


@allow(CUSTOMER)
def history(request: HttpRequest) -> HttpResponse:
    """All orders, newest first; `?q=` finds a number, a day or a kind of cylinder, `?before=` goes on."""
    mine = Mine.of(request.user)  # type: ignore[arg-type]
    past = Past.of(mine, text=request.GET.get("q", ""), before=request.GET.get("before", ""))
    context = {"past": _with_money(mine, past.orders), "more": past.more, "q": past.text}
    return show(request, "orders/history.html", context, part="past")


@allow(CUSTOMER, DISPATCHER, MANAGER)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One order: what, when, where it stands, and what may still be done."""
    if request.user.is_office:  # type: ignore[union-attr]
        return office.office_detail(request, number)
    order = get_object_or_404(Order.objects.visible_to(request.user).for_detail(), number=number)  # type: ignore[arg-type]
    mine = Mine.of(request.user)  # type: ignore[arg-type]
    return show(
        request,
        "orders/detail.html",
        {
            "order": order,
            "stations": timeline(order),
            "may_order": mine.may_order(order.site),
            "sees_money": mine.sees_money(order.customer_id, order.site_id),
        },
        part="state",
    )


def _with_money(mine: Mine, orders: list[Order]) -> list[tuple[Order, bool]]:
    """Each order beside whether its amounts may be shown to this person."""
    return [(order, mine.sees_money(order.customer_id, order.site_id)) for order in orders]

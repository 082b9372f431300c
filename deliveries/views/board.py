"""The day's board: put orders on routes, order the stops, publish."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_GET, require_http_methods, require_POST

from deliveries.board.board import Board, version
from deliveries.board.visits import when_of
from deliveries.forms.route import AddStopForm, CreateRouteForm, DayForm, MoveStopForm
from deliveries.models import Route, Stop
from deliveries.views.route import answer_on_route
from luckygas.access import allow, person
from luckygas.calendars import calendar
from luckygas.errors import Refused
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.models import Order

BOARD = "deliveries/dispatch.html"


def address(day: dt.date) -> str:
    return f"{reverse('deliveries:dispatch')}?day={day.isoformat()}"


def etag(request: HttpRequest) -> str:
    """What the page would show, as one word: the day's rows, the language, the calendar and the reader. Read before the
    page, so that a change in between is fetched once too often and never missed."""
    request.board_etag = tag_of(request, DayForm.asked(request.GET))  # type: ignore[attr-defined]
    return request.board_etag  # type: ignore[attr-defined]


def tag_of(request: HttpRequest, day: dt.date) -> str:
    return f'"{version(day)}-{get_language()}-{calendar()}-{request.user.pk}"'


def page_of(request: HttpRequest, day: dt.date) -> dict[str, Any]:
    """The board's context, with the word that the region sends back when it polls."""
    tag = getattr(request, "board_etag", None) or tag_of(request, day)
    today = timezone.localdate()
    return {
        "board": Board.of(day),
        "address": address(day),
        "etag": tag,
        "today": today,
        "is_today": day == today,
        "before": address(day - dt.timedelta(days=1)),
        "after": address(day + dt.timedelta(days=1)),
        "as_of": timezone.now(),
    }


def answer(request: HttpRequest, route: Route, *, message: str = "") -> HttpResponse:
    """After a write: the part of the page that it was pressed on, read again."""
    if request.POST.get("on") == "route":
        return answer_on_route(request, route, message=message)
    return done(
        request,
        address(route.day),
        changed=f"route {route.pk}",
        message=message,
        template=BOARD,
        part="board",
        context=page_of(request, route.day),
        target="#board",
    )


def refuse(request: HttpRequest, route: Route, refused: Refused) -> HttpResponse:
    """Nothing was done: the same page again with the sentence on top."""
    messages.error(request, str(refused.sentence))
    if request.POST.get("on") == "route":
        return answer_on_route(request, route, status=422)
    response = show(request, BOARD, page_of(request, route.day), part="board", status=422)
    response["HX-Trigger-After-Swap"] = json.dumps({"done": {}})  # closes the dialog, so that the sentence is seen
    return response


def said_of(form: Form) -> str:
    """Everything that is wrong with a form, in one breath."""
    return " ".join(str(mistake) for mistakes in form.errors.values() for mistake in mistakes)


@allow(DISPATCHER, MANAGER)
@require_GET
@condition(etag_func=etag)
def dispatch(request: HttpRequest) -> HttpResponse:
    """The board of a day; its polls are answered 304 by one query while nothing changed."""
    return show(request, BOARD, page_of(request, DayForm.asked(request.GET)), part="board")


@allow(DISPATCHER, MANAGER)
@require_http_methods(["GET", "POST"])
def create_route(request: HttpRequest) -> HttpResponse:
    """Draw up a route: in the dialog, or as a page of its own."""
    form = CreateRouteForm(request.POST or None, day=DayForm.asked(request.GET))
    if request.method == "POST" and form.is_valid():
        try:
            route = Route.draw_up(**form.cleaned_data, by=person(request))
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.sentence))
        else:
            return answer(request, route, message=_("Route %s is drawn up.") % route.code)
    status = 422 if form.is_bound else 200
    return show(request, "deliveries/create_route.html", {"form": form}, part="form", status=status)


@allow(DISPATCHER, MANAGER)
@require_POST
def add_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the ticked orders on a route; each has its own outcome."""
    route = get_object_or_404(Route, pk=pk)
    form = AddStopForm(request.POST)
    if not form.is_valid():
        return refuse(request, route, Refused(said_of(form)))
    orders = Order.objects.visible_to(person(request)).filter(pk__in=form.cleaned_data["orders"]).for_board()
    put, refusals = 0, []
    for order in orders.order_by("promised_to", "pk"):
        try:
            route.add(order, by=person(request))
            put += 1
        except Refused as refused:
            refusals.append(f"{order.customer} {order.number}: {refused.sentence}")
    for sentence in refusals:
        messages.warning(request, sentence)
    if not put:
        return refuse(request, route, Refused(_("Nothing was put on %s.") % route.code))
    words = ngettext("%(n)s order is on %(code)s.", "%(n)s orders are on %(code)s.", put)
    return answer(request, route, message=words % {"n": put, "code": route.code})


@allow(DISPATCHER, MANAGER)
@require_POST
def publish_route(request: HttpRequest, pk: int) -> HttpResponse:
    route = get_object_or_404(Route, pk=pk)
    try:
        route.publish(by=person(request))
    except Refused as refused:
        return refuse(request, route, refused)
    return answer(request, route, message=_("%s is published. The driver sees it now.") % route.code)


@allow(DISPATCHER, MANAGER)
@require_POST
def arrange_route(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the computer order the stops."""
    route = get_object_or_404(Route, pk=pk)
    try:
        saved = route.arrange(by=person(request))
    except Refused as refused:
        return refuse(request, route, refused)
    words = _("The stops of %(code)s are in order: %(km)s km less to drive.")
    return answer(request, route, message=words % {"code": route.code, "km": f"{saved:.1f}"})


@allow(DISPATCHER, MANAGER)
@require_http_methods(["GET", "POST"])
def move_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """One stop of the board: what it is, and its place on the route."""
    stop = get_object_or_404(Stop.objects.for_list().select_related("order", "site__customer", "route"), pk=pk)
    form = MoveStopForm(request.POST or None, initial={"position": stop.position})
    if request.method == "POST" and form.is_valid():
        try:
            stop.route.reorder(stop, form.cleaned_data["position"], by=person(request))
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return answer(request, stop.route)
    if form.is_bound and request.POST.get("on") == "route":
        return refuse(request, stop.route, Refused(said_of(form)))
    context = {
        "stop": stop,
        "when": when_of(stop.finished_at, stop.order, stop.kind),
        "form": form,
        "address": address(stop.route.day),
    }
    context["stop_plate"] = {"done": "delivered", "arrived": "out"}.get(stop.state, stop.state)
    return show(request, "deliveries/move_stop.html", context, part="form", status=422 if form.is_bound else 200)


@allow(DISPATCHER, MANAGER)
@require_POST
def remove_stop(request: HttpRequest, pk: int) -> HttpResponse:
    stop = get_object_or_404(Stop.objects.select_related("route", "order__customer"), pk=pk)
    name = stop.order.customer if stop.order else stop.site.customer
    try:
        stop.route.remove(stop, by=person(request))
    except Refused as refused:
        return refuse(request, stop.route, refused)
    return answer(request, stop.route, message=_("%(name)s is off %(code)s.") % {"name": name, "code": stop.route.code})

"""The phone desk: find who is calling, take the order, read it back, save it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.hits import hits_for
from luckygas.access import allow, note_read
from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.flags import DESK, Decision, decide
from luckygas.forms import refuse
from luckygas.http import done, leave, show, wait
from luckygas.models import DISPATCHER, MANAGER, User
from orders.desk.caller import Caller
from orders.desk.readback import ReadBack
from orders.desk.ringing import ringing
from orders.forms.desk import DeskForm
from orders.models import Order, PaperOrder, Price, StandingDay, StandingOrder
from orders.rules import check_no_leak
from orders.services import sell_at_counter
from orders.views.incoming import number_of
from orders.windows import DAYS_AHEAD, Calendar, Window, windows_for

TAKEN = 8
WINDOWS, DAYS = 2, 2  # so many of so many days stand beside "now"; any other day is one date away


@allow(DISPATCHER, MANAGER)
def desk(request: HttpRequest) -> HttpResponse:
    """Ready for the next call: the box to find somebody, and what was taken last."""
    since = timezone.now() - dt.timedelta(days=1)  # a bound, so that a million older orders are never read
    mine = Order.objects.filter(channel__in=["phone", "counter"], placed_by=request.user.pk, placed_at__gte=since)
    context = _search(request) | {"taken": mine.for_list()[:TAKEN], "calls": ringing()}
    return show(request, "orders/desk.html", context | {"is_stopped": decide().stops(DESK)})


@allow(DISPATCHER, MANAGER)
def desk_stopped(request: HttpRequest) -> HttpResponse:
    """Whether the desk's switch was pulled, for pages that are open."""
    return show(request, "orders/desk_stopped.html", {"is_stopped": decide().stops(DESK)}, part="desk-stopped")


@allow(DISPATCHER, MANAGER)
def find(request: HttpRequest) -> HttpResponse:
    """Who it could be. Posted, so that numbers and names stay out of addresses and logs."""
    return show(request, "orders/desk.html", _search(request), part="hits")


def _search(request: HttpRequest) -> dict[str, Any]:
    text = (request.POST or request.GET.dict() | number_of(request)).get("q", "").strip()[:60]
    return {"q": text, "hits": hits_for(text) if text else []}


@allow(DISPATCHER, MANAGER)
def call(request: HttpRequest, number: int) -> HttpResponse:
    """One customer's card with the order form. `?site=` chooses the address, `?usual=1` fills in what they have,
    `?template=` what they agreed on."""
    operation = _known_id(request.GET.get("operation", ""))
    if saved := Order.objects.filter(operation_id=operation).first() if operation else None:
        messages.info(request, _("%(order)s is saved already.") % {"order": saved.number})
        return leave(request, saved.get_absolute_url())
    caller = Caller.of(number, user=request.user, site=request.GET.get("site", ""))  # type: ignore[arg-type]
    note_read(request, "customer", caller.customer.pk)
    decision = _decided(request, caller)
    template = _template(caller, request.GET.get("template", ""))
    form = _form(caller, decision, fill="usual" in request.GET, operation=operation, template=template)
    context = _context(caller, form) | {"is_stopped": decision.stops(DESK)}
    response = show(request, "orders/call.html", context, part="order-lines")
    response["HX-Trigger-After-Settle"] = "filled"
    return response


@allow(DISPATCHER, MANAGER)
def desk_quote(request: HttpRequest, number: int) -> HttpResponse:
    """The read-back of what is typed so far. Changes nothing, says nothing about what is not typed yet."""
    typed = request.POST or request.GET
    caller = Caller.of(number, user=request.user, site=typed.get("site", ""))  # type: ignore[arg-type]
    form = _form(caller, None, typed)
    if form is None:
        return redirect("orders:call", number)
    form.is_valid()
    return show(request, "orders/call.html", _context(caller, form, is_part=True), part="readback")


@allow(DISPATCHER, MANAGER)
@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """Save the order: confirmed or held, or across the counter with its money. Only the desk's own switch stops it."""
    caller = Caller.of(number, user=request.user, site=request.POST.get("site", ""))  # type: ignore[arg-type]
    decision = _decided(request, caller)
    form = _form(caller, decision, request.POST)
    if form is None:
        return redirect("orders:call", number)
    if form.is_valid():
        try:
            if order := _place(request, form, decision):
                told = _saved(order, form)
                return done(request, reverse("orders:desk"), changed=f"order {order.number}", message=told)
        except Refused as refused:
            if refused.code == "leak":  # whatever else they wanted: the script first
                return leave(request, _leak_url(caller))
            refuse(form, refused)
    context = _context(caller, form) | {"is_stopped": decision.stops(DESK)}
    response = show(request, "orders/call.html", context, part="order-form", status=422)
    return wait(response) if decision.stops(DESK) else response


def _decided(request: HttpRequest, caller: Caller) -> Decision:
    return decide(customer=caller.customer, user=cast(User, request.user))


def _leak_url(caller: Caller) -> str:
    site = f"&site={caller.site.pk}" if caller.site else ""
    return f"{reverse('customers:open_incident')}?customer={caller.customer.number}{site}"


@transaction.atomic
def _place(request: HttpRequest, form: DeskForm, decision: Decision) -> Order | None:
    """The order; none while the desk is stopped, and a leak is heard all the same."""
    if decision.stops(DESK):
        check_no_leak(form.wish().note)
        return None
    user = cast(User, request.user)
    order = _order(form, by=user, decision=decision)
    if form.template:
        StandingDay.by_hand_for(form.template, order, by=user)
    if number := form.cleaned_data.get("paper_number"):
        PaperOrder.note(order, number=number, by=user)
    return order


def _order(form: DeskForm, *, by: User, decision: Decision) -> Order:
    data = form.cleaned_data
    deed: dict[str, Any] = {"operation_id": data["operation_id"], "by": by, "decision": decision}
    if data["is_at_counter"]:
        more = {name: data[name] or None for name in ("method", "received_twd", "leak_check")}
        return sell_at_counter(form.wish(), **deed, **{name: value for name, value in more.items() if value})
    return Order.place(form.wish(), channel=Order.Channel.PHONE, at=data.get("asked_at"), **deed)


def _saved(order: Order, form: DeskForm) -> str:
    lines = _(", ").join(f"{item.product} ×{item.quantity}" for item in form.items() if item.quantity)
    words = {"order": order.number, "name": form.site.customer.name, "lines": lines}
    if order.state == Order.State.DELIVERED:
        return _("%(order)s sold across the counter: %(name)s, %(lines)s.") % words
    if order.state == Order.State.HELD:
        return _("%(order)s is on hold, %(reason)s: %(name)s.") % (words | {"reason": order.held_because})
    return _("%(order)s saved: %(name)s, %(lines)s.") % words


def _template(caller: Caller, number: str) -> StandingOrder | None:
    """The one of this address that was picked, if there is such a one."""
    if not (number.isdecimal() and caller.site):
        return None
    return StandingOrder.objects.active().filter(site=caller.site, pk=number).select_related("site").first()


def _form(
    caller: Caller,
    decision: Decision | None,
    typed: Any = None,
    *,
    fill: bool = False,
    operation: uuid.UUID | None = None,
    template: StandingOrder | None = None,
) -> DeskForm | None:
    """The form for this caller; none when nothing can be ordered: legacy, stopped, or without an address."""
    if caller.site is None or caller.customer.is_legacy or not caller.customer.is_active:
        return None
    offers = Price.on_offer(on=business_day(), customer=caller.customer)
    caller.products.update((product.pk, product) for product, _quote in offers)
    return DeskForm(
        typed,
        site=caller.site,
        offers=offers,
        usual=lambda: caller.usual,
        fill=fill,
        template=_template(caller, typed.get("template", "")) if typed else template,
        takes_paper=bool(decision and decision.takes_paper),
        initial={"operation_id": operation or uuid.uuid4()},
    )


def _known_id(text: str) -> uuid.UUID | None:
    """The id of a call that comes back: it was parked, or its page was loaded again."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _context(caller: Caller, form: DeskForm | None, *, is_part: bool = False) -> dict[str, Any]:
    context: dict[str, Any] = {"caller": caller, "form": form, "is_part": is_part}
    if form is None:
        return context
    today = business_day()
    calendar = Calendar.of(form.site, since=today, until=today + dt.timedelta(days=DAYS_AHEAD))
    reading = ReadBack.of(form, exposure=caller.exposure, calendar=calendar)
    windows = [] if is_part else windows_for(form.site, calendar=calendar)
    rows = form.rows({item.product.pk: amount for item, amount in reading.lines})
    return context | {
        "reading": reading,
        "rows": rows,
        "shown": [row for row in rows if row.is_shown],
        "more": [row for row in rows if not row.is_shown],
        "windows": _offered(windows),
        "suspended": [] if is_part else calendar.told(today),
        "templates": [] if is_part else form.templates(),
    }


def _offered(windows: list[Window]) -> list[Window]:
    """The next windows with room, of today and of the next day: few enough to say on the phone."""
    free = [window for window in windows if not window.is_full]
    days = sorted({window.slot.day for window in free})[:DAYS]
    return [window for day in days for window in [each for each in free if each.slot.day == day][:WINDOWS]]

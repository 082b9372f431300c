"""The end of a day: what is open of it, closing and reopening it, and its report."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deliveries.closing.evening import Evening
from deliveries.closing.figures import Report
from deliveries.closing.left_over import run_out_at
from deliveries.closing.sheet import as_csv
from deliveries.closing.words import money_words
from deliveries.forms.closing import ReasonForm, SettleOrderForm
from deliveries.forms.route import DayForm
from deliveries.models import ClosedDay, LeftOver
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.models import Order
from orders.windows import windows_for

PAGE, SETTLE, REPORT = "deliveries/closing.html", "deliveries/settle_order.html", "deliveries/day_report.html"
DAY = dt.timedelta(days=1)


def address(day: dt.date, name: str = "closing") -> str:
    return f"{reverse(f'deliveries:{name}')}?day={day.isoformat()}"


def page_of(day: dt.date, **more: Any) -> dict[str, Any]:
    """The day, read again."""
    today = timezone.localdate()
    return {
        "evening": Evening(day), "day": day, "is_today": day == today, "may_close": day <= today,
        "address": address(day), "before": address(day - DAY), "after": address(day + DAY),
        "report": address(day, "day_report"), "close_form": ReasonForm(), "reopen_form": ReasonForm(),
    } | more  # fmt: skip


@allow(DISPATCHER, MANAGER)
@require_GET
def closing(request: HttpRequest) -> HttpResponse:
    """What is still open of a day, by what has to be done about it."""
    return show(request, PAGE, page_of(DayForm.asked(request.GET)), part="closing")


@allow(DISPATCHER, MANAGER)
@require_POST
def close_day(request: HttpRequest) -> HttpResponse:
    """One record a day; refused with what is still open."""
    day, form = DayForm.asked(request.POST), ReasonForm(request.POST)
    form.fields["reason"].required = False
    if form.is_valid() and form.cleaned_data["operation_id"]:
        try:
            ClosedDay.close(day, operation_id=form.cleaned_data["operation_id"], by=person(request))
            return _answer(request, day, _("The day is closed."))
        except Refused as refused:
            messages.error(request, str(refused.sentence))
    return show(request, PAGE, page_of(day), part="closing", status=422)


@allow(MANAGER)
@require_POST
def reopen_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Something of a closed day must change after all: who, when and why stay written."""
    closed, form = get_object_or_404(ClosedDay, pk=pk), ReasonForm(request.POST)
    if form.is_valid():
        try:
            closed.reopen(by=person(request), reason=form.cleaned_data["reason"])
            return _answer(request, closed.day, _("The day is open again."))
        except Refused as refused:
            refuse(form, refused)
    return show(request, PAGE, page_of(closed.day, reopen_form=form), part="closing", status=422)


def _answer(request: HttpRequest, day: dt.date, message: str) -> HttpResponse:
    context, changed = page_of(day), f"day {day}"
    return done(request, address(day), changed=changed, message=message, template=PAGE, part="closing", context=context)


@allow(DISPATCHER, MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def settle_order(request: HttpRequest, number: str) -> HttpResponse:
    """Another day that the customer agreed to, or why it is cancelled or kept."""
    order = get_object_or_404(Order.objects.select_related("customer", "site__area", "slot"), number=number)
    day, form = DayForm.asked(request.GET), SettleOrderForm(request.POST or None)
    if form.is_valid():
        try:
            row = LeftOver.settle(order, day=day, by=person(request), **form.cleaned_data)
            words = _("%(number)s: %(outcome)s.")
            said = {"number": order.number, "outcome": row.get_outcome_display()}
            return done(request, address(day), changed=f"order {order.number}", message=words % said)
        except Refused as refused:
            refuse(form, refused)
    note_read(request, "customer", order.customer_id)
    windows = [window for window in windows_for(order.site) if not window.is_full and window.slot.day > day]
    context = {
        "order": order, "form": form, "windows": windows, "run_out": run_out_at(order.site), "back": address(day),
    }  # fmt: skip
    return show(request, SETTLE, context, part="form", status=422 if form.is_bound else 200)


@allow(DISPATCHER, MANAGER)
@require_GET
def day_report(request: HttpRequest) -> HttpResponse:
    """The report of a day on A4: the figures now, and whether they are those it was closed with."""
    day = DayForm.asked(request.GET)
    report, closed = Report(day), ClosedDay.of(day)
    context = {
        "report": report, "closed": closed, "back": address(day), "csv": address(day, "export_day"),
        "money": money_words(report.money), "has_changed": closed is not None and closed.figures != report.figures(),
    }  # fmt: skip
    return show(request, REPORT, context)


@allow(DISPATCHER, MANAGER)
@require_GET
def export_day(request: HttpRequest) -> HttpResponse:
    """The same report in a CSV file."""
    day = DayForm.asked(request.GET)
    headers = {
        "Content-Disposition": f'attachment; filename="day-{day:%Y%m%d}.csv"', "Cache-Control": "no-store"
    }  # fmt: skip
    return HttpResponse(as_csv(Report(day)), content_type="text/csv; charset=utf-8", headers=headers)

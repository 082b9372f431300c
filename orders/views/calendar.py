"""The office's calendar: the month, the days off, and the weekdays of each area."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from customers.models import Area, CalendarDay
from customers.models.site import WEEKDAYS
from luckygas.access import allow, person
from luckygas.calendars import year_of
from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from luckygas.templatetags.luckygas_format import WEEKDAYS_EN, WEEKDAYS_ZH, in_chinese
from orders.calendar.holidays import DayList, lines_in, source_of
from orders.calendar.month import Month, suspensions_around
from orders.forms.calendar import AreaDaysForm, DayOffForm, ImportDaysForm
from orders.forms.order import read_day
from orders.models import Order, Slot
from orders.models.slot import DAYS_AHEAD

DAYS_OFF = [CalendarDay.Kind.HOLIDAY, CalendarDay.Kind.WORKDAY]


@allow(DISPATCHER, MANAGER)
def calendar(request: HttpRequest) -> HttpResponse:
    """One month: days off, which lines are driven, and suspensions."""
    chosen = read_day(f"{request.GET.get('month', '')}-01") or business_day()
    month = Month.of(chosen.replace(day=1))
    context = {"month": month, "suspensions": suspensions_around(month), "weekdays": _weekdays()}
    return show(request, "orders/calendar.html", context, part="month")


def _weekdays() -> list[tuple[int, str, str]]:
    """Each with its name, and its head of a column."""
    short = WEEKDAYS_ZH if in_chinese() else WEEKDAYS_EN
    return [(number, str(word), short[number - 1]) for number, word in WEEKDAYS.items()]


@allow(DISPATCHER, MANAGER)
def days_off(request: HttpRequest) -> HttpResponse:
    """The days off of a year; a manager enters one here."""
    typed, year = request.GET.get("year", ""), business_day().year
    year = int(typed) if typed.isdecimal() and 2000 < int(typed) < 2200 else year
    form = DayOffForm(request.POST or None)
    if request.method == "POST" and MANAGER in person(request).roles and form.is_valid():
        data = form.cleaned_data
        CalendarDay.objects.update_or_create(
            day=data["day"], kind=data["kind"], area=None, suspension=None,
            defaults={"name": data["name"], "source": source_of(person(request))[:60]},
        )  # fmt: skip
        return done(
            request, f"{reverse('orders:days_off')}?year={data['day'].year}", message=_("It is on the calendar.")
        )
    days = CalendarDay.objects.filter(day__year=year, kind__in=DAYS_OFF, area=None).order_by("day")
    years = [(each, _year(each)) for each in (year - 1, year + 1)]
    context = {"form": form, "days": days, "year": _year(year), "years": years}
    return show(request, "orders/days_off.html", context, part="form", status=422 if request.method == "POST" else 200)


def _days_off_url(year: int) -> str:
    return f"{reverse('orders:days_off')}?year={year}"


def _year(number: int) -> int:
    """As the calendar counts that is on: 115 or 2026."""
    return year_of(dt.date(number, 1, 1))


@allow(MANAGER)
@require_POST
def remove_day(request: HttpRequest, pk: int) -> HttpResponse:
    """It is no day off after all; who said so stands in the history."""
    row = get_object_or_404(CalendarDay, pk=pk, kind__in=DAYS_OFF)
    row.delete()
    said = _("%(name)s is off the calendar.") % {"name": row.name}
    return done(request, _days_off_url(row.day.year), message=said)


@allow(MANAGER)
def import_days(request: HttpRequest) -> HttpResponse:
    """A year's list, shown as it was understood before anything is entered."""
    form, said = ImportDaysForm(request.POST or None, request.FILES or None), None
    if form.is_valid():
        data, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            lines = lines_in(data["text"], (file.name, file.read()) if file else None)
            said = DayList.read(lines)
        except Refused as refused:
            refuse(form, refused)
        else:
            if "enter" in request.POST:
                return _entered(request, said)
            text = "\n".join(",".join(cell.replace(",", " ") for cell in cells) for _number, cells in lines)
            form = ImportDaysForm(initial={"text": text})  # a file is not sent twice: its lines are
    status = 422 if form.errors else 200
    return show(request, "orders/import_days.html", {"form": form, "said": said}, status=status)


def _entered(request: HttpRequest, said: DayList) -> HttpResponse:
    count = said.enter(by=person(request), source=source_of(person(request)))
    told = ngettext("%(count)d day is on the calendar.", "%(count)d days are on the calendar.", count)
    year = said.days[0].day.year if said.days else business_day().year
    return done(request, _days_off_url(year), message=told % {"count": count})


@allow(MANAGER)
def area_days(request: HttpRequest, pk: int) -> HttpResponse:
    """On which weekdays an area is driven; and which open orders stand on a day that it is not."""
    area = get_object_or_404(Area, pk=pk)
    form = AreaDaysForm(request.POST if request.method == "POST" else None, initial={"weekdays": area.weekdays})
    if form.is_valid():
        area.drive_on(form.cleaned_data["weekdays"], by=person(request))
        Slot.open_days(until=business_day() + dt.timedelta(days=DAYS_AHEAD))
        return done(request, reverse("orders:area_days", args=[area.pk]), message=_("The weekdays are changed."))
    context: dict[str, Any] = {"area": area, "form": form, "stranded": _stranded(area)}
    return show(request, "orders/area_days.html", context, part="form", status=422 if form.errors else 200)


def _stranded(area: Area) -> list[Order]:
    coming = Order.objects.open().filter(site__area=area, promised_on__gte=business_day())
    orders = coming.exclude(promised_on__iso_week_day__in=area.weekdays).select_related("customer")
    return list(orders.order_by("promised_on", "pk")[:50])

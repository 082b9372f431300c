"""Everybody we serve: the list, those who may be on it twice, and the list in a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from customers.doubles import PAGE as GROUPS
from customers.doubles import groups
from customers.files import export as file
from customers.forms.filter import CustomerFilterForm
from customers.listing import Listing
from customers.querysets import CustomerQuerySet
from luckygas.access import allow, note_read
from luckygas.http import show
from luckygas.models import DISPATCHER, MANAGER


@allow(DISPATCHER, MANAGER)
def index(request: HttpRequest) -> HttpResponse:
    """Customers by what the address asks for, fifty to a page."""
    listing = Listing.of(CustomerFilterForm(request.GET), page=request.GET.get("page"))
    return show(request, "customers/list.html", {"listing": listing}, part="customer-list")


@allow(DISPATCHER, MANAGER)
def doubles(request: HttpRequest) -> HttpResponse:
    """Records that may be one customer. A person compares them; nothing is merged here."""
    asked = request.GET.get("page", "1")
    found, count = groups(page=int(asked) if asked.isdecimal() and 0 < int(asked) < 10_000 else 1)
    paginator = Paginator(range(count), GROUPS)
    page = paginator.get_page(asked)
    page.object_list = found  # type: ignore[assignment]  # the page of a range, with its groups
    return show(request, "customers/doubles.html", {"page": page})


@allow(MANAGER)
def export(request: HttpRequest) -> HttpResponseBase:
    """The chosen customers in a file; each of them was looked at by who takes it away."""
    form = CustomerFilterForm(request.GET)
    found, kind = form.sorted(), request.GET.get("format", "")
    if kind not in {"csv", "big5", "xlsx"}:
        return show(request, "customers/export.html", {"form": form, "count": found.count()})
    if kind == "big5" and "anyway" not in request.GET and (lost := file.unwritable(found)):
        return show(request, "customers/export.html", {"form": form, "count": found.count(), "lost": lost}, status=409)
    note_read(request, "customer", *found.order_by().values_list("pk", flat=True))
    return _file(kind, found)


def _file(kind: str, found: CustomerQuerySet) -> HttpResponseBase:
    name = f"customers-{timezone.localdate():%Y%m%d}"
    private: dict[str, Any] = {"Cache-Control": "no-store"}
    if kind == "xlsx":
        return FileResponse(file.workbook(found), as_attachment=True, filename=f"{name}.xlsx", headers=private)
    encoding = "utf-8" if kind == "csv" else "cp950"
    response = StreamingHttpResponse(file.csv_lines(found, encoding=encoding), headers=private)
    response["Content-Type"] = f"text/csv; charset={'utf-8' if kind == 'csv' else 'big5'}"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response

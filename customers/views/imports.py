"""Files of customers: brought, looked at, and put on the record."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.files.columns import COLUMNS, EXAMPLE
from customers.files.previewing import Preview
from customers.forms.imports import ImportForm
from customers.models import Import
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, leave, show
from luckygas.models import MANAGER

SHOWN = 20


@allow(MANAGER)
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a file; and the files that were brought before."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            source = Import.bring(
                operation_id=form.cleaned_data["operation_id"], name=file.name, content=file.read(), by=person(request)
            )
            return done(request, import_url(source))
        except Refused as refused:
            refuse(form, refused)
    past = Import.objects.select_related("by").defer("content").exclude(state=Import.State.DISCARDED)[:SHOWN]
    status = 422 if form.errors else 200
    return show(request, "customers/imports.html", {"form": form, "imports": past, "columns": COLUMNS}, status=status)


@allow(MANAGER)
def blank_form(request: HttpRequest) -> HttpResponse:
    """An empty table with the headers and one made-up line."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="customers-blank.csv"'
    response.write("\ufeff")
    read = [column for column in COLUMNS if column.read]
    csv.writer(response).writerows([[column.header for column in read], [EXAMPLE.get(c.key, "") for c in read]])
    return response


@allow(MANAGER)
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What the worker found, line by line; while it works, how far it is."""
    source = _import(pk)
    preview = Preview.of(source, state=request.GET.get("state", ""), page=request.GET.get("page"))
    return show(request, "customers/import.html", {"source": source, "preview": preview}, part="lines")


@allow(MANAGER)
@require_POST
def run_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Put on the record what was shown."""
    source = _import(pk)
    try:
        source.start(by=person(request))
    except Refused as refused:
        return done(request, import_url(source), message=refused.sentence)
    return leave(request, import_url(source))


@allow(MANAGER)
@require_POST
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    source = _import(pk)
    try:
        source.discard(by=person(request))
    except Refused as refused:
        return done(request, import_url(source), message=refused.sentence)
    return done(
        request, reverse("customers:imports"), message=_("The file is forgotten; nobody was put on the record.")
    )


@allow(MANAGER)
@require_POST
def want_row(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """A person decides about one double."""
    source = _import(pk)
    row = get_object_or_404(source.rows, line=line)
    try:
        row.want("want" in request.POST, by=person(request))
    except Refused as refused:
        return done(request, import_url(source), message=refused.sentence)
    back = f"{import_url(source)}?state=double&page={request.POST.get('page', '1')}"
    preview = Preview.of(source, state="double", page=request.POST.get("page"))
    context = {"source": source, "preview": preview}
    return done(request, back, template="customers/import.html", part="lines", context=context)


def _import(pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("by", "started_by").defer("content"), pk=pk)


def import_url(source: Import) -> str:
    return reverse("customers:show_import", args=[source.pk])

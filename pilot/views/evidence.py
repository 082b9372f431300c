"""What ran: every run of every suite, and the report it left."""

from __future__ import annotations

from pathlib import Path

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from luckygas.access import allow
from luckygas.http import show
from luckygas.models import MANAGER, OPS
from pilot.certificate.suites import SUITES
from pilot.models import Evidence

A_PAGE = 50


@allow(OPS, MANAGER)
@require_GET
def evidence(request: HttpRequest) -> HttpResponseBase:
    """Every run that ended, newest first."""
    rows = Evidence.objects.ended().select_related("by").order_by("-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return show(request, "pilot/evidence.html", {"page": page, "suites": SUITES.values()})


@allow(OPS, MANAGER)
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The report of a run, as it was stored; one that somebody changed is not given out."""
    row = get_object_or_404(Evidence.objects.ended(), pk=pk)
    if not row.has_its_report:
        raise Http404
    answer = FileResponse(
        row.report.open("rb"), as_attachment=True, filename=f"{row.number}{Path(row.report.path).suffix}"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer

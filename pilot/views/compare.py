"""The pilot beside the old system, week by week, and the same in a file."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse

from luckygas.access import allow
from luckygas.clock import business_day
from luckygas.http import show
from luckygas.models import MANAGER, OPS
from pilot.measuring.comparing import FEWEST, Comparison


@allow(OPS, MANAGER)
def compare(request: HttpRequest) -> HttpResponse:
    """The same measures of both, in the same weeks; `?format=csv` takes them away."""
    comparison = Comparison.until()
    if request.GET.get("format") == "csv":
        return _file(comparison)
    return show(request, "pilot/compare.html", {"comparison": comparison, "fewest": FEWEST})


def _file(comparison: Comparison) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pilot-{business_day():%Y%m%d}.csv"'
    response["Cache-Control"] = "no-store"
    response.write("\ufeff")
    csv.writer(response).writerows(comparison.rows())
    return response

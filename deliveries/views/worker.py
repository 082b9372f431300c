"""What makes the driver's pages an app of their own: its worker, its entry on the home screen, bare pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from deliveries import pocket
from deliveries.models import Route
from deliveries.views.positions import shares
from luckygas.access import allow, person, public
from luckygas.http import show
from luckygas.models import DRIVER
from luckygas.views import entries_of_manifest


def in_pocket(request: HttpRequest, route: Route | None, shown: dict[str, Any]) -> dict[str, Any]:
    """What the list needs beside its stops, so that the phone can take the route along: `shown` has its stops."""
    beside = {name: shown.get(name) for name in ("done_count", "on_board")}
    return {
        "is_kept": "kept" in request.GET,  # this very page is the one that stays on the phone
        "pages": pocket.pages(route, shown.get("stops", []), shown=beside),
        "shares_position": shares(person(request), route),
    }


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The worker, from an address above the pages it serves. It changes whenever a module of it does."""
    source = f'import "{static("js/driver/worker.js")}";\n'
    return HttpResponse(source, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@public
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """The home screen's entry of who drives: it opens the route, also without signal."""
    start = reverse("deliveries:drive")
    own = {"id": start, "start_url": start, "name": _("Lucky Gas, driver"), "short_name": _("Lucky Gas, driver")}
    entries = entries_of_manifest() | own | {"description": _("Today's route, with and without signal.")}
    answer = JsonResponse(entries, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@allow(DRIVER)
@require_GET
def over(request: HttpRequest) -> HttpResponse:
    """What takes the place of a visit's pages on the phone once the server knows how it ended."""
    return show(request, "deliveries/away.html", {"is_over": True})


@allow(DRIVER)
@require_GET
def away(request: HttpRequest) -> HttpResponse:
    """What the phone shows without signal for a page that it does not have."""
    return show(request, "deliveries/away.html", {"is_over": False})

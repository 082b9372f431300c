"""Pages that belong to no app: the front door, the staff list, and the errors."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext, pgettext
from django.views import defaults
from django.views.decorators.http import require_POST

from luckygas import calendars, health
from luckygas import metrics as metric
from luckygas.access import allow, public
from luckygas.colours import BOARD, GROUND
from luckygas.errors import Refused
from luckygas.frames import frame_of
from luckygas.http import leave, show
from luckygas.models import MANAGER, OPS, ROLES, STAFF, User

TROUBLE = "Trouble"  # a header that <tell-trouble> reads: which of a status' sentences is meant
A_YEAR = 365 * 24 * 60 * 60  # seconds a choice of this browser is kept


@public
def home(request: HttpRequest, landing: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Everybody's own first page; for strangers what this is and how to call, which the URL table brings."""
    if not request.user.is_authenticated:
        return landing(request)
    frame = frame_of(request)
    return redirect(frame.home if frame.who else "orders:index")


def entries_of_manifest() -> dict[str, object]:
    """What every entry on a home screen shares (W3C Web Application Manifest); the first page is home, by role."""
    icons = (("192", "any", "icon-192"), ("512", "any", "icon-512"), ("512", "maskable", "icon-maskable-512"))
    return {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": get_language(),
        "name": gettext("Lucky Gas"),
        "short_name": pgettext("under an icon", "Lucky Gas"),
        "description": gettext("Order bottled gas in Taitung and see when it comes."),
        "theme_color": BOARD,
        "background_color": GROUND,
        "icons": [
            {"src": static(f"img/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size, purpose, name in icons
        ],
    }


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone's home screen wants to know."""
    entries = entries_of_manifest()
    answer = JsonResponse(entries, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@allow(OPS)
def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state, to look at after a change of a stylesheet."""
    return show(request, "style.html")


@public
def health_ready(request: HttpRequest) -> HttpResponse:
    return health.ready(request)


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' page: with the token, or from this machine; a stranger gets 404 and not 403."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        if not secrets.compare_digest(given, settings.METRICS_TOKEN):
            raise Http404
    elif request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
        raise Http404
    return metric.page()


@allow(MANAGER)
def staff(request: HttpRequest) -> HttpResponse:
    """Colleagues and their roles; from here a manager gives somebody a new password."""
    return show(request, "staff.html", _staff_context())


def _staff_context(**more: object) -> dict[str, object]:
    people = User.objects.filter(groups__name__in=STAFF).prefetch_related("groups").distinct().order_by("username")
    rows = [(person, [ROLES[group.name] for group in person.groups.all() if group.name in ROLES]) for person in people]
    return {"people": rows} | more


@allow(MANAGER)
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        password = person.reset_password(by=request.user)  # type: ignore[arg-type]
    except Refused as refused:
        return show(request, "staff.html", _staff_context(refused=refused.sentence), status=422)
    return show(request, "staff.html", _staff_context(person=person, password=password))


@public
@require_POST
def set_calendar(request: HttpRequest) -> HttpResponse:
    """Count years in another calendar from now on, in this browser; then back to the page."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = leave(request, back if is_ours else "/")
    if (chosen := request.POST.get("calendar")) in {calendars.ROC, calendars.GREGORIAN}:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(calendars.COOKIE, chosen, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own mistake, or a database that went away before a view began."""
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        return health.database_down(request, error)
    try:
        return render(request, "500.html", status=500)
    except Exception:  # what is broken may be the frame itself: then the page that needs nothing
        return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is another one by now: the page was open too long, or somebody signed in beside it."""
    response = render(request, "expired.html", status=403)
    response[TROUBLE] = "expired"
    return response

"""What every template may say without being told: who we are, in which language, where the live stream is."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from luckygas.calendars import calendar
from luckygas.colours import BOARD
from luckygas.frames import frame_of
from luckygas.http import stands_on
from luckygas.models import DISPATCHER, MANAGER, OPS


class Way(NamedTuple):
    """One entry of the office's menu, and the names of pages without an entry that belong to it."""

    name: str
    word: Promise
    roles: frozenset[str]
    also: tuple[str, ...] = ()
    counts: str = ""  # the part that says how many wait there


OFFICE = (
    Way("orders:desk", _("Phone desk"), frozenset({DISPATCHER, MANAGER}), ("customers:calls", "customers:incidents")),
    Way("orders:index", _("Orders"), frozenset({DISPATCHER, MANAGER}), ("orders:standing_orders", "orders:calendar")),
    Way("deliveries:dispatch", _("Dispatch"), frozenset({DISPATCHER, MANAGER})),
    Way("customers:index", _("Customers"), frozenset({DISPATCHER, MANAGER})),
    Way(
        "orders:statements",
        pgettext_lazy("menu", "Money"),
        frozenset({DISPATCHER, MANAGER}),
        ("orders:prices", "orders:readings", "orders:credit"),
    ),
    Way("deliveries:monitor", _("Today"), frozenset({DISPATCHER, MANAGER, OPS})),
    Way("deliveries:reviews", _("Reviews"), frozenset({DISPATCHER, MANAGER}), counts="deliveries:review_count"),
    Way("pilot:index", _("Pilot"), frozenset({MANAGER, OPS})),
    Way("staff", _("Colleagues"), frozenset({MANAGER})),
)


def company(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Whatever costs a query is a function that only runs when a template asks."""
    return {
        "company": settings.COMPANY,
        "demo": settings.DEMO,
        "theme_colour": BOARD,
        "sample_prices": getattr(settings, "SAMPLE_PRICES", settings.DEMO),
        "language": "zh-Hant-TW" if (get_language() or "").startswith("zh") else "en",
        "calendar": calendar(),
        "now": timezone.localtime(),
        "live_url": live_url(request),
        "office_menu": lambda: office_menu(request),
        "frame": lambda: "base_office.html" if office_menu(request) else "base_customer.html",
        "app": lambda: frame_of(request),
        "again": lambda: stands_on(request),
    }


def live_url(request: HttpRequest) -> str:
    """Where this host's live process listens; empty settings mean the same host on LIVE_PORT."""
    if url := getattr(settings, "LIVE_URL", ""):
        return url
    if not getattr(settings, "LIVE_PORT", ""):
        return ""
    host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    return f"{request.scheme}://{host}:{settings.LIVE_PORT}/live/"


def office_menu(request: HttpRequest) -> list[dict[str, Any]]:
    """The entries this person's roles may see; the longest path that fits is where they are: there, or beneath it."""
    roles: frozenset[str] = getattr(getattr(request, "user", None), "roles", frozenset())
    ways = [(way, [reverse(name) for name in (way.name, *way.also)]) for way in OFFICE if way.roles & roles]
    here = max((path for _way, paths in ways for path in paths if request.path.startswith(path)), key=len, default=None)
    return [
        {"path": paths[0], "word": way.word, "is_here": here in paths, "is_page": request.path == paths[0]}
        | {"counts": reverse(way.counts) if way.counts else ""}
        for way, paths in ways
    ]

"""Whose app a person is in: what a page of nobody's own, such as an error, looks like for them and leads back to."""

from __future__ import annotations

from typing import NamedTuple

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS


class Frame(NamedTuple):
    """One app: its template, who works in it ("" for a stranger), and the name and word of its first page."""

    template: str
    who: str
    home: str
    word: Promise


PLAIN = Frame("error_plain.html", "", "home", _("To the start"))  # asks for no user, session or message
FRAMES = (
    (DRIVER, Frame("base_drive.html", "driver", "deliveries:drive", _("To your route"))),
    (DISPATCHER, Frame("base_office.html", "office", "orders:desk", _("To the phone desk"))),
    (MANAGER, Frame("base_office.html", "office", "deliveries:monitor", _("To today"))),
    (OPS, Frame("base_office.html", "office", "pilot:index", _("To the pilot"))),
    (CUSTOMER, Frame("base_customer.html", "customer", "orders:index", _("To your orders"))),
)


def frame_of(request: HttpRequest) -> Frame:
    """The first app that this person's roles open; plain for a stranger, and while nobody can say who it is."""
    try:
        roles = request.user.roles  # type: ignore[union-attr]
    except (AttributeError, DatabaseError):
        return PLAIN
    return next((frame for role, frame in FRAMES if role in roles), PLAIN)

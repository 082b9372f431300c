"""The states of an order, the table of its moves, and the ways it may come in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PLACED = "placed", _("received")
    HELD = "held", _("on hold")
    CONFIRMED = "confirmed", _("confirmed")
    PLANNED = "planned", _("on a route")
    OUT = "out", _("on the truck")
    DELIVERED = "delivered", _("delivered")
    REVIEW = "review", _("being checked")
    CANCELLED = "cancelled", _("cancelled")


MOVES: dict[str, tuple[str, ...]] = {
    State.PLACED: (State.HELD, State.CONFIRMED, State.CANCELLED),
    State.HELD: (State.CONFIRMED, State.REVIEW, State.CANCELLED),
    State.CONFIRMED: (State.HELD, State.PLANNED, State.OUT, State.DELIVERED, State.CANCELLED),
    State.PLANNED: (State.CONFIRMED, State.OUT, State.CANCELLED),
    State.OUT: (State.CONFIRMED, State.DELIVERED, State.REVIEW, State.CANCELLED),
    State.REVIEW: (State.DELIVERED, State.CONFIRMED, State.CANCELLED),
    State.CANCELLED: (State.REVIEW,),
    State.DELIVERED: (),
}
TO_REVIEW: dict[str, str] = {  # the step from each open state that leads to review
    State.PLACED: State.CONFIRMED,
    State.CONFIRMED: State.OUT,
    State.PLANNED: State.OUT,
}


class Channel(models.TextChoices):
    WEB = "web", _("web")
    PHONE = "phone", _("phone")
    COUNTER = "counter", _("counter")
    STANDING = "standing", _("standing order")
    OWED = "owed", _("owed from before")
    API = "api", _("API")
    PAPER = "paper", _("paper")

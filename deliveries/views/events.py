"""Where phones leave what they wrote down: one answer for each event, the same for ever."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token

from deliveries.reporting import devices
from deliveries.reporting import events as reported
from deliveries.reporting.reports import LARGEST_SEQ, moment, storable, whole
from luckygas.access import allow, person
from luckygas.models import DRIVER

MOST_EVENTS = 200


@allow(DRIVER)
def events(request: HttpRequest) -> HttpResponse:
    """GET: who is signed in, and a fresh token to send with. POST: a phone's events, in its own order."""
    if request.method != "POST":
        return _answer({"user": person(request).pk, "token": get_token(request)})
    sent = _sent(request)
    key = _key(sent) if sent else None
    if sent is None or key is None:
        return _answer({"code": "malformed"}, status=422)
    if sent.get("user") not in {None, person(request).pk}:
        return _answer({"code": "other_user", "user": person(request).pk}, status=409)
    device = devices.introduce(person(request), key, sent.get("reset"))
    reported.note_contact(
        device,
        sent_at=moment(sent.get("sent_at")),
        unsent=whole(sent.get("unsent"), least=0, most=LARGEST_SEQ) or 0,
        oldest_at=moment(sent.get("oldest_unsent_at")),
    )
    return _answer({"answers": [reported.take(raw, device=device) for raw in sent["events"]]})


def _sent(request: HttpRequest) -> dict[str, Any] | None:
    """The body, when it has the shape of one: an object with a device and a list of events, not too many."""
    try:
        sent = storable(json.loads(request.body, parse_constant=lambda name: None))
    except (ValueError, RecursionError):
        return None
    if not isinstance(sent, dict) or not isinstance(sent.get("events"), list) or len(sent["events"]) > MOST_EVENTS:
        return None
    return sent


def _key(sent: dict[str, Any]) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(sent.get("device")))
    except ValueError:
        return None


def _answer(body: dict[str, Any], *, status: int = 200) -> JsonResponse:
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer

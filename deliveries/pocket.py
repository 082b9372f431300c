"""What a driver's phone keeps for the road: the address and version of each page of today's route, and nothing more.

The phone asks for a page again only when its version changed. A version is a fingerprint of every row the page is made
of, so that whoever adds a field to a page need not think of it; whoever adds a page writes its name here.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from deliveries.models import Route, Stop
from luckygas.db import digest

OF_NOBODY = ("deliveries:over", "deliveries:away")  # say nothing of any visit
OF_ROUTE = ("deliveries:load", "deliveries:summary")
OF_SHIFT = tuple(f"deliveries:{name}" for name in ("shift", "check", "stock", "sale", "cash"))  # whatever the stops are
OF_STOP = ("deliveries:stop", "deliveries:fail", "deliveries:pay")
OF_ANY_STOP = ("deliveries:amend",)  # nothing personal stands there: they stay when the visit is over
LENGTH = 12  # of a version


def pages(route: Route | None, stops: list[Stop], *, shown: dict[str, Any]) -> str:
    """JSON of [[address, version, whether it stays when its visit is over] …] as the phone wants it.

    `shown` is what the list shows beside its stops. A closed route leaves nothing on the phone but its empty list.
    """
    frame = [static("js/driver/outbox.js"), static("js/app.js"), static("css/drive.css"), get_language()]
    listed = [reverse("deliveries:drive"), *map(reverse, OF_NOBODY)]
    if route is None or route.state == Route.State.CLOSED:
        return json.dumps([(path, version([*frame, _row(route)]), True) for path in listed])
    of_route = [*frame, _row(route), _row(route.vehicle), str(shown)]
    of_stops = [(stop, version([*frame, *_rows(stop)])) for stop in stops]
    whole = version([of_route, [known for _stop, known in of_stops]])
    found = [(path, whole if path == listed[0] else version(frame), True) for path in listed]
    found += [(reverse(name), whole, True) for name in OF_ROUTE]
    found += [(reverse(name), version([*frame, _row(route), _row(route.vehicle)]), True) for name in OF_SHIFT]
    for names, stays in ((OF_STOP, False), (OF_ANY_STOP, True)):
        for stop, known in of_stops:
            if stays or not stop.is_finished:
                found += [(reverse(name, args=[stop.pk]), known, stays) for name in names]
    return json.dumps(found, separators=(",", ":"))


def version(rows: Any) -> str:
    return digest({"rows": rows})[:LENGTH]


def _rows(stop: Stop) -> list[dict[str, Any]]:
    """A stop with everything its pages say; all of it was read with the list."""
    site = stop.site
    found = [_row(stop), _row(site), _row(site.customer), *map(_row, site.customer.contacts.all())]
    if stop.order:
        found += [_row(stop.order), *(_row(line) for line in stop.order.lines.all())]
    return found


def _row(row: models.Model | None) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")} if row else {}

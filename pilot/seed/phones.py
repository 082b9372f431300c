"""What the drivers' phones told: that they left, signatures at some doors, and one phone that holds reports back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import cast

from customers.models import Incident, IncidentEvent, OnCall
from deliveries.models import Device, DriverEvent, Proof, Route, Stop
from luckygas.clock import business_day
from luckygas.db import derived_id, digest
from luckygas.models import User
from orders.models import Order
from pilot.seed.people import Door
from pilot.seed.rows import dice

SIGNED = 0.4
SIGNATURE = "M22 71l16 -42l14 -6l4 38l9 22l14 -40l13 4l4 18l22 -6l22 -18l12 10l10 16l64 -18"
SILENT = "成1"  # up the coast the phone has no signal
MINUTES_SILENT = 14
ON_CALL = ("manager", "driver2", "dispatcher")


def write_reports(*, seed: int, at: dt.datetime) -> None:
    """A device of each driver on the road, with the first thing it told."""
    routes = (
        Route.objects.filter(day=business_day(at), state=Route.State.DEPARTED).select_related("driver").order_by("pk")
    )
    for route in routes:
        user_id = route.driver.user_id
        is_silent = route.code == SILENT
        seen = at - dt.timedelta(minutes=MINUTES_SILENT) if is_silent else at
        device = Device.objects.create(
            key=derived_id("seed device", seed, user_id),
            user_id=user_id,
            last_seen_at=seen,
            unsent=3 if is_silent else 0,
            oldest_unsent_at=seen if is_silent else None,
        )
        body: dict[str, object] = {}
        DriverEvent.objects.create(
            id=derived_id("seed departure", seed, route.pk),
            device=device,
            seq=1,
            user_id=user_id,
            route=route,
            kind=DriverEvent.Kind.DEPART,
            body=body,
            body_digest=digest({"user": user_id, "stop": None, "kind": DriverEvent.Kind.DEPART.value, "body": body}),
            happened_at=route.departed_at or at,
            state=DriverEvent.State.APPLIED,
            answer={"code": "applied"},
        )


def write_signatures(*, seed: int, at: dt.datetime) -> int:
    throw = dice(seed, "signatures")
    stops = Stop.objects.filter(route__day=business_day(at), state=Stop.State.DONE).order_by("pk")
    return len(
        Proof.objects.bulk_create(
            Proof(
                operation_id=uuid.UUID(int=throw.getrandbits(128), version=4),
                stop=stop,
                kind=Proof.Kind.SIGNATURE,
                path=SIGNATURE,
                taken_at=stop.finished_at or at,
                by_id=cast(int, stop.finished_by_id),  # a finished stop has its person
            )
            for stop in stops
            if throw.random() < SIGNED
        )
    )


def write_incident(door: Door, *, at: dt.datetime, by: User) -> Incident:
    """Somebody called about a smell of gas; the second one who was paged answered and is on the way."""
    staff = User.objects.in_bulk(ON_CALL, field_name="username")
    people = [staff[name] for name in ON_CALL]
    rows = [OnCall(place=n, person=person, phone=f"+88690000090{n}") for n, person in enumerate(people, 1)]
    OnCall.objects.bulk_create(rows)
    began = at - dt.timedelta(minutes=6)
    leak = Incident.objects.create(
        kind=Incident.Kind.LEAK,
        customer_id=door.customer,
        site_id=door.site,
        text="廚房有瓦斯味，已請客人關瓶閥、開窗、離開，119 已通知",
        opened_at=began,
        opened_by=by,
        owner=people[1],
        pages=2,
    )
    steps = [{"kind": "step", "step": step, "by": by} for step in IncidentEvent.Step.values]
    paged = [{"kind": "page", "turn": 1, "person": people[0]}, {"kind": "escalate", "turn": 2, "person": people[1]}]
    answer = {"kind": "acknowledge", "person": people[1], "by": by}
    told = [*zip((0, 180), paged, strict=True), *((20 + 15 * n, step) for n, step in enumerate(steps)), (210, answer)]
    IncidentEvent.objects.bulk_create(
        IncidentEvent(incident=leak, at=began + dt.timedelta(seconds=after), **facts)
        for after, facts in sorted(told, key=lambda pair: pair[0])
    )
    Order.objects.open().filter(site=door.site).update(needs_leak_check=True)
    return leak

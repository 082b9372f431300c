"""What a driver says of vehicle and bag: looked over before leaving, the odometer, the cash by notes and coins."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from deliveries.models.fleet import Vehicle
from deliveries.models.route import Route
from luckygas import live
from luckygas.db import AppendOnly
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.said import Words

NOTES = (1000, 500, 200, 100, 50, 10, 5, 1)  # NT$: what lies in a bag in Taiwan
MOST_OF_A_NOTE = 9999
MOST_KM = 2_000_000


class VehicleCheck(models.Model):
    """One look over a vehicle: before it leaves with its five things, when it is back with the odometer alone."""

    class When(models.TextChoices):
        START = "start", _("before leaving")
        END = "end", _("back again")

    class Part(models.TextChoices):
        TYRES = "tyres", _("tyres")
        LIGHTS = "lights", _("lights")
        EXTINGUISHER = "extinguisher", _("fire extinguisher")
        CHOCKS = "chocks", _("wheel chocks")
        LEAK_DETECTOR = "leak_detector", _("leak detector")

    operation_id = models.UUIDField(unique=True)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="vehicle_checks")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="checks")
    when = models.CharField(max_length=5, choices=When)
    odometer_km = models.PositiveIntegerField()
    faults = models.JSONField(default=list, help_text="the parts that are not in order")
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["route", "when"], name="a_vehicle_is_checked_once_a_route_and_end"),
            models.CheckConstraint(condition=Q(odometer_km__lte=MOST_KM), name="an_odometer_is_sane"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.when}: {self.odometer_km} km"

    @property
    def fault_words(self) -> str:
        """`tyres · lights · worn`"""
        return " · ".join(str(label) for label in self.fault_labels)

    @property
    def fault_labels(self) -> list[Words]:
        """What is not in order, and what the driver wrote of it."""
        labels: list[Words] = [self.Part(part).label for part in self.faults]
        return [*labels, self.note] if self.note else labels

    @classmethod
    @transaction.atomic
    def record(
        cls, route: Route, *, operation_id: uuid.UUID, when: str, odometer_km: int, faults: list[str], note: str,
        by: User, at: dt.datetime,
    ) -> VehicleCheck:  # fmt: skip
        """Write it down, once per operation and once before and after a route; a fault is the office's to look at."""
        route.lock()
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        if other := cls.objects.filter(route=route, when=when).first():
            said = {"who": other.by, "km": other.odometer_km}
            raise Refused(_("%(who)s checked it already: %(km)s km.") % said, code="checked")
        return cls.objects.create(
            operation_id=operation_id, route=route, vehicle=route.vehicle, when=when, odometer_km=odometer_km,
            faults=[part for part in cls.Part.values if part in faults], note=note.strip()[:200], by=by, at=at,
        )  # fmt: skip


class CashDeclared(models.Model):
    """What a driver says is in the bag, by notes and coins. The office's own count stays the record."""

    operation_id = models.UUIDField(unique=True)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="cash_declared")
    counts = models.JSONField(help_text="so many of each note and coin")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.route_id}: NT${self.total_twd}"

    @property
    def total_twd(self) -> int:
        return sum(int(note) * count for note, count in self.counts.items())

    @property
    def rows(self) -> list[tuple[int, int]]:
        """Each note that is there, the largest first, and how many of it."""
        return [(note, self.counts[str(note)]) for note in NOTES if self.counts.get(str(note))]

    @classmethod
    @transaction.atomic
    def record(
        cls, route: Route, counts: Mapping[int, int], *, operation_id: uuid.UUID, by: User, at: dt.datetime
    ) -> CashDeclared:
        """Write it down, once per operation; the newest one counts."""
        route.lock()
        held = {str(note): counts[note] for note in NOTES if counts.get(note)}
        row, is_new = cls.objects.get_or_create(
            operation_id=operation_id, defaults={"route": route, "counts": held, "by": by, "at": at}
        )
        if is_new:
            live.changed("route", route.pk)
        return row

"""What drivers' phones report: every event is stored for ever, then applied or put up for review."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliveries.models.route import Route
from deliveries.models.stop import Stop
from luckygas.db import Frozen, Moves, Record
from luckygas.models import User


class Device(Record):
    """One browser of one driver, with a counter of its own."""

    key = models.UUIDField(unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    clock_offset_seconds = models.IntegerField(default=0, help_text="device clock minus server clock, at last contact")
    unsent = models.PositiveIntegerField(default=0, help_text="what the phone said it still holds")
    oldest_unsent_at = models.DateTimeField(null=True, blank=True)
    reset_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reset_seq = models.PositiveIntegerField(null=True, blank=True, help_text="last number of the phone it was before")
    checked_to = models.PositiveIntegerField(
        default=0, db_default=0, help_text="gaps up to this number are before the office"
    )

    def __str__(self) -> str:
        return str(self.key)


class DriverEvent(Record):
    """One thing a driver did, as the phone wrote it before its screen changed."""

    class State(models.TextChoices):
        STORED = "stored", _("stored")
        APPLIED = "applied", _("applied")
        REVIEW = "review", _("in review")

    class Kind(models.TextChoices):
        DEPART = "depart", _("left the depot")
        ARRIVE = "arrive", _("arrived")
        DELIVER = "deliver", _("handed over")
        FAIL = "fail", _("could not deliver")
        COLLECT = "collect", _("collected money")
        CLOSE = "close", _("end of day")
        AMEND = "amend", _("put right")
        PAY = "pay", _("took money")
        SEEN = "seen", _("saw what the office asks")
        CHECK = "check", _("looked over the vehicle")
        QUARANTINE = "quarantine", _("put cylinders aside")
        REORDER = "reorder", _("asked for a shorter way")
        SALE = "sale", _("sold from the vehicle")
        LEGACY = "legacy", _("visit of the old system")
        CASH = "cash", _("counted the cash")
        TAKEOVER = "takeover", _("took over the route")
        SOS = "sos", _("called for help")

    id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, null=True, related_name="events")
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    body = models.JSONField()
    body_digest = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State, default=State.STORED)
    answer = models.JSONField(default=dict)
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["received_at"]
        constraints = [
            models.UniqueConstraint(fields=["device", "seq"], name="one_event_a_device_and_number"),
        ]
        indexes = [models.Index(fields=["stop"], name="events_of_a_stop")]
        triggers = [
            Moves(name="state_moves", field="state", moves={"stored": ("applied", "review"), "review": ("applied",)}),
            Frozen("id", "device_id", "seq", "kind", "body", "happened_at"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id}#{self.seq} {self.kind}"

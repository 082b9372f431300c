"""Orders are taken again only when two people say so."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luckygas import live
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.flags import ORDERS_PAUSED
from luckygas.models import User
from pilot.models.flag import Flag, FlagChange


class Release(Record):
    """Orders are taken again: asked for by one person, agreed to by another."""

    class Outcome(models.TextChoices):
        OPEN = "", _("waits for a second person")
        RELEASED = "released", _("released")
        REFUSED = "refused", _("not released")
        OVERTAKEN = "overtaken", _("overtaken")

    of = models.ForeignKey(FlagChange, on_delete=models.PROTECT, related_name="releases")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["of"], condition=Q(outcome=""), name="one_open_release_a_pause"),
            models.CheckConstraint(
                condition=~Q(outcome="released") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="two_people_release",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="a_decided_release_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"

    @classmethod
    def waiting(cls) -> Release | None:
        """The one that waits for a second person, while nothing changed since it was asked for."""
        waiting = cls.objects.filter(outcome="").select_related("asked_by").order_by("-pk").first()
        return waiting if waiting and waiting.of_id == FlagChange.newest(ORDERS_PAUSED) else None

    @classmethod
    @transaction.atomic
    def ask(cls, *, by: User, reason: str) -> Release:
        """Ask that orders are taken again. Asked twice, the first stays."""
        flag = Flag.objects.select_for_update().filter(name=ORDERS_PAUSED).first()
        if flag is None or not flag.everyone:
            raise Refused(_("Orders are being taken. There is nothing to release."), code="not_paused")
        if not reason.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        if known := cls.waiting():
            return known
        cls.objects.filter(outcome="").update(outcome=cls.Outcome.OVERTAKEN, decided_at=timezone.now())
        release = cls.objects.create(of_id=FlagChange.newest(ORDERS_PAUSED), asked_by=by, reason=reason.strip())
        live.changed("flag", ORDERS_PAUSED)
        return release

    @transaction.atomic
    def confirm(self, *, by: User) -> None:
        """The second person agrees: orders are taken from the next request on."""
        self._lock_waiting()
        if by == self.asked_by:
            raise Refused(_("A second person must agree. You asked for it."), code="same_person")
        Flag.change(ORDERS_PAUSED, by=by, reason=self.reason, release=True, everyone=False)
        self._decide(self.Outcome.RELEASED, by=by)

    @transaction.atomic
    def refuse(self, *, by: User) -> None:
        """Orders stay paused. Who asked takes it back the same way."""
        self._lock_waiting()
        self._decide(self.Outcome.REFUSED, by=by)
        live.changed("flag", ORDERS_PAUSED)

    def _lock_waiting(self) -> None:
        Flag.objects.select_for_update().get(name=ORDERS_PAUSED)
        self.lock()
        if self.outcome or self.of_id != FlagChange.newest(ORDERS_PAUSED):
            raise Refused(_("This was decided already, or something changed since."), code="decided")

    def _decide(self, outcome: str, *, by: User) -> None:
        self.outcome, self.decided_by, self.decided_at = outcome, by, timezone.now()
        self.save(update_fields=["outcome", "decided_by", "decided_at"])

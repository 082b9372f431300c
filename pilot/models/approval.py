"""What one person asked for and another must agree to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luckygas import live
from luckygas.db import Frozen, Moves, Record
from luckygas.errors import Refused
from luckygas.models import User


@dataclass(frozen=True)
class Kind:
    """What is asked for: a fingerprint of what is true about it, what agreeing does, and how it is said."""

    digest: Callable[[str, dict[str, Any]], str]
    apply: Callable[[Approval, User], None]
    sentence: Callable[[Approval], str]


KINDS: dict[str, Kind] = {}


def approves(
    kind: str,
    *,
    digest: Callable[[str, dict[str, Any]], str],
    apply: Callable[[Approval, User], None],
    sentence: Callable[[Approval], str],
) -> None:
    """Say what an approval of this kind does; each part of the pilot does so in its own module, from `ready()`.

    `digest` of subject and body changes whenever anything is edited that the two people must have seen alike.
    `apply` runs in the transaction of the agreement: it locks its own rows and then asks `approval.check_current()`,
    so that nothing slips in between. `sentence` is what is waiting, for the list.
    """
    KINDS[kind] = Kind(digest, apply, sentence)


class Approval(Record):
    """Something that needs two people: asked for by one, agreed to by another, and dead once anything was edited."""

    class Outcome(models.TextChoices):
        OPEN = "", _("waits for a second person")
        CONFIRMED = "confirmed", _("agreed")
        REFUSED = "refused", _("not agreed")
        OVERTAKEN = "overtaken", _("overtaken")

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=100)
    body = models.JSONField(default=dict)
    seen = models.CharField(max_length=64, help_text="the digest of what was true when it was asked")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(outcome=""), name="one_open_approval_a_subject"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="two_people_agree",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="a_decided_approval_has_its_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_approval_says_why"),
        ]
        triggers = [
            Frozen("kind", "subject", "body", "seen", "asked_by_id"),
            Moves(name="decided_once", field="outcome", moves={"": ("confirmed", "refused", "overtaken")}),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_current(self) -> bool:
        """Whether all is as it was when it was asked for."""
        return self.kind in KINDS and KINDS[self.kind].digest(self.subject, self.body) == self.seen

    @property
    def sentence(self) -> str:
        return KINDS[self.kind].sentence(self) if self.kind in KINDS else str(self)

    @classmethod
    def waiting(cls, *kinds: str) -> list[Approval]:
        """Those that wait for a second person while nothing was edited, oldest first; of these kinds, else of all."""
        found = cls.objects.filter(outcome="").select_related("asked_by").order_by("pk")
        return [each for each in (found.filter(kind__in=kinds) if kinds else found) if each.is_current]

    @classmethod
    @transaction.atomic
    def ask(cls, kind: str, *, subject: str, body: dict[str, Any] | None = None, by: User, reason: str) -> Approval:
        """Ask for it. Asked twice, the first stays; asked for something else meanwhile, the older one is overtaken."""
        if not reason.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        body = body or {}
        seen = KINDS[kind].digest(subject, body)
        opened = cls.objects.filter(kind=kind, subject=subject, outcome="")
        opened.exclude(seen=seen, body=body).update(outcome=cls.Outcome.OVERTAKEN, decided_at=timezone.now())
        row = Approval(kind=kind, subject=subject, body=body, seen=seen, asked_by=by, reason=reason.strip())
        Approval.objects.bulk_create([row], ignore_conflicts=True)  # two people asked in the same moment: one row
        asked = opened.select_related("asked_by").get()
        live.changed("approval", asked.pk)
        return asked

    def confirm(self, *, by: User) -> None:
        """The second person agrees and it is done, in one transaction; what was edited meanwhile is marked so."""
        try:
            with transaction.atomic():
                self._lock_open()
                if by == self.asked_by:
                    raise Refused(_("A second person must agree. You asked for it."), code="same_person")
                self.check_current()
                KINDS[self.kind].apply(self, by)
                self._decide(self.Outcome.CONFIRMED, by=by)
        except Refused as refused:
            if refused.code == "overtaken":
                self._overtake()
            raise

    def check_current(self) -> None:
        """Refuse what was edited since it was asked for; asked again once the rows it is about are locked."""
        if not self.is_current:
            raise Refused(_("Something changed since this was asked for. Ask again."), code="overtaken")

    @transaction.atomic
    def refuse(self, *, by: User) -> None:
        """Nothing is done. Who asked takes it back the same way."""
        self._lock_open()
        self._decide(self.Outcome.REFUSED, by=by)

    @transaction.atomic
    def _overtake(self) -> None:
        self.lock()
        if not self.outcome:
            self._decide(self.Outcome.OVERTAKEN, by=None)

    def _lock_open(self) -> None:
        self.lock()
        if self.outcome:
            raise Refused(_("This was decided already."), code="decided")

    def _decide(self, outcome: str, *, by: User | None) -> None:
        self.outcome, self.decided_by, self.decided_at = outcome, by, timezone.now()
        self.save(update_fields=["outcome", "decided_by", "decided_at"])
        live.changed("approval", self.pk)

"""Hours in which nobody drives: drawn up and looked at, put in force by one key, and taken back by another."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.area import Area, CalendarDay
from luckygas import live
from luckygas.clock import business_day
from luckygas.db import Frozen, Moves, Record, digest
from luckygas.errors import Refused
from luckygas.models import User

MOST_DAYS = 14


class SuspensionState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("suspension", "only looked at")
    RUNNING = "running", pgettext_lazy("suspension", "being carried out")
    DONE = "done", pgettext_lazy("suspension", "in force")
    UNDOING = "undoing", pgettext_lazy("suspension", "being taken back")
    UNDONE = "undone", pgettext_lazy("suspension", "taken back")
    DISCARDED = "discarded", pgettext_lazy("suspension", "thrown away")


SUSPENSION_MOVES: dict[str, tuple[str, ...]] = {
    SuspensionState.DRAFT: (SuspensionState.RUNNING, SuspensionState.DISCARDED),
    SuspensionState.RUNNING: (SuspensionState.DONE,),
    SuspensionState.DONE: (SuspensionState.UNDOING,),
    SuspensionState.UNDOING: (SuspensionState.UNDONE,),
    SuspensionState.UNDONE: (),
    SuspensionState.DISCARDED: (),
}
AT_WORK = (SuspensionState.RUNNING, SuspensionState.UNDOING)
IN_FORCE = (SuspensionState.RUNNING, SuspensionState.DONE)


class Suspension(Record):
    """No deliveries in some areas between two full hours: it writes what the calendar then says."""

    State = SuspensionState

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    areas = models.ManyToManyField(Area, related_name="suspensions", help_text="none named: all of them")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=9, choices=SuspensionState, default=SuspensionState.DRAFT)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    worked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_suspension_has_a_length"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_suspension_says_why"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="somebody_confirmed_a_suspension",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["undoing", "undone"]) | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="somebody_undid_a_suspension",
            ),
        ]
        triggers = [
            Moves(name="state_moves", field="state", moves=SUSPENSION_MOVES),
            Frozen("operation_id", "body_digest", "starts_at", "ends_at", "reason"),
        ]

    def __str__(self) -> str:
        return self.reason

    def get_absolute_url(self) -> str:
        return reverse("orders:suspension", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def can_undo(self) -> bool:
        return self.state == SuspensionState.DONE and not self.is_over

    def days(self) -> Iterator[tuple[dt.date, int, int]]:
        """Each day that it touches, with its hours: from, until."""
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        day = starts.date()
        while day < ends.date() or (day == ends.date() and ends.hour):
            yield day, starts.hour if day == starts.date() else 0, ends.hour if day == ends.date() else 24
            day += dt.timedelta(days=1)

    # --- its life -----------------------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def draw_up(
        cls,
        *,
        operation_id: uuid.UUID,
        areas: Iterable[Area],
        starts_at: dt.datetime,
        ends_at: dt.datetime,
        reason: str,
        by: User,
    ) -> Suspension:
        """Write down what is meant, once per `operation_id`; nothing is suspended before somebody confirms it."""
        chosen = sorted(areas, key=lambda area: area.pk)
        body = digest({"areas": [area.pk for area in chosen], "from": starts_at, "until": ends_at, "reason": reason})
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_("This form was already sent with other contents."), code="other_body")
            return known
        cls._check_span(starts_at, ends_at)
        suspension = cls.objects.create(
            operation_id=operation_id, body_digest=body, starts_at=starts_at, ends_at=ends_at, reason=reason, by=by
        )
        suspension.areas.set(chosen)
        return suspension

    @staticmethod
    def _check_span(starts_at: dt.datetime, ends_at: dt.datetime) -> None:
        if ends_at <= max(starts_at, timezone.now()):
            raise Refused(_("It has to end after it starts, and after now."), field="until_day", code="ends_early")
        if ends_at - starts_at > dt.timedelta(days=MOST_DAYS):
            raise Refused(_("Two weeks at most."), field="until_day", code="too_long")
        if business_day(starts_at) < business_day():
            raise Refused(_("That day has passed."), field="from_day", code="past_day")

    @transaction.atomic
    def confirm(self, *, by: User) -> bool:
        """Stop deliveries: from its commit on nobody can order into these hours. False when it was pressed twice."""
        self.lock()
        if self.state in {SuspensionState.RUNNING, SuspensionState.DONE}:
            return False
        if self.is_over:
            raise Refused(_("Its time has passed. Draw up a new one."), code="over")
        self._move(SuspensionState.RUNNING, confirmed_by=by, confirmed_at=timezone.now())
        areas: list[Area | None] = [*self.areas.all()] or [None]
        CalendarDay.objects.bulk_create(
            CalendarDay(
                day=day, from_hour=first, until_hour=last, kind=CalendarDay.Kind.SUSPENSION, area=area,
                name=self.reason, suspension=self,
            )
            for day, first, last in self.days()
            for area in areas
        )  # fmt: skip
        return True

    def finish(self) -> None:
        """Everybody it touches has their outcome. The row is locked by who calls."""
        self._move(SuspensionState.DONE)

    @transaction.atomic
    def undo(self, *, by: User) -> bool:
        """It does not come after all. Until the last order is put back nobody else gets its place. False when twice."""
        self.lock()
        if self.state in {SuspensionState.UNDOING, SuspensionState.UNDONE}:
            return False
        if self.is_over:
            raise Refused(_("It is over; there is nothing to take back."), code="over")
        self._move(SuspensionState.UNDOING, undone_by=by, undone_at=timezone.now())
        return True

    def finish_undoing(self) -> None:
        """What could be put back is: the hours are open again. The row is locked by who calls."""
        self.calendar_days.all().delete()
        self._move(SuspensionState.UNDONE)

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Nobody wants it: it never held."""
        self.lock()
        self._move(SuspensionState.DISCARDED)

    def _move(self, state: SuspensionState, **fields: Any) -> None:
        if state not in SUSPENSION_MOVES[self.state]:
            raise Refused(
                _("This suspension is %(state)s; that is not possible now.") % {"state": self.get_state_display()},
                code="illegal_move",
            )
        for name, value in (fields | {"state": state, "worked_at": timezone.now()}).items():
            setattr(self, name, value)
        self.save(update_fields=["state", "worked_at", *fields])
        live.changed("suspension", self.pk)

"""The days of standing orders: one row for each, due until an order is made or somebody is told why not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luckygas import live
from luckygas.clock import business_day
from luckygas.db import Frozen, Moves, Record, derived_id
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import SaidField, Words
from orders.metrics import STANDING_DAYS_SETTLED
from orders.models.order import Order
from orders.models.standing import StandingOrder
from orders.standing.forecast import plan
from orders.standing.querysets import StandingDayQuerySet

if TYPE_CHECKING:
    from luckygas.flags import Decision

CATCH_UP_DAYS = 31  # how far back a day that nobody wrote down is still found


class DayState(models.TextChoices):
    DUE = "due", _("due")
    MADE = "made", _("made")
    SKIPPED = "skipped", _("left out")
    REFUSED = "refused", _("not possible")


DAY_MOVES: dict[str, tuple[str, ...]] = {
    DayState.DUE: (DayState.MADE, DayState.SKIPPED, DayState.REFUSED),
    DayState.REFUSED: (DayState.SKIPPED,),
    DayState.MADE: (),
    DayState.SKIPPED: (),
}


class StandingDay(Record):
    """One day of a standing order and what became of it, or one order that somebody made from a template."""

    State = DayState

    standing = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, related_name="days")
    on = models.DateField(help_text="the day that the rhythm named")
    by_hand = models.BooleanField(default=False, help_text="somebody asked for it; not the rhythm")
    state = models.CharField(max_length=8, choices=DayState, default=DayState.DUE)
    was_missed = models.BooleanField(default=False, help_text="its day had passed when the generator came to it")
    made_for = models.DateField(null=True, blank=True, help_text="the day its order is promised for")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="standing_day")
    reason = SaidField(blank=True, default=str)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = StandingDayQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["standing", "on"], condition=Q(by_hand=False), name="a_day_of_a_standing_order_once"
            ),
            models.UniqueConstraint(
                fields=["standing", "made_for"], condition=Q(by_hand=False), name="a_standing_order_comes_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state="made", order__isnull=False, made_for__isnull=False)
                | (~Q(state="made") & Q(order=None, made_for=None)),
                name="a_made_day_has_its_order",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "refused"]) | ~Q(reason=""), name="what_is_not_made_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="due", settled_at=None) | (~Q(state="due") & Q(settled_at__isnull=False)),
                name="a_settled_day_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["on"], condition=Q(state="due"), name="standing_days_due"),
            models.Index(fields=["on"], condition=Q(state="refused"), name="standing_days_refused"),
            models.Index(fields=["made_for"], name="standing_days_made_for"),
        ]
        triggers = [
            Moves(name="state_moves", field="state", moves=DAY_MOVES),
            Frozen("standing_id", '"on"', "by_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.standing_id} {self.on} {self.state}"

    # --- what is due ------------------------------------------------------------------------------------------------
    @classmethod
    def write_due(cls, *, until: dt.date, only: StandingOrder | None = None, today: dt.date | None = None) -> int:
        """Write down each day up to `until` that has no row yet, also those of days on which nobody looked.

        Two who write at once write each day once: the database refuses the second.
        """
        today = today or business_day()
        standing = [only] if only else list(StandingOrder.objects.in_force(on=today - dt.timedelta(CATCH_UP_DAYS)))
        since = today - dt.timedelta(days=CATCH_UP_DAYS)
        days = [since + dt.timedelta(days=n) for n in range((until - since).days + 1)]
        rows = [StandingDay(standing=each, on=day) for each in standing for day in days if each.falls_on(day)]
        known = set(cls.objects.of_rhythm().filter(on__range=(since, until)).values_list("standing", "on"))
        fresh = [row for row in rows if (row.standing_id, row.on) not in known]
        StandingDay.objects.bulk_create(fresh, ignore_conflicts=True)
        return len(fresh)

    @transaction.atomic
    def make(self, *, decision: Decision, at: dt.datetime | None = None) -> None:
        """Make the order of this day, or write down why not; in one transaction, once.

        A refusal is no error: the day is `refused` with its sentence and stands on the office's list.
        """
        at = at or timezone.now()
        self.standing.lock_with_customer()
        self.lock()
        if self.state != DayState.DUE:
            return
        wanted = plan(self.standing, self.on, at=at, taken=self._taken())
        self.was_missed = wanted.was_missed
        if wanted.day is None:
            self._settle(wanted.state, at=at, reason=wanted.reason)
            return
        try:
            order = Order.place(
                self.standing.wish(wanted.day),
                operation_id=derived_id("standing", self.standing_id, self.on),
                channel=Order.Channel.STANDING,
                by=None,
                decision=decision,
                at=at,
            )
        except Refused as refused:
            self._settle(DayState.REFUSED, at=at, reason=refused.sentence)
            return
        self.order, self.made_for = order, order.promised_on
        self._settle(DayState.MADE, at=at, reason=wanted.reason)

    def _taken(self) -> dict[dt.date, str]:
        """Days for which this standing order has its order already, with the number."""
        made = StandingDay.objects.holding().filter(standing=self.standing_id, made_for__gte=self.on)
        return {row.made_for: str(row.order) for row in made.select_related("order") if row.made_for}

    @transaction.atomic
    def put_aside(self, *, by: User, reason: str) -> None:
        """The office dealt with it in another way; it leaves the list with their words."""
        self.standing.lock_with_customer()
        self.lock()
        if self.state != DayState.REFUSED:
            raise Refused(_("This was dealt with already."), code="settled")
        if not reason.strip():
            raise Refused(_("Write what was agreed."), field="reason", code="no_reason")
        self._settle(DayState.SKIPPED, at=timezone.now(), by=by, reason=reason.strip())

    @classmethod
    def skip_paused(cls, standing: StandingOrder) -> None:
        """Leave out what is due inside the pause that ends now."""
        for row in cls.objects.due().filter(standing=standing):
            if standing.is_paused_on(row.on):
                row._settle(DayState.SKIPPED, at=timezone.now(), reason=_("Paused."))

    @classmethod
    def by_hand_for(cls, standing: StandingOrder, order: Order, *, by: User | None) -> StandingDay:
        """Remember that somebody made this order from this template; once per order."""
        row, _is_new = cls.objects.get_or_create(
            order=order,
            defaults={
                "standing": standing,
                "on": order.promised_on,
                "by_hand": True,
                "state": DayState.MADE,
                "made_for": order.promised_on,
                "by": by,
                "settled_at": timezone.now(),
            },
        )
        live.changed("standing", standing.pk)
        return row

    def _settle(self, state: str, *, at: dt.datetime, reason: Words, by: User | None = None) -> None:
        """The one writer of `state`. The row is locked by the verb that calls it."""
        self.state, self.reason, self.by, self.settled_at = state, reason, by, at
        self.save(update_fields=["state", "was_missed", "order", "made_for", "reason", "by", "settled_at"])
        transaction.on_commit(STANDING_DAYS_SETTLED.labels(state=str(state)).inc)
        live.changed("standing", self.standing_id)

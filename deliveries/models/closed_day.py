"""The end of a day: what became of orders that were not delivered, and the one record that closes it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pgtrigger
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from deliveries.models.route import DAYS, Route
from luckygas import live
from luckygas.db import AppendOnly, Frozen, Record, derived_id, raise_check
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.templatetags.luckygas_format import short_date
from orders.models import Order
from orders.wishes import When


class LeftOver(models.Model):
    """An order that its day did not deliver, and what was decided: a day the customer agreed to, cancelled, or kept."""

    class Outcome(models.TextChoices):
        MOVED = "moved", _("another day")
        CANCELLED = "cancelled", _("cancelled")
        KEPT = "kept", _("kept, no day yet")

    operation_id = models.UUIDField(unique=True)
    day = models.DateField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="left_over")
    outcome = models.CharField(max_length=10, choices=Outcome)
    to_day = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_left_over_order_says_why"),
            models.CheckConstraint(
                condition=Q(outcome="moved", to_day__gt=models.F("day")) | ~Q(outcome="moved") & Q(to_day=None),
                name="a_moved_order_has_its_later_day",
            ),
        ]
        indexes = [models.Index(fields=["day", "order"], name="left_over_of_a_day")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.order_id} {self.outcome}"

    @classmethod
    @transaction.atomic
    def settle(
        cls,
        order: Order,
        *,
        day: dt.date,
        outcome: str,
        reason: str,
        by: User,
        operation_id: uuid.UUID,
        when: When | None = None,
        knows_run_out: bool = False,
    ) -> LeftOver:
        """Decide one order by its own verb, with the decision beside it. The same operation again is the first row.

        A day on which their gas may be used up is refused, unless the customer knows.
        """
        order.lock()
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        ClosedDay.must_be_open(day)
        if not order.is_open:
            raise Refused(
                _("Order %(number)s is %(state)s.") % {"number": order.number, "state": order.get_state_display()},
                code="over",
            )
        if not reason.strip():
            raise Refused(_("Write the reason."), field="reason", code="no_reason")
        once = derived_id("left over", operation_id)
        if outcome == cls.Outcome.MOVED:
            order.reschedule(when or When(), by=by, reason=reason, operation_id=once)
            cls._check_day(order, day, knows_run_out=knows_run_out)
        elif outcome == cls.Outcome.CANCELLED:
            order.cancel(by=by, reason=reason, operation_id=once)
        return cls.objects.create(
            operation_id=operation_id, day=day, order=order, outcome=outcome, reason=reason.strip()[:200], by=by,
            to_day=order.promised_on if outcome == cls.Outcome.MOVED else None,
        )  # fmt: skip

    @staticmethod
    def _check_day(order: Order, day: dt.date, *, knows_run_out: bool) -> None:
        from deliveries.closing.left_over import run_out_at

        if order.promised_on <= day:
            raise Refused(_("Choose a later day."), field="when", code="same_day")
        run_out = None if knows_run_out else run_out_at(order.site)
        if run_out and run_out.first < order.promised_on:
            raise Refused(
                _("Their gas may be used up from %(day)s on. Choose an earlier day, or tick that they know.")
                % {"day": short_date(run_out.first)},
                field="knows_run_out",
                code="run_out",
            )


class OnlyWhatIsReady(pgtrigger.Trigger):
    """A day is not closed over a truck on the road, an open stop, a route nobody counted, or a variance of nobody's."""

    name = "only_what_is_ready"
    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: Any) -> str:
        return f"""
            PERFORM pg_advisory_xact_lock({DAYS}, NEW.day - DATE '2000-01-01');
            IF EXISTS (
                SELECT 1 FROM deliveries_route r LEFT JOIN deliveries_cashcount c ON c.route_id = r.id
                WHERE r.day = NEW.day AND (r.state = 'departed' OR r.state = 'closed' AND c.id IS NULL)
                UNION ALL
                SELECT 1 FROM deliveries_stop s JOIN deliveries_route r ON r.id = s.route_id
                WHERE r.day = NEW.day AND s.state IN ('pending', 'arrived')
                UNION ALL
                SELECT 1 FROM deliveries_variance v JOIN deliveries_route r ON r.id = v.route_id
                WHERE r.day = NEW.day AND v.owner_id IS NULL
            ) THEN
                {raise_check("this day is not ready to be closed")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)


class ClosedDay(Record):
    """A day is over: who said so, when, and the figures of that moment. A reopened one stays, with the reason."""

    operation_id = models.UUIDField(unique=True)
    day = models.DateField()
    figures = models.JSONField()
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reopened_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["day"], condition=Q(reopened_at=None), name="a_day_is_closed_once"),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None, reopened_why="")
                | Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopened_why=""),
                name="a_reopened_day_says_who_and_why",
            ),
        ]
        triggers = [OnlyWhatIsReady(), Frozen("operation_id", "day", "figures", "closed_at", "closed_by_id")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    @classmethod
    def of(cls, day: dt.date) -> ClosedDay | None:
        return cls.objects.filter(day=day, reopened_at=None).select_related("closed_by").first()

    @classmethod
    def must_be_open(cls, day: dt.date) -> None:
        """Refuse a change of a day that is closed."""
        if closed := cls.of(day):
            raise Refused(
                _("%(who)s closed this day. Reopen it first, with a reason.") % {"who": closed.closed_by},
                code="day_closed",
            )

    @classmethod
    @transaction.atomic
    def close(cls, day: dt.date, *, operation_id: uuid.UUID, by: User, at: dt.datetime | None = None) -> ClosedDay:
        """Close the day when nothing of it is left open. The same operation again answers with the first record."""
        from deliveries.closing.evening import Evening
        from deliveries.closing.figures import figures_of

        list(Route.objects.on(day).order_by("pk").select_for_update(no_key=True))
        with connection.cursor() as cursor:  # nobody makes a route of that day meanwhile
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::date - DATE '2000-01-01')", [DAYS, day])
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        cls.must_be_open(day)
        at = at or timezone.now()
        if day > timezone.localdate(at):
            raise Refused(_("This day has not begun yet."), code="to_come")
        if ends := Evening(day).ends:
            raise Refused(ends[0].fact, code="open_ends")
        closed = cls.objects.create(
            operation_id=operation_id, day=day, figures=figures_of(day), closed_at=at, closed_by=by
        )
        live.changed("day", day)
        return closed

    @transaction.atomic
    def reopen(self, *, by: User, reason: str) -> None:
        """Something of that day must change after all; the record and its figures stay as they were."""
        self.lock()
        if self.reopened_at and (self.reopened_by, self.reopened_why) == (by, reason.strip()):
            return
        if self.reopened_at:
            raise Refused(_("This day was reopened already."), code="reopened")
        if not reason.strip():
            raise Refused(_("Write why it is reopened."), field="reason", code="no_reason")
        self.reopened_at, self.reopened_by, self.reopened_why = timezone.now(), by, reason.strip()[:200]
        self.save(update_fields=["reopened_at", "reopened_by", "reopened_why"])
        live.changed("day", self.day)

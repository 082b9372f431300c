"""Who lets an order go that was put on hold, or turns it down: managers, and deputies up to their amount."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from luckygas.clock import business_day
from luckygas.db import AppendOnly, Frozen, Record, raise_check
from luckygas.errors import Refused
from luckygas.models import DISPATCHER, MANAGER, User
from luckygas.said import Said as _
from luckygas.templatetags.luckygas_format import money
from orders.credit.exposure import Exposure, exposure_of
from orders.querysets import OPEN

if TYPE_CHECKING:
    from orders.models.order import Order


class DeputyQuerySet(models.QuerySet):
    def standing(self, on: dt.date | None = None) -> DeputyQuerySet:
        """Those who stand in for a manager on this day, today when absent."""
        on = on or business_day()
        until = Q(valid_until=None) | Q(valid_until__gte=on)
        return self.filter(until, ended_at=None, valid_from__lte=on)


class Deputy(Record):
    """A colleague who may let held orders go for a manager: up to an amount for one customer, for a time."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputies")
    up_to_twd = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="a_person_is_a_deputy_once"),
            models.CheckConstraint(condition=Q(up_to_twd__gt=0), name="a_deputy_has_an_amount"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_deputy_ends_after_the_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="an_ended_deputy_says_by_whom",
            ),
        ]
        triggers = [Frozen("person_id", "up_to_twd", "valid_from", "valid_until", "set_by_id", "set_at")]

    def __str__(self) -> str:
        return f"{self.person} {self.up_to_twd}"

    @property
    def state(self) -> str:
        """`coming`, `standing`, `over` by its last day, or `ended` by a manager."""
        today = business_day()
        if self.ended_at:
            return "ended"
        if self.valid_until and self.valid_until < today:
            return "over"
        return "coming" if self.valid_from > today else "standing"

    @classmethod
    @transaction.atomic
    def appoint(
        cls, person: User, *, up_to_twd: int, by: User, valid_from: dt.date, valid_until: dt.date | None = None
    ) -> Deputy:
        """From a day on, for a time or until it is ended; what they were before ends. The same again is no change."""
        _check_manager(by)
        person.lock()
        if DISPATCHER not in person.roles or MANAGER in person.roles or not person.is_active:
            raise Refused(_("Only a dispatcher can stand in for a manager."), field="person", code="no_dispatcher")
        facts = {"up_to_twd": up_to_twd, "valid_from": valid_from, "valid_until": valid_until}
        if known := cls.objects.filter(person=person, ended_at=None).first():
            if {name: getattr(known, name) for name in facts} == facts:
                return known
            known.end(by=by)
        return cls.objects.create(person=person, set_by=by, **facts)

    @transaction.atomic
    def end(self, *, by: User) -> None:
        """Not any more, at once. Ended already is as good."""
        _check_manager(by)
        self.lock()
        if self.ended_at is None:
            self.ended_at, self.ended_by = timezone.now(), by
            self.save(update_fields=["ended_at", "ended_by"])

    def used_twd(self, order: Order) -> int:
        """What this person let go already for the order's customer and is not delivered yet, in NT$."""
        theirs = HoldDecision.objects.filter(outcome=HoldDecision.Outcome.RELEASED, deputy__person=self.person_id)
        still = theirs.filter(order__customer=order.customer_id, order__state__in=OPEN).exclude(order=order)
        return still.aggregate(twd=models.Sum("order_twd", default=0))["twd"]


def _check_manager(by: User) -> None:
    if MANAGER not in by.roles:
        raise Refused(_("Only a manager says who stands in."), code="not_manager")


class OnlyWhoMay(pgtrigger.Trigger):
    """A decision stands on a manager's role, on a deputy's amount, or on an order that fits the limit by now."""

    name = "only_who_may_decide"
    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: Any) -> str:
        return f"""
            IF NOT (CASE NEW.grounds
                WHEN 'manager' THEN EXISTS (
                    SELECT 1 FROM luckygas_user_groups held JOIN auth_group role ON role.id = held.group_id
                    WHERE held.user_id = NEW.by_id AND role.name = 'manager')
                WHEN 'deputy' THEN EXISTS (
                    SELECT 1 FROM orders_deputy d
                    WHERE d.id = NEW.deputy_id AND d.person_id = NEW.by_id AND d.ended_at IS NULL
                      AND (NEW.outcome = 'declined' OR (d.up_to_twd >= NEW.order_twd AND NOT NEW.was_blocked)))
                WHEN 'fits' THEN NEW.outcome = 'released' AND NOT NEW.was_blocked
                    AND (NEW.limit_twd IS NULL OR NEW.exposure_twd <= NEW.limit_twd)
                ELSE false END)
            THEN
                {raise_check("this person may not decide about this order")}
            END IF;
            RETURN NEW;
        """  # noqa: S608  (no input reaches it: it becomes a trigger in a migration)


class HoldDecision(models.Model):
    """What became of one hold: let go or turned down, by whom and why, and how the customer stood that moment."""

    class Outcome(models.TextChoices):
        RELEASED = "released", pgettext_lazy("order", "released")
        DECLINED = "declined", _("turned down")

    class Grounds(models.TextChoices):
        MANAGER = "manager", _("as a manager")
        DEPUTY = "deputy", _("as a deputy")
        FITS = "fits", _("within the limit by then")

    operation_id = models.UUIDField(unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="hold_decisions")
    hold = models.OneToOneField("orders.OrderEvent", on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=8, choices=Outcome)
    grounds = models.CharField(max_length=8, choices=Grounds)
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=200)
    order_twd = models.PositiveIntegerField()
    exposure_twd = models.BigIntegerField()
    limit_twd = models.PositiveIntegerField(null=True, blank=True)
    was_blocked = models.BooleanField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="a_decision_says_why"),
            models.CheckConstraint(
                condition=Q(grounds="deputy", deputy__isnull=False) | (~Q(grounds="deputy") & Q(deputy=None)),
                name="a_deputys_decision_names_it",
            ),
        ]
        triggers = [AppendOnly(), OnlyWhoMay()]

    def __str__(self) -> str:
        return f"{self.order_id} {self.outcome}"

    @classmethod
    def write(
        cls, order: Order, outcome: str, *, by: User | None, note: str, operation_id: uuid.UUID | None
    ) -> HoldDecision | None:
        """Decide about an order that is held and locked with its customer; None when this operation decided before.

        Refused without a note, for what is not on hold, and for who may not decide.
        """
        if operation_id and cls.objects.filter(operation_id=operation_id, order=order, outcome=outcome).exists():
            return None
        if order.state != order.State.HELD:
            raise Refused(
                _("Order %(number)s is %(state)s and not on hold any more.")
                % {"number": order.number, "state": order.State(order.state).label},
                code="illegal_move",
            )
        if not note.strip():
            raise Refused(_("Write why."), field="note", code="no_note")
        exposure, due = exposure_of(order.customer_id), order.due_twd
        grounds, deputy = cls._grounds(order, outcome, by=by, exposure=exposure, due_twd=due)
        return cls.objects.create(
            operation_id=operation_id or uuid.uuid4(),
            order=order,
            hold=order.holds.last(),
            outcome=outcome,
            grounds=grounds,
            deputy=deputy,
            by=by,
            note=note.strip(),
            order_twd=due,
            exposure_twd=exposure.total_twd,
            limit_twd=exposure.limit_twd,
            was_blocked=exposure.is_blocked,
        )

    @classmethod
    def _grounds(
        cls, order: Order, outcome: str, *, by: User | None, exposure: Exposure, due_twd: int
    ) -> tuple[str, Deputy | None]:
        """Why this person may decide; Refused, with the amount they may, when they may not."""
        if by and MANAGER in by.roles:
            return cls.Grounds.MANAGER, None
        if by and by.is_office and outcome == cls.Outcome.RELEASED and order.is_on_account and exposure.fits:
            return cls.Grounds.FITS, None
        deputy = Deputy.objects.standing().filter(person=by).first() if by else None
        if deputy is None:
            raise Refused(_("Only a manager or a deputy decides about it."), code="only_a_manager")
        if outcome == cls.Outcome.RELEASED:
            _check_amount(deputy, order, exposure, due_twd)
        return cls.Grounds.DEPUTY, deputy


def _check_amount(deputy: Deputy, order: Order, exposure: Exposure, due_twd: int) -> None:
    if exposure.is_blocked:
        raise Refused(_("This customer is blocked. Only a manager lets their orders go."), code="blocked")
    would = due_twd + deputy.used_twd(order)
    if would > deputy.up_to_twd:
        raise Refused(
            _("You may let go up to NT$%(may)s for one customer; this makes NT$%(would)s. Ask a manager.")
            % {"may": money(deputy.up_to_twd), "would": money(would)},
            code="above_amount",
        )

"""An order's life: one table of moves, one verb for each, and the event that each leaves."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t

from customers.models import Customer, Site
from customers.models import LeakCheck as CheckAtSite
from customers.models.customer import Stage as CustomerStage
from luckygas import live
from luckygas.clock import business_day
from luckygas.db import Frozen, Moves, Record, derived_id, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.said import Words
from orders import rules, windows
from orders.credit.exposure import because, exposure_of
from orders.models.credit import HoldDecision
from orders.models.cylinder_triggers import NothingOverdue
from orders.models.order_event import OrderEvent
from orders.models.order_line import OrderLine
from orders.models.order_state import MOVES, TO_REVIEW, Channel, State
from orders.models.order_triggers import (
    CheckStaysNeeded,
    FollowsMerge,
    GoesOnByDecision,
    OnlyOfTheNewSystem,
    RefusalIsSigned,
)
from orders.models.product import Price
from orders.models.slot import Slot
from orders.querysets import OPEN, OrderQuerySet
from orders.signals import order_moved
from orders.wishes import Item, When, Wish

if TYPE_CHECKING:
    from luckygas.flags import Decision
    from orders.handover import Handover
    from orders.models.cylinder import Place

TRACKING_DAYS = 7
LAST_MINUTE = dt.timedelta(hours=1)  # before its end a window is no promise any more


class Order(Record):
    """Gas that a customer asked for, with what it was decided with: prices, flags, stage, channel, promised day."""

    State, Channel = State, Channel

    class PaysBy(models.TextChoices):
        CASH = "cash", _("pays the driver")
        ACCOUNT = "account", _("on account")

    class LeakCheck(models.TextChoices):
        NONE = "", _("not done")
        PASSED = "passed", _("passed")
        REFUSED = "refused", _("refused in writing")

    number = models.CharField(max_length=20, unique=True)
    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=10, choices=State, default=State.PLACED)
    channel = models.CharField(max_length=8, choices=Channel)
    is_gas_out = models.BooleanField()
    is_now = models.BooleanField(default=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    promised_on = models.DateField()
    promised_from = models.DateTimeField()
    promised_to = models.DateTimeField()
    needs_day = models.BooleanField(default=False, help_text="red until the customer agreed to a day")
    needs_leak_check = models.BooleanField(default=False)
    leak_check = models.CharField(max_length=8, choices=LeakCheck, default=LeakCheck.NONE, blank=True)
    pays_by = models.CharField(max_length=8, choices=PaysBy)
    note = models.CharField(max_length=400, blank=True)
    hold_reason = models.CharField(max_length=200, blank=True)
    owed_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="owed_orders")
    priced_on = models.DateField()
    decision = models.JSONField(default=dict)
    variant = models.CharField(max_length=40)
    stage = models.CharField(max_length=12)
    system_of_record = models.CharField(max_length=6, default=Customer.System.NEW)
    track_token = models.CharField(max_length=32, unique=True)
    placed_at = models.DateTimeField(default=timezone.now)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(needs_leak_check=False) | ~Q(leak_check=""),
                name="delivered_only_past_the_leak_check",
            ),
            models.CheckConstraint(
                condition=Q(is_gas_out=False) | Q(needs_leak_check=True), name="no_gas_needs_a_leak_check"
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False) | ~Q(state="delivered"),
                name="delivered_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(promised_to__gt=models.F("promised_from")), name="a_promise_has_a_length"
            ),
            models.CheckConstraint(condition=Q(system_of_record="new"), name="orders_are_of_the_new_system"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_is_known"),
            models.CheckConstraint(condition=~Q(variant=""), name="an_order_stores_its_variant"),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer"),
            models.Index(fields=["site", "-placed_at"], name="orders_of_a_site"),
            models.Index(fields=["promised_on", "state"], name="orders_of_a_day"),
            models.Index(fields=["-placed_at"], name="orders_by_age"),
            models.Index(fields=["promised_on"], condition=Q(state__in=OPEN), name="open_orders_by_day"),
            models.Index(fields=["customer"], condition=Q(state__in=OPEN), name="open_orders_of_a_customer"),
            models.Index(fields=["slot"], condition=Q(slot__isnull=False), name="orders_in_a_slot"),
            models.Index(fields=["promised_from"], condition=Q(state="held"), name="orders_on_hold"),
        ]
        triggers = [
            OnlyOfTheNewSystem(),
            Moves(name="state_moves", field="state", moves=MOVES),
            FollowsMerge(),
            GoesOnByDecision(),
            NothingOverdue(),
            RefusalIsSigned(),
            CheckStaysNeeded(),
            Frozen("operation_id", "number", "variant", "system_of_record"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:detail", args=[self.number])

    # --- what can be said about one order --------------------------------------------------------------------------
    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_red(self) -> bool:
        """Somebody of the office must act: gas is out and no truck yet, no agreed day, late, or being checked."""
        return (
            self.state == State.REVIEW
            or (self.is_open and self.needs_day)
            or (self.is_gas_out and self.state in {State.PLACED, State.HELD, State.CONFIRMED})
            or self.is_late
        )

    @property
    def is_late(self) -> bool:
        return self.is_open and self.promised_to < timezone.now()

    @property
    def can_change(self) -> bool:
        return self.state in {State.PLACED, State.HELD, State.CONFIRMED} and self.owed_from_id is None

    @property
    def can_cancel(self) -> bool:
        return self.state in {State.PLACED, State.HELD, State.CONFIRMED, State.PLANNED}

    @property
    def total_twd(self) -> int:
        """NT$ for the gas: on what was handed over once it was, on what was ordered before."""
        return sum(line.amount_twd for line in self.lines.all())

    @property
    def deposit_twd(self) -> int:
        """NT$ of deposits that the cylinders without an empty carry."""
        return sum(line.deposit_due_twd for line in self.lines.all())

    @property
    def due_twd(self) -> int:
        return self.total_twd + self.deposit_twd

    @property
    def is_on_account(self) -> bool:
        return self.pays_by == self.PaysBy.ACCOUNT

    @property
    def held_because(self) -> str:
        """Why it is on hold, for whoever reads it."""
        return because(self.hold_reason)

    @property
    def holds(self) -> models.QuerySet[OrderEvent]:
        """Each time it was put on hold, the latest last."""
        return self.events.filter(to_state=State.HELD).exclude(from_state=State.HELD).order_by("pk")

    @property
    def decided(self) -> dict[str, Any]:
        """What it was decided with: when, the customer's stage then, and each flag, those that were on first."""
        flags = self.decision.get("flags", {})
        at = self.decision.get("at")
        return {
            "at": dt.datetime.fromisoformat(at) if at else self.placed_at,
            "stage": dict(CustomerStage.choices).get(self.stage, self.stage),
            "flags": sorted(flags.items(), key=lambda pair: (not pair[1], pair[0])),
        }

    @property
    def gross_kg(self):  # noqa: ANN201  (Decimal)
        """Weight of its full cylinders on the truck."""
        return sum(line.ordered * line.product.gross_kg for line in self.lines.all())

    # --- coming into being -----------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def place(
        cls,
        wish: Wish,
        *,
        operation_id: uuid.UUID,
        channel: str,
        by: User | None,
        decision: Decision,
        at: dt.datetime | None = None,
    ) -> Order:
        """Take an order, once per `operation_id`, and confirm it when it breaks no rule.

        The same id and wish answer with the first order; the same id with another wish is refused. Everything is
        checked under the customer's lock, a slot under its own. Refused leaves nothing behind.
        """
        at = at or timezone.now()
        customer = wish.site.customer
        customer.lock()
        body = wish.body()
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known._answer_again(digest(body))
        rules.check_customer(customer)
        rules.check_wish(wish)
        rules.check_reserve(wish.site, wish.items)
        promise = cls._promise_at_counter(at) if channel == cls.Channel.COUNTER else cls._promise(wish, at=at)
        items = [item for item in wish.items if item.quantity]
        quotes = Price.quotes(on=promise["promised_on"], customer=customer, products=[item.product for item in items])
        _check_prices(items, quotes)
        if channel == cls.Channel.WEB:
            rules.check_minimum(wish.site, sum(item.quantity * quotes[item.product.pk].gas_twd for item in items))
        order = cls.objects.create(
            number=windows.order_number(business_day(at), _next("order_number")),
            operation_id=operation_id,
            body_digest=digest(body),
            customer=customer,
            site=wish.site,
            channel=channel,
            is_gas_out=bool(wish.is_gas_out),
            needs_leak_check=cls._must_check(wish.site, is_gas_out=bool(wish.is_gas_out)),
            pays_by=wish.pays_by or cls.usual_payment(customer),
            note=wish.note.strip(),
            priced_on=promise["promised_on"],
            decision=decision.stored(),
            variant=decision.variant,
            stage=customer.stage,
            track_token=secrets.token_urlsafe(16),
            placed_at=at,
            placed_by=by,
            **promise,
        )
        OrderLine.objects.bulk_create(OrderLine.ordered_at(order, item, quotes[item.product.pk]) for item in items)
        OrderEvent.write(order, "", State.PLACED, by=by, at=at, operation_id=operation_id)
        if reason := order._reason_to_hold():  # nobody else sees the row yet: it needs no lock
            order._move(State.HELD, by=by, reason=reason, fields={"hold_reason": reason})
        else:
            order._move(State.CONFIRMED, by=by, announce="confirmed")
        return order

    def _answer_again(self, body_digest: str) -> Order:
        if self.body_digest != body_digest:
            raise Refused(
                _("This form was already sent with other contents: order %(number)s. Open it to change it.")
                % {"number": self.number},
                code="other_body",
            )
        return self

    @classmethod
    def _promise(cls, wish: Wish, *, at: dt.datetime, mine: Slot | None = None) -> dict[str, Any]:
        """The day and window a wish gets; the slot is locked until commit, so nobody gets its last place twice."""
        if wish.when.slot:
            slot = Slot.objects.select_for_update(no_key=True).get(pk=wish.when.slot.pk)
            windows.check_slot(wish.site, slot, at=at, mine=slot == mine)
            starts = slot.starts_at
            ends = starts + dt.timedelta(hours=slot.ends - slot.starts)
            return {
                "slot": slot,
                "promised_on": slot.day,
                "promised_from": starts,
                "promised_to": ends,
                "is_now": False,
            }
        if wish.when.day:
            calendar = windows.check_day(wish.site, wish.when.day, today=business_day(at))
            hours = calendar.hours(wish.site, wish.when.day)
            first, last = (
                timezone.make_aware(dt.datetime.combine(wish.when.day, dt.time(hour)))
                for hour in (hours[0], hours[-1] + 1)
            )
            return {
                "slot": None,
                "promised_on": wish.when.day,
                "promised_from": first,
                "promised_to": last,
                "is_now": False,
            }
        estimate = windows.estimate_now(wish.site, ahead=cls.ahead_of(wish.site, at=at), at=at)
        return {
            "slot": None,
            "promised_on": estimate.day,
            "promised_from": estimate.starts_at,
            "promised_to": estimate.ends_at,
            "is_now": True,
        }

    @staticmethod
    def _promise_at_counter(at: dt.datetime) -> dict[str, Any]:
        """Handed over across the counter: today, whatever days the customer's area is driven."""
        ends = at + dt.timedelta(minutes=10)
        return {"slot": None, "promised_on": business_day(at), "promised_from": at, "promised_to": ends, "is_now": True}

    @classmethod
    def ahead_of(cls, site: Site, *, at: dt.datetime) -> int:
        """Open orders of today in the site's area that come before a new one."""
        return cls.objects.open().due(business_day(at)).filter(site__area=site.area_id).count()

    @classmethod
    def _must_check(cls, site: Site, *, is_gas_out: bool) -> bool:
        """Whether nothing may be left there before somebody looked for a leak."""
        return is_gas_out or cls._is_first_supply(site) or CheckAtSite.is_awaited_at(site)

    @classmethod
    def _is_first_supply(cls, site: Site) -> bool:
        return site.customer.legacy_code is None and not cls.objects.filter(site=site, state=State.DELIVERED).exists()

    @staticmethod
    def usual_payment(customer: Customer) -> str:
        monthly = customer.settlement == Customer.Settlement.MONTHLY
        return Order.PaysBy.ACCOUNT if monthly else Order.PaysBy.CASH

    def _reason_to_hold(self) -> str:
        """Why a manager must look first: blocked, or over the limit on account. Cash at the door adds no risk.

        Asked under the customer's lock, so that two orders never fit the same room.
        """
        return exposure_of(self.customer_id).objection if self.is_on_account else ""

    def _reason_to_hold_again(self, before_twd: int) -> str:
        """The same once it came to more than before, and to more than what somebody let go."""
        released = self.hold_decisions.filter(outcome="released").values_list("order_twd", flat=True).first() or 0
        if self.state not in {State.CONFIRMED, State.PLANNED} or self.due_twd <= max(before_twd, released):
            return ""
        return self._reason_to_hold()

    # --- moves -----------------------------------------------------------------------------------------------------
    def _check_state(self, *states: str) -> None:
        if self.state not in states:
            raise Refused(
                _("Order %(number)s is %(state)s; that is not possible now.")
                % {"number": self.number, "state": State(self.state).label},
                code="illegal_move",
            )

    def _move(
        self,
        to: str,
        *,
        by: User | None,
        reason: Words = "",
        at: dt.datetime | None = None,
        announce: str = "",
        fields: dict[str, Any] | None = None,
        operation_id: uuid.UUID | None = None,
    ) -> OrderEvent:
        """The one writer of `state`. The row is locked by the verb that calls it."""
        start = self.state
        if self.channel == self.Channel.COUNTER:
            announce = ""  # they stand before us
        self._check_state(*(each for each, ends in MOVES.items() if to in ends))
        self.state = to
        for name, value in (fields or {}).items():
            setattr(self, name, value)
        self.save(update_fields=["state", *(fields or {})])
        event = OrderEvent.write(
            self, start, to, by=by, reason=reason, at=at, announces=announce, operation_id=operation_id
        )
        order_moved.send(Order, order=self, from_state=start, to_state=to, by=by, reason=reason)
        live.changed("order", self.number)
        return event

    @transaction.atomic
    def confirm(self, *, by: User | None, reason: str = "", operation_id: uuid.UUID | None = None) -> None:
        """It will be delivered, when credit allows; what is on hold is released, with the reason as the note."""
        self.customer.lock()
        self.lock()
        if self.state != State.PLACED:
            self.release(by=by, note=reason, operation_id=operation_id)
        elif why := self._reason_to_hold():
            raise Refused(_("Order %(number)s: %(why)s.") % {"number": self.number, "why": because(why)}, code="credit")
        else:
            self._move(State.CONFIRMED, by=by, reason=reason, announce="confirmed")

    @transaction.atomic
    def release(self, *, by: User | None, note: str, operation_id: uuid.UUID | None = None) -> None:
        """It goes out after all: a manager, a deputy up to their amount, anybody of the office once it fits the limit.

        Once per operation; the note says why.
        """
        self.customer.lock()
        self.lock()
        if HoldDecision.write(self, "released", by=by, note=note, operation_id=operation_id):
            self._move(State.CONFIRMED, by=by, reason=note, announce="confirmed", fields={"hold_reason": ""})

    @transaction.atomic
    def decline(self, *, by: User | None, note: str, operation_id: uuid.UUID | None = None) -> None:
        """It does not go out on account: cancelled with the note; its customer is told to call. Once per operation."""
        self.customer.lock()
        self.lock()
        if HoldDecision.write(self, "declined", by=by, note=note, operation_id=operation_id):
            self._move(State.CANCELLED, by=by, reason=note, announce="declined")

    @transaction.atomic
    def hold(self, *, by: User | None, reason: str) -> None:
        """A manager must decide first; the reason says what about. What is confirmed only credit puts on hold again."""
        self.lock()
        self._check_state(State.PLACED)
        self._move(State.HELD, by=by, reason=reason, fields={"hold_reason": reason})

    @transaction.atomic
    def cancel(self, *, by: User | None, reason: Words, operation_id: uuid.UUID | None = None) -> None:
        """It will not be delivered. Not once it is on a truck: then the office stops it by phone."""
        self.lock()
        if self.state == State.CANCELLED and operation_id and self.events.filter(operation_id=operation_id).exists():
            return
        if not self.can_cancel:
            raise Refused(_("This order is already on the truck. Call the office to stop it."), code="too_late")
        self._move(State.CANCELLED, by=by, reason=reason, announce="cancelled", operation_id=operation_id)

    @transaction.atomic
    def recall(self, *, by: User | None, reason: str, operation_id: uuid.UUID) -> None:
        """It comes back on the truck: the driver knows that it is not wanted any more."""
        self.lock()
        self._check_state(State.OUT)
        self._move(State.CANCELLED, by=by, reason=reason, announce="cancelled", operation_id=operation_id)

    @transaction.atomic
    def plan(self, *, by: User | None) -> None:
        """It is on a published route."""
        self.lock()
        self._move(State.PLANNED, by=by)

    @transaction.atomic
    def unplan(self, *, by: User | None, reason: Words = "") -> None:
        """It left its route before departure."""
        self.lock()
        self._check_state(State.PLANNED)
        self._move(State.CONFIRMED, by=by, reason=reason)

    @transaction.atomic
    def depart(self, *, by: User | None, at: dt.datetime | None = None) -> None:
        """It is on the truck."""
        self.lock()
        self._move(State.OUT, by=by, at=at, announce="out")

    @transaction.atomic
    def bring_back(self, *, by: User | None, reason: Words, at: dt.datetime | None = None) -> None:
        """The visit failed: back to the office, red until the customer agreed to a day."""
        self.lock()
        self._check_state(State.PLANNED, State.OUT)
        self._move(
            State.CONFIRMED, by=by, reason=reason, at=at, announce="failed", fields={"needs_day": True, "slot": None}
        )

    @transaction.atomic
    def deliver(
        self,
        handover: Handover,
        *,
        place: Place,
        by: User,
        at: dt.datetime | None = None,
        operation_id: uuid.UUID | None = None,
    ) -> None:
        """Hand it over from `place` (a truck, the depot): both ledgers, the owed rest, and the state, together."""
        from orders.handover import post

        self.lock()
        if self.needs_leak_check:
            self._check_gate(handover, by=by)
        at = at or timezone.now()
        post(self, handover, place=place, by=by, at=at)
        checked = handover.leak_check if self.needs_leak_check else handover.leak_check.replace("refused", "")
        self._move(
            State.DELIVERED,
            by=by,
            at=at,
            announce="delivered",
            fields={"delivered_at": at, "leak_check": checked, "needs_day": False},
            operation_id=operation_id,
        )

    def _check_gate(self, handover: Handover, *, by: User) -> None:
        """Nothing is left behind without a passed leak check, or a refusal that somebody signed."""
        if not handover.leak_check:
            raise Refused(
                _("Gas was out, or it is the first supply: check for leaks before you leave."),
                field="leak_check",
                code="leak_check",
            )
        if handover.leak_check == self.LeakCheck.REFUSED and not self._is_refusal_signed(handover, by=by):
            raise Refused(
                _("Who refuses the leak check signs it. Without a signature nothing is left behind."),
                field="leak_check",
                code="unsigned_refusal",
            )

    def _is_refusal_signed(self, handover: Handover, *, by: User) -> bool:
        """Whether somebody signed: at the door just now, which is kept, or on paper since the order was placed."""
        if handover.signature:
            facts = {"site": self.site, "outcome": "refused", "who": str(self.customer)[:60], "by": by}
            CheckAtSite.objects.get_or_create(
                operation_id=derived_id("refused", self.pk), defaults=facts | {"signature": handover.signature}
            )
            return True
        return CheckAtSite.objects.filter(site=self.site, outcome="refused", at__gte=self.placed_at).exists()

    @transaction.atomic
    def contest(
        self,
        handover: Handover,
        *,
        place: Place,
        by: User,
        reason: Words,
        at: dt.datetime | None = None,
        operation_id: uuid.UUID | None = None,
    ) -> None:
        """Something physical happened that no move allows: ledgers are posted, the office decides what it was.

        From any state: it walks to `review` along the table of moves, telling the customer nothing on the way.
        """
        from orders.handover import post

        self.lock()
        while TO_REVIEW.get(self.state, State.REVIEW) != State.REVIEW:
            self._move(TO_REVIEW[self.state], by=by, reason=reason, at=at)
        if self.state != State.REVIEW:
            self._move(State.REVIEW, by=by, reason=reason, at=at, operation_id=operation_id)
        post(self, handover, place=place, by=by, at=at or timezone.now(), is_contested=True)
        if handover.leak_check != self.LeakCheck.REFUSED or self._is_refusal_signed(handover, by=by):
            self.leak_check = handover.leak_check or self.leak_check
        self.save(update_fields=["leak_check"])

    @transaction.atomic
    def amend(
        self,
        handover: Handover,
        *,
        place: Place,
        by: User,
        reason: str,
        operation_id: uuid.UUID,
        at: dt.datetime | None = None,
    ) -> None:
        """It was handed over otherwise than it was written: both ledgers and the lines are put right, with a reason.

        Once per operation. Its state stays: what was delivered is delivered, what is being checked is.
        """
        from orders.handover import post_again

        self.lock()
        if self.events.filter(operation_id=operation_id).exists():
            return
        self._check_state(State.DELIVERED, State.REVIEW)
        number = self.events.filter(data__has_key="amended").count() + 1
        before, at = {"lines": self.summary(), "amended": number}, at or timezone.now()
        post_again(self, handover, number=number, place=place, by=by, at=at)
        OrderEvent.write(
            self, self.state, self.state, by=by, at=at, reason=reason, operation_id=operation_id, data=before
        )
        live.changed("order", self.number)

    @transaction.atomic
    def await_check(self, *, by: User | None) -> None:
        """Gas leaked at its place: it waits for a leak check."""
        self.lock()
        if self.is_open and not self.needs_leak_check:
            self.needs_leak_check = True
            self.save(update_fields=["needs_leak_check"])
            OrderEvent.write(self, self.state, self.state, by=by, reason="leak")
            live.changed("order", self.number)

    @transaction.atomic
    def take_check(self, check: CheckAtSite, *, by: User | None) -> None:
        """Somebody looked for a leak at its place: what was handed over can be settled, what is to come goes on."""
        self.lock()
        if not self.needs_leak_check or self.leak_check:
            return
        if self.state == State.REVIEW:
            self.leak_check = check.outcome
            self.save(update_fields=["leak_check"])
        elif self.is_open and check.outcome == CheckAtSite.Outcome.PASSED:
            self.needs_leak_check = self._must_check(self.site, is_gas_out=self.is_gas_out)
            self.save(update_fields=["needs_leak_check"])
        else:
            return
        OrderEvent.write(self, self.state, self.state, by=by, reason="leak_check", data={"leak_check": check.pk})
        live.changed("order", self.number)

    @transaction.atomic
    def follow(self, kept: Customer, *, site: Site, by: User) -> None:
        """Their record was merged into `kept`: an open order goes along, to the same place under its own name there."""
        self.lock()
        before = {"customer": self.customer.number, "site": self.site_id}
        self.customer, self.site = kept, site
        self.save(update_fields=["customer", "site"])
        OrderEvent.write(self, self.state, self.state, by=by, reason="merged", data=before)
        live.changed("order", self.number)

    @transaction.atomic
    def settle(self, to: str, *, by: User, reason: str, is_swapped: bool = False) -> None:
        """The office decides an order in review: delivered, confirmed or cancelled; never past a missing leak check.

        Nor past a cylinder that was overdue, unless it `is_swapped` by now. Delivered also owes what was short, unless
        the order had been cancelled before.
        """
        from orders.handover import owe_the_rest
        from orders.overdue import swap_overdue

        self.lock()
        if self.state != State.REVIEW:
            raise Refused(_("Order %(number)s is not being checked.") % {"number": self.number}, code="illegal_move")
        if to == State.DELIVERED and self.needs_leak_check and not self.leak_check:
            raise Refused(_("There is no leak check for this order. Send somebody first."), code="leak_check")
        if to != State.DELIVERED and self.lines.filter(Q(delivered__gt=0) | Q(empties_taken__gt=0)).exists():
            raise Refused(
                _("Cylinders of this order went one way or the other. It can only be settled as delivered."),
                code="handed_over",
            )
        if to == State.DELIVERED:
            swap_overdue(self, is_swapped=is_swapped, by=by)
        fields = {"delivered_at": self.delivered_at or timezone.now()} if to == State.DELIVERED else {}
        announce = {State.DELIVERED: "delivered", State.CANCELLED: "cancelled"}.get(State(to), "")
        self._move(to, by=by, reason=reason, announce=announce, fields=fields)
        if to == State.CONFIRMED:  # nothing went either way: it is to be delivered as if nobody had been there
            self.lines.update(delivered=None, empties_taken=None, rest="")
        if to == State.DELIVERED and not self.events.filter(to_state=State.CANCELLED).exists():
            owe_the_rest(self, by=by)

    @transaction.atomic
    def change(self, wish: Wish, *, by: User, operation_id: uuid.UUID, at: dt.datetime | None = None) -> None:
        """Change what, when or the note, while it may be changed; priced again for its new day. Once per operation.

        What then comes to more than the limit allows is on hold again; its customer is asked to call instead.
        """
        at = at or timezone.now()
        self.customer.lock()
        self.lock()
        if self.events.filter(operation_id=operation_id).exists():
            return
        if not self.can_change:
            raise Refused(_("This order is being prepared already. Call the office to change it."), code="too_late")
        if wish.site.customer_id != self.customer_id:
            raise Refused(_("This address belongs to somebody else."), field="site", code="other_customer")
        rules.check_wish(wish)
        rules.check_reserve(wish.site, wish.items)
        promise = self._promise(wish, at=at, mine=self.slot)
        items = [item for item in wish.items if item.quantity]
        quotes = Price.quotes(on=promise["promised_on"], customer=self.customer, products=[i.product for i in items])
        _check_prices(items, quotes)
        if not by.is_office:
            rules.check_minimum(wish.site, sum(item.quantity * quotes[item.product.pk].gas_twd for item in items))
        before = {"lines": self.summary(), "promised_on": self.promised_on, "note": self.note}
        before_twd = self.due_twd
        self.lines.all().delete()
        OrderLine.objects.bulk_create(OrderLine.ordered_at(self, item, quotes[item.product.pk]) for item in items)
        self.site, self.note, self.is_gas_out = wish.site, wish.note.strip(), bool(wish.is_gas_out)
        self.needs_leak_check = self._must_check(wish.site, is_gas_out=self.is_gas_out)
        self.priced_on, self.needs_day = promise["promised_on"], False
        for name, value in promise.items():
            setattr(self, name, value)
        self.save()
        OrderEvent.write(
            self, self.state, self.state, by=by, at=at, reason="changed", operation_id=operation_id, data=before
        )
        if why := self._reason_to_hold_again(before_twd):
            if not by.is_office:
                raise Refused(_("We have to look at this change first. Call us."), code="needs_a_look")
            self._move(State.HELD, by=by, reason=why, fields={"hold_reason": why})
        live.changed("order", self.number)

    @transaction.atomic
    def reschedule(self, when: When, *, by: User, reason: str, operation_id: uuid.UUID | None = None) -> None:
        """Another day or window that the customer agreed to; when we move it across a price change the lower holds."""
        self.lock()
        if operation_id and self.events.filter(operation_id=operation_id).exists():
            return
        if self.state not in {State.PLACED, State.HELD, State.CONFIRMED}:
            raise Refused(_("Take it off its route first."), code="illegal_move")
        wish = Wish(site=self.site, items=(), when=when)
        promise = self._promise(wish, at=timezone.now(), mine=self.slot)
        before = {"promised_on": self.promised_on}
        for name, value in promise.items():
            setattr(self, name, value)
        self.needs_day = False
        self.save(update_fields=[*promise, "needs_day"])
        for line in self.lines.select_related("product"):
            quote = Price.quote(line.product, on=self.promised_on, customer=self.customer)
            if quote.gas_twd < line.unit_price_twd:
                line.unit_price_twd = quote.gas_twd
                line.save(update_fields=["unit_price_twd"])
        reason = reason or "rescheduled"
        OrderEvent.write(self, self.state, self.state, by=by, reason=reason, data=before, operation_id=operation_id)
        live.changed("order", self.number)

    @transaction.atomic
    def lose_day(self, *, by: User | None, reason: str, operation_id: uuid.UUID) -> None:
        """Its promise cannot be kept and there is no other one: red until the customer agreed to a day. Once."""
        self.lock()
        if self.events.filter(operation_id=operation_id).exists() or not self.is_open:
            return
        self.needs_day = True
        self.save(update_fields=["needs_day"])
        OrderEvent.write(self, self.state, self.state, by=by, reason=reason, operation_id=operation_id)
        live.changed("order", self.number)

    @transaction.atomic
    def put_back(self, before: dict[str, Any], *, after: uuid.UUID, by: User, reason: str) -> None:
        """What the event `after` changed is as it was `before`, prices too; refused when anything happened since."""
        self.lock()
        last = self.events.order_by("-pk").first()
        if last is None or last.operation_id != after:
            raise Refused(_("Somebody changed it since. It stays as it is."), code="touched")
        if dt.datetime.fromisoformat(before["promised_to"]) <= timezone.now() + LAST_MINUTE:
            raise Refused(_("It is too late for its old time. It stays as it is."), code="too_late")
        slot = Slot.objects.select_for_update(no_key=True).filter(pk=before["slot_id"]).first()
        if slot and slot.pk != self.slot_id and slot.taken >= slot.capacity:
            raise Refused(_("Its old window is full by now. It stays as it is."), code="full")
        prices = before.pop("prices")
        for name, value in before.items():
            setattr(self, name, value)
        self.save(update_fields=list(before))
        for line in self.lines.all():
            OrderLine.objects.filter(pk=line.pk).update(unit_price_twd=prices[str(line.pk)])
        self.refresh_from_db()
        OrderEvent.write(
            self, self.state, self.state, by=by, reason=reason, operation_id=derived_id("put back", after)
        )  # fmt: skip
        live.changed("order", self.number)

    @property
    def promise(self) -> dict[str, Any]:
        """Everything that another day changes, as JSON keeps it: what `put_back` takes."""
        return {
            "slot_id": self.slot_id,
            "promised_on": self.promised_on.isoformat(),
            "promised_from": self.promised_from.isoformat(),
            "promised_to": self.promised_to.isoformat(),
            "is_now": self.is_now,
            "needs_day": self.needs_day,
            "prices": {str(line.pk): line.unit_price_twd for line in self.lines.all()},
        }

    @transaction.atomic
    def reprice(self, *, by: User, reason: str, operation_id: uuid.UUID | None = None) -> None:
        """The customer moved it, or agreed: it costs what its promised day costs. Once per operation.

        What then comes to more than the limit allows is on hold again.
        """
        self.customer.lock()
        self.lock()
        if operation_id and self.events.filter(operation_id=operation_id).exists():
            return
        if self.state not in {State.PLACED, State.HELD, State.CONFIRMED, State.PLANNED} or self.owed_from_id:
            raise Refused(_("The prices of this order stay as they are."), code="too_late")
        lines = [line for line in self.lines.select_related("product") if not line.product.is_metered]
        products = [line.product for line in lines]
        quotes = Price.quotes(on=self.promised_on, customer=self.customer, products=products)
        _check_prices([Item(product, 1) for product in products], quotes)
        before_twd = self.due_twd
        before = {"priced_on": self.priced_on, "due_twd": before_twd}
        for line in lines:
            quote = quotes[line.product_id]
            line.unit_price_twd, line.deposit_twd = quote.gas_twd, quote.deposit_twd
        OrderLine.objects.bulk_update(lines, ["unit_price_twd", "deposit_twd"])
        self.priced_on = self.promised_on
        self.save(update_fields=["priced_on"])
        OrderEvent.write(self, self.state, self.state, by=by, reason=reason, data=before, operation_id=operation_id)
        if why := self._reason_to_hold_again(before_twd):
            if self.state == State.PLANNED:
                raise Refused(
                    _("%(why)s with the new price. Take it off its route first; then a manager decides.")
                    % {"why": because(why).capitalize()},
                    code="credit",
                )
            self._move(State.HELD, by=by, reason=why, fields={"hold_reason": why})
        live.changed("order", self.number)

    @transaction.atomic
    def owe(self, rest: dict[OrderLine, int], *, by: User | None, number: int = 0) -> Order:
        """What was short becomes a linked order at the same prices, waiting for a day. Once per order and `number`.

        Credit is not asked again: it was, for the order that this is the rest of.
        """
        child = Order.objects.create(
            number=windows.order_number(business_day(), _next("order_number")),
            operation_id=derived_id("owed", self.operation_id, *([number] if number else [])),
            body_digest=digest({"owed": [(line.product_id, quantity) for line, quantity in rest.items()]}),
            customer=self.customer,
            site=self.site,
            channel=self.Channel.OWED,
            is_gas_out=False,
            needs_day=True,
            promised_on=self.promised_on + dt.timedelta(days=1),
            promised_from=self.promised_from + dt.timedelta(days=1),
            promised_to=self.promised_to + dt.timedelta(days=1),
            pays_by=self.pays_by,
            owed_from=self,
            priced_on=self.priced_on,
            decision=self.decision,
            variant=self.variant,
            stage=self.customer.stage,
            track_token=secrets.token_urlsafe(16),
            placed_by=by,
        )
        OrderLine.objects.bulk_create(
            OrderLine(
                order=child,
                product=line.product,
                ordered=quantity,
                empties_expected=quantity,
                unit_price_twd=line.unit_price_twd,
                deposit_twd=line.deposit_twd,
            )
            for line, quantity in rest.items()
        )
        OrderEvent.write(child, "", State.PLACED, by=by)
        child._move(State.CONFIRMED, by=by, announce="confirmed")
        return child

    def summary(self) -> str:
        """`20 公斤 ×2、16 公斤 ×1`: the lines in a breath."""
        return _t(", ").join(f"{line.product} ×{line.quantity}" for line in self.lines.all())


def _next(sequence: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        return cursor.fetchone()[0]


def _check_prices(items: list[Item], quotes: dict[int, Any]) -> None:
    for item in items:
        if item.product.pk not in quotes:
            raise Refused(
                _("%(product)s has no price for that day. Call the office.") % {"product": item.product},
                field=f"quantity_{item.product.code}",
                code="no_price",
            )

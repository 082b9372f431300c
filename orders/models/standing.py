"""What customers want again: their rhythm, what is brought, and how long it goes on."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from luckygas import live
from luckygas.clock import business_day
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User
from orders import rules
from orders.models.order import Order
from orders.models.product import Product
from orders.querysets import OPEN
from orders.standing.querysets import StandingQuerySet
from orders.standing.rhythm import Rhythm, names, words
from orders.wishes import Item, When, Wish

if TYPE_CHECKING:
    from luckygas.flags import Decision

MOST_NOTE = 400  # letters that a slip has room for
RHYTHM = ("rhythm", "weekdays", "every_days", "month_day", "dates")  # the facts that say when
NOTE_JOINT = "；"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["operation_id"])
class StandingOrder(Record):
    """An order that a customer wants again on certain days until they stop it; without a rhythm it is a template."""

    Rhythm = Rhythm
    known_products: dict[str, Product] | None = None  # by code, once a list has read them for all its rows

    class IfClosed(models.TextChoices):
        NEXT = "next", _("come on the next possible day")
        SKIP = "skip", _("leave it out")

    operation_id = models.UUIDField(unique=True, null=True, editable=False)
    site = models.ForeignKey(Site, verbose_name=_("address"), on_delete=models.PROTECT, related_name="standing_orders")
    name = models.CharField(_("name"), max_length=40, blank=True)
    rhythm = models.CharField(_("rhythm"), max_length=8, choices=Rhythm, default=Rhythm.WEEKLY)
    weekdays = ArrayField(models.SmallIntegerField(), verbose_name=_("weekdays"), default=list, blank=True)
    every_days = models.PositiveSmallIntegerField(_("every so many days"), null=True, blank=True)
    month_day = models.PositiveSmallIntegerField(_("day of the month"), null=True, blank=True)
    dates = ArrayField(models.DateField(), verbose_name=_("days"), default=list, blank=True)
    if_closed = models.CharField(_("if that day is impossible"), max_length=4, choices=IfClosed, default=IfClosed.NEXT)
    items = models.JSONField(_("cylinders"), help_text="[{product: its code, quantity}]")
    note = models.CharField(_("note"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts"), help_text="the rhythm counts from this day")
    ends_on = models.DateField(_("ends"), null=True, blank=True, help_text="the last day on which it may come")
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True, help_text="empty: until it is resumed")
    paused_reason = models.CharField(_("why paused"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)
    ended_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    ended_reason = models.CharField(_("why stopped"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm="weekly", weekdays__len__gt=0, weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7])
                | Q(rhythm="every", every_days__isnull=False, every_days__gt=0)
                | Q(rhythm="monthly", month_day__isnull=False, month_day__range=(1, 31))
                | Q(rhythm="custom", dates__len__gt=0)
                | Q(rhythm="none"),
                name="a_standing_order_has_its_rhythm",
            ),
            models.CheckConstraint(condition=~Q(items=[]), name="a_standing_order_asks_for_something"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="a_standing_order_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at=None) | Q(is_active=False, ended_at__isnull=False),
                name="a_stopped_standing_order_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(paused_until=None) | Q(paused_at__isnull=False), name="a_pause_has_its_beginning"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.summary()

    def get_absolute_url(self) -> str:
        return reverse("orders:standing_order", args=[self.pk])

    @classmethod
    def of_facts(cls, facts: dict[str, Any], site: Site, products: dict[str, Product]) -> StandingOrder:
        """One to be shown, as `at_site()` read it with its site."""
        dates = [dt.date.fromisoformat(day) for day in facts["dates"]]
        standing = cls(**facts | {"dates": dates}, site=site)
        standing.known_products = products
        return standing

    # --- what can be said about one ---------------------------------------------------------------------------------
    def falls_on(self, day: dt.date) -> bool:
        """Whether its rhythm names this day."""
        return names(self, day)

    @property
    def rhythm_words(self) -> str:
        """`每週一、三、五`, `every 10 days`"""
        return words(self)

    def is_paused_on(self, day: dt.date) -> bool:
        return self.paused_at is not None and (self.paused_until is None or day < self.paused_until)

    @property
    def is_paused(self) -> bool:
        return self.is_active and self.is_paused_on(business_day())

    @property
    def is_over(self) -> bool:
        """Nothing of it comes any more, by somebody's word or because its last day has passed."""
        return not self.is_active or (self.ends_on is not None and self.ends_on < business_day())

    @property
    def has_rhythm(self) -> bool:
        return self.rhythm != Rhythm.NONE

    def loads(self) -> list[tuple[Product, int]]:
        """Its products with their counts, in the order of the price list."""
        counts = {line["product"]: line["quantity"] for line in self.items}
        products = self.known_products
        if products is None:
            products = {product.code: product for product in Product.objects.filter(code__in=counts)}
        found = [(products[code], count) for code, count in counts.items() if code in products]
        return sorted(found, key=lambda pair: pair[0].sort)

    def summary(self) -> str:
        """`20 公斤 ×2、16 公斤 ×1`: what it brings, in a breath."""
        return _t(", ").join(f"{product} ×{count}" for product, count in self.loads())

    def merged_note(self, more: str = "") -> str:
        """The template's note, the address's for the driver, and what was said this time; each of them once."""
        notes = (note.strip() for note in (self.note, self.site.driver_note, more))
        return NOTE_JOINT.join(dict.fromkeys(note for note in notes if note))[:MOST_NOTE]

    def wish(self, day: dt.date | None, *, is_gas_out: bool = False, more: str = "") -> Wish:
        """What it asks for on a day: one empty back for each full one. A rhythm comes while there still is gas."""
        items = tuple(Item(product, count, count) for product, count in self.loads())
        return Wish(self.site, items, When(day=day), is_gas_out=is_gas_out, note=self.merged_note(more))

    @transaction.atomic
    def make(
        self,
        *,
        operation_id: uuid.UUID,
        day: dt.date | None,
        is_gas_out: bool,
        by: User,
        decision: Decision,
        channel: str = Order.Channel.STANDING,
        more: str = "",
    ) -> Order:
        """Make an order of it by hand, for a day or as soon as a truck can; once per `operation_id`."""
        from orders.models.standing_day import StandingDay

        self.lock_with_customer()
        self._check_in_force()
        if made := StandingDay.objects.of_rhythm().filter(standing=self, made_for=day, order__state__in=OPEN).first():
            raise Refused(
                _("Order %(number)s is made for that day already.") % {"number": made.order}, field="day", code="made"
            )
        order = Order.place(
            self.wish(day, is_gas_out=is_gas_out, more=more),
            operation_id=operation_id,
            channel=channel,
            by=by,
            decision=decision,
        )
        StandingDay.by_hand_for(self, order, by=by)
        return order

    # --- its life -----------------------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def create(cls, *, operation_id: uuid.UUID, site: Site, by: User, **facts: Any) -> StandingOrder:
        """Agree on it, once per `operation_id`; refused for somebody who gets no orders here."""
        site.customer.lock()
        if known := cls.objects.filter(operation_id=operation_id).first():
            return known
        rules.check_customer(site.customer)
        standing = cls(operation_id=operation_id, site=site, created_by=by, **facts)
        standing._check_start(standing.starts_on)
        standing._check()
        standing.save()
        live.changed("standing", standing.pk)
        return standing

    @transaction.atomic
    def edit(self, *, by: User, **facts: Any) -> None:
        """Agree on something else. Another rhythm counts from tomorrow, or from the later day that was said."""
        from orders.models.standing_day import StandingDay

        self.lock_with_customer()
        self._check_in_force()
        today, starts_on = business_day(), facts.get("starts_on", self.starts_on)
        StandingDay.write_due(until=today, only=self)  # until now the old rhythm holds
        if any(facts.get(name, getattr(self, name)) != getattr(self, name) for name in RHYTHM):
            facts["starts_on"] = max(starts_on, today + dt.timedelta(days=1))
        elif starts_on != self.starts_on:
            self._check_start(starts_on)
        for name, value in facts.items():
            setattr(self, name, value)
        self._check()
        self.save(update_fields=list(facts))
        live.changed("standing", self.pk)

    @transaction.atomic
    def pause(self, *, by: User, until: dt.date | None, reason: str = "") -> None:
        """Bring nothing before that day; without one, until somebody resumes it."""
        self.lock_with_customer()
        self._check_in_force()
        if until is not None and until <= business_day():
            raise Refused(_("Choose a day after today."), field="until", code="past_day")
        self._write_pause(timezone.now(), until, reason.strip())

    @transaction.atomic
    def resume(self, *, by: User) -> None:
        """Go on. What fell into the pause so far stays left out."""
        from orders.models.standing_day import StandingDay

        self.lock_with_customer()
        self._check_in_force()
        StandingDay.write_due(until=business_day(), only=self)
        StandingDay.skip_paused(self)
        self._write_pause(None, None, "")

    def _write_pause(self, at: dt.datetime | None, until: dt.date | None, reason: str) -> None:
        self.paused_at, self.paused_until, self.paused_reason = at, until, reason
        self.save(update_fields=["paused_at", "paused_until", "paused_reason"])
        live.changed("standing", self.pk)

    @transaction.atomic
    def end(self, *, by: User, reason: str) -> None:
        """Stop it for good; what it made and what was written about it stays."""
        self.lock_with_customer()
        if not reason.strip():
            raise Refused(_("Write why it stops."), field="reason", code="no_reason")
        self._check_in_force()
        self.is_active, self.ended_at, self.ended_reason = False, timezone.now(), reason.strip()
        self.save(update_fields=["is_active", "ended_at", "ended_reason"])
        live.changed("standing", self.pk)

    def lock_with_customer(self) -> None:
        """The customer first: orders are made under that lock, and locks are always taken in one order."""
        self.site.customer.lock()
        self.lock()

    def _check_in_force(self) -> None:
        if not self.is_active:
            raise Refused(_("This standing order was stopped. Make a new one."), code="ended")

    @staticmethod
    def _check_start(day: dt.date) -> None:
        if day <= business_day():
            raise Refused(
                _("It can start tomorrow. For today, make an order."), field="starts_on", code="past_day"
            )  # fmt: skip

    def _check(self) -> None:
        """What it asks for can be ordered, and it begins before it ends."""
        rules.check_wish(self.wish(self.starts_on))
        if self.ends_on and self.ends_on < self.starts_on:
            raise Refused(_("It would end before it starts."), field="ends_on", code="ends_early")
        if self.rhythm == Rhythm.CUSTOM and not any(day >= self.starts_on for day in self.dates):
            raise Refused(_("All of these days have passed."), field="dates", code="past_day")

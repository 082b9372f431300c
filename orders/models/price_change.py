"""How prices change: entered by a manager for a day to come, announced, withdrawn while it is still to come."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Message
from luckygas.clock import business_day
from luckygas.db import Frozen, Record, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.templatetags.luckygas_format import money, short_date
from orders.models.product import Price, Product

if TYPE_CHECKING:
    from customers.querysets import CustomerQuerySet

AT_ONCE = 100  # messages of one ring: an order's confirmation never waits long behind them
NAMED = 3  # prices that one message names

Amounts = Mapping[tuple[int, str], int | None]
"""NT$ by product id and kind; for a customer None is the list price again."""


class PriceChange(Record):
    """Prices that a manager set for a day to come, for everybody or one customer: who, when, why, and who is told."""

    class Audience(models.TextChoices):
        NOBODY = "", _("nobody")
        CUSTOMER = "customer", _("this customer")
        MONTHLY = "monthly", _("who pays by the month")
        ALL = "all", _("everybody with a mobile phone")

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="price_changes"
    )
    valid_from = models.DateField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    announce_to = models.CharField(max_length=8, choices=Audience, default=Audience.NOBODY, blank=True)
    announce_on = models.DateField(null=True, blank=True)
    told_up_to = models.BigIntegerField(default=0, help_text="the last customer who has their message")
    announced_at = models.DateTimeField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_price_change_has_its_reason"),
            models.CheckConstraint(
                condition=Q(announce_to="", announce_on=None)
                | (~Q(announce_to="") & Q(announce_on__isnull=False, announce_on__lte=F("valid_from"))),
                name="an_announcement_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__lt=F("valid_from")),
                name="only_what_is_to_come_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_by=None)
                | (Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
                name="a_withdrawn_change_says_who_and_why",
            ),
        ]
        triggers = [Frozen("operation_id", "customer_id", "valid_from", "reason", "by_id", "at")]

    def __str__(self) -> str:
        return f"{self.valid_from} {self.reason}"

    def get_absolute_url(self) -> str:
        return reverse("orders:price_change", args=[self.pk])

    @property
    def state(self) -> str:
        """`coming`, `valid` or `withdrawn`."""
        if self.withdrawn_on:
            return "withdrawn"
        return "valid" if self.valid_from <= business_day() else "coming"

    @property
    def can_withdraw(self) -> bool:
        return self.state == "coming" and not self.told_up_to

    # --- coming into being -----------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def enter(
        cls,
        *,
        operation_id: uuid.UUID,
        by: User,
        valid_from: dt.date,
        amounts: Amounts,
        reason: str,
        customer: Customer | None = None,
        announce_to: str = Audience.NOBODY,
        announce_on: dt.date | None = None,
    ) -> PriceChange:
        """Set prices for a day to come; amounts that hold that day anyhow are left out. Once per operation."""
        facts = {"customer": customer and customer.pk, "from": valid_from, "to": announce_to, "on": announce_on}
        body = digest(facts | {"amounts": sorted((*key, twd) for key, twd in amounts.items())})
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_("This form was already sent with other prices."), code="other_body")
            return known
        cls._check_days(valid_from, announce_to, announce_on)
        fresh = cls._new(amounts, on=valid_from, customer=customer)
        change = cls.objects.create(
            operation_id=operation_id, body_digest=body, customer=customer, valid_from=valid_from,
            reason=reason.strip(), by=by, announce_to=announce_to, announce_on=announce_on if announce_to else None,
        )  # fmt: skip
        Price.objects.bulk_create(
            Price(
                product_id=product, kind=kind, amount_twd=twd, customer=customer, valid_from=valid_from, change=change
            )
            for (product, kind), twd in fresh.items()
        )
        return change

    @staticmethod
    def _check_days(valid_from: dt.date, announce_to: str, announce_on: dt.date | None) -> None:
        today = business_day()
        if valid_from <= today:
            raise Refused(_("Prices change from tomorrow on at the earliest."), field="valid_from", code="too_early")
        if announce_to and (announce_on is None or not today <= announce_on <= valid_from):
            raise Refused(
                _("Choose a day from today to the day the prices change."), field="announce_on", code="announce_day"
            )

    @classmethod
    def _new(cls, amounts: Amounts, *, on: dt.date, customer: Customer | None) -> Amounts:
        """What of it is new that day; refused when nothing is, or when another change of that day says otherwise."""
        known = Price.objects.filter(customer=customer, valid_from__lte=on).select_related("product")
        newest = known.order_by("product_id", "kind", "-valid_from").distinct("product_id", "kind")
        rows = {(row.product_id, row.kind): row for row in newest}
        fresh = {key: twd for key, twd in amounts.items() if twd != (rows[key].amount_twd if key in rows else None)}
        for key in fresh:
            if key in rows and rows[key].valid_from == on:
                raise Refused(
                    _("A price of %(product)s for %(day)s was entered before. Withdraw that change first.")
                    % {"product": rows[key].product, "day": short_date(on)},
                    code="same_day",
                )
        if not fresh:
            raise Refused(_("Nothing is different from what holds that day anyhow."), code="nothing")
        return fresh

    @transaction.atomic
    def withdraw(self, *, by: User, why: str) -> None:
        """Take it back before its day: its prices go, the change stays with who and why."""
        self.lock()
        if self.state == "withdrawn":
            raise Refused(_("This change was withdrawn already."), code="withdrawn")
        if self.state == "valid":
            raise Refused(_("These prices hold already. Enter another change instead."), code="valid")
        if not self.can_withdraw:
            raise Refused(_("Customers were told of it already. Enter another change for a later day."), code="told")
        self.withdrawn_on, self.withdrawn_by, self.withdrawn_why = business_day(), by, why.strip()
        self.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
        self.prices.all().delete()

    # --- telling ---------------------------------------------------------------------------------------------------
    @property
    def audience(self) -> CustomerQuerySet:
        """Whom it concerns of those who are to be told: not who has a price of their own for one of its products."""
        served = Customer.objects.active().filter(system_of_record=Customer.System.NEW)
        if self.customer_id:
            return served.filter(pk=self.customer_id)
        products = self.prices.filter(kind=Price.Kind.GAS).values("product")
        own = Price.objects.filter(product__in=products, kind=Price.Kind.GAS, amount_twd__isnull=False)
        served = served.exclude(pk__in=own.filter(customer__isnull=False).values("customer"))
        if self.announce_to == self.Audience.MONTHLY:
            served = served.filter(settlement=Customer.Settlement.MONTHLY)
        return served

    @property
    def mobiles(self) -> models.QuerySet[Contact]:
        """The first mobile of each of them. Without one nobody is called for this: the list would be full of it."""
        mobiles = Contact.objects.filter(is_active=True, can_sms=True, customer__in=self.audience)
        return mobiles.order_by("customer_id", "pk").distinct("customer_id")

    @transaction.atomic
    def announce(self) -> int:
        """Write the next messages, at most `AT_ONCE`; answers how many. Who was reached stands in the same row."""
        self.lock()
        if self.announced_at or self.withdrawn_on or not self.announce_on or self.announce_on > business_day():
            return 0
        if self.customer:
            with translation.override(self.customer.language):
                words = self.words()
            Message.announce("prices", customer=self.customer, cause=self._cause(self.customer.pk), context=words)
            told = [self.customer.pk]
        else:
            contacts = list(self.mobiles.filter(customer__gt=self.told_up_to).select_related("customer")[:AT_ONCE])
            Message.spread("prices", contacts, cause=self._cause, words=self.words)
            told = [contact.customer_id for contact in contacts]
        self.told_up_to = told[-1] if told else self.told_up_to
        if self.customer_id or len(told) < AT_ONCE:
            self.announced_at = timezone.now()
        self.save(update_fields=["told_up_to", "announced_at"])
        return len(told)

    def _cause(self, customer: int) -> tuple[str, object]:
        return ("price_change", f"{self.pk}:{customer}")

    def words(self) -> dict[str, Any]:
        """What the message says, in the language that is on: from when, and the first new prices."""
        gas = self.prices.filter(kind=Price.Kind.GAS, amount_twd__isnull=False).select_related("product")
        named = sorted(gas, key=lambda price: (price.product.family != Product.Family.PLAIN, price.product.sort))
        prices = _t(", ").join(f"{price.product} {money(price.amount_twd)}" for price in named[:NAMED])
        day, phone = short_date(self.valid_from), settings.COMPANY["phone"]
        return {"day": day, "prices": prices or _t("deposits"), "phone": phone}

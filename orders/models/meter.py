"""Meters that are read for billing."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q, Window
from django.db.models.functions import Lag, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import AccountEntry, Site
from luckygas.clock import business_day
from luckygas.db import Frozen, Record, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.templatetags.luckygas_format import short_date
from orders.models.product import Price, Product

OLDEST_DAYS = 45  # a reading that was forgotten longer ago belongs into a statement that was sent


def gas_twd(kg: Decimal, price_twd: int) -> int:
    """What so much gas costs, in whole NT$; half a dollar is rounded up."""
    return int((kg * price_twd).quantize(Decimal(1), ROUND_HALF_UP))


class MeterReadingQuerySet(models.QuerySet["MeterReading"]):
    def kept(self) -> MeterReadingQuerySet:
        """Readings that count: nobody took them back."""
        return self.filter(reversed_at=None)

    def of_meter(self, site: Site, product: Product) -> MeterReadingQuerySet:
        return self.filter(site=site, product=product)

    def with_before(self) -> MeterReadingQuerySet:
        """Each with what its meter showed the time before, `before_kg`; asked of whole meters, not of pages."""
        meter = Window(
            Lag("reading_kg"),
            partition_by=[F("site"), F("product")],
            order_by=[F("read_on").asc(), F("is_new_meter").asc(), F("pk").asc()],
        )
        return self.kept().annotate(before_kg=meter)

    def last_of_each(self) -> MeterReadingQuerySet:
        """The newest reading of each meter."""
        return self.kept().order_by("site_id", "product_id", *NEWEST).distinct("site_id", "product_id")


NEWEST = ("-read_on", "-is_new_meter", "-pk")


class MeterReading(Record):
    """What a gas meter showed on a day, in kg; the difference to the reading before is billed.

    Nothing of it is changed later: a wrong one is reversed, with who, when and why, and read again.
    """

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="readings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    read_on = models.DateField()
    reading_kg = models.DecimalField(max_digits=10, decimal_places=2)
    is_new_meter = models.BooleanField(
        default=False, db_default=False, help_text="the meter was changed: it starts here"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, db_default=Now())
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reversed_why = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = MeterReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-read_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "product", "read_on", "is_new_meter"],
                condition=Q(reversed_at=None),
                name="one_reading_a_meter_and_day",
            ),
            models.CheckConstraint(condition=Q(reading_kg__gte=0), name="a_reading_is_not_negative"),
            models.CheckConstraint(
                condition=Q(reversed_at=None, reversed_by=None)
                | (Q(reversed_at__isnull=False, reversed_by__isnull=False) & ~Q(reversed_why="")),
                name="a_reversed_reading_says_who_and_why",
            ),
        ]
        indexes = [models.Index(fields=["site", "product", "-read_on"], name="readings_of_a_meter")]
        triggers = [Frozen("operation_id", "site_id", "product_id", "read_on", "reading_kg", "is_new_meter", "by_id")]

    def __str__(self) -> str:
        return f"{self.read_on} {self.reading_kg} kg"

    @classmethod
    @transaction.atomic
    def record(
        cls,
        *,
        operation_id: uuid.UUID,
        site: Site,
        product: Product,
        read_on: dt.date,
        reading_kg: Decimal,
        by: User,
        is_new_meter: bool = False,
    ) -> MeterReading:
        """Write a reading and charge the gas since the one before, at the price per kg of that day, on that day.

        The first reading of a meter charges nothing. Below the last one is refused: meters do not run back.
        """
        site.customer.lock()
        facts = {"read_on": read_on, "reading_kg": reading_kg, "is_new_meter": is_new_meter}
        body = cls._body(site, product=product, **facts)
        if known := cls._known(operation_id, body):
            return known
        before = cls.objects.of_meter(site, product).kept().order_by(*NEWEST).first()
        cls._check_day(before, product=product, read_on=read_on, is_new_meter=is_new_meter)
        noon = timezone.make_aware(dt.datetime.combine(read_on, dt.time(12)))
        reading = cls(operation_id=operation_id, body_digest=body, site=site, product=product, by=by, **facts)
        return reading._write(before, at=min(noon, timezone.now()))

    @staticmethod
    def _body(site: Site, *, product: Product, **facts: Any) -> str:
        return digest({"site": site.pk, "product": product.pk} | facts)

    @classmethod
    def _known(cls, operation_id: uuid.UUID, body: str) -> MeterReading | None:
        known = cls.objects.filter(operation_id=operation_id).first()
        if known and known.body_digest != body:
            raise Refused(_("This reading was already recorded with another value."), code="other_body")
        return known

    def _write(self, before: MeterReading | None, *, at: dt.datetime) -> MeterReading:
        """Keep it, and charge what went through the meter since `before`."""
        used = self.reading_kg - before.reading_kg if before and not self.is_new_meter else Decimal(0)
        if before and used < 0:
            raise Refused(
                _("The meter showed %(kg)s kg on %(day)s. It cannot show less now.") % before._told,
                field="reading_kg",
                code="runs_back",
            )
        self.save(force_insert=True)
        if used:
            price = Price.quote(self.product, on=self.read_on, customer=self.site.customer)
            self._post(gas_twd(used, price.gas_twd), purpose="charge", by=self.by, at=at)
        return self

    @property
    def charged_twd(self) -> int:
        """What it charged, in NT$; nothing any more once it was taken back."""
        legs = AccountEntry.objects.filter(cause_kind="reading", cause_id=str(self.pk), account="receivable")
        return legs.total()

    @property
    def _told(self) -> dict[str, str]:
        return {"kg": f"{self.reading_kg:,}", "day": short_date(self.read_on)}

    @staticmethod
    def _check_day(before: MeterReading | None, *, product: Product, read_on: dt.date, is_new_meter: bool) -> None:
        today = business_day()
        if not product.is_metered:
            raise Refused(_("%(product)s has no meter.") % {"product": product}, field="product", code="no_meter")
        if not today - dt.timedelta(days=OLDEST_DAYS) <= read_on <= today:
            raise Refused(
                _("The day of a reading is today or one of the last %(days)s days.") % {"days": OLDEST_DAYS},
                field="read_on",
                code="bad_day",
            )
        is_changed_today = before and is_new_meter and not before.is_new_meter and read_on == before.read_on
        if before and read_on <= before.read_on and not is_changed_today:
            raise Refused(
                _("There is a reading of %(day)s already: %(kg)s kg. Correct that one.") % before._told,
                field="read_on",
                code="later_reading",
            )

    def _post(self, twd: int, *, purpose: str, by: User, at: dt.datetime) -> None:
        AccountEntry.post(
            customer=self.site.customer,
            legs={"receivable": twd, "sales": -twd},
            cause=("reading", self.pk),
            purpose=purpose,
            by=by,
            at=at,
        )

    @transaction.atomic
    def correct(self, *, operation_id: uuid.UUID, reading_kg: Decimal, by: User, why: str) -> MeterReading:
        """It was read or typed wrong: what it charged is posted back, and the right one is written in its place.

        Both are posted today, so that a statement which was sent stays as it was.
        """
        self.site.customer.lock()
        self.lock()
        facts = {"read_on": self.read_on, "reading_kg": reading_kg, "is_new_meter": self.is_new_meter}
        body = self._body(self.site, product=self.product, **facts)
        if known := self._known(operation_id, body):
            return known
        meter = MeterReading.objects.of_meter(self.site, self.product)
        if self.reversed_at or meter.last_of_each().get() != self:
            raise Refused(_("Only the last reading is corrected: a later one evens it out."), code="not_the_last")
        self._reverse(by=by, why=why)
        right = MeterReading(
            operation_id=operation_id, body_digest=body, site=self.site, product=self.product, by=by, **facts
        )
        return right._write(meter.kept().order_by(*NEWEST).first(), at=timezone.now())

    def _reverse(self, *, by: User, why: str) -> None:
        self.reversed_at, self.reversed_by, self.reversed_why = timezone.now(), by, why.strip()
        self.save(update_fields=["reversed_at", "reversed_by", "reversed_why"])
        if charged := self.charged_twd:
            self._post(-charged, purpose="reversed", by=by, at=self.reversed_at)

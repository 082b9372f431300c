"""Meters that are read for billing."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import AccountEntry, Site
from luckygas.db import Record, digest
from luckygas.errors import Refused
from luckygas.models import User
from orders.models.product import Price, Product


class MeterReading(Record):
    """What a gas meter showed on a day, in kg; the difference to the reading before is billed."""

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="readings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    read_on = models.DateField()
    reading_kg = models.DecimalField(max_digits=10, decimal_places=2)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-read_on"]
        constraints = [
            models.UniqueConstraint(fields=["site", "product", "read_on"], name="one_reading_a_meter_and_day"),
            models.CheckConstraint(condition=Q(reading_kg__gte=0), name="a_reading_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.read_on} {self.reading_kg} kg"

    @classmethod
    @transaction.atomic
    def record(
        cls, *, operation_id: uuid.UUID, site: Site, product: Product, read_on: dt.date, reading_kg: Decimal, by: User
    ) -> MeterReading:
        """Write a reading and charge the gas since the one before, at the price per kg of that day.

        The first reading charges nothing. A reading below the last one is refused: meters do not run back.
        """
        site.customer.lock()
        body = digest({"site": site.pk, "product": product.pk, "on": read_on, "kg": reading_kg})
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_("This reading was already recorded with another value."), code="other_body")
            return known
        if not product.is_metered:
            raise Refused(_("%(product)s has no meter.") % {"product": product}, field="product")
        before = cls.objects.filter(site=site, product=product, read_on__lt=read_on).first()
        if before and reading_kg < before.reading_kg:
            raise Refused(
                _("The meter showed %(kg)s on %(day)s. It cannot show less now.")
                % {"kg": before.reading_kg, "day": before.read_on},
                field="reading_kg",
            )
        reading = cls.objects.create(
            operation_id=operation_id,
            body_digest=body,
            site=site,
            product=product,
            read_on=read_on,
            reading_kg=reading_kg,
            by=by,
        )
        if before and reading_kg > before.reading_kg:
            price = Price.quote(product, on=read_on, customer=site.customer)
            amount = round((reading_kg - before.reading_kg) * price.gas_twd)
            AccountEntry.post(
                customer=site.customer,
                legs={"receivable": amount, "sales": -amount},
                cause=("reading", reading.pk),
                purpose="charge",
                by=by,
            )
        return reading

"""How long a cylinder may be used after it was made or inspected, by its size and age."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from orders.models.product import Product


class InspectionRule(models.Model):
    """So many years between two inspections, for cylinders up to a size and from an age on, since a day (the law's).

    Rows are never changed: a new law is a set of rows with a later day.
    """

    valid_from = models.DateField()
    most_kg = models.DecimalField(max_digits=5, decimal_places=2, help_text="gas in the largest cylinder it is for")
    from_age = models.PositiveSmallIntegerField(help_text="years since it was made")
    years = models.PositiveSmallIntegerField(help_text="until the next inspection")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["valid_from", "most_kg", "from_age"]
        constraints = [
            models.UniqueConstraint(fields=["valid_from", "most_kg", "from_age"], name="one_interval_a_size_and_age"),
            models.CheckConstraint(condition=Q(years__gt=0, most_kg__gt=0), name="an_interval_has_a_length"),
        ]

    def __str__(self) -> str:
        return f"{self.most_kg:g} kg, {self.from_age} y: {self.years} y since {self.valid_from}"

    @classmethod
    def due(cls, product: Product, *, made_on: dt.date, inspected_on: dt.date | None = None) -> dt.date | None:
        """The last day on which it is in date; none when no rule of that time knows its size."""
        since = inspected_on or made_on
        fits = cls.objects.filter(most_kg__gte=product.gas_kg, valid_from__lte=since)
        age = since.year - made_on.year - ((since.month, since.day) < (made_on.month, made_on.day))
        rule = fits.filter(from_age__lte=age).order_by("-valid_from", "most_kg", "-from_age").first()
        return _years_later(since, rule.years) if rule else None


def _years_later(day: dt.date, years: int) -> dt.date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)

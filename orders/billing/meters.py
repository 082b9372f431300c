"""Which meters are to be read, and what they showed last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers.models import AccountEntry, Area, Site
from orders.models import MeterReading, Product

if TYPE_CHECKING:
    from orders.billing.monthly import Month


@dataclass(frozen=True)
class Meter:
    """One meter: a product at a site, with its last reading; none before the first."""

    site: Site
    product: Product
    last: MeterReading | None

    @property
    def key(self) -> str:
        return f"{self.site.pk}-{self.product.pk}"


def to_read(month: Month, *, area: Area | None = None) -> list[Meter]:
    """Meters without a reading this month, as the areas are driven; in two queries.

    A metered site whose meter was never read is not among them: its page asks first which meter it has.
    """
    sites = metered_sites(area=area)
    lasts = MeterReading.objects.last_of_each().filter(site__in=sites).select_related("product")
    by_site = {site.pk: site for site in sites}
    meters = [Meter(by_site[last.site_id], last.product, last) for last in lasts if last.read_on < month.starts_on]
    return sorted(meters, key=lambda meter: (meter.site.area.code, meter.site.customer.number, meter.site.pk))


def never_read(*, area: Area | None = None) -> list[Site]:
    """Metered sites without any reading."""
    return list(metered_sites(area=area).exclude(pk__in=MeterReading.objects.kept().values("site")))


def metered_sites(*, area: Area | None = None):  # noqa: ANN201  (a queryset of sites)
    sites = Site.objects.active().filter(
        customer__is_metered=True, customer__deactivated_at=None, customer__system_of_record="new"
    )
    if area:
        sites = sites.filter(area=area)
    return sites.select_related("customer", "area").order_by("area__code", "customer__number", "pk")


@dataclass(frozen=True)
class Told:
    """A reading as its site's page tells it: with what it showed before and what it charged."""

    reading: MeterReading
    charged_twd: int

    @property
    def used_kg(self):  # noqa: ANN201  (Decimal, or None for a first reading)
        before = getattr(self.reading, "before_kg", None)
        return None if before is None or self.reading.is_new_meter else self.reading.reading_kg - before


def history(site: Site) -> list[Told]:
    """Every reading of a site, newest first, those that were taken back too; in three queries."""
    readings = MeterReading.objects.filter(site=site).select_related("product", "by", "reversed_by")
    rows = [*readings.with_before(), *readings.exclude(reversed_at=None)]
    keys = [str(row.pk) for row in rows]
    legs = AccountEntry.objects.filter(cause_kind="reading", cause_id__in=keys, account="receivable", purpose="charge")
    charged = dict(legs.values_list("cause_id", "amount_twd"))
    rows.sort(key=lambda row: (row.read_on, row.is_new_meter, row.pk), reverse=True)
    return [Told(row, charged.get(str(row.pk), 0)) for row in rows]

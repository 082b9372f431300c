"""The places we deliver to."""

import datetime as dt
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Comparable, Customer
from customers.querysets import SiteQuerySet, text_key
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User

MOST_STATIONS = 5
ALL_HOURS = 0xFFF  # twelve one-hour flags, 08–09 is bit 0
FIRST_HOUR = 8
WEEKDAYS = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
    6: _("Saturday"),
    7: _("Sunday"),
}


class Length(models.Func):
    """How many entries a JSON list has."""

    function = "jsonb_array_length"
    output_field = models.IntegerField()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["address_key"])
class Site(Record):
    """A place of a customer's where cylinders stand: address, pin, when and how we may deliver."""

    class Vehicle(models.IntegerChoices):
        ANY = 0, _("any vehicle")
        TRUCK = 1, _("truck only")
        MOTORCYCLE = 2, _("motorcycle only")

    class PinSource(models.TextChoices):
        NONE = "", _("no pin")
        AREA = "area", _("middle of the area")
        PERSON = "person", _("placed by a person")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sites")
    label = models.CharField(_("label"), max_length=20, default="", blank=True, help_text="店裡, 家裡")
    address = models.CharField(_("address"), max_length=200)
    address_key = models.GeneratedField(
        expression=Comparable(F("address")), output_field=models.TextField(), db_persist=True
    )
    access_note = models.CharField(_("where to unload"), max_length=200, blank=True)
    driver_note = models.CharField(_("note for the driver"), max_length=200, blank=True)
    area = models.ForeignKey("customers.Area", on_delete=models.PROTECT, related_name="sites")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    pin_source = models.CharField(max_length=8, choices=PinSource, default=PinSource.NONE, blank=True)
    hours = models.PositiveSmallIntegerField(
        _("delivery hours"), default=ALL_HOURS, help_text="twelve flags, 08–09 is bit 0"
    )
    closed_weekdays = ArrayField(models.SmallIntegerField(), default=list, blank=True, help_text="ISO weekdays")
    closed_on_holidays = models.BooleanField(_("closed on public holidays"), default=False)
    vehicle = models.PositiveSmallIntegerField(_("vehicle"), choices=Vehicle, default=Vehicle.ANY)
    reserve_limit_kg = models.DecimalField(max_digits=6, decimal_places=2, default=40)
    connected_kg = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    daily_use_kg = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    is_patrolled = models.BooleanField(_("on the patrol round"), default=False)
    stations = models.JSONField(default=list, blank=True, help_text="up to five stations with their cylinder sets")
    is_active = models.BooleanField(default=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__range=(0, ALL_HOURS)), name="hours_are_twelve_flags"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="a_pin_has_both_coordinates",
            ),
            models.CheckConstraint(condition=Q(reserve_limit_kg__gte=0), name="reserve_limit_is_not_negative"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("stations"), MOST_STATIONS), name="a_site_has_five_stations_at_most"
            ),
        ]
        indexes = [GinIndex(OpClass("address_key", "gin_trgm_ops"), name="site_by_address_fragment")]

    def __str__(self) -> str:
        return self.label or self.address

    @classmethod
    @transaction.atomic
    def add(cls, *, customer: Customer, by: User, **facts: Any) -> "Site":
        """Another place of this customer's; refused when the same address is on the record already."""
        customer.lock()
        customer.check_whole()
        if customer.sites.active().filter(address_key=text_key(facts["address"])).exists():
            raise Refused(_("This address is already on the record."), field="address", code="duplicate")
        return cls.objects.create(customer=customer, pin_source=cls._pinned_by_hand(facts), **facts)

    @transaction.atomic
    def change(self, *, by: User, **facts: Any) -> None:
        """Correct what is written about this place; a moved pin was placed by a person."""
        self.customer.lock()
        self.lock()
        if "latitude" in facts or "longitude" in facts:
            facts["pin_source"] = self._pinned_by_hand(facts)
        for name, value in facts.items():
            setattr(self, name, value)
        self.save(update_fields=list(facts))

    @classmethod
    def _pinned_by_hand(cls, facts: dict[str, Any]) -> str:
        return (
            cls.PinSource.PERSON if any(facts.get(name) for name in ("latitude", "longitude")) else cls.PinSource.NONE
        )

    def is_open_at(self, hour: int) -> bool:
        """Whether deliveries are taken in the hour that starts at `hour` (8 … 19)."""
        return FIRST_HOUR <= hour < FIRST_HOUR + 12 and bool(self.hours >> (hour - FIRST_HOUR) & 1)

    def is_closed_on(self, day: dt.date, *, holidays: frozenset[dt.date] = frozenset()) -> bool:
        """Whether the customer takes no deliveries that day; `holidays` are the public ones."""
        return day.isoweekday() in self.closed_weekdays or (self.closed_on_holidays and day in holidays)

    @property
    def closed_words(self) -> str:
        """`週三、國定假日`: when nothing is taken; empty when never."""
        days = [str(WEEKDAYS[day]) for day in sorted(self.closed_weekdays) if day in WEEKDAYS]
        return _t(", ").join([*days, *([_t("public holidays")] if self.closed_on_holidays else [])])

    @property
    def hours_words(self) -> str:
        """`10:00–12:00、14:00–17:00`; empty when it is the whole day."""
        if self.hours == ALL_HOURS:
            return ""
        return _t(", ").join(f"{start:02d}:00–{end:02d}:00" for start, end in self.open_hours)

    @property
    def open_hours(self) -> list[tuple[int, int]]:
        """The mask as spans of the clock: `[(10, 12), (14, 17)]`."""
        spans: list[tuple[int, int]] = []
        for hour in range(FIRST_HOUR, FIRST_HOUR + 12):
            if not self.is_open_at(hour):
                continue
            if spans and spans[-1][1] == hour:
                spans[-1] = (spans[-1][0], hour + 1)
            else:
                spans.append((hour, hour + 1))
        return spans

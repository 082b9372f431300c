"""Customers, the places we deliver to, the people there, and who may act for them."""

import datetime as dt
from functools import cached_property

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.phones import Phone, narrow
from customers.phones import parse as parse_phone
from customers.querysets import CustomerQuerySet, SiteQuerySet
from luckygas.db import AppendOnly, Moves, Record
from luckygas.errors import Refused
from luckygas.models import User

ALL_HOURS = 0xFFF  # twelve one-hour flags, 08–09 is bit 0
FIRST_HOUR = 8


class NextNumber(Func):
    """The next value of a sequence, given by the database when the row is made."""

    function = "nextval"
    arity = 1


class Comparable(Func):
    """The database's side of `text_key`: half width, lower case, 台 for 臺, no spaces."""

    template = "translate(lower(normalize(%(expressions)s, NFKC)), '臺 ', '台')"
    output_field = models.TextField()


class Stage(models.TextChoices):
    LEGACY = "legacy", _("in the legacy system")
    IMPORTED = "imported", _("imported")
    SHADOW = "shadow", _("in shadow")
    LIVE = "live", _("live")
    SETTLED = "settled", _("settled")
    ROLLED_BACK = "rolled_back", _("rolled back")


STAGE_MOVES: dict[str, tuple[str, ...]] = {
    Stage.LEGACY: (Stage.IMPORTED,),
    Stage.IMPORTED: (Stage.SHADOW, Stage.LIVE, Stage.LEGACY),
    Stage.SHADOW: (Stage.LIVE, Stage.IMPORTED),
    Stage.LIVE: (Stage.SETTLED, Stage.ROLLED_BACK),
    Stage.SETTLED: (Stage.ROLLED_BACK,),
    Stage.ROLLED_BACK: (Stage.IMPORTED,),
}
LIVE_STAGES = (Stage.LIVE, Stage.SETTLED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["name_key"])
class Customer(Record):
    """A household or a business we deliver gas to and keep an account for."""

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", _("household")
        COMMERCIAL = "commercial", _("business")

    class System(models.TextChoices):
        LEGACY = "legacy", _("legacy system")
        NEW = "new", _("new system")

    class Settlement(models.TextChoices):
        CASH = "cash", _("pays at the door")
        MONTHLY = "monthly", _("monthly account")

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber(Value("customer_number")))
    name = models.CharField(_("name"), max_length=80)
    name_key = models.GeneratedField(expression=Comparable(F("name")), output_field=models.TextField(), db_persist=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.HOUSEHOLD)
    trade = models.CharField(_("trade"), max_length=20, blank=True, help_text="類型: 學校, 市場 …")
    invoice_title = models.CharField(_("invoice title"), max_length=80, blank=True)
    tax_id = models.CharField(_("unified business number"), max_length=8, blank=True)
    is_metered = models.BooleanField(_("billed by meter"), default=False)
    settlement = models.CharField(_("settlement"), max_length=10, choices=Settlement, default=Settlement.CASH)
    credit_limit_twd = models.PositiveIntegerField(_("credit limit"), null=True, blank=True)
    is_blocked = models.BooleanField(_("blocked for credit"), default=False)
    language = models.CharField(_("language"), max_length=7, default="zh-hant")
    note = models.TextField(_("note"), blank=True)
    legacy_code = models.CharField(_("legacy number"), max_length=20, null=True, blank=True, unique=True)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.LIVE)
    system_of_record = models.CharField(max_length=6, choices=System, default=System.NEW)
    created_at = models.DateTimeField(auto_now_add=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_reason = models.CharField(max_length=200, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=LIVE_STAGES, system_of_record="new")
                | (~Q(stage__in=LIVE_STAGES) & Q(system_of_record="legacy")),
                name="stage_and_system_of_record_agree",
            ),
            models.CheckConstraint(condition=~Q(legacy_code=""), name="legacy_code_is_a_code_or_null"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name"),
        ]
        indexes = [
            GinIndex(OpClass("name_key", "gin_trgm_ops"), name="customer_by_name_fragment"),
            models.Index(fields=["kind", "number"], name="customers_of_a_kind"),
        ]
        triggers = [Moves(name="stage_moves", field="stage", moves=STAGE_MOVES)]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def contact_ids(digits: str) -> QuerySet:
        return Contact.objects.filter(digits__contains=digits).values("customer_id")

    @staticmethod
    def site_ids(key: str) -> QuerySet:
        return Site.objects.filter(address_key__contains=key).values("customer_id")

    @property
    def code(self) -> str:
        """The number as it is stamped: `0000217`."""
        return f"{self.number:07d}"

    @property
    def is_legacy(self) -> bool:
        return self.system_of_record == self.System.LEGACY

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @cached_property
    def balance_twd(self) -> int:
        """What they owe us, in NT$; negative is their credit."""
        return self.entries.filter(account="receivable").total()

    @cached_property
    def deposits_twd(self) -> int:
        """Deposits we hold for them, in NT$; never netted with the balance."""
        return -self.entries.filter(account="deposit").total()

    @transaction.atomic
    def move_to(self, stage: str, *, by: User | None, reason: str = "") -> None:
        """Move to another pilot stage; the system of record moves with it, and the history keeps who and why.

        The only writer of `stage` and `system_of_record`. Guards are asked by `pilot` before this is called.
        """
        self.lock()
        if stage == self.stage:
            return
        if stage not in STAGE_MOVES[self.stage]:
            raise Refused(
                _("A customer cannot go from %(old)s to %(new)s.")
                % {"old": self.get_stage_display(), "new": Stage(stage).label},
                code="illegal_move",
            )
        StageMove.objects.create(customer=self, from_stage=self.stage, to_stage=stage, by=by, reason=reason)
        self.stage = stage
        self.system_of_record = self.System.NEW if stage in LIVE_STAGES else self.System.LEGACY
        self.save(update_fields=["stage", "system_of_record"])

    @transaction.atomic
    def deactivate(self, *, by: User, reason: str) -> None:
        """Stop serving this customer; the record and its ledgers stay."""
        self.lock()
        if not reason.strip():
            raise Refused(_("Write why this customer stops."), field="reason")
        if not self.is_active:
            raise Refused(_("This customer was stopped already."))
        self.deactivated_at, self.deactivated_reason = timezone.now(), reason.strip()
        self.save(update_fields=["deactivated_at", "deactivated_reason"])

    @transaction.atomic
    def reactivate(self, *, by: User) -> None:
        """Serve this customer again."""
        self.lock()
        self.deactivated_at, self.deactivated_reason = None, ""
        self.save(update_fields=["deactivated_at", "deactivated_reason"])


class StageMove(models.Model):
    """One step of a customer through the pilot: from, to, who, when and why."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="stage_moves")
    from_stage = models.CharField(max_length=12, choices=Stage)
    to_stage = models.CharField(max_length=12, choices=Stage)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.from_stage} → {self.to_stage}"


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
        ]
        indexes = [GinIndex(OpClass("address_key", "gin_trgm_ops"), name="site_by_address_fragment")]

    def __str__(self) -> str:
        return self.label or self.address

    def is_open_at(self, hour: int) -> bool:
        """Whether deliveries are taken in the hour that starts at `hour` (8 … 19)."""
        return FIRST_HOUR <= hour < FIRST_HOUR + 12 and bool(self.hours >> (hour - FIRST_HOUR) & 1)

    def is_closed_on(self, day: dt.date, *, holidays: frozenset[dt.date] = frozenset()) -> bool:
        """Whether the customer takes no deliveries that day; `holidays` are the public ones."""
        return day.isoweekday() in self.closed_weekdays or (self.closed_on_holidays and day in holidays)

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


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Contact(Record):
    """A person to call at a customer's, with one phone number: E.164 beside what was typed."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=16, help_text="E.164")
    phone_raw = models.CharField(max_length=60)
    extension = models.CharField(_("extension"), max_length=6, blank=True)
    digits = models.CharField(max_length=16, editable=False)
    can_sms = models.BooleanField(_("takes SMS"), default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-can_sms", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[1-9]\d{6,14}$"), name="phone_is_e164"),
            models.CheckConstraint(
                condition=Q(can_sms=False) | Q(phone__startswith="+8869"), name="only_mobiles_take_sms"
            ),
            models.UniqueConstraint(
                fields=["customer", "phone", "extension"], condition=Q(is_active=True), name="one_contact_a_number"
            ),
        ]
        indexes = [
            models.Index(fields=["phone"], name="contact_by_phone"),
            GinIndex(OpClass("digits", "gin_trgm_ops"), name="contact_by_digits_fragment"),
        ]

    def __str__(self) -> str:
        return self.name or self.digits

    @classmethod
    def add(cls, *, customer: Customer, raw: str, name: str = "") -> "Contact":
        """A contact from a number as it was typed; refused when it is no number. Mobiles take SMS."""
        phone: Phone = parse_phone(raw)
        if cls.objects.filter(customer=customer, phone=phone.e164, extension=phone.extension, is_active=True).exists():
            raise Refused(_("This number is already on the record."), field="phone", code="duplicate")
        return cls.objects.create(
            customer=customer,
            name=narrow(name),
            phone=phone.e164,
            phone_raw=phone.raw,
            extension=phone.extension,
            digits=phone.digits,
            can_sms=phone.is_mobile,
        )


class Membership(Record):
    """A signed-in person who may act for a customer: order, and see the balance or not, for one site or all."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    can_order = models.BooleanField(_("may order"), default=True)
    sees_balance = models.BooleanField(_("sees the balance"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "customer", "site"], nulls_distinct=False, name="one_membership_a_person_and_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.customer_id}"

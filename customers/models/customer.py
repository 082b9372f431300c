"""Customers: who we serve, in which system they live, and the money between us."""

import uuid
from functools import cached_property
from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.querysets import CustomerQuerySet
from luckygas.db import AppendOnly, Moves, Record
from luckygas.errors import Refused
from luckygas.models import MANAGER, User
from luckygas.said import Said


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


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["name_key", "operation_id"])
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
    operation_id = models.UUIDField(unique=True, null=True, editable=False)
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
    blocked_why = models.CharField(_("why blocked or not"), max_length=200, blank=True, db_default="")
    language = models.CharField(_("language"), max_length=7, default="zh-hant")
    note = models.TextField(_("note"), blank=True)
    legacy_code = models.CharField(_("legacy number"), max_length=20, null=True, blank=True, unique=True)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.LIVE)
    system_of_record = models.CharField(max_length=6, choices=System, default=System.NEW)
    created_at = models.DateTimeField(auto_now_add=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_reason = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="absorbed",
    )

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
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(deactivated_at__isnull=False), name="a_merged_record_is_not_served"
            ),
        ]
        indexes = [
            GinIndex(OpClass("name_key", "gin_trgm_ops"), name="customer_by_name_fragment"),
            models.Index(fields=["kind", "number"], name="customers_of_a_kind"),
        ]
        triggers = [Moves(name="stage_moves", field="stage", moves=STAGE_MOVES)]

    def __str__(self) -> str:
        return self.name

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

    @property
    def is_over_limit(self) -> bool:
        """They owe more than they may; who has no limit recorded is never over it."""
        return self.credit_limit_twd is not None and self.balance_twd > self.credit_limit_twd

    @cached_property
    def balance_twd(self) -> int:
        """What they owe us, in NT$; negative is their credit."""
        return self.entries.filter(account="receivable").total()

    @cached_property
    def deposits_twd(self) -> int:
        """Deposits we hold for them, in NT$; never netted with the balance."""
        return -self.entries.filter(account="deposit").total()

    @classmethod
    @transaction.atomic
    def register(cls, *, operation_id: uuid.UUID, by: User, **facts: Any) -> "Customer":
        """Somebody new, entered by the office, live at once; once per `operation_id`."""
        customer, _is_new = cls.objects.get_or_create(operation_id=operation_id, defaults=facts)
        customer.refresh_from_db()  # the number comes from the database
        return customer

    @transaction.atomic
    def change(self, *, by: User, **facts: Any) -> None:
        """Correct what is written on the record; who and when stands in the history."""
        self.lock()
        self.check_whole()
        for name, value in facts.items():
            setattr(self, name, value)
        self.save(update_fields=list(facts))

    @transaction.atomic
    def block(self, *, by: User, note: str) -> None:
        """New orders on account wait for a manager from now on; the note says why. Blocked already is refused."""
        self._set_blocked(True, by=by, note=note)

    @transaction.atomic
    def unblock(self, *, by: User, note: str) -> None:
        """They may order on account again, up to their limit; the note says why."""
        self._set_blocked(False, by=by, note=note)

    def _set_blocked(self, is_blocked: bool, *, by: User, note: str) -> None:
        self.lock()
        self.check_whole()
        if MANAGER not in by.roles:
            raise Refused(_("Only a manager blocks a customer or ends it."), code="not_manager")
        if not note.strip():
            raise Refused(_("Write why."), field="note", code="no_note")
        if self.is_blocked == is_blocked:
            words = _("They are blocked already.") if is_blocked else _("They are not blocked.")
            raise Refused(words, code="as_it_is")
        self.is_blocked, self.blocked_why = is_blocked, note.strip()
        self.save(update_fields=["is_blocked", "blocked_why"])

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
                Said.of(_("A customer cannot go from %(old)s to %(new)s."))
                % {"old": Stage(self.stage).label, "new": Stage(stage).label},
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

    def become_part_of(self, kept: "Customer", *, reason: str) -> None:
        """This record was absorbed: it stays for its history and leads to the other, like those it had absorbed."""
        for record in [self, *self.absorbed.all()]:
            record.merged_into = kept
            record.deactivated_at = record.deactivated_at or timezone.now()
            record.deactivated_reason = record.deactivated_reason or reason
            record.save(update_fields=["merged_into", "deactivated_at", "deactivated_reason"])

    def check_whole(self) -> None:
        """Nothing new is written on a record that was merged into another."""
        if self.merged_into:
            raise Refused(
                Said.of(_("This record was merged into %(code)s. Write it there.")) % {"code": self.merged_into.code},
                code="merged",
            )

    @transaction.atomic
    def reactivate(self, *, by: User) -> None:
        """Serve this customer again."""
        self.lock()
        self.check_whole()
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

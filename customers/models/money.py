"""What customers owe and what we hold for them: signed legs that sum to zero, and payments."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from customers.models.customer import Customer
from customers.querysets import AccountEntryQuerySet, PaymentQuerySet
from luckygas.clock import business_day
from luckygas.db import AppendOnly, Record, SumsToZero, derived_id, digest
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _

UNDONE = "un-"  # the purpose of a transfer the other way: what it takes back; what is written instead gets a number


class AccountEntry(models.Model):
    """One signed leg of a transfer, in whole NT$. Debits are positive: what a customer owes, cash we hold."""

    class Account(models.TextChoices):
        RECEIVABLE = "receivable", _("receivable")
        DEPOSIT = "deposit", _("deposits held")
        SALES = "sales", _("sales")
        CASH = "cash", _("cash")
        BANK = "bank", _("bank")
        GAS_CREDIT = "gas_credit", _("residual gas credit")
        ADJUSTMENT = "adjustment", _("adjustment")

    transfer = models.UUIDField()
    account = models.CharField(max_length=12, choices=Account)
    amount_twd = models.IntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="entries")
    cause_kind = models.CharField(max_length=20)
    cause_id = models.CharField(max_length=40)
    purpose = models.CharField(max_length=20)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AccountEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause_kind", "cause_id", "purpose", "account"], name="a_cause_posts_once_to_an_account"
            ),
            models.CheckConstraint(condition=~Q(amount_twd=0), name="a_leg_moves_money"),
        ]
        indexes = [
            # The newest legs by their keys, and balances without reading the table.
            models.Index(fields=["customer", "account", "id"], include=["amount_twd"], name="legs_of_a_customer"),
            models.Index(fields=["transfer"], name="legs_of_a_transfer"),
            models.Index(fields=["day", "account"], include=["amount_twd"], name="legs_of_a_day"),
        ]
        triggers = [AppendOnly(), SumsToZero()]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_twd:+d}"

    @property
    def about(self) -> str:
        """What the transfer is for, also when it takes one back or writes it anew: `charge`, `deposit` …"""
        return self.purpose.removeprefix(UNDONE).partition(".")[0]

    @classmethod
    def post(
        cls,
        *,
        customer: Customer,
        legs: Mapping[str, int],
        cause: tuple[str, object],
        purpose: str,
        by: User | None,
        at: dt.datetime | None = None,
    ) -> None:
        """Write one transfer: `legs` gives each account's signed NT$ and sums to zero; zero legs are left out.

        The transfer's id follows from cause and purpose, so the same effect cannot be posted twice. What still comes
        in for a record that was merged into another goes to that one's account.
        """
        at = at or timezone.now()
        customer = customer.merged_into or customer
        kind, key = cause
        if sum(legs.values()):
            raise ValueError(f"legs of {kind} {key} {purpose} do not sum to zero")
        AccountEntry.objects.bulk_create(
            AccountEntry(
                transfer=derived_id("transfer", kind, key, purpose),
                account=account,
                amount_twd=amount,
                customer=customer,
                cause_kind=kind,
                cause_id=str(key),
                purpose=purpose,
                day=business_day(at),
                at=at,
                by=by,
            )
            for account, amount in legs.items()
            if amount
        )

    @classmethod
    def take_back(cls, purpose: str, *, cause: tuple[str, object], by: User | None, at: dt.datetime) -> None:
        """Post the other way what this cause posted last for this purpose; nothing when it posted nothing."""
        kind, key = cause
        of_cause = cls.objects.filter(cause_kind=kind, cause_id=str(key))
        again = Q(purpose=purpose) | Q(purpose__regex=rf"^{purpose}\.\d+$")
        last = of_cause.filter(again).order_by("-pk").first()
        if last is None or of_cause.filter(purpose=f"{UNDONE}{last.purpose}").exists():
            return
        legs = dict(of_cause.filter(purpose=last.purpose).values_list("account", "amount_twd"))
        back = {account: -twd for account, twd in legs.items()}
        cls.post(customer=last.customer, legs=back, cause=cause, purpose=f"{UNDONE}{last.purpose}", by=by, at=at)


class Payment(Record):
    """Money a customer gave us: with an order or without one. The amount received, never the amount due."""

    class Method(models.TextChoices):
        CASH = "cash", _("cash")
        TRANSFER = "transfer", _("bank transfer")
        CHEQUE = "cheque", _("cheque")

    operation_id = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=8, choices=Method)
    received_twd = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cause_kind = models.CharField(max_length=20, blank=True)
    cause_id = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(received_twd__gt=0), name="a_payment_is_more_than_nothing")]
        indexes = [
            models.Index(fields=["customer", "-received_at"], name="payments_of_a_customer"),
            models.Index(fields=["cause_kind", "cause_id"], name="payments_of_a_cause"),
            models.Index(fields=["received_at"], name="payments_by_time"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.method} {self.received_twd}"

    @classmethod
    @transaction.atomic
    def record(
        cls,
        *,
        operation_id: uuid.UUID,
        customer: Customer,
        method: str,
        received_twd: int,
        by: User,
        cause: tuple[str, object] = ("", ""),
        at: dt.datetime | None = None,
        note: str = "",
    ) -> "Payment":
        """Write down a payment and its two legs. The same operation again answers with the first payment."""
        customer.lock()
        body = digest(
            {"customer": customer.pk, "method": method, "twd": received_twd, "cause": [cause[0], str(cause[1])]}
        )
        if known := cls.objects.filter(operation_id=operation_id).first():
            if known.body_digest != body:
                raise Refused(_("This payment was already recorded with another amount."), code="other_body")
            return known
        customer = customer.merged_into or customer
        if not 0 < received_twd <= 10_000_000:
            raise Refused(_("Enter the amount received, in whole NT$."), field="received_twd", code="bad_amount")
        at = at or timezone.now()
        payment = cls.objects.create(
            operation_id=operation_id,
            body_digest=body,
            customer=customer,
            method=method,
            received_twd=received_twd,
            received_at=at,
            received_by=by,
            cause_kind=cause[0],
            cause_id=str(cause[1]),
            note=note,
        )
        payment._post(received_twd, purpose="received", by=by, at=at)
        return payment

    def _post(self, twd: int, *, purpose: str, by: User, at: dt.datetime) -> None:
        account = AccountEntry.Account.CASH if self.method == self.Method.CASH else AccountEntry.Account.BANK
        AccountEntry.post(
            customer=self.customer,
            legs={account: twd, AccountEntry.Account.RECEIVABLE: -twd},
            cause=("payment", self.pk),
            purpose=purpose,
            by=by,
            at=at,
        )

    @transaction.atomic
    def reverse(
        self,
        *,
        operation_id: uuid.UUID,
        by: User,
        why: str,
        note: str = "",
        right_twd: int | None = None,
        at: dt.datetime | None = None,
    ) -> "PaymentReversal":
        """Take it back: its legs are posted the other way, today, and what it had paid is open again.

        `right_twd` is what was received in truth: another payment of the same kind and cause. Once for a payment;
        the same operation again answers with the first reversal.
        """
        self.customer.lock()
        if known := PaymentReversal.objects.filter(payment=self).first():
            if known.operation_id == operation_id:
                return known
            raise Refused(_("This payment was taken back already."), code="reversed")
        if why == PaymentReversal.Why.BOUNCED and self.method != self.Method.CHEQUE:
            raise Refused(_("Only a cheque can bounce."), field="why", code="no_cheque")
        at = at or timezone.now()
        reversal = PaymentReversal.objects.create(
            operation_id=operation_id, payment=self, why=why, note=note.strip(), by=by, at=at
        )
        self._post(-self.received_twd, purpose="reversed", by=by, at=at)
        if right_twd:
            Payment.record(
                operation_id=derived_id("right payment", operation_id),
                customer=self.customer,
                method=self.method,
                received_twd=right_twd,
                by=by,
                cause=(self.cause_kind, self.cause_id),
                at=at,
            )
        return reversal


class PaymentReversal(models.Model):
    """A payment that was none after all: who took it back, when and why. The payment itself stays as it was written."""

    class Why(models.TextChoices):
        BOUNCED = "bounced", _("the cheque bounced")
        AMOUNT = "amount", _("wrong amount")
        CUSTOMER = "customer", _("somebody else's payment")
        TWICE = "twice", _("recorded twice")

    operation_id = models.UUIDField(unique=True)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="reversal")
    why = models.CharField(max_length=8, choices=Why)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.why}"

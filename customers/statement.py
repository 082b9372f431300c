"""A customer's statement: each leg on their account and deposits, newest first, with the balance after it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.models import AccountEntry, Customer, Payment
from customers.models.money import UNDONE

PAGE = 30
SHOWN = (AccountEntry.Account.RECEIVABLE, AccountEntry.Account.DEPOSIT)


@dataclass(frozen=True)
class Line:
    """One leg as the customer reads it: what it was for, and the account's balance after it."""

    entry: AccountEntry
    text: str
    amount_twd: int
    after_twd: int


@dataclass(frozen=True)
class Statement:
    """One page of a customer's account. `more` is where the next one starts, empty on the last."""

    balance_twd: int
    deposits_twd: int
    lines: list[Line]
    more: str

    @property
    def credit_twd(self) -> int:
        return max(-self.balance_twd, 0)

    @classmethod
    def of(cls, customer: Customer, *, before: str = "") -> Statement:
        """Keyset by id, and the balances of the page counted back from the sum of everything before its first line."""
        rows = AccountEntry.objects.filter(customer=customer, account__in=SHOWN).order_by("-pk")
        after: dict[str, int] = dict(zip(SHOWN, (customer.balance_twd, -customer.deposits_twd), strict=True))
        if before.isdecimal() and len(before) < 18:
            rows = rows.filter(pk__lt=int(before))
            after = {account: rows.filter(account=account).total() for account in SHOWN}
        found = list(rows[: PAGE + 1])
        lines, payments = [], _payments(found[:PAGE])
        for entry in found[:PAGE]:
            lines.append(_line(entry, after[entry.account], payments.get((entry.cause_kind, entry.cause_id))))
            after[entry.account] -= entry.amount_twd
        return cls(
            customer.balance_twd, customer.deposits_twd, lines, str(found[PAGE - 1].pk) if len(found) > PAGE else ""
        )


def _payments(entries: list[AccountEntry]) -> dict[tuple[str, str], Payment]:
    """The payments among the causes of these legs, by what the ledger calls them; in one query."""
    pks = {int(entry.cause_id) for entry in entries if entry.cause_kind == "payment"}
    found = Payment.objects.select_related("reversal").in_bulk(pks) if pks else {}
    return {("payment", str(pk)): payment for pk, payment in found.items()}


def _line(entry: AccountEntry, after: int, payment: Payment | None) -> Line:
    """Deposits are shown as what we hold: their legs are credits, so the sign turns."""
    sign = -1 if entry.account == AccountEntry.Account.DEPOSIT else 1
    return Line(entry, _words(entry, payment), sign * entry.amount_twd, sign * after)


def _words(entry: AccountEntry, payment: Payment | None) -> str:
    if payment and entry.purpose == "reversed":
        return _("payment taken back: %s") % payment.reversal.get_why_display()
    if payment:
        return _("payment, %s") % payment.get_method_display()
    if entry.account == AccountEntry.Account.DEPOSIT:
        return _("deposit held") if entry.amount_twd < 0 else _("deposit paid back")
    if entry.purpose.startswith(UNDONE):
        return _("corrected")
    words = {
        "charge": _("gas"),
        "deposit": _("deposit"),
        "reversed": _("corrected"),
        "residual": _("gas left in returned cylinders"),
        "merged_in": _("carried over"),
        "merged_out": _("carried over"),
    }
    return words.get(entry.about, entry.get_account_display())

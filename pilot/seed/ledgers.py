"""The two ledgers beside the orders: places of cylinders that are ours, and transfers of money."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from customers.models import AccountEntry
from luckygas.db import derived_id
from orders.models import Place
from pilot.seed.rows import TAIPEI, Table

Account = AccountEntry.Account


@dataclass(frozen=True, slots=True)
class Places:
    """The places of the cylinder ledger that are neither trucks nor sites."""

    opening: int
    depot: int
    plant: int
    purchase: int


def make_places(depot: int) -> Places:
    kind = Place.Kind
    return Places(
        opening=Place.of(kind.OPENING).pk,
        depot=depot,
        plant=Place.of(kind.PLANT).pk,
        purchase=Place.of(kind.PURCHASE).pk,
    )


class Legs:
    """Transfers of the money ledger."""

    def __init__(self, *, at: dt.datetime) -> None:
        self.ids = Table.numbers(AccountEntry)
        self.table = Table(
            AccountEntry, "id", "transfer", "account", "amount_twd", "customer_id", "cause_kind", "cause_id", "purpose",
            "day", "at", "by_id", at=at,
        )  # fmt: skip

    def post(
        self,
        customer: int,
        legs: tuple[tuple[str, int], ...],
        cause: tuple[str, int],
        purpose: str,
        at: dt.datetime,
        by: int,
    ) -> None:
        """Like `AccountEntry.post`: one transfer, its id derived from cause and purpose; zero legs are left out."""
        transfer = derived_id("transfer", cause[0], cause[1], purpose)
        day = at.astimezone(TAIPEI).date()
        for account, amount in legs:
            if amount:
                self.table.add(
                    self.ids.next(), transfer, str(account), amount, customer, cause[0], str(cause[1]), purpose,
                    day, at, by,
                )  # fmt: skip

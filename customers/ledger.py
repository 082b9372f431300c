"""Which charges are still open: payments laid over charges, the oldest first. Computed each time and stored nowhere.

What one cause posted belongs together: an order's gas and deposit are one charge, and what was taken back again (a
bounced cheque, a wrong reading) is nothing. Causes that leave a debt are charges, those that leave a credit pay them.
So the open charges of a customer who owes sum to the balance, and of anybody else there are none. A record that was
merged into another is laid out with it, as the one customer that they were: no debt grows young by a merge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import Customer
from luckygas.clock import business_day

# Only who owes is laid out: a town full of settled accounts costs one walk along the index of balances.
_OPEN = """
    WITH owing AS (
        SELECT customer_id FROM customers_accountentry
        WHERE account = 'receivable' AND (%(customers)s::bigint[] IS NULL OR customer_id = ANY (%(customers)s))
        GROUP BY customer_id HAVING sum(amount_twd) > 0
    ), record AS (
        SELECT customer_id AS id, customer_id FROM owing
        UNION ALL SELECT c.id, c.merged_into_id FROM customers_customer c JOIN owing ON customer_id = merged_into_id
    ), cause AS (
        SELECT record.customer_id, cause_kind, cause_id, min(day) AS since, min(leg.id) AS first, sum(amount_twd) AS twd
        FROM customers_accountentry leg JOIN record ON leg.customer_id = record.id WHERE account = 'receivable'
        GROUP BY record.customer_id, cause_kind, cause_id HAVING sum(amount_twd) <> 0
    ), laid AS (
        SELECT cause.*, sum(twd) FILTER (WHERE twd > 0) OVER (PARTITION BY customer_id ORDER BY since, first)
               + coalesce(sum(twd) FILTER (WHERE twd < 0) OVER (PARTITION BY customer_id), 0) AS unpaid
        FROM cause
    ), open AS (
        SELECT customer_id, cause_kind, cause_id, since, first, twd::bigint, least(twd, unpaid)::bigint AS open_twd
        FROM laid WHERE twd > 0 AND unpaid > 0
    )
"""


@dataclass(frozen=True, slots=True)
class Charge:
    """What one cause charged, in NT$, and how much of it nobody has paid yet."""

    customer_id: int
    cause_kind: str
    cause_id: str
    since: dt.date
    amount_twd: int
    open_twd: int

    def days(self, on: dt.date | None = None) -> int:
        """How long it has been open."""
        return ((on or business_day()) - self.since).days

    @property
    def age(self) -> int:
        """The last of 0, 30, 60 and 90 days that it has reached."""
        return min(max(self.days(), 0) // 30 * 30, 90)

    @property
    def text(self) -> str:
        words = {
            "order": _("gas delivered"),
            "reading": _("gas by the meter"),
            "opening": _("carried over"),
        }
        return words.get(self.cause_kind, _("other"))


@dataclass(frozen=True, slots=True)
class Ages:
    """What a customer owes by how long it has been open, in NT$; `since` is the oldest open day."""

    customer_id: int
    since: dt.date
    under_30_twd: int
    over_30_twd: int
    over_60_twd: int
    over_90_twd: int

    @property
    def overdue_twd(self) -> int:
        return self.over_30_twd + self.over_60_twd + self.over_90_twd

    @property
    def total_twd(self) -> int:
        return self.under_30_twd + self.overdue_twd


def open_charges(customer: Customer) -> list[Charge]:
    """What this customer still has to pay, the oldest first; in one query."""
    columns = "customer_id, cause_kind, cause_id, since, twd, open_twd"
    rows = _rows(f"{_OPEN} SELECT {columns} FROM open ORDER BY since, first", customers=[customer.pk])  # noqa: S608
    return [Charge(*row) for row in rows]


def ages(*, customers: Iterable[int] | None = None, on: dt.date | None = None) -> dict[int, Ages]:
    """How old what is owed is, by customer id, for everybody who owes or for some; in one query.

    `on` is the day from which age is counted, today when absent; what is owed is what is owed now.
    """
    sql = f"""{_OPEN} SELECT customer_id, min(since),
               coalesce(sum(open_twd) FILTER (WHERE age < 30), 0)::bigint,
               coalesce(sum(open_twd) FILTER (WHERE age >= 30 AND age < 60), 0)::bigint,
               coalesce(sum(open_twd) FILTER (WHERE age >= 60 AND age < 90), 0)::bigint,
               coalesce(sum(open_twd) FILTER (WHERE age >= 90), 0)::bigint
        FROM (SELECT open.*, %(on)s::date - since AS age FROM open) aged GROUP BY customer_id
    """  # noqa: S608
    wanted = None if customers is None else list(customers)
    return {row[0]: Ages(*row) for row in _rows(sql, customers=wanted, on=on or business_day())}


def _rows(sql: str, **values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()

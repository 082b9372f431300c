"""Records that may be one customer: shown to a person, never merged by a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer

WHATS: dict[str, str | Promise] = {
    "phone": _("same phone"),
    "tax_id": _("same business number"),
    "address": _("same name and address"),
    "number": _("same number"),
    "legacy_code": _("same number in the old system"),
}
_SAME = """
    SELECT 'phone' AS what, array_agg(DISTINCT customer_id ORDER BY customer_id) AS ids
    FROM customers_contact JOIN served ON served.id = customer_id WHERE is_active
    GROUP BY phone, extension HAVING count(DISTINCT customer_id) > 1
    UNION ALL
    SELECT 'tax_id', array_agg(id ORDER BY id) FROM served WHERE tax_id <> '' GROUP BY tax_id HAVING count(*) > 1
    UNION ALL
    SELECT 'address', array_agg(DISTINCT customer_id ORDER BY customer_id)
    FROM customers_site JOIN served ON served.id = customer_id WHERE is_active
    GROUP BY name_key, address_key HAVING count(DISTINCT customer_id) > 1
"""
_GROUPS = f"""
    WITH served AS (SELECT id, name_key, tax_id FROM customers_customer WHERE deactivated_at IS NULL), same AS ({_SAME})
    SELECT ids, array_agg(what ORDER BY what DESC), count(*) OVER () FROM same GROUP BY ids ORDER BY ids
    LIMIT %(most)s OFFSET %(skip)s
"""  # noqa: S608
_OTHERS = """
    WITH other AS (
        SELECT other.customer_id, 'phone' AS what FROM customers_contact mine
        JOIN customers_contact other USING (phone, extension)
        WHERE mine.customer_id = %(id)s AND mine.is_active AND other.is_active
        UNION
        SELECT other.id, 'tax_id' FROM customers_customer mine JOIN customers_customer other USING (tax_id)
        WHERE mine.id = %(id)s AND mine.tax_id <> ''
        UNION
        SELECT theirs.customer_id, 'address' FROM customers_site mine
        JOIN customers_customer me ON me.id = mine.customer_id
        JOIN customers_customer other USING (name_key)
        JOIN customers_site theirs ON theirs.customer_id = other.id AND theirs.address_key = mine.address_key
        WHERE mine.customer_id = %(id)s AND mine.is_active AND theirs.is_active
    )
    SELECT customer_id, array_agg(what ORDER BY what DESC) FROM other
    JOIN customers_customer ON customers_customer.id = customer_id AND deactivated_at IS NULL
    WHERE customer_id <> %(id)s GROUP BY customer_id ORDER BY customer_id LIMIT 10
"""
PAGE = 50


@dataclass(frozen=True)
class Double:
    """Another record that may be the same customer, and what they share."""

    customer: Customer
    whats: list[str]

    @property
    def words(self) -> list[str]:
        return [str(WHATS[what]) for what in self.whats]


@dataclass(frozen=True)
class Group:
    """Records that share something; the first is the oldest."""

    customers: list[Customer]
    whats: list[str]

    @property
    def words(self) -> list[str]:
        return [str(WHATS[what]) for what in self.whats]


def doubles_of(customer: Customer) -> list[Double]:
    """Who else this may be, at most ten; in two queries."""
    found = _rows(_OTHERS, id=customer.pk)
    people = Customer.objects.in_bulk([pk for pk, _whats in found])
    return [Double(people[pk], whats) for pk, whats in found]


def groups(*, page: int = 1) -> tuple[list[Group], int]:
    """Fifty groups of served customers that share something, and how many groups there are; in four queries."""
    found = _rows(_GROUPS, most=PAGE, skip=(page - 1) * PAGE)
    people = Customer.objects.for_list().in_bulk({pk for ids, _whats, _count in found for pk in ids})
    shown = [Group([people[pk] for pk in ids], whats) for ids, whats, _count in found]
    return shown, found[0][2] if found else 0


def _rows(sql: str, **values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()

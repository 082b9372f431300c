"""One page of the list of customers, and how many of those that were chosen are of which kind and area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.forms.filter import CustomerFilterForm
from customers.models import Area, Customer
from customers.querysets import CustomerQuerySet

PAGE = 50
# The chosen ones are looked for once; the ORM would do it for the kinds and again for the areas.
_COUNTED = """
    WITH chosen (customer_id, kind) AS MATERIALIZED ({chosen})
    SELECT 'kind', kind, count(*) FROM chosen GROUP BY kind
    UNION ALL
    SELECT 'area', code, customers FROM customers_area JOIN (
        SELECT area_id, count(*) AS customers FROM (
            SELECT DISTINCT area_id, customer_id FROM customers_site JOIN chosen USING (customer_id) WHERE is_active
        ) pair GROUP BY area_id
    ) counted ON counted.area_id = customers_area.id
"""


@dataclass(frozen=True)
class Column:
    """A head of the table: what stands in the column, how a click would sort it, and how it is sorted now."""

    label: str | Promise
    sort: str = ""
    sorted: str = ""
    is_number: bool = False

    @classmethod
    def of(cls, label: str | Promise, by: str, *, now: str) -> Column:
        """A second click turns the order around; amounts begin with the largest."""
        if not by:
            return cls(label)
        first, second = (f"-{by}", by) if by == "balance" else (by, f"-{by}")
        how = "" if now.removeprefix("-") != by else "descending" if now.startswith("-") else "ascending"
        return cls(label, second if now == first else first, how, is_number=by == "balance")


COLUMNS = (
    (_("Number"), "number"), (_("Name"), "name"), (_("Kind"), ""), (_("Phone"), ""), (_("Address"), ""),
    (_("Area"), ""), (_("Settlement"), ""), (_("They owe"), "balance"), (_("Stage"), ""),
)  # fmt: skip


@dataclass(frozen=True)
class Listing:
    """What the page shows: fifty customers, and the counts of all that were chosen."""

    form: CustomerFilterForm
    page: Page[Customer]
    kinds: list[tuple[str, Any, int]]
    areas: list[tuple[Area, int]]

    @property
    def columns(self) -> list[Column]:
        """The heads of the table, as they are sorted now."""
        now = self.form.asked.get("sort", "")
        return [Column.of(label, by, now=now) for label, by in COLUMNS]

    @classmethod
    def of(cls, form: CustomerFilterForm, *, page: str | None) -> Listing:
        """In four queries: the counts, the customers with their money, their phones and their addresses."""
        counts = _counts(form)
        kinds = [
            (kind.value, kind.label, counts["kind", kind.value]) for kind in Customer.Kind if ("kind", kind) in counts
        ]
        areas = [(area, counts["area", code]) for code, area in form.areas.items() if ("area", code) in counts]
        chosen = form.sorted()
        paginator = Paginator(chosen, PAGE)
        paginator.count = sum(count for _kind, _label, count in kinds)  # known already: saves counting again
        shown = paginator.get_page(page)
        found: CustomerQuerySet = shown.object_list  # type: ignore[assignment]  # a slice of what was chosen
        # First which fifty, then their money: else a late page would sum up everybody before it.
        fifty = Customer.objects.filter(pk__in=found.values("pk")).for_list()
        shown.object_list = fifty.order_by(*found.query.order_by)
        return cls(form, shown, kinds, areas)


def _counts(form: CustomerFilterForm) -> dict[tuple[str, str], int]:
    """Customers by kind and by area; who has addresses in two areas counts in both."""
    try:
        chosen, values = form.chosen().order_by().values("pk", "kind").query.sql_with_params()
    except EmptyResultSet:  # nothing to look for
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(chosen=chosen), values)
        return {(what, key): count for what, key, count in cursor.fetchall()}

"""The report of a day as a file: a table for each part, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from customers.files.columns import guarded
from deliveries.closing.figures import Report
from deliveries.closing.words import money_words, what_of

Cells = list[object]


def as_csv(report: Report) -> str:
    """UTF-8 with its mark, so that Excel knows; money in whole NT$, weights in kg with two decimals."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    for head, rows in _tables(report):
        writer.writerow(_safe(head))
        writer.writerows(_safe(row) for row in rows)
        writer.writerow([])
    return text.getvalue()


def _safe(cells: Cells) -> Cells:
    return [guarded(cell) if isinstance(cell, str) else cell for cell in cells]


def _tables(report: Report) -> Iterator[tuple[Cells, list[Cells]]]:
    yield [_("Report of the day"), report.day.isoformat()], []
    yield [_("Orders"), _("Number")], [[word, count] for _state, word, count in report.orders]
    yield (
        [_("Product"), _("Delivered"), "NT$", _("Empties"), _("Part-empties"), _("Other dealers' empties")],
        [[str(row.product), row.delivered, row.gas_twd, row.empties, row.parts, row.others] for row in report.sold],
    )
    yield [_("Money"), "NT$"], [[word, twd] for word, twd in money_words(report.money)]
    yield (
        [_("Driver"), _("Route"), _("Delivered"), _("Failed"), _("Cash due"), _("Counted"), _("Difference")],
        [
            [str(crew.route.driver), crew.route.code, crew.done, crew.failed, crew.due_twd, crew.counted_twd,
             crew.difference_twd]
            for crew in report.crews
        ],
    )  # fmt: skip
    yield (
        [_("Variance"), _("Route"), _("Difference"), _("Who"), _("Reason"), _("Settled")],
        [
            [what_of(row), row.route.code, row.difference, str(row.owner or ""), row.reason,
             row.get_outcome_display()]
            for row in report.variances
        ],
    )  # fmt: skip
    yield (
        [_("Gas left"), _("Product"), _("Gross, kg"), _("Empty, kg"), _("Net, kg"), "NT$"],
        [
            [row.stop.site.customer.name, str(row.product), row.gross_kg, row.tare_kg, row.net_kg, row.credit_twd]
            for row in report.weighings
        ],
    )
    yield (
        [_("Not delivered"), _("Order"), _("What became of it"), _("New day"), _("Reason"), _("Who")],
        [
            [row.order.customer.name, row.order.number, row.get_outcome_display(),
             row.to_day.isoformat() if row.to_day else "", row.reason, str(row.by)]
            for row in report.left_over
        ],
    )  # fmt: skip

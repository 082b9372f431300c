"""What a person sees of an import before and after it: counts, mistakes, doubles and the first right lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from customers.doubles import WHATS
from customers.files.columns import COLUMNS, SENTENCES
from customers.models import Customer, Import, ImportRow

PAGE = 50
HEADERS = {column.key: column.header for column in COLUMNS}
SHOWN = {
    "wrong": _("Wrong"),
    "double": _("Perhaps on the record already"),
    "right": _("Right"),
    "done": _("On the record"),
    "left": _("Left out"),
}


@dataclass(frozen=True)
class Preview:
    """An import, how many of its lines are in which state, and fifty lines of one state."""

    source: Import
    counts: dict[str, int]
    wanted: int
    state: str
    page: Page[ImportRow]

    @classmethod
    def of(cls, source: Import, *, state: str, page: str | None) -> Preview:
        """In four queries at most. Without a state that has lines: the mistakes first, then doubles, then the rest."""
        rows = source.rows.order_by()
        counted = {
            (each, wanted): count
            for each, wanted, count in rows.values_list("state", "is_wanted").annotate(Count("pk"))
        }
        counts = {each: sum(n for (of, _wanted), n in counted.items() if of == each) for each in SHOWN}
        state = state if counts.get(state) else next((each for each in SHOWN if counts[each]), "right")
        paginator = Paginator(source.rows.filter(state=state).select_related("customer").order_by("line"), PAGE)
        paginator.count = counts[state]
        shown = paginator.get_page(page)
        shown.object_list = _told(list(shown.object_list))
        return cls(source, counts, counted.get(("double", True), 0), state, shown)

    @property
    def tabs(self) -> list[tuple[str, object, int]]:
        return [(state, word, self.counts[state]) for state, word in SHOWN.items() if self.counts[state]]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def to_put(self) -> int:
        """How many customers the key puts on the record."""
        return self.counts["right"] + self.wanted

    @property
    def put(self) -> int:
        return self.counts["done"] + self.counts["left"]

    @property
    def share(self) -> int:
        """Percent of the wanted lines that are through."""
        return round(100 * self.put / (self.put + self.to_put)) if self.put + self.to_put else 0


def _told(rows: list[ImportRow]) -> list[ImportRow]:
    """With a sentence for each mistake, and for each double the record or line that it may be; in one query."""
    numbers = {number for row in rows for _what, number, _line in row.doubles if number is not None}
    people = {customer.number: customer for customer in Customer.objects.filter(number__in=numbers)} if numbers else {}
    for row in rows:
        for key in ("name", "phone", "address"):
            setattr(row, key, row.cells.get(HEADERS[key], ""))
        row.told = [(header, row.cells.get(header, ""), SENTENCES[code]) for header, code in row.mistakes]  # type: ignore[attr-defined]
        row.same = [(WHATS[what], people.get(number), line) for what, number, line in row.doubles]  # type: ignore[attr-defined]
    return rows

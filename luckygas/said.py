"""A sentence kept as its English words and what fills them in, and spoken in the language of whoever reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from luckygas.templatetags.luckygas_format import roc_date, short_date

DAY = "short_day"  # how a day without its year is kept among what fills a sentence in

type Words = str | Promise  # a sentence of ours, or a person's own words


@dataclass(frozen=True, eq=False)
class Said(Promise):
    """`text` is a msgid with %(name)s places; threads make it, other people's browsers read it.

    Imported as `_` it stands where Django's gettext_lazy does, and its `%` is as lazy. What fills it in is kept as JSON
    has it: numbers, words, days as ISO 8601 in `…_on`; days, labels and other sentences are spoken with it,
    lists one after the other, and anything else is kept by its name.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = gettext(self.text)
        if not self.values:
            return words
        return words % {name: _written(value) for name, value in spoken(self.stored["values"]).items()}

    def __eq__(self, other: object) -> bool:
        return self.stored == other.stored if isinstance(other, Said) else str(self) == other

    def __hash__(self) -> int:
        return hash(str(self))

    def __contains__(self, part: str) -> bool:
        return part in str(self)

    def __mod__(self, values: Mapping[str, Any]) -> Said:
        return Said(self.text, values)

    @property
    def stored(self) -> dict[str, Any]:
        return {"said": self.text, "values": {name: kept(value) for name, value in self.values.items()}}

    @classmethod
    def of(cls, label: Promise | str) -> Said:
        """What a label says that is translated when it is shown."""
        if isinstance(label, Said):
            return label
        with override(None):
            return cls(str(label))


class SaidField(models.JSONField):
    """Keeps a `Said` or a label, or a person's own words as they are."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Said | str | None:
        found = super().from_db_value(value, expression, connection)
        return Said(found["said"], found["values"]) if isinstance(found, dict) else found

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(kept(value), connection, prepared)


def spoken(facts: Any) -> Any:
    """Facts with every sentence in the reader's language, and moments and days as such: `…_at`, `…_on`."""
    if isinstance(facts, Mapping):
        if facts.keys() == {"said", "values"}:
            return str(Said(facts["said"], facts["values"]))
        if facts.keys() == {DAY}:
            return short_date(dt.date.fromisoformat(facts[DAY]))
        return {name: _moment(name, value) or spoken(value) for name, value in facts.items()}
    return [spoken(each) for each in facts] if isinstance(facts, list) else facts


def _moment(name: str, value: Any) -> dt.date | None:
    if isinstance(value, str) and value:
        if name.endswith("_at"):
            return dt.datetime.fromisoformat(value)
        if name.endswith("_on"):
            return dt.date.fromisoformat(value)
    return None


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return gettext(", ").join(str(_written(each)) for each in value)
    return roc_date(value) if isinstance(value, dt.date) else value


def kept(value: Any) -> Any:
    """As JSON has it: what is spoken as `stored`, and what is no JSON by its name."""
    if isinstance(value, Promise):
        return Said.of(value).stored
    if isinstance(value, list):
        return [kept(each) for each in value]
    if isinstance(value, dt.date):
        return {DAY: value.isoformat()}
    return value if isinstance(value, str | int | float | dict | None) else str(value)

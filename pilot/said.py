"""A sentence kept as its English words and what fills them in, and spoken in the language of whoever reads it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from luckygas.templatetags.luckygas_format import roc_date


@dataclass(frozen=True)
class Said:
    """`text` is a msgid with %(name)s places; threads make it, other people's browsers read it.

    What fills them in is as JSON keeps it: numbers, words, other sentences as `stored`, days as ISO 8601 in `…_on`.
    """

    text: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = gettext(self.text)
        return words % {name: _written(value) for name, value in spoken(self.values).items()} if self.values else words

    @property
    def stored(self) -> dict[str, Any]:
        return {"said": self.text, "values": self.values}

    @classmethod
    def of(cls, label: Promise | str) -> Said:
        """What a label says that is translated when it is shown."""
        with override(None):
            return cls(str(label))


class SaidField(models.JSONField):
    """Keeps a `Said`, or a person's own words as they are."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Said | str | None:
        kept = super().from_db_value(value, expression, connection)
        return Said(kept["said"], kept["values"]) if isinstance(kept, dict) else kept

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(value.stored if isinstance(value, Said) else value, connection, prepared)


def spoken(facts: Any) -> Any:
    """Facts with every sentence in the reader's language, and moments and days as such: `…_at`, `…_on`."""
    if isinstance(facts, dict):
        if facts.keys() == {"said", "values"}:
            return str(Said(facts["said"], facts["values"]))
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
    return roc_date(value) if isinstance(value, dt.date) else value

"""A sentence kept as its English words and what fills them in, and spoken in the language of whoever reads it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Said:
    """`text` is a msgid with %(name)s places; threads make it, other people's browsers read it."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.text) % self.values if self.values else gettext(self.text)

    @property
    def stored(self) -> dict[str, Any]:
        return {"said": self.text, "values": self.values}


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

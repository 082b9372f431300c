"""The ways in which orders come, as charts tell them apart: the three that matter, and all others together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from django.utils.translation import pgettext_lazy

from luckygas.charts import Series
from orders.models import Order

LOOKS: dict[str, str] = {Order.Channel.PHONE: "phone", Order.Channel.WEB: "web", Order.Channel.STANDING: "standing"}
WORDS = (
    ("phone", pgettext_lazy("channel", "phone")),
    ("web", pgettext_lazy("channel", "web")),
    ("standing", pgettext_lazy("channel", "standing")),
    ("other", pgettext_lazy("channel", "others")),
)


def look_of(channel: str) -> str:
    return LOOKS.get(channel, "other")


def series[Where: Hashable](counts: Mapping[tuple[str, Where], int], places: Sequence[Where]) -> list[Series]:
    """What each way brought at each place, from counts by look and place."""
    return [Series(look, str(word), [counts.get((look, place), 0) for place in places]) for look, word in WORDS]

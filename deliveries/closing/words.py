"""The words of a day's report, the same on the screen, on paper and in the file."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from deliveries.models import Variance


def money_words(money: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each sum of the day with what it is, in the order in which they add up."""
    words = {
        "gas": _("Gas sold"),
        "deposits": _("Deposits taken"),
        "residual": _("Gas left, credited"),
        "cash": _("Received in cash"),
        "bank": _("Received by transfer and cheque"),
        "account": _("Left on account"),
        "adjusted": _("Carried over and adjusted"),
    }
    return [(word, money[key]) for key, word in words.items() if money[key] or key != "adjusted"]


def what_of(variance: Variance) -> str:
    """Cash, or which cylinders: `20 公斤・空瓶`."""
    if variance.product is None:
        return _("cash")
    return f"{variance.product}・{variance.get_state_display()}"

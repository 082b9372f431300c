"""A sentence says the same before it is kept and after, in the language of whoever reads it."""

import datetime as dt

import pytest
from django.utils import translation

from luckygas.said import Said, kept, spoken
from orders.models import Order

_ = Said
IS = _("Order %(number)s is %(state)s; that is not possible now.")
LOST = _("%(name)s's phone never sent its reports %(lost)s. Ask what they were.")


def in_both(said):
    with translation.override("zh-hant"):
        chinese = str(said)
    with translation.override("en"):
        return chinese, str(said)


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (IS % {"number": "7", "state": Order.State.CANCELLED.label}, "已取消", "cancelled"),
        (LOST % {"name": "阿德", "lost": [3, 4, "…"]}, "3、4、…", "3, 4, …"),
        (_("%(day)s has passed.") % {"day": dt.date(2026, 11, 24)}, "11/24（二）", "24 Nov (Tue)"),
        (
            _("%(why)s %(instead)s") % {"why": _("Paused."), "instead": "!"},
            "暫停。 !",
            "Paused. !",
        ),
    ],
)
def test_what_fills_it_in_is_spoken_with_it_before_and_after_it_is_kept(said, chinese, english):
    for each in (said, spoken_from(said)):
        in_chinese, in_english = in_both(each)
        assert chinese in in_chinese
        assert english in in_english
    assert said == spoken_from(said)


def spoken_from(said):
    """As it comes back from the database."""
    return Said(said.stored["said"], said.stored["values"])


def test_what_a_person_wrote_is_kept_and_read_as_it_is():
    assert kept("cancelled") == "cancelled"
    assert in_both(spoken(kept("cancelled"))) == ("cancelled", "cancelled")


def test_a_percent_sign_in_a_name_is_nothing_to_fill_in():
    assert in_both(IS % {"number": "100%(x)s", "state": "%"})[1] == "Order 100%(x)s is %; that is not possible now."

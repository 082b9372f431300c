"""Numbers, days, phones and cylinders as the screen writes them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import engines
from django.utils.translation import override

from luckygas.templatetags import luckygas_format as form

TUESDAY = date(2026, 11, 24)
LATE_IN_LONDON = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # already Tuesday, 01:30, in Taipei


def rendered(text: str, **context: object) -> str:
    return " ".join(engines["django"].from_string(text).render(context).split())


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "0"), (820, "820"), (1640, "1,640"), (-1000, "-1,000"), (Decimal("19040"), "19,040"), (None, ""), ("", "")],
)
def test_money_has_commas_and_no_sign(amount, written):
    assert form.money(amount) == written


@pytest.mark.parametrize(
    ("weight", "written"),
    [(Decimal("20.00"), "20 公斤"), (Decimal("16.50"), "16.5 公斤"), (1500, "1,500 公斤"), (None, "")],
)
def test_kg_has_no_trailing_zeros(weight, written):
    with override("zh-hant"):
        assert form.kg(weight) == written


@pytest.mark.parametrize(
    ("amount", "spoken"),
    [
        (0, "零元"),
        (2, "兩元"),
        (10, "十元"),
        (15, "十五元"),
        (22, "二十二元"),
        (200, "兩百元"),
        (215, "兩百一十五元"),
        (820, "八百二十元"),
        (1005, "一千零五元"),
        (1015, "一千零一十五元"),
        (1640, "一千六百四十元"),
        (2330, "兩千三百三十元"),
        (10_015, "一萬零一十五元"),
        (20_000, "兩萬元"),
        (20_500, "兩萬零五百元"),
        (22_222, "兩萬兩千兩百二十二元"),
        (120_000, "十二萬元"),
    ],
)
def test_spoken_money_is_what_a_clerk_says(amount, spoken):
    with override("zh-hant"):
        assert form.spoken_money(amount) == spoken


def test_spoken_money_is_digits_in_english():
    with override("en"):
        assert form.spoken_money(2330) == "NT$2,330"


@pytest.mark.parametrize(("day", "language", "written"), [
    (TUESDAY, "zh-hant", "115/11/24（二）"),
    (TUESDAY, "en", "24 Nov 2026 (Tue)"),
    (date(2026, 8, 2), "zh-hant", "115/08/02（日）"),
    (date(2026, 8, 2), "en", "2 Aug 2026 (Sun)"),
    (LATE_IN_LONDON, "zh-hant", "115/11/24（二）"),
    (None, "zh-hant", ""),
])  # fmt: skip
def test_roc_date_is_the_day_in_taipei(day, language, written):
    with override(language):
        assert form.roc_date(day) == written


def test_short_date_leaves_the_year_out():
    with override("zh-hant"):
        assert form.short_date(TUESDAY) == "11/24（二）"
    with override("en"):
        assert form.short_date(TUESDAY) == "24 Nov (Tue)"


def test_stamp_date_has_dots():
    with override("zh-hant"):
        assert form.stamp_date(TUESDAY) == "115.11.24"


@pytest.mark.parametrize(("moment", "written"), [(LATE_IN_LONDON, "01:30"), (time(14, 5), "14:05"), (None, "")])
def test_clock_is_24_hours_in_taipei(moment, written):
    assert form.clock(moment) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+886900000123", "0900-000-123"),
        ("+88689000210", "089-000-210"),
        ("+886223456789", "02-2345-6789"),
        ("+85221234567", "+852 2123 4567"),
        ("ask for Fen", "ask for Fen"),
        ("", ""),
    ],
)
def test_phone_is_written_as_in_taiwan(number, written):
    assert form.phone(number) == written


class Bottle(SimpleNamespace):
    """A product as far as the formats know it."""

    def __str__(self) -> str:
        return self.name


TWENTY = Bottle(name="20 公斤", size=20, family="plain")
PROPANE = Bottle(name="丙烷 20", size=20, family="propane")
METER = Bottle(name="流量 20", size=20, family="metered")
PILL = Bottle(name="幸福丸", size=4, family="branded")


@pytest.mark.parametrize(
    ("product", "look", "name"),
    [
        (TWENTY, "20", "20"),
        (PROPANE, "propane", "營20"),
        (METER, "metered", "流量20"),
        (PILL, "branded", "幸福丸"),
        ("16", "16", "16"),
        (4, "4", "4"),
        ("empty", "empty", "空"),
    ],
)
def test_a_cylinder_is_known_by_its_shoulder_and_its_name(product, look, name):
    with override("zh-hant"):
        assert (form.load_class(product), form.load_name(product)) == (look, name)


def test_icon_is_silent_beside_its_word_and_speaks_alone():
    assert rendered('{% icon "truck" %}').startswith(
        '<svg class="icon" aria-hidden="true"><use href="/static/img/icons'
    )
    assert 'role="img" aria-label="&lt;Call&gt;"' in rendered("{% icon 'phone' label=word %}", word="<Call>")


def test_cyl_is_hatched_for_propane_and_dashed_when_empty():
    assert '#cyl-propane"/></svg><b>20</b>' in rendered("{% cyl p %}", p=PROPANE)
    assert '#cyl-empty"/></svg><b>20</b>' in rendered("{% cyl p empty=True %}", p=PROPANE)
    assert 'data-class="20" data-size="s"' in rendered('{% cyl "20" size="s" %}')


def test_load_says_propane_in_a_word():
    with override("zh-hant"):
        assert rendered("{% load_of p 2 %}", p=PROPANE) == ('<span class="load" data-class="propane">營20×2</span>')
        assert rendered('{% load_of "empty" 3 %}') == '<span class="load" data-class="empty">空×3</span>'


def test_many_chips_are_written_as_one_is():
    many = rendered("{% chips loads %}", loads=[("20", "20", "2"), ("propane", "營20", "1"), ("branded", "<b>", "1")])

    assert many == (
        '<span class="load" data-class="20">20×2</span> <span class="load" data-class="propane">營20×1</span> '
        '<span class="load" data-class="branded">&lt;b&gt;×1</span>'
    )
    assert many.startswith(rendered('{% load_of "20" 2 %}').strip().splitlines()[-1])

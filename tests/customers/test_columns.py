"""The office's own table: what a cell means, what is wrong with it, and that what is written can be read again."""

import pytest

from customers.files.columns import BY_HEADER, COLUMNS, SENTENCES, guarded, kept, understood

AREAS = {"瑞": "瑞", "瑞光": "瑞"}
LINE = {"名稱": "範例麵店", "電話": "0900-000-001"}


def read(**cells):
    return understood(LINE | cells, AREAS)


def test_a_line_with_a_name_and_a_phone_is_enough():
    facts, mistakes = read()

    assert (facts["name"], facts["phone"], mistakes) == ("範例麵店", ["0900-000-001"], [])


def test_full_width_is_read_as_half_width():
    facts, mistakes = read(電話="０９００－０００－００１", 統一編號="１２３４５６７６", 名稱="Ｃａｆé　一號")

    assert (facts["phone"], facts["tax_id"], facts["name"], mistakes) == (
        ["0900-000-001"],
        "12345676",
        "Café 一號",
        [],
    )


@pytest.mark.parametrize(
    ("header", "cell", "key", "fact"),
    [
        ("類別", "店家", "kind", "commercial"),
        ("類別", "", "kind", "household"),
        ("其他電話", "089-000-210#12；0900000002", "phones", ["089-000-210#12", "0900000002"]),
        ("配送時段", "8-9、19:00–20:00", "hours", 0b100000000001),
        ("配送時段", "", "hours", 0xFFF),
        ("公休日", "週三、日、國定假日", "closed", {"closed_weekdays": [3, 7], "closed_on_holidays": True}),
        ("公休日", "", "closed", {"closed_weekdays": [], "closed_on_holidays": False}),
        ("車輛", "機車", "vehicle", 2),
        ("結帳方式", "月結", "settlement", "monthly"),
        ("流量計價", "V", "is_metered", True),
        ("流量計價", "", "is_metered", False),
        ("信用額度", "30,000", "credit_limit_twd", 30000),
        ("信用額度", "", "credit_limit_twd", None),
        ("舊系統編號", "0000217", "legacy_code", "0000217"),
        ("備註", "'=1+1", "note", "=1+1"),
        ("備註", "'早上", "note", "'早上"),
    ],
)
def test_a_cell_is_understood(header, cell, key, fact):
    facts, mistakes = read(**{header: cell})

    assert (facts[key], mistakes) == (fact, [])


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("名稱", "", "empty"),
        ("名稱", "長" * 81, "too_long"),
        ("電話", "", "empty"),
        ("電話", "900000001", "bad_phone"),
        ("其他電話", "0900000001；12", "bad_phone"),
        ("類別", "機器人", "bad_word"),
        ("區域", "火星", "unknown_area"),
        ("配送時段", "7-9", "bad_hours"),
        ("配送時段", "12-10", "bad_hours"),
        ("配送時段", "早上", "bad_hours"),
        ("公休日", "八", "bad_days"),
        ("統一編號", "12345678", "bad_tax_id"),
        ("信用額度", "很多", "bad_number"),
        ("信用額度", "-5", "bad_number"),
        ("備註", "\udca1", "bad_characters"),
        ("備註", "\ue000", "bad_characters"),
        ("備註", "=HYPERLINK()", "formula"),
    ],
)
def test_a_cell_that_cannot_be_understood_says_why(header, cell, code):
    _facts, mistakes = read(**{header: cell})

    assert mistakes == [[header, code]]
    assert str(SENTENCES[code])


def test_every_mistake_of_a_line_is_named():
    _facts, mistakes = read(名稱="", 電話="1", 地址="臺東市測試路 1 號", 統一編號="1")

    assert mistakes == [
        ["名稱", "empty"],
        ["電話", "bad_phone"],
        ["統一編號", "bad_tax_id"],
        ["區域", "no_area"],
    ]


def test_what_only_the_export_writes_is_not_read():
    facts, mistakes = read(欠款="=1+1", 階段="live", 押金="x")

    assert (set(facts), mistakes) == ({"name", "phone"}, [])


@pytest.mark.parametrize("sign", "=+-@\t\r")
def test_a_sign_that_begins_a_formula_is_guarded(sign):
    assert guarded(f"{sign}1") == f"'{sign}1"


def test_other_cells_are_left_alone():
    assert [guarded(cell) for cell in ("0900-000-001", "a=b", "")] == ["0900-000-001", "a=b", ""]


def test_a_byte_that_is_no_character_stays_visible():
    assert kept("早\udca1\x00餐") == "早\\xA1\\x00餐"


def test_no_two_columns_share_a_header_or_a_key():
    assert len(BY_HEADER) == len({column.key for column in COLUMNS}) == len(COLUMNS)

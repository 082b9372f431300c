"""Files as people save them: CSV in two encodings and XLSX, also broken ones and bombs."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from customers.files.sheets import MOST_BYTES, lines_of
from luckygas.errors import Refused

TABLE = "名稱,電話\r\n小吃店,0900-000-001\r\n\r\n林太太,\r\n"
LINES = [(1, ["名稱", "電話"]), (2, ["小吃店", "0900-000-001"]), (4, ["林太太", ""])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_csv_is_read_in_each_encoding(encoding):
    assert list(lines_of(TABLE.encode(encoding), "x.csv")) == LINES


def test_a_cell_may_have_several_lines_and_commas():
    assert list(lines_of('名稱,備註\n一,"二,\n三"\n'.encode(), "x.csv"))[1] == (2, ["一", "二,\n三"])


def test_a_byte_that_is_no_big5_is_kept_where_it_stood():
    content = "名稱\n早".encode("cp950") + b"\xff\n" + "晚\n".encode("cp950")

    assert [cells[0] for _line, cells in lines_of(content, "x.csv")] == ["名稱", "早\udcff", "晚"]


def xlsx(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_xlsx_is_read_as_people_see_it():
    shop, nobody, home = ["小吃店", "0900-000-001", 30000.0, True], [None], ["林太太", 89.5, 7, False]
    content = xlsx(["名稱", "電話", "額度", "流量"], shop, nobody, home)

    assert list(lines_of(content, "x.xlsx")) == [
        (1, ["名稱", "電話", "額度", "流量"]),
        (2, ["小吃店", "0900-000-001", "30000", "V"]),
        (4, ["林太太", "89.5", "7"]),
    ]


def test_a_formula_stays_a_formula():
    assert list(lines_of(xlsx(["名稱"], ["=1+1"]), "x.xlsx"))[1] == (2, ["=1+1"])


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"0" * (MOST_BYTES + 1), "too_large"),
        (b"PK\x03\x04 not a zip", "broken"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "other_kind"),
        (b'name\n"open', "broken"),
        (b"a," * 101, "too_large"),
        (b"a\n" * 50_001, "too_large"),
    ],
    ids=["10 MB", "no zip", "picture", "cut off", "wide", "long"],
)
def test_what_is_no_table_is_refused(content, code):
    with pytest.raises(Refused) as refused:
        list(lines_of(content, "x"))

    assert refused.value.code == code


def test_a_zip_that_unpacks_without_end_is_refused():
    with pytest.raises(Refused) as refused:
        list(lines_of(bomb(), "x.xlsx"))

    assert refused.value.code == "too_large"


def test_a_zip_without_a_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("hello.txt", "x")

    with pytest.raises(Refused) as refused:
        list(lines_of(file.getvalue(), "x.xlsx"))

    assert refused.value.code == "broken"

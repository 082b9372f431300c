"""Customers in a file: the columns of the office's own table, line by line, with nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from customers.files.columns import COLUMNS, Card, guarded
from customers.models import Customer
from customers.querysets import CustomerQuerySet

AT_ONCE = 1000
INSTEAD = "□"
MOST_SHOWN = 200
Cells = list[str | int]


@dataclass(frozen=True)
class Unwritable:
    """A cell that Big5 cannot hold: whose, in which column, and the characters."""

    customer: Customer
    header: str
    letters: str


def rows(found: CustomerQuerySet) -> Iterator[tuple[Customer, Cells]]:
    """Each customer with their cells, a thousand at a time."""
    for customer in found.for_list().iterator(chunk_size=AT_ONCE):
        card = Card.of(customer)
        cells = [column.write(card) for column in COLUMNS]
        yield customer, [guarded(cell) if isinstance(cell, str) else cell for cell in cells]


def headers() -> Cells:
    return [column.header for column in COLUMNS]


def csv_lines(found: CustomerQuerySet, *, encoding: str) -> Iterator[bytes]:
    """The file in pieces. UTF-8 begins with its mark, so that Excel knows; Big5 gets □ for what it does not have."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf" if encoding == "utf-8" else b""
    writer.writerow(headers())
    for _customer, cells in rows(found):
        writer.writerow(cells)
        if line.tell() > 64_000:
            yield encoded(_taken(line), encoding)
    yield encoded(_taken(line), encoding)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(letter if _is_big5(letter) else INSTEAD for letter in text).encode(encoding)


def unwritable(found: CustomerQuerySet) -> list[Unwritable]:
    """The first 200 cells that Big5 (cp950) cannot hold."""
    lost = []
    for customer, cells in rows(found):
        for column, cell in zip(COLUMNS, cells, strict=True):
            letters = "".join(letter for letter in str(cell) if not _is_big5(letter))
            if letters:
                lost.append(Unwritable(customer, column.header, letters))
        if len(lost) >= MOST_SHOWN:
            break
    return lost


def _is_big5(text: str) -> bool:
    try:
        text.encode("cp950")
    except UnicodeEncodeError:
        return False
    return True


def workbook(found: CustomerQuerySet) -> IO[bytes]:
    """An XLSX file, written row by row into a temporary file and rewound."""
    from openpyxl import Workbook  # here, since reading its 180 modules is a tenth of every process's start
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("customers")
    sheet.freeze_panes = "C2"
    sheet.append(headers())
    for _customer, cells in rows(found):
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in cells])
    file = TemporaryFile()  # noqa: SIM115  (the response closes it)
    book.save(file)
    file.seek(0)
    return file

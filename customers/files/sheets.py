"""Tables as people save them: CSV in UTF-8 or Big5, and XLSX; read line by line, refused with a sentence."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from luckygas.errors import Refused
from luckygas.said import Said as _

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024  # an XLSX is a ZIP: a small one can unpack without end
MOST_LINES = 50_000
MOST_COLUMNS = 100
Line = tuple[int, list[str]]


def lines_of(content: bytes, name: str) -> Iterator[Line]:
    """The lines of a file with their numbers, the first one with the headers; empty ones are left out.

    Raises Refused when it is no such file, or too large.
    """
    if len(content) > MOST_BYTES:
        raise Refused(_("The file is larger than 10 MB. Split it."), field="file", code="too_large")
    found = _xlsx(content) if content[:2] == b"PK" else _csv(content)
    for number, cells in found:
        if number > MOST_LINES:
            raise Refused(_("The file has more than 50,000 lines. Split it."), field="file", code="too_large")
        if len(cells) > MOST_COLUMNS:
            raise Refused(_("The file has more than 100 columns."), field="file", code="too_large")
        if any(cell.strip() for cell in cells):
            yield number, cells


def _csv(content: bytes) -> Iterator[Line]:
    """UTF-8 when it is that, else Big5 as Windows writes it (cp950). Bytes that are no character stay visible."""
    if b"\x00" in content[:4096]:
        raise Refused(_("This is neither a CSV nor an XLSX file."), field="file", code="other_kind")
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        is_utf8 = content.startswith(b"\xef\xbb\xbf")
        said = content.decode("utf-8-sig" if is_utf8 else "cp950", errors="surrogateescape")
    csv.field_size_limit(100_000)
    try:
        yield from enumerate(csv.reader(io.StringIO(said, newline=""), strict=True), start=1)
    except csv.Error:
        raise Refused(_("The file breaks off in the middle of a cell."), field="file", code="broken") from None


def _xlsx(content: bytes) -> Iterator[Line]:
    """The first sheet, row by row; the file is never unpacked as a whole."""
    from openpyxl import load_workbook  # here, as in export.py
    from openpyxl.utils.exceptions import InvalidFileException

    broken = Refused(_("This XLSX file cannot be opened. Save it once more."), field="file", code="broken")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise Refused(_("The file is larger than 10 MB. Split it."), field="file", code="too_large")
        sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        sheet.reset_dimensions()  # a sheet may say that it is 16,384 columns wide
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield number, _without_end([_said(cell) for cell in row])
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, SyntaxError) as error:
        raise broken from error


def _said(cell: Any) -> str:
    """A cell as a person reads it; a formula as it is written: its value may be of another day."""
    value = cell.value
    if cell.data_type == "f":
        return f"={str(getattr(value, 'text', value)).removeprefix('=')}"
    if isinstance(value, bool):
        return "V" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return "" if value is None else str(value)


def _without_end(cells: list[str]) -> list[str]:
    """Without the empty cells behind the last one that was written."""
    while cells and not cells[-1]:
        cells.pop()
    return cells

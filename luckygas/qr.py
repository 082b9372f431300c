"""A QR code as the path of an SVG: one stroke a run of dark squares, no picture file and no script."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

MASK = 3  # any is valid; trying all eight costs ten times as long, and a route prints thirty


@dataclass(frozen=True)
class Code:
    """`size` squares wide and high; `path` is drawn with a stroke of one."""

    size: int
    path: str

    @classmethod
    def of(cls, text: str) -> Code:
        code = QRCode(border=0, error_correction=ERROR_CORRECT_M, mask_pattern=MASK)
        code.add_data(text)
        code.make()
        rows = code.get_matrix()
        return cls(len(rows), "".join(_row(number, row) for number, row in enumerate(rows)))


def _row(number: int, row: list[bool]) -> str:
    """`M0 3.5h7m1 0h2`: the dark runs of one row."""
    path = f"M0 {number}.5"
    for is_dark, squares in groupby(row):
        length = len(list(squares))
        path += f"h{length}" if is_dark else f"m{length} 0"
    return path

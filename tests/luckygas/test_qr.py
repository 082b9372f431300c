"""A QR code as a path: drawn again it is the code itself."""

import re

import pytest
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from luckygas.qr import MASK, Code

LINK = "https://order.example.tw/track/abcdefghijklmnopqrstuv/"


def drawn(code: Code) -> list[list[bool]]:
    """What a browser strokes: each row's runs, dark for h and white for m."""
    squares = [[False] * code.size for _ in range(code.size)]
    for row, runs in re.findall(r"M0 (\d+)\.5((?:h\d+|m\d+ 0)*)", code.path):
        at = 0
        for kind, length in re.findall(r"([hm])(\d+)", runs):
            for square in range(at, at + int(length)):
                squares[int(row)][square] = kind == "h"
            at += int(length)
    return squares


@pytest.mark.parametrize("text", [LINK, "1", "送貨單"])
def test_the_path_draws_the_code(text):
    code = QRCode(border=0, error_correction=ERROR_CORRECT_M, mask_pattern=MASK)
    code.add_data(text)
    code.make()

    assert drawn(Code.of(text)) == code.get_matrix()


def test_three_corners_carry_the_eye_that_scanners_look_for():
    squares = drawn(Code.of(LINK))
    eye = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]

    corners = [
        ["".join("01"[dark] for dark in row[across]) for row in squares[down]]
        for down, across in (
            (slice(0, 7), slice(0, 7)),
            (slice(0, 7), slice(-7, None)),
            (slice(-7, None), slice(0, 7)),
        )
    ]

    assert corners == [eye, eye, eye]

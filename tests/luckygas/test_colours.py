"""Colours in hex are those of the stylesheet."""

import math
import re

from django.conf import settings

from luckygas import colours


def test_the_colours_without_a_stylesheet_are_those_of_the_tokens():
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    written = {name: colour_of(tokens, name) for name in ("board", "ground", "paper")}

    assert written == {"board": colours.BOARD, "ground": colours.GROUND, "paper": colours.PAPER}


def colour_of(css: str, name: str) -> str:
    """A token's OKLCH colour as sRGB hex (Ottosson's matrices)."""
    found = re.search(rf"--{name}: oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", css)
    assert found
    lightness, chroma, hue = map(float, found.groups())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, medium, short = (
        (lightness + ka * a + kb * b) ** 3
        for ka, kb in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    curved = (12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055 for x in linear)
    return "#" + "".join(f"{round(255 * min(max(x, 0), 1)):02x}" for x in curved)

"""Draws the PNG icons of the home screen from static/img/logo.svg. Run it when the logo changes; the result is kept."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image, ImageDraw

BOARD, PAPER = "#0b4f96", "#fdfefe"  # the shop's signboard; the same two as tokens.css
WIDTH, HEIGHT = 40, 48  # the logo's viewBox
FINE = 8  # drawn larger, then made smaller: Pillow's polygons have no soft edge
# A launcher may cut a maskable icon to the inner circle of 80 %; the mark's corner must stay inside it.
ICONS = {"icon-192.png": (192, 0.62), "icon-512.png": (512, 0.62), "icon-maskable-512.png": (512, 0.5)}

Point = tuple[float, float]


def outlines(path: str) -> list[list[Point]]:
    """The closed outlines of an SVG path of M, m, H, h, V, v, C, c and Z; curves as 24 straight pieces."""
    shapes: list[list[Point]] = []
    x = y = 0.0
    for command, text in re.findall(r"([MmHhVvCcZz])([^MmHhVvCcZz]*)", path):
        numbers = [float(n) for n in re.findall(r"-?\d*\.?\d+", text)]
        bx, by = (x, y) if command.islower() else (0.0, 0.0)
        match command.lower():
            case "m":
                x, y = bx + numbers[0], by + numbers[1]
                shapes.append([(x, y)])
            case "h":
                x = bx + numbers[-1]
            case "v":
                y = by + numbers[-1]
            case "c":
                for i in range(0, len(numbers), 6):
                    bx, by = (x, y) if command.islower() else (0.0, 0.0)
                    (x1, y1), (x2, y2), (x3, y3) = (
                        (bx + numbers[i + k], by + numbers[i + k + 1]) for k in (0, 2, 4)
                    )
                    for step in range(1, 25):
                        t, u = step / 24, 1 - step / 24
                        shapes[-1].append(
                            (
                                u**3 * x + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t**3 * x3,
                                u**3 * y + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t**3 * y3,
                            )
                        )
                    x, y = x3, y3
            case "z":
                x, y = shapes[-1][0]
        shapes[-1].append((x, y))
    return shapes


def draw(path: str, size: int, share: float) -> Image.Image:
    """The mark on the signboard; `share` of the height is the mark's."""
    big = size * FINE
    image = Image.new("RGB", (big, big), BOARD)
    scale = big * share / HEIGHT
    left, top = (big - WIDTH * scale) / 2, (big - HEIGHT * scale) / 2
    for colour, shape in zip((PAPER, BOARD), outlines(path), strict=True):  # the cylinder, then the flame cut out of it
        ImageDraw.Draw(image).polygon([(left + px * scale, top + py * scale) for px, py in shape], fill=colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)


class Command(BaseCommand):
    help = "Draw the PNG icons from the logo."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "img"
        path = re.findall(r'\sd="([^"]+)"', (folder / "logo.svg").read_text())[0]
        for name, (size, share) in ICONS.items():
            draw(path, size, share).save(folder / name, optimize=True)
            self.stdout.write(name)

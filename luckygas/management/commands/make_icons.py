"""Draws the PNG icons of the home screen from static/img/logo.svg. Run it when the logo changes; the result is kept."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image, ImageDraw

from luckygas.colours import BOARD, PAPER

WIDTH, HEIGHT = 40, 48  # the logo's viewBox
FINE = 8  # drawn larger, then made smaller: Pillow's polygons have no soft edge
# A launcher may cut a maskable icon to the inner circle of 80 %; the mark's corner must stay inside it.
ICONS = {"icon-192.png": (192, 0.62), "icon-512.png": (512, 0.62), "icon-maskable-512.png": (512, 0.5)}

Point = tuple[float, float]


def outlines(path: str) -> list[list[Point]]:
    """The closed outlines of an SVG path of M, H, V, C, S and Z, absolute or relative; curves as 24 straight pieces."""
    shapes: list[list[Point]] = []
    x = y = 0.0
    handle: Point = (0, 0)  # from the end of the last curve to its mirrored control point
    for command, text in re.findall(r"([MHVCSZmhvcsz])([^MHVCSZmhvcsz]*)", path):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+", text)]
        for i in range(0, max(len(numbers), 1), {"M": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Z": 1}[command.upper()]):
            bx, by = (x, y) if command.islower() else (0.0, 0.0)
            match command.upper():
                case "M":
                    x, y = bx + numbers[i], by + numbers[i + 1]
                    shapes.append([(x, y)])
                case "H":
                    x = bx + numbers[i]
                case "V":
                    y = by + numbers[i]
                case "Z":
                    x, y = shapes[-1][0]
                case curve:
                    points = [
                        (bx + numbers[k], by + numbers[k + 1]) for k in range(i, i + (6 if curve == "C" else 4), 2)
                    ]
                    first = points[0] if curve == "C" else (x + handle[0], y + handle[1])
                    (x2, y2), (x3, y3) = points[-2:]
                    for t in (step / 24 for step in range(1, 24)):
                        u = 1 - t
                        weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
                        corners = ((x, y), first, (x2, y2), (x3, y3))
                        shapes[-1].append(
                            (
                                sum(w * px for w, (px, _) in zip(weights, corners, strict=True)),
                                sum(w * py for w, (_, py) in zip(weights, corners, strict=True)),
                            )
                        )
                    handle, x, y = (x3 - x2, y3 - y2), x3, y3
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
    requires_system_checks = ()  # it only draws

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "img"
        path = re.findall(r'\sd="([^"]+)"', (folder / "logo.svg").read_text())[0]
        for name, (size, share) in ICONS.items():
            draw(path, size, share).save(folder / name, optimize=True)
            self.stdout.write(name)

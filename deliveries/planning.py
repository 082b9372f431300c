"""In which order to drive: a short tour through points, the same for the same points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, radians

Point = tuple[float, float]  # latitude and longitude in degrees

KM_A_DEGREE = 111.2
ROUNDS = 50  # 2-opt settles far earlier; a limit all the same


def km(start: Point, end: Point) -> float:
    """Straight kilometres between two points, flat: right within one county to a fraction of a percent."""
    shrink = cos(radians((start[0] + end[0]) / 2))
    return KM_A_DEGREE * hypot(start[0] - end[0], (start[1] - end[1]) * shrink)


def length(depot: Point, stops: Sequence[Point]) -> float:
    """Kilometres from the depot through the stops and back."""
    path = [depot, *stops, depot]
    return sum(km(a, b) for a, b in pairwise(path))


def tour(depot: Point, stops: Sequence[Point]) -> list[int]:
    """The indexes of `stops` in a short round trip: nearest neighbour first, then 2-opt until nothing crosses.

    Deterministic: of equally near stops the earlier one comes first.
    """
    points = [depot, *stops]
    far = [[km(a, b) for b in points] for a in points]
    path, left = [0], set(range(1, len(points)))
    while left:
        here = far[path[-1]]
        nearest = min(left, key=lambda n: (here[n], n))
        path.append(nearest)
        left.remove(nearest)
    path = _uncross([*path, 0], far)
    return [n - 1 for n in path[1:-1]]


def nearest_next(start: Point, stops: Sequence[Point]) -> list[int]:
    """The indexes of `stops`, each time the nearest one that is left; of equally near ones the earlier."""
    here, left, order = start, list(range(len(stops))), []
    while left:
        nearest = min(left, key=lambda n: (km(here, stops[n]), n))
        order.append(nearest)
        left.remove(nearest)
        here = stops[nearest]
    return order


def _uncross(path: list[int], far: list[list[float]]) -> list[int]:
    """2-opt: turn a stretch of the path around while that makes it shorter."""
    for _round in range(ROUNDS):
        better = False
        for i in range(1, len(path) - 2):
            for j in range(i + 1, len(path) - 1):
                before, first, last, after = path[i - 1], path[i], path[j], path[j + 1]
                if far[before][last] + far[first][after] < far[before][first] + far[last][after] - 1e-9:
                    path[i : j + 1] = reversed(path[i : j + 1])
                    better = True
        if not better:
            break
    return path

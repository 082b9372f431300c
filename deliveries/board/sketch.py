"""A line map without tiles: stops around the depot, far ones drawn nearer, so that town and coast fit one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import asinh, cos, hypot, radians
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from deliveries.planning import KM_A_DEGREE, Point

if TYPE_CHECKING:
    from deliveries.board.board import Lane
    from deliveries.board.visits import Visit
    from deliveries.models import Depot

WIDTH, HEIGHT, EDGE = 320, 560, 26  # units of the drawing; the edge keeps labels inside
SIGN_WIDTH, SIGN_HEIGHT = 40, 24  # a route's sign with its edge
TOWN_KM = 2.0  # within this distance of the depot the drawing is nearly to scale
Spot = tuple[float, float]
Drawn = tuple[str, str]  # a spot as SVG attributes: text, which templates do not format a thousand times


@dataclass(frozen=True)
class Track:
    """One route on the map."""

    code: str
    colour: str
    path: str
    halts: list[tuple[str, str, str, str]]  # where, its look, its title
    label: Drawn


@dataclass(frozen=True)
class Sketch:
    """What the template draws."""

    tracks: list[Track] = field(default_factory=list)
    places: list[tuple[str, str, str]] = field(default_factory=list)
    depot: Drawn = (f"{WIDTH / 2:g}", f"{HEIGHT / 2:g}")
    width: int = WIDTH
    height: int = HEIGHT
    unplaced: int = 0  # stops without a pin, drawn in the middle of their area

    @classmethod
    def of(cls, lanes: Sequence[Lane]) -> Sketch:
        """The map of these lanes; empty without any stop."""
        lanes = [lane for lane in lanes if lane.visits]
        if not lanes:
            return cls()
        depot = lanes[0].route.depot
        spots = {visit.facts.pk: _from(depot, _point(visit)) for lane in lanes for visit in lane.visits}
        lines = {visit.area for lane in lanes for visit in lane.visits if visit.area.kind == "line"}
        names = {area.name: _from(depot, (float(area.latitude), float(area.longitude))) for area in lines}
        fit = _fit([(0.0, 0.0), *spots.values(), *names.values()])
        return cls(
            tracks=_tracks(lanes, spots, fit),
            places=[(*drawn(fit(spot)), name) for name, spot in sorted(names.items())],
            depot=drawn(fit((0.0, 0.0))),
            unplaced=sum(1 for lane in lanes for visit in lane.visits if visit.facts.latitude is None),
        )


def _point(visit: Visit) -> Point:
    """The site's pin, or the middle of its area."""
    facts = visit.facts
    if facts.latitude is None or facts.longitude is None:
        return float(visit.area.latitude), float(visit.area.longitude)
    return float(facts.latitude), float(facts.longitude)


def _from(depot: Depot, point: Point) -> Spot:
    """East and south of the depot, with distances drawn together: 2 km stay 2, 40 become 7."""
    latitude = float(depot.latitude)
    east = (point[1] - float(depot.longitude)) * KM_A_DEGREE * cos(radians(latitude))
    south = (latitude - point[0]) * KM_A_DEGREE
    far = hypot(east, south)
    pull = TOWN_KM * asinh(far / TOWN_KM) / far if far else 1.0
    return east * pull, south * pull


def _fit(spots: list[Spot]):  # noqa: ANN202  (a function from a spot to units of the drawing)
    """Scale and shift so that all spots are inside the edges."""
    left, right = min(x for x, _y in spots), max(x for x, _y in spots)
    top, bottom = min(y for _x, y in spots), max(y for _x, y in spots)
    scale = min((WIDTH - 2 * EDGE) / max(right - left, 0.1), (HEIGHT - 2 * EDGE) / max(bottom - top, 0.1))
    shift_x = (WIDTH - (right - left) * scale) / 2 - left * scale
    shift_y = (HEIGHT - (bottom - top) * scale) / 2 - top * scale

    def fit(spot: Spot) -> Spot:
        return spot[0] * scale + shift_x, spot[1] * scale + shift_y

    return fit


def drawn(spot: Spot) -> Drawn:
    return SafeString(f"{spot[0]:.1f}"), SafeString(f"{spot[1]:.1f}")  # digits, which need not be looked through


def _tracks(lanes: Sequence[Lane], spots: dict[int, Spot], fit) -> list[Track]:  # noqa: ANN001
    tracks: list[Track] = []
    taken: list[Spot] = [fit((0.0, 0.0))]
    for lane in lanes:
        halts = [(fit(spots[visit.facts.pk]), visit) for visit in lane.visits]
        through = [fit((0.0, 0.0)), *(spot for spot, _visit in halts)]
        here = next((spot for spot, visit in halts if not visit.is_finished), through[-1])
        sign = _free(here, taken)
        taken.append(sign)
        path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in through)
        code = lane.route.code
        marks = [
            (*drawn(spot), _look(visit), f"{code} {visit.facts.position} {visit.facts.name}") for spot, visit in halts
        ]
        tracks.append(Track(code, str(lane.route.colour), path, marks, drawn(sign)))
    return tracks


def _look(visit: Visit) -> str:
    return {"failed": "halt-red", "late": "halt-red", "done": "halt-done"}.get(visit.look, "halt")


def _title(code: str, visit: Visit) -> str:
    return f"{code} {visit.facts.position} {visit.facts.name}"


def _free(here: Spot, taken: list[Spot]) -> Spot:
    """The place nearest to `here` for a sign that covers no other sign: tried in rings around it."""
    for far in range(1, 12):
        for east, south in ((0, -1), (1, 0), (-1, 0), (0, 1), (1, -1), (-1, 1), (1, 1), (-1, -1)):
            x = min(max(here[0] + east * far * SIGN_WIDTH / 2, EDGE), WIDTH - EDGE)
            y = min(max(here[1] + south * far * SIGN_HEIGHT, EDGE / 2), HEIGHT - EDGE / 2)
            if all(abs(x - other[0]) >= SIGN_WIDTH or abs(y - other[1]) >= SIGN_HEIGHT for other in taken):
                return x, y
    return here

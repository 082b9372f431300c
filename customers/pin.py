"""The map that a pin is moved on: an area drawn from the pins we know there, without tiles from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians

from customers.models import Area, Site

WIDTH = 640
MARGIN = 0.15  # of what is drawn, on each side
LEAST = 0.012  # degrees, about 1.3 km: an area with one known pin is no dot
MOST_NEIGHBOURS = 250
METRES_A_DEGREE = 111_320  # of latitude
SCALES = (("10 km", 10_000), ("2 km", 2_000), ("500 m", 500), ("100 m", 100))
Point = tuple[float, float]


@dataclass(frozen=True)
class PinMap:
    """A piece of the county in degrees, and what is drawn on it in pixels."""

    south: float
    west: float
    north: float
    east: float
    pin: Point | None
    neighbours: list[Point]
    names: list[tuple[str, float, float]]

    @classmethod
    def of(cls, area: Area | None, *, pin: tuple[float, float] | None, site: Site | None = None) -> PinMap:
        """The area with its pins (at most 250), or the whole county while no area is chosen; in one query."""
        if area:
            known = area.sites.active().exclude(latitude=None)
            others = known.exclude(pk=site.pk) if site and site.pk else known
            points = [place_of(other) for other in others[:MOST_NEIGHBOURS]]
            places = [(area.name, place_of(area))]
        else:
            points = []
            places = [(each.name, place_of(each)) for each in Area.objects.all()]
        edges = _edges([*points, *(point for _name, point in places), *([pin] if pin else [])])
        empty = cls(*edges, pin=None, neighbours=[], names=[])
        return cls(
            *edges,
            pin=empty.at(pin) if pin else None,
            neighbours=[empty.at(point) for point in points],
            names=[(name, *empty.at(point)) for name, point in places],
        )

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        """As high as it is in the world: a degree of longitude is shorter than one of latitude."""
        ratio = (self.north - self.south) / ((self.east - self.west) * cos(radians((self.north + self.south) / 2)))
        return round(WIDTH * min(max(ratio, 0.5), 1.2))

    @property
    def scale(self) -> tuple[str, float]:
        """How long a round distance is on the drawing, in pixels."""
        high = (self.north - self.south) * METRES_A_DEGREE
        word, metres = next((each for each in SCALES if each[1] < high / 3), SCALES[-1])
        return word, metres / high * self.height

    def at(self, point: Point) -> Point:
        """Where a latitude and longitude are on the drawing, from its upper left corner."""
        latitude, longitude = point
        x = (longitude - self.west) / (self.east - self.west) * self.width
        y = (self.north - latitude) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)


def place_of(what: Area | Site) -> Point:
    """Latitude and longitude of something that has them."""
    return float(what.latitude or 0), float(what.longitude or 0)


def _edges(points: list[Point]) -> tuple[float, float, float, float]:
    """South, west, north, east of a box that holds all of these with room around them."""
    latitudes, longitudes = [point[0] for point in points] or [22.75], [point[1] for point in points] or [121.15]
    high = max(max(latitudes) - min(latitudes), LEAST)
    wide = max(max(longitudes) - min(longitudes), LEAST)
    middle = (max(latitudes) + min(latitudes)) / 2, (max(longitudes) + min(longitudes)) / 2
    north, east = high * (0.5 + MARGIN), wide * (0.5 + MARGIN)
    return middle[0] - north, middle[1] - east, middle[0] + north, middle[1] + east

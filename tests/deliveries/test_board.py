"""A lane as it is drawn: load, what is next, what is late; and the map."""

import datetime as dt

import pytest
from django.utils import timezone

from deliveries.board.board import Board
from deliveries.models import Vehicle
from orders.models import Order
from tests.factories import AreaFactory, RouteFactory, SiteFactory, UserFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def by(db):
    return UserFactory()


def lane_of(route):
    return next(lane for lane in Board.of(route.day).lanes if lane.route == route)


def on_the_road(by, count=3, **more):
    route = RouteFactory(**more)
    for _ in range(count):
        route.add(placed(), by=by)
    route.publish(by=by)
    route.depart(by=by)
    return route


def test_the_first_open_stop_of_a_departed_route_is_next(by):
    route = on_the_road(by)
    route.stops.first().finish(by=by)

    assert [visit.look for visit in lane_of(route).visits] == ["done", "now", ""]


def test_where_the_driver_stands_is_next(by):
    route = on_the_road(by)
    route.stops.get(position=3).arrive(by=by)

    assert [visit.look for visit in lane_of(route).visits] == ["", "", "now"]


def test_nothing_is_next_before_departure(by):
    route = RouteFactory()
    route.add(placed(), by=by)

    assert [visit.look for visit in lane_of(route).visits] == [""]


def test_a_late_stop_says_by_how_much(by):
    route = on_the_road(by)
    order = route.stops.get(position=2).order
    ago = timezone.now() - dt.timedelta(minutes=12)
    Order.objects.filter(pk=order.pk).update(promised_from=ago - dt.timedelta(hours=1), promised_to=ago)

    visit = lane_of(route).visits[1]

    assert (visit.look, visit.late_minutes) == ("late", 12)
    assert visit.marks[0][0] == "failed"


def test_a_failed_stop_says_why(by):
    route = on_the_road(by)
    route.stops.first().fail(by=by, reason="not_home", next_step="call")

    (visit, *_rest) = lane_of(route).visits

    assert (visit.look, visit.marks) == ("failed", [("failed", "不在家")])


@pytest.mark.parametrize(("limit", "look", "over"), [(1500, "", 0), (140, "near", 0), (100, "over", 20)])
def test_the_bar_of_the_load(by, limit, look, over):
    route = RouteFactory()
    for _ in range(3):
        route.add(placed(), by=by)  # 40 kg each, steel included
    Vehicle.objects.filter(pk=route.vehicle_id).update(limit_kg=limit)

    lane = lane_of(route)

    assert (lane.kg, lane.look, lane.over_kg) == (120, look, over)


def test_the_map_draws_every_stop_inside_its_sheet(by):
    line = AreaFactory(code="成", name="成功線", kind="line", latitude="23.10000", longitude="121.37000")
    route = RouteFactory()
    for site in (
        SiteFactory(latitude="22.75600", longitude="121.14600"),
        SiteFactory(area=line, latitude="23.12000", longitude="121.38000"),
        SiteFactory(area=line),
    ):
        route.add(placed(wish(site)), by=by)

    sketch = Board.of(route.day).sketch

    (track,) = sketch.tracks
    assert len(track.halts) == 3
    assert all(0 <= float(x) <= sketch.width and 0 <= float(y) <= sketch.height for x, y, *_said in track.halts)
    assert float(track.halts[1][1]) < float(sketch.depot[1])  # north is up
    assert [name for _x, _y, name in sketch.places] == ["成功線"]
    assert sketch.unplaced == 1


def test_signs_on_the_map_cover_no_other_sign(by):
    for _ in range(8):
        route = RouteFactory()
        route.add(placed(wish(SiteFactory(latitude="22.76000", longitude="121.15000"))), by=by)

    tracks = Board.of(route.day).sketch.tracks

    labels = [tuple(float(number) for number in track.label) for track in tracks]
    pairs = [(a, b) for n, a in enumerate(labels) for b in labels[n + 1 :]]
    assert [pair for pair in pairs if abs(pair[0][0] - pair[1][0]) < 39 and abs(pair[0][1] - pair[1][1]) < 23] == []


def test_an_empty_day_has_an_empty_map():
    assert Board.of(timezone.localdate()).sketch.tracks == []

"""The order of a drive."""

import random
import time

import pytest

from deliveries.planning import km, length, tour

DEPOT = (22.755, 121.145)


def scattered(count: int, seed: int = 7) -> list[tuple[float, float]]:
    rnd = random.Random(seed)
    return [(22.755 + rnd.uniform(-0.2, 0.2), 121.145 + rnd.uniform(-0.1, 0.1)) for _ in range(count)]


def test_kilometres_are_those_of_the_map():
    assert km((22.75, 121.15), (22.85, 121.15)) == pytest.approx(11.1, abs=0.1)
    assert km((22.75, 121.15), (22.75, 121.25)) == pytest.approx(10.25, abs=0.1)


def test_nothing_to_order():
    assert tour(DEPOT, []) == []
    assert tour(DEPOT, [(22.8, 121.1)]) == [0]


def test_stops_on_one_road_are_driven_there_and_back_without_turning():
    road = [(22.755 + n / 100, 121.145) for n in (3, 1, 4, 2)]

    assert tour(DEPOT, road) == [1, 3, 0, 2]


def test_every_stop_is_visited_once():
    assert sorted(tour(DEPOT, scattered(60))) == list(range(60))


def test_the_same_stops_have_the_same_order():
    assert tour(DEPOT, scattered(40)) == tour(DEPOT, scattered(40))


def test_a_tour_of_a_square_has_no_crossing():
    corners = [(22.80, 121.10), (22.70, 121.20), (22.80, 121.20), (22.70, 121.10)]

    found = length(DEPOT, [corners[n] for n in tour(DEPOT, corners)])

    crossed = length(DEPOT, corners)
    assert found < crossed * 0.85


@pytest.mark.parametrize("seed", range(5))
def test_a_tour_is_far_shorter_than_the_order_of_arrival(seed):
    stops = scattered(50, seed)

    assert length(DEPOT, [stops[n] for n in tour(DEPOT, stops)]) < length(DEPOT, stops) * 0.4


def test_two_stops_at_one_door_are_both_visited():
    assert sorted(tour(DEPOT, [(22.8, 121.1)] * 3)) == [0, 1, 2]


def test_a_hundred_stops_take_less_than_five_seconds():
    started = time.process_time()

    tour(DEPOT, scattered(100))

    assert time.process_time() - started < 5

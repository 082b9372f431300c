"""Drawings of the day: what stands where."""

import datetime as dt

import pytest

from deliveries.charts import Bars, Curves, top_of

AT_TWO = dt.datetime(2026, 11, 24, 14, 0)


@pytest.mark.parametrize(("most", "top"), [(1, 3), (3, 3), (4, 6), (7, 9), (10, 15), (217, 300), (1000, 1500)])
def test_the_grid_ends_at_a_round_number_above_the_most(most, top):
    assert top_of(most) == top


def test_the_curve_adds_up_until_now():
    curves = Curves.of({8: 10, 9: 5, 13: 3}, {8: 6, 13: 4, 16: 10}, until=AT_TWO)

    assert (curves.done, curves.done_then, curves.last_total) == (18, 10, 20)
    assert curves.today.startswith("M34.0 176.0 L")
    assert curves.table[0] == ("10", 15, 6)
    assert curves.table[-1] == ("20", None, 20)


def test_what_was_delivered_before_opening_counts():
    curves = Curves.of({6: 2, 9: 1}, {}, until=AT_TWO)

    assert (curves.done, curves.table[0][1]) == (3, 3)


def test_what_came_after_closing_is_in_last_weeks_end():
    assert Curves.of({}, {9: 1, 21: 2}, until=AT_TWO).table[-1] == ("20", None, 3)


def test_half_an_hour_is_half_of_that_hours_deliveries():
    assert Curves.of({}, {14: 10}, until=AT_TWO.replace(minute=30)).done_then == 5


def test_no_last_week_is_said_so():
    curves = Curves.of({9: 1}, {}, until=AT_TWO)

    assert (curves.has_last_week, curves.table[0]) == (False, ("10", 1, None))


@pytest.mark.parametrize("hour", [0, 7, 20, 23])
def test_outside_opening_hours_the_drawing_stays_in_its_field(hour):
    curves = Curves.of({9: 4}, {9: 4}, until=AT_TWO.replace(hour=hour))

    assert 34.0 <= float(curves.now_x) <= 390.0


def test_bars_stand_on_each_other():
    bars = Bars.of({(9, "phone"): 2, (9, "web"): 1, (10, "paper"): 1})

    (phone, web, other) = bars.bars
    assert [bar[0] for bar in bars.bars] == ["phone", "web", "other"]
    assert float(phone[2]) + float(phone[3]) == pytest.approx(176.0, abs=0.1)
    assert float(web[2]) + float(web[3]) == pytest.approx(float(phone[2]), abs=0.1)
    assert float(other[1]) > float(web[1])
    assert [(hour, *kinds.values()) for hour, kinds in bars.table] == [(9, 2, 1, 0, 0), (10, 0, 0, 0, 1)]
    assert (bars.total, bars.busiest) == (4, 9)


def test_an_hour_outside_the_usual_is_drawn_too():
    assert [row[0] for row in Bars.of({(3, "web"): 1, (23, "web"): 1}).table] == [3, 23]


def test_no_order_is_no_drawing():
    assert (Bars.of({}).bars, Bars.of({}).busiest) == ([], None)

"""Drawings: what stands where, the same numbers in the table, and nothing drawn where nothing was counted."""

import datetime as dt

import pytest
from django.template.loader import render_to_string

from luckygas.charts import LEFT, RIGHT, Bars, Curves, Place, Series, Shares, Spark, top_of

AT_TWO = dt.datetime(2026, 11, 24, 14, 0)
HOURS = [Place("9:00", "9"), Place("10:00"), Place("11:00", "11")]


def bars(*counts, before=None):
    """Bars of phone and web at nine, ten and eleven."""
    series = [Series(look, look, each) for look, each in zip(("phone", "web"), counts, strict=True)]
    return Bars.of(HOURS, series, before=Series("was", "week ago", before) if before else None)


@pytest.mark.parametrize(("most", "top"), [(1, 3), (3, 3), (4, 6), (7, 9), (10, 15), (217, 300), (1000, 1500)])
def test_the_grid_ends_at_a_round_number_above_the_most(most, top):
    assert top_of(most) == top


# --- the running total of a day ---------------------------------------------------------------------------------------
def test_the_curve_adds_up_until_now():
    curves = Curves.of({8: 10, 9: 5, 13: 3}, {8: 6, 13: 4, 16: 10}, until=AT_TWO)

    assert (curves.done, curves.done_then, curves.last_total) == (18, 10, 20)
    assert curves.today.startswith("M34.0 176.0 L")
    assert curves.table[0] == ("10:00", 15, 6)
    assert curves.table[-1] == ("20:00", None, 20)


def test_what_was_delivered_before_opening_counts():
    curves = Curves.of({6: 2, 9: 1}, {}, until=AT_TWO)

    assert (curves.done, curves.table[0][1]) == (3, 3)


def test_what_came_after_closing_is_in_last_weeks_end():
    assert Curves.of({}, {9: 1, 21: 2}, until=AT_TWO).table[-1] == ("20:00", None, 3)


def test_half_an_hour_is_half_of_that_hours_deliveries():
    assert Curves.of({}, {14: 10}, until=AT_TWO.replace(minute=30)).done_then == 5


def test_no_last_week_is_no_number_and_no_line():
    curves = Curves.of({9: 1}, {}, until=AT_TWO)

    assert (curves.done_then, curves.last_total, curves.last_week, curves.table[0]) == (
        None,
        None,
        "",
        ("10:00", 1, None),
    )
    assert not curves.is_empty


def test_a_day_without_anything_is_empty_and_one_after_a_full_week_is_not():
    assert Curves.of({}, {}, until=AT_TWO).is_empty
    assert not Curves.of({}, {9: 1}, until=AT_TWO).is_empty


@pytest.mark.parametrize("hour", [0, 7, 20, 23])
def test_outside_opening_hours_the_drawing_stays_in_its_field(hour):
    curves = Curves.of({9: 4}, {9: 4}, until=AT_TWO.replace(hour=hour))

    assert LEFT <= float(curves.now_x) <= RIGHT


@pytest.mark.parametrize(("hour", "anchor"), [(9, "start"), (14, "end")])
def test_the_name_of_the_end_stands_where_there_is_room(hour, anchor):
    assert Curves.of({8: 4}, {}, until=AT_TWO.replace(hour=hour)).name[2] == anchor


# --- bars -----------------------------------------------------------------------------------------------------------
def test_bars_stand_on_each_other():
    phone, web, later = bars([2, 0, 0], [1, 0, 3]).rects

    assert [rect[0] for rect in (phone, web, later)] == ["phone", "web", "web"]
    assert float(phone[2]) + float(phone[3]) == pytest.approx(176.0, abs=0.1)
    assert float(web[2]) + float(web[3]) == pytest.approx(float(phone[2]), abs=0.1)
    assert float(later[1]) > float(web[1])


def test_what_is_drawn_is_what_the_table_says():
    chart = bars([2, 0, 4], [1, 5, 0], before=[3, 3, 3])
    top = int(chart.grid[-1][1])

    drawn = [float(tall) * top / 162.0 for _look, _x, _y, tall in chart.rects]

    assert drawn == pytest.approx([2, 1, 5, 4], abs=0.01)
    assert chart.table == [("9:00", [2, 1], 3), ("10:00", [0, 5], 3), ("11:00", [4, 0], 3)]
    assert (chart.total, chart.most) == (12, "10:00")


def test_last_weeks_line_is_over_the_middle_of_its_bar():
    chart = bars([3, 0, 0], [0, 0, 0], before=[3, 0, 0])
    (_look, x, y, _tall), (start, *_rest) = chart.rects[0], chart.line.removeprefix("M").split(" L")

    assert start == f"{float(x) + float(chart.width) / 2:.1f} {y}"


def test_a_week_ago_without_anything_was_not_counted():
    chart = bars([1, 0, 0], [0, 0, 0], before=[0, 0, 0])

    assert (chart.before, chart.line, chart.table[0]) == (None, "", ("9:00", [1, 0], None))


# --- small ones -----------------------------------------------------------------------------------------------------
def test_a_spark_ends_where_its_numbers_end():
    spark = Spark.of([0, 5, 10])

    assert spark.line == "M4.0 20.0 L60.0 12.0 L116.0 4.0"
    assert spark.end == ("116.0", "4.0")


@pytest.mark.parametrize("counts", [[], [7], [0, 0, 0]])
def test_nothing_to_compare_is_no_spark(counts):
    assert Spark.of(counts) is None


def test_shares_fill_the_bar():
    shares = Shares.of([("delivered", "delivered", 3), ("out", "on the truck", 0), ("planned", "planned", 1)])

    assert [(part.look, part.at, part.wide) for part in shares.parts] == [
        ("delivered", "0.00%", "75.00%"),
        ("planned", "75.00%", "25.00%"),
    ]
    assert (shares.total, shares.sentence) == (4, "delivered 3 · planned 1")


# --- nothing counted ------------------------------------------------------------------------------------------------
EMPTY = {
    "bars": bars([0, 0, 0], [0, 0, 0], before=[0, 0, 0]),
    "curves": Curves.of({}, {}, until=AT_TWO),
    "spark": Spark.of([0, 0]),
    "shares": Shares.of([("delivered", "delivered", 0)]),
}
FULL = {
    "bars": bars([1, 0, 0], [0, 0, 0]),
    "curves": Curves.of({9: 1}, {}, until=AT_TWO),
    "spark": Spark.of([0, 1]),
    "shares": Shares.of([("delivered", "delivered", 1)]),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_nothing_counted_is_the_plate_and_no_drawing(kind):
    page = render_to_string(f"components/chart_{kind}.html", {"chart": EMPTY[kind], "label": "x", "id": "x"})

    assert '<span class="plate" data-state="none">資料不足</span>' in page
    assert "<svg" not in page


@pytest.mark.parametrize("kind", FULL)
def test_a_drawing_says_what_it_shows_without_style_or_script(kind):
    page = render_to_string(f"components/chart_{kind}.html", {"chart": FULL[kind], "label": "1 at nine", "id": "x"})

    assert 'role="img" aria-label="' in page
    assert 'aria-label=""' not in page
    assert "style=" not in page
    assert "資料不足" not in page.replace('<td class="num">資料不足</td>', "")

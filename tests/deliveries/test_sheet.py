"""What is printed of a route: its rows and totals, and the load against what the vehicle may carry."""

from decimal import Decimal

import pytest

from deliveries.models import Route, Stop
from deliveries.paper.sheet import LoadingSheet, RouteSheet
from orders.wishes import Item
from tests.deliveries.reporting import departed, handed, published, row, send, stop_of
from tests.factories import ProductFactory, placed, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def sixteen(db):
    return priced("16", gas=690, gas_kg=16, tare_kg=Decimal("17.5"), sort=1)


def read(route, plan="for_sheet") -> Route:
    return getattr(Route.objects, plan)().get(pk=route.pk)


def test_rows_come_in_the_order_they_are_driven(driver, twenty):
    first, second = placed(), placed()
    route = published(driver, first, second)
    route.reorder(stop_of(second), 1, by=driver.user)

    assert [row.stop.order for row in RouteSheet(read(route)).rows] == [second, first]


def test_totals_keep_cash_and_account_apart(driver, twenty, sixteen):
    in_cash = placed(items=(Item(twenty, 2, 1),))  # one deposit of 1000
    on_account = placed(items=(Item(sixteen, 3, 3),), pays_by="account")

    sheet = RouteSheet(read(published(driver, in_cash, on_account)))

    assert [row.due_twd for row in sheet.rows] == [2640, 2070]
    assert (sheet.cash_twd, sheet.account_twd, sheet.empties) == (2640, 2070, 4)
    assert sheet.bring == [(twenty, 2), (sixteen, 3)]


def test_a_visit_for_money_brings_nothing_and_collects_what_is_due(driver, twenty):
    order = placed(items=(Item(twenty, 1, 1),))
    route = departed(driver, order)
    send(driver, handed(stop_of(order), cash=300, left_owed=True))

    collect = RouteSheet(read(route)).rows[-1]

    assert collect.stop.kind == Stop.Kind.COLLECT_MONEY
    assert (collect.bring, collect.empties, collect.due_twd, collect.is_on_account) == ([], 0, 520, False)
    assert collect.notes


def test_notes_of_the_visit_the_order_and_the_door_are_all_read(driver, twenty):
    order = placed(note="按鈴等一下")
    order.site.driver_note = "狗會叫"
    order.site.save()
    route = published(driver, order)
    route.stops.update(note="先收錢")

    assert RouteSheet(read(route)).rows[0].notes == ["先收錢", "按鈴等一下", "狗會叫"]


def test_metered_gas_is_read_there_and_not_collected(driver, twenty):
    metered = ProductFactory(code="m20", family="metered")
    order = placed()
    order.lines.update(product=metered, unit_price_twd=0)

    only = RouteSheet(read(published(driver, order))).rows[0]

    assert (only.is_metered, only.due_twd) == (True, 0)


def test_before_it_leaves_the_count_is_unknown(driver, twenty, sixteen):
    route = published(driver, placed(items=(Item(twenty, 2, 2), Item(sixteen, 1, 1))))

    sheet = LoadingSheet.of(read(route, "for_loading"))

    assert [(load.product, load.needed, load.loaded, load.reserve) for load in sheet.rows] == [
        (twenty, 2, None, None),
        (sixteen, 1, None, None),
    ]
    assert (sheet.count, sheet.kg, sheet.spare_kg, sheet.over_kg) == (
        3, Decimal("113.50"), Decimal("1386.50"), 0,
    )  # fmt: skip


def test_once_it_left_what_was_counted_stands_beside_with_its_reserve(driver, twenty, sixteen):
    route = published(driver, placed(items=(Item(twenty, 2, 2),)))
    route.depart(by=driver.user, on_board={twenty: 3, sixteen: 1})

    sheet = LoadingSheet.of(read(route, "for_loading"))

    assert [(load.product, load.needed, load.loaded, load.reserve) for load in sheet.rows] == [
        (twenty, 2, 3, 1),
        (sixteen, 0, 1, 1),
    ]
    assert sheet.kg == 3 * 40 + Decimal("33.50")


def test_too_much_is_said_in_kilograms(driver, twenty):
    route = published(driver, placed(items=(Item(twenty, 2, 2),)))
    route.vehicle.limit_kg = 70
    route.vehicle.save()

    sheet = LoadingSheet.of(read(route, "for_loading"))

    assert (sheet.over_kg, round(sheet.share)) == (10, 114)


def test_a_finished_stop_is_still_on_the_paper(driver, twenty):
    order = placed(items=(Item(twenty, 1, 1),))
    route = departed(driver, order)
    send(driver, handed(stop_of(order), row()))

    assert [(each.stop.state, each.due_twd) for each in RouteSheet(read(route)).rows] == [("done", 820)]

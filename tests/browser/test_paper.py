"""Paper as Chromium prints it: no stop is cut in two, heads come again, and a roll is as long as what is on it."""

from __future__ import annotations

import re
from io import BytesIO
from unicodedata import normalize

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from deliveries.models import Route
from luckygas.models import DISPATCHER, DRIVER
from orders.wishes import Item
from tests.browser.conftest import DESK
from tests.deliveries.reporting import published
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    DriverFactory,
    SiteFactory,
    UserFactory,
    placed,
    priced,
    wish,
)

MM = 72 / 25.4  # points


def route_of(stops: int) -> Route:
    """Stops of different heights; each customer's name, number and note stand nowhere else."""
    driver, twenty = DriverFactory(user=UserFactory(roles=[DRIVER])), priced()
    driver.vehicle.limit_kg = 9000
    driver.vehicle.save()
    orders = []
    for number in range(stops):
        customer = CustomerFactory(name=f"客戶{number:02d}號")
        ContactFactory(customer=customer, phone=f"+8869000001{number:02d}")
        note = f"備註{number:02d}完。" + "樓梯很窄請小心。" * (number % 4)
        site = SiteFactory(customer=customer, driver_note=note, closed_weekdays=[7] if number % 3 else [])
        orders.append(placed(wish(site, items=(Item(twenty, 1 + number % 3, 1),))))
    return published(driver, *orders)


@pytest.fixture
def route(transactional_db) -> Route:
    return route_of(stops=4)


@pytest.fixture
def page(page_for, transactional_db) -> Page:
    return page_for(UserFactory(username="dispatcher", roles=[DISPATCHER]), DESK)


def printed(page: Page, address: str) -> PdfReader:
    page.goto(address)
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))


def texts(pdf: PdfReader) -> list[str]:
    """The words of each sheet; fonts draw some characters as the radicals that look the same."""
    return [re.sub(r"\s", "", normalize("NFKC", sheet.extract_text())) for sheet in pdf.pages]


def sizes(pdf: PdfReader) -> set[tuple[int, int]]:
    return {(round(sheet.mediabox.width / MM), round(sheet.mediabox.height / MM)) for sheet in pdf.pages}


def test_no_stop_of_thirty_is_cut_in_two_and_the_head_comes_again(page):
    route = route_of(stops=30)

    pdf = printed(page, f"/dispatch/routes/{route.pk}/sheet/")

    sheets = texts(pdf)
    assert sizes(pdf) == {(210, 297)}
    assert len(sheets) > 1
    for sheet in sheets:
        assert f"{route.code}路線單" in sheet
        assert all(head in sheet for head in ("客戶", "要送", "收空瓶", "實際"))
    for number in range(30):
        parts = (f"客戶{number:02d}號", f"0900-000-1{number:02d}", f"備註{number:02d}完")
        at = [[place for place, sheet in enumerate(sheets) if part in sheet] for part in parts]
        assert at == [at[0]] * 3, parts
        assert len(at[0]) == 1, parts
    assert [sheet for sheet in sheets if "一共" in sheet] == sheets[-1:]


def test_two_slips_share_a_sheet_and_none_is_cut(page, route):
    sheets = texts(printed(page, f"/dispatch/routes/{route.pk}/slips/"))

    assert [sheet.count("存根聯") for sheet in sheets] == [2, 2]
    assert [sheet.count("打119") for sheet in sheets] == [2, 2]  # the last line of each


def test_the_screens_keys_are_not_printed(page, route):
    sheets = texts(printed(page, f"/dispatch/routes/{route.pk}/loading/"))

    expect(page.get_by_role("button", name="列印")).to_be_visible()
    assert len(sheets) == 1
    assert "列印" not in sheets[0]
    assert "回這條路線" not in sheets[0]


def test_a_roll_is_80_mm_wide_and_each_slip_as_long_as_it_is(page, route):
    pdf = printed(page, f"/dispatch/routes/{route.pk}/slips/?paper=roll")

    assert len(pdf.pages) == 4
    assert {width for width, _height in sizes(pdf)} == {80}
    needed = page.evaluate("[...document.querySelectorAll('main > article')].map(a => a.scrollHeight * 25.4 / 96)")
    spare = [float(sheet.mediabox.height) / MM - mm for sheet, mm in zip(pdf.pages, needed, strict=True)]
    assert all(0 <= mm < 5 for mm in spare)


def test_the_print_key_prints(page, route):
    page.add_init_script("window.print = () => { document.title = 'printed'; }")
    page.goto(f"/dispatch/routes/{route.pk}/sheet/")
    page.get_by_role("button", name="列印").click()

    expect(page).to_have_title("printed")


def test_papers_keep_nobody_out(page, axe, route):
    for name in ("sheet", "loading", "slips"):
        page.goto(f"/dispatch/routes/{route.pk}/{name}/")
        axe(page)
    number = route.stops.first().order.number
    for name in ("slip", "receipt"):
        page.goto(f"/orders/{number}/{name}/")
        axe(page)

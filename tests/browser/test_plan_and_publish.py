"""The office plans and publishes a day, and sees what drivers do without reloading; with and without scripts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deliveries.models import Route
from luckygas.models import DISPATCHER, DRIVER
from orders.models import Order
from tests.browser.conftest import DESK
from tests.factories import CustomerFactory, DriverFactory, RouteFactory, SiteFactory, UserFactory, placed, wish
from tests.processes import Granian, database_url


@pytest.fixture
def dispatcher(transactional_db):
    return UserFactory(username="dispatcher", name="阿芬", roles=[DISPATCHER])


@pytest.fixture
def driver(transactional_db):
    return DriverFactory(user=UserFactory(username="driver", name="阿德", roles=[DRIVER]))


@pytest.fixture
def orders(transactional_db) -> list[Order]:
    """Three confirmed orders for today, whatever the clock says."""
    made = []
    for name, latitude in (("遠的", "22.79"), ("近的", "22.76"), ("中間的", "22.775")):
        site = SiteFactory(customer=CustomerFactory(name=name), latitude=latitude, longitude="121.145")
        made.append(placed(wish(site)))
    end = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time(23, 59)))
    Order.objects.update(promised_on=timezone.localdate(), promised_from=end - dt.timedelta(hours=2), promised_to=end)
    return made


@pytest.fixture
def live(transactional_db, settings):
    """The event stream as its own process, and pages that may listen to it."""
    stream = Granian(
        "asgi", "luckygas.live_stream:application", DATABASE_URL=database_url(), REDIS_URL=settings.REDIS_URL
    )
    with stream:
        at = f"http://localhost:{stream.port}"
        settings.LIVE_URL = f"{at}/live/"
        settings.SECURE_CSP = settings.SECURE_CSP | {"connect-src": [*settings.SECURE_CSP["connect-src"], at]}
        yield


def lane(page: Page, code: str):
    return page.get_by_role("region", name=code)


def stops(page: Page, code: str) -> list[str]:
    return lane(page, code).locator(".visit-name").all_inner_texts()


def tick(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("checkbox", name=name, exact=True).check()


def put_on(page: Page, code: str):
    return page.get_by_role("group", name="把勾的排到路線").get_by_role("button", name=code)


def test_plan_publish_and_watch_a_day(page_for, live, dispatcher, driver, orders, axe):
    page = page_for(dispatcher, DESK)
    page.goto("/dispatch/")
    page.evaluate("document.body.dataset.never = 'reloaded'")
    expect(page.locator("live-parts")).to_have_attribute("data-state", "live")

    page.keyboard.press("F9")
    page.get_by_label("路線代號").fill("瑞1")
    page.get_by_label("司機").select_option(label=f"阿德 · {driver.vehicle.plate}")
    page.get_by_role("button", name="開這條路線").click()
    expect(lane(page, "瑞1")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()

    tick(page, "遠的", "近的", "中間的")
    put_on(page, "瑞1").click()
    expect(lane(page, "瑞1").locator(".visit")).to_have_count(3)
    expect(page.get_by_role("status").get_by_text("3 張單排到 瑞1")).to_be_visible()

    lane(page, "瑞1").get_by_role("button", name="排順序").click()
    expect(lane(page, "瑞1").locator(".visit-name").first).to_have_text("近的")
    assert stops(page, "瑞1") == ["近的", "中間的", "遠的"]

    lane(page, "瑞1").get_by_role("link", name="中間的").click()
    page.get_by_role("button", name="往後一站").click()
    expect(lane(page, "瑞1").locator(".visit-name").last).to_have_text("中間的")

    axe(page)
    lane(page, "瑞1").get_by_role("button", name="發布").click()
    expect(lane(page, "瑞1")).to_contain_text("已發布")
    assert set(Order.objects.values_list("state", flat=True)) == {"planned"}

    route = Route.objects.get()
    route.depart(by=driver.user)
    expect(lane(page, "瑞1")).to_contain_text("在路上", timeout=20_000)
    route.stops.first().arrive(by=driver.user)
    route.stops.first().fail(by=driver.user, reason="not_home", next_step="call")
    expect(lane(page, "瑞1").locator('[data-state="failed"] .visit-name')).to_have_text("近的", timeout=20_000)
    expect(page.locator("body")).to_have_attribute("data-never", "reloaded")
    axe(page)


def test_a_poll_that_finds_nothing_leaves_the_board_and_what_was_ticked(page_for, dispatcher, orders):
    page = page_for(dispatcher, DESK)
    RouteFactory(code="瑞1")
    page.goto("/dispatch/")
    tick(page, "近的")

    def poll() -> int:
        with page.expect_response("**/dispatch/?day=*") as answered:
            page.evaluate("document.body.dispatchEvent(new CustomEvent('changed-route'))")
        return answered.value.status

    assert poll() == 304
    expect(page.get_by_role("checkbox", name="近的", exact=True)).to_be_checked()

    RouteFactory(code="瑞2")
    assert poll() == 200
    expect(lane(page, "瑞2")).to_be_visible()
    expect(page.get_by_role("checkbox", name="近的", exact=True)).to_be_checked()


def test_the_days_by_keyboard(page_for, dispatcher):
    page = page_for(dispatcher, DESK)
    tomorrow, yesterday = (timezone.localdate() + dt.timedelta(days=n) for n in (1, -1))
    page.goto("/dispatch/")

    page.keyboard.press("]")
    page.wait_for_url(f"**/dispatch/?day={tomorrow}")
    page.keyboard.press("F3")
    page.wait_for_url(f"**/dispatch/?day={timezone.localdate()}")
    page.keyboard.press("[")
    page.wait_for_url(f"**/dispatch/?day={yesterday}")


def test_plan_and_publish_without_scripts(page_for, dispatcher, orders):
    page = page_for(dispatcher, DESK, java_script_enabled=False)
    RouteFactory(code="瑞1", driver=DriverFactory(user=UserFactory(name="阿德", roles=[DRIVER])))
    page.goto("/dispatch/")

    tick(page, "遠的", "近的")
    put_on(page, "瑞1").click()
    assert stops(page, "瑞1") == ["遠的", "近的"]

    lane(page, "瑞1").get_by_role("link", name="近的").click()
    page.get_by_label("第幾站").fill("1")
    page.get_by_role("button", name="移過去").click()
    assert stops(page, "瑞1") == ["近的", "遠的"]

    lane(page, "瑞1").get_by_role("link", name="遠的").click()
    page.get_by_role("button", name="從路線拿下").click()
    assert stops(page, "瑞1") == ["近的"]

    lane(page, "瑞1").get_by_role("button", name="發布").click()
    expect(lane(page, "瑞1")).to_contain_text("已發布")


def test_the_day_at_a_glance_changes_by_itself(page_for, live, dispatcher, orders, axe):
    page = page_for(dispatcher, DESK)
    page.goto("/monitor/")
    expect(page.locator("live-parts")).to_have_attribute("data-state", "live")
    figure = page.locator(".figures > div").filter(has_text="訂單").locator("dd")
    expect(figure).to_contain_text("3")

    orders[0].cancel(by=dispatcher, reason="no")

    expect(figure).to_contain_text("2", timeout=20_000)
    axe(page)

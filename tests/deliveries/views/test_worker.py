"""What makes the driver's pages an app: its worker, its manifest, and the list of pages the phone keeps."""

import json
import re

import pytest

from tests.deliveries.reporting import departed, stop_of
from tests.factories import placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def orders(driver, twenty):
    orders = [placed(), placed()]
    departed(driver, *orders)
    return orders


def pages_of(phone) -> dict[str, str]:
    return {path: known for path, known, _stays in json.loads(phone.get("/drive/").context["pages"])}


def test_the_worker_is_a_module_above_the_pages_it_serves(client):
    answer = client.get("/drive/worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert re.fullmatch(r'import "/static/js/driver/worker(\.\w+)?\.js";\n', answer.content.decode())
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_app_on_the_home_screen_opens_the_route(client, phone):
    manifest = client.get("/drive/manifest.webmanifest").json()

    assert (manifest["start_url"], manifest["display"]) == ("/drive/", "standalone")
    assert '<link rel="manifest" href="/drive/manifest.webmanifest">' in phone.get("/drive/").content.decode()


def test_every_page_of_the_list_opens(phone, orders):
    for path in pages_of(phone):
        assert phone.get(f"{path}?kept=1").status_code == 200, path


def test_only_what_changed_has_another_version(phone, orders):
    before = pages_of(phone)
    customer = orders[0].customer
    customer.name = "改了名字"
    customer.save(update_fields=["name"])

    after = pages_of(phone)

    changed = {path for path in before if before[path] != after[path]}
    mine = {path for path in before if f"/stops/{stop_of(orders[0]).pk}/" in path}
    assert changed == mine | {"/drive/", "/drive/load/", "/drive/summary/"}
    assert pages_of(phone) == after


def test_a_visit_that_is_over_keeps_nothing_personal(phone, driver, orders):
    stop = stop_of(orders[0])
    stop.fail(by=driver.user, reason="not_home", next_step="call")

    paths = [path for path in pages_of(phone) if f"/stops/{stop.pk}/" in path]
    kept = phone.get("/drive/?kept=1").content.decode()

    assert paths == [f"/drive/stops/{stop.pk}/amend/"]
    assert (orders[0].customer.name in kept, orders[1].customer.name in kept) == (False, True)
    assert orders[0].customer.name not in phone.get(paths[0]).content.decode()


def test_a_closed_route_leaves_only_bare_pages(phone, driver, orders):
    for order in orders:
        stop_of(order).fail(by=driver.user, reason="not_home", next_step="call")
    stop_of(orders[0]).route.close(by=driver.user)

    assert list(pages_of(phone)) == ["/drive/", "/drive/over/", "/drive/away/"]
    kept = phone.get("/drive/?kept=1").content.decode()
    assert not any(order.customer.name in kept for order in orders)

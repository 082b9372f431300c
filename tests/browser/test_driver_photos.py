"""Photos on a phone: light, after everything else, and on from where the line broke."""

from __future__ import annotations

import random
import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from deliveries.models import DriverEvent, Proof, ProofPart
from orders.wishes import Item
from tests.browser.driving import PHONE, all_sent, hand_over, key, leave, next_action
from tests.deliveries.reporting import published, stop_of
from tests.factories import placed

HEAVIEST = 120_000  # bytes
WEIGHTS = """() => new Promise((done) => {
  const asked = indexedDB.open("driver");
  asked.onsuccess = () => {
    const all = asked.result.transaction("photos").objectStore("photos").getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result.map(({ blob }) => blob.size)); };
  };
})"""


def busy_picture() -> bytes:
    """As hard to make small as pictures get."""
    dots = random.Random(7).randbytes(2000 * 1500 * 3)
    written = BytesIO()
    Image.frombytes("RGB", (2000, 1500), dots).save(written, "JPEG", quality=90)
    return written.getvalue()


@pytest.fixture
def orders(driver, twenty):
    orders = [placed(items=(Item(twenty, 2, 2),)) for _ in range(2)]
    published(driver, *orders)
    return orders


@pytest.fixture
def page(page_for, driver, orders, settings, tmp_path) -> Page:
    settings.MEDIA_ROOT = tmp_path / "media"
    page = page_for(driver.user, PHONE)
    leave(page)
    page.goto(f"/drive/stops/{stop_of(orders[0]).pk}/")
    hand_over(page)
    page.set_input_files("[name=photo]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": busy_picture()})
    return page


def test_a_photo_is_light_waits_for_no_event_and_goes_on_where_it_broke(page, orders):
    held_up: list[Route] = []

    def break_the_second_part(request: Route) -> None:
        if ProofPart.objects.exists():  # the first part is there
            return held_up.append(request)
        return request.fallback()

    page.route("**/drive/proofs/", break_the_second_part)
    next_action(page).click()
    expect(page).to_have_url(re.compile(r"/drive/$"))
    expect(page.locator(".undo")).to_be_visible()
    (weight,) = page.evaluate(WEIGHTS)
    assert 64 * 1024 < weight <= HEAVIEST

    key(page, "到了").click()
    expect(page.locator(".arrived:visible")).to_be_visible()
    sent = list(DriverEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert (sent, Proof.objects.count()) == (["depart", "deliver", "arrive"], 0)
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    all_sent(page)

    assert (Proof.objects.count(), ProofPart.objects.count()) == (1, 0)

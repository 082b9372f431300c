"""An order that exists: changed or cancelled while it may be, by its customer or the office."""

from __future__ import annotations

import uuid

import pytest

from customers.models import Membership, Message, Site
from orders.models import Order
from orders.wishes import Item, When
from tests.factories import RouteFactory, SiteFactory, SlotFactory, placed, priced, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "web_ordering")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def site(customer_person, twenty) -> Site:
    return Site.objects.get(customer__memberships__user=customer_person)


@pytest.fixture
def web(customer_person, signed_in):
    return signed_in(customer_person)


@pytest.fixture
def order(site) -> Order:
    return placed(wish(site, items=(Item(priced(), 1, 1),)))


def typed(order: Order, **more: object) -> dict[str, object]:
    return {
        "operation_id": uuid.uuid4(),
        "site": order.site_id,
        "is_gas_out": "no",
        "quantity_20": "2",
        "empties_20": "2",
        "when": "now",
        "note": "",
    } | more


def put_on_a_truck(order: Order) -> None:
    route = RouteFactory()
    route.add(order, by=order.placed_by)
    route.publish(by=order.placed_by)
    route.depart(by=order.placed_by)
    order.refresh_from_db()


# --- change -------------------------------------------------------------------
def test_the_slip_shows_what_was_ordered(web, site):
    slot = SlotFactory(area=site.area, capacity=1)
    order = placed(wish(site, items=(Item(priced(), 3, 1),), when=When(slot=slot), note="後門", is_gas_out=True))

    response = web.get(f"/orders/{order.number}/change/")

    form = response.context["form"]
    assert (form["quantity_20"].value(), form["empties_20"].value()) == (3, 1)
    assert (form["note"].value(), form["is_gas_out"].value(), form["when"].value()) == (
        "後門",
        "yes",
        f"slot-{slot.pk}",
    )
    assert f'value="slot-{slot.pk}" checked' in response.content.decode()


def test_a_change_is_priced_again_and_written_down_once(web, order, customer_person):
    form = typed(order)

    for _ in range(2):
        assert web.post(f"/orders/{order.number}/change/", form)["Location"] == order.get_absolute_url()

    order.refresh_from_db()
    assert (order.lines.get().ordered, order.due_twd) == (2, 1640)
    assert order.events.filter(reason="changed", by=customer_person).count() == 1


def test_ones_own_full_window_may_be_kept(web, site):
    slot = SlotFactory(area=site.area, capacity=1)
    order = placed(wish(site, when=When(slot=slot)))

    response = web.post(f"/orders/{order.number}/change/", typed(order, when=f"slot-{slot.pk}"))

    order.refresh_from_db()
    assert (response.status_code, order.slot, order.lines.get().ordered) == (303, slot, 2)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("more", "error"), [({"quantity_20": "-1"}, "id_quantity_20_error"), ({"is_gas_out": ""}, "id_is_gas_out_error")]
)
def test_a_bad_change_is_422_and_changes_nothing(web, order, headers, more, error):
    response = web.post(f"/orders/{order.number}/change/", typed(order, **more), headers=headers)

    order.refresh_from_db()
    assert (response.status_code, order.lines.get().ordered) == (422, 1)
    assert error in response.content.decode()


def test_htmx_is_sent_to_the_changed_order(web, order):
    response = web.post(f"/orders/{order.number}/change/", typed(order), headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, order.get_absolute_url())


def test_an_order_on_the_truck_is_changed_by_phone_only(web, order):
    put_on_a_truck(order)

    page, response = (
        web.get(f"/orders/{order.number}/change/"),
        web.post(f"/orders/{order.number}/change/", typed(order)),
    )

    assert "089-000-210" in page.content.decode()
    assert "operation_id" not in page.content.decode()
    assert response.status_code == 422
    assert order.lines.get().ordered == 1


def test_the_total_of_a_change_is_fetched_before_it_is_sent(web, order):
    part = web.get(
        f"/orders/{order.number}/change/",
        {"quote": "1", "site": order.site_id, "quantity_20": "5", "empties_20": "5", "when": "now"},
        headers=HTMX,
    ).content.decode()

    assert "4,100" in part
    assert order.lines.get().ordered == 1


def test_an_order_moves_to_another_address_of_the_same_customer_and_to_nobody_elses(web, order):
    second, theirs = SiteFactory(customer=order.customer), SiteFactory()

    refused = web.post(f"/orders/{order.number}/change/", typed(order, site=theirs.pk))
    taken = web.post(f"/orders/{order.number}/change/", typed(order, site=second.pk))

    order.refresh_from_db()
    assert (refused.status_code, taken.status_code, order.site) == (422, 303, second)


def test_the_office_changes_an_order_too(order, dispatcher, signed_in):
    response = signed_in(dispatcher).post(f"/orders/{order.number}/change/", typed(order))

    assert response.status_code == 303
    assert order.lines.get().ordered == 2


# --- cancel -------------------------------------------------------------------
def test_cancelling_is_asked_once_more_and_then_done_once(web, order, customer_person):
    asked = web.get(f"/orders/{order.number}/cancel/", headers=HTMX).content.decode()
    form = {"operation_id": uuid.uuid4(), "reason": "出遠門"}

    for _ in range(2):
        assert web.post(f"/orders/{order.number}/cancel/", form).status_code == 303

    order.refresh_from_db()
    event = order.events.get(to_state="cancelled")
    assert "<form" in asked
    assert "<html" not in asked
    assert (order.state, event.by, event.reason) == ("cancelled", customer_person, "出遠門")
    assert Message.objects.filter(kind="cancelled").count() == 1


def test_cancelling_frees_the_place_in_the_window(web, site):
    slot = SlotFactory(area=site.area, capacity=1)
    order = placed(wish(site, when=When(slot=slot)))

    web.post(f"/orders/{order.number}/cancel/", {"operation_id": uuid.uuid4()})

    assert slot.taken == 0


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_an_order_on_the_truck_is_not_cancelled(web, order, headers):
    put_on_a_truck(order)

    response = web.post(f"/orders/{order.number}/cancel/", {"operation_id": uuid.uuid4()}, headers=headers)

    order.refresh_from_db()
    assert (response.status_code, order.state) == (422, "out")
    assert "已經" in response.content.decode()


@pytest.mark.parametrize("page", ["change", "cancel"])
def test_a_member_who_may_not_order_gets_403(web, order, page):
    Membership.objects.update(can_order=False)

    assert web.get(f"/orders/{order.number}/{page}/").status_code == 403
    assert web.post(f"/orders/{order.number}/{page}/", typed(order)).status_code == 403


@pytest.mark.parametrize("page", ["change", "cancel"])
def test_a_driver_gets_403(driver, signed_in, order, page):
    assert signed_in(driver.user).get(f"/orders/{order.number}/{page}/").status_code == 403


# --- what placing refuses, changing refuses too -----------------------------------
def test_a_change_below_the_smallest_order_is_refused(web, order):
    order.site.area.minimum_twd = 1000
    order.site.area.save()

    response = web.post(f"/orders/{order.number}/change/", typed(order, quantity_20="1", empties_20="1"))

    assert response.status_code == 422
    assert 'id="id_items_error"' in response.content.decode()
    assert not order.events.filter(reason="changed").exists()


def test_a_change_over_the_credit_limit_is_refused_for_its_customer_and_held_for_the_office(
    web, site, dispatcher, signed_in
):
    site.customer.settlement, site.customer.credit_limit_twd = "monthly", 1000
    site.customer.save()
    order = placed(wish(site, items=(Item(priced(), 1, 1),)))

    refused = web.post(f"/orders/{order.number}/change/", typed(order))
    quantity = order.lines.get().ordered
    taken = signed_in(dispatcher).post(f"/orders/{order.number}/change/", typed(order))

    assert (order.state, refused.status_code, quantity) == ("confirmed", 422, 1)
    order.refresh_from_db()
    assert (taken.status_code, order.lines.get().ordered, order.state) == (303, 2, "held")


# --- the frame ----------------------------------------------------------------
@pytest.mark.parametrize("word", ["change", "cancel"])
def test_the_office_stays_in_its_own_frame(web, dispatcher, signed_in, order, word):
    url = f"/orders/{order.number}/{word}/"

    office, theirs = signed_in(dispatcher).get(url).content.decode(), web.get(url).content.decode()

    assert ('data-app="office"' in office, 'data-app="office"' in theirs) == (True, False)
    assert ('aria-keyshortcuts="F10"' in office, 'aria-keyshortcuts="F10"' in theirs) == (True, False)

"""What a customer sees: home, one order, all orders; nothing of anybody else's, and no money where it is not theirs."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from customers.models import Membership, Site
from luckygas.models import CUSTOMER
from orders.handover import Handed, Handover
from orders.models import Order
from orders.views.customer import PAST_SHOWN
from orders.wishes import Item
from pilot.models import Flag
from tests.factories import (
    CustomerFactory,
    DepotFactory,
    MembershipFactory,
    SiteFactory,
    UserFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "web_ordering")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def site(customer_person, twenty) -> Site:
    return Site.objects.get(customer__memberships__user=customer_person)


@pytest.fixture
def web(customer_person, signed_in):
    return signed_in(customer_person)


def delivered(site: Site, quantity: int = 1, code: str = "20") -> Order:
    product = priced(code)
    order = placed(wish(site, items=(Item(product, quantity, quantity),)))
    handed = Handed(product, quantity, quantity)
    order.deliver(Handover((handed,), leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    return order


@pytest.fixture
def theirs(twenty) -> Order:
    """An order of somebody else."""
    return delivered(SiteFactory())


# --- home ---------------------------------------------------------------------
def test_home_shows_what_comes_and_loads_how_far_it_is(web, site):
    order = placed(wish(site))

    page = web.get("/orders/").content.decode()

    assert f'data-hx-get="/track/{order.track_token}/"' in page
    assert "排車中" in page


def test_the_usual_is_the_last_delivered_order_with_its_price_and_asks_about_gas(web, site):
    delivered(site, 2)

    page = web.get("/orders/").content.decode()

    assert 'name="quantity_20" value="2"' in page
    assert "1,640" in page
    assert 'name="is_gas_out"' in page
    assert 'name="is_gas_out" value="no" checked' not in page
    assert 'value="yes" checked' not in page


def test_the_usual_makes_an_order_in_one_tap(web, site):
    delivered(site, 2)
    form = web.get("/orders/").context["form"]

    web.post(
        "/orders/new/",
        {"operation_id": form["operation_id"].value(), "site": site.pk, "when": "now", "is_gas_out": "yes",
         "quantity_20": "2", "empties_20": "2"},
    )  # fmt: skip

    order = Order.objects.open().get()
    assert (order.lines.get().ordered, order.is_gas_out, order.needs_leak_check) == (2, True, True)


def test_home_says_what_they_have(web, site):
    product = priced("20")
    order = placed(wish(site, items=(Item(product, 2, 0),)))
    order.deliver(
        Handover((Handed(product, 2, 0),), leak_check="passed"), place=DepotFactory().place, by=order.placed_by
    )

    holding = web.get("/orders/").context["holdings"][0]

    assert holding.sites == [(site, [(product, 2)])]
    assert (holding.customer.balance_twd, holding.customer.deposits_twd) == (3640, 2000)


@pytest.mark.parametrize("state", ["paused", "not open", "legacy", "may not"])
def test_home_says_to_call_when_nothing_can_be_ordered(web, site, customer_person, web_ordering, state):
    delivered(site)
    if state == "paused":
        Flag.objects.create(name="orders_paused", everyone=True)
    elif state == "not open":
        Flag.objects.update(everyone=False)
    elif state == "legacy":
        type(site.customer).objects.filter(pk=site.customer_id).update(stage="settled")
        site.customer.refresh_from_db()
        site.customer.move_to("rolled_back", by=customer_person)
    else:
        Membership.objects.update(can_order=False)

    page = web.get("/orders/").content.decode()

    assert "089-000-210" in page
    assert 'name="quantity_20"' not in page


@pytest.mark.parametrize("count", [1, 3])
def test_home_asks_the_database_as_often_for_one_order_as_for_three(web, site, django_assert_num_queries, count):
    for _ in range(count):
        delivered(site)
        placed(wish(site))
    web.get("/orders/")

    with django_assert_num_queries(12):
        web.get("/orders/")


def test_the_usual_is_the_sites_own_when_newer_orders_went_elsewhere(web, site):
    usual = delivered(site)
    other = SiteFactory(customer=site.customer)
    for _ in range(PAST_SHOWN):
        delivered(other)

    sheet = web.get(f"/orders/?site={site.pk}").context["sheet"]

    assert sheet.usual == usual


# --- one order ----------------------------------------------------------------
def test_an_order_shows_its_line_its_price_and_what_may_be_done(web, site):
    order = placed(wish(site, note="按電鈴"))

    page = web.get(order.get_absolute_url()).content.decode()

    assert order.number in page
    assert "按電鈴" in page
    assert "820" in page
    assert f"/orders/{order.number}/change/" in page
    assert f"/orders/{order.number}/cancel/" in page


def test_htmx_gets_the_part_that_moves(web, site):
    order = placed(wish(site))

    part = web.get(order.get_absolute_url(), headers=HTMX).content.decode()

    assert 'id="state"' in part
    assert "<html" not in part


def test_what_a_manager_holds_it_for_is_not_told_to_the_customer(web, site):
    site.customer.settlement, site.customer.is_blocked = "monthly", True
    site.customer.save()
    order = placed(wish(site))

    page = web.get(order.get_absolute_url()).content.decode()

    assert order.state == "held"
    assert order.held_because == "停止賒帳"
    assert order.held_because not in page


@pytest.mark.parametrize("path", ["/orders/{}/", "/orders/{}/change/", "/orders/{}/cancel/"])
def test_somebody_elses_order_is_404_like_one_that_does_not_exist(web, theirs, path):
    assert web.get(path.format(theirs.number)).status_code == 404
    assert web.get(path.format("1150101-1")).status_code == 404


@pytest.mark.parametrize("path", ["/orders/", "/orders/new/", "/orders/history/", "/account/", "/orders/1150101-1/"])
def test_a_driver_is_not_a_customer(driver, signed_in, path):
    assert signed_in(driver.user).get(path).status_code == 403


def test_a_member_of_one_site_sees_that_sites_orders_only(signed_in, twenty):
    customer = CustomerFactory()
    mine, other = SiteFactory(customer=customer), SiteFactory(customer=customer)
    person = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=person, customer=customer, site=mine)
    seen, hidden = delivered(mine), delivered(other)
    web = signed_in(person)

    assert web.get(seen.get_absolute_url()).status_code == 200
    assert web.get(hidden.get_absolute_url()).status_code == 404
    assert [order for order, _money in web.get("/orders/history/").context["past"]] == [seen]
    assert web.get("/account/").context["customer"] is None


def test_without_the_balance_no_amount_is_shown_anywhere(web, site):
    order = delivered(site, 3)
    Membership.objects.update(sees_balance=False)

    paths = ("/orders/", "/orders/history/", "/orders/new/", "/account/", order.get_absolute_url())
    pages = [web.get(path).content.decode() for path in paths]

    for page in pages:
        assert not re.search(r">\s*(2,460|820)\s*<", page)  # an id or an address may have such digits


# --- all of them --------------------------------------------------------------
def test_history_goes_page_by_page_without_losing_or_doubling(web, site, monkeypatch):
    monkeypatch.setattr("orders.past.PAGE", 2)
    made = [placed(wish(site)) for _ in range(5)]

    seen, path = [], "/orders/history/"
    while path:
        context = web.get(path).context
        seen += [order for order, _money in context["past"]]
        path = context["more"] and f"/orders/history/?before={context['more']}"

    assert seen == made[::-1]


@pytest.mark.parametrize("typed", ["16 公斤", "16 kg", "16"])
def test_history_finds_a_size(web, site, typed):
    sixteen = delivered(site, code="16")
    delivered(site)

    found = web.get("/orders/history/", {"q": typed}).context["past"]

    assert sixteen in [order for order, _money in found]


@pytest.mark.parametrize("typed", ["115/11/24", "２０２６－１１－２４", "1151124"])
def test_history_finds_a_day_in_either_calendar(web, site, typed):
    order = placed(wish(site))

    assert [each for each, _money in web.get("/orders/history/", {"q": typed}).context["past"]] == [order]


def test_history_finds_a_number_and_nobody_elses(web, site, theirs):
    mine = placed(wish(site))

    assert [order for order, _money in web.get("/orders/history/", {"q": mine.number}).context["past"]] == [mine]
    assert web.get("/orders/history/", {"q": theirs.number}).context["past"] == []


@pytest.mark.parametrize("made_up", ["x", "1150101-1", "%00", "9" * 50])
def test_a_made_up_page_is_the_first_one(web, site, made_up):
    order = placed(wish(site))

    assert [each for each, _money in web.get("/orders/history/", {"before": made_up}).context["past"]] == [order]


def test_htmx_gets_the_list_alone(web, site):
    placed(wish(site))

    part = web.get("/orders/history/", headers=HTMX).content.decode()

    assert part.lstrip().startswith('<section class="slip" id="past"')


@pytest.mark.parametrize("count", [1, 3])
def test_history_asks_the_database_as_often_for_one_order_as_for_three(web, site, django_assert_num_queries, count):
    for _ in range(count):
        placed(wish(site))
    web.get("/orders/history/")

    with django_assert_num_queries(5):
        web.get("/orders/history/")


# --- languages ----------------------------------------------------------------
def test_the_switch_changes_the_language_and_the_days(web, site):
    order = placed(wish(site))
    chinese = web.get(order.get_absolute_url()).content.decode()

    web.post("/language/", {"language": "en", "next": "/"})
    english = web.get(order.get_absolute_url()).content.decode()

    assert "115/11/24（二）" in chinese
    assert "24 Nov 2026 (Tue)" in english
    assert 'lang="en"' in english
    translation.activate("zh-hant")

"""A part that fetches itself again: what changes meanwhile is not missed, and the focus stays where it was."""

import pytest
from playwright.sync_api import Page, Route, expect

from orders.models import Order
from tests.browser.conftest import DESK
from tests.factories import CustomerFactory, MembershipFactory, SiteFactory, placed, priced, wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web_ordering")]


class Held:
    """The first answer from that address stays on its way until it is let go."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.asked = page, address, []
        page.route(address, self._hold, times=1)

    def _hold(self, route: Route) -> None:
        self.asked.append((route, route.fetch()))

    def when(self, action: str) -> None:
        """Do it on the page and wait until the server has answered what it asks for."""
        self.page.evaluate(action)
        while not self.asked:
            self.page.wait_for_timeout(10)

    def let_go(self) -> None:
        ((route, answer),) = self.asked
        route.fulfill(response=answer)


def test_a_part_asks_again_for_what_rang_while_it_was_asking(page_for, dispatcher):
    order = placed(wish(SiteFactory()), by=dispatcher)
    address = order.get_absolute_url()
    page = page_for(dispatcher, DESK)
    page.goto(address)
    ring = "document.body.dispatchEvent(new CustomEvent('changed-order'))"
    state = page.locator("#order .page-head .plate").first
    expect(state).to_have_text("已確認")

    answer = Held(page, f"**{address}")
    answer.when(ring)
    Order.objects.get().cancel(reason="不要了", by=dispatcher)
    page.evaluate(ring)
    answer.let_go()

    expect(state).to_have_text("已取消")


def test_nothing_rang_so_nothing_is_asked_again(page_for, dispatcher):
    order = placed(wish(SiteFactory()), by=dispatcher)
    page = page_for(dispatcher, DESK)
    page.goto(order.get_absolute_url())
    asked = []
    page.on("request", lambda request: asked.append(request) if request.resource_type == "xhr" else None)

    with page.expect_response(f"**{order.get_absolute_url()}"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('changed-order'))")
    page.wait_for_function("() => document.querySelector('#order:not(.htmx-request)')")

    assert len(asked) == 1


def test_the_focus_stays_where_it_was(page_for, dispatcher):
    order = placed(wish(SiteFactory()), by=dispatcher)
    page = page_for(dispatcher, DESK)
    page.goto(order.get_absolute_url())
    customer = page.locator("#order a", has_text=order.customer.name).first
    customer.focus()
    customer.evaluate("(link) => { link.isOld = true; }")

    page.evaluate("document.body.dispatchEvent(new CustomEvent('changed-order'))")

    page.wait_for_function("() => document.querySelector('#order') && ![...document.links].some((link) => link.isOld)")
    expect(customer).to_be_focused()


def test_the_total_follows_what_is_typed_while_it_is_counted(page_for, customer_person):
    priced("20")
    site = SiteFactory(customer=CustomerFactory(name="林太太"))
    MembershipFactory(user=customer_person, customer=site.customer)
    page = page_for(customer_person)
    page.goto("/orders/new/")
    more = "document.querySelector('[name=quantity_20] ~ button').click()"

    answer = Held(page, "**/orders/new/quote/*")
    answer.when(more)
    page.evaluate(more)
    answer.let_go()

    expect(page.locator(".send .money")).to_have_text("1,640")

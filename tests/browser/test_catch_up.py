"""A part that fetches itself again: nothing is missed, neither change, answer, key nor focus."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from orders.models import Order
from tests.browser.conftest import DESK
from tests.factories import CustomerFactory, MembershipFactory, RouteFactory, SiteFactory, placed, priced, wish

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


@pytest.fixture
def board(page_for, dispatcher):
    """The day's board with one order that waits and one route that may take it."""
    order = placed(wish(SiteFactory(customer=CustomerFactory(name="林太太"))))
    Order.objects.update(promised_on=timezone.localdate())
    RouteFactory(code="瑞1")
    page = page_for(dispatcher, DESK)
    page.goto("/dispatch/")
    page.get_by_role("checkbox", name=order.customer.name, exact=True).check()
    return page


def ring(page: Page, what: str) -> None:
    """Something changed: the part that shows it has asked again and was answered."""
    with page.expect_response("**/dispatch/?day=*"):
        page.evaluate(f"document.body.dispatchEvent(new CustomEvent('changed-{what}'))")
    page.wait_for_function("() => !document.querySelector('#board').matches('.htmx-request')")


def test_what_the_server_says_is_heard_though_the_part_was_told_sooner(board):
    answer = Held(board, "**/add/")
    answer.when("document.querySelector('.put-on .key').click()")
    ring(board, "route")
    answer.let_go()

    expect(board.locator("#told")).to_contain_text("1 張單排到 瑞1")
    expect(board.locator(".lane .visit")).to_have_count(1)


def test_a_refusal_is_heard_as_well(board):
    answer = Held(board, "**/add/")
    board.get_by_role("checkbox").uncheck()
    answer.when("document.querySelector('.put-on .key').click()")
    RouteFactory(code="瑞2")
    ring(board, "route")
    answer.let_go()

    expect(board.locator("#told .notice")).to_be_visible()
    expect(board.get_by_role("region", name="瑞2")).to_be_visible()


def test_a_key_that_is_held_down_is_pressed_though_its_part_was_told(board):
    board.locator(".put-on .key").hover()
    board.mouse.down()
    RouteFactory(code="瑞2")
    ring(board, "route")
    board.mouse.up()

    expect(board.locator("#told")).to_contain_text("1 張單排到 瑞1")
    expect(board.get_by_role("region", name="瑞2")).to_be_visible()

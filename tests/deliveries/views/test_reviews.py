"""What did not fit: nothing that waits is hidden, each is decided once."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Device, DriverEvent, Review, Route
from orders.handover import Handover
from orders.models import Order
from tests.factories import DepotFactory, RouteFactory, UserFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

REVIEWS = "/dispatch/reviews/"


@pytest.fixture
def browser(signed_in, dispatcher):
    return signed_in(dispatcher)


@pytest.fixture
def htmx(signed_in, dispatcher):
    return signed_in(dispatcher, **{"HX-Request": "true"})


def reported(order: Order | None = None, **body) -> Review:
    """A review of what a driver reported about an order."""
    by = UserFactory(name="阿德")
    device = Device.objects.create(key=uuid.uuid4(), user=by)
    event = DriverEvent.objects.create(
        id=uuid.uuid4(),
        device=device,
        seq=1,
        user=by,
        kind="deliver",
        body=body,
        body_digest="x",
        happened_at=timezone.now(),
    )
    return Review.open(Review.Kind.EVENT, reason="到了才知道取消", order=order, event=event)


def checked(order: Order) -> Order:
    """An order that is being checked."""
    order.cancel(by=None, reason="no")
    Order.objects.filter(pk=order.pk).update(state="review")
    return order


def url(review: Review) -> str:
    return reverse("deliveries:close_review", args=[review.pk])


def test_what_waits_is_shown_with_order_and_report(browser, twenty):
    order = placed()
    items = [{"product": "20", "delivered": 2, "empties": 1, "other_empties": 0, "rest": ""}]
    payment = {"method": "cash", "received_twd": 1640}
    reported(order, items=items, leak_check="passed", payment=payment, signature="M1 1", surprise={"a": 1})

    page = browser.get(REVIEWS).content.decode()

    assert order.number in page
    assert "阿德" in page
    assert str(twenty) in page
    assert "1640" in page
    assert "surprise" in page  # what nobody expected is shown all the same
    assert "M1 1" not in page


@pytest.mark.parametrize("body", [{"items": "many"}, {"items": [1, None]}, {"payment": "cash"}, {"unread": [1, 2]}])
def test_a_report_that_makes_no_sense_is_shown_too(browser, body):
    reported(**body)

    assert browser.get(REVIEWS).status_code == 200


def test_cash_shows_its_route(browser):
    route = RouteFactory(code="瑞1")
    Review.open(Review.Kind.CASH, reason="瑞1 少 50", route=route)

    assert f'href="{reverse("deliveries:route", args=[route.pk])}"' in browser.get(REVIEWS).content.decode()


def test_nothing_that_waits_is_cut(browser):
    for number in range(30):
        Review.open(Review.Kind.STOCK, reason=f"等{number}等")

    page = browser.get(REVIEWS).content.decode()

    assert [number for number in range(30) if f"等{number}等" not in page] == []


def test_a_review_is_closed_and_stands_below(browser, dispatcher):
    review = Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory())

    answer = browser.post(url(review), {"resolution": "零錢掉了"})

    review.refresh_from_db()
    assert answer.status_code == 303
    assert (review.closed_by, review.resolution) == (dispatcher, "零錢掉了")
    assert "零錢掉了" in browser.get(REVIEWS).content.decode()


def test_the_order_moves_with_the_decision(htmx):
    order = checked(placed())
    review = reported(order)

    answer = htmx.post(url(review), {"resolution": "客人說沒送", "to": "cancelled"})

    order.refresh_from_db()
    assert (answer.status_code, order.state) == (200, "cancelled")


def test_an_order_that_is_checked_needs_to_go_somewhere(htmx):
    order = checked(placed())
    review = reported(order)

    answer = htmx.post(url(review), {"resolution": "不知道"})

    review.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, review.closed_at) == (422, None)
    assert "不知道" in page
    assert "mistake" in page


def test_never_delivered_past_a_missing_leak_check(htmx):
    order = checked(placed(is_gas_out=True))
    review = reported(order)

    answer = htmx.post(url(review), {"resolution": "送了", "to": "delivered"})

    order.refresh_from_db()
    review.refresh_from_db()
    assert (answer.status_code, order.state, review.closed_at) == (422, "review", None)


@pytest.mark.parametrize("given", [{}, {"resolution": "   "}, {"resolution": "x" * 301}])
def test_a_decision_is_written_down(htmx, given):
    review = Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory())

    answer = htmx.post(url(review), given)

    review.refresh_from_db()
    assert (answer.status_code, review.closed_at) == (422, None)
    assert f'id="id_{review.pk}_resolution_error"' in answer.content.decode()


def test_the_same_decision_again_changes_nothing(browser):
    review = Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory())

    answers = [browser.post(url(review), {"resolution": "零錢掉了"}).status_code for _ in range(2)]

    assert answers == [303, 303]


def test_what_somebody_else_decided_stays(htmx, manager):
    review = Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory())
    review.close(by=manager, resolution="我看過")

    answer = htmx.post(url(review), {"resolution": "我也看過"})

    review.refresh_from_db()
    assert (answer.status_code, review.resolution) == (422, "我看過")
    assert 'data-kind="stop"' in answer.content.decode()


def test_the_queries_do_not_grow(browser, django_assert_max_num_queries, twenty):
    items = [{"product": "20", "delivered": 1, "empties": 1}]
    reported(placed(), items=items)
    closed = Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory())
    closed.close(by=UserFactory(), resolution="好")
    with django_assert_max_num_queries(10) as few:
        browser.get(REVIEWS)
    for _ in range(2):
        reported(placed(), items=items)
        Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory())

    with django_assert_max_num_queries(10) as many:
        browser.get(REVIEWS)

    assert len(few) == len(many)


def test_ops_may_not(signed_in, ops):
    assert signed_in(ops).get(REVIEWS).status_code == 403


def test_a_review_that_is_not_there_is_404(browser):
    assert browser.post(reverse("deliveries:close_review", args=[999_999]), {"resolution": "x"}).status_code == 404


def test_routes_are_named_on_the_page_of_what_was_decided(browser):
    review = Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory(code="瑞5"))
    review.close(by=UserFactory(), resolution="好")

    assert Route.objects.get().code in browser.get(REVIEWS).content.decode()


def test_both_sides_stand_beside_each_other(browser, twenty):
    order = placed()
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    items = [{"product": "20", "delivered": 1, "empties": 0, "other_empties": 0, "rest": ""}]
    review = reported(order, items=items, payment={"method": "cash", "received_twd": 820}, why="算錯", amends="x")
    DriverEvent.objects.filter(pk=review.event_id).update(received_at=timezone.now() + timezone.timedelta(minutes=40))

    (_review, _form, both) = browser.get(REVIEWS, headers={"accept-language": "en"}).context["waiting"][0]

    sides = {side.label: side for side in both.sides}
    assert sides["20 kg"].said == "1 handed over, 0 empties back"
    assert sides["20 kg"].known == "1 handed over, 1 empties back"
    assert (sides["20 kg"].differs, sides["Paid"].differs) == (True, True)
    assert sides["Paid"].known == "nothing"
    assert (both.was_late, both.is_clock_off) == (True, False)
    assert "amends" not in sides


def test_the_menu_says_how_many_wait(browser):
    assert "hidden" in browser.get("/dispatch/reviews/count/", headers={"HX-Request": "true"}).content.decode()
    Review.open(Review.Kind.CASH, reason="少 50", route=RouteFactory())

    shown = browser.get("/dispatch/reviews/count/", headers={"HX-Request": "true"}).content.decode()

    assert shown.startswith('<b class="menu-count"')
    assert ">1<" in shown

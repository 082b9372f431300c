"""Orders as the office sees and moves them."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Payment
from luckygas.models import CUSTOMER, RecordRead
from orders.models import Order
from tests.factories import (
    AreaFactory,
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    SiteFactory,
    SlotFactory,
    UserFactory,
    placed,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def order(db):
    return placed()


@pytest.fixture
def held(db):
    site = SiteFactory(customer=CustomerFactory(settlement="monthly", is_blocked=True))
    return placed(wish(site))


def page(name, order):
    return reverse(f"orders:{name}", args=[order.number])


def test_an_order_says_what_it_was_decided_with(signed_in, dispatcher, order):
    response = signed_in(dispatcher).get(order.get_absolute_url())

    decided = response.context["decided"]
    assert decided["flags"][0] == ("driver_position", True)
    assert (decided["at"].isoformat(), decided["stage"]) == (order.decision["at"], "已上線")
    assert "pilot_web_ordering" in response.content.decode()


# --- list -----------------------------------------------------------------------------------------------------------
def numbers(response):
    return [order.number for order in response.context["orders"]]


def test_the_office_sees_every_order_newest_first(signed_in, dispatcher):
    orders = [placed() for _ in range(2)]

    response = signed_in(dispatcher).get(reverse("orders:index"))

    assert numbers(response) == [orders[1].number, orders[0].number]


def test_the_total_of_the_page_stands_below_it(signed_in, dispatcher):
    orders = [placed() for _ in range(2)]

    response = signed_in(dispatcher).get(reverse("orders:index"))

    assert response.context["page_twd"] == sum(order.due_twd for order in orders) > 0


def test_htmx_gets_the_list_alone(signed_in, dispatcher, order):
    response = signed_in(dispatcher, **HTMX).get(reverse("orders:index"))

    assert response.content.decode().lstrip().startswith('<section class="slip" id="order-list"')


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(signed_in, dispatcher, count, django_assert_num_queries):
    for _ in range(count):
        placed(wish(SiteFactory(area=AreaFactory(code=f"區{_}"))))
    browser = signed_in(dispatcher)

    with django_assert_num_queries(7):
        browser.get(reverse("orders:index"))


def test_filters_stand_in_the_address(signed_in, dispatcher):
    east, west = SiteFactory(area=AreaFactory(code="東")), SiteFactory(area=AreaFactory(code="西"))
    one, other = placed(wish(east)), placed(wish(west), channel="web")
    other.cancel(by=dispatcher, reason="test")
    browser, url = signed_in(dispatcher), reverse("orders:index")

    def found(**asked):
        return numbers(browser.get(url, asked))

    assert found(area="東") == [one.number]
    assert found(channel="web") == [other.number]
    assert found(state="cancelled") == [other.number]
    assert found(state="open") == [one.number]
    assert found(day=timezone.localdate().isoformat(), area="西") == [other.number]
    assert found(day="2020-01-01") == []


def test_text_finds_by_number_phone_and_name(signed_in, dispatcher):
    order, other = placed(), placed()
    Customer.objects.filter(pk=order.customer_id).update(name="海風早餐")
    ContactFactory(customer=order.customer, phone="+886900000777", digits="0900000777")
    browser, url = signed_in(dispatcher), reverse("orders:index")

    assert numbers(browser.get(url, {"text": order.number})) == [order.number]
    assert numbers(browser.get(url, {"text": "000777"})) == [order.number]
    assert numbers(browser.get(url, {"text": "海風"})) == [order.number]
    assert other.number in numbers(browser.get(url, {"text": other.number[:7]}))


def test_nonsense_in_a_filter_is_said_and_filters_nothing(signed_in, dispatcher, order):
    response = signed_in(dispatcher).get(reverse("orders:index"), {"day": "yesterday", "state": "sold"})

    assert response.status_code == 200
    assert numbers(response) == [order.number]
    assert response.content.decode().count('class="mistake"') == 2


def test_pages_follow_each_other_without_a_gap(signed_in, dispatcher, monkeypatch):
    monkeypatch.setattr("orders.views.search.PAGE", 2)
    orders = [placed() for _ in range(5)]
    same = timezone.now()
    Order.objects.filter(pk__in=[order.pk for order in orders[:3]]).update(placed_at=same)
    browser, seen, after = signed_in(dispatcher), [], ""

    while True:
        response = browser.get(reverse("orders:index"), {"after": after})
        seen += numbers(response)
        after = response.context["more"]
        if not after:
            break

    assert len(seen) == 5
    assert set(seen) == {order.number for order in orders}


# --- one order ------------------------------------------------------------------------------------------------------
def test_the_order_tells_its_story_and_the_look_is_written_down(signed_in, dispatcher, order):
    response = signed_in(dispatcher, **{"Accept-Language": "en"}).get(order.get_absolute_url())

    html = response.content.decode()
    assert [station.text for station in response.context["stations"]] == ["Received by phone", "confirmed"]
    assert str(order.placed_by) in html
    assert RecordRead.objects.get().record_id == order.customer_id


def test_the_order_takes_twelve_queries_at_most(signed_in, dispatcher, order, django_assert_max_num_queries):
    browser = signed_in(dispatcher)

    with django_assert_max_num_queries(12):
        browser.get(order.get_absolute_url())


def test_an_unknown_order_is_404(signed_in, dispatcher):
    assert signed_in(dispatcher).get(reverse("orders:detail", args=["1150101-1"])).status_code == 404


# --- moves ----------------------------------------------------------------------------------------------------------
def test_a_manager_lets_a_held_order_go(signed_in, manager, held):
    response = signed_in(manager).post(page("confirm", held), {"reason": "paid this morning"})

    held.refresh_from_db()
    assert (response.status_code, held.state) == (303, "confirmed")
    assert (held.events.last().by, held.events.last().reason) == (manager, "paid this morning")


def test_a_dispatcher_does_not_let_a_held_order_go(signed_in, dispatcher, held):
    response = signed_in(dispatcher).post(page("confirm", held), {"reason": "they asked"})

    held.refresh_from_db()
    assert (response.status_code, held.state) == (422, "held")


def test_confirming_twice_is_refused_with_a_sentence(signed_in, manager, held):
    browser = signed_in(manager, **HTMX)
    browser.post(page("confirm", held), {"reason": "paid"})

    response = browser.post(page("confirm", held), {"reason": "paid"})

    assert response.status_code == 422
    assert held.number in response.content.decode()
    assert held.events.filter(to_state="confirmed").count() == 1


def test_what_is_confirmed_cannot_be_held(signed_in, dispatcher, order):
    response = signed_in(dispatcher, **HTMX).post(page("hold", order), {"reason": "wait"})

    order.refresh_from_db()
    assert (response.status_code, order.state) == (422, "confirmed")


def test_what_was_just_received_can_be_held_with_a_reason(signed_in, dispatcher, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Order, "_move", lambda self, to, **more: None)
        placed_order = placed()
    browser = signed_in(dispatcher)

    assert browser.get(page("hold", placed_order)).status_code == 200
    assert browser.post(page("hold", placed_order), {"reason": ""}).status_code == 422
    assert browser.post(page("hold", placed_order), {"reason": "asks for credit"}).status_code == 303
    placed_order.refresh_from_db()
    assert (placed_order.state, placed_order.hold_reason) == ("held", "asks for credit")


def again(**more):
    return {"operation_id": uuid.uuid4(), "when": "day"} | more


def test_another_day_that_the_customer_agreed_to(signed_in, dispatcher, order):
    day = timezone.localdate() + dt.timedelta(days=2)
    Order.objects.filter(pk=order.pk).update(needs_day=True)
    data = again(day=day.isoformat(), reason="not home today")
    browser = signed_in(dispatcher)

    answers = [browser.post(page("reschedule", order), data).status_code for _ in range(2)]

    order.refresh_from_db()
    assert answers == [303, 303]
    assert (order.promised_on, order.needs_day) == (day, False)
    assert order.events.filter(reason="not home today").count() == 1


def test_another_window(signed_in, dispatcher, order):
    slot = SlotFactory(area=order.site.area)
    browser = signed_in(dispatcher)

    assert f"slot-{slot.pk}" in browser.get(page("reschedule", order)).content.decode()
    browser.post(page("reschedule", order), again(when=f"slot-{slot.pk}"))

    order.refresh_from_db()
    assert order.slot == slot


@pytest.mark.parametrize(
    "wrong", [{"when": "day"}, {"when": ""}, {"when": "slot-x"}, {"when": "day", "day": "2020-01-01"}, {"day": "soon"}]
)
def test_another_time_that_cannot_be_is_refused(signed_in, dispatcher, order, wrong):
    before = order.promised_from

    response = signed_in(dispatcher, **HTMX).post(page("reschedule", order), again(reason="keep me") | wrong)

    order.refresh_from_db()
    assert response.status_code == 422
    assert "keep me" in response.content.decode()
    assert 'class="mistake"' in response.content.decode()
    assert order.promised_from == before


def handed(**more):
    return {"operation_id": uuid.uuid4(), "method": "cash", "received_twd": "820", "leak_check": "passed"} | more


def test_they_come_to_the_counter_for_it(signed_in, dispatcher, order):
    DepotFactory().place  # noqa: B018
    data, browser = handed(), signed_in(dispatcher)

    answers = [browser.post(page("deliver", order), data).status_code for _ in range(2)]

    order.refresh_from_db()
    assert (answers, order.state) == ([303, 303], "delivered")
    assert Payment.objects.get().received_twd == 820


def test_a_first_supply_leaves_the_counter_only_past_the_leak_check(signed_in, dispatcher, order):
    DepotFactory().place  # noqa: B018

    response = signed_in(dispatcher, **HTMX).post(page("deliver", order), handed(leak_check=""))

    order.refresh_from_db()
    assert (response.status_code, order.state) == (422, "confirmed")
    assert 'id="id_leak_check_error"' in response.content.decode()
    assert Payment.objects.count() == 0


def test_cash_at_the_counter_needs_its_amount(signed_in, dispatcher, order):
    response = signed_in(dispatcher).post(page("deliver", order), handed(received_twd=""))

    assert response.status_code == 422


# --- who may --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["confirm", "hold", "reschedule", "deliver"])
def test_only_the_office_moves_orders(signed_in, order, driver, ops, name):
    people = [driver.user, ops, UserFactory(roles=[CUSTOMER])]

    assert [signed_in(person).post(page(name, order)).status_code for person in people] == [403, 403, 403]

"""Prices: the office reads, managers change, the landing board follows."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse

from luckygas.models import RecordRead
from orders.models import Price, PriceChange
from orders.wishes import Item, When
from tests.factories import CustomerFactory, SiteFactory, placed, priced, wish

DECEMBER = dt.date(2026, 12, 1)
HTMX = {"HX-Request": "true"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "twenty")]


@pytest.fixture
def enter(manager, twenty):
    def enter(twd=840, **more):
        facts = {"operation_id": uuid.uuid4(), "valid_from": DECEMBER, "reason": "中油調價", "by": manager}
        return PriceChange.enter(**(facts | {"amounts": {(twenty.pk, "gas"): twd}} | more))

    return enter


def typed(**more):
    """The form as the browser sends it: 840 typed over 820, the rest left as it was shown."""
    shown = {"initial-gas_20": "820", "gas_20": "840", "initial-deposit_20": "1000", "deposit_20": "1000"}
    facts = {"operation_id": str(uuid.uuid4()), "valid_from": "2026-12-01", "reason": "中油調價", "announce_to": ""}
    return shown | facts | more


def prices_of(response):
    return {row.product.code: row.cells["gas"].twd for row in response.context["rows"]}


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_list_shows_the_prices_of_a_day(signed_in, dispatcher, enter):
    enter(840)
    browser, url = signed_in(dispatcher), reverse("orders:prices")

    assert prices_of(browser.get(url)) == {"20": 820}
    assert prices_of(browser.get(url, {"on": "2026-12-01"})) == {"20": 840}
    assert prices_of(browser.get(url, {"on": "115/12/01"})) == {"20": 840}
    assert prices_of(browser.get(url, {"on": "nonsense"})) == {"20": 820}


def test_htmx_gets_the_list_alone(signed_in, dispatcher):
    response = signed_in(dispatcher, **HTMX).get(reverse("orders:prices"))

    assert response.content.decode().lstrip().startswith('<section class="slip" id="price-list"')


def test_a_customers_prices_stand_beside_the_lists_and_the_look_is_noted(signed_in, dispatcher, enter):
    shop = CustomerFactory()
    enter(790, customer=shop)

    response = signed_in(dispatcher).get(reverse("orders:prices"), {"customer": shop.number, "on": "2026-12-01"})

    cell = response.context["rows"][0].cells["gas"]
    assert (cell.twd, cell.list_twd) == (790, 820)
    assert RecordRead.objects.get().record_id == shop.pk
    assert signed_in(dispatcher).get(reverse("orders:prices"), {"customer": "999"}).status_code == 404
    assert signed_in(dispatcher).get(reverse("orders:prices"), {"customer": "x"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_three_changes_as_for_one(
    signed_in, dispatcher, enter, count, django_assert_num_queries
):
    for number in range(count):
        enter(790 + number, customer=CustomerFactory())
    browser = signed_in(dispatcher)

    with django_assert_num_queries(8):
        browser.get(reverse("orders:prices"))


# --- entering -------------------------------------------------------------------------------------------------------
def test_a_manager_enters_new_prices_for_a_day_to_come(signed_in, manager, twenty):
    response = signed_in(manager).post(
        reverse("orders:enter_prices"), typed(announce_to="all", announce_on="2026-11-28")
    )

    change = PriceChange.objects.get()
    assert (response.status_code, response["Location"]) == (303, change.get_absolute_url())
    assert (change.by, change.announce_to, change.announce_on) == (manager, "all", dt.date(2026, 11, 28))
    assert [(price.product, price.kind, price.amount_twd) for price in change.prices.all()] == [(twenty, "gas", 840)]


def test_the_form_is_sent_twice_and_entered_once(signed_in, manager):
    browser, form = signed_in(manager), typed()

    answers = [browser.post(reverse("orders:enter_prices"), form)["Location"] for _ in range(2)]

    assert (answers[0], PriceChange.objects.count()) == (answers[1], 1)


def test_only_what_was_typed_over_is_entered(signed_in, manager, enter, twenty):
    """Another change came between: what this manager did not touch stays as that one says."""
    enter(850, valid_from=DECEMBER - dt.timedelta(days=2))

    signed_in(manager).post(reverse("orders:enter_prices"), typed(gas_20="820", deposit_20="1100"))

    assert Price.quote(twenty, on=DECEMBER).gas_twd == 850
    assert Price.quote(twenty, on=DECEMBER).deposit_twd == 1100


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"valid_from": ""}, "請選日子。"),
        ({"valid_from": "2026-11-24"}, "價格最快明天起才能改。"),
        ({"reason": " "}, "請寫為什麼調價。"),
        ({"gas_20": "820"}, "跟那天本來的價格都一樣"),
        ({"gas_20": ""}, "牌價一定要有金額。"),
        ({"gas_20": "8400"}, "請再看一次"),
        ({"announce_to": "all", "announce_on": "2026-12-05"}, "請選今天到調價那天"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_entered(signed_in, manager, wrong, said):
    response = signed_in(manager, **HTMX).post(reverse("orders:enter_prices"), typed(**wrong))

    assert (response.status_code, PriceChange.objects.count()) == (422, 0)
    assert said in response.content.decode()


def test_an_unusual_amount_is_asked_about_and_entered_when_it_is_right(signed_in, manager, twenty):
    browser, form = signed_in(manager), typed(gas_20="8400")

    asked = browser.post(reverse("orders:enter_prices"), form)
    assert "820 → <b>8,400</b>" in asked.content.decode()
    browser.post(reverse("orders:enter_prices"), form | {"is_sure": "on"})

    assert Price.quote(twenty, on=DECEMBER).gas_twd == 8400


def test_an_empty_box_of_a_customer_is_the_list_price_again(signed_in, manager, enter, twenty):
    shop = CustomerFactory()
    enter(790, customer=shop, valid_from=dt.date(2026, 11, 25))
    url = f"{reverse('orders:enter_prices')}?customer={shop.number}"

    response = signed_in(manager).post(url, typed(**{"initial-gas_20": "790", "gas_20": "", "deposit_20": "1000"}))

    assert response.status_code == 303
    assert Price.quote(twenty, on=DECEMBER, customer=shop).gas_twd == 820


@pytest.mark.parametrize("name", ["enter_prices", "withdraw_prices"])
def test_a_dispatcher_changes_no_price(signed_in, dispatcher, enter, name):
    change = enter()

    response = signed_in(dispatcher).post(
        reverse(f"orders:{name}", args=[change.pk] if name == "withdraw_prices" else []), typed(why="x")
    )

    change.refresh_from_db()
    assert (response.status_code, change.withdrawn_on, PriceChange.objects.count()) == (403, None, 1)


# --- one change -----------------------------------------------------------------------------------------------------
def test_a_change_tells_what_it_brought_and_can_be_withdrawn_by_a_manager(signed_in, dispatcher, manager, enter):
    change = enter(840)
    url = change.get_absolute_url()

    assert "撤回" not in signed_in(dispatcher).get(url).content.decode()
    response = signed_in(manager).post(reverse("orders:withdraw_prices", args=[change.pk]), {"why": "打錯"})

    assert response["Location"] == url
    assert [each.twd for each in signed_in(dispatcher).get(url).context["prices"]] == [840]
    assert not Price.objects.filter(change=change).exists()


def test_withdrawing_needs_a_reason_and_a_day_to_come(signed_in, manager, enter):
    change, browser = enter(840), signed_in(manager)
    url = reverse("orders:withdraw_prices", args=[change.pk])

    assert browser.post(url, {"why": ""}).status_code == 422
    with time_machine.travel("2026-12-01T09:00:00+08:00"):
        late = browser.post(url, {"why": "x"})
    assert (late.status_code, change.prices.count()) == (422, 1)
    assert "這些價格已經生效" in late.content.decode()


def test_the_board_of_the_landing_page_follows(client, enter):
    enter(840)

    assert client.get("/").context["board"][0][1].gas_twd == 820
    with time_machine.travel("2026-12-01T09:00:00+08:00"):
        assert client.get("/").context["board"][0][1].gas_twd == 840


# --- orders across a change -----------------------------------------------------------------------------------------
@pytest.fixture
def crosses(dispatcher, enter):
    order = placed(
        wish(SiteFactory(), items=(Item(priced(), 2, 2),), when=When(day=dt.date(2026, 12, 2))), by=dispatcher
    )
    enter(840)
    return order


def chosen(*orders, **more):
    return {"operation_id": str(uuid.uuid4()), "order": [each.number for each in orders], "reason": "客人改期"} | more


def test_the_office_prices_what_the_customer_moved(signed_in, dispatcher, crosses):
    browser, url = signed_in(dispatcher), reverse("orders:reprice")
    assert [each.difference_twd for each in browser.get(url).context["found"]] == [40]

    response = browser.post(url, chosen(crosses))

    crosses.refresh_from_db()
    assert (response.status_code, crosses.due_twd) == (303, 1680)
    assert browser.get(url).context["found"] == []


@pytest.mark.parametrize("wrong", [{"order": []}, {"reason": ""}, {"order": ["1150101-1"]}])
def test_without_an_order_or_a_reason_nothing_is_priced(signed_in, dispatcher, crosses, wrong):
    response = signed_in(dispatcher, **HTMX).post(reverse("orders:reprice"), chosen(crosses, **wrong))

    crosses.refresh_from_db()
    assert (response.status_code, crosses.due_twd) == (422, 1640)


def test_what_is_refused_is_named_and_the_others_are_priced(signed_in, dispatcher, crosses):
    other = placed(wish(SiteFactory(), when=When(day=dt.date(2026, 11, 28))), by=dispatcher)
    other.reschedule(When(day=dt.date(2026, 12, 2)), by=dispatcher, reason="颱風")
    crosses.depart(by=dispatcher)

    response = signed_in(dispatcher).post(reverse("orders:reprice"), chosen(crosses, other))

    other.refresh_from_db()
    assert (response.status_code, other.due_twd) == (422, 840)
    assert f"{crosses.number}: 這張單的價格不能再動。" in response.content.decode()

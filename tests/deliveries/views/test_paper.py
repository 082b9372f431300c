"""What is printed, as a browser gets it: who may, what it says, and that thirty stops cost what one costs."""

import re

import pytest
from django.urls import reverse

from customers.models import Contact, Membership
from luckygas.models import RecordRead
from orders.models import Order
from orders.wishes import Item
from tests.deliveries.reporting import departed, handed, published, row, send, stop_of
from tests.factories import ContactFactory, DriverFactory, RouteFactory, SiteFactory, UserFactory, placed, priced, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
SHEETS = ("sheet", "loading", "slips")
PAPERS = ("slip", "receipt")


@pytest.fixture
def office(signed_in, dispatcher):
    return signed_in(dispatcher, **{"accept-language": "zh-TW"})


@pytest.fixture
def customer(signed_in, customer_person):
    return signed_in(customer_person, **{"accept-language": "zh-TW"})


@pytest.fixture
def site(customer_person):
    return SiteFactory(customer=customer_person.memberships.get().customer)


@pytest.fixture
def delivered(driver, site, twenty) -> Order:
    """The customer's own: two of 20 kg, one empty short, NT$2,640 in cash, signed for."""
    order = placed(wish(site, items=(Item(twenty, 2, 1),)))
    departed(driver, order)
    send(driver, handed(stop_of(order), row(twenty, 2, 1), cash=2640, signature="M1 1l9 9"))
    return Order.objects.get(pk=order.pk)


def of_route(name, route):
    return reverse(f"deliveries:{name}", args=[route.pk])


def of_order(name, order):
    return reverse(f"deliveries:{name}", args=[order.number])


def words(answer) -> str:
    """What is to be read, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- the route sheet --------------------------------------------------------------------------------------------------
def test_the_sheet_says_whom_where_what_and_how_much(office, driver, twenty):
    order = placed(items=(Item(twenty, 2, 2),), note="按鈴等一下")
    order.site.access_note = "後門"
    order.site.closed_weekdays = [7]
    order.site.save()
    ContactFactory(customer=order.customer, phone="+886900000777")
    route = published(driver, order)

    said = words(office.get(of_route("sheet", route)))

    for part in (route.code, str(driver), "115/11/24（二）", order.customer.name, "0900-000-777", order.site.address):
        assert part in said
    for part in ("後門", "週日", "按鈴等一下", "20×2", "1,640", "現金"):
        assert part in said


def test_a_number_that_is_not_called_any_more_is_not_printed(office, driver, twenty):
    order = placed()
    contact = ContactFactory(customer=order.customer, phone="+886900000778")
    route = published(driver, order)
    Contact.objects.filter(pk=contact.pk).update(is_active=False)

    assert "0900-000-778" not in words(office.get(of_route("sheet", route)))


def test_looking_at_the_sheet_is_written_down_for_each_customer_once(office, dispatcher, driver, site, twenty):
    orders = [placed(wish(site)), placed(wish(site)), placed()]
    office.get(of_route("sheet", published(driver, *orders)))

    reads = RecordRead.objects.filter(page="deliveries:sheet", user=dispatcher, kind="customer")
    assert sorted(reads.values_list("record_id", flat=True)) == sorted({order.customer_id for order in orders})


@pytest.mark.parametrize("name", SHEETS)
def test_an_empty_route_prints_a_sentence(office, driver, name):
    assert office.get(of_route(name, RouteFactory(driver=driver))).status_code == 200


@pytest.mark.parametrize("name", SHEETS)
def test_the_queries_do_not_grow_with_the_stops(office, driver, twenty, django_assert_max_num_queries, name):
    order = placed()
    ContactFactory(customer=order.customer)
    route = departed(driver, order)
    with django_assert_max_num_queries(8) as few:
        office.get(of_route(name, route))
    for _ in range(2):
        order = placed()
        ContactFactory(customer=order.customer)
        route.add(order, by=UserFactory())

    with django_assert_max_num_queries(8) as many:
        office.get(of_route(name, route))

    assert len(few) == len(many)


# --- the loading sheet ------------------------------------------------------------------------------------------------
def test_a_driver_sees_the_loading_sheet_of_their_own_published_route(signed_in, driver, twenty):
    mine = published(driver, placed())
    theirs = published(DriverFactory(), placed())
    phone = signed_in(driver.user)

    seen = [phone.get(of_route("loading", route)).status_code for route in (mine, theirs)]

    assert seen == [200, 404]
    assert phone.get(of_route("sheet", mine)).status_code == 403
    assert phone.get(of_route("slips", mine)).status_code == 403


def test_a_draft_is_nothing_for_its_driver_yet(signed_in, driver, twenty):
    assert signed_in(driver.user).get(of_route("loading", RouteFactory(driver=driver))).status_code == 404


def test_the_loading_sheet_says_the_weight_against_the_limit(office, driver, twenty):
    said = words(office.get(of_route("loading", published(driver, placed(items=(Item(twenty, 3, 3),))))))

    assert "120 公斤 / 1,500 公斤" in said
    assert "備用還可以裝 1,380 公斤" in said


# --- slips ------------------------------------------------------------------------------------------------------------
def test_a_slip_before_delivery_says_what_is_ordered_and_carries_no_stamp(customer, driver, site, twenty):
    order = placed(wish(site, items=(Item(twenty, 2, 2),)))
    route = published(driver, order)

    answer = customer.get(of_order("slip", order))

    said = words(answer)
    for part in (
        "送貨單",
        "客戶聯",
        "存根聯",
        order.number,
        order.customer.code,
        f"{route.code} 第 1 站",
        "1,640",
        "要收現金",
    ):
        assert part in said
    assert 'class="stamp"' not in answer.content.decode()
    assert "瓶身檢驗日期已看" in said


def test_a_slip_after_delivery_says_what_was_handed_over_and_is_stamped_and_signed(customer, delivered):
    answer = customer.get(of_order("slip", delivered))

    page, said = answer.content.decode(), words(answer)
    for part in ("收現金 2,640", "押金", "1,000", "115.11.24 送達", "驗漏，沒漏"):
        assert part in said
    assert page.count('class="stamp"') == 1
    assert 'd="M1 1l9 9"' in page
    assert "瓶身檢驗日期已看" not in said  # nobody wrote it down


def test_the_stub_says_what_went_on_the_account_and_not_that_nothing_came(customer, driver, site, twenty):
    order = placed(wish(site, pays_by="account"))
    departed(driver, order)
    send(driver, handed(stop_of(order), cash=0))

    assert "記帳 820 客戶簽收" in words(customer.get(of_order("slip", order)))


def test_who_sees_no_money_gets_a_slip_without_amounts_and_no_receipt(customer, customer_person, delivered):
    Membership.objects.filter(user=customer_person).update(sees_balance=False)

    answer = customer.get(of_order("slip", delivered))

    assert not re.search(r"2,640|1,640|1,000|820|收現金", words(answer))
    assert customer.get(of_order("receipt", delivered)).status_code == 404
    assert of_order("receipt", delivered) not in customer.get(delivered.get_absolute_url()).content.decode()


def test_a_cancelled_order_has_no_slip(office, customer_person, twenty):
    order = placed()
    order.cancel(by=customer_person, reason="changed my mind")

    said = words(office.get(of_order("slip", order)))

    assert "這張訂單取消了" in said
    assert "存根聯" not in said


def test_all_slips_of_a_route_are_one_print(office, driver, twenty):
    orders = [placed(), placed(), placed()]
    page = office.get(of_route("slips", published(driver, *orders))).content.decode()

    assert page.count("<article") == 3
    assert [page.index(order.number) for order in orders] == sorted(page.index(order.number) for order in orders)


# --- the receipt ------------------------------------------------------------------------------------------------------
def test_a_receipt_says_what_it_cost_how_it_was_paid_and_who_we_are(customer, delivered, settings):
    settings.COMPANY = settings.COMPANY | {"tax_id": "12345675", "address": "臺東市測試路 1 號"}

    said = words(customer.get(of_order("receipt", delivered)))

    for part in ("收據", delivered.number, "820", "1,640", "2,640", "現金", "115/11/24（二）", "089-000-210"):
        assert part in said
    for part in ("統一編號 12345675", "臺東市測試路 1 號", "收訖", "這張不是統一發票"):
        assert part in said


def test_a_receipt_of_what_is_not_delivered_says_when_there_is_one(customer, site, twenty):
    order = placed(wish(site))

    answer = customer.get(of_order("receipt", order))

    assert answer.status_code == 200
    assert "瓦斯送到才有收據" in words(answer)
    assert of_order("slip", order) in answer.content.decode()


def test_what_is_not_paid_yet_is_not_stamped_as_paid(customer, driver, site, twenty):
    order = placed(wish(site, pays_by="account"))
    departed(driver, order)
    send(driver, handed(stop_of(order), cash=0))

    said = words(customer.get(of_order("receipt", order)))

    assert "記在月結 820" in said
    assert "收訖" not in said


# --- everybody's ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", PAPERS)
def test_somebody_elses_paper_is_not_there(customer, driver, twenty, name):
    theirs = placed()

    assert customer.get(of_order(name, theirs)).status_code == 404
    assert customer.get(reverse(f"deliveries:{name}", args=["1150101-1"])).status_code == 404


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_of_many_lines_costs_no_more_queries(customer, delivered, site, django_assert_max_num_queries, name):
    with django_assert_max_num_queries(8) as few:
        customer.get(of_order(name, delivered))
    items = tuple(Item(priced(code, gas_kg=4, tare_kg=4), 1, 1) for code in ("4", "10", "16"))
    three = placed(wish(site, items=items))

    with django_assert_max_num_queries(8) as many:
        customer.get(of_order(name, three))

    assert len(few) == len(many)


def test_the_office_is_written_down_and_the_customer_is_not(office, customer, dispatcher, delivered):
    for browser in (office, customer):
        browser.get(of_order("slip", delivered))

    reads = RecordRead.objects.filter(page="deliveries:slip")
    assert list(reads.values_list("user", "record_id")) == [(dispatcher.pk, delivered.customer_id)]


@pytest.mark.parametrize(("asked", "paper"), [("", "a4"), ("?paper=roll", "roll"), ("?paper=<b>", "a4")])
def test_the_paper_is_a4_unless_the_roll_is_asked_for(customer, delivered, asked, paper):
    page = customer.get(of_order("receipt", delivered) + asked).content.decode()

    assert f'<main id="main" data-paper="{paper}">' in page


def test_the_way_to_each_paper_is_on_the_page_where_it_is_needed(office, customer, delivered):
    route = stop_of(delivered).route

    board, detail, order, own = (
        browser.get(address).content.decode()
        for browser, address in (
            (office, reverse("deliveries:dispatch")),
            (office, of_route("route", route)),
            (office, delivered.get_absolute_url()),
            (customer, delivered.get_absolute_url()),
        )
    )

    assert of_route("sheet", route) in board
    assert all(of_route(name, route) in detail for name in SHEETS)
    assert all(of_order(name, delivered) in page for name in PAPERS for page in (order, own))

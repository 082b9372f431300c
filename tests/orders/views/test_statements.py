"""Monthly statements on the screen and on paper: the office's list, one customer's own, all of an area."""

import uuid

import pytest
from django.urls import reverse

from customers.models import Payment
from luckygas.models import CUSTOMER, RecordRead
from orders.handover import Handover
from tests.factories import (
    AreaFactory,
    CustomerFactory,
    DepotFactory,
    MembershipFactory,
    SiteFactory,
    UserFactory,
    placed,
    wish,
)

HTMX = {"HX-Request": "true"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def supplied(dispatcher):
    """A monthly customer with one delivery of NT$820 this month."""

    def supplied(name="阿金麵店", *, area="瑞"):
        site = SiteFactory(
            customer=CustomerFactory(name=name, settlement="monthly"), area=AreaFactory(code=area, name=f"{area}線")
        )
        order = placed(wish(site), by=dispatcher)
        order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=dispatcher)
        return order

    return supplied


def page(customer, year=2026, month=11):
    return reverse("orders:statement", args=[customer.number, year, month])


def member(customer, **more):
    person = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=person, customer=customer, **more)
    return person


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_month_that_is_over_is_listed_first_and_another_can_be_chosen(signed_in, dispatcher, supplied):
    order = supplied()
    Payment.record(
        operation_id=uuid.uuid4(), customer=order.customer, method="transfer", received_twd=300, by=dispatcher
    )  # fmt: skip
    browser, url = signed_in(dispatcher), reverse("orders:statements")

    assert browser.get(url).context["rows"] == []
    context = browser.get(url, {"month": "2026-11"}).context
    [(customer, sums)] = context["rows"]
    assert (customer, customer.area_name) == (order.customer, "瑞線")
    assert (sums.opening_twd, sums.charged_twd, sums.paid_twd, sums.closing_twd) == (0, 820, 300, 520)
    assert (context["all"].closing_twd, context["count"]) == (520, 1)


def test_it_goes_on_behind_the_last_number(signed_in, dispatcher, supplied, monkeypatch):
    monkeypatch.setattr("orders.views.statements.PAGE", 2)
    customers = [supplied(f"客戶{number}").customer for number in range(3)]
    browser, url = signed_in(dispatcher, **HTMX), reverse("orders:statements")

    first = browser.get(url, {"month": "2026-11"})
    second = browser.get(url, {"month": "2026-11", "after": first.context["more"]})

    assert [customer for customer, _sums in first.context["rows"]] == customers[:2]
    assert [customer for customer, _sums in second.context["rows"]] == customers[2:]
    assert first.content.decode().lstrip().startswith('<section class="slip" id="statement-list"')


def test_an_area_or_only_who_owes_can_be_chosen(signed_in, dispatcher, supplied):
    east, west = supplied(area="東").customer, supplied(area="西").customer
    Payment.record(operation_id=uuid.uuid4(), customer=west, method="cash", received_twd=820, by=dispatcher)
    browser, url = signed_in(dispatcher), reverse("orders:statements")

    def found(**asked):
        return [row[0] for row in browser.get(url, {"month": "2026-11"} | asked).context["rows"]]

    assert (found(), found(area="西"), found(owing="on"), found(area="x")) == ([east, west], [west], [east], [])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    signed_in, dispatcher, supplied, count, django_assert_num_queries
):
    for number in range(count):
        supplied(f"客戶{number}")
    browser = signed_in(dispatcher)

    with django_assert_num_queries(6):
        browser.get(reverse("orders:statements"), {"month": "2026-11"})


# --- on paper -------------------------------------------------------------------------------------------------------
def test_all_of_an_area_are_printed_at_once_and_each_look_is_noted(signed_in, dispatcher, supplied):
    shops = [supplied(f"客戶{number}", area="東").customer for number in range(2)]
    supplied("別區", area="西")

    response = signed_in(dispatcher).get(reverse("orders:print_statements"), {"month": "2026-11", "area": "東"})

    assert [paper.customer for paper in response.context["papers"]] == shops
    assert response.content.decode().count('<article class="paper"') == 2
    assert set(RecordRead.objects.values_list("record_id", flat=True)) == {shop.pk for shop in shops}


def test_a_print_says_what_did_not_fit(signed_in, dispatcher, supplied, monkeypatch):
    monkeypatch.setattr("orders.views.statements.MOST_PRINTED", 1)
    for number in range(3):
        supplied(f"客戶{number}")

    response = signed_in(dispatcher).get(reverse("orders:print_statements"), {"month": "2026-11"})

    assert (len(response.context["papers"]), response.context["left"]) == (1, 2)


def test_the_paper_says_everything(signed_in, dispatcher, supplied):
    order = supplied()
    payment = Payment.record(
        operation_id=uuid.uuid4(), customer=order.customer, method="cheque", received_twd=300, by=dispatcher
    )  # fmt: skip
    payment.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="bounced")

    said = signed_in(dispatcher).get(page(order.customer)).content.decode()

    for words in ("月結單", "阿金麵店", order.number, "收款沖回", "支票退票", "應付", "820", "這個月還沒過完"):
        assert words in said


def test_who_may_see_the_account_sees_their_own_statement(signed_in, supplied):
    order, other = supplied(), supplied("別人")
    browser = signed_in(member(order.customer, sees_balance=True))

    assert browser.get(page(order.customer)).context["paper"].closing_twd == 820
    assert browser.get(page(other.customer)).status_code == 404


@pytest.mark.parametrize("where", ["balance", "site"])
def test_who_only_orders_or_acts_for_one_site_sees_none(signed_in, supplied, where):
    order = supplied()
    seen = {"sees_balance": False} if where == "balance" else {"sees_balance": True, "site": order.site}

    assert signed_in(member(order.customer, **seen)).get(page(order.customer)).status_code == 404


def test_a_month_that_never_was_is_not_there(signed_in, dispatcher, supplied):
    assert signed_in(dispatcher).get(page(supplied().customer, month=13)).status_code == 404

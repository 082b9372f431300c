"""A customer's account and their own data."""

from __future__ import annotations

import pytest

from customers.models import AccountEntry, Customer, Membership
from customers.statement import Statement
from tests.factories import CustomerFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(customer_person) -> Customer:
    return Customer.objects.get(memberships__user=customer_person)


@pytest.fixture
def web(customer_person, signed_in):
    return signed_in(customer_person)


def post(customer: Customer, key: int, *, purpose: str = "charge", **legs: int) -> None:
    AccountEntry.post(customer=customer, legs=legs, cause=("test", key), purpose=purpose, by=None)


def test_the_account_shows_what_is_owed_and_held_apart(web, customer):
    post(customer, 1, receivable=820, sales=-820)
    post(customer, 2, purpose="deposit", receivable=1000, deposit=-1000)
    post(customer, 3, purpose="received", receivable=-500, cash=500)

    statement = web.get("/account/").context["statement"]

    assert (statement.balance_twd, statement.deposits_twd) == (1320, 1000)


def test_each_line_carries_the_balance_after_it(customer):
    post(customer, 1, receivable=820, sales=-820)
    post(customer, 2, purpose="deposit", receivable=1000, deposit=-1000)
    post(customer, 3, purpose="received", receivable=-500, cash=500)

    lines = Statement.of(customer).lines

    assert [(line.entry.account, line.amount_twd, line.after_twd) for line in lines] == [
        ("receivable", -500, 1320),
        ("deposit", 1000, 1000),
        ("receivable", 1000, 1820),
        ("receivable", 820, 820),
    ]


def test_pages_of_a_statement_lose_no_line_and_go_on_with_the_right_balance(customer, monkeypatch):
    for key in range(5):
        post(customer, key, receivable=100, sales=-100)
    whole = [(line.entry.pk, line.after_twd) for line in Statement.of(customer).lines]
    monkeypatch.setattr("customers.statement.PAGE", 2)

    seen, before = [], ""
    while True:
        page = Statement.of(customer, before=before)
        seen += [(line.entry.pk, line.after_twd) for line in page.lines]
        before = page.more
        if not before:
            break

    assert seen == whole
    assert [after for _pk, after in whole] == [500, 400, 300, 200, 100]


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "%00"])
def test_a_made_up_page_is_the_first_one(customer, before):
    post(customer, 1, receivable=100, sales=-100)

    assert len(Statement.of(customer, before=before).lines) == 1


def test_credit_is_said_as_credit(web, customer):
    post(customer, 1, purpose="received", receivable=-300, cash=300)

    response = web.get("/account/")

    assert response.context["statement"].credit_twd == 300
    assert "多付的" in response.content.decode()


def test_two_customers_have_two_accounts_and_nobody_elses(web, customer, customer_person):
    second, other = CustomerFactory(), CustomerFactory()
    MembershipFactory(user=customer_person, customer=second)

    assert web.get("/account/", {"customer": second.number}).context["customer"] == second
    assert web.get("/account/", {"customer": other.number}).context["customer"] == customer


def test_without_the_balance_there_is_no_account(web, customer):
    post(customer, 1, receivable=820, sales=-820)
    Membership.objects.update(sees_balance=False)

    response = web.get("/account/")

    assert response.context["customer"] is None
    assert "820" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_account_asks_the_database_as_often_for_one_line_as_for_three(
    web, customer, django_assert_num_queries, count
):
    for key in range(count):
        post(customer, key, receivable=100, sales=-100)
    web.get("/account/")

    with django_assert_num_queries(7):
        web.get("/account/")


def test_a_name_is_changed_and_nothing_else(web, customer_person):
    web.post("/account/profile/", {"name": "林媽媽", "username": "ops", "is_superuser": "on"})

    customer_person.refresh_from_db()
    assert (customer_person.name, customer_person.username, customer_person.is_superuser) == (
        "林媽媽",
        "+886900000123",
        False,
    )


def test_a_name_that_is_too_long_is_422_and_changes_nothing(web, customer_person):
    before = customer_person.name

    response = web.post("/account/profile/", {"name": "字" * 61}, headers={"HX-Request": "true"})

    customer_person.refresh_from_db()
    assert (response.status_code, customer_person.name) == (422, before)
    assert "id_name_error" in response.content.decode()


def test_the_profile_says_for_whom_one_acts_and_which_numbers_are_called(web, customer):
    page = web.get("/account/profile/").content.decode()

    assert customer.name in page
    assert "換密碼" in page


def test_every_colleague_has_a_profile(signed_in, driver, dispatcher):
    assert [signed_in(person).get("/account/profile/").status_code for person in (driver.user, dispatcher)] == [
        200,
        200,
    ]

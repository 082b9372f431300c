"""What a customer still has to pay, what they paid, and taking a payment back."""

import uuid

import pytest
from django.urls import reverse

from customers.models import AccountEntry, Payment, PaymentReversal
from luckygas.models import CUSTOMER, RecordRead
from tests.factories import CustomerFactory, MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop(db):
    customer = CustomerFactory(name="阿金麵店", settlement="monthly")
    cause = ("order", "7")
    AccountEntry.post(
        customer=customer, legs={"receivable": 1640, "sales": -1640}, cause=cause, purpose="charge", by=None
    )
    return customer


def pay(customer, twd=640, *, by, method="cheque"):
    return Payment.record(operation_id=uuid.uuid4(), customer=customer, method=method, received_twd=twd, by=by)


@pytest.fixture
def cheque(shop, dispatcher):
    return pay(shop, by=dispatcher)


def page(shop):
    return reverse("customers:payments", args=[shop.number])


def back(payment):
    return reverse("customers:reverse_payment", args=[payment.customer.number, payment.pk])


def typed(**more):
    return {"operation_id": str(uuid.uuid4()), "why": "bounced"} | more


# --- the page -------------------------------------------------------------------------------------------------------
def test_it_shows_what_is_open_and_every_payment_and_the_look_is_noted(signed_in, dispatcher, shop, cheque):
    response = signed_in(dispatcher).get(page(shop))

    assert [(each.amount_twd, each.open_twd) for each in response.context["charges"]] == [(1640, 1000)]
    assert (response.context["payments"], response.context["age"].total_twd) == ([cheque], 1000)
    assert RecordRead.objects.get().record_id == shop.pk


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_for_three_payments_as_for_one(
    signed_in, dispatcher, shop, count, django_assert_num_queries
):
    for _ in range(count):
        pay(shop, by=dispatcher).reverse(operation_id=uuid.uuid4(), by=dispatcher, why="bounced")
    browser = signed_in(dispatcher)

    with django_assert_num_queries(8):
        browser.get(page(shop))


def test_older_payments_are_a_page_further(signed_in, dispatcher, shop, monkeypatch):
    monkeypatch.setattr("customers.views.payments.PAGE", 2)
    payments = [pay(shop, twd, by=dispatcher) for twd in (1, 2, 3)]

    first = signed_in(dispatcher).get(page(shop))
    second = signed_in(dispatcher, **HTMX).get(page(shop), {"before": first.context["more"]})

    assert first.context["payments"] == payments[:0:-1]
    assert (second.context["payments"], second.context["more"]) == ([payments[0]], "")
    assert second.content.decode().lstrip().startswith("<walk-list")


# --- taking back ----------------------------------------------------------------------------------------------------
def test_a_bounced_cheque_is_taken_back(signed_in, dispatcher, cheque):
    response = signed_in(dispatcher).post(back(cheque), typed(note="存款不足"))

    reversal = PaymentReversal.objects.get()
    assert (response.status_code, response["Location"]) == (303, page(cheque.customer))
    assert (reversal.payment, reversal.why, reversal.note, reversal.by) == (cheque, "bounced", "存款不足", dispatcher)


def test_the_right_amount_is_recorded_in_the_same_form(signed_in, dispatcher, cheque):
    signed_in(dispatcher).post(back(cheque), typed(why="amount", right_twd="460"))

    assert [payment.received_twd for payment in Payment.objects.kept()] == [460]


def test_htmx_is_sent_to_the_account(signed_in, dispatcher, cheque):
    response = signed_in(dispatcher, **HTMX).post(back(cheque), typed())

    assert (response.status_code, response["HX-Redirect"]) == (204, page(cheque.customer))


def test_without_a_reason_nothing_is_taken_back(signed_in, dispatcher, cheque):
    response = signed_in(dispatcher, **HTMX).post(back(cheque), typed(why=""))

    assert (response.status_code, PaymentReversal.objects.count()) == (422, 0)
    assert "請選為什麼沖回。" in response.content.decode()


def test_cash_cannot_bounce(signed_in, dispatcher, shop):
    payment = pay(shop, by=dispatcher, method="cash")

    response = signed_in(dispatcher).post(back(payment), typed())

    assert (response.status_code, PaymentReversal.objects.count()) == (422, 0)
    assert "支票退票" not in signed_in(dispatcher).get(back(payment)).content.decode()


def test_a_second_time_is_refused(signed_in, dispatcher, cheque):
    cheque.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="amount")

    response = signed_in(dispatcher).post(back(cheque), typed())

    assert response.status_code == 422
    assert "這筆收款已經沖回了。" in response.content.decode()


def test_a_payment_of_somebody_else_is_not_there(signed_in, dispatcher, cheque):
    other = CustomerFactory()

    url = reverse("customers:reverse_payment", args=[other.number, cheque.pk])

    assert signed_in(dispatcher).post(url, typed()).status_code == 404


def test_a_customer_may_not(signed_in, customer_person, cheque):
    browser = signed_in(customer_person)

    assert [browser.get(page(cheque.customer)).status_code, browser.post(back(cheque), typed()).status_code] == [
        403,
        403,
    ]


# --- the customer's side --------------------------------------------------------------------------------------------
def test_the_customer_sees_what_was_taken_back_and_why(signed_in, dispatcher, cheque):
    person = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=person, customer=cheque.customer, sees_balance=True)
    cheque.reverse(operation_id=uuid.uuid4(), by=dispatcher, why="bounced")

    response = signed_in(person).get(reverse("customers:account"))

    lines = [(line.text, line.amount_twd, line.after_twd) for line in response.context["statement"].lines]
    assert lines == [("收款沖回：支票退票", 640, 1640), ("付款，支票", -640, 1000), ("瓦斯", 1640, 1640)]
    assert [charge.open_twd for charge in response.context["charges"]] == [1640]

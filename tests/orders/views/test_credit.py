"""The pages about credit: who sees them, what they decide, and how much they read."""

import csv
import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import AccountEntry, Customer
from luckygas.clock import business_day
from luckygas.models import RecordRead
from orders.models import BulkMove, Deputy
from orders.wishes import Item
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, placed, priced, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "twenty")]
HTMX = {"HX-Request": "true"}


def held(limit=500, quantity=1, **more):
    customer = CustomerFactory(settlement="monthly", credit_limit_twd=limit, **more)
    return placed(wish(SiteFactory(customer=customer), items=(Item(priced(), quantity, quantity),)))


def decide(browser, order, verb, note="pays tomorrow", **more):
    facts = {"operation_id": uuid.uuid4(), "note": note} | more
    return browser.post(reverse(f"orders:{verb}", args=[order.number]), facts)


def owe(name, twd, days, by, area="瑞"):
    site = SiteFactory(customer__name=name, area=AreaFactory(code=area, name=area))
    legs = {AccountEntry.Account.RECEIVABLE: twd, AccountEntry.Account.ADJUSTMENT: -twd}
    at = timezone.now() - dt.timedelta(days=days)
    AccountEntry.post(
        customer=site.customer, legs=legs, cause=("opening", site.pk), purpose="x", by=by, at=at
    )  # fmt: skip
    return site.customer


# --- the queue ----------------------------------------------------------------------------------------------------
def test_the_queue_shows_what_waits_and_what_was_decided(signed_in, manager):
    order, gone = held(), held()
    gone.release(by=manager, note="老闆娘說明天匯")

    page = signed_in(manager).get(reverse("orders:credit")).content.decode()

    assert order.number in page
    assert reverse("orders:release", args=[order.number]) in page
    assert "老闆娘說明天匯" in page


def test_a_clerk_sees_it_and_decides_nothing_but_what_fits(signed_in, dispatcher):
    beyond, fits = held(), held()
    Customer.objects.filter(pk=fits.customer_id).update(credit_limit_twd=9000)

    page = signed_in(dispatcher).get(reverse("orders:credit")).content.decode()

    assert reverse("orders:release", args=[fits.number]) in page
    assert reverse("orders:release", args=[beyond.number]) not in page
    assert "orders/decline" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_as_many_queries_for_three_as_for_one(signed_in, manager, count, django_assert_num_queries):
    for _ in range(count):
        held()
    browser = signed_in(manager)

    with django_assert_num_queries(9):  # a list of eight, and what was decided lately below it
        browser.get(reverse("orders:credit"))


def test_htmx_gets_the_list_alone(signed_in, manager):
    response = signed_in(manager, **HTMX).get(reverse("orders:credit"))

    assert response.content.decode().lstrip().startswith('<section class="slip" id="held-list"')


# --- one order ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("verb", "state"), [("release", "confirmed"), ("decline", "cancelled")])
@pytest.mark.parametrize(("headers", "status"), [({}, 303), (HTMX, 204)], ids=["plain", "htmx"])
def test_a_manager_decides_with_a_note(signed_in, manager, verb, state, headers, status):
    order = held()
    browser = signed_in(manager, **headers)
    assert browser.get(reverse(f"orders:{verb}", args=[order.number])).status_code == 200

    response = decide(browser, order, verb)

    order.refresh_from_db()
    assert (response.status_code, order.state) == (status, state)
    assert order.hold_decisions.get().note == "pays tomorrow"


@pytest.mark.parametrize("verb", ["release", "decline"])
def test_without_a_note_it_is_422_and_nothing_is_decided(signed_in, manager, verb):
    order = held()

    response = decide(signed_in(manager, **HTMX), order, verb, note="")

    order.refresh_from_db()
    assert (response.status_code, order.state) == (422, "held")
    assert 'id="id_note_error"' in response.content.decode()


def test_a_deputy_above_the_amount_reads_how_much_they_may(signed_in, dispatcher, manager):
    Deputy.appoint(dispatcher, up_to_twd=1000, by=manager, valid_from=business_day())
    small, large = held(), held(quantity=2)
    browser = signed_in(dispatcher)

    answers = [decide(browser, order, "release") for order in (small, large)]

    assert [answer.status_code for answer in answers] == [303, 422]
    assert "1,000" in answers[1].content.decode()
    assert "1,640" in answers[1].content.decode()


def test_a_clerk_is_refused_with_a_sentence(signed_in, dispatcher):
    assert [decide(signed_in(dispatcher), held(), verb).status_code for verb in ("release", "decline")] == [422, 422]


# --- many at once -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("verb", "state"), [("release", "confirmed"), ("decline", "cancelled")])
def test_many_are_decided_at_once_each_with_its_outcome(signed_in, manager, verb, state):
    orders = [held(), held(), held()]
    orders[1].release(by=manager, note="meanwhile")
    numbers = [order.number for order in orders]
    browser = signed_in(manager)
    assert browser.get(reverse("orders:bulk"), {"verb": verb, "order": numbers}).status_code == 200

    facts = {"operation_id": uuid.uuid4(), "verb": verb, "order": numbers, "reason": "all of them pay"}
    response = browser.post(reverse("orders:bulk"), facts)

    outcomes = dict(BulkMove.objects.get().rows.values_list("order__number", "outcome"))
    assert response.status_code == 303
    assert [outcomes[number] for number in numbers] == ["done", "refused", "done"]
    for order in orders:
        order.refresh_from_db()
    assert [order.state for order in orders] == [state, "confirmed", state]


def test_many_without_a_note_are_422(signed_in, manager):
    order = held()
    facts = {"operation_id": uuid.uuid4(), "verb": "release", "order": [order.number], "reason": ""}

    response = signed_in(manager).post(reverse("orders:bulk"), facts)

    assert (response.status_code, BulkMove.objects.count()) == (422, 0)


def test_what_a_deputy_may_not_is_refused_row_by_row(signed_in, dispatcher, manager):
    Deputy.appoint(dispatcher, up_to_twd=1000, by=manager, valid_from=business_day())
    small, large = held(), held(quantity=2)
    facts = {"operation_id": uuid.uuid4(), "verb": "release", "order": [small.number, large.number], "reason": "x"}

    response = signed_in(dispatcher).post(reverse("orders:bulk"), facts, follow=True)

    assert [row.outcome for row in BulkMove.objects.get().rows.order_by("order_id")] == ["done", "refused"]
    assert "1,000" in response.content.decode()


# --- overdue ------------------------------------------------------------------------------------------------------
def test_overdue_by_what_the_address_asks(signed_in, manager):
    owe("甲店", 100, 40, manager)
    owe("乙店", 200, 100, manager, area="四")
    browser = signed_in(manager)

    def names(**asked):
        return [debt.customer.name for debt in browser.get(reverse("orders:overdue"), asked).context["debts"]]

    assert names() == ["乙店", "甲店"]
    assert names(days="90") == ["乙店"]
    assert names(area="瑞") == ["甲店"]
    assert names(text="甲") == ["甲店"]
    assert names(days="nonsense", page="999") == ["乙店", "甲店"]
    assert names(text="沒有") == []


def test_overdue_in_a_file_says_the_same_and_who_took_it(signed_in, manager):
    shop = owe("=甲店", 100, 40, manager)
    owe("乙店", 200, 100, manager)

    response = signed_in(manager).get(reverse("orders:export_overdue"), {"days": "30"})

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row[4:9] for row in rows[1:]] == [
        ["0", "0", "0", "200", "200"],
        ["0", "100", "0", "0", "100"],
        ["0", "100", "0", "200", "300"],
    ]
    assert rows[2][1] == "'=甲店"
    assert RecordRead.objects.filter(record_id=shop.pk, page="orders:export_overdue").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_overdue_takes_as_many_queries_for_three_as_for_one(signed_in, manager, count, django_assert_num_queries):
    for number in range(count):
        owe(f"店{number}", 100, 40, manager)
    browser = signed_in(manager)

    with django_assert_num_queries(6):
        browser.get(reverse("orders:overdue"))


# --- without a limit, limits, blocks ------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_who_has_no_limit_in_as_many_queries_for_three_as_for_one(signed_in, manager, count, django_assert_num_queries):
    for _ in range(count):
        SiteFactory(customer=CustomerFactory(settlement="monthly"))
    CustomerFactory(settlement="monthly", credit_limit_twd=0)
    browser = signed_in(manager)

    with django_assert_num_queries(5):
        response = browser.get(reverse("orders:no_limit"))

    assert len(response.context["page"]) == count


def at(name, customer):
    return reverse(f"customers:{name}", args=[customer.number])


def test_a_manager_sets_a_limit_and_takes_it_away(signed_in, manager):
    customer, browser = CustomerFactory(), signed_in(manager)

    for typed, limit in (("5000", 5000), ("0", 0), ("", None)):
        assert browser.post(at("set_limit", customer), {"credit_limit_twd": typed}).status_code == 303
        customer.refresh_from_db()
        assert customer.credit_limit_twd == limit
    assert browser.post(at("set_limit", customer), {"credit_limit_twd": "-1"}).status_code == 422


def test_a_manager_blocks_and_unblocks_with_a_note_that_stands_in_the_history(signed_in, manager):
    customer, browser = CustomerFactory(), signed_in(manager)

    assert browser.post(at("block", customer), {"note": ""}).status_code == 422
    assert browser.post(at("block", customer), {"note": "支票跳票"}).status_code == 303
    assert browser.post(at("block", customer), {"note": "again"}).status_code == 422
    page = browser.get(reverse("customers:detail", args=[customer.number])).content.decode()
    assert browser.post(at("unblock", customer), {"note": "付清了"}).status_code == 303

    customer.refresh_from_db()
    assert (customer.is_blocked, customer.blocked_why) == (False, "付清了")
    assert "支票跳票" in page
    assert at("unblock", customer) in page


# --- deputies -----------------------------------------------------------------------------------------------------
def typed(person, **more):
    return {"person": person.pk, "up_to_twd": "5000", "valid_from": business_day().isoformat()} | more


def test_a_manager_lets_somebody_stand_in_and_ends_it(signed_in, manager, dispatcher):
    browser = signed_in(manager)

    assert browser.post(reverse("orders:deputies"), typed(dispatcher)).status_code == 303
    deputy = Deputy.objects.get()
    assert (deputy.person, deputy.up_to_twd, deputy.set_by, deputy.state) == (dispatcher, 5000, manager, "standing")

    assert browser.post(reverse("orders:end_deputy", args=[deputy.pk])).status_code == 303
    assert Deputy.objects.get().state == "ended"


@pytest.mark.parametrize("more", [{"person": ""}, {"up_to_twd": "0"}, {"valid_until": "2020-01-01"}])
def test_a_wrong_deputy_is_422(signed_in, manager, dispatcher, more):
    response = signed_in(manager).post(reverse("orders:deputies"), typed(dispatcher) | more)

    assert (response.status_code, Deputy.objects.count()) == (422, 0)


def test_a_manager_needs_no_deputyship(signed_in, manager):
    response = signed_in(manager).post(reverse("orders:deputies"), typed(manager))

    assert (response.status_code, Deputy.objects.count()) == (422, 0)

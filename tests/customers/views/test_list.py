"""The list of customers: narrowed, sorted, counted, paged; and the doubles."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.forms.filter import CustomerFilterForm
from customers.listing import Listing
from customers.models import AccountEntry, Customer
from tests.factories import AreaFactory, ContactFactory, CustomerFactory, SiteFactory

pytestmark = pytest.mark.django_db
INDEX = "customers:index"


def owes(customer, twd):
    AccountEntry.post(
        customer=customer, legs={"receivable": twd, "sales": -twd}, cause=("test", uuid.uuid4().hex), purpose="charge",
        by=None,
    )  # fmt: skip
    return customer


@pytest.fixture
def four(db):
    """甲 owes more than the limit, 乙 owes and has no limit, 丙 has credit, 丁 owes nothing and has a meter."""
    area = AreaFactory(code="東", name="泰東")
    people = [
        owes(CustomerFactory(name="甲", kind="commercial", credit_limit_twd=1000), 1001),
        owes(CustomerFactory(name="乙"), 500),
        owes(CustomerFactory(name="丙", credit_limit_twd=1000), -300),
        CustomerFactory(name="丁", is_metered=True, credit_limit_twd=1000),
    ]
    for customer in people[:3]:
        SiteFactory(customer=customer)
    SiteFactory(customer=people[3], area=area)
    SiteFactory(customer=people[0], area=area)
    return people


def names(browser, **asked):
    return "".join(customer.name for customer in browser.get(reverse(INDEX), asked).context["listing"].page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "甲乙丙丁"),
        ({"balance": "owing"}, "甲乙"),
        ({"balance": "in_credit"}, "丙"),
        ({"balance": "over_limit"}, "甲"),
        ({"no_limit": "on"}, "乙"),
        ({"metered": "on"}, "丁"),
        ({"area": "東"}, "甲丁"),
        ({"kind": "household", "balance": "owing"}, "乙"),
        ({"area": "nowhere", "kind": "robot", "sort": "shoe size"}, "甲乙丙丁"),
        ({"sort": "-number"}, "丁丙乙甲"),
        ({"sort": "balance"}, "丙丁乙甲"),
        ({"sort": "-balance"}, "甲乙丁丙"),
        ({"text": "　 "}, "甲乙丙丁"),
    ],
)
def test_the_list_is_narrowed_and_sorted_by_the_address(signed_in, dispatcher, four, asked, found):
    assert names(signed_in(dispatcher), **asked) == found


def test_the_balance_stands_beside_the_name(signed_in, dispatcher, four):
    html = signed_in(dispatcher).get(reverse(INDEX)).content.decode()

    assert "1,001" in html
    assert html.count('data-state="over"') == 1


def test_those_who_were_found_are_counted_by_kind_and_area(four):
    listing = Listing.of(CustomerFilterForm({"balance": "owing"}), page=None)

    assert [(value, count) for value, _label, count in listing.kinds] == [("household", 1), ("commercial", 1)]
    assert [(area.code, count) for area, count in listing.areas] == [("東", 1), ("瑞", 2)]
    assert listing.page.paginator.count == 2


def test_pages_neither_repeat_nor_forget_anybody(signed_in, dispatcher):
    for _ in range(120):
        CustomerFactory(name="同名")
    browser, seen = signed_in(dispatcher), []

    for page in (1, 2, 3):
        seen += [c.pk for c in browser.get(reverse(INDEX), {"sort": "name", "page": page}).context["listing"].page]

    assert seen == sorted(Customer.objects.values_list("pk", flat=True))


def test_a_heading_turns_the_order_around(signed_in, dispatcher, four):
    browser = signed_in(dispatcher)

    heads = [browser.get(reverse(INDEX), {"sort": sort}).context["listing"].columns for sort in ("", "-balance")]

    assert [(head.sort, head.sorted) for head in heads[0] if head.is_number] == [("-balance", "")]
    assert [(head.sort, head.sorted) for head in heads[1] if head.is_number] == [("balance", "descending")]


FILTERS = [
    {}, {"balance": "owing"}, {"balance": "in_credit"}, {"balance": "over_limit"}, {"sort": "-balance"},
    {"no_limit": "on", "area": "瑞"}, {"text": "測試"}, {"page": "4"},
]  # fmt: skip


@pytest.fixture
def ledger(db):
    """Two hundred customers with twenty legs each, and a planner that knows it."""
    area = AreaFactory()
    customers = [CustomerFactory(credit_limit_twd=None if n % 2 else 100) for n in range(200)]
    for customer in customers:
        SiteFactory(customer=customer, area=area)
    transfers = [(customer, uuid.uuid4()) for customer in customers for _ in range(10)]
    AccountEntry.objects.bulk_create(
        AccountEntry(
            transfer=transfer, account=account, amount_twd=amount, customer=customer, cause_kind="test",
            cause_id=transfer.hex, purpose="charge", day="2026-11-24",
        )
        for customer, transfer in transfers
        for account, amount in (("receivable", 20), ("sales", -20))
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, customers_site, customers_accountentry")


def scans(asked):
    """How often each query of the list reads the whole table of entries."""
    with CaptureQueriesContext(connection) as queries:
        list(Listing.of(CustomerFilterForm(asked), page=asked.get("page")).page)
    loops = []
    for query in queries.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            plan = cursor.fetchone()[0]
        plan = json.loads(plan) if isinstance(plan, str) else plan
        loops += [node["Actual Loops"] for node in nodes(plan[0]["Plan"]) if is_whole_ledger(node)]
    return loops


def nodes(node):
    yield node
    for child in node.get("Plans", []):
        yield from nodes(child)


def is_whole_ledger(node):
    return node["Node Type"] == "Seq Scan" and node.get("Relation Name") == "customers_accountentry"


def test_no_row_of_the_list_reads_the_whole_ledger(ledger):
    assert [asked for asked in FILTERS if max(scans(asked), default=0) > 1] == []


def test_without_the_index_of_balances_it_would(ledger):
    """The negative control: the look at the plan sees what it is there for."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the sums of transfers, while they can be looked up
        mine = "tablename = 'customers_accountentry' AND indexdef NOT LIKE '%UNIQUE%'"
        cursor.execute(f"SELECT indexname FROM pg_indexes WHERE {mine}")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')

    assert max(scans({})) > 1


def test_the_doubles_are_paged_and_link_to_the_comparison_for_managers(signed_in, dispatcher, manager):
    one, other = CustomerFactory(), CustomerFactory()
    for customer in (one, other):
        ContactFactory(customer=customer, phone="+886900000001")

    pages = [signed_in(person).get(reverse("customers:doubles")).content.decode() for person in (manager, dispatcher)]

    link = f"{reverse('orders:merge', args=[one.number])}?other={other.number}"
    assert [link in page for page in pages] == [True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_doubles_take_as_many_queries_for_three_as_for_one(
    signed_in, dispatcher, count, django_assert_max_num_queries
):
    for number in range(count):
        for _ in range(2):
            ContactFactory(customer=SiteFactory().customer, phone=f"+88690000000{number}")
    browser = signed_in(dispatcher)

    with django_assert_max_num_queries(8) as taken:
        browser.get(reverse("customers:doubles"))

    assert len(taken) == 7

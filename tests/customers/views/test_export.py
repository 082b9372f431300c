"""Customers in a file: whose, in which encoding, without formulas, and written down as a look."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from customers.files.columns import COLUMNS
from luckygas.models import RecordRead
from tests.factories import AreaFactory, ContactFactory, CustomerFactory, SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(db):
    """A shop whose name a spreadsheet would run, and somebody whose name Big5 does not have."""
    shop = SiteFactory(customer=CustomerFactory(name="=1+1", kind="commercial", note="@x")).customer
    ContactFactory(customer=shop, phone="+886900000001")
    return shop, CustomerFactory(name="林太太𠮷")


def taken(browser, **asked):
    response = browser.get(reverse("customers:export"), asked)
    return response, b"".join(response.streaming_content) if response.streaming else response.content


def test_which_file_is_asked_first(signed_in, manager, two):
    response = signed_in(manager).get(reverse("customers:export"), {"kind": "commercial"})

    assert response.context["count"] == 1
    assert "kind=commercial&amp;format=xlsx" in response.content.decode()
    assert not RecordRead.objects.exists()


def test_csv_has_one_line_each_and_no_formula(signed_in, manager, two):
    response, content = taken(signed_in(manager), format="csv")

    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert [row["名稱"] for row in rows] == ["'=1+1", "林太太𠮷"]
    assert (rows[0]["備註"], rows[0]["電話"], rows[0]["欠款"]) == ("'@x", "0900-000-001", "0")
    assert ".csv" in response["Content-Disposition"]
    assert response["Cache-Control"] == "no-store"


def test_xlsx_has_the_same_cells(signed_in, manager, two):
    _response, content = taken(signed_in(manager), format="xlsx")

    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]
    assert rows[0] == [column.header for column in COLUMNS]
    assert [row[1] for row in rows[1:]] == ["'=1+1", "林太太𠮷"]


def test_big5_says_what_it_cannot_hold_before_it_replaces_it(signed_in, manager, two):
    browser = signed_in(manager)

    refused, _content = taken(browser, format="big5")
    _response, content = taken(browser, format="big5", anyway="1")

    assert refused.status_code == 409
    assert [(lost.customer, lost.letters) for lost in refused.context["lost"]] == [(two[1], "𠮷")]
    assert "林太太□" in content.decode("cp950")
    assert RecordRead.objects.count() == 2  # only what was taken away


def test_only_those_who_were_filtered_are_taken_and_each_is_a_look(signed_in, manager, two):
    _response, content = taken(signed_in(manager), format="csv", kind="commercial")

    assert "林太太" not in content.decode()
    look = RecordRead.objects.get()
    assert (look.record_id, look.kind, look.page, look.user) == (two[0].pk, "customer", "customers:export", manager)


@pytest.mark.parametrize("count", [1, 30])
def test_thirty_customers_take_as_many_queries_as_one(signed_in, manager, count, django_assert_max_num_queries):
    area = AreaFactory()
    for _ in range(count):
        SiteFactory(area=area)
    browser = signed_in(manager)

    with django_assert_max_num_queries(8):
        taken(browser, format="csv")


def test_only_managers_take_customers_away(signed_in, dispatcher, two):
    assert signed_in(dispatcher).get(reverse("customers:export"), {"format": "csv"}).status_code == 403

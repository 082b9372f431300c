"""A manager compares two records and makes them one."""

import uuid

import pytest
from django.urls import reverse

from customers.models import Merge
from luckygas.models import RecordRead
from tests.factories import ContactFactory, CustomerFactory, SiteFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def two(dispatcher):
    """林太太 with an address, and once more with the same phone, the same address and an open order."""
    kept = SiteFactory(customer=CustomerFactory(name="林太太"), address="臺東市測試路 1 號").customer
    absorbed = SiteFactory(customer=CustomerFactory(name="林小姐"), address="台東市測試路１號").customer
    for customer in (kept, absorbed):
        ContactFactory(customer=customer, phone="+886900000001")
    placed(wish(absorbed.sites.get()), by=dispatcher)
    return kept, absorbed


def at(kept, absorbed=None):
    return reverse("orders:merge", args=[kept.number]) + (f"?other={absorbed.number}" if absorbed else "")


def typed(absorbed, **more):
    place = f"place_{absorbed.sites.get().pk}"
    return {"operation_id": uuid.uuid4(), "reason": "同一支電話", place: ""} | more


def test_the_doubles_are_offered_and_others_are_found(signed_in, manager, two):
    kept, absorbed = two
    other = CustomerFactory(name="海風民宿")
    browser = signed_in(manager)

    assert [double.customer for double in browser.get(at(kept)).context["doubles"]] == [absorbed]
    hits = browser.get(at(kept), {"text": "海風"}).context["hits"]
    assert [hit.customer for hit in hits] == [other]
    assert browser.get(at(kept), {"text": "林太太"}).context["hits"] == []


def test_both_records_are_shown_side_by_side_and_the_look_is_written_down(signed_in, manager, two):
    kept, absorbed = two

    response = signed_in(manager).get(at(*two))

    html = response.content.decode()
    assert absorbed.orders.get().number in html
    assert response.context["form"].places[0].initial == str(kept.sites.get().pk)  # written the same way
    assert set(RecordRead.objects.values_list("record_id", flat=True)) == {kept.pk, absorbed.pk}


@pytest.mark.parametrize("count", [1, 3])
def test_the_comparison_takes_as_many_queries_for_three_as_for_one(
    signed_in, manager, two, count, django_assert_max_num_queries
):
    for _ in range(count):
        SiteFactory(customer=two[1])
        ContactFactory(customer=two[1])
    browser = signed_in(manager)

    with django_assert_max_num_queries(15) as taken:
        browser.get(at(*two))

    assert len(taken) == 12


def test_one_key_makes_them_one(signed_in, manager, two):
    kept, absorbed = two

    response = signed_in(manager).post(at(*two), typed(absorbed))

    assert response["Location"] == reverse("customers:detail", args=[kept.number])
    assert Merge.objects.get().absorbed == absorbed
    record = signed_in(manager).get(response["Location"]).content.decode()
    old = signed_in(manager).get(reverse("customers:detail", args=[absorbed.number])).content.decode()
    assert absorbed.code in record
    assert kept.code in old


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"operation_id": ""}])
def test_what_is_missing_is_said_and_changes_nothing(signed_in, manager, two, wrong):
    response = signed_in(manager, **HTMX).post(at(*two), typed(two[1]) | wrong)

    assert response.status_code == 422
    assert Merge.objects.count() == 0


def test_a_refusal_is_shown(signed_in, manager, two):
    kept, absorbed = two
    kept.deactivate(by=manager, reason="x")

    response = signed_in(manager, **{"Accept-Language": "en"} | HTMX).post(at(*two), typed(absorbed))

    assert response.status_code == 422
    assert "no longer served" in response.content.decode()


def test_only_managers_merge_and_unknown_records_are_404(signed_in, manager, dispatcher, two):
    assert signed_in(dispatcher).get(at(*two)).status_code == 403
    assert signed_in(manager).get(f"{at(two[0])}?other=99999999").status_code == 404


def test_the_orders_of_the_old_record_stand_on_the_new(signed_in, manager, two):
    kept, absorbed = two
    order = absorbed.orders.get()
    order.cancel(by=manager, reason="x")
    signed_in(manager).post(at(*two), typed(absorbed))

    standing = signed_in(manager).get(reverse("orders:standing", args=[kept.number]))

    order.refresh_from_db()
    assert order.customer == absorbed
    assert order.number in standing.content.decode()

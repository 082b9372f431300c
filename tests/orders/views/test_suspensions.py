"""Suspensions in the browser: drawn up, looked at, put in force, taken back."""

import uuid

import pytest
from django.urls import reverse

from customers.models import CalendarDay, Suspension
from luckygas.models import CUSTOMER
from orders.calendar.suspending import work
from tests.factories import MembershipFactory, SiteFactory, UserFactory, priced
from tests.orders.typhoon import come, draw_up, order_in, outcomes, slot

HTMX = {"HX-Request": "true"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def typed(**more):
    span = {"from_day": "115/11/25", "from_hour": "8", "until_day": "2026-11-25", "until_hour": "20"}
    return {"operation_id": str(uuid.uuid4()), "reason": "颱風"} | span | more


def test_the_form_leads_to_the_page_that_shows_whom_it_touches(signed_in, manager):
    order, form = order_in(slot()), typed()
    browser = signed_in(manager)

    first, second = (browser.post(reverse("orders:suspend"), form) for _ in range(2))

    suspension = Suspension.objects.get()
    assert first.url == second.url == suspension.get_absolute_url()
    page = browser.get(first.url)
    assert [row.order for row in page.context["page"]] == [order]
    assert suspension.state == "draft"


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"reason": ""}, "reason"),
        ({"until_hour": "8"}, "until_day"),
        ({"from_day": "115/11/20"}, "from_day"),
        ({"until_day": "116/1/20"}, "until_day"),
        ({"from_day": "nonsense"}, "from_day"),
    ],
)
def test_what_is_wrong_stands_at_its_field(signed_in, manager, wrong, field):
    response = signed_in(manager, **HTMX).post(reverse("orders:suspend"), typed(**wrong))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Suspension.objects.exists()


def test_confirmed_and_taken_back_by_its_keys(signed_in, manager):
    order_in(slot())
    suspension, browser = draw_up(by=manager), signed_in(manager)

    browser.post(reverse("orders:confirm_suspension", args=[suspension.pk]))
    page = browser.get(suspension.get_absolute_url())
    assert (page.context["over"], page.context["total"]) == (0, 1)
    assert b"every 1s" in page.content
    work(suspension.pk)
    assert outcomes(suspension) == {"moved": 1}
    browser.post(reverse("orders:undo_suspension", args=[suspension.pk]))
    work(suspension.pk)

    assert outcomes(suspension) == {"back": 1}
    assert b"every 1s" not in browser.get(suspension.get_absolute_url()).content


def test_a_refusal_is_said_and_nothing_changes(signed_in, manager):
    suspension = draw_up(by=manager)

    response = signed_in(manager, **HTMX).post(reverse("orders:undo_suspension", args=[suspension.pk]))

    assert response.status_code == 422
    suspension.refresh_from_db()
    assert suspension.state == "draft"


def test_a_draft_is_planned_anew_and_thrown_away(signed_in, manager):
    suspension, browser = draw_up(by=manager), signed_in(manager)
    order_in(slot())

    browser.post(reverse("orders:look_again", args=[suspension.pk]))
    assert suspension.rows.count() == 1
    browser.post(reverse("orders:discard_suspension", args=[suspension.pk]))

    suspension.refresh_from_db()
    assert suspension.state == "discarded"
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("verb", ["confirm_suspension", "undo_suspension", "look_again", "discard_suspension"])
def test_a_dispatcher_sees_it_and_has_no_keys(signed_in, dispatcher, manager, verb):
    suspension, browser = draw_up(by=manager), signed_in(dispatcher)

    page = browser.get(suspension.get_absolute_url())

    assert page.status_code == 200
    assert b"/confirm/" not in page.content
    assert browser.post(reverse(f"orders:{verb}", args=[suspension.pk])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_three_orders_as_for_one(
    signed_in, dispatcher, manager, count, django_assert_num_queries
):
    for _ in range(count):
        order_in(slot())
    suspension, browser = come(draw_up(by=manager), by=manager), signed_in(dispatcher)

    with django_assert_num_queries(8):
        browser.get(suspension.get_absolute_url())


def test_who_needs_somebody_stands_first_and_is_counted(signed_in, manager):
    _calm, urgent, _other = (order_in(slot()) for _ in range(3))
    suspension = draw_up(by=manager)
    suspension.rows.filter(order=urgent).update(is_urgent=True)

    page = signed_in(manager).get(suspension.get_absolute_url())

    rows = list(page.context["page"])
    assert [row.order for row in rows if row.is_red] == [rows[0].order] == [urgent]
    assert (page.context["red"], page.context["total"]) == (1, len(rows)) == (1, 3)


def test_the_desk_reads_why_windows_are_missing(signed_in, dispatcher, manager):
    site, _priced = SiteFactory(), priced()
    come(draw_up(by=manager), by=manager)

    page = signed_in(dispatcher).get(reverse("orders:call", args=[site.customer.number]))

    assert "颱風" in page.content.decode()


def test_a_customer_reads_why_windows_are_missing_and_a_form_from_before_gets_a_sentence(
    signed_in, manager, web_ordering
):
    site, window = SiteFactory(), slot()
    priced()
    person = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=person, customer=site.customer)
    come(draw_up(by=manager), by=manager)
    browser = signed_in(person)

    page = browser.get(reverse("orders:create")).content.decode()
    answer = browser.post(
        reverse("orders:create"),
        {"operation_id": str(uuid.uuid4()), "site": site.pk, "is_gas_out": "no", "quantity_20": "1", "empties_20": "1",
         "when": f"slot-{window.pk}", "note": "空瓶放門口"},
    )  # fmt: skip

    assert "颱風" in page
    assert answer.status_code == 422
    assert "颱風" in answer.content.decode()
    assert "空瓶放門口" in answer.content.decode()

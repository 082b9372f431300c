"""A customer orders: what the page offers, what it takes, and what it refuses with a sentence at the field."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from customers.models import Membership, Site
from luckygas.flags import ORDERS_PAUSED, WEB_ORDERING
from orders.handover import Handed, Handover
from orders.models import Order
from orders.wishes import Item, When
from pilot.models import Flag
from tests.factories import (
    AreaFactory,
    CustomerFactory,
    DepotFactory,
    MembershipFactory,
    SiteFactory,
    SlotFactory,
    UserFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "web_ordering")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def site(customer_person, twenty) -> Site:
    return Site.objects.get(customer__memberships__user=customer_person)


@pytest.fixture
def web(customer_person, signed_in):
    return signed_in(customer_person)


def typed(place: Site, **more: object) -> dict[str, object]:
    """A form as its page would send it."""
    return {
        "operation_id": uuid.uuid4(),
        "site": place.pk,
        "is_gas_out": "no",
        "quantity_20": "1",
        "empties_20": "1",
        "when": "now",
        "note": "",
    } | more


def delivered(site: Site, quantity: int) -> Order:
    product = priced()
    order = placed(wish(site, items=(Item(product, quantity, quantity),)))
    handed = Handed(product, quantity, quantity)
    order.deliver(Handover((handed,), leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    return order


def test_an_order_confirms_itself_and_its_page_is_shown_when_it_breaks_no_rule(web, site, customer_person):
    response = web.post("/orders/new/", typed(site, note="按 2 樓電鈴"))

    order = Order.objects.get()
    assert (response.status_code, response["Location"]) == (303, order.get_absolute_url())
    assert (order.state, order.channel, order.placed_by, order.note) == (
        "confirmed",
        "web",
        customer_person,
        "按 2 樓電鈴",
    )
    assert order.variant == "web_ordering"


def test_htmx_is_sent_to_the_order(web, site):
    response = web.post("/orders/new/", typed(site), headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, Order.objects.get().get_absolute_url())


def test_the_same_form_sent_twice_is_one_order(web, site):
    form = typed(site)

    first, second = (web.post("/orders/new/", form) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_a_restored_form_with_other_contents_is_refused_and_names_the_order(web, site):
    form = typed(site)
    web.post("/orders/new/", form)

    response = web.post("/orders/new/", form | {"quantity_20": "2"})

    assert response.status_code == 422
    assert Order.objects.get().number in response.content.decode()
    assert Order.objects.get().lines.get().ordered == 1


# --- the page -----------------------------------------------------------------
def test_nothing_is_preselected_about_gas_and_the_last_delivered_order_is_filled_in(web, site):
    delivered(site, 3)

    form = web.get("/orders/new/").context["form"]

    assert form["is_gas_out"].value() is None
    assert (form["quantity_20"].value(), form["empties_20"].value()) == (3, 3)


def test_again_fills_in_the_order_it_names(web, site):
    delivered(site, 3)
    first = placed(wish(site, items=(Item(priced(), 5, 5),)))

    context = web.get("/orders/new/", {"again": first.number}).context

    assert context["form"]["quantity_20"].value() == 5


def test_somebody_elses_order_fills_in_nothing(web, site):
    theirs = placed(wish(items=(Item(priced(), 7, 7),)))

    assert web.get("/orders/new/", {"again": theirs.number}).context["form"]["quantity_20"].value() == 0


def test_the_page_offers_now_with_an_estimate_and_windows_with_their_places(web, site):
    late, early = SlotFactory(area=site.area, starts=14, ends=16), SlotFactory(area=site.area, starts=10, ends=12)
    full = SlotFactory(area=site.area, starts=16, ends=18, capacity=1)
    placed(wish(site, when=When(slot=full)))

    response = web.get("/orders/new/")

    page, sheet = response.content.decode(), response.context["sheet"]
    assert [window.slot for window in sheet.windows] == [early, late, full]
    assert "還有 5 個名額" in page
    assert "額滿了" in page
    assert "約 09:" in page


def test_the_price_and_the_deposit_stand_there_before_ordering(web, site):
    part = web.get(
        "/orders/new/quote/", {"site": site.pk, "quantity_20": "3", "empties_20": "1", "when": "now"}, headers=HTMX
    ).content.decode()

    assert "2,460" in part
    assert "2,000" in part
    assert "4,460" in part
    assert 'id="quote"' in part
    assert Order.objects.count() == 0


def test_another_address_keeps_what_was_typed(web, site, customer_person):
    second = SiteFactory(customer=site.customer, label="店裡")
    operation = uuid.uuid4()

    part = web.get(
        "/orders/new/",
        {"site": second.pk, "quantity_20": "4", "empties_20": "2", "is_gas_out": "yes", "operation_id": operation},
        headers=HTMX,
    )

    form = part.context["form"]
    assert part.context["sheet"].site == second
    assert (form["quantity_20"].value(), form["empties_20"].value(), form["is_gas_out"].value()) == ("4", "2", "yes")
    assert str(operation) in part.content.decode()


def test_counting_again_without_scripts_places_nothing(web, site):
    response = web.post("/orders/new/", typed(site, quantity_20="2", recount="1"))

    assert response.status_code == 200
    assert "2,460" not in response.content.decode()
    assert "1,640" in response.content.decode()
    assert Order.objects.count() == 0


def test_the_form_asks_the_database_as_often_for_one_product_as_for_five(web, site, django_assert_num_queries):
    for days in range(1, 5):
        SlotFactory(area=site.area, day=timezone.localdate() + dt.timedelta(days))
    for codes in (["20"], ["50", "16", "10", "4"]):
        for code in codes:
            priced(code)
        web.get("/orders/new/")

        with django_assert_num_queries(11):
            web.get("/orders/new/")


def test_an_order_into_a_window_holds_a_place(web, site):
    slot = SlotFactory(area=site.area)

    web.post("/orders/new/", typed(site, when=f"slot-{slot.pk}"))

    order = Order.objects.get()
    assert (order.slot, order.promised_on, slot.taken) == (slot, slot.day, 1)


@pytest.mark.parametrize("day", ["2026-11-26", "115/11/26", "１１５／１１／２６", "1151126", "115年11月26日"])
def test_an_order_for_a_day_in_either_calendar(web, site, day):
    web.post("/orders/new/", typed(site, when="day", day=day))

    assert Order.objects.get().promised_on == dt.date(2026, 11, 26)


def test_full_width_digits_are_read_as_digits(web, site):
    web.post("/orders/new/", typed(site, quantity_20="２", empties_20="　１"))

    line = Order.objects.get().lines.get()
    assert (line.ordered, line.empties_expected) == (2, 1)


# --- bad input ----------------------------------------------------------------
BAD = {
    "negative": ({"quantity_20": "-1"}, "id_quantity_20_error"),
    "full width negative": ({"quantity_20": "－１"}, "id_quantity_20_error"),
    "huge": ({"quantity_20": "100"}, "id_quantity_20_error"),
    "absurd": ({"quantity_20": "9" * 400}, "id_quantity_20_error"),
    "a fraction": ({"quantity_20": "1.5"}, "id_quantity_20_error"),
    "words": ({"quantity_20": "兩支"}, "id_quantity_20_error"),
    "negative empties": ({"empties_20": "-1"}, "id_empties_20_error"),
    "huge empties": ({"empties_20": "100"}, "id_empties_20_error"),
    "empties of nothing": ({"quantity_20": "0", "empties_20": "2"}, "id_empties_20_error"),
    "nothing": ({"quantity_20": "", "empties_20": ""}, "id_items_error"),
    "unknown product": ({"quantity_99": "1"}, "id_items_error"),
    "gas unanswered": ({"is_gas_out": ""}, "id_is_gas_out_error"),
    "gas answered oddly": ({"is_gas_out": "perhaps"}, "id_is_gas_out_error"),
    "closed day": ({"when": "day", "day": "2026-11-29"}, "id_when_error"),
    "past day": ({"when": "day", "day": "2026-11-01"}, "id_when_error"),
    "far day": ({"when": "day", "day": "2027-11-01"}, "id_when_error"),
    "no day": ({"when": "day", "day": ""}, "id_day_error"),
    "no such day": ({"when": "day", "day": "115/02/30"}, "id_day_error"),
    "unknown window": ({"when": "slot-999999"}, "id_when_error"),
    "no window": ({"when": "slot-x; DROP TABLE"}, "id_when_error"),
    "absurd window": ({"when": "slot-" + "9" * 40}, "id_when_error"),
    "unknown address": ({"site": "999999"}, "id_site_error"),
    "no address": ({"site": "x"}, "id_site_error"),
    "a leak": ({"note": "廚房有瓦斯味"}, "id_note_error"),
    "too long": ({"note": "字" * 401}, "id_note_error"),
    "no operation": ({"operation_id": "x"}, ""),
}


@pytest.mark.parametrize("bad", BAD, ids=str)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_bad_input_is_422_with_the_sentence_at_the_field_and_changes_nothing(web, site, bad, headers):
    site.closed_weekdays = [7]
    site.save()
    more, error = BAD[bad]

    response = web.post("/orders/new/", typed(site, **more), headers=headers)

    assert response.status_code == 422
    assert (f'id="{error}"' in response.content.decode()) if error else True
    assert Order.objects.count() == 0


def test_what_was_typed_stays_in_a_refused_form(web, site):
    page = web.post("/orders/new/", typed(site, quantity_20="7", is_gas_out="", note="後門進")).content.decode()

    assert 'name="quantity_20" id="id_quantity_20" value="7"' in page
    assert "後門進" in page


def test_a_closed_day_names_the_days_that_work(web, site):
    site.closed_weekdays = [7]
    site.save()

    page = web.post("/orders/new/", typed(site, when="day", day="2026-11-29")).content.decode()

    assert "11/28（六）" in page
    assert "11/30（一）" in page


def test_another_customers_address_is_refused_like_one_that_does_not_exist(web, site):
    theirs = SiteFactory()

    page = web.post("/orders/new/", typed(site, site=theirs.pk))

    assert page.status_code == 422
    assert theirs.address not in page.content.decode()
    assert Order.objects.count() == 0


def test_a_window_of_another_area_or_a_full_one_is_refused_at_the_field(web, site):
    other = SlotFactory(area=AreaFactory(code="成", name="成功線"))
    full = SlotFactory(area=site.area, capacity=1)
    placed(wish(site, when=When(slot=full)))

    for slot in (other, full):
        response = web.post("/orders/new/", typed(site, when=f"slot-{slot.pk}"))
        assert response.status_code == 422
        assert 'id="id_when_error"' in response.content.decode()

    assert Order.objects.count() == 1


def test_a_customer_of_the_legacy_system_is_told_to_call(web, site, customer_person):
    legacy = SiteFactory(customer=CustomerFactory(stage="legacy", system_of_record="legacy"))
    MembershipFactory(user=customer_person, customer=legacy.customer)

    page = web.get("/orders/new/", {"site": legacy.pk})
    response = web.post("/orders/new/", typed(legacy))

    assert "089-000-210" in page.content.decode()
    assert response.status_code == 422
    assert 'id="id_site_error"' in response.content.decode()
    assert "089-000-210" in response.content.decode()
    assert Order.objects.count() == 0


# --- who may ------------------------------------------------------------------
def test_who_may_not_order_gets_no_form_and_places_nothing(web, site):
    Membership.objects.update(can_order=False)

    page, response = web.get("/orders/new/"), web.post("/orders/new/", typed(site))

    assert "089-000-210" in page.content.decode()
    assert response.status_code == 422
    assert Order.objects.count() == 0


def test_a_member_of_one_site_orders_for_that_site_only(signed_in, twenty):
    customer = CustomerFactory()
    mine, other = SiteFactory(customer=customer), SiteFactory(customer=customer)
    person = UserFactory(roles=["customer"])
    MembershipFactory(user=person, customer=customer, site=mine)
    web = signed_in(person)

    assert web.post("/orders/new/", typed(other)).status_code == 422
    assert web.post("/orders/new/", typed(mine)).status_code == 303


def test_while_the_flag_is_off_the_page_says_call_and_a_form_is_refused(web, site):
    Flag.objects.filter(name=WEB_ORDERING).update(everyone=False)

    page, response = web.get("/orders/new/"), web.post("/orders/new/", typed(site))

    assert "089-000-210" in page.content.decode()
    assert response.status_code == 422
    assert Order.objects.count() == 0


def test_one_customer_of_a_cohort_orders_and_another_does_not(web, site, signed_in):
    Flag.objects.filter(name=WEB_ORDERING).update(everyone=None, allow_customers=[site.customer.number])
    outside = SiteFactory()
    other = UserFactory(roles=["customer"])
    MembershipFactory(user=other, customer=outside.customer)

    assert web.post("/orders/new/", typed(site)).status_code == 303
    assert signed_in(other).post("/orders/new/", typed(outside)).status_code == 422


# --- paused -------------------------------------------------------------------
@pytest.fixture
def paused():
    Flag.objects.create(name=ORDERS_PAUSED, everyone=True)


def test_a_paused_shop_says_so_with_the_number(web, site, paused):
    response = web.get("/orders/new/")

    assert (response.status_code, response["Retry-After"]) == (503, "300")
    assert "089-000-210" in response.content.decode()


def test_a_half_filled_form_comes_back_filled_in_while_paused(web, site, paused):
    response = web.post("/orders/new/", typed(site, quantity_20="7", note="後門進", is_gas_out="yes"))

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "300")
    assert 'value="7"' in page
    assert "後門進" in page
    assert 'value="yes" checked' in page
    assert "089-000-210" in page
    assert Order.objects.count() == 0


def test_the_same_form_goes_through_once_orders_go_on(web, site, paused):
    form = typed(site)
    web.post("/orders/new/", form)
    Flag.objects.filter(name=ORDERS_PAUSED).delete()

    assert web.post("/orders/new/", form).status_code == 303
    assert Order.objects.count() == 1


def test_machines_are_told_when_to_ask_again(web, site, paused):
    response = web.post("/orders/new/", typed(site), headers={"accept": "application/json"})

    assert (response.status_code, response["Retry-After"], response.json()) == (503, "300", {"code": "paused"})


def test_work_in_flight_goes_on_while_paused(web, site, paused):
    order = placed(wish(site))

    assert web.get(order.get_absolute_url()).status_code == 200
    web.post(f"/orders/{order.number}/cancel/", {"operation_id": uuid.uuid4()})

    order.refresh_from_db()
    assert order.state == "cancelled"

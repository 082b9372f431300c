"""The phone desk: find, card, read-back, save, counter."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import AccountEntry, Payment
from luckygas.models import CUSTOMER, RecordRead
from orders.models import CylinderMovement, Order
from orders.wishes import Item
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    SiteFactory,
    SlotFactory,
    UserFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def noodles(twenty):
    """A shop with a phone, one address, and an order that was delivered."""
    shop = CustomerFactory(name="阿金麵店", legacy_code="217")
    SiteFactory(customer=shop, label="店裡", address="臺東市海線路 112 號", access_note="後門卸")
    ContactFactory(customer=shop, phone="+886900000123", digits="0900000123")
    return shop


def delivered(shop, *items):
    order = placed(wish(shop.sites.get(), items=items))
    from orders.handover import Handover

    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    return order


def typed(**more):
    return {"operation_id": uuid.uuid4(), "is_gas_out": "no", "when": "now", "quantity_20": "2"} | more


def take(browser, shop, **data):
    return browser.post(reverse("orders:take", args=[shop.number]), data)


def test_the_desk_waits_for_the_next_call(signed_in, dispatcher):
    response = signed_in(dispatcher).get(reverse("orders:desk"))

    assert response.status_code == 200
    assert 'id="q"' in response.content.decode()


@pytest.mark.parametrize("text", ["000-123", "０９００", "阿金", "海線路112", "台東市海線"])
def test_find_answers_with_the_matched_part_marked(signed_in, dispatcher, noodles, text):
    response = signed_in(dispatcher, **HTMX).post(reverse("orders:find"), {"q": text})

    html = response.content.decode()
    assert html.lstrip().startswith('<section id="hits"')
    assert "<mark>" in html
    assert reverse("orders:call", args=[noodles.number]) in html


def test_find_by_number_and_without_a_hit(signed_in, dispatcher, noodles):
    browser = signed_in(dispatcher, **HTMX)

    assert "阿金麵店" in browser.post(reverse("orders:find"), {"q": str(noodles.number)}).content.decode()
    assert "阿金麵店" not in browser.post(reverse("orders:find"), {"q": "沒有這個人"}).content.decode()


def test_find_shows_twenty_at_most_in_as_many_queries_as_for_one(
    signed_in, dispatcher, noodles, django_assert_max_num_queries
):
    for _ in range(25):
        SiteFactory(customer=CustomerFactory(name="阿金分店"))
    browser = signed_in(dispatcher, **HTMX)

    with django_assert_max_num_queries(8):
        response = browser.post(reverse("orders:find"), {"q": "阿金"})

    assert response.content.decode().count("<li>") == 20


def test_a_plain_browser_finds_on_the_whole_page(signed_in, dispatcher, noodles):
    response = signed_in(dispatcher).post(reverse("orders:find"), {"q": "阿金"})

    assert "<html" in response.content.decode()
    assert "<mark>阿金</mark>" in response.content.decode()


def test_the_card_shows_what_we_know_and_writes_down_who_looked(signed_in, dispatcher, noodles, twenty):
    delivered(noodles, Item(twenty, 2, 1))

    response = signed_in(dispatcher).get(reverse("orders:call", args=[noodles.number]))

    html = response.content.decode()
    assert all(fact in html for fact in ("阿金麵店", noodles.code, "後門卸", "0900-000-123", "20×2", "2,640", "1,000"))
    read = RecordRead.objects.get()
    assert (read.user, read.record_id, read.page) == (dispatcher, noodles.pk, "orders:call")


@pytest.mark.parametrize("more", [0, 3])
def test_the_card_takes_fifteen_queries_and_one_for_windows_that_are_far(
    signed_in, dispatcher, noodles, twenty, more, django_assert_max_num_queries
):
    delivered(noodles, Item(twenty, 2, 1))
    for _ in range(more):
        delivered(noodles, Item(twenty, 1, 1))
        placed(wish(noodles.sites.get()))
        SlotFactory(starts=12 + _ * 2, ends=14 + _ * 2)
    browser = signed_in(dispatcher)

    with django_assert_max_num_queries(16):
        browser.get(reverse("orders:call", args=[noodles.number]))


def test_the_usual_is_filled_in(signed_in, dispatcher, noodles, twenty):
    delivered(noodles, Item(twenty, 3, 3))

    response = signed_in(dispatcher, **HTMX).get(reverse("orders:call", args=[noodles.number]), {"usual": "1"})

    html = response.content.decode()
    assert html.lstrip().startswith('<div id="order-lines"')
    assert 'name="quantity_20" value="3"' in html
    assert response["HX-Trigger-After-Settle"] == "filled"


def test_nothing_says_whether_gas_is_out_before_somebody_asked(signed_in, dispatcher, noodles):
    html = signed_in(dispatcher).get(reverse("orders:call", args=[noodles.number])).content.decode()

    assert html.count('name="is_gas_out"') == 2
    assert not [tag for tag in html.split("<input") if 'name="is_gas_out"' in tag and "checked" in tag.split(">")[0]]


def test_the_read_back_says_what_it_comes_to(signed_in, dispatcher, noodles):
    browser = signed_in(dispatcher, **HTMX)

    response = browser.post(reverse("orders:desk_quote", args=[noodles.number]), typed(empties_20="1"))

    html = response.content.decode()
    assert "兩支" in html
    assert "兩千六百四十元" in html  # 2 × 820 and one deposit
    assert Order.objects.count() == 0


def test_the_read_back_takes_fifteen_queries_at_most(signed_in, dispatcher, noodles, django_assert_max_num_queries):
    browser = signed_in(dispatcher, **HTMX)

    with django_assert_max_num_queries(15):
        browser.post(reverse("orders:desk_quote", args=[noodles.number]), typed())


def test_taking_an_order_confirms_it_and_says_its_number(signed_in, dispatcher, noodles):
    response = take(signed_in(dispatcher), noodles, **typed(note="後門"))

    order = Order.objects.get()
    assert (order.state, order.channel, order.placed_by, order.note) == ("confirmed", "phone", dispatcher, "後門")
    assert [(line.ordered, line.empties_expected) for line in order.lines.all()] == [(2, 2)]
    assert response["Location"] == reverse("orders:desk")
    assert order.number in signed_in(dispatcher).get(reverse("orders:desk")).content.decode()


def test_saving_takes_twenty_three_queries_at_most(signed_in, dispatcher, noodles):
    """More than an action's twelve: the gate, the slot, prices, two events and the message are one transaction."""
    browser = signed_in(dispatcher)

    with CaptureQueriesContext(connection) as taken:
        take(browser, noodles, **typed())

    assert len([query for query in taken if "SAVEPOINT" not in query["sql"]]) <= 23


def test_htmx_is_sent_back_to_the_desk(signed_in, dispatcher, noodles):
    response = signed_in(dispatcher, **HTMX).post(reverse("orders:take", args=[noodles.number]), typed())

    assert (response.status_code, response["HX-Redirect"]) == (204, reverse("orders:desk"))


def test_the_same_form_sent_twice_is_one_order(signed_in, dispatcher, noodles):
    data = typed()

    answers = [take(signed_in(dispatcher), noodles, **data).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert Order.objects.count() == 1


def test_the_same_form_with_other_contents_is_refused(signed_in, dispatcher, noodles):
    data = typed()
    take(signed_in(dispatcher), noodles, **data)

    response = take(signed_in(dispatcher), noodles, **data | {"quantity_20": "5"})

    assert response.status_code == 422
    assert Order.objects.get().number in response.content.decode()


def test_a_leak_in_the_note_opens_the_script_and_is_no_order(signed_in, dispatcher, noodles):
    browser = signed_in(dispatcher, **HTMX)
    before = Order.objects.count()

    response = browser.post(reverse("orders:take", args=[noodles.number]), typed(note="廚房有瓦斯味"))

    script = f"{reverse('customers:open_incident')}?customer={noodles.number}"
    assert response.headers["HX-Redirect"].startswith(script)
    assert Order.objects.count() == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"is_gas_out": ""}, "Ask whether there is still gas."),
        ({"quantity_20": ""}, "Choose at least one cylinder."),
        ({"quantity_20": "-1"}, "0"),
        ({"quantity_20": "100"}, "99"),
        ({"quantity_20": "兩"}, "whole number"),
        ({"when": "slot-999999"}, "Choose one of the times offered."),
        ({"when": "day"}, "Choose the day."),
        ({"when": "day", "day": "2020-01-01"}, "passed"),
        ({"operation_id": "nonsense"}, "Open this page again"),
    ],
)
def test_bad_input_is_said_at_its_field_and_changes_nothing(signed_in, dispatcher, noodles, wrong, sentence):
    browser = signed_in(dispatcher, **HTMX, **{"Accept-Language": "en"})

    response = browser.post(reverse("orders:take", args=[noodles.number]), typed(note="keep me") | wrong)

    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "keep me" in html or "note" in wrong
    assert Order.objects.count() == 0


def test_full_width_digits_are_digits(signed_in, dispatcher, noodles):
    take(signed_in(dispatcher), noodles, **typed(quantity_20="３"))

    assert Order.objects.get().lines.get().ordered == 3


def test_a_slot_and_a_day_can_be_promised(signed_in, dispatcher, noodles):
    slot = SlotFactory(starts=14, ends=16)
    take(signed_in(dispatcher), noodles, **typed(when=f"slot-{slot.pk}"))
    day = timezone.localdate() + dt.timedelta(days=3)
    take(signed_in(dispatcher), noodles, **typed(when="day", day=day.isoformat()))

    assert set(Order.objects.values_list("slot", "promised_on")) == {(slot.pk, slot.day), (None, day)}


def test_over_the_limit_is_held(signed_in, dispatcher, noodles):
    noodles.settlement, noodles.credit_limit_twd = "monthly", 1000
    noodles.save()

    response = take(signed_in(dispatcher), noodles, **typed())

    assert response.status_code == 303
    assert Order.objects.get().state == "held"


def test_the_desk_is_not_stopped_by_the_pause(signed_in, dispatcher, noodles):
    from waffle import get_waffle_flag_model

    get_waffle_flag_model().objects.update_or_create(name="orders_paused", defaults={"everyone": True})

    take(signed_in(dispatcher), noodles, **typed())

    assert Order.objects.count() == 1


@pytest.fixture
def stopped(ops):
    from pilot.models import Flag

    return Flag.pause(by=ops, reason="test", channels=frozenset({"desk"}))


@pytest.fixture
def after_a_stop(stopped):
    """The desk was stopped and takes orders again."""
    from pilot.models import Flag

    Flag.objects.filter(name="desk_paused").update(everyone=False)


def test_a_stopped_desk_keeps_what_was_typed_and_says_to_write_on_paper(signed_in, dispatcher, noodles, stopped):
    browser = signed_in(dispatcher)
    assert "先寫在編號單上" in browser.get(reverse("orders:call", args=[noodles.number])).content.decode()

    response = take(browser, noodles, **typed(quantity_20="7", note="後門卸"))

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "300")
    assert 'value="7"' in page
    assert "後門卸" in page
    assert "先寫在編號單上" in page
    assert Order.objects.count() == 0


def test_a_leak_is_heard_while_the_desk_is_stopped(signed_in, dispatcher, noodles, stopped):
    response = take(signed_in(dispatcher), noodles, **typed(note="廚房有瓦斯味"))

    assert response["Location"].startswith(reverse("customers:open_incident"))


def test_open_pages_of_the_desk_ask_whether_it_is_stopped(signed_in, dispatcher, stopped):
    part = signed_in(dispatcher, **HTMX).get(reverse("orders:desk_stopped")).content.decode()

    assert part.lstrip().startswith('<div id="desk-stopped"')
    assert "先寫在編號單上" in part


# --- numbered paper ---------------------------------------------------------------------------------------------------
def phoned_in(hours=3):
    return timezone.localtime() - dt.timedelta(hours=hours)


def on_paper(number="A-0017", **more):
    return typed(paper_number=number, asked_at=f"{phoned_in():%Y-%m-%dT%H:%M}", **more)


def test_there_is_no_paper_before_the_desk_was_ever_stopped(signed_in, dispatcher, noodles):
    browser = signed_in(dispatcher)
    assert "paper_number" not in browser.get(reverse("orders:call", args=[noodles.number])).content.decode()

    take(browser, noodles, **on_paper())

    assert not hasattr(Order.objects.get(), "paper")


def test_an_order_on_paper_is_typed_in_with_its_number_and_its_time(signed_in, dispatcher, noodles, after_a_stop):
    browser = signed_in(dispatcher)
    assert 'name="paper_number"' in browser.get(reverse("orders:call", args=[noodles.number])).content.decode()

    assert take(browser, noodles, **on_paper()).status_code == 303

    order = Order.objects.get()
    assert (order.paper.number, order.paper.by) == ("A-0017", dispatcher)
    assert abs(order.placed_at - phoned_in()) < dt.timedelta(minutes=2)
    assert timezone.now() - order.paper.entered_at < dt.timedelta(minutes=1)
    assert "A-0017" in browser.get(order.get_absolute_url()).content.decode()


def test_a_paper_is_typed_in_once(signed_in, dispatcher, noodles, after_a_stop):
    form = on_paper()
    browser = signed_in(dispatcher)
    assert [take(browser, noodles, **form).status_code for _ in range(2)] == [303, 303]  # the same form again

    response = take(browser, noodles, **on_paper())

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["paper_number"])
    assert Order.objects.get().number in response.content.decode()


@pytest.mark.parametrize(
    "more, field",
    [
        ({"asked_at": ""}, "asked_at"),
        ({"paper_number": ""}, "paper_number"),
        ({"asked_at": "2020-01-01T08:00"}, "asked_at"),
        ({"asked_at": "2099-01-01T08:00"}, "asked_at"),
        ({"asked_at": "yesterday"}, "asked_at"),
        ({"is_at_counter": "on", "received_twd": "1640"}, "paper_number"),
    ],
)
def test_a_paper_has_its_number_and_a_time_that_can_be(signed_in, dispatcher, noodles, after_a_stop, more, field):
    response = take(signed_in(dispatcher), noodles, **(on_paper() | more))

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Order.objects.count() == 0


def test_a_customer_of_the_old_system_can_only_be_read(signed_in, dispatcher):
    site = SiteFactory(customer=CustomerFactory(stage="legacy", system_of_record="legacy"))
    browser = signed_in(dispatcher)

    card = browser.get(reverse("orders:call", args=[site.customer.number])).content.decode()
    response = take(browser, site.customer, **typed())

    assert 'data-state="legacy"' in card
    assert 'id="order-form"' not in card
    assert response.status_code == 302
    assert Order.objects.count() == 0


def test_an_open_order_is_warned_about(signed_in, dispatcher, noodles):
    order = placed(wish(noodles.sites.get()))

    html = signed_in(dispatcher).get(reverse("orders:call", args=[noodles.number])).content.decode()

    assert html.count(order.number) >= 2


def test_another_customers_site_is_404(signed_in, dispatcher, noodles):
    other = SiteFactory()

    response = take(signed_in(dispatcher), noodles, **typed(site=other.pk))

    assert response.status_code == 404
    assert Order.objects.count() == 0


# --- counter --------------------------------------------------------------------------------------------------------
def counter(**more):
    return typed(is_at_counter="on", method="cash", received_twd="2000", **more)


def test_a_counter_sale_hands_over_and_takes_the_money_at_once(signed_in, dispatcher, noodles):
    depot = DepotFactory().place

    response = take(signed_in(dispatcher), noodles, **counter())

    order, payment = Order.objects.get(), Payment.objects.get()
    assert response.status_code == 303
    assert (order.state, order.channel, order.promised_on) == ("delivered", "counter", timezone.localdate())
    assert (payment.received_twd, payment.cause_kind, payment.cause_id) == (2000, "order", str(order.pk))
    assert {move.from_place for move in CylinderMovement.objects.filter(purpose="given")} == {depot}
    assert AccountEntry.objects.filter(account="receivable").total() == 1640 - 2000


def test_a_counter_sale_sent_twice_is_one_sale(signed_in, dispatcher, noodles):
    DepotFactory().place  # noqa: B018  (it comes into being when somebody asks)
    data = counter()

    for _ in range(2):
        take(signed_in(dispatcher), noodles, **data)

    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_counter_sale_without_a_needed_leak_check_leaves_nothing_behind(signed_in, dispatcher, noodles):
    DepotFactory().place  # noqa: B018  (it comes into being when somebody asks)

    response = take(signed_in(dispatcher), noodles, **counter(is_gas_out="yes"))

    assert response.status_code == 422
    assert 'id="id_leak_check_error"' in response.content.decode()
    assert (Order.objects.count(), Payment.objects.count(), CylinderMovement.objects.count()) == (0, 0, 0)


def test_a_counter_sale_for_cash_needs_the_amount(signed_in, dispatcher, noodles):
    DepotFactory().place  # noqa: B018  (it comes into being when somebody asks)

    response = take(signed_in(dispatcher), noodles, **counter() | {"received_twd": ""})

    assert response.status_code == 422
    assert Order.objects.count() == 0


def test_nothing_leaves_the_counter_while_a_manager_must_decide(signed_in, dispatcher, noodles):
    DepotFactory().place  # noqa: B018  (it comes into being when somebody asks)
    noodles.settlement, noodles.is_blocked = "monthly", True
    noodles.save()

    response = take(signed_in(dispatcher), noodles, **counter(pays_by="account") | {"received_twd": ""})

    assert response.status_code == 422
    assert Order.objects.count() == 0


# --- who may --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["orders:desk", "orders:find", "orders:call", "orders:desk_quote", "orders:take"])
def test_only_the_office_may(signed_in, noodles, driver, ops, name):
    args = [] if name in {"orders:desk", "orders:find"} else [noodles.number]
    people = [driver.user, ops, UserFactory(roles=[CUSTOMER])]

    assert [signed_in(person).post(reverse(name, args=args)).status_code for person in people] == [403, 403, 403]


def test_an_unknown_customer_is_404(signed_in, dispatcher, twenty):
    assert signed_in(dispatcher).get(reverse("orders:call", args=[99])).status_code == 404
    assert priced().pk == twenty.pk


# --- a call that comes back -----------------------------------------------------------------------------------------
def test_a_parked_call_comes_back_with_its_operation(signed_in, dispatcher, noodles):
    operation = uuid.uuid4()

    response = signed_in(dispatcher).get(reverse("orders:call", args=[noodles.number]), {"operation": operation})

    assert response.context["form"]["operation_id"].value() == str(operation)


def test_a_call_that_was_saved_leads_to_its_order(signed_in, dispatcher, noodles):
    browser, data = signed_in(dispatcher), typed()
    take(browser, noodles, **data)

    response = browser.get(reverse("orders:call", args=[noodles.number]), {"operation": data["operation_id"]})

    assert (response.status_code, response.url) == (303, Order.objects.get().get_absolute_url())

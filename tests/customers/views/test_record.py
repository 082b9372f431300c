"""The office's work on a customer's record."""

import uuid

import pytest
from django.urls import reverse

from customers.models import AccountEntry, Contact, Customer, Membership, Payment, Site
from luckygas.models import CUSTOMER, RecordRead
from tests.factories import (
    AreaFactory,
    ContactFactory,
    CustomerFactory,
    MembershipFactory,
    SiteFactory,
    UserFactory,
    placed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop(db):
    site = SiteFactory(customer=CustomerFactory(name="日昇旅店", kind="commercial"))
    ContactFactory(customer=site.customer, phone="+886900000460", digits="0900000460")
    return site.customer


def at(name, customer, *more):
    return reverse(f"customers:{name}", args=[customer.number, *more])


# --- list ------------------------------------------------------------------------------------------------------------
def names(response):
    return [customer.name for customer in response.context["listing"].page]


def test_the_list_filters_by_what_the_address_says(signed_in, dispatcher, shop):
    other = SiteFactory(customer=CustomerFactory(name="林太太"), area=AreaFactory(code="東")).customer
    stopped = CustomerFactory(name="收了")
    stopped.deactivate(by=dispatcher, reason="moved")
    browser, url = signed_in(dispatcher), reverse("customers:index")

    assert names(browser.get(url)) == ["日昇旅店", "林太太"]
    assert names(browser.get(url, {"kind": "commercial"})) == ["日昇旅店"]
    assert names(browser.get(url, {"area": "東"})) == [other.name]
    assert names(browser.get(url, {"text": "000460"})) == ["日昇旅店"]
    assert names(browser.get(url, {"stage": "legacy"})) == []
    assert names(browser.get(url, {"serving": "all"})) == ["日昇旅店", "林太太", "收了"]
    assert names(browser.get(url, {"serving": "stopped"})) == ["收了"]


def test_htmx_gets_the_list_alone(signed_in, dispatcher, shop):
    response = signed_in(dispatcher, **HTMX).get(reverse("customers:index"))

    assert response.content.decode().lstrip().startswith('<section class="slip" id="customer-list"')


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    signed_in, dispatcher, count, django_assert_max_num_queries
):
    for _ in range(count):
        ContactFactory(customer=SiteFactory(area=AreaFactory(code=f"區{_}")).customer)
    browser = signed_in(dispatcher)

    with django_assert_max_num_queries(10) as taken:
        browser.get(reverse("customers:index"))

    assert len(taken) == 8


def test_those_who_stopped_come_last_in_a_search(dispatcher):
    first, second = CustomerFactory(name="同名"), CustomerFactory(name="同名")
    first.deactivate(by=dispatcher, reason="moved")

    assert list(Customer.objects.search("同名")) == [second, first]


# --- record ----------------------------------------------------------------------------------------------------------
def test_the_record_shows_facts_changes_and_who_looked(signed_in, dispatcher, manager, shop):
    signed_in(manager).get(at("detail", shop))
    signed_in(dispatcher).post(at("edit", shop), facts(name="日昇大旅店"))

    response = signed_in(dispatcher).get(at("detail", shop))
    looks = signed_in(manager).get(at("detail", shop)).context["looks"]

    html = response.content.decode()
    assert "0900-000-460" in html
    assert ("日昇旅店", "日昇大旅店") in [
        (old, new) for change in response.context["changes"] for _, old, new in change.fields
    ]
    assert {change.by for change in response.context["changes"]} >= {str(dispatcher)}
    assert "looks" not in response.context
    assert [look.by for look in looks] == [str(manager), str(dispatcher), str(manager)]
    assert RecordRead.objects.filter(record_id=shop.pk).count() == 3


def test_the_record_takes_fifteen_queries_at_most(signed_in, dispatcher, shop, django_assert_max_num_queries):
    for _ in range(3):
        SiteFactory(customer=shop)
        MembershipFactory(customer=shop)
    browser = signed_in(dispatcher)

    with django_assert_max_num_queries(15):
        browser.get(at("detail", shop))


def test_orders_and_cylinders_come_from_their_own_address(signed_in, dispatcher, shop):
    order = placed(site=shop.sites.get())

    response = signed_in(dispatcher, **HTMX).get(reverse("orders:standing", args=[shop.number]))

    assert order.number in response.content.decode()
    assert "<html" not in response.content.decode()


def new(**more):
    return {
        "operation_id": uuid.uuid4(), "name": "新客人", "kind": "household", "settlement": "cash",
        "language": "zh-hant", "phone": "０９００－０００－７７７",
    } | more  # fmt: skip


def facts(**more):
    return {"name": "日昇旅店", "kind": "commercial", "settlement": "cash", "language": "zh-hant"} | more


def test_somebody_new_gets_a_record_with_phone_and_address(signed_in, dispatcher):
    area = AreaFactory()
    response = signed_in(dispatcher).post(
        reverse("customers:create"), new(address="臺東市測試路 1 號", area=area.pk, contact="小林")
    )

    customer = Customer.objects.get()
    contact = customer.contacts.get()
    assert response["Location"] == at("detail", customer)
    assert (contact.phone, contact.phone_raw, contact.name, contact.can_sms) == (
        "+886900000777", "０９００－０００－７７７", "小林", True,
    )  # fmt: skip
    assert customer.sites.get().address == "臺東市測試路 1 號"
    assert customer.system_of_record == "new"


def test_the_same_form_sent_twice_is_one_customer(signed_in, dispatcher):
    data = new()

    for _ in range(2):
        signed_in(dispatcher).post(reverse("customers:create"), data)

    assert (Customer.objects.count(), Contact.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"phone": "12"}, "phone"),
        ({"tax_id": "12345678"}, "tax_id"),
        ({"kind": "robot"}, "kind"),
        ({"address": "somewhere"}, "area"),
        ({"name": "長" * 81}, "name"),
    ],
)
def test_bad_input_for_a_new_customer_changes_nothing(signed_in, dispatcher, wrong, field):
    response = signed_in(dispatcher, **HTMX).post(reverse("customers:create"), new(note="keep me") | wrong)

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert "keep me" in response.content.decode()
    assert Customer.objects.count() == 0


def test_full_width_tax_id_is_read(signed_in, dispatcher, shop):
    signed_in(dispatcher).post(at("edit", shop), facts(tax_id="１２３４５６７６"))

    shop.refresh_from_db()
    assert shop.tax_id == "12345676"


def test_only_a_manager_gives_credit(signed_in, dispatcher, manager, shop):
    signed_in(dispatcher).post(at("edit", shop), facts(credit_limit_twd="5000"))
    shop.refresh_from_db()
    assert shop.credit_limit_twd is None

    signed_in(manager).post(at("edit", shop), facts(credit_limit_twd="5000"))
    shop.refresh_from_db()
    assert shop.credit_limit_twd == 5000


def test_an_edit_writes_only_what_was_changed(signed_in, dispatcher, shop):
    browser = signed_in(dispatcher)
    Customer.objects.filter(pk=shop.pk).update(note="from somebody else")

    browser.post(at("edit", shop), facts(name="改名", note="from somebody else"))

    shop.refresh_from_db()
    assert (shop.name, shop.note) == ("改名", "from somebody else")


def test_stopping_needs_a_reason_and_can_be_undone(signed_in, dispatcher, shop):
    browser = signed_in(dispatcher, **HTMX)

    assert browser.post(at("deactivate", shop), {"reason": " "}).status_code == 422
    assert browser.post(at("deactivate", shop), {"reason": "搬走了"}).status_code == 204
    shop.refresh_from_db()
    assert (shop.is_active, shop.deactivated_reason) == (False, "搬走了")

    refused = browser.post(at("deactivate", shop), {"reason": "again"})
    assert refused.status_code == 422

    browser.post(at("reactivate", shop))
    shop.refresh_from_db()
    assert shop.is_active


# --- sites -----------------------------------------------------------------------------------------------------------
def place(**more):
    return {
        "address": "臺東市海線路 9 號", "area": AreaFactory().pk, "vehicle": "0", "reserve_limit_kg": "80",
        "hours": ["2", "3"], "closed_weekdays": ["3", "7"], "is_active": "on",
    } | more  # fmt: skip


def test_an_address_keeps_its_twelve_hours_and_closed_days(signed_in, dispatcher, shop):
    signed_in(dispatcher).post(at("add_site", shop), place(latitude="22.75", longitude="121.15"))

    site = Site.objects.latest("pk")
    assert site.open_hours == [(10, 12)]
    assert site.closed_weekdays == [3, 7]
    assert (float(site.latitude), site.pin_source) == (22.75, "person")


def test_the_same_address_is_not_entered_twice(signed_in, dispatcher, shop):
    browser, data = signed_in(dispatcher, **HTMX), place()
    browser.post(at("add_site", shop), data)

    response = browser.post(at("add_site", shop), data | {"address": "台東市海線路９號"})

    assert response.status_code == 422
    assert 'id="id_address_error"' in response.content.decode()
    assert shop.sites.count() == 2


def test_an_address_is_corrected_and_its_boxes_are_shown_as_they_are(signed_in, dispatcher, shop):
    site, browser = shop.sites.get(), signed_in(dispatcher)
    browser.post(at("edit_site", shop, site.pk), place(hours=["0"]))

    html = browser.get(at("edit_site", shop, site.pk)).content.decode()

    site.refresh_from_db()
    assert (site.address, site.hours) == ("臺東市海線路 9 號", 1)
    hours = [tag for tag in html.split("<input") if 'name="hours"' in tag]
    assert [" checked" in tag.split(">")[0] for tag in hours] == [True] + [False] * 11


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"address": ""}, "address"),
        ({"area": ""}, "area"),
        ({"hours": ["12"]}, "hours"),
        ({"closed_weekdays": ["8"]}, "closed_weekdays"),
        ({"latitude": "22.75"}, "longitude"),
        ({"latitude": "50", "longitude": "10"}, "latitude"),
        ({"reserve_limit_kg": "-1"}, "reserve_limit_kg"),
        ({"vehicle": "9"}, "vehicle"),
    ],
)
def test_bad_input_for_an_address_changes_nothing(signed_in, dispatcher, shop, wrong, field):
    response = signed_in(dispatcher, **HTMX).post(at("add_site", shop), place() | wrong)

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert shop.sites.count() == 1


def test_an_address_has_up_to_five_stations(signed_in, dispatcher, shop):
    site, browser = shop.sites.get(), signed_in(dispatcher)
    data = place(station_0_name="煎台", station_0_set="１６*1", station_3_name="湯爐")

    browser.post(at("edit_site", shop, site.pk), data)
    site.refresh_from_db()
    assert site.stations == [{"name": "煎台", "set": "16*1"}, {"name": "湯爐", "set": ""}]

    assert "煎台" in browser.get(at("detail", shop)).content.decode()
    form = browser.get(at("edit_site", shop, site.pk)).context["form"]
    assert [name.value() for name, _set in form.stations] == ["煎台", "湯爐", "", "", ""]


def test_only_what_was_changed_of_an_address_is_written(signed_in, dispatcher, shop):
    site, browser = shop.sites.get(), signed_in(dispatcher)
    pinned = {"station_0_name": "煎台", "latitude": "22.75", "longitude": "121.15"}
    browser.post(at("edit_site", shop, site.pk), place(**pinned))
    Site.objects.filter(pk=site.pk).update(pin_source="area")

    browser.post(at("edit_site", shop, site.pk), place(**pinned, vehicle="1"))

    site.refresh_from_db()
    assert (site.vehicle, site.pin_source) == (1, "area")


def test_the_map_shows_the_area_that_was_chosen(signed_in, dispatcher, shop):
    area = AreaFactory(code="知", name="知本", latitude="22.70800", longitude="121.05600")
    SiteFactory(area=area, latitude="22.70900", longitude="121.05700")
    site = shop.sites.get()

    whole = signed_in(dispatcher).get(at("add_site", shop)).context["map"]
    part = signed_in(dispatcher, **HTMX).get(at("edit_site", shop, site.pk), {"area": area.pk})

    assert {name for name, _x, _y in whole.names} == {"瑞光", "知本"}
    assert part.content.decode().startswith('<move-pin class="pin-map" id="pin-map"')
    assert [name for name, _x, _y in part.context["map"].names] == ["知本"]
    assert len(part.context["map"].neighbours) == 1


def test_what_was_done_to_a_record_is_told_in_words(signed_in, dispatcher, shop):
    site, browser = shop.sites.get(), signed_in(dispatcher, **{"Accept-Language": "en"})
    UserFactory(username="cook", name="阿明")
    browser.post(at("edit_site", shop, site.pk), place(address=site.address, hours=["0"], vehicle="2"))
    browser.post(at("edit", shop), facts(settlement="monthly", tax_id="12345676"))
    browser.post(at("add_membership", shop), {"who": "cook", "can_order": "on"})
    browser.post(at("remove_membership", shop, Membership.objects.get().pk))

    changes = browser.get(at("detail", shop)).context["changes"]

    told = {(change.what, field) for change in changes for field in change.fields}
    assert told >= {
        ("address", ("delivery hours", "all day", "08:00–09:00")),
        ("address", ("vehicle", "any vehicle", "motorcycle only")),
        ("record", ("settlement", "pays at the door", "monthly account")),
        ("record", ("unified business number", "–", "12345676")),
    }
    assert {(change.what, change.deed) for change in changes} >= {
        ("who may act", "taken away"),
        ("who may act", "entered"),
    }
    assert {change.by for change in changes if change.fields} == {str(dispatcher)}


def test_another_customers_address_is_404(signed_in, dispatcher, shop):
    assert signed_in(dispatcher).get(at("edit_site", shop, SiteFactory().pk)).status_code == 404


# --- contacts, memberships, money ------------------------------------------------------------------------------------
@pytest.mark.parametrize("raw", ["089000210", "(089) 000 210", "０８９－０００－２１０", "+886 89 000210"])
def test_a_number_in_any_notation_is_stored_in_e164(signed_in, dispatcher, shop, raw):
    signed_in(dispatcher).post(at("add_contact", shop), {"phone": raw})

    assert ("+88689000210", raw, False) in shop.contacts.values_list("phone", "phone_raw", "can_sms")


def test_a_number_that_is_none_or_known_is_refused(signed_in, dispatcher, shop):
    browser = signed_in(dispatcher, **HTMX)

    answers = [browser.post(at("add_contact", shop), {"phone": raw}) for raw in ("12", "0900-000-460", "")]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert all('id="id_phone_error"' in answer.content.decode() for answer in answers)
    assert shop.contacts.count() == 1


def test_a_number_is_taken_off_the_record(signed_in, dispatcher, shop):
    contact = shop.contacts.get()

    signed_in(dispatcher).post(at("remove_contact", shop, contact.pk))

    contact.refresh_from_db()
    assert not contact.is_active


def test_a_daughter_may_order_and_not_see_the_balance(signed_in, dispatcher, shop):
    daughter = UserFactory(username="+886900000999")

    signed_in(dispatcher).post(at("add_membership", shop), {"who": "0900 000 999", "can_order": "on"})

    membership = Membership.objects.get()
    assert (membership.user, membership.can_order, membership.sees_balance, membership.site) == (
        daughter,
        True,
        False,
        None,
    )
    assert CUSTOMER in type(daughter).objects.get(pk=daughter.pk).roles


def test_nobody_with_that_number_is_said(signed_in, dispatcher, shop):
    response = signed_in(dispatcher, **HTMX).post(at("add_membership", shop), {"who": "0900-000-111"})

    assert response.status_code == 422
    assert Membership.objects.count() == 0


def test_a_membership_given_again_is_changed_and_can_be_taken_back(signed_in, dispatcher, shop):
    UserFactory(username="cook")
    browser = signed_in(dispatcher)
    browser.post(at("add_membership", shop), {"who": "cook", "can_order": "on"})
    browser.post(at("add_membership", shop), {"who": "cook", "sees_balance": "on"})

    membership = Membership.objects.get()
    assert (membership.can_order, membership.sees_balance) == (False, True)

    browser.post(at("remove_membership", shop, membership.pk))
    assert Membership.objects.count() == 0


def paid(**more):
    return {"operation_id": uuid.uuid4(), "method": "cash", "received_twd": "１５００"} | more


def test_a_payment_is_recorded_once_and_says_the_balance(signed_in, dispatcher, shop):
    data, browser = paid(), signed_in(dispatcher, **{"Accept-Language": "en"})

    for _ in range(2):
        response = browser.post(at("pay", shop), data, follow=True)

    assert Payment.objects.get().received_twd == 1500
    assert AccountEntry.objects.filter(account="receivable").total() == -1500
    assert "NT$1,500 received." in response.content.decode()


@pytest.mark.parametrize("wrong", [{"received_twd": "0"}, {"received_twd": "-5"}, {"received_twd": "99999999999"},
                                   {"received_twd": "many"}, {"method": ""}, {"method": "shells"}])  # fmt: skip
def test_a_payment_that_cannot_be_changes_nothing(signed_in, dispatcher, shop, wrong):
    response = signed_in(dispatcher, **HTMX).post(at("pay", shop), paid(note="keep me") | wrong)

    assert response.status_code == 422
    assert "keep me" in response.content.decode()
    assert Payment.objects.count() == 0


def test_the_same_payment_with_another_amount_is_refused(signed_in, dispatcher, shop):
    data, browser = paid(), signed_in(dispatcher)
    browser.post(at("pay", shop), data)

    response = browser.post(at("pay", shop), data | {"received_twd": "9"})

    assert response.status_code == 422
    assert Payment.objects.count() == 1


# --- who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["index", "create", "detail", "edit", "deactivate", "add_site", "add_contact", "add_membership", "pay"]
)
def test_only_the_office_may(signed_in, shop, driver, ops, name):
    url = reverse(f"customers:{name}") if name in {"index", "create"} else at(name, shop)
    people = [driver.user, ops, UserFactory(roles=[CUSTOMER])]

    assert [signed_in(person).get(url).status_code for person in people] == [403, 403, 403]


def test_an_unknown_customer_is_404(signed_in, dispatcher):
    assert signed_in(dispatcher).get(reverse("customers:detail", args=[9_999_999])).status_code == 404

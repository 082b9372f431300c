"""Order templates for machines (domain page, suite 9): create, list, get, update, deactivate, make an order, by
customer, weekly on days 1, 3, 5, and a driver is refused. Sessions and CSRF are real, the database is PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luckygas.models import CUSTOMER, RecordRead
from orders.models import Order, StandingOrder
from pilot.models import Flag
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    MembershipFactory,
    SiteFactory,
    StandingOrderFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

TEMPLATES = "/api/v1/templates"
WEDNESDAY, THURSDAY = dt.date(2026, 11, 25), dt.date(2026, 11, 26)


class Machine:
    """Somebody's program: it signed in with their session and sends the CSRF token it was given."""

    def __init__(self, person: Any = None, *, token: bool = True, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True, headers=headers)
        if person:
            self.client.force_login(person)
        page = self.client.get(reverse("account_login")).content.decode() if not person else ""
        page = page or self.client.get(reverse("customers:profile")).content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        self.token = {"X-CSRFToken": found[1]} if token and found else {}

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(path, headers=self.token, **more)


@pytest.fixture
def office(dispatcher):
    return Machine(dispatcher)


@pytest.fixture
def shop(twenty):
    customer = CustomerFactory(name="阿金麵店")
    SiteFactory(customer=customer, address="臺東市測試路 1 號", driver_note="走後門")
    return customer


def body(shop, **more):
    return {
        "operation_id": str(uuid.uuid4()),
        "customer": shop.number,
        "name": "每週三次",
        "rhythm": "weekly",
        "weekdays": [1, 3, 5],
        "items": [{"product": "20", "quantity": 2}],
        "note": "鑰匙在櫃台",
    } | more


def order(**more):
    return {"operation_id": str(uuid.uuid4()), "is_gas_out": False, "day": "2026-11-26"} | more


# --- the scenarios of the list ----------------------------------------------------------------------------------------
def test_create(office, dispatcher, shop):
    answer = office("post", TEMPLATES, body(shop))

    standing = StandingOrder.objects.get()
    told = answer.json()
    assert answer.status_code == 201
    assert (told["id"], told["customer"], told["name"]) == (standing.pk, shop.number, "每週三次")
    assert told["items"] == [{"product": "20", "name": "20 公斤", "quantity": 2}]
    assert told["merged_note"] == "鑰匙在櫃台；走後門"
    assert (standing.created_by, standing.starts_on) == (dispatcher, WEDNESDAY)


def test_list_is_paged(office, shop):
    made = [StandingOrderFactory(site=shop.sites.get()) for _ in range(5)]

    first, last = (office("get", f"{TEMPLATES}?page_size=2&page={page}").json() for page in (1, 3))

    assert (first["count"], first["page"], first["pages"]) == (5, 1, 3)
    assert [each["id"] for each in first["items"]] == [made[4].pk, made[3].pk]
    assert [each["id"] for each in last["items"]] == [made[0].pk]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(office, shop, count, django_assert_num_queries):
    for _ in range(count):
        StandingOrderFactory(site=shop.sites.get())

    with django_assert_num_queries(7):
        office("get", TEMPLATES)


def test_get(office, dispatcher, shop):
    standing = StandingOrderFactory(site=shop.sites.get(), note="鑰匙在櫃台")

    told = office("get", f"{TEMPLATES}/{standing.pk}").json()

    assert (told["rhythm_words"], told["next_on"], told["use_count"]) == ("每週一、三、五", "2026-11-25", 0)
    assert RecordRead.objects.get().record_id == shop.pk


def test_update(office, shop):
    standing = StandingOrderFactory(site=shop.sites.get(), note="舊的")

    answer = office(
        "patch", f"{TEMPLATES}/{standing.pk}", {"items": [{"product": "20", "quantity": 4}], "note": "新的"}
    )

    standing.refresh_from_db()
    assert answer.status_code == 200
    assert (standing.items, standing.note) == ([{"product": "20", "quantity": 4}], "新的")
    assert (standing.weekdays, answer.json()["weekdays"]) == ([1, 3, 5], [1, 3, 5])


def test_deactivate(office, shop):
    standing = StandingOrderFactory(site=shop.sites.get())
    assert office("post", f"{TEMPLATES}/{standing.pk}/deactivate", {}).status_code == 422

    told = office("post", f"{TEMPLATES}/{standing.pk}/deactivate", {"reason": "店收了"}).json()

    assert told["is_active"] is False
    assert office("get", TEMPLATES).json()["count"] == 0
    assert office("get", f"{TEMPLATES}?state=over").json()["count"] == 1
    again = office("post", f"{TEMPLATES}/{standing.pk}/deactivate", {"reason": "again"})
    assert (again.status_code, again.json()["code"]) == (422, "ended")


def test_make_an_order(office, dispatcher, shop):
    standing = StandingOrderFactory(site=shop.sites.get(), note="鑰匙在櫃台")

    answer = office("post", f"{TEMPLATES}/{standing.pk}/orders", order(note="快一點"))

    made = Order.objects.get()
    assert (answer.status_code, answer.json()["number"]) == (201, made.number)
    assert (made.channel, made.promised_on, made.placed_by) == ("api", THURSDAY, dispatcher)
    assert made.note == "鑰匙在櫃台；走後門；快一點"
    assert office("get", f"{TEMPLATES}/{standing.pk}").json()["use_count"] == 1


def test_by_customer(office, shop):
    mine = StandingOrderFactory(site=shop.sites.get())
    StandingOrderFactory()

    told = office("get", f"/api/v1/customers/{shop.number}/templates").json()

    assert [each["id"] for each in told["items"]] == [mine.pk]
    assert office("get", "/api/v1/customers/999999/templates").status_code == 404


def test_weekly_on_days_one_three_and_five(office, shop):
    told = office("post", TEMPLATES, body(shop)).json()

    days = [dt.date.fromisoformat(each["on"]) for each in told["next_days"]]
    assert told["weekdays"] == [1, 3, 5]
    assert days[:4] == [WEDNESDAY, dt.date(2026, 11, 27), dt.date(2026, 11, 30), dt.date(2026, 12, 2)]
    assert {day.isoweekday() for day in days} == {1, 3, 5}
    assert told["rhythm_words"] == "每週一、三、五"


def test_a_driver_is_refused(driver, shop):
    standing = StandingOrderFactory(site=shop.sites.get())
    machine = Machine(driver.user)

    for method, path, sent in (
        ("get", TEMPLATES, None),
        ("post", TEMPLATES, body(shop)),
        ("get", f"{TEMPLATES}/{standing.pk}", None),
        ("patch", f"{TEMPLATES}/{standing.pk}", {"note": "x"}),
        ("post", f"{TEMPLATES}/{standing.pk}/deactivate", {"reason": "x"}),
        ("post", f"{TEMPLATES}/{standing.pk}/orders", order()),
        ("get", f"/api/v1/customers/{shop.number}/templates", None),
    ):
        answer = machine(method, path, sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path)
    assert (StandingOrder.objects.count(), Order.objects.count()) == (1, 0)


# --- who may ----------------------------------------------------------------------------------------------------------
def test_a_stranger_is_told_to_sign_in(shop):
    answer = Machine()("get", TEMPLATES)

    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (401, "application/json", "sign_in")


def test_a_write_without_its_token_is_refused(dispatcher, shop):
    answer = Machine(dispatcher, token=False)("post", TEMPLATES, body(shop))

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert not StandingOrder.objects.exists()


def test_a_password_that_must_change_comes_first(dispatcher, shop):
    machine = Machine(dispatcher)
    dispatcher.must_change_password = True
    dispatcher.save()

    answer = machine("get", TEMPLATES)

    assert (answer.status_code, answer.json()["code"]) == (403, "account_change_password")


def test_customers_read_theirs_and_get_404_for_everybody_elses(shop):
    person = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=person, customer=shop)
    machine = Machine(person)
    mine, theirs = StandingOrderFactory(site=shop.sites.get()), StandingOrderFactory()

    assert [each["id"] for each in machine("get", TEMPLATES).json()["items"]] == [mine.pk]
    assert machine("get", f"{TEMPLATES}/{mine.pk}").status_code == 200
    other, unknown = (machine("get", f"{TEMPLATES}/{pk}") for pk in (theirs.pk, 999_999))
    assert (other.status_code, other.content) == (404, unknown.content)
    assert machine("get", f"/api/v1/customers/{theirs.site.customer.number}/templates").status_code == 404
    assert machine("patch", f"{TEMPLATES}/{mine.pk}", {"note": "x"}).status_code == 403
    assert not RecordRead.objects.exists()


# --- repeats, pauses, mistakes ----------------------------------------------------------------------------------------
def test_the_same_operation_creates_and_orders_once(office, shop):
    sent = body(shop)
    first, again = (office("post", TEMPLATES, sent).json()["id"] for _ in range(2))
    assert first == again

    wanted = order()
    numbers = [office("post", f"{TEMPLATES}/{first}/orders", wanted).json()["number"] for _ in range(2)]
    other = office("post", f"{TEMPLATES}/{first}/orders", wanted | {"day": "2026-11-25"})

    assert numbers[0] == numbers[1]
    assert (other.status_code, other.json()["code"]) == (422, "other_body")
    assert (StandingOrder.objects.count(), Order.objects.count()) == (1, 1)


def test_while_orders_are_paused_it_says_when_to_ask_again(office, shop, ops):
    standing = StandingOrderFactory(site=shop.sites.get())
    Flag.pause(by=ops, reason="test")

    answer = office("post", f"{TEMPLATES}/{standing.pk}/orders", order())

    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "300", "paused")
    assert not Order.objects.exists()
    assert office("get", TEMPLATES).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"weekdays": []}, "weekdays", "至少選一天。"),
        ({"weekdays": [8]}, "weekdays", "星期請填 1 到 7。"),
        ({"weekdays": "Monday"}, "weekdays", "請填一串。"),
        ({"rhythm": "sometimes"}, "rhythm", "選多久一次。"),
        ({"rhythm": "every"}, "every_days", "請填幾天一次。"),
        ({"rhythm": "monthly", "month_day": 32}, "month_day", None),
        ({"rhythm": "custom", "dates": ["2026-13-01"]}, "dates.0", "日期請寫成 2026-11-29。"),
        ({"items": []}, "items", None),
        ({"items": [{"product": "99", "quantity": 1}]}, "items", "99 這裡不能叫。"),
        ({"items": [{"product": "20", "quantity": 100}]}, "items", None),
        ({"items": [{"product": "20", "quantity": 1}, {"product": "20", "quantity": 2}]}, "items", "同一種只寫一行。"),
        ({"items": [{"product": "20"}]}, "items.0.quantity", "這個要填。"),
        ({"starts_on": "2026-11-24"}, "starts_on", None),
        ({"customer": 999999}, "customer", "沒有這個編號的客人。"),
        ({"operation_id": "x"}, "operation_id", "請給一個 UUID，每做一件事用一個新的。"),
        ({"note": "有瓦斯味"}, "note", None),
        ({"colour": "red"}, "colour", "沒有這個欄位。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(office, shop, wrong, field, says):
    answer = office("post", TEMPLATES, body(shop, **wrong))

    told = answer.json()
    assert (answer.status_code, list(told["fields"])) == (422, [field])
    assert says is None or told["fields"][field] == [says]
    assert not StandingOrder.objects.exists()


def test_what_is_no_json_is_said(office, dispatcher):
    answer = office.client.post(TEMPLATES, "{", content_type="application/json", headers=office.token)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_two_addresses_must_be_told_apart(office, shop):
    other = SiteFactory(customer=shop)

    assert list(office("post", TEMPLATES, body(shop)).json()["fields"]) == ["site"]
    assert office("post", TEMPLATES, body(shop, site=other.pk)).json()["site"] == other.pk
    assert list(office("post", TEMPLATES, body(shop, site=SiteFactory().pk)).json()["fields"]) == ["site"]


def test_a_wrong_filter_is_said(office):
    answer = office("get", f"{TEMPLATES}?state=asleep&page=0")

    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["page"])
    assert list(office("get", f"{TEMPLATES}?state=asleep").json()["fields"]) == ["state"]


def test_filters(office, shop):
    ContactFactory(customer=shop, phone="+886900000123", digits="0900000123")
    mine = StandingOrderFactory(site=shop.sites.get())
    StandingOrderFactory(rhythm="none", weekdays=[])

    def asked(text):
        return [each["id"] for each in office("get", f"{TEMPLATES}?{text}").json()["items"]]

    assert asked("text=阿金") == asked("text=0900000123") == [mine.pk]
    assert asked(f"customer={shop.number}") == asked("rhythm=weekly") == [mine.pk]


# --- the shape of it --------------------------------------------------------------------------------------------------
def test_chinese_is_written_as_it_is(office, shop):
    told = office("post", TEMPLATES, body(shop)).content.decode()
    refused = office("post", TEMPLATES, body(shop, weekdays=[])).content.decode()

    assert "阿金麵店" in told
    assert "至少選一天。" in refused
    assert "\\u" not in told + refused


def test_sentences_are_in_the_language_that_is_asked_for(dispatcher, shop):
    told = Machine(dispatcher, **{"accept-language": "en"})("post", TEMPLATES, body(shop, weekdays=[])).json()

    assert told["fields"] == {"weekdays": ["Choose at least one weekday."]}


def test_openapi_names_every_path_and_there_is_no_page_of_it(office):
    told = office("get", "/api/v1/openapi.json").json()

    assert set(told["paths"]) == {
        "/api/v1/templates",
        "/api/v1/templates/{pk}",
        "/api/v1/templates/{pk}/deactivate",
        "/api/v1/templates/{pk}/orders",
        "/api/v1/customers/{number}/templates",
    }
    assert "operation_id" in told["components"]["schemas"]["NewOrder"]["required"]
    assert office("get", "/api/v1/docs").status_code == 404

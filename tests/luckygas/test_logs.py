"""Logs, metrics and task arguments carry no personal data: canaries are driven through the flows and looked for."""

import io
import json
import logging
import uuid

import pytest
from celery.app.task import Task
from django.db import IntegrityError, transaction

from customers.messages import sending as services
from customers.models import Contact, Message, PhoneCode
from customers.models.message import CODE
from luckygas.logs import json_formatter, without_private
from luckygas.models import CUSTOMER
from tests.factories import ContactFactory, CustomerFactory, MembershipFactory, SiteFactory, UserFactory
from tests.fakes.sms_gateway import FakeGateway

NAME, ADDRESS, PHONE = "金絲雀太太", "臺東市金絲雀路 777 號", "+886900000777"
PHONES = ("900000777", "0900-000-777", "0900 000 777", "000777")


@pytest.fixture
def written(monkeypatch):
    """Everything our formatter would write, from the most talkative level on, and every task argument."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    monkeypatch.setattr(logging.getLogger("django_structlog"), "level", logging.INFO)
    monkeypatch.setattr(
        Task, "apply_async", lambda self, args=None, kwargs=None, **more: out.write(f"{self.name} {args} {kwargs}\n")
    )
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def household(db):
    customer = CustomerFactory(name=NAME, note=f"{NAME} 很急")
    site = SiteFactory(customer=customer, address=ADDRESS)
    ContactFactory(customer=customer, name=NAME, phone=PHONE, digits="0900000777")
    return site


def assert_private(text, *more):
    for canary in (NAME, "金絲雀", ADDRESS, *PHONES, *more):
        assert canary not in text


@pytest.mark.django_db(transaction=True)
def test_no_canary_comes_out_of_the_flows(written, household, client, dispatcher, twenty, morning, settings):
    with FakeGateway() as fake:
        settings.SMS_URL, settings.SMS_USERNAME, settings.SMS_PASSWORD = fake.url, fake.USERNAME, fake.PASSWORD
        sign_up(client)
        desk(client, dispatcher, household)
        order(client, household)
        fake.http = 500
        services.send(Message.objects.filter(state="waiting").first().pk)
        fake.http = 200
        for message in Message.objects.filter(state="waiting"):
            services.send(message.pk)
        code = CODE.search(next(sms.text for sms in fake.sms if CODE.search(sms.text)))[0]
    # A measured value may have any digits; what could name somebody are the names and labels before it.
    metrics = "\n".join(line.rsplit(" ", 1)[0] for line in client.get("/metrics").content.decode().splitlines())

    said = written.getvalue()
    assert "GET /desk/?…" in said  # the searches were written, without what was searched for
    assert "customers.tasks.send_message" in said
    assert_private(said, code, fake.PASSWORD)
    assert_private(metrics, code)


def sign_up(client):
    client.post("/signup/", {"phone": "0900-000-777"})
    assert PhoneCode.objects.filter(phone=PHONE).exists()
    client.post("/signup/code/", {"code": "000000", "password": "right-horse-battery"})
    client.post("/login/", {"login": "0900-000-777", "password": "wrong-horse"})


def desk(client, dispatcher, site):
    client.force_login(dispatcher)
    client.get("/desk/", {"q": "0900-000-777"})
    client.post("/desk/find/", {"q": NAME})
    client.get(f"/desk/{site.customer.number}/")
    answer = client.post(
        f"/desk/{site.customer.number}/order/",
        {
            "operation_id": str(uuid.uuid4()),
            "site": site.pk,
            "is_gas_out": "no",
            "when": "now",
            "quantity_20": 1,
            "empties_20": 1,
            "note": f"打給 {NAME} 0900-000-777",
        },
    )
    assert answer.status_code == 303
    client.logout()


def order(client, site):
    person = UserFactory(username=PHONE, name=NAME, roles=[CUSTOMER])
    MembershipFactory(user=person, customer=site.customer)
    client.force_login(person)
    client.get("/orders/")
    client.get("/orders/history/", {"q": NAME})
    client.get(f"/track/{site.customer.orders.get().track_token}/")


@pytest.mark.django_db
def test_a_row_that_postgresql_quotes_is_taken_out(written, household):
    try:
        with transaction.atomic():
            Contact.objects.create(
                customer=household.customer, name=NAME, phone=PHONE, phone_raw=PHONE, digits="0900000777", can_sms=True
            )
    except IntegrityError:
        logging.getLogger("luckygas").exception("it broke")

    line = json.loads(written.getvalue())
    assert "one_contact_a_number" in line["exception"]
    assert_private(written.getvalue())


def test_a_line_is_json_with_level_logger_and_time(written):
    logging.getLogger("luckygas.somewhere").warning("something %s", 17)

    line = json.loads(written.getvalue())
    assert {key: line[key] for key in ("event", "level", "logger")} == {
        "event": "something 17",
        "level": "warning",
        "logger": "luckygas.somewhere",
    }
    assert line["timestamp"]


@pytest.mark.parametrize(
    "text, kept",
    [
        ("GET /desk/?q=%E9%87%91", "GET /desk/?…"),
        ("Not Found: /track/Ab_c-d3Xy/", "Not Found: /track/…/"),
        ("call 0900-000-777 or 089-000-210", "call … or …"),
        ("sent to +886900000777.", "sent to …."),
        ("order 1151124-1042 of 2026-11-24T09:00:00", "order 1151124-1042 of 2026-11-24T09:00:00"),
        ("id=3f0912a7-0912-4345-8678-0912345678ab", "id=3f0912a7-0912-4345-8678-0912345678ab"),
        ("DETAIL:  Key (name)=(王太太) exists.", "DETAIL: …"),
    ],
)
def test_what_is_private_is_taken_out_and_the_rest_stays(text, kept):
    assert without_private(text) == kept

"""Where phones leave what they wrote down."""

import json
import uuid

import pytest

from deliveries.models import Device, DriverEvent
from tests.deliveries.reporting import handed, raw
from tests.factories import DriverFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def post(phone, *events, **more):
    body = {"device": str(uuid.uuid4()), "events": list(events)} | more
    return phone.post("/drive/events/", json.dumps(body), content_type="application/json")


def test_each_event_gets_its_answer(phone, stop):
    sent = [raw("arrive", stop), handed(stop)]

    answers = post(phone, *sent).json()["answers"]

    assert [(answer["id"], answer["state"]) for answer in answers] == [(each["id"], "applied") for each in sent]


def test_a_poison_event_does_not_block_the_others(phone, stop):
    answers = post(phone, "nonsense", {"id": None}, raw("deliver", stop, items=7), handed(stop)).json()["answers"]

    assert [answer["state"] for answer in answers] == ["refused", "refused", "review", "applied"]


def test_what_the_phone_still_holds_is_kept(phone, driver, stop):
    post(phone, raw("arrive", stop), unsent=3, oldest_unsent_at="2026-11-24T08:46:00+08:00")

    device = Device.objects.get(user=driver.user)
    assert (device.unsent, device.oldest_unsent_at.isoformat()) == (3, "2026-11-24T00:46:00+00:00")


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '{"device": "x", "events": []}', '{"events": []}', "[" * 100_000, '{"device": 1, "events": 2}'],
)
def test_a_body_of_another_shape_is_422(phone, body):
    answer = phone.post("/drive/events/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_numbers_that_are_none_are_no_error(phone, stop):
    body = json.dumps({"device": str(uuid.uuid4()), "events": [handed(stop, note=float("nan"))]})

    assert (
        phone.post("/drive/events/", body, content_type="application/json").json()["answers"][0]["state"] == "applied"
    )


def test_another_persons_outbox_is_not_sent_as_mine(phone, driver, stop):
    answer = post(phone, handed(stop), user=driver.user.pk + 1)

    assert answer.status_code == 409
    assert DriverEvent.objects.count() == 0


def test_who_is_signed_in_and_a_token_are_told(phone, driver):
    answer = phone.get("/drive/events/").json()

    assert answer["user"] == driver.user.pk
    assert len(answer["token"]) > 20


def test_without_a_token_nothing_is_taken(driver, stop):
    from django.test import Client

    phone = Client(enforce_csrf_checks=True)
    phone.force_login(driver.user)

    assert post(phone, handed(stop)).status_code == 403
    assert DriverEvent.objects.count() == 0


def test_signed_out_is_sent_to_sign_in(client):
    assert client.post("/drive/events/", "{}", content_type="application/json").status_code == 302


def test_only_drivers_report(signed_in, dispatcher):
    assert post(signed_in(dispatcher)).status_code == 403


def test_another_drivers_stop_is_stored_and_looked_at(signed_in, stop):
    answers = post(signed_in(DriverFactory().user), raw("arrive", stop)).json()["answers"]

    assert (answers[0]["state"], answers[0]["code"]) == ("review", "not_mine")

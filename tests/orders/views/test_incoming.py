"""The exchange says that the phone rings; the first of the office who answers has the card."""

import datetime as dt
import io
import json
import time
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from customers.models import IncomingCall
from luckygas.models import DISPATCHER
from orders.desk.ringing import SIGNATURE, TIME, sign
from tests.factories import ContactFactory, CustomerFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET = "of this test"


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.INCOMING_CALL_SECRET = SECRET


@pytest.fixture
def noodles():
    shop = CustomerFactory(name="阿金麵店")
    SiteFactory(customer=shop)
    ContactFactory(customer=shop, phone="+886900000123", digits="0900000123")
    return shop


def tell(client, *, number="0900-000-123", call_id="", secret=SECRET, at=None, **more):
    said = {"call_id": call_id or uuid.uuid4().hex, "number": number, "time": timezone.now().isoformat()} | more
    body, stamp = json.dumps(said).encode(), str(int(at or time.time()))
    headers = {TIME: stamp, SIGNATURE: sign(secret, stamp, body)}
    return client.post(reverse("orders:incoming"), body, content_type="application/json", headers=headers)


def test_a_signed_call_is_kept_once_and_needs_no_sign_in(client):
    assert [tell(client, call_id="7").status_code for _ in range(2)] == [200, 200]

    call = IncomingCall.objects.get()
    assert (call.call_id, call.number, call.answered_by) == ("7", "+886900000123", None)


@pytest.mark.parametrize("age", [-301, 301])
def test_a_call_that_was_recorded_and_played_again_is_refused(client, age):
    assert tell(client, at=time.time() + age).status_code == 401
    assert IncomingCall.objects.count() == 0


def test_a_call_signed_by_somebody_else_or_changed_on_the_way_is_refused(client):
    assert tell(client, secret="another").status_code == 401
    body, stamp = b'{"call_id": "1"}', str(int(time.time()))
    headers = {TIME: stamp, SIGNATURE: sign(SECRET, stamp, b'{"call_id": "2"}')}
    changed = client.post(reverse("orders:incoming"), body, content_type="application/json", headers=headers)

    assert (changed.status_code, IncomingCall.objects.count()) == (401, 0)


def test_without_a_secret_or_a_signature_there_is_nothing_here(client, settings):
    assert client.post(reverse("orders:incoming"), {}).status_code == 404
    settings.INCOMING_CALL_SECRET = ""

    assert tell(client, secret="").status_code == 404


@pytest.mark.parametrize("wrong", [{"time": "now"}, {"call_id": "x" * 65}, {"number": 5}, {"time": "2026-11-24T09:00"}])
def test_what_cannot_be_read_is_told_to_the_exchange(client, wrong):
    response = tell(client, **wrong)

    assert response.status_code == 422
    assert next(iter(wrong)) in response.json()["error"]


def test_too_long_a_report_is_not_read(client):
    assert tell(client, more="x" * 3000).status_code == 413


def test_every_desk_shows_the_caller_and_the_first_who_answers_has_the_card(signed_in, client, dispatcher, noodles):
    tell(client)
    call = IncomingCall.objects.get()
    mine, other = signed_in(dispatcher), signed_in(UserFactory(roles=[DISPATCHER]))
    for browser in (mine, other):
        page = browser.get(reverse("orders:desk")).content.decode()
        assert "0900-000-123 · 阿金麵店" in page

    first, second = (browser.post(reverse("orders:answer", args=[call.pk])) for browser in (mine, other))

    assert first.headers["Location"] == reverse("orders:call", args=[noodles.number])
    assert second.headers["Location"] == reverse("orders:desk")
    assert "阿金麵店" not in other.get(reverse("orders:ringing")).content.decode()
    assert str(dispatcher) in other.get(reverse("orders:desk")).content.decode()
    call.refresh_from_db()
    assert call.answered_by == dispatcher


def test_somebody_new_is_looked_for_and_the_number_stays_out_of_the_address(signed_in, client, dispatcher):
    tell(client, number="0900000999")
    response = signed_in(dispatcher).post(reverse("orders:answer", args=[IncomingCall.objects.get().pk]))

    assert "0900" not in response.headers["Location"]
    assert 'value="0900000999"' in signed_in(dispatcher).get(response.headers["Location"]).content.decode()
    stranger = signed_in(UserFactory(roles=[DISPATCHER]))
    assert "0900000999" not in stranger.get(response.headers["Location"]).content.decode()


def test_a_withheld_number_and_an_old_call(signed_in, client, dispatcher):
    tell(client, number="")
    browser = signed_in(dispatcher)
    assert (
        reverse("orders:answer", args=[IncomingCall.objects.get().pk]) in browser.get("/desk/ringing/").content.decode()
    )

    IncomingCall.objects.update(rang_at=timezone.now() - dt.timedelta(minutes=2))

    assert "<form" not in browser.get("/desk/ringing/").content.decode()


def test_the_command_speaks_as_the_exchange_does(live_server):
    said = io.StringIO()
    call_command("call", "0900000123", to=live_server.url, call_id="c1", stdout=said)

    assert json.loads(said.getvalue()) == {"call": IncomingCall.objects.get(call_id="c1").pk}


def test_the_command_says_when_nobody_answers(settings):
    with pytest.raises(CommandError):
        call_command("call", "0900000123", to="http://127.0.0.1:9")
    settings.INCOMING_CALL_SECRET = ""
    with pytest.raises(CommandError):
        call_command("call", "0900000123")

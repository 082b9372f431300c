"""Messages on their way: claimed once, sent at least once, never lost, never a readable code left behind."""

import datetime as dt
import logging

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from customers import tasks
from customers.messages import sending as services
from customers.models import Message, PhoneCode
from customers.models.message import CODE
from luckygas.doorbell import bell
from luckygas.errors import Refused
from luckygas.metrics import DOORBELLS_UNANSWERED
from tests.factories import UserFactory
from tests.fakes.sms_gateway import FakeGateway

pytestmark = pytest.mark.django_db
PHONE = "+886900000123"


@pytest.fixture
def fake(settings):
    with FakeGateway() as gateway:
        settings.SMS_URL, settings.SMS_USERNAME, settings.SMS_PASSWORD = gateway.url, gateway.USERNAME, gateway.PASSWORD
        yield gateway


@pytest.fixture
def rung(monkeypatch):
    """The rows a sweep rang for, in place of Redis."""
    rows = []
    monkeypatch.setattr(tasks.send_message, "apply_async", lambda args, retry: rows.extend(args))
    return rows


def write(**more):
    cause = ("test", Message.objects.count())
    return Message.write(**({"kind": "confirmed", "recipient": PHONE, "body": "幸福氣", "cause": cause} | more))


def age(message, **fields):
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()


def test_a_message_is_sent_once_and_keeps_the_gateways_id(fake):
    message = write()

    services.send(message.pk)
    services.send(message.pk)

    message.refresh_from_db()
    assert (message.state, message.gateway_id, message.tries) == ("sent", "000000001", 1)
    assert message.done_at is not None
    assert [sms.client_id for sms in fake.sms] == [f"luckygas-{message.pk}"]


def test_a_message_that_is_gone_needs_nothing(fake):
    services.send(0)

    assert fake.requests == 0


def test_a_failure_is_tried_again_later(fake):
    fake.http = 500
    message = write()

    services.send(message.pk)

    message.refresh_from_db()
    assert (message.state, message.tries, message.failure) == ("waiting", 1, "HTTP 500")
    assert message.due_at > timezone.now() + dt.timedelta(seconds=25)


def test_five_failures_park_the_message_loudly(fake, caplog):
    fake.status = "*"
    message = write()

    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            age(message, due_at=timezone.now())
            services.send(message.pk)

    message.refresh_from_db()
    assert (message.state, message.tries) == ("parked", 5)
    assert "message_parked" in caplog.text
    assert PHONE[4:] not in caplog.text


def test_a_number_that_can_never_work_is_parked_at_once(fake):
    fake.status = "v"
    message = write()

    services.send(message.pk)

    message.refresh_from_db()
    assert (message.state, message.tries) == ("parked", 1)


def test_a_resting_gateway_costs_no_try(fake, rung):
    fake.http = 500
    for _ in range(5):
        services.send(write().pk)
    message = write()
    age(message, due_at=timezone.now() - dt.timedelta(minutes=1))

    services.send(message.pk)

    message.refresh_from_db()
    assert (message.state, message.tries) == ("waiting", 0)
    assert (services.sweep(), rung) == (0, [])


def test_without_a_gateway_messages_end_with_a_person(settings):
    settings.SMS_URL, settings.DEMO = "", False
    message = write()

    for _ in range(5):
        age(message, due_at=timezone.now())
        services.send(message.pk)

    assert (message.state, message.failure) == ("waiting", "SMS_URL is not set")
    message.refresh_from_db()
    assert message.state == "parked"


@pytest.mark.django_db(transaction=True)
def test_the_gateway_is_never_called_inside_a_transaction(fake):
    message = write()

    with pytest.raises(RuntimeError), transaction.atomic():
        services.send(message.pk)

    assert fake.requests == 0


def test_the_sweep_rings_for_rows_left_alone(rung):
    left, fresh = write(), write()
    age(left, due_at=timezone.now() - dt.timedelta(seconds=6))

    count = services.sweep()

    assert (count, rung) == (1, [left.pk])
    assert fresh.pk not in rung


def test_the_sweep_stops_when_nobody_answers(rung, monkeypatch):
    def silent(**_):
        raise TimeoutError

    monkeypatch.setattr(tasks.send_message, "apply_async", silent)
    monkeypatch.setattr(bell, "quiet_until", 0.0)
    for _ in range(3):
        age(write(), due_at=timezone.now() - dt.timedelta(minutes=1))
    before = DOORBELLS_UNANSWERED._value.get()

    assert services.sweep() == 0
    assert DOORBELLS_UNANSWERED._value.get() == before + 1
    monkeypatch.setattr(bell, "quiet_until", 0.0)


def test_a_worker_that_died_after_the_gateway_took_it_sends_nothing_twice(fake, rung):
    message = write()
    message.claim()
    from customers.messages import sms

    sms.gateway().send(phone=message.recipient, text=message.body, client_id=f"luckygas-{message.pk}")
    age(message, claimed_at=timezone.now() - dt.timedelta(seconds=31))

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=6)):
        services.sweep()
    services.send(message.pk)

    message.refresh_from_db()
    assert (message.state, message.tries) == ("sent", 2)
    assert (len(fake.sms), fake.duplicates) == (1, 1)


def test_a_claim_that_is_young_is_left_to_its_worker(rung):
    message = write()
    message.claim()

    services.sweep()

    message.refresh_from_db()
    assert message.state == "sending"


def test_a_message_that_kills_its_workers_is_parked():
    message = write()
    for _ in range(5):
        age(message, due_at=timezone.now())
        assert message.claim()
        age(message, claimed_at=timezone.now() - dt.timedelta(seconds=31))
        services.sweep()
        message.refresh_from_db()

    assert (message.state, message.failure) == ("parked", "its worker died")


def test_a_worker_that_comes_back_after_its_lease_changes_nothing():
    message = write()
    message.claim()
    late = Message.objects.get(pk=message.pk)
    age(message, claimed_at=timezone.now() - dt.timedelta(seconds=31))
    services.sweep()
    Message.objects.get(pk=message.pk).claim()

    assert late.sent(gateway_id="late") is False

    message.refresh_from_db()
    assert (message.state, message.tries) == ("sending", 2)


def test_a_code_is_readable_nowhere_once_it_was_sent(fake):
    PhoneCode.send(phone=PHONE, purpose="signup")
    message = Message.objects.get(kind="code")

    services.send(message.pk)

    message.refresh_from_db()
    digits = CODE.search(fake.sms[0].text)[0]
    assert message.state == "sent"
    assert (digits in message.body, "••••••" in message.body) == (False, True)


def test_the_demo_shows_a_code_until_it_is_too_old(settings):
    settings.SMS_URL, settings.DEMO = "", True
    PhoneCode.send(phone=PHONE, purpose="signup")
    message = Message.objects.get(kind="code")
    services.send(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"
    assert "••••••" not in message.body

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        services.forget_codes()

    message.refresh_from_db()
    assert "••••••" in message.body


def test_a_code_nobody_could_send_in_time_is_parked_and_blank():
    PhoneCode.send(phone=PHONE, purpose="recover")

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        assert services.forget_codes() == 1

    message = Message.objects.get(kind="code")
    assert (message.state, message.failure) == ("parked", "too old")
    assert "••••••" in message.body
    with pytest.raises(Refused):
        message.retry(by=UserFactory())


def test_parked_messages_are_said_again(caplog):
    assert services.report_parked() == 0
    age(write(), state="parked")

    with caplog.at_level(logging.ERROR):
        assert services.report_parked() == 1

    assert "messages_parked count=1" in caplog.text

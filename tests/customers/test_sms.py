"""The one door of SMS, against a gateway that speaks the real protocol."""

import pytest

from customers.messages import sms
from customers.messages.sms import Breaker, Mitake, Nobody, Screen, SmsFailed, SmsRefused
from tests.fakes.sms_gateway import FakeGateway, Sms

PHONE = "+886900000123"


@pytest.fixture
def fake():
    with FakeGateway() as gateway:
        yield gateway


@pytest.fixture
def mitake(fake):
    return Mitake(fake.url, fake.USERNAME, fake.PASSWORD)


def test_the_phone_gets_the_text_as_it_was_written(fake, mitake):
    gateway_id = mitake.send(phone=PHONE, text="幸福氣：訂單確認 & 100%\n謝謝", client_id="luckygas-1")

    assert gateway_id == "000000001"
    assert fake.sms == [Sms("0900000123", "幸福氣：訂單確認 & 100%\n謝謝", "luckygas-1")]


def test_the_same_client_id_reaches_the_phone_once(fake, mitake):
    ids = {mitake.send(phone=PHONE, text="一", client_id="luckygas-1") for _ in range(3)}

    assert (ids, len(fake.sms), fake.duplicates) == ({"000000001"}, 1, 2)


@pytest.mark.parametrize("letter", ["v", "p"])
def test_what_no_try_can_help_is_refused(fake, mitake, letter):
    fake.status = letter

    with pytest.raises(SmsRefused) as refused:
        mitake.send(phone=PHONE, text="一", client_id="1")

    assert str(refused.value) == f"statuscode {letter}"


@pytest.mark.parametrize("letter", ["e", "*", "s"])
def test_what_may_pass_fails_and_may_be_tried_again(fake, mitake, letter):
    fake.status = letter

    with pytest.raises(SmsFailed) as failed:
        mitake.send(phone=PHONE, text="一", client_id="1")

    assert type(failed.value) is SmsFailed


def test_a_wrong_password_is_no_success(fake):
    with pytest.raises(SmsFailed, match="statuscode e"):
        Mitake(fake.url, fake.USERNAME, "wrong").send(phone=PHONE, text="一", client_id="1")

    assert fake.sms == []


@pytest.mark.parametrize("http", [302, 500, 503])
def test_any_other_answer_is_a_failure(fake, mitake, http):
    fake.http = http

    with pytest.raises(SmsFailed, match=f"HTTP {http}"):
        mitake.send(phone=PHONE, text="一", client_id="1")


def test_a_cut_answer_is_a_failure_that_tells_no_number(fake, mitake):
    fake.swallow = True

    with pytest.raises(SmsFailed) as failed:
        mitake.send(phone=PHONE, text="一", client_id="1")

    assert str(failed.value) == "ConnectionError"
    assert failed.value.__cause__ is None


def test_a_slow_gateway_is_given_up(fake, mitake, monkeypatch):
    monkeypatch.setattr(sms, "ANSWER_SECONDS", 0.1)
    fake.delay = 1

    with pytest.raises(SmsFailed, match="ReadTimeout"):
        mitake.send(phone=PHONE, text="一", client_id="1")


def test_after_five_failures_the_gateway_is_left_alone(fake, mitake):
    fake.http = 500
    for _ in range(5):
        assert not mitake.is_resting
        with pytest.raises(SmsFailed):
            mitake.send(phone=PHONE, text="一", client_id="1")

    assert mitake.is_resting


def test_wrong_numbers_do_not_open_the_breaker(fake, mitake):
    for _ in range(6):
        with pytest.raises(SmsRefused):
            mitake.send(phone="+88689000210", text="一", client_id="1")

    assert not mitake.is_resting


def test_a_success_closes_the_breaker():
    breaker = Breaker()
    for _ in range(5):
        breaker.note(is_good=False)

    breaker.note(is_good=True)

    assert not breaker.is_open


@pytest.mark.parametrize(
    "url, demo, kind", [("", True, Screen), ("", False, Nobody), ("http://127.0.0.1:1/", True, Mitake)]
)
def test_the_settings_say_which_gateway(settings, url, demo, kind):
    settings.SMS_URL, settings.DEMO = url, demo

    assert type(sms.gateway()) is kind
    assert sms.gateway() is sms.gateway()


def test_without_a_gateway_nothing_pretends_to_be_sent():
    with pytest.raises(SmsFailed, match="SMS_URL"):
        Nobody().send(phone=PHONE, text="一", client_id="1")

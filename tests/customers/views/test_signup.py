"""Signing up and a new password by a code; strangers learn nothing about whose number is known."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from customers import claims
from customers.models import Membership, Message, PhoneCode
from luckygas.models import CUSTOMER, DRIVER, User
from tests.factories import ContactFactory, CustomerFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
MOBILE, RAW = "+886900000123", "0900-000-123"
PASSWORD = "brown-cow-2026"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(claims, "ANSWER_SECONDS", 0)


@pytest.fixture
def known():
    """A customer with this mobile on their record, and nobody who signs in with it."""
    customer = CustomerFactory(name="林太太")
    SiteFactory(customer=customer)
    ContactFactory(customer=customer, phone=MOBILE)
    return customer


def code() -> str:
    return re.search(r"\d{6}", Message.objects.filter(kind="code").latest("pk").body)[0]


def answer(client: Client, digits: str, *, door: str = "signup", password: str = PASSWORD):
    return client.post(f"/{door}/code/", {"code": digits, "password": password, "again": password})


def sign_up(client: Client, door: str = "signup"):
    client.post(f"/{door}/", {"phone": RAW})
    return answer(client, code(), door=door)


def test_a_known_mobile_signs_up_and_orders_for_its_record(client, known):
    response = sign_up(client)

    person = User.objects.get(username=MOBILE)
    membership = Membership.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/")
    assert (membership.user, membership.customer, membership.site) == (person, known, None)
    assert person.roles == {CUSTOMER}
    assert person.check_password(PASSWORD)
    assert client.get("/orders/").status_code == 200


@pytest.mark.parametrize("typed", ["０９００－０００－１２３", "+886 900 000 123", "0900000123"])
def test_the_number_may_be_written_in_any_notation(client, known, typed):
    client.post("/signup/", {"phone": typed})

    assert PhoneCode.objects.get().phone == MOBILE


def ambiguous():
    for _ in range(2):
        ContactFactory(customer=CustomerFactory(), phone=MOBILE)


def unknown():
    pass


def of_staff():
    UserFactory(username=MOBILE, roles=[DRIVER])


def of_a_stopped_person():
    UserFactory(username=MOBILE, roles=[CUSTOMER], is_active=False)


def on_a_removed_contact():
    ContactFactory(customer=CustomerFactory(), phone=MOBILE, is_active=False)


def one_record():
    ContactFactory(customer=CustomerFactory(), phone=MOBILE)


@pytest.mark.parametrize("world", [ambiguous, unknown, of_staff, of_a_stopped_person, on_a_removed_contact])
@pytest.mark.parametrize("door", ["signup", "recover"])
def test_every_other_number_is_called_back_and_gets_no_code(client, world, door):
    world()

    client.post(f"/{door}/", {"phone": RAW})

    message = Message.objects.get()
    assert (message.kind, message.state, message.recipient, message.customer) == ("call_back", "call", MOBILE, None)
    assert not PhoneCode.objects.exists()


def test_a_landline_is_called_back(client):
    ContactFactory(customer=CustomerFactory(), phone="+88689000210", can_sms=False)

    client.post("/signup/", {"phone": "089-000-210"})

    assert Message.objects.get().kind == "call_back"


def test_a_number_is_put_on_the_call_list_once_a_day(client):
    for _ in range(3):
        client.post("/signup/", {"phone": RAW})

    assert Message.objects.filter(kind="call_back").count() == 1


@pytest.mark.parametrize("door", ["signup", "recover"])
def test_what_a_stranger_sees_is_the_same_for_every_number(door):
    def seen() -> tuple[object, ...]:
        client = Client()
        asked = client.post(f"/{door}/", {"phone": RAW})
        page = client.get(asked["Location"])
        wrong = answer(client, "000000", door=door)
        both = page.content.decode() + wrong.content.decode()
        text = re.sub(r"[A-Za-z0-9]{64}|nonce=.[^ >]+|[0-9]{2}:[0-9]{2}", "", both)
        return asked.status_code, asked["Location"], page.status_code, wrong.status_code, text

    first = seen()
    one_record()

    assert seen() == first


def test_both_ways_take_the_same_time(monkeypatch, known):
    slept = []
    monkeypatch.setattr(claims, "ANSWER_SECONDS", 5)
    monkeypatch.setattr(claims.time, "sleep", slept.append)

    for phone in (RAW, "0900-000-999"):
        Client().post("/signup/", {"phone": phone})

    assert len(slept) == 2
    assert min(slept) > 4


def test_a_number_has_five_tries_an_hour_whether_it_is_known_or_not(client, known):
    answers = {}
    for phone in (RAW, "0900-000-999"):
        answers[phone] = [client.post("/signup/", {"phone": phone}).status_code for _ in range(6)]

    assert answers[RAW] == answers["0900-000-999"] == [303] * 5 + [429]


def test_an_address_has_a_limit(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"claim": "2/h/ip"}
    codes = [client.post("/signup/", {"phone": f"0900-000-00{n}"}).status_code for n in range(3)]

    assert codes == [303, 303, 429]


def test_a_wrong_code_is_422_and_makes_nobody(client, known):
    client.post("/signup/", {"phone": RAW})

    response = answer(client, f"{(int(code()) + 1) % 10**6:06d}")

    assert response.status_code == 422
    assert not User.objects.filter(username=MOBILE).exists()


def test_five_wrong_tries_use_the_code_up(client, known):
    client.post("/signup/", {"phone": RAW})
    right = code()
    for _ in range(5):
        answer(client, f"{(int(right) + 1) % 10**6:06d}")

    assert answer(client, right).status_code == 422


@pytest.mark.parametrize("weak", ["short", "1234567890", "password12"])
def test_a_weak_password_does_not_use_the_code_up(client, known, weak):
    client.post("/signup/", {"phone": RAW})

    refused = answer(client, code(), password=weak)
    taken = answer(client, code())

    assert (refused.status_code, taken.status_code) == (422, 302)


def test_a_code_of_one_door_opens_no_other(client, known, monkeypatch):
    UserFactory(username=MOBILE, roles=[CUSTOMER])
    digits = iter([111111, 222222])
    monkeypatch.setattr("customers.models.phone_code.secrets.randbelow", lambda most: next(digits))
    client.post("/signup/", {"phone": RAW})
    client.post("/recover/", {"phone": RAW})

    assert answer(client, "111111", door="recover").status_code == 422
    assert answer(client, "222222", door="recover").status_code == 302


def test_without_a_number_there_is_no_code_page(client):
    assert client.get("/signup/code/")["Location"] == "/signup/"
    assert client.get("/recover/code/")["Location"] == "/recover/"


def test_a_number_that_is_none_is_422_with_the_sentence_at_the_field(client):
    response = client.post("/signup/", {"phone": "12345"})

    assert response.status_code == 422
    assert "id_phone_error" in response.content.decode()
    assert not Message.objects.exists()


def test_recovering_ends_every_other_session(known, signed_in):
    person = UserFactory(username=MOBILE, roles=[CUSTOMER])
    person.set_password("old-password-1")
    person.save()
    elsewhere, here = signed_in(person), Client()

    response = sign_up(here, door="recover")

    person.refresh_from_db()
    assert response.status_code == 302
    assert person.check_password(PASSWORD)
    assert elsewhere.get("/orders/")["Location"].startswith("/login/")
    assert here.get("/orders/").status_code == 200


def test_recovering_claims_no_record(known):
    UserFactory(username=MOBILE, roles=[CUSTOMER])

    sign_up(Client(), door="recover")

    assert not Membership.objects.exists()


def test_signing_up_again_widens_nothing_that_the_office_narrowed(client, known):
    person = UserFactory(username=MOBILE, roles=[CUSTOMER])
    narrow = Membership.objects.create(user=person, customer=known, can_order=False, sees_balance=False)

    sign_up(client)

    membership = Membership.objects.get()
    assert (membership, membership.can_order, membership.sees_balance) == (narrow, False, False)


def test_a_database_keeps_no_code_that_one_could_read(client, known):
    client.post("/signup/", {"phone": RAW})

    assert code() not in PhoneCode.objects.get().code_hash

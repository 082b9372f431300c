"""Signing in: limits before hashing, cookies, and the doors before the work."""

from __future__ import annotations

from unittest.mock import patch

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from luckygas.hashers import Argon2
from luckygas.models import CUSTOMER, DISPATCHER, User
from luckygas.signin import identity
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    person = UserFactory(username="+886900000123", roles=[CUSTOMER])
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def colleague() -> User:
    colleague = UserFactory(username="dispatcher", roles=[DISPATCHER])
    colleague.set_password(PASSWORD)
    colleague.save()
    return colleague


def try_to_sign_in(client: Client, login: str = "0900-000-123", password: str = PASSWORD, address: str = "192.0.2.1"):
    return client.post("/login/", {"login": login, "password": password}, REMOTE_ADDR=address)


def code_of(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def hashed():
    """How often a password was hashed since."""
    with (
        patch.object(Argon2, "verify", autospec=True, side_effect=Argon2.verify) as verify,
        patch.object(Argon2, "encode", autospec=True, side_effect=Argon2.encode) as encode,
    ):
        yield lambda: verify.call_count + encode.call_count


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("0900-000-123", "+886900000123"),
        ("０９００ ０００ １２３", "+886900000123"),
        ("+886 900 000 123", "+886900000123"),
        ("Dispatcher", "dispatcher"),
        ("driver2", "driver2"),
        ("99999", "99999"),
    ],
)
def test_a_number_is_a_number_in_any_notation(typed, name):
    assert identity(typed) == name


def test_a_person_signs_in_with_their_number_and_goes_home(client, person):
    response = try_to_sign_in(client)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert int(client.session["_auth_user_id"]) == person.pk


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(client, person):
    cookie = try_to_sign_in(client).cookies["session"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("login", ["0900-000-123", "0900-000-999"])
def test_a_wrong_password_is_422_and_does_not_say_whether_the_number_is_known(client, person, login):
    response = try_to_sign_in(client, login, "wrong-horse")

    assert response.status_code == 422
    assert "號碼、帳號或密碼不對" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_over_the_limit_of_a_name_no_password_is_hashed(client, person, hashed):
    for number in range(5):
        try_to_sign_in(client, password="wrong-horse", address=f"192.0.2.{number}")
    before = hashed()

    response = try_to_sign_in(client, password="wrong-horse", address="192.0.2.99")

    assert response.status_code == 429
    assert before >= 5
    assert hashed() == before


def test_over_the_limit_of_an_address_no_password_is_hashed(client, person, hashed):
    for number in range(20):
        try_to_sign_in(client, f"name{number}", "wrong-horse")
    before = hashed()

    response = try_to_sign_in(client, "another", "wrong-horse")

    assert response.status_code == 429
    assert hashed() == before


def test_over_the_limit_of_everybody_no_password_is_hashed(client, person, hashed, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_everybody": "3/m/key"}
    for number in range(3):
        try_to_sign_in(client, f"name{number}", "wrong-horse", f"192.0.2.{number}")
    before = hashed()

    response = try_to_sign_in(client, "another", "wrong-horse", "192.0.2.99")

    assert response.status_code == 429
    assert hashed() == before


def test_another_host_header_opens_no_fresh_count(client, person):
    for number in range(5):
        client.post(
            "/login/", {"login": "0900-000-123", "password": "wrong-horse"},
            REMOTE_ADDR=f"192.0.2.{number}", HTTP_HOST=f"host{number}.example",
        )  # fmt: skip

    response = client.post(
        "/login/", {"login": "0900-000-123", "password": PASSWORD}, REMOTE_ADDR="192.0.2.9", HTTP_HOST="new.example"
    )

    assert response.status_code == 429


def test_a_limit_ends_by_itself(client, person, morning):
    for number in range(5):
        try_to_sign_in(client, password="wrong-horse", address=f"192.0.2.{number}")

    with time_machine.travel("2026-11-24T09:06:00+08:00"):
        response = try_to_sign_in(client)

    assert response.status_code == 302


def test_who_signed_in_here_before_gets_in_while_their_name_is_flooded(person):
    own, stranger = Client(), Client()
    try_to_sign_in(own)
    own.post("/logout/")
    for number in range(6):
        try_to_sign_in(stranger, password="wrong-horse", address=f"192.0.2.{number}")

    flooded, owners = try_to_sign_in(stranger), try_to_sign_in(own)

    assert (flooded.status_code, owners.status_code) == (429, 302)


def test_a_known_browser_has_a_limit_too(person, hashed):
    own = Client()
    try_to_sign_in(own)
    own.post("/logout/")
    for _ in range(10):
        try_to_sign_in(own, password="wrong-horse")
    before = hashed()

    response = try_to_sign_in(own)

    assert response.status_code == 429
    assert hashed() == before


def test_a_made_up_device_counts_as_a_stranger(client, person):
    client.cookies["device"] = "eyJpZCI6ImEifQ:1:forged"
    for number in range(5):
        try_to_sign_in(client, password="wrong-horse", address=f"192.0.2.{number}")

    assert try_to_sign_in(client).status_code == 429


def test_the_limits_live_in_the_database_and_not_in_redis(client, person, settings):
    settings.REDIS_URL = "redis://192.0.2.1:1"
    for number in range(5):
        try_to_sign_in(client, password="wrong-horse", address=f"192.0.2.{number}")

    assert try_to_sign_in(client).status_code == 429
    assert "DatabaseCache" in settings.CACHES["default"]["BACKEND"]
    assert cache._max_entries >= 50_000


def test_a_flood_of_requests_answers_the_page_of_too_many(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "1/m/ip"}
    try_to_sign_in(client)

    response = try_to_sign_in(client)

    assert response.status_code == 429
    assert "429.html" in [template.name for template in response.templates]


# --- the doors ----------------------------------------------------------------
def test_a_reset_password_leads_to_a_new_one_and_nowhere_else(colleague, signed_in):
    colleague.must_change_password = True
    colleague.save()
    web = signed_in(colleague)

    pages = [web.get(path) for path in ("/desk/", "/orders/", "/dispatch/", "/admin/", "/account/profile/")]

    assert {page["Location"] for page in pages} == {"/account/password/"}


def test_ones_own_new_password_opens_the_work_and_keeps_this_session(colleague, signed_in):
    colleague.must_change_password = True
    colleague.save()
    web = signed_in(colleague)
    new = "another-long-horse"

    web.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    colleague.refresh_from_db()
    assert (colleague.must_change_password, colleague.check_password(new)) == (False, True)
    assert web.get("/desk/").status_code == 200


def test_a_weak_or_wrong_password_changes_nothing(colleague, signed_in):
    web = signed_in(colleague)

    weak = web.post("/account/password/", {"oldpassword": PASSWORD, "password1": "12345", "password2": "12345"})
    wrong = web.post("/account/password/", {"oldpassword": "no", "password1": "x" * 12, "password2": "x" * 12})

    colleague.refresh_from_db()
    assert colleague.check_password(PASSWORD)
    assert "mistake" in weak.content.decode()
    assert "mistake" in wrong.content.decode()


def test_staff_without_a_second_factor_set_one_up_first(colleague, signed_in, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    web = signed_in(colleague)

    for path in ("/desk/", "/admin/"):
        assert web.get(path)["Location"] == "/account/2fa/totp/activate/"


def test_customers_need_no_second_factor(customer_person, signed_in, settings):
    settings.SECOND_FACTOR_REQUIRED = True

    assert signed_in(customer_person).get("/orders/").status_code == 200


def test_an_expired_sign_in_sends_htmx_to_the_sign_in_page(client):
    response = client.get("/orders/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (204, "/login/?next=/orders/")


def test_the_second_factor_is_asked_for_and_lets_in(client, colleague, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(colleague, secret)

    asked = try_to_sign_in(client, "dispatcher")
    page = client.get(asked["Location"])
    wrong = client.post(asked["Location"], {"code": "000000"})
    client.post(asked["Location"], {"code": code_of(secret)})

    assert asked["Location"].startswith("/account/2fa/authenticate/")
    assert "驗證器" in page.content.decode()
    assert "mistake" in wrong.content.decode()
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("path", ["/account/2fa/", "/account/reauthenticate/", "/account/inactive/", "/logout/"])
def test_every_door_is_a_page_of_ours(client, colleague, path):
    try_to_sign_in(client, "dispatcher")

    page = client.get(path)

    assert page.status_code == 200
    assert 'class="brand"' in page.content.decode()


def test_the_first_app_is_set_up_after_the_password_and_brings_recovery_codes(client, colleague):
    try_to_sign_in(client, "dispatcher")
    asked = client.get("/account/2fa/totp/activate/")["Location"]
    client.post(asked, {"password": PASSWORD})
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret

    shown = client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    codes = client.get(shown["Location"])
    pages = [client.get(f"/account/2fa/{path}") for path in ("", "recovery-codes/generate/", "totp/deactivate/")]

    assert asked.startswith("/account/reauthenticate/")
    assert shown["Location"] == "/account/2fa/recovery-codes/"
    assert len(codes.context["unused_codes"]) == 10
    assert "救援碼" in codes.content.decode()
    assert [page.status_code for page in pages] == [200] * 3


# --- a demo that was just started -------------------------------------------------------------------------------------
def test_while_the_sample_data_is_loaded_nobody_is_told_that_a_password_is_wrong(client, hashed):
    page = client.get("/login/").content.decode()
    answer = try_to_sign_in(client, "customer", "demo-customer")

    assert 'data-hx-trigger="every 2s"' in page
    assert "demo-customer" not in page
    assert answer.status_code == 422
    assert "樣本資料還在載入，請一分鐘後再登入。" in answer.content.decode()
    assert hashed() == 0


def test_once_it_is_there_the_accounts_to_try_are_named(client, person):
    page = client.get("/login/").content.decode()

    assert 'data-hx-trigger="every 2s"' not in page
    assert "demo-customer" in page


def test_a_shop_without_anybody_is_no_demo_that_loads(client, settings):
    settings.DEMO = False

    answer = try_to_sign_in(client, "customer", "demo-customer")

    assert "號碼、帳號或密碼不對。" in answer.content.decode()

"""Pages that say that something is wrong: which status, what to do, the way on, and in whose app."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from luckygas import views
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PHONE = "089-000-210"
HOMES = {
    "customer": ("orders:index", "回首頁"),
    "driver": ("deliveries:drive", "回路線"),
    "dispatcher": ("orders:desk", "回電話台"),
    "manager": ("deliveries:monitor", "回今日"),
    "ops": ("pilot:index", "回試營運"),
}
FRAMES = {"customer": "customer", "driver": "drive", "dispatcher": "office", "manager": "office", "ops": "office"}


@pytest.fixture
def client_of(client, signed_in):
    """A browser of somebody with this role that shows error pages; a stranger's for ""."""

    def open_for(role: str) -> Client:
        browser = signed_in(UserFactory(roles=[role])) if role else client
        browser.raise_request_exception = False
        return browser

    return open_for


@pytest.fixture
def broken(monkeypatch):
    """The front door, which sends everybody to their own first page, raises this."""

    def break_it(error: Exception) -> None:
        def redirect(*args, **more):
            raise error

        monkeypatch.setattr(views, "redirect", redirect)

    return break_it


def said(response) -> str:
    return response.content.decode()


def way(url: str, word: str) -> str:
    return f'href="{url}">{word}</a>'


@pytest.mark.parametrize("role", HOMES)
def test_who_is_known_stays_in_their_app_and_gets_back_to_its_first_page(client_of, role):
    page = client_of(role).get("/nothing-here/")

    name, word = HOMES[role]
    assert page.status_code == 404
    assert f'data-app="{FRAMES[role]}"' in said(page)
    assert way(reverse(name), word) in said(page)
    assert (PHONE in said(page)) == (FRAMES[role] != "office")  # the office is who picks up


def test_a_stranger_gets_the_front_door_the_phone_and_the_leak_box(client_of):
    page = client_of("").get("/nothing-here/")

    assert (page.status_code, "找不到這一頁" in said(page)) == (404, True)
    assert way("/", "回首頁") in said(page)
    assert f"tel:{settings.COMPANY['phone_e164']}" in said(page)
    assert 'id="leak"' in said(page)


@pytest.mark.parametrize(
    ("error", "status", "sentence", "word"),
    [
        (BadRequest(), 400, "看不懂", "再試一次"),
        (PermissionDenied(), 403, "這一頁沒有開放", "回電話台"),
        (Http404(), 404, "找不到這一頁", "回電話台"),
        (RuntimeError("x"), 500, "這邊出了錯", "再試一次"),
        (OperationalError("gone"), 503, "現在連不上", "再試一次"),
    ],
    ids=["400", "403", "404", "500", "503"],
)
def test_each_state_says_what_to_do_and_has_a_way_on(client_of, broken, error, status, sentence, word):
    broken(error)

    page = client_of("dispatcher").get("/")

    assert page.status_code == status
    assert sentence in said(page)
    assert f">{word}</a>" in said(page)
    assert "<h1>" in said(page)


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_a_state_is_said_in_the_readers_language(client, language):
    page = said(client.get("/nothing-here/", headers={"accept-language": language}))

    assert ("There is nothing here" in page) == (language == "en")
    assert f'lang="{"en" if language == "en" else "zh-Hant-TW"}"' in page


def test_a_broken_frame_does_not_hide_what_broke(client_of, broken, monkeypatch):
    broken(RuntimeError("x"))
    monkeypatch.setattr("luckygas.context.office_menu", lambda request: 1 / 0)

    page = client_of("dispatcher").get("/")

    assert (page.status_code, "這邊出了錯" in said(page), PHONE in said(page)) == (500, True, True)


def test_without_the_database_nobody_is_asked_who_they_are(client_of, broken, monkeypatch):
    broken(OperationalError("gone"))
    monkeypatch.setattr("luckygas.context.frame_of", lambda request: 1 / 0)

    page = client_of("dispatcher").get("/?day=1")

    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert way("/?day=1", "再試一次") in said(page)
    assert PHONE in said(page)


# --- forms ------------------------------------------------------------------------------------------------------------
def strict(person) -> Client:
    """A browser whose forms are checked for their token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    return browser


def test_an_expired_form_leads_back_to_its_page(customer_person):
    page = strict(customer_person).post(
        "/account/profile/", {"name": "x"}, headers={"Referer": "http://testserver/account/profile/?a=1"}
    )

    assert (page.status_code, page["Trouble"]) == (403, "expired")
    assert "這一頁開太久了" in said(page)
    assert way("/account/profile/?a=1", "重新打開") in said(page)


def test_another_sites_page_is_no_way_back(customer_person):
    page = strict(customer_person).post("/account/profile/", {}, headers={"Referer": "https://elsewhere.example/x"})

    assert way("/", "重新打開") in said(page)
    assert "elsewhere" not in said(page)


def test_the_address_of_a_form_is_no_white_page(client_of):
    page = client_of("dispatcher").get("/calendar/")

    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "這個網址只收表單" in said(page)
    assert way("/desk/", "回電話台") in said(page)


def test_a_machine_that_asks_wrongly_gets_no_page(client_of):
    assert client_of("driver").get("/drive/proofs/", headers={"Accept": "application/json"}).content == b""


# --- expired sessions -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("headers", "back"),
    [
        (
            {"HX-Request": "true", "HX-Current-URL": "http://testserver/dispatch/?day=2026-11-24"},
            "/dispatch/?day=2026-11-24",
        ),
        ({"Referer": "http://testserver/dispatch/?day=2026-11-24"}, "/dispatch/?day=2026-11-24"),
        ({"Referer": "https://elsewhere.example/"}, "/"),
        ({}, "/"),
    ],
    ids=["htmx", "plain", "from elsewhere", "from nowhere"],
)
def test_after_signing_in_again_one_is_on_the_page_and_not_at_the_forms_address(client, headers, back):
    response = client.post("/dispatch/routes/1/publish/", headers=headers)

    to = response.get("HX-Redirect") or response["Location"]
    assert response.status_code == (204 if "HX-Request" in headers else 302)
    assert client.get(to).wsgi_request.GET["next"] == back


def test_a_page_that_needs_a_sign_in_comes_back_with_its_filters(client):
    response = client.get("/orders/?state=held&q=1")

    assert client.get(response["Location"]).wsgi_request.GET["next"] == "/orders/?state=held&q=1"

"""The htmx contract: every answer has two faces, and the wrong one never reaches a browser."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from luckygas import http
from luckygas.metrics import PAUSES_ANSWERED

TEMPLATE = """<h1>Page</h1>{% partialdef row inline %}<p id="row">{{ word }}</p>{% endpartialdef %}"""


@pytest.fixture
def page(settings, tmp_path) -> str:
    """A template with one part."""
    (tmp_path / "page.html").write_text(TEMPLATE)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    return "page.html"


def asked(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    request.user = AnonymousUser()
    request._messages = CookieStorage(request)
    HtmxMiddleware(lambda _: HttpResponse())(request)
    return request


def by_htmx(**headers: str) -> HttpRequest:
    return asked(hx_request="true", **headers)


def test_show_gives_a_plain_browser_the_page(page):
    response = http.show(asked(), page, {"word": "hi"}, part="row")

    assert response.content.decode() == '<h1>Page</h1><p id="row">hi</p>'
    assert response["Vary"] == "HX-Request"


def test_show_gives_htmx_the_part(page):
    response = http.show(by_htmx(), page, {"word": "hi"}, part="row", status=422)

    assert (response.status_code, response.content.decode()) == (422, '<p id="row">hi</p>')


@pytest.mark.parametrize("header", ["hx_boosted", "hx_history_restore_request"])
def test_show_gives_the_page_when_htmx_replaces_all_of_it(page, header):
    response = http.show(by_htmx(**{header: "true"}), page, {}, part="row")

    assert "<h1>" in response.content.decode()


def test_show_without_a_part_gives_htmx_the_page(page):
    assert "<h1>" in http.show(by_htmx(), page, {}).content.decode()


def test_signed_in_pages_are_not_stored(page):
    request = asked()
    request.user = type("Somebody", (), {"is_authenticated": True})()

    assert http.show(request, page, {})["Cache-Control"] == "no-store"
    assert not http.show(asked(), page, {}).has_header("Cache-Control")


def test_done_sends_a_plain_browser_on(page):
    request = asked()

    response = http.done(request, "/orders/17/", message="Saved", template=page, part="row")

    assert (response.status_code, response["Location"]) == (303, "/orders/17/")
    assert [str(message) for message in request._messages] == ["Saved"]


def test_done_without_a_part_sends_htmx_on():
    response = http.done(by_htmx(), "/orders/17/")

    assert (response.status_code, response["HX-Redirect"]) == (204, "/orders/17/")


def test_done_with_a_part_rings_and_says_it(page):
    response = http.done(
        by_htmx(), "/", changed="order 17", message="Saved", template=page, part="row", context={"word": "new"}
    )

    html = response.content.decode()
    assert html.startswith('<p id="row">new</p>')
    assert 'id="told" data-hx-swap-oob="afterbegin"' in html
    assert "Saved" in html
    assert json.loads(response["HX-Trigger-After-Swap"]) == {
        "done": {},
        "changed": {"what": "order 17"},
        "changed-order": {"what": "order 17"},
    }


def test_done_can_put_the_part_somewhere_else(page):
    response = http.done(by_htmx(), "/", template=page, part="row", target="#row-17")

    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#row-17", "outerHTML")


def test_leave_keeps_the_method_of_a_plain_redirect():
    assert http.leave(asked(), "/login/", status=302).status_code == 302


def test_a_pause_says_when_to_ask_again_and_is_counted_as_no_failure():
    before = PAUSES_ANSWERED._value.get()

    response = http.wait(HttpResponse("later"))

    assert (response.status_code, response["Retry-After"]) == (503, "300")
    assert PAUSES_ANSWERED._value.get() == before + 1

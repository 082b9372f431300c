"""What every template may say without being told."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils.translation import override

from luckygas import context
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER, OPS


def seen_by(*roles: str, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(roles=frozenset(roles))
    with override("en"):
        return [f"{way['word']}{' <' if way['is_here'] else ''}" for way in context.office_menu(request)]


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ([DISPATCHER], ["Phone desk", "Orders", "Dispatch", "Customers", "Money", "Today", "Reviews"]),
        (
            [MANAGER],
            ["Phone desk", "Orders", "Dispatch", "Customers", "Money", "Today", "Reviews", "Pilot", "Colleagues"],
        ),
        ([OPS], ["Today", "Pilot"]),
        ([CUSTOMER], []),
    ],
)
def test_the_menu_shows_what_the_roles_may_see(roles, words):
    assert seen_by(*roles) == words


def test_the_longest_path_that_fits_is_here():
    assert [way for way in seen_by(DISPATCHER, path="/dispatch/reviews/3/close/") if "<" in way] == ["Reviews <"]


def test_a_page_without_an_entry_belongs_to_one():
    assert [way for way in seen_by(DISPATCHER, path="/incidents/") if "<" in way] == ["Phone desk <"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost:8000", "http://localhost:8001/live/"),
        ("127.0.0.1", "http://127.0.0.1:8001/live/"),
        ("[::1]:8000", "http://[::1]:8001/live/"),
        ("[::1]", "http://[::1]:8001/live/"),
    ],
)
def test_the_stream_is_on_the_same_host(settings, host, url):
    settings.LIVE_URL, settings.LIVE_PORT, settings.ALLOWED_HOSTS = "", "8001", ["*"]

    assert context.live_url(RequestFactory().get("/", headers={"host": host})) == url


def test_the_stream_may_be_somewhere_else(settings):
    settings.LIVE_URL = "https://live.example.tw/"

    assert context.live_url(RequestFactory().get("/")) == "https://live.example.tw/"


def test_the_context_costs_no_query_and_names_the_language():
    request = RequestFactory().get("/")
    with override("zh-hant"):
        assert context.company(request)["language"] == "zh-Hant-TW"
    with override("en"):
        assert context.company(request)["language"] == "en"

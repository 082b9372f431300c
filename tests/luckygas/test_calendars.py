"""Years as the reader counts them: ROC in Chinese, Gregorian in English, unless this browser's person chose."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override

from luckygas import calendars
from luckygas.calendars import GREGORIAN, ROC, counting_in
from luckygas.templatetags import luckygas_format as form
from tests.factories import placed

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("language", "chosen", "full", "stamped"),
    [
        ("zh-hant", "", "115/11/24（二）", "115.11.24"),
        ("zh-hant", ROC, "115/11/24（二）", "115.11.24"),
        ("zh-hant", GREGORIAN, "2026/11/24（二）", "2026.11.24"),
        ("en", "", "24 Nov 2026 (Tue)", "24.11.26"),
        ("en", GREGORIAN, "24 Nov 2026 (Tue)", "24.11.26"),
        ("en", ROC, "24 Nov ROC 115 (Tue)", "24.11.115"),
        ("zh-hant", "mayan", "115/11/24（二）", "115.11.24"),
    ],
)
def test_a_day_is_written_in_the_calendar_that_counts(language, chosen, full, stamped):
    with override(language), counting_in(chosen):
        assert (form.roc_date(TUESDAY), form.stamp_date(TUESDAY)) == (full, stamped)


@pytest.mark.parametrize("chosen", [ROC, GREGORIAN])
def test_a_day_without_its_year_is_the_same_in_both(chosen):
    with override("zh-hant"), counting_in(chosen):
        assert form.short_date(TUESDAY) == "11/24（二）"


def test_what_was_chosen_ends_with_its_block():
    with override("zh-hant"):
        with counting_in(GREGORIAN), counting_in(ROC):
            assert calendars.calendar() == ROC
        assert calendars.calendar() == ROC
        with counting_in(GREGORIAN), pytest.raises(ValueError), counting_in(ROC):
            raise ValueError
        assert calendars.calendar() == ROC


def test_threads_count_each_for_themselves():
    """Both are inside their block at once; each sees its own choice, and afterwards none."""
    both_are_in = threading.Barrier(2, timeout=10)
    seen: dict[str, list[str]] = {}

    def count(chosen: str) -> None:
        with override("zh-hant"):
            with counting_in(chosen):
                both_are_in.wait()
                inside = calendars.calendar()
                both_are_in.wait()
            seen[chosen] = [inside, calendars.calendar()]

    threads = [threading.Thread(target=count, args=(chosen,)) for chosen in (ROC, GREGORIAN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {ROC: [ROC, ROC], GREGORIAN: [GREGORIAN, ROC]}


# --- the switch ---------------------------------------------------------------
@pytest.fixture
def stranger():
    return Client(headers={"accept-language": "zh-TW"})


def calendar_of(client: Client) -> str:
    return client.get("/").context["calendar"]


def test_a_stranger_chooses_and_comes_back_to_the_page(stranger):
    answer = stranger.post("/calendar/", {"calendar": GREGORIAN, "next": "/login/?next=/orders/"})

    assert (answer.status_code, answer["Location"]) == (303, "/login/?next=/orders/")
    assert calendar_of(stranger) == GREGORIAN


def test_htmx_is_sent_back_too(stranger):
    answer = stranger.post("/calendar/", {"calendar": ROC, "next": "/"}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "", "javascript:alert(1)"])
def test_the_way_back_is_ours(stranger, back):
    assert stranger.post("/calendar/", {"calendar": ROC, "next": back})["Location"] == "/"


@pytest.mark.parametrize("chosen", ["", "mayan", "roc; secure"])
def test_an_unknown_calendar_changes_nothing(stranger, chosen):
    answer = stranger.post("/calendar/", {"calendar": chosen})

    assert answer.status_code == 303
    assert not answer.cookies
    assert calendar_of(stranger) == ROC


def test_looking_changes_nothing(stranger):
    assert stranger.get("/calendar/", {"calendar": GREGORIAN}).status_code == 405
    assert calendar_of(stranger) == ROC


def test_one_browsers_choice_is_not_the_nexts(stranger):
    """One after the other in the same thread, as a worker serves them."""
    other = Client(headers={"accept-language": "zh-TW"})
    stranger.post("/calendar/", {"calendar": GREGORIAN})

    seen = [calendar_of(client) for client in (stranger, other, stranger)]

    assert seen == [GREGORIAN, ROC, GREGORIAN]


def test_a_forged_cookie_is_no_calendar(stranger):
    stranger.cookies[calendars.COOKIE] = "<b>"

    assert calendar_of(stranger) == ROC


def test_order_numbers_and_dates_to_type_stay_as_they_are(stranger, morning, signed_in, dispatcher):
    order = placed()
    office = signed_in(dispatcher, **{"accept-language": "zh-TW"})
    office.post("/calendar/", {"calendar": GREGORIAN})

    assert order.number.startswith("1151124-")
    assert order.number in office.get(order.get_absolute_url()).content.decode()
    assert "2026/11/24（二）" in office.get(order.get_absolute_url()).content.decode()
    assert 'value="2026-11-24"' in office.get("/dispatch/routes/new/").content.decode()


@pytest.mark.parametrize(("page", "person"), [("/dispatch/", "dispatcher"), ("/monitor/", "manager")])
def test_a_live_page_is_fetched_again_in_the_other_calendar(page, person, signed_in, request):
    """Its polls are answered 304 while nothing changed; another calendar is a change."""
    client = signed_in(request.getfixturevalue(person))
    tag = client.get(page)["ETag"]
    client.post("/calendar/", {"calendar": GREGORIAN})
    again = client.get(page, headers={"if-none-match": tag})
    client.post("/calendar/", {"calendar": ROC})

    assert again.status_code == 200
    assert client.get(page)["ETag"] != again["ETag"]

"""Sentences that are kept: whoever reads one hears it in their own language, whoever's words it is."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext_lazy

from luckygas.said import Said
from pilot.measuring.guardrails import passed
from pilot.models import Alarm, EnrolmentPause
from tests.factories import UserFactory
from tests.pilot.rolling import running

STALE = "%(flag)s should have been decided by %(due_on)s; %(owner)s answers for it"


def in_both(said):
    with translation.override("zh-hant"):
        chinese = str(said)
    with translation.override("en"):
        return chinese, str(said)


def test_what_fills_a_sentence_in_is_spoken_too():
    assert in_both(passed("errors", 7.5, 5)) == ("全部：錯誤 7.5%，最多 5%", "everybody: Errors 7.5%, at most 5%")


def test_a_day_is_written_as_the_reader_writes_days():
    chinese, english = in_both(Said(STALE, {"flag": "f", "due_on": "2026-11-30", "owner": "王"}))

    assert "115/11/30" in chinese
    assert "2026" in english


def test_a_label_is_kept_in_english_whoever_is_served():
    with translation.override("zh-hant"):
        assert Said.of(gettext_lazy("Errors")) == Said("Errors")


@pytest.mark.django_db
def test_it_comes_back_from_the_database_as_it_went_in():
    said = passed("p95", 2600, 2000, running("瑞光"))
    Alarm.objects.create(kind="test", subject="x", said=said)

    assert Alarm.open().get().said == said


@pytest.mark.django_db
def test_a_persons_own_words_are_never_translated():
    EnrolmentPause.pause(measure="by_hand", said=" Errors ", by=UserFactory())

    assert in_both(EnrolmentPause.objects.get().said) == ("Errors", "Errors")


@pytest.mark.django_db
def test_the_alarms_page_speaks_the_language_of_who_reads_it(signed_in, ops):
    Alarm.objects.create(kind="guardrail", subject="x", said=passed("errors", 7.5, 5))
    client = signed_in(ops)

    assert "全部：錯誤 7.5%，最多 5%" in client.get("/pilot/alarms/", headers={"accept-language": "zh-TW"}).text
    assert "everybody: Errors 7.5%, at most 5%" in client.get("/pilot/alarms/", headers={"accept-language": "en"}).text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_was_kept_as_text_stays_readable_and_goes_back():
    person = UserFactory().pk
    kept = "SELECT measure, {} FROM pilot_enrolmentpause UNION SELECT kind, {} FROM pilot_alarm ORDER BY 1"
    try:
        call_command("migrate", "pilot", "0001", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO pilot_alarm (kind, subject, said, since) VALUES ('a', 'x', '這裡 100% 不對', now())"
            )
            cursor.execute(
                """INSERT INTO pilot_enrolmentpause (measure, said, since, by_id, ended_why)
                   VALUES ('by_hand', '颱風', now(), %s, ''), ('p95', '太慢', now(), NULL, '')""",
                [person],
            )
        call_command("migrate", "pilot", verbosity=0)

        assert str(Alarm.open().get().said) == "這裡 100% 不對"
        pauses = {pause.measure: pause.said for pause in EnrolmentPause.open()}
        assert pauses == {"by_hand": "颱風", "p95": Said("太慢")}

        call_command("migrate", "pilot", "0001", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(kept.format("said", "said"))
            assert cursor.fetchall() == [("a", "這裡 100% 不對"), ("by_hand", "颱風"), ("p95", "太慢")]
    finally:
        call_command("migrate", "pilot", verbosity=0)

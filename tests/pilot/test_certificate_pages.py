"""The certificate's pages: what they show, who may do what, and how much they ask."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
import requests
from django.core.files.base import ContentFile
from django.utils import timezone

from luckygas.models import OPS
from pilot.certificate import probes
from pilot.certificate.judging import Answer, State
from pilot.models import Approval, Certificate, Evidence, ReviewPlan, Waiver
from tests.factories import UserFactory
from tests.pilot.certificates import ALL_ANSWER, HERE, stored
from tests.processes import Granian, Valkey, database_url, session_cookie

pytestmark = pytest.mark.django_db
URL = "/pilot/certificate/"


@pytest.fixture
def answers(monkeypatch):
    """Every part answers, and this is the revision that was tested."""
    said = dict(ALL_ANSWER)
    monkeypatch.setattr(probes, "ask_all", lambda: said)
    monkeypatch.setattr("pilot.certificate.assessment.running", lambda: HERE)
    return said


@pytest.fixture
def visitor(ops, signed_in):
    return signed_in(ops)


def issue(visitor, **more):
    seen = visitor.get(URL).context["paper"]["digest"]
    return visitor.post(f"{URL}issue/", {"operation_id": uuid.uuid4(), "seen": seen} | more)


def test_go(answers, visitor, ops):
    stored(ops)

    page = visitor.get(URL).content.decode()

    assert '<h2 id="verdict">可以上線' in page
    assert 'data-verdict="go"' in page


def test_no_go_names_what_is_red_with_its_evidence(answers, visitor, ops):
    rows = stored(ops, without="rollback")
    answers["messages"] = Answer(State.FAIL)

    page = visitor.get(URL).content.decode()

    assert "不得上線" in page
    assert 'data-verdict="no-go"' in page
    assert "退回舊系統" in page
    assert f"證據 {len(rows)} 件" in page


def test_an_empty_install_says_no_go_without_anybodys_help(visitor):
    page = visitor.get(URL, headers={"accept-language": "en"}).content.decode()

    assert "NO-GO" in page
    assert "NOT RUN" in page
    assert Certificate.objects.count() == 0


def test_queries(answers, visitor, ops, django_assert_max_num_queries):
    stored(ops)
    for _number in range(3):
        issue(visitor)

    with django_assert_max_num_queries(12):
        visitor.get(URL)


def test_json_and_markdown_say_the_same(answers, visitor, ops):
    stored(ops, without="load")

    facts = visitor.get("/pilot/certificate.json").json()
    text = visitor.get("/pilot/certificate.md")

    assert facts["verdict"] == "NO-GO"
    assert facts["counts"]["NOT RUN"] == 1
    assert text.headers["content-type"].startswith("text/markdown")
    assert facts["digest"] in text.content.decode()


def test_issuing_keeps_what_was_true(answers, visitor, ops):
    stored(ops)

    answer = issue(visitor)

    issued = Certificate.objects.get()
    assert (answer.status_code, answer.headers["location"]) == (303, f"{URL}{issued.number}/")
    assert (issued.verdict, issued.by) == ("GO", ops)
    answers["web"] = Answer(State.FAIL)
    page = visitor.get(f"{URL}{issued.number}/").content.decode()
    assert f"試認字第 {issued.number} 號" in page
    assert 'data-verdict="go"' in page
    assert json.loads(visitor.get(f"{URL}{issued.number}.json").content)["verdict"] == "GO"
    assert issued.number in visitor.get(f"{URL}{issued.number}.md").content.decode()


def test_issuing_twice_is_issuing_once(answers, visitor):
    operation = str(uuid.uuid4())

    assert (
        issue(visitor, operation_id=operation).headers["location"]
        == issue(visitor, operation_id=operation).headers["location"]
    )
    assert Certificate.objects.count() == 1


def test_other_evidence_than_was_seen_is_not_issued(answers, visitor, ops):
    seen = visitor.get(URL).context["paper"]["digest"]
    stored(ops)

    answer = visitor.post(f"{URL}issue/", {"operation_id": uuid.uuid4(), "seen": seen})

    assert answer.status_code == 422
    assert "再看一次" in answer.content.decode()
    assert Certificate.objects.count() == 0
    assert issue(visitor).status_code == 303


def test_a_certificate_that_never_was(visitor):
    for end in ("/", ".md", ".json"):
        assert visitor.get(f"{URL}1151124-99{end}").status_code == 404


@pytest.mark.parametrize(
    "path", ["certificate/", "certificate.md", "certificate.json", "certificate/waive/parts/web/", "evidence/"]
)
@pytest.mark.parametrize("role, status", [("ops", 200), ("manager", 200), ("dispatcher", 403), ("customer", 403)])
def test_only_operations_and_managers_come_in(answers, signed_in, path, role, status):
    assert signed_in(UserFactory(roles=[role])).get(f"/pilot/{path}").status_code == status


@pytest.mark.parametrize("path", ["certificate/review/", "certificate/waivers/1/end/"])
def test_only_operations_set_the_review_and_end_waivers(signed_in, manager, path):
    assert signed_in(manager).get(f"/pilot/{path}").status_code == 403


# --- waivers ----------------------------------------------------------------------------------------------------------
def test_a_waiver_is_asked_for_agreed_to_and_ended(answers, visitor, manager, ops):
    stored(ops, without="load")
    today = f"{timezone.localdate():%Y-%m-%d}"

    asked = visitor.post(f"{URL}waive/load/working_day/", {"until": today, "reason": "下週才量"})
    assert asked.status_code == 303
    assert "下週才量" in visitor.get(URL).content.decode()
    Approval.objects.get().confirm(by=manager)
    assert "可以上線" in visitor.get(URL).content.decode()

    waiver = Waiver.objects.get()
    ended = visitor.post(f"{URL}waivers/{waiver.pk}/end/", {"reason": "量了"})
    assert ended.status_code == 303
    assert "不得上線" in visitor.get(URL).content.decode()


@pytest.mark.parametrize("typed", [{}, {"until": "2020-01-01", "reason": "x"}, {"until": "2099-01-01", "reason": "x"}])
def test_a_waiver_that_is_not_possible_is_said_at_its_field(visitor, typed):
    answer = visitor.post(f"{URL}waive/load/working_day/", typed, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert Approval.objects.count() == 0


def test_there_is_nothing_else_to_waive(visitor):
    assert visitor.get(f"{URL}waive/load/nothing/").status_code == 404


# --- the next review --------------------------------------------------------------------------------------------------
def test_the_next_review_is_set(answers, visitor):
    typed = {"review_at": "2099-01-05T10:00", "escalates_on": "2099-01-09", "escalates_to": "老闆"}

    assert visitor.post(f"{URL}review/", typed).status_code == 303

    assert ReviewPlan.objects.get().escalates_to == "老闆"
    assert "老闆" in visitor.get(URL).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"review_at": "2020-01-05T10:00"}, {"escalates_on": "2020-01-01"}, {"escalates_to": " "}]
)
def test_a_review_that_is_not_possible_is_said_at_its_field(visitor, wrong):
    typed = {"review_at": "2099-01-05T10:00", "escalates_on": "2099-01-09", "escalates_to": "老闆"} | wrong

    answer = visitor.post(f"{URL}review/", typed)

    assert answer.status_code == 422
    assert ReviewPlan.objects.count() == 0


# --- evidence ---------------------------------------------------------------------------------------------------------
def test_every_run_is_listed_and_its_report_given_out_while_it_is_the_same(visitor, ops, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    evidence = stored(ops)[0]
    assert visitor.get(f"/pilot/evidence/{evidence.pk}/report/").status_code == 404
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    kept = Evidence(
        suite="load",
        outcome="finished",
        by=ops,
        started_at=timezone.now(),
        ended_at=timezone.now(),
        report_sha256=digest,
    )
    kept.report.save("junit.xml", ContentFile(b"x"), save=False)
    kept.save()

    page = visitor.get("/pilot/evidence/").content.decode()

    assert evidence.number in page
    assert f"/pilot/evidence/{kept.pk}/report/" in page
    assert visitor.get(f"/pilot/evidence/{kept.pk}/report/").getvalue() == b"x"


def test_the_list_of_runs_takes_the_same_queries_for_few_and_many(visitor, ops, django_assert_max_num_queries):
    for _number in range(3):
        stored(ops)

    with django_assert_max_num_queries(8):
        visitor.get("/pilot/evidence/")


# --- a real server ----------------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_answers_in_three_seconds_without_redis_and_asks_itself(signed_in):
    """The real page of a real process, whose probes ask that very process; Redis is frozen, then dead."""
    cookie = session_cookie(signed_in(UserFactory(username="ops", roles=[OPS])))
    with Valkey() as valkey:
        server = Granian(
            "wsgi", "luckygas.wsgi:application", DATABASE_URL=database_url(), REDIS_URL=valkey.url, DEMO="1"
        )
        address = f"http://127.0.0.1:{server.port}"
        server.environment["PROBE_URL"] = address

        def look() -> tuple[float, dict[str, Any]]:
            began = time.monotonic()
            answer = requests.get(f"{address}/pilot/certificate.json", headers={"Cookie": cookie}, timeout=30)
            return time.monotonic() - began, answer.json()

        with server:
            look()  # a process' first answer loads its code
            valkey.freeze()
            frozen = [look() for _number in range(3)]
            valkey.kill()
            dead = [look() for _number in range(3)]

    for looked in (frozen, dead):
        took, facts = min(looked, key=lambda each: each[0])  # two cores may have other work
        assert took < 3
        states = {each["part"]: each["state"] for each in facts["components"]}
        answering = {"web", "api", "signin", "database", "flags"}
        assert {name for name, state in states.items() if state == "PASS"} >= answering
        assert facts["verdict"] == "NO-GO"

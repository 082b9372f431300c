"""Requests counted while they are answered: by cohort, cheaply, and none lost while the process lives."""

import datetime as dt
import os
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from pilot.measuring import tally as counting
from pilot.measuring.tally import MeasureMiddleware, Tally
from pilot.models import Flag, Minute
from tests.factories import CustomerFactory, MembershipFactory, SiteFactory, UserFactory
from tests.pilot.rolling import enter, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def tally(monkeypatch):
    fresh = Tally()
    monkeypatch.setattr(counting, "tally", fresh)
    return fresh


def rows():
    return {row.cohort: (row.requests, row.errors) for row in Minute.objects.all()}


def answer(status=200, seconds=0.0, path="/"):
    def view(request):
        time.sleep(seconds)
        return HttpResponse(status=status)

    request = RequestFactory().get(path)
    request.resolver_match = None
    MeasureMiddleware(view)(request)


def test_requests_of_a_member_and_pages_about_one_count_for_their_cohort(tally, signed_in, dispatcher, web_ordering):
    customer, other = SiteFactory().customer, SiteFactory().customer
    person, stranger = UserFactory(roles=["customer"]), UserFactory(roles=["customer"])
    MembershipFactory(user=person, customer=customer)
    MembershipFactory(user=stranger, customer=other)
    cohort = running()
    enter(cohort, customer)
    tally.know_members()

    signed_in(person).get("/")
    signed_in(stranger).get("/")
    signed_in(dispatcher).get(f"/desk/{customer.number}/")
    signed_in(dispatcher).get(f"/desk/{other.number}/")
    signed_in(dispatcher).get("/desk/")
    tally.write()

    assert rows() == {cohort: (2, 0), None: (3, 0)}


def test_probes_are_not_counted(tally):
    for path in ("/health/ready", "/metrics", "/static/x.css"):
        answer(path=path)
    tally.write()

    assert rows() == {}


def test_an_error_counts_and_a_pause_does_not(tally, signed_in, ops, web_ordering, customer_person):
    answer(500)
    answer(503)
    answer(422)
    answer(404)
    Flag.pause(by=ops, reason="x")
    paused = signed_in(customer_person).post("/orders/new/", {})
    tally.write()

    assert paused.status_code == 503
    assert rows() == {None: (5, 2)}


def test_how_long_an_answer_took_falls_into_its_bucket(tally):
    answer(seconds=0.06)
    tally.write()

    latency = Minute.objects.get().latency
    assert (latency[2], sum(latency)) == (1, 1)  # 50 to 75 ms


def test_writings_of_several_processes_add_up(tally):
    for process in (tally, Tally(), Tally()):
        for _ in range(5):
            process.note(request(), HttpResponse(), 0.01)
        process.write()
        process.write()

    row = Minute.objects.get()
    assert (row.requests, row.latency[0]) == (15, 15)


def request():
    plain = RequestFactory().get("/")
    plain.resolver_match = None
    return plain


def test_a_writing_is_one_statement_however_many_cohorts(tally, django_assert_num_queries):
    first, second = running("1"), running("2")
    tally._by_user = {1: first.pk, 2: second.pk}
    for pk in (1, 2, 3):
        one = request()
        one._cached_user = UserFactory.build(pk=pk)
        tally.note(one, HttpResponse(), 0.01)

    with django_assert_num_queries(1):
        tally.write()

    assert rows() == {first: (1, 0), second: (1, 0), None: (1, 0)}


def test_what_the_database_did_not_take_is_kept_and_written_later(tally, monkeypatch):
    tally.note(request(), HttpResponse(), 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(Tally, "_upsert", staticmethod(lambda rows: (_ for _ in ()).throw(DatabaseError)))
        with pytest.raises(DatabaseError):
            tally.write()
        tally.note(request(), HttpResponse(status=500), 0.01)

    tally.write()

    assert rows() == {None: (2, 1)}


def test_no_trouble_ends_the_thread(tally, monkeypatch, caplog):
    def gone():
        raise InterfaceError("connection already closed")

    tally._try(gone)

    assert "tally_unwritten InterfaceError" in caplog.text


def test_a_cohort_that_does_not_run_has_no_requests(tally, signed_in, dispatcher):
    customer = CustomerFactory()
    cohort = running()
    enter(cohort, customer)
    cohort.close(by=dispatcher, why="x")

    tally.know_members()

    assert tally._by_number == {}


def test_counting_costs_less_than_a_fifth_of_a_millisecond(tally, record_property):
    tally._by_user = {n: n % 5 for n in range(13_000)}
    one, response = request(), HttpResponse()
    one._cached_user = UserFactory.build(pk=1)
    measured = MeasureMiddleware(lambda request: response)
    spent = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(2_000):
            measured(one)
        spent.append((time.perf_counter() - began) / 2_000)

    record_property("proof", f"counting a request costs {min(spent) * 1e6:.1f} µs")
    assert min(spent) < 0.0002


CHILD = """
import sys, time
sys.modules.pop("pytest", None)
import django; django.setup()
from django.conf import settings
settings.TALLY_SECONDS = float(sys.argv[2])
from django.http import HttpResponse
from django.test import RequestFactory
from pilot.measuring.tally import tally
plain = RequestFactory().get("/"); plain.resolver_match = None
for _ in range(7):
    tally.note(plain, HttpResponse(), 0.01)
print("counted", flush=True)
if sys.argv[1] == "wait":
    time.sleep(60)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how, every, kept", [("leave", "60", 7), ("kill", "60", 0), ("wait", "0.1", 7)])
def test_a_process_that_ends_writes_what_is_left_and_one_that_is_killed_loses_seconds(how, every, kept):
    """Left: at its end. Waited for: its thread wrote meanwhile. Killed: what it had not written is gone, no more."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "luckygas.settings", "DATABASE_URL": here()}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, "leave" if how == "leave" else "wait", every], env=env,
        cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout.readline() == "counted\n"
    if how == "wait":
        until = time.monotonic() + 20
        while not Minute.objects.exists() and time.monotonic() < until:
            time.sleep(0.05)
    if how != "leave":
        child.kill()
    child.wait(30)

    assert sum(row.requests for row in Minute.objects.all()) == kept


def here() -> str:
    """The test's own database, on the server that the environment names."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def test_a_minute_is_the_minute_of_the_answer(tally, morning):
    tally.note(request(), HttpResponse(), 0.01)
    tally.write()

    assert Minute.objects.get().minute == timezone.now().replace(second=0, microsecond=0)
    assert Minute.objects.get().minute.tzinfo == dt.UTC

"""Decisions: one query, the same everywhere, and from the next request on."""

import datetime as dt
import json
import os
import random
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import Customer
from luckygas.errors import Refused
from luckygas.flags import DEFAULTS, FLAGS, ORDERS_PAUSED, WEB_ORDERING, bucket, decide
from pilot.models import Flag, FlagChange, Release
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, UserFactory
from tests.processes import ROOT, database_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory(username="ops1", roles=["ops"])


@pytest.fixture
def give(person):
    """Give the web ordering flag: `give(percent=25)`."""
    return lambda **values: Flag.change(WEB_ORDERING, by=person, reason="test", **values)


def customers(count):
    return Customer.objects.bulk_create(Customer(name=f"測試客戶{n}") for n in range(count))


def test_a_flag_that_was_never_stored_has_its_default():
    assert Flag.objects.count() == 0
    assert decide(customer=CustomerFactory()).flags == DEFAULTS
    assert decide().flags == DEFAULTS


def test_it_is_decided_in_one_query(give, django_assert_num_queries):
    site = SiteFactory()
    give(allow_areas=[site.area.code], percent=50)

    with django_assert_num_queries(1):
        decision = decide(customer=site.customer)

    assert decision[WEB_ORDERING]


def test_an_area_of_any_of_their_sites_counts(give):
    site = SiteFactory()
    SiteFactory(customer=site.customer, area=AreaFactory(code="成", name="成功"))
    give(allow_areas=["成"])

    assert decide(customer=site.customer)[WEB_ORDERING]
    assert not decide(customer=SiteFactory().customer)[WEB_ORDERING]


def test_deny_wins_over_everything(give):
    site = SiteFactory()
    number = site.customer.number

    for values in ({"everyone": True}, {"everyone": None, "allow_customers": [number]}, {"allow_areas": ["瑞"]}):
        give(deny_customers=[number], **values)
        assert not decide(customer=site.customer)[WEB_ORDERING]


def test_off_for_everybody_wins_over_lists(give):
    customer = CustomerFactory()
    give(everyone=False, allow_customers=[customer.number], percent=99)

    assert not decide(customer=customer)[WEB_ORDERING]


def test_a_window_of_time_starts_and_ends(give):
    customer, now = CustomerFactory(), timezone.now()
    hour = dt.timedelta(hours=1)
    give(everyone=True, starts_at=now, ends_at=now + hour)

    answers = [decide(customer=customer, at=now + delta)[WEB_ORDERING] for delta in (-hour, 0 * hour, hour / 2, hour)]

    assert answers == [False, True, True, False]


def test_a_share_grows_and_nobody_falls_out(give):
    people = customers(400)
    had = set()

    for percent in (1, 5, 25, 50, 99):
        give(percent=percent)
        has = {person.pk for person in people if decide(customer=person)[WEB_ORDERING]}
        assert had <= has
        assert abs(len(has) - 4 * percent) < 45
        had = has


def test_the_bucket_never_moves():
    assert [bucket("pilot_web_ordering", number) for number in (1001, 1002, 1003, 999_999)] == [2192, 5099, 9845, 1228]


def test_the_same_answer_from_the_web_a_command_a_task_and_another_process(give, capsys):
    give(percent=50)
    people = random.Random(7).sample(customers(200), 20)
    here = {person.number: decide(customer=person)[WEB_ORDERING] for person in people}
    assert len(set(here.values())) == 2

    commanded = {}
    for person in people[:5]:
        call_command("pilot", "decide", str(person.number))
        commanded[person.number] = json.loads(capsys.readouterr().out)[WEB_ORDERING]

    assert commanded == {number: here[number] for number in commanded}


@pytest.mark.django_db(transaction=True)
def test_the_same_answer_in_another_process_and_in_a_worker(person):
    Flag.change(WEB_ORDERING, by=person, reason="test", percent=50)
    people = random.Random(7).sample(customers(200), 25)
    here = {str(person.number): decide(customer=person)[WEB_ORDERING] for person in people}
    ask = """
import json, sys, django
django.setup()
from celery import shared_task
from customers.models import Customer
from luckygas.flags import decide

@shared_task
def ask(numbers):
    return {c.number: decide(customer=c)["pilot_web_ordering"] for c in Customer.objects.filter(number__in=numbers)}

numbers = [int(number) for number in sys.argv[1:]]
straight = {c.number: decide(customer=c)["pilot_web_ordering"] for c in Customer.objects.filter(number__in=numbers)}
print(json.dumps([straight, ask.apply(args=[numbers]).get()]))
"""
    answer = subprocess.run(
        [sys.executable, "-c", ask, *here],
        env=os.environ
        | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "luckygas.settings", "PYTHONHASHSEED": "5"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(answer.stdout.splitlines()[-1]) == [here, here]


def test_a_change_says_who_why_and_from_what_to_what(give, person):
    give(percent=25)

    change = FlagChange.objects.get()
    assert (change.by, change.reason) == (person, "test")
    assert (change.before["percent"], change.after["percent"]) == (None, 25.0)
    assert change.what == "percent: – → 25.0"


def test_nothing_is_written_when_nothing_changes(give):
    give(percent=25)
    give(percent=25)

    assert FlagChange.objects.count() == 1


def test_a_change_over_somebody_elses_is_refused(give, person):
    seen = FlagChange.newest(WEB_ORDERING)
    give(percent=25)

    with pytest.raises(Refused) as refused:
        Flag.change(WEB_ORDERING, by=person, reason="late", seen=seen, percent=50)

    assert refused.value.code == "changed_meanwhile"
    assert Flag.objects.get(name=WEB_ORDERING).percent == 25


@pytest.mark.parametrize(
    "name, reason, code", [("pilot_nothing", "why", "unknown_flag"), (WEB_ORDERING, "  ", "no_reason")]
)
def test_an_unknown_flag_and_a_change_without_reason_are_refused(person, name, reason, code):
    with pytest.raises(Refused) as refused:
        Flag.change(name, by=person, reason=reason, everyone=True)

    assert refused.value.code == code
    assert Flag.objects.count() == 0


# --- the switch -------------------------------------------------------------------------------------------------------
@pytest.fixture
def second():
    return UserFactory(username="manager2", roles=["manager"])


def test_one_person_pulls_and_two_release(person, second):
    Flag.pause(by=person, reason="成功線封路")
    assert decide().is_paused

    release = Release.ask(by=person, reason="路通了")
    assert decide().is_paused
    release.confirm(by=second)

    assert not decide().is_paused
    release.refresh_from_db()
    assert (release.outcome, release.decided_by) == ("released", second)
    change = FlagChange.objects.first()
    assert (change.by, change.reason) == (second, "路通了")


def test_the_same_person_cannot_release_alone(person):
    Flag.pause(by=person, reason="封路")
    release = Release.ask(by=person, reason="通了")

    with pytest.raises(Refused) as refused:
        release.confirm(by=person)

    assert refused.value.code == "same_person"
    assert decide().is_paused


def test_the_database_refuses_one_person_too(person):
    Flag.pause(by=person, reason="封路")
    release = Release.ask(by=person, reason="通了")

    with pytest.raises(IntegrityError, match="two_people_release"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(outcome="released", decided_by=person, decided_at=timezone.now())


@pytest.mark.parametrize("values", [{"everyone": False}, {"everyone": None}, {"ends_at": timezone.now()}])
def test_no_other_change_opens_the_switch(person, values):
    Flag.pause(by=person, reason="封路")

    with pytest.raises(Refused) as refused:
        Flag.change(ORDERS_PAUSED, by=person, reason="go on", **values)

    assert refused.value.code == "kill_switch"
    assert decide().is_paused


def test_nobody_is_let_through_before_it_is_pulled(person):
    with pytest.raises(Refused):
        Flag.change(ORDERS_PAUSED, by=person, reason="for friends", deny_customers=[1001])


def test_an_agreement_ends_when_something_changed(person, second):
    Flag.pause(by=person, reason="封路")
    old = Release.ask(by=person, reason="通了")
    old.confirm(by=second)
    Flag.pause(by=second, reason="又封了")

    with pytest.raises(Refused) as refused:
        old.confirm(by=second)

    assert refused.value.code == "decided"
    assert Release.waiting() is None


def test_asking_twice_is_asking_once(person, second):
    Flag.pause(by=person, reason="封路")

    assert Release.ask(by=person, reason="一") == Release.ask(by=second, reason="二")


def test_what_was_not_agreed_can_be_asked_again(person, second):
    Flag.pause(by=person, reason="封路")
    Release.ask(by=person, reason="一").refuse(by=second)

    again = Release.ask(by=person, reason="二")

    assert decide().is_paused
    assert Release.waiting() == again


def test_nothing_can_be_released_while_orders_are_taken(person):
    with pytest.raises(Refused) as refused:
        Release.ask(by=person, reason="why")

    assert refused.value.code == "not_paused"


def test_every_flag_has_a_meaning_and_a_default():
    assert set(FLAGS) == set(DEFAULTS)

"""Decisions: one query, the same everywhere, and from the next request on."""

import datetime as dt
import json
import os
import random
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers.models import Customer
from luckygas.errors import Refused
from luckygas.flags import DEFAULTS, DRIVER_POSITION, FLAGS, ORDERS_PAUSED, WEB_ORDERING, bucket, decide
from pilot.flags.audience import counted, stored_flags
from pilot.models import Flag, FlagChange
from tests.factories import AreaFactory, CustomerFactory, SiteFactory, UserFactory, given
from tests.processes import ROOT, database_url
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory(username="ops1", roles=["ops"])


@pytest.fixture
def give(person):
    """Give the web ordering flag: `give(percent=25)`."""
    return lambda **values: given(by=person, **values)


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
    given(by=person, percent=50)
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
    assert (change.before["owner"], change.after["owner"]) == (None, "ops1")
    assert change.what[:2] == ["percent: – → 25.0", "owner: – → ops1"]


def test_nothing_is_written_when_nothing_changes(give):
    give(percent=25)
    give(percent=25)

    assert FlagChange.objects.count() == 1


def test_a_change_over_somebody_elses_is_refused(give, person):
    seen = FlagChange.newest(WEB_ORDERING)
    give(percent=25)

    with pytest.raises(Refused) as refused:
        given(by=person, reason="late", seen=seen, percent=50)

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


# --- whose it is, and until when --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "terms, field, code",
    [
        ({"owner": None}, "owner", "no_owner"),
        ({"due_on": None}, "due_on", "no_end"),
        ({"due_on": timezone.localdate() - dt.timedelta(days=1)}, "due_on", "past_day"),
    ],
)
def test_each_change_says_who_answers_for_it_and_until_when(give, terms, field, code):
    with pytest.raises(Refused) as refused:
        give(everyone=True, **terms)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert Flag.objects.count() == 0


def test_a_stale_flag_can_be_turned_off_at_once(give, person):
    give(everyone=True)
    Flag.objects.update(due_on=timezone.localdate() - dt.timedelta(days=6))

    Flag.change(WEB_ORDERING, by=person, reason="trouble", everyone=False)

    assert not decide(customer=CustomerFactory())[WEB_ORDERING]


def test_the_same_moment_is_no_change(give):
    at = timezone.now().replace(second=0, microsecond=0)
    give(everyone=True, starts_at=at)
    give(everyone=True, starts_at=timezone.localtime(at))

    assert FlagChange.objects.count() == 1


def test_turning_all_off_and_on_again_keeps_the_lists(give, person):
    customer, other = CustomerFactory(), CustomerFactory()
    lists = {"allow_customers": [customer.number], "deny_customers": [other.number], "allow_areas": ["瑞"]}
    give(everyone=None, percent=5, **lists)
    given(DRIVER_POSITION, by=person, everyone=True)
    before = {flag.name: flag.stored() for flag in Flag.objects.all()}
    had = [decide(customer=each).flags for each in (customer, other)]

    off = Flag.turn_all(on=False, by=person, reason="trouble")
    assert decide(customer=customer).flags == dict.fromkeys(FLAGS, False)
    assert all(getattr(Flag.objects.get(name=WEB_ORDERING), name) == value for name, value in lists.items())
    back = Flag.turn_all(on=True, by=person, reason="mended")

    assert off == back == sorted([WEB_ORDERING, DRIVER_POSITION])
    assert {flag.name: flag.stored() for flag in Flag.objects.all()} == before
    assert [decide(customer=each).flags for each in (customer, other)] == had
    assert Flag.turn_all(on=True, by=person, reason="again") == []


def test_what_was_off_before_stays_off(give, person):
    give(everyone=False, percent=5)

    assert Flag.turn_all(on=False, by=person, reason="trouble") == []
    assert Flag.turn_all(on=True, by=person, reason="mended") == []
    assert Flag.objects.get().everyone is False


# --- roles and what a flag needs --------------------------------------------------------------------------------------
def test_a_role_counts_for_a_person_and_never_for_a_customer(person):
    given(DRIVER_POSITION, by=person, everyone=None, allow_roles=["driver"])
    driver, customer = UserFactory(roles=["driver"]), CustomerFactory()

    assert decide(user=driver)[DRIVER_POSITION]
    assert not decide(user=person)[DRIVER_POSITION]
    assert not decide()[DRIVER_POSITION]
    assert [decide(customer=customer, user=user)[DRIVER_POSITION] for user in (driver, person, None)] == [False] * 3


def test_whoever_asks_about_a_customer_is_told_the_same(give):
    people = [UserFactory(roles=[role]) for role in ("customer", "driver", "dispatcher", "manager", "ops")]
    give(percent=50, allow_roles=["dispatcher"])

    for customer in customers(40):
        assert len({decide(customer=customer, user=user)[WEB_ORDERING] for user in (*people, None)}) == 1


def test_a_flag_is_on_only_where_the_one_it_needs_is(give, person):
    one, other = CustomerFactory(), CustomerFactory()
    given(DRIVER_POSITION, by=person, everyone=None, allow_customers=[one.number])
    give(everyone=True, needs=DRIVER_POSITION)

    assert [decide(customer=each)[WEB_ORDERING] for each in (one, other)] == [True, False]


@pytest.mark.parametrize("needs", ["pilot_nothing", ORDERS_PAUSED, WEB_ORDERING])
def test_a_flag_needs_no_stranger_no_switch_and_not_itself(give, needs):
    with pytest.raises(Refused) as refused:
        give(everyone=True, needs=needs)

    assert refused.value.field == "needs"


def test_flags_need_each_other_in_no_circle(give, person):
    give(everyone=True, needs=DRIVER_POSITION)

    with pytest.raises(Refused) as refused:
        given(DRIVER_POSITION, by=person, everyone=True, needs=WEB_ORDERING)

    assert refused.value.code == "circle"


def test_a_circle_that_somebody_wrote_by_hand_is_off_and_ends(person):
    Flag.objects.create(name=WEB_ORDERING, everyone=True, needs=DRIVER_POSITION)
    Flag.objects.create(name=DRIVER_POSITION, everyone=True, needs=WEB_ORDERING)

    assert decide(customer=CustomerFactory())[WEB_ORDERING] is False
    assert counted(stored_flags(), at=timezone.now())[WEB_ORDERING] == 0


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_close_no_circle(person):
    given(by=person, everyone=True)
    given(DRIVER_POSITION, by=person, everyone=True)

    outcomes = at_once(
        lambda: given(by=person, needs=DRIVER_POSITION), lambda: given(DRIVER_POSITION, by=person, needs=WEB_ORDERING)
    )

    assert sorted(getattr(each, "code", "done") for each in outcomes) == ["circle", "done"]


# --- counting ---------------------------------------------------------------------------------------------------------
def test_customers_are_counted_as_they_are_decided(person):
    """The count asks the database, the decision Python: two ways to the same answer, over random flags."""
    dice, areas = random.Random(11), [AreaFactory(code=code, name=code) for code in "瑞成山"]
    people = [SiteFactory(area=dice.choice(areas)).customer for _ in range(12)] + customers(60)
    numbers = [each.number for each in people]
    now = timezone.now()
    for _ in range(12):
        for name, other in ((WEB_ORDERING, ""), (DRIVER_POSITION, WEB_ORDERING)):
            given(
                name, by=person, everyone=dice.choice([None, None, None, True, False]),
                percent=dice.choice([None, 0, 3, 33.3, 50, 99]), allow_areas=dice.sample("瑞成山", dice.randrange(3)),
                allow_customers=dice.sample(numbers, 5), deny_customers=dice.sample(numbers, 5),
                starts_at=dice.choice([None, now - dt.timedelta(days=1), now + dt.timedelta(days=1)]),
                needs=dice.choice(["", other]),
            )  # fmt: skip

        told = counted(stored_flags(), at=now)

        decisions = [decide(customer=each, at=now) for each in people]
        for name in (WEB_ORDERING, DRIVER_POSITION):
            assert told[name] == sum(decision[name] for decision in decisions)


def test_every_flag_has_a_meaning_and_a_default():
    assert set(FLAGS) == set(DEFAULTS)

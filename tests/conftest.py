"""People, not users: what a test asks for by name."""

from __future__ import annotations

import threading
from unittest import mock

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.commands import flush
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS, User
from tests import emptying
from tests.factories import CustomerFactory, DriverFactory, MembershipFactory, SiteFactory, UserFactory, priced
from tests.migrated import migrated
from tests.world import AFTERNOON, settle

MORNING = "2026-11-24T09:00:00+08:00"  # a Tuesday
BEFORE_THE_MORNING = "2026-11-24T08:59:30+08:00"  # what was made then is less than a minute old


def pytest_configure(config: pytest.Config) -> None:
    """While the workers collect, the database that they will copy is migrated."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        threading.Thread(target=migrated, daemon=True).start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that at the end no worker waits for another."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter):
    """Say what the proofs among the tests showed: each gives a `record_property("proof", …)`."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    for report in reports:
        for what, said in getattr(report, "user_properties", ()):
            if what == "proof" and report.when == "call":
                terminalreporter.write_line(said)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Each worker's database is a copy of one that was migrated once."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """waffle's migrations leave its own flag tables beside ours; what refers to groups stops a flush from TRUNCATE."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS waffle_flag_groups, waffle_flag_users, waffle_flag")


@pytest.fixture(scope="session", autouse=True)
def _empties_quickly():
    with mock.patch.object(flush.Command, "handle", emptying.handle):
        yield


@pytest.fixture(scope="session", autouse=True)
def _middleware_stands():
    """Its metrics are registered when it is made for the first time: not by fifty threads at once."""
    WSGIHandler()


@pytest.fixture(autouse=True)
def _speaks_as_before():
    """A request in English leaves its language to the thread, and so to whatever test comes next."""
    yield
    translation.deactivate()


@pytest.fixture
def morning():
    """09:00 on a Tuesday in Taitung: the counter is open and every window of the day is ahead."""
    with time_machine.travel(MORNING, tick=True):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The sample town on an afternoon, one for all tests of a module: each takes back what it writes."""
    with django_db_blocker.unblock(), time_machine.travel(AFTERNOON, tick=True), transaction.atomic():
        yield settle()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker):
    """`made_once(build)`: what a function makes just before the morning, for all tests of a module as `world` is."""
    with django_db_blocker.unblock(), transaction.atomic():

        def make(build):
            with time_machine.travel(BEFORE_THE_MORNING, tick=True), connection.cursor() as cursor:
                made = build()
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or each test would ask the same questions again
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return made

        yield make
        transaction.set_rollback(True)


@pytest.fixture
def customer_person(db) -> User:
    """Somebody who may order and see the balance for one household with one site."""
    person = UserFactory(username="+886900000123", roles=[CUSTOMER])
    customer = CustomerFactory(name="林太太")
    SiteFactory(customer=customer)
    MembershipFactory(user=person, customer=customer)
    return person


@pytest.fixture
def dispatcher(db) -> User:
    return UserFactory(username="dispatcher", roles=[DISPATCHER])


@pytest.fixture
def manager(db) -> User:
    return UserFactory(username="manager", roles=[MANAGER])


@pytest.fixture
def ops(db) -> User:
    return UserFactory(username="ops", roles=[OPS])


@pytest.fixture
def driver(db):
    """A driver with a truck; `driver.user` signs in."""
    return DriverFactory(user=UserFactory(username="driver", roles=[DRIVER]))


@pytest.fixture
def twenty(db):
    """The workhorse: a priced 20 kg cylinder, NT$820 and NT$1,000 deposit."""
    return priced()


@pytest.fixture
def signed_in():
    """A browser of somebody: `signed_in(person)`."""

    def sign_in(person: User, **headers: str) -> Client:
        client = Client(headers=headers)
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def web_ordering(db):
    """Customers may order in the browser, as in a pilot that is fully rolled out."""
    from pilot.models import Flag

    return Flag.objects.create(name="pilot_web_ordering", everyone=True)

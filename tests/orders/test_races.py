"""Real threads on real connections: one form makes one order, a last place is promised once.

Each race has its negative control: without the protection the fault must show, otherwise the green proves nothing.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection, connections, models
from django.test import Client

from customers.models import Customer, Site
from luckygas.models import CUSTOMER, User
from orders import rules, windows
from orders.models import Order, Slot
from tests.factories import CustomerFactory, MembershipFactory, SiteFactory, SlotFactory, UserFactory, priced

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("morning", "web_ordering"),
    pytest.mark.slow,
]
POSTS, AT_ONCE = 50, 8  # connections are few; eight at once are enough to meet
BUSY = 503  # a lock was not to be had in time: nothing is taken, and the draft stays


def shopper() -> tuple[User, Site]:
    person, customer = UserFactory(roles=[CUSTOMER]), CustomerFactory()
    MembershipFactory(user=person, customer=customer)
    return person, SiteFactory(customer=customer)


def session(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def typed(site: Site, **more: object) -> dict[str, object]:
    return {
        "operation_id": uuid.uuid4(),
        "site": site.pk,
        "is_gas_out": "no",
        "quantity_20": "1",
        "empties_20": "1",
        "when": "now",
    } | more


def race(posts: list[tuple[str, dict[str, object]]]) -> list[int]:
    """Post every form, `AT_ONCE` at the same moment; the status of each answer."""
    start = Barrier(AT_ONCE)

    def post(number: int, cookie: str, form: dict[str, object]) -> int:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        if number < AT_ONCE:
            start.wait(timeout=30)
        try:
            return client.post("/orders/new/", form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda numbered: post(numbered[0], *numbered[1]), enumerate(posts)))


def slowly(check: Callable[..., None]) -> Callable[..., None]:
    """The same check, with time for another thread before what it allowed is written."""

    def slow(*args: object, **kwargs: object) -> None:
        check(*args, **kwargs)
        time.sleep(0.05)

    return slow


def read_without_lock(self: models.Model) -> models.Model:
    self.refresh_from_db()
    return self


@pytest.fixture
def without_unique_operation():
    """The tables without the rule that an operation makes one order, and writes one event."""
    rules_of = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND pg_get_constraintdef(oid) = %s"
    names = {}
    with connection.cursor() as cursor:
        for table in ("orders_order", "orders_orderevent"):
            cursor.execute(rules_of, [table, "UNIQUE (operation_id)"])
            names[table] = cursor.fetchone()[0]
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{names[table]}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_order CASCADE")
        for table, name in names.items():
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" UNIQUE (operation_id)')


def test_fifty_posts_of_one_form_are_one_order():
    priced()
    person, site = shopper()
    form = typed(site)

    answers = race([(session(person), form)] * POSTS)

    assert Order.objects.count() == 1
    assert answers == [303] * POSTS
    assert Order.objects.get().events.filter(to_state="placed").count() == 1


def test_without_lock_and_constraint_one_form_makes_several_orders(monkeypatch, without_unique_operation):
    priced()
    person, site = shopper()
    monkeypatch.setattr(Customer, "lock", read_without_lock)
    monkeypatch.setattr(rules, "check_customer", slowly(rules.check_customer))

    race([(session(person), typed(site))] * AT_ONCE)

    assert Order.objects.count() > 1


def test_the_last_place_of_a_window_is_promised_once_to_fifty_customers():
    priced()
    slot = SlotFactory(area=shopper()[1].area, capacity=1)
    shoppers = [shopper() for _ in range(POSTS)]

    answers = race([(session(person), typed(site, when=f"slot-{slot.pk}")) for person, site in shoppers])

    assert Order.objects.filter(slot=slot).count() == 1
    assert answers.count(303) == 1
    assert set(answers) <= {303, 422, BUSY}


def test_without_the_slots_lock_its_last_place_is_promised_twice(monkeypatch):
    priced()
    slot = SlotFactory(area=shopper()[1].area, capacity=1)
    shoppers = [shopper() for _ in range(AT_ONCE)]
    locked = models.QuerySet.select_for_update
    monkeypatch.setattr(
        models.QuerySet,
        "select_for_update",
        lambda self, **how: self.all() if self.model is Slot else locked(self, **how),
    )
    monkeypatch.setattr(windows, "check_slot", slowly(windows.check_slot))

    race([(session(person), typed(site, when=f"slot-{slot.pk}")) for person, site in shoppers])

    assert Order.objects.filter(slot=slot).count() > 1


def test_two_tabs_are_two_orders_because_they_are_two_forms():
    priced()
    person, site = shopper()

    answers = race([(session(person), typed(site)) for _ in range(AT_ONCE)])

    assert answers == [303] * AT_ONCE
    assert Order.objects.count() == AT_ONCE

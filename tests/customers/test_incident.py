"""A leak pages who is on call until somebody answers, and the orders of its place wait for a check."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from customers.messages.paging import page_due
from customers.models import AccountEntry, Incident, IncidentEvent, LeakCheck, Message, OnCall
from luckygas.errors import Refused
from luckygas.models import DISPATCHER, DRIVER, MANAGER
from orders.handover import Handover
from orders.models import Order
from orders.wishes import Item
from tests.factories import DepotFactory, SiteFactory, UserFactory, placed, priced, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
MINUTES = dt.timedelta(minutes=1)


@pytest.fixture
def manager(db):
    return UserFactory(roles=[MANAGER])


@pytest.fixture
def three(manager):
    people = [UserFactory(roles=[DRIVER]), UserFactory(roles=[DISPATCHER]), UserFactory(roles=[DRIVER])]
    for number, person in enumerate(people, 1):
        OnCall.add(person, phone=f"0900-000-90{number}", by=manager)
    return people


def leak(by, site=None, **more):
    return Incident.open(kind="leak", text="味道", by=by, customer=site and site.customer, site=site, **more)


def paged(incident):
    return [event.person for event in incident.events.filter(turn__isnull=False)]


def test_a_leak_pages_the_first_at_once_and_the_next_every_three_minutes_round_and_round(three, manager):
    incident = leak(manager)
    assert paged(incident) == three[:1]
    first = incident.next_page_at
    assert first - incident.opened_at == pytest.approx(3 * MINUTES, abs=MINUTES / 60)

    assert page_due(first - MINUTES / 60) == 0
    for number in range(3):
        assert page_due(first + number * 3 * MINUTES) == 1

    assert paged(incident) == [*three, three[0]]
    sent = Message.objects.filter(kind="page").order_by("pk")
    assert [message.recipient[-3:] for message in sent] == ["901", "902", "903", "901"]
    assert [event.kind for event in incident.events.all()] == ["page", "escalate", "escalate", "escalate"]


@pytest.mark.parametrize("answer", ["take", "acknowledge", "close"])
def test_whoever_answers_ends_the_paging(three, manager, answer):
    incident = leak(manager)
    verbs = {
        "take": lambda: incident.take(by=manager),
        "acknowledge": lambda: incident.acknowledge(three[1], by=manager),
        "close": lambda: incident.close(by=manager, outcome="ok"),
    }

    verbs[answer]()

    incident.refresh_from_db()
    assert incident.owner == (three[1] if answer == "acknowledge" else manager)
    assert page_due(timezone.now() + 60 * MINUTES) == 0
    assert paged(incident) == three[:1]


def test_two_workers_page_one_person(three, manager):
    incident = leak(manager)
    due = incident.next_page_at
    seen_by_two = [Incident.objects.get(pk=incident.pk) for _ in range(2)]

    assert [each.page(at=due) for each in seen_by_two] == [True, False]
    assert len(paged(incident)) == 2


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_page_one_person(three, manager):
    incident = leak(manager)
    due, together, answers = incident.next_page_at, threading.Barrier(8), []

    def work():
        mine = Incident.objects.get(pk=incident.pk)
        together.wait(10)
        answers.append(mine.page(at=due))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)

    assert sorted(answers) == [False] * 7 + [True]
    assert Message.objects.filter(kind="page").count() == 2


def test_a_leak_waits_for_the_first_who_is_put_on_the_list(manager):
    incident = leak(manager)
    assert (page_due(), Message.objects.count()) == (0, 0)

    OnCall.add(UserFactory(roles=[DRIVER]), phone="089-000-210", by=manager)

    assert page_due() == 1
    assert Message.objects.get().state == "call"  # a landline takes no SMS: somebody of the office calls
    assert incident.events.count() == 1


def test_a_complaint_pages_nobody(three, manager):
    Incident.open(kind="complaint", text="太晚", by=manager)

    assert Message.objects.count() == 0


def test_a_step_is_stamped_once_with_who_and_when(manager):
    incident = leak(manager)
    for step in ("valve", "valve", "out"):
        incident.step(step, by=manager)

    stamps = IncidentEvent.objects.filter(kind="step")
    assert [(event.step, event.by) for event in stamps] == [("valve", manager), ("out", manager)]
    with pytest.raises(Refused):
        incident.step("run", by=manager)


def test_only_a_manager_keeps_the_list(three, manager):
    dispatcher = UserFactory(roles=[DISPATCHER])
    rows = list(OnCall.objects.all())
    for verb in (rows[1].move_up, rows[1].take_off):
        with pytest.raises(Refused):
            verb(by=dispatcher)

    rows[1].move_up(by=manager)
    rows[0].refresh_from_db()
    rows[0].take_off(by=manager)

    assert [row.person for row in OnCall.objects.all()] == [three[1], three[2]]


# --- the orders of its place ----------------------------------------------------------------------------------------
@pytest.fixture
def shop(manager):
    """A place that was supplied before: its orders need no check by themselves."""
    site = SiteFactory()
    order = placed(wish(site, items=(Item(priced(), 1, 1),)), by=manager)
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=manager)
    return site


def needs(order):
    order.refresh_from_db()
    return order.needs_leak_check


def check(site, by, outcome="passed", **more):
    return LeakCheck.record(site, operation_id=uuid.uuid4(), outcome=outcome, who="王師傅", by=by, **more)


def test_open_and_next_orders_of_the_place_wait_until_a_check_has_passed(shop, manager):
    open_order, elsewhere = placed(wish(shop), by=manager), SiteFactory(customer=shop.customer)
    assert not needs(open_order)
    before = (Order.objects.count(), AccountEntry.objects.count())

    leak(manager, shop)

    assert (Order.objects.count(), AccountEntry.objects.count()) == before  # never an order, never a bill
    assert needs(open_order)
    later = placed(wish(shop), by=manager)
    assert needs(later)
    check(shop, manager, "refused")
    assert needs(later)
    assert LeakCheck.is_awaited_at(shop)
    assert not LeakCheck.is_awaited_at(elsewhere)

    check(shop, manager)

    assert [needs(open_order), needs(later)] == [False, False]
    assert not needs(placed(wish(shop), by=manager))
    assert needs(placed(wish(shop, is_gas_out=True), by=manager))


def test_the_driver_who_finds_no_leak_ends_the_waiting(shop, manager):
    order = placed(wish(shop), by=manager)
    leak(manager, shop)
    order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=manager)

    assert not LeakCheck.is_awaited_at(shop)
    assert LeakCheck.objects.get().who == str(manager)


@pytest.mark.parametrize("outcome", ["passed", "refused"])
def test_a_check_settles_an_order_that_was_handed_over_without_one(shop, manager, outcome):
    order = placed(wish(shop, is_gas_out=True), by=manager)
    order.contest(Handover.as_ordered(order), place=DepotFactory().place, by=manager, reason="no check")
    with pytest.raises(Refused):
        order.settle("delivered", by=manager, reason="ok")

    check(shop, manager, outcome)
    order.refresh_from_db()
    order.settle("delivered", by=manager, reason="ok")

    assert (order.state, order.leak_check) == ("delivered", outcome)


def test_a_check_is_recorded_once_and_says_who(shop, manager):
    operation = uuid.uuid4()
    for _ in range(2):
        LeakCheck.record(shop, operation_id=operation, outcome="passed", who="王師傅", by=manager)
    assert LeakCheck.objects.count() == 1
    with pytest.raises(Refused):
        LeakCheck.record(shop, operation_id=uuid.uuid4(), outcome="refused", who=" ", by=manager)

"""Two records of one customer become one: what moves, what stays, and what is refused."""

import datetime as dt
import threading
import uuid

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from customers.ledger import ages, open_charges
from customers.mine import Mine
from customers.models import AccountEntry, Customer, Incident, Membership, Merge, Payment, Site
from luckygas.errors import Refused
from orders.handover import Handover
from orders.holdings import cylinders_at
from orders.merging import merge
from orders.models import Cylinder, CylinderMovement, MeterReading, Order, Place, StandingOrder
from orders.wishes import Item
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    MembershipFactory,
    RouteFactory,
    SiteFactory,
    UserFactory,
    placed,
    priced,
    wish,
)
from tests.soundness import assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def kept(db):
    site = SiteFactory(customer=CustomerFactory(name="林太太"), address="臺東市測試路 1 號")
    ContactFactory(customer=site.customer, phone="+886900000001", digits="0900000001")
    return site.customer


@pytest.fixture
def absorbed(dispatcher):
    """The same household once more: it had two 20 kg, paid for one, and has another order open."""
    site = SiteFactory(customer=CustomerFactory(name="林小姐"), address="台東市測試路１號")
    ContactFactory(customer=site.customer, phone="+886900000001", digits="0900000001")
    ContactFactory(customer=site.customer, phone="+886900000002", digits="0900000002")
    delivered = placed(wish(site, items=(Item(priced(), 2, 0),)), by=dispatcher)
    delivered.deliver(Handover.as_ordered(delivered, leak_check="passed"), place=DepotFactory().place, by=dispatcher)
    Payment.record(operation_id=uuid.uuid4(), customer=site.customer, method="cash", received_twd=820, by=dispatcher)
    placed(wish(site), by=dispatcher)
    return site.customer


def make_one(kept, absorbed, by, *, same_places=None, operation_id=None, reason="same phone"):
    return merge(
        operation_id=operation_id or uuid.uuid4(),
        kept=kept,
        absorbed=absorbed,
        same_places=same_places or {},
        by=by,
        reason=reason,
    )


def balances(customer):
    entries = AccountEntry.objects.filter(customer=customer)
    return entries.filter(account="receivable").total(), -entries.filter(account="deposit").total()


def test_everything_that_is_no_history_moves(kept, absorbed, manager):
    over, coming = Order.objects.order_by("pk")
    before = balances(absorbed)
    entries = list(AccountEntry.objects.order_by("pk").values())

    merged = make_one(kept, absorbed, manager)

    over.refresh_from_db()
    coming.refresh_from_db()
    absorbed.refresh_from_db()
    assert before == (820 * 2 + 1000 * 2 - 820, 2000)
    assert (balances(kept), balances(absorbed)) == (before, (0, 0))
    assert (over.customer, coming.customer) == (absorbed, kept)
    assert (absorbed.merged_into, absorbed.is_active, absorbed.deactivated_reason) == (kept, False, "same phone")
    assert {site.customer for site in Site.objects.all()} == {kept}
    assert sorted(kept.contacts.filter(is_active=True).values_list("phone", flat=True)) == [
        "+886900000001",
        "+886900000002",
    ]
    assert (merged.by, merged.receivable_twd, merged.deposits_twd) == (manager, *before)
    assert list(AccountEntry.objects.order_by("pk").values())[: len(entries)] == entries
    assert_sound()


def test_what_was_owed_stays_as_old_as_it_was(kept, absorbed, manager):
    with time_machine.travel(timezone.now() - dt.timedelta(days=95), tick=False):
        owe(absorbed, 2000)
    with time_machine.travel(timezone.now() - dt.timedelta(days=40), tick=False):
        owe(kept, 300)
    of_both = [(each.cause_kind, each.open_twd, each.days()) for each in open_charges(absorbed) + open_charges(kept)]

    make_one(kept, absorbed, manager)

    found = [(each.cause_kind, each.open_twd, each.days()) for each in open_charges(kept)]
    assert found == sorted(of_both, key=lambda each: -each[2])
    assert [days for _kind, _twd, days in found] == [95, 40, 0]
    age = ages()[kept.pk]
    assert (age.total_twd, age.over_90_twd, age.over_30_twd) == (2000 + 300 + 2820, 2000 - 820, 300)
    assert open_charges(absorbed) == []
    assert list(ages()) == [kept.pk]


def test_what_is_paid_after_a_merge_pays_the_oldest_of_both(kept, absorbed, manager):
    with time_machine.travel(timezone.now() - dt.timedelta(days=95), tick=False):
        owe(absorbed, 2000)
    make_one(kept, absorbed, manager)

    Payment.record(operation_id=uuid.uuid4(), customer=kept, method="cash", received_twd=2000, by=manager)

    assert [(each.open_twd, each.days()) for each in open_charges(kept)] == [(2820, 0)]


def owe(customer, twd):
    """So much for gas that was handed over at some time."""
    legs, cause = {"receivable": twd, "sales": -twd}, ("order", uuid.uuid4().hex)
    AccountEntry.post(customer=customer, legs=legs, cause=cause, purpose="charge", by=None)


def test_the_open_order_keeps_its_story_and_says_that_it_moved(kept, absorbed, manager):
    coming = Order.objects.latest("pk")
    events = coming.events.count()

    make_one(kept, absorbed, manager)

    moved = coming.events.latest("pk")
    assert coming.events.count() == events + 1
    assert (moved.reason, moved.by, moved.data["customer"]) == ("merged", manager, absorbed.number)


def test_what_is_delivered_and_paid_afterwards_goes_to_the_record_that_stays(kept, absorbed, manager):
    make_one(kept, absorbed, manager)
    coming = Order.objects.latest("pk")
    before = balances(kept)[0]

    coming.deliver(Handover.as_ordered(coming, leak_check="passed"), place=DepotFactory().place, by=manager)
    absorbed.refresh_from_db()
    payment = Payment.record(operation_id=uuid.uuid4(), customer=absorbed, method="cash", received_twd=100, by=manager)

    assert payment.customer == kept
    assert balances(kept)[0] == before + 820 - 100
    assert balances(absorbed) == (0, 0)
    assert_sound()


def test_a_cheque_of_the_old_record_that_bounces_is_owed_on_the_new(kept, absorbed, manager):
    cheque = Payment.record(operation_id=uuid.uuid4(), customer=absorbed, method="cheque", received_twd=500, by=manager)
    make_one(kept, absorbed, manager)
    before = balances(kept)[0]

    Payment.objects.get(pk=cheque.pk).reverse(operation_id=uuid.uuid4(), by=manager, why="bounced")

    assert (balances(kept)[0], balances(absorbed)[0]) == (before + 500, 0)


def test_the_same_place_is_one_place_with_all_cylinders(kept, absorbed, manager):
    stays, gone = kept.sites.get(), absorbed.sites.get()
    twenty = priced()
    serial = Cylinder.objects.create(serial="LG-1", product=twenty)
    CylinderMovement.post(
        product=twenty, quantity=1, start=(DepotFactory().place, "full"), end=(Place.of_site(gone), "in_use"),
        cause=("test", 1), purpose="x", by=manager, cylinder=serial,
    )  # fmt: skip
    CylinderMovement.post(
        product=twenty, quantity=1, start=(Place.of("opening"), "in_use"), end=(Place.of_site(stays), "in_use"),
        cause=("test", 2), purpose="count", by=manager,
    )  # fmt: skip
    standing = StandingOrder.objects.create(
        site=gone, weekdays=[1], items=[{"product": "20", "quantity": 1}], starts_on=timezone.localdate()
    )

    make_one(kept, absorbed, manager, same_places={gone: stays})

    gone.refresh_from_db()
    standing.refresh_from_db()
    standing_there = cylinders_at([gone, stays])
    assert (standing_there[gone.pk], [count for _product, count in standing_there[stays.pk]]) == ([], [4])
    assert (gone.is_active, gone.customer, standing.site) == (False, kept, stays)
    assert Order.objects.latest("pk").site == stays
    assert serial.movements.latest("pk").to_place == Place.of_site(stays)
    assert_sound()


def test_a_place_that_gave_back_more_than_we_knew_of_is_carried_too(kept, absorbed, manager):
    stays, gone = kept.sites.get(), absorbed.sites.get()
    CylinderMovement.post(
        product=priced(), quantity=5, start=(Place.of_site(gone), "in_use"), end=(DepotFactory().place, "empty"),
        cause=("test", 1), purpose="x", by=manager,
    )  # fmt: skip

    make_one(kept, absorbed, manager, same_places={gone: stays})

    standing = cylinders_at([gone, stays])
    assert (standing[gone.pk], [count for _product, count in standing[stays.pk]]) == ([], [-3])


def test_people_come_along_and_nobody_gets_more_rights(kept, absorbed, manager):
    cook, daughter = UserFactory(), UserFactory()
    MembershipFactory(user=cook, customer=kept, can_order=True, sees_balance=False)
    MembershipFactory(user=cook, customer=absorbed, can_order=True, sees_balance=True)
    MembershipFactory(user=daughter, customer=absorbed, can_order=False)

    make_one(kept, absorbed, manager)

    rights = {each.user: (each.customer, each.can_order, each.sees_balance) for each in Membership.objects.all()}
    assert rights == {cook: (kept, True, False), daughter: (kept, False, True)}


def test_a_member_still_sees_what_was_ordered_before(kept, absorbed, manager):
    daughter = UserFactory()
    MembershipFactory(user=daughter, customer=absorbed)
    over, coming = Order.objects.order_by("pk")

    make_one(kept, absorbed, manager)

    mine = Mine.of(daughter)
    assert set(Order.objects.visible_to(daughter)) == set(Order.objects.of(mine)) == {over, coming}
    assert mine.sees_money(over.customer_id, over.site_id)
    assert not Order.objects.visible_to(UserFactory()).exists()


def test_an_open_incident_comes_along_and_a_closed_one_stays(kept, absorbed, manager):
    opened = Incident.open(kind="leak", text="x", by=manager, customer=absorbed)
    closed = Incident.open(kind="complaint", text="x", by=manager, customer=absorbed)
    closed.take(by=manager)
    closed.close(by=manager, outcome="said sorry")

    make_one(kept, absorbed, manager)

    assert [Incident.objects.get(pk=each.pk).customer for each in (opened, closed)] == [kept, absorbed]


def test_the_same_deed_twice_is_one_merge(kept, absorbed, manager):
    operation = uuid.uuid4()

    merges = [make_one(kept, absorbed, manager, operation_id=operation) for _ in range(2)]

    assert merges[0] == merges[1]
    assert Merge.objects.count() == 1
    assert AccountEntry.objects.filter(cause_kind="merge").count() == 6


def test_a_record_that_absorbed_another_takes_it_along(kept, absorbed, manager):
    third = CustomerFactory()
    make_one(absorbed, third, manager)

    make_one(kept, absorbed, manager)

    third.refresh_from_db()
    assert third.merged_into == kept
    assert_sound()


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda kept, absorbed: {"absorbed": kept}, "itself"),
        (lambda kept, absorbed: {"by": UserFactory(roles=["dispatcher"])}, "not_manager"),
        (lambda kept, absorbed: {"reason": " "}, "no_reason"),
        (lambda kept, absorbed: kept.move_to("settled", by=None), "two_stages"),
        (lambda kept, absorbed: without_orders(kept.move_to("rolled_back", by=None)), "two_systems"),
        (lambda kept, absorbed: kept.deactivate(by=UserFactory(), reason="x"), "stopped"),
        (lambda kept, absorbed: {"same_places": {absorbed.sites.get(): SiteFactory()}}, "other_place"),
        (lambda kept, absorbed: on_a_route(kept, absorbed), "on_the_way"),
        (lambda kept, absorbed: metered(kept, absorbed), "meter"),
    ],
)
def test_what_cannot_be_merged_is_refused_and_changes_nothing(kept, absorbed, manager, break_it, code):
    more = {"kept": kept, "absorbed": absorbed, "by": manager} | (break_it(kept, absorbed) or {})
    before = (balances(kept), balances(absorbed), CylinderMovement.objects.count())

    with pytest.raises(Refused) as refused:
        make_one(**more)

    assert refused.value.code == code
    assert (balances(kept), balances(absorbed), CylinderMovement.objects.count()) == before
    assert Merge.objects.count() == 0


def without_orders(_moved):
    for order in Order.objects.open():
        order.cancel(by=UserFactory(), reason="x")


def on_a_route(kept, absorbed):
    route, order = RouteFactory(), Order.objects.latest("pk")
    route.add(order, by=UserFactory())
    route.publish(by=UserFactory())
    return {"same_places": {absorbed.sites.get(): kept.sites.get()}}


def metered(kept, absorbed):
    MeterReading.objects.create(
        operation_id=uuid.uuid4(), site=absorbed.sites.get(), product=priced(), read_on=timezone.localdate(),
        reading_kg=1, by=UserFactory(),
    )  # fmt: skip
    return {"same_places": {absorbed.sites.get(): kept.sites.get()}}


def test_a_record_is_merged_once_and_nothing_new_is_written_on_it(kept, absorbed, manager):
    make_one(kept, absorbed, manager)
    absorbed.refresh_from_db()

    deeds = [
        lambda: make_one(CustomerFactory(), absorbed, manager),
        lambda: make_one(absorbed, CustomerFactory(), manager),
        lambda: absorbed.change(by=manager, name="x"),
        lambda: absorbed.reactivate(by=manager),
        lambda: Site.add(customer=absorbed, by=manager, address="x", area=kept.sites.first().area),
        lambda: Membership.give(
            customer=absorbed, person=manager, by=manager, can_order=True, sees_balance=True, site=None
        ),
    ]

    codes = []
    for deed in deeds:
        with pytest.raises(Refused) as refused:
            deed()
        codes.append(refused.value.code)
    assert codes == ["merged"] * 6


def test_the_old_name_number_and_phone_find_the_record_that_stays(kept, absorbed, manager):
    make_one(kept, absorbed, manager)

    found = [list(Customer.objects.search(text)) for text in (absorbed.name, absorbed.code, "0900000002")]

    assert found == [[kept]] * 3


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_merge_one_way(kept, absorbed, manager):
    said = []

    def run(stays, goes):
        try:
            make_one(Customer.objects.get(pk=stays.pk), Customer.objects.get(pk=goes.pk), manager)
            said.append("done")
        except Refused as refused:
            said.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in ((kept, absorbed), (absorbed, kept))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["done", "merged"]
    assert Merge.objects.count() == 1
    assert_sound()

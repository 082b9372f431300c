"""Every invariant is broken once, past the rules of the database, and seen."""

import copy
import datetime as dt
import json
import uuid
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from customers.models import Customer, Message, Payment, PhoneCode
from deliveries.models import ClosedDay, Device, DriverEvent, Variance, Weighing
from orders.handover import Handover
from orders.models import Cylinder, CylinderMovement, MeterReading, Order, Place, PriceChange, StandingDay
from orders.wishes import When
from pilot import invariants
from pilot.certificate.facts import facts_of
from pilot.certificate.waiving import ask_waiver
from pilot.models import Certificate
from tests.deliveries.evening import came_back, count
from tests.factories import (
    DepotFactory,
    RouteFactory,
    SiteFactory,
    SlotFactory,
    StandingOrderFactory,
    UserFactory,
    decided,
    given,
    placed,
    priced,
    wish,
)
from tests.pilot.certificates import assess, stored
from tests.soundness import assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@dataclass
class World:
    delivered: Order
    waiting: Order
    slotted: Order
    planned: Order
    payment: Payment
    event: DriverEvent
    cylinder: Cylinder


@pytest.fixture(scope="module")
def everything(made_once):
    return made_once(build)


@pytest.fixture
def world(everything):
    """Each test's own objects of the rows that all share."""
    return copy.deepcopy(everything)


def build() -> World:
    """A little of everything, made by the verbs."""
    dispatcher = UserFactory(roles=["dispatcher"])
    given(percent=5)
    delivered = placed(by=dispatcher)
    delivered.deliver(Handover.as_ordered(delivered, leak_check="passed"), place=DepotFactory().place, by=dispatcher)
    payment = Payment.record(
        operation_id=uuid.uuid4(), customer=delivered.customer, method="cash", received_twd=820, by=dispatcher
    )
    slotted = placed(wish(when=When(slot=SlotFactory())), by=dispatcher)
    planned, route = placed(by=dispatcher), RouteFactory()
    route.add(planned, by=dispatcher)
    route.publish(by=dispatcher)
    device = Device.objects.create(key=uuid.uuid4(), user=route.driver.user)
    event = DriverEvent.objects.create(
        pk=uuid.uuid4(), device=device, seq=1, user=device.user, kind="arrive", body={}, happened_at=timezone.now()
    )
    cylinder = Cylinder.objects.create(serial="LG-20-1", product=priced())
    CylinderMovement.objects.create(
        product=cylinder.product, cylinder=cylinder, quantity=1, from_place=Place.of("purchase"), from_state="empty",
        to_place=Place.of("plant"), to_state="empty", cause_kind="test", cause_id="1", purpose="buy",
        day=timezone.localdate(),
    )  # fmt: skip
    customer = delivered.customer
    Customer.objects.filter(pk=customer.pk).update(legacy_code="L1")
    PhoneCode.send(phone="+886900000123", purpose="signup")
    StandingOrderFactory(rhythm="every", every_days=1)
    StandingDay.write_due(until=timezone.localdate())
    StandingDay.objects.get().make(decision=decided())
    read_and_change_prices(site=delivered.site, by=dispatcher)
    blocked = SiteFactory(customer__settlement="monthly", customer__is_blocked=True)
    _held, declined = placed(wish(blocked), by=dispatcher), placed(wish(blocked), by=dispatcher)
    declined.decline(by=UserFactory(roles=["manager"]), note="x")
    close_yesterday(by=dispatcher)
    certify(by=dispatcher)
    return World(delivered, placed(by=dispatcher), slotted, planned, payment, event, cylinder)


def read_and_change_prices(*, site, by):
    """A meter that used 20 kg, a payment that was taken back, and a price that is to come and to be told."""
    metered, today = priced("m20", gas=41, family="metered"), timezone.localdate()
    for days, kg in ((30, 100), (0, 120)):
        MeterReading.record(
            operation_id=uuid.uuid4(), site=site, product=metered, read_on=today - dt.timedelta(days=days),
            reading_kg=Decimal(kg), by=by,
        )  # fmt: skip
    wrong = Payment.record(operation_id=uuid.uuid4(), customer=site.customer, method="cash", received_twd=5, by=by)
    wrong.reverse(operation_id=uuid.uuid4(), by=by, why="amount")
    PriceChange.enter(
        operation_id=uuid.uuid4(), by=by, valid_from=today + dt.timedelta(days=7), reason="test",
        amounts={(priced().pk, "gas"): 840}, announce_to="all", announce_on=today + dt.timedelta(days=1),
    )  # fmt: skip


def close_yesterday(*, by):
    """A route that was NT$40 and one empty short, a cylinder with gas left, and the day closed."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    back = came_back(day=yesterday)
    count(back, 1600, empty=1)
    for variance in Variance.objects.all():
        variance.own(owner=by, reason="test", by=by)
    for number in range(2):
        weighing = Weighing.record(
            operation_id=uuid.uuid4(), stop=back.route.stops.all()[number], product=back.twenty,
            gross_kg=Decimal("23.40"), tare_kg=Decimal(20), by=by,
        )  # fmt: skip
    weighing.take_back(operation_id=uuid.uuid4(), reason="test", by=by)
    ClosedDay.close(yesterday, operation_id=uuid.uuid4(), by=by)


def certify(*, by):
    """A certificate that says GO, with one requirement let go."""
    stored(by, without="backup")
    asked = ask_waiver("backup/restore", until=timezone.localdate(), by=by, reason="test")
    asked.confirm(by=UserFactory(roles=["ops"]))
    Certificate.issue(facts_of(assess()), by=by, operation_id=uuid.uuid4())


def force(*statements, **values):
    """SQL by hand, past triggers and constraints, at %(now)s; the test's transaction takes all of it back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement, values | {"now": timezone.now()})


def off(*tables):
    return [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]


def drop(table, *names):
    return [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for name in names]


def drop_unique(table, column):
    """Whatever makes this one column unique."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid"
            " AND c.conkey = ARRAY[a.attnum] WHERE c.contype = 'u' AND conrelid = %s::regclass AND attname = %s",
            [table, column],
        )
        return drop(table, *[name for (name,) in cursor.fetchall()])


def broken(name):
    """What the rule says; no other rule may be needed to see it."""
    return invariants.INVARIANTS[name].violations()


ORDER, EVENT, MESSAGE, ENTRY = "orders_order", "orders_orderevent", "customers_message", "customers_accountentry"
MOVEMENT, LINE, STOP, ROUTE = "orders_cylindermovement", "orders_orderline", "deliveries_stop", "deliveries_route"
CASH, VARIANCE = "deliveries_cashleg", "deliveries_variance"
DRIVER_EVENT, DAY = "deliveries_driverevent", "orders_standingday"
READING, PRICE = "orders_meterreading", "orders_price"


def misread(change):
    """The reading of 120 kg, changed past every rule."""
    return [*off(READING), f"UPDATE {READING} SET {change} WHERE reading_kg = 120"]


MERGED = (
    "INSERT INTO customers_merge (operation_id, kept_id, absorbed_id, by_id, at, reason, receivable_twd, deposits_twd)"
    " SELECT gen_random_uuid(), %(waiting_customer)s, customer_id, placed_by_id, %(now)s, 'x', 0, 0"
    " FROM orders_order WHERE id = %(delivered)s"
)


def merged(which, *more):
    """Customers that were merged into the one who waits, past every verb."""
    return [
        *off("customers_customer", ENTRY),
        *drop("customers_customer", "a_merged_record_is_not_served"),
        *more,
        f"UPDATE customers_customer SET merged_into_id = %(waiting_customer)s WHERE id {which}",
    ]


SAID, UNSAID = """'"x"'""", """'""'"""  # words, and no words, as JSON


def imported(state, row_state, customer):
    return [
        "INSERT INTO customers_import (operation_id, name, digest, content, state, refusal, lines_read, by_id, at,"
        f" worked_at, started_by_id) SELECT gen_random_uuid(), 'x', 'x', '', '{state}', {UNSAID}, 2, id, %(now)s,"
        " %(now)s, id FROM luckygas_user LIMIT 1",
        "INSERT INTO customers_importrow (source_id, line, cells, facts, mistakes, doubles, is_wanted, state, refusal,"
        f" customer_id) SELECT id, 2, '{{}}', '{{}}', '[]', '[]', false, '{row_state}', {UNSAID}, {customer}"
        " FROM customers_import",
    ]


SUSPENSION, ROW = "customers_suspension", "orders_suspensionrow"


def suspended(state, *, outcome="moved", hours=True):
    """Today suspended past every verb, and the order in a window touched by it."""
    return [
        f"INSERT INTO {SUSPENSION} (operation_id, body_digest, starts_at, ends_at, reason, state, by_id, at, worked_at,"
        " confirmed_by_id, confirmed_at, undone_by_id, undone_at)"
        " SELECT gen_random_uuid(), '', %(now)s - interval '1 day',"
        f" %(now)s + interval '9 days', 'x', '{state}', id, %(now)s, %(now)s - interval '1 hour', id, %(now)s, id,"
        " %(now)s FROM luckygas_user LIMIT 1",
        f"INSERT INTO {ROW} (suspension_id, customer_id, order_id, was_on, before, is_urgent, outcome, sentence,"
        " settled_at, day) SELECT s.id, o.customer_id, o.id, o.promised_on, '{}', false,"
        f" '{outcome}', {SAID}, %(now)s, o.promised_on FROM {SUSPENSION} s, {ORDER} o WHERE o.id = %(slotted)s",
        "INSERT INTO customers_calendarday (day, kind, name, source, suspension_id)"
        f" SELECT o.promised_on, 'suspension', 'x', '', s.id FROM {SUSPENSION} s, {ORDER} o"
        f" WHERE o.id = %(slotted)s AND {hours}",
    ]


COHORT = [  # one that is planned for one customer, with two in it
    "INSERT INTO pilot_cohort (operation_id, name, step, planned, starts_on, ends_on, weekly_orders, owner_id, state,"
    " started_why, closed_why) SELECT gen_random_uuid(), 'x', '5', 1, %(now)s, %(now)s + interval '9 days', 1, id,"
    " 'planned', '', '' FROM luckygas_user LIMIT 1",
    "INSERT INTO pilot_cohortmember (cohort_id, customer_id, by_id, at, left_why) SELECT k.id, c.id, k.owner_id,"
    " %(now)s, '' FROM pilot_cohort k, customers_customer c ORDER BY c.id LIMIT 2",
]


def moved_together(state, outcome):
    """A mass move of one customer, written an hour ago past every verb."""
    return [
        *off("pilot_massmove"),
        "INSERT INTO pilot_massmove (operation_id, body_digest, to_stage, reason, is_forced, by_id, asked_at, state,"
        " agreed_by_id, worked_at) SELECT gen_random_uuid(), '', 'settled', 'x', false, min(id), %(now)s,"
        f" '{state}', CASE '{state}' WHEN 'asked' THEN NULL ELSE max(id) END, %(now)s - interval '1 hour'"
        " FROM luckygas_user",
        "INSERT INTO pilot_massmoverow (move_id, customer_id, from_stage, outcome, sentence)"
        f" SELECT id, %(waiting_customer)s, 'live', '{outcome}', {UNSAID} FROM pilot_massmove",
    ]


ASKED = [
    "INSERT INTO deliveries_request (operation_id, body_digest, route_id, number, stop_id, order_id, kind, text,"
    " asked_at, asked_by_id, state) SELECT gen_random_uuid(), '', s.route_id, 2, s.id, s.order_id, 'insert', '',"
    " %(now)s, o.placed_by_id, 'asked' FROM deliveries_stop s JOIN orders_order o ON o.id = s.order_id"
    " WHERE s.order_id = %(planned)s",
]
CASES = {
    "orders_follow_their_decision": [
        ("decided standard, stored web_ordering", [
            *off("orders_order"), "UPDATE orders_order SET variant = 'web_ordering' WHERE id = %(waiting)s",
        ]),
        ("came past a switch", [
            "UPDATE orders_order SET decision = jsonb_set(decision, '{flags,desk_paused}', 'true')"
            " WHERE id = %(waiting)s",
        ]),
        ("came past a switch", [
            "UPDATE orders_order SET channel = 'api', decision = jsonb_set(decision, '{flags,orders_paused}', 'true')"
            " WHERE id = %(waiting)s",
        ]),
    ],
    "flags_are_what_their_last_change_left": [
        ("percent is 50.0, the last change left 5.0", ["UPDATE pilot_flag SET percent = 50"]),
    ],
    "suspensions_settle_what_they_touch": [
        ("still waits", suspended("undone")),
        ("two rows of one order", [
            'DROP INDEX "a_suspension_moves_an_order_once"', *suspended("done"), suspended("done")[1],
        ]),
        ("holds without its hours", suspended("done", hours=False)),
        ("does not hold and closes hours", suspended("draft")),
    ],
    "suspensions_are_told_once": [("has 0 of suspended", suspended("done")), ("has 0 of resumed", suspended("undone"))],
    "nobody_is_promised_suspended_hours": [("is promised inside suspension", suspended("done"))],
    "orders_are_whole": [
        ("no line", [f"DELETE FROM {LINE} WHERE order_id = %(waiting)s"]),
        ("no first event", [*off(EVENT), f"DELETE FROM {EVENT} WHERE order_id = %(waiting)s AND from_state = ''"]),
        ("2 first events", [*off(EVENT), f"UPDATE {EVENT} SET from_state = '' WHERE order_id = %(waiting)s"]),
    ],
    "states_are_told_by_events": [
        ("events say", [*off(ORDER), f"UPDATE {ORDER} SET state = 'cancelled' WHERE id = %(waiting)s"]),
        (
            "an event starts at",
            [*off(EVENT), f"UPDATE {EVENT} SET from_state = 'out' WHERE order_id = %(waiting)s AND from_state <> ''"],
        ),
    ],
    "moves_are_legal": [
        ("placed to out", [*off(EVENT), f"UPDATE {EVENT} SET to_state = 'out' WHERE order_id = %(waiting)s"
                                        " AND from_state = 'placed'"]),
    ],
    "changes_name_their_actor": [
        ("by nobody", [*off(EVENT), f"UPDATE {EVENT} SET by_id = NULL WHERE order_id = %(waiting)s"]),
    ],
    "changes_are_announced_once": [
        ("announced 0 times", [f"DELETE FROM {MESSAGE} WHERE customer_id = %(waiting_customer)s"]),
    ],
    "orders_keep_their_decision": [
        ("decided with nothing", [*off(ORDER), f"UPDATE {ORDER} SET decision = '{{}}' WHERE id = %(waiting)s"]),
    ],
    "no_order_of_the_legacy_system_is_open": [
        ("legacy", [*off("customers_customer"), "UPDATE customers_customer SET stage = 'legacy',"
                    " system_of_record = 'legacy' WHERE id = %(waiting_customer)s"]),
    ],
    "one_system_decides": [
        ("live with legacy", [*drop("customers_customer", "stage_and_system_of_record_agree"),
                              "UPDATE customers_customer SET system_of_record = 'legacy'"
                              " WHERE id = %(waiting_customer)s"]),
    ],
    "moves_begin_where_the_last_one_ended": [
        ("left live, was in settled", [
            "INSERT INTO customers_stagemove (customer_id, from_stage, to_stage, reason, at)"
            f" VALUES (%(waiting_customer)s, 'live', '{to}', 'x', %(now)s)" for to in ("settled", "rolled_back")
        ]),
    ],
    "closed_cohorts_hold_nobody": [
        ("2 of 1", COHORT),
        ("2 are still in it", [
            *COHORT, "UPDATE pilot_cohort SET state = 'closed', closed_at = %(now)s, closed_by_id = owner_id,"
                     " closed_why = 'x'",
        ]),
    ],
    "mass_moves_come_to_their_end": [
        ("somebody still waits", moved_together("done", "waiting")),
        ("somebody was moved", moved_together("asked", "done")),
        ("silent since", moved_together("working", "done")),
    ],
    "slots_are_not_promised_twice": [
        ("1 orders in 0 places", ["UPDATE orders_slot SET capacity = 0"]),
        ("is promised for", [f"UPDATE {ORDER} SET promised_on = promised_on + 1 WHERE id = %(slotted)s"]),
    ],
    "trucks_are_not_overloaded": [
        ("kg on", ["UPDATE deliveries_vehicle SET limit_kg = 1"]),
    ],
    "orders_are_on_one_route": [
        ("without an open stop", [*off(STOP), f"DELETE FROM {STOP} WHERE order_id = %(planned)s"]),
        ("without an open stop", [*off(ROUTE), f"UPDATE {ROUTE} SET state = 'draft'"]),
    ],
    "transfers_sum_to_zero": [
        ("sums to", [*off(ENTRY), f"UPDATE {ENTRY} SET amount_twd = amount_twd + 1 WHERE account = 'sales'"]),
    ],
    "deliveries_are_charged_as_handed_over": [
        ("charged 0 + 0", [*off(ENTRY), f"DELETE FROM {ENTRY} WHERE cause_kind = 'order'"]),
        ("charged 820", [f"UPDATE {LINE} SET delivered = 3 WHERE order_id = %(delivered)s"]),
    ],
    "cylinders_move_as_handed_over": [
        ("moved 0 and 0", [*off(MOVEMENT), f"DELETE FROM {MOVEMENT} WHERE cause_kind = 'order'"]),
        ("moved 5", [*off(MOVEMENT), f"UPDATE {MOVEMENT} SET quantity = 5 WHERE purpose = 'given'"]),
        ("handed over 0", [*off(MOVEMENT), f"UPDATE {MOVEMENT} SET cause_id = '0' || cause_id"
                                           " WHERE purpose = 'given'"]),
    ],
    "cylinders_are_conserved": [
        ("was at", [f"INSERT INTO {MOVEMENT} (product_id, cylinder_id, quantity, from_place_id, from_state,"
                    " to_place_id, to_state, cause_kind, cause_id, purpose, day, at)"
                    " SELECT product_id, cylinder_id, 1, from_place_id, 'full', to_place_id, 'full', 'test', '2', 'x',"
                    f" day, at + interval '1 hour' FROM {MOVEMENT} WHERE cylinder_id IS NOT NULL"]),
    ],
    "overdue_cylinders_stay_away": [
        ("in date until 2020-01-01", [*off(MOVEMENT), f"UPDATE {MOVEMENT} SET inspect_by = '2020-01-01'"
                                      " WHERE purpose = 'given'"]),
    ],
    "delivered_is_handed_over": [
        ("a line says nothing", [f"UPDATE {LINE} SET delivered = NULL, empties_taken = NULL"
                                 " WHERE order_id = %(delivered)s"]),
        ("without a time", [*drop(ORDER, "delivered_has_its_time"),
                            f"UPDATE {ORDER} SET delivered_at = NULL WHERE id = %(delivered)s"]),
        ("confirmed, a line was handed over", [f"UPDATE {LINE} SET delivered = ordered, empties_taken = 0"
                                               " WHERE order_id = %(waiting)s"]),
    ],
    "payments_are_booked": [
        ("booked 0", [*off(ENTRY), f"DELETE FROM {ENTRY} WHERE cause_kind = 'payment'"]),
        ("received 821", [*off("customers_payment"), "UPDATE customers_payment SET received_twd = 821"]),
    ],
    "payments_are_taken_back_once": [
        ("taken back, booked back 0", [*off(ENTRY), f"DELETE FROM {ENTRY} WHERE purpose = 'reversed'"]),
        ("stays, booked back 5", [*off("customers_paymentreversal"), "DELETE FROM customers_paymentreversal"]),
    ],
    "meters_are_billed_by_difference": [
        ("20.00 kg at 41, charged 0", [*off(ENTRY), f"DELETE FROM {ENTRY} WHERE cause_kind = 'reading'"]),
        ("0 kg at 41, charged 820", misread("is_new_meter = true")),
        ("21.00 kg at 41, charged 820", misread("reading_kg = 121")),
        ("0 kg at 41, charged 820", misread("reversed_at = %(now)s, reversed_by_id = by_id, reversed_why = 'x'")),
    ],
    "held_orders_go_on_by_a_decision": [
        ("nobody let it go", [*off(ORDER), f"UPDATE {ORDER} SET state = 'confirmed' WHERE state = 'held'",
                              "INSERT INTO orders_orderevent (order_id, from_state, to_state, at, recorded_at, channel,"
                              " reason, announces, operation_id, data) SELECT order_id, 'held', 'confirmed', at, at,"
                              " channel, '', '', gen_random_uuid(), '{}' FROM orders_orderevent"
                              " WHERE to_state = 'held'"]),
        ("turned down and is confirmed", [*off(ORDER), f"UPDATE {ORDER} SET state = 'confirmed'"
                                          " WHERE state = 'cancelled'"]),
    ],
    "prices_stay_as_they_were_entered": [
        ("is 841", [*off(PRICE), f"UPDATE {PRICE} SET amount_twd = 841 WHERE amount_twd = 840"]),
        ("gone and not withdrawn", [*off(PRICE), f"DELETE FROM {PRICE} WHERE amount_twd = 840"]),
        ("nobody entered it", [*off(PRICE), "DELETE FROM orders_priceevent WHERE amount_twd = 840"]),
    ],
    "price_changes_are_told_on_their_day": [
        ("to be told", ["UPDATE orders_pricechange SET announce_on = announce_on - 2"]),
    ],
    "messages_leave_in_time": [
        ("waiting since", [f"UPDATE {MESSAGE} SET due_at = due_at - interval '2 minutes' WHERE state = 'waiting'"]),
        ("sending since", [*off(MESSAGE), f"UPDATE {MESSAGE} SET state = 'sending',"
                           " claimed_at = due_at - interval '2 minutes' WHERE state = 'waiting'"]),
    ],
    "old_codes_are_unreadable": [
        ("shows its code", [f"UPDATE {MESSAGE} SET created_at = created_at - interval '1 hour' WHERE kind = 'code'"]),
    ],
    "deliveries_are_past_the_gate": [
        ("without a leak check", [*drop(ORDER, "delivered_only_past_the_leak_check"),
                                  f"UPDATE {ORDER} SET leak_check = '' WHERE id = %(delivered)s"]),
        ("nobody signed", [f"UPDATE {ORDER} SET leak_check = 'refused' WHERE id = %(delivered)s"]),
    ],
    "requests_are_numbered_and_end": [
        ("numbered to 2, has 1", ASKED),
        ("still asked, it is planned", ASKED),
    ],
    "driver_events_are_finished": [
        ("stored since", [f"UPDATE {DRIVER_EVENT} SET received_at = received_at - interval '2 days'"]),
        ("without a review", [f"UPDATE {DRIVER_EVENT} SET state = 'review'"]),
    ],
    "phones_left_no_gap": [
        ("nothing between 1 and 5", [
            f"INSERT INTO {DRIVER_EVENT} (id, device_id, seq, user_id, kind, body, body_digest, happened_at,"
            " received_at, state, answer) SELECT gen_random_uuid(), device_id, 5, user_id, kind, body, '', happened_at,"
            f" received_at - interval '2 days', 'applied', '{{}}' FROM {DRIVER_EVENT}",
        ]),
    ],
    "merged_records_are_empty": [
        ("was merged by nobody", merged("= %(waiting_customer)s")),
        ("still has an open order", merged("= %(waiting_customer)s")),
        ("still has an address", merged("= %(waiting_customer)s")),
        ("receivable of", merged("= (SELECT customer_id FROM orders_order WHERE id = %(delivered)s)",
                                 f"UPDATE {ENTRY} SET customer_id = (SELECT customer_id FROM orders_order"
                                 " WHERE id = %(planned)s) WHERE cause_kind = 'payment'")),
        ("still has a phone", merged("= %(waiting_customer)s",
                                     "INSERT INTO customers_contact (customer_id, name, phone, phone_raw, extension,"
                                     " digits, can_sms, is_active) VALUES (%(waiting_customer)s, '', '+886900000001',"
                                     " '', '', '', true, true)")),
        ("leads to a record that was merged itself", merged("IS NOT NULL")),
    ],
    "merges_carry_what_was_there": [
        ("receivable differs by", [MERGED, *off(ENTRY), f"UPDATE {ENTRY} SET cause_kind = 'merge', cause_id ="
                                   " (SELECT id::text FROM customers_merge) WHERE transfer ="
                                   f" (SELECT transfer FROM {ENTRY} WHERE cause_kind = 'payment' LIMIT 1)"]),
    ],
    "imported_lines_became_customers": [
        ("waits in an import that is done", imported("done", "right", "NULL")),
        ("before anybody said so", imported("read", "done", "%(waiting_customer)s")),
    ],
    "standing_days_are_made_once": [
        ("2 rows for", ['DROP INDEX "a_day_of_a_standing_order_once"',
                        f"INSERT INTO {DAY} (standing_id, \"on\", by_hand,"
                        " state, was_missed, reason, written_at) SELECT standing_id, \"on\", by_hand, 'due', false,"
                        f" {UNSAID}, written_at FROM {DAY}"]),
        ("2 orders for", ['DROP INDEX "a_standing_order_comes_once_a_day"', *off(DAY),
                          *drop(DAY, "a_made_day_has_its_order", "a_settled_day_has_its_time"),
                          f"INSERT INTO {DAY} (standing_id, \"on\", by_hand, state, was_missed, reason, written_at,"
                          " made_for) SELECT standing_id, \"on\" + 1, by_hand, 'due', false,"
                          f" {UNSAID}, written_at, made_for FROM {DAY}"]),
        ("without an order", [*drop(DAY, "a_made_day_has_its_order"), f"UPDATE {DAY} SET order_id = NULL"]),
        ("stands on no day", [f"DELETE FROM {DAY}"]),
    ],
    "standing_days_are_not_forgotten": [
        ("nobody wrote 2026-11-23", ["UPDATE orders_standingorder SET starts_on = '2026-11-23'"]),
        ("due since 2026-11-20", [f"INSERT INTO {DAY} (standing_id, \"on\", by_hand, state, was_missed, reason,"
                                  " written_at) SELECT standing_id, '2026-11-20', false, 'due', false,"
                                  f" {UNSAID}, written_at FROM {DAY}"]),
    ],
    "counts_are_booked": [
        ("booked 0 and 0", [*off(CASH), f"DELETE FROM {CASH}"]),
        ("variance 40 of -45", [*off(VARIANCE), f"UPDATE {VARIANCE} SET difference = -45 WHERE product_id IS NULL"]),
    ],
    "counted_routes_hold_nothing": [
        ("paid to the driver 1639", [*off("customers_payment"), "UPDATE customers_payment SET received_twd = 819 WHERE"
                                     " id = (SELECT max(id) FROM customers_payment WHERE cause_kind = 'stop')"]),
        ("full: 1 still on the vehicle", [*off(MOVEMENT), f"DELETE FROM {MOVEMENT} WHERE purpose = 'unload_full'"]),
    ],
    "gas_left_is_credited_once": [
        ("credited 0", [*off(ENTRY), f"DELETE FROM {ENTRY} WHERE purpose = 'residual'"]),
        ("credited 112", [*off(ENTRY), f"DELETE FROM {ENTRY} WHERE purpose = 'residual_back'"]),
    ],
    "closed_days_are_finished": [
        ("is departed", [*off(ROUTE), f"UPDATE {ROUTE} SET state = 'departed' WHERE state = 'closed'"]),
        ("closed, not counted", [*off("deliveries_cashcount", "deliveries_cylindercount"),
                                 "DELETE FROM deliveries_cylindercount", "DELETE FROM deliveries_cashcount"]),
        ("is pending", [*off(STOP), f"UPDATE {STOP} SET state = 'pending', finished_at = NULL WHERE state = 'done'"]),
        ("is nobody's", [f"UPDATE {VARIANCE} SET owner_id = NULL, reason = ''"]),
    ],
    "certificates_rest_on_their_evidence": [
        ("is gone", [*off("pilot_evidence"), "DELETE FROM pilot_evidence WHERE suite = 'load'"]),
        ("another one", [*off("pilot_certificate"), "UPDATE pilot_certificate SET revision = 'x'"]),
        ("another one", [*off("pilot_certificate"), "UPDATE pilot_certificate SET evidence = evidence[2:]"]),
    ],
    "a_go_has_nothing_red": [
        ("NO-GO with 0 red", [*off("pilot_certificate"), "UPDATE pilot_certificate SET verdict = 'NO-GO'"]),
        ("GO with 1 red", [*off("pilot_certificate"), "UPDATE pilot_certificate SET facts ="
                           " jsonb_set(facts, '{requirements,3,state}', '\"FAIL\"')"]),
    ],
    "waivers_were_agreed_to_by_two": [
        ("nobody agreed", ["DELETE FROM pilot_approval"]),
        ("nobody agreed", [*off("pilot_waiver"), "UPDATE pilot_waiver SET until = until + 5"]),
    ],
    "the_database_keeps_its_rules": [
        ("trigger append_only is off", off(ENTRY)),
        ("trigger state_moves is off", off(ORDER)),
        ("constraint an_order_stores_its_variant", drop(ORDER, "an_order_stores_its_variant")),
        ("constraint one_open_route_a_driver_and_day", ['DROP INDEX "one_open_route_a_driver_and_day"']),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "name, said, statements", [(name, said, sql) for name, cases in CASES.items() for said, sql in cases]
)
def test_what_breaks_a_rule_is_named(world, name, said, statements):
    assert broken(name) == []

    force(
        *statements,
        waiting=world.waiting.pk,
        waiting_customer=world.waiting.customer_id,
        slotted=world.slotted.pk,
        planned=world.planned.pk,
        delivered=world.delivered.pk,
    )

    assert said in " ".join(violation.wrong for violation in broken(name))


@pytest.mark.parametrize("column", ["operation_id", "number"])
def test_two_orders_of_one_deed_are_seen(world, column):
    value = getattr(world.waiting, column)

    force(
        *off(ORDER),
        *drop_unique(ORDER, column),
        f"UPDATE {ORDER} SET {column} = %(value)s WHERE id = %(other)s",
        value=value,
        other=world.slotted.pk,
    )

    assert [violation.wrong[:8] for violation in broken("orders_exist_once")] == ["2 orders"]
    assert f"{column} may repeat" in [violation.wrong for violation in broken("the_database_keeps_its_rules")]


def test_a_stop_too_many_is_seen(world):
    force(
        'DROP INDEX "one_open_delivery_an_order"',
        f"INSERT INTO {STOP} (route_id, position, kind, order_id, site_id, state, due_twd, note, fail_reason,"
        f" next_step) SELECT route_id, 99, kind, order_id, site_id, state, 0, '', '', '' FROM {STOP}"
        " WHERE order_id = %(planned)s",
        planned=world.planned.pk,
    )

    assert [violation.wrong for violation in broken("orders_are_on_one_route")] == ["2 open deliveries"]


def test_a_stage_that_nobody_moved_to_is_seen(world, manager):
    customer = SiteFactory(customer__stage="imported", customer__system_of_record="legacy").customer
    customer.move_to("live", by=manager, reason="third cohort")
    assert broken("one_system_decides") == []

    force(
        *off("customers_customer"), "UPDATE customers_customer SET stage = 'settled' WHERE id = %(pk)s", pk=customer.pk
    )

    assert [violation.wrong for violation in broken("one_system_decides")] == ["is settled, was moved to live"]


def test_every_rule_is_broken_by_a_test():
    assert set(CASES) | {"orders_exist_once"} == set(invariants.INVARIANTS)


def test_every_rule_says_what_it_promises():
    assert all(rule.sentence.endswith(".") for rule in invariants.INVARIANTS.values())


def test_what_the_verbs_leave_is_sound(world):
    assert_sound(without=frozenset())


def test_a_journey_that_is_not_sound_says_where(world):
    force(f"DELETE FROM {LINE} WHERE order_id = %(pk)s", pk=world.waiting.pk)

    with pytest.raises(AssertionError, match=f"orders_are_whole: {world.waiting.number}: no line"):
        assert_sound()


def test_the_command_is_silent_about_nothing_and_answers_by_its_code(world, capsys):
    call_command("invariants")
    assert "BROKEN" not in capsys.readouterr().out
    Message.objects.filter(state="waiting").update(due_at=timezone.now() - timezone.timedelta(minutes=5))

    with pytest.raises(SystemExit) as left:
        call_command("invariants", "--json")

    said = json.loads(capsys.readouterr().out)
    assert (left.value.code, said["sound"]) == (1, False)
    assert len(said["invariants"]["messages_leave_in_time"]["violations"]) >= 1


def test_so_many_violations_are_shown_and_no_more(world):
    for number in range(60):
        Message.write(kind="held", recipient="+886900000123", body="x", cause=("many", number))
    Message.objects.update(due_at=timezone.now() - timezone.timedelta(minutes=5))

    assert len(broken("messages_leave_in_time")) == 50

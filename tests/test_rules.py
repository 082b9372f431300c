"""The database has the last word: each rule is broken on purpose, past every verb, and refused.

Each violation is tried twice: with the rule it gets SQLSTATE 23xxx; with that one rule dropped it goes through, so no
test passes for another rule's sake. A rule that is not in the table fails.
"""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from customers.models import (
    AccountEntry,
    Area,
    CalendarDay,
    Contact,
    Customer,
    Import,
    ImportRow,
    Incident,
    IncidentEvent,
    IncomingCall,
    LeakCheck,
    Membership,
    Merge,
    Message,
    OnCall,
    Payment,
    PaymentReversal,
    Site,
    StageMove,
    Suspension,
)
from deliveries.models import (
    CashCount,
    CashDeclared,
    CashLeg,
    ClosedDay,
    CylinderCount,
    Device,
    DriverEvent,
    LeftOver,
    Position,
    Proof,
    ProofPart,
    Request,
    Review,
    Route,
    Stop,
    Takeover,
    Variance,
    VarianceEvent,
    Vehicle,
    VehicleCheck,
    Weighing,
    WeighingReversal,
)
from luckygas.flags import SWITCHES
from luckygas.models import RecordRead
from orders.handover import Handover
from orders.models import (
    BulkMove,
    BulkRow,
    Cylinder,
    CylinderMovement,
    Deputy,
    HoldDecision,
    InspectionRule,
    MeterReading,
    Order,
    OrderEvent,
    OrderLine,
    PaperOrder,
    Place,
    Price,
    PriceChange,
    Product,
    SavedSearch,
    StandingDay,
    StandingOrder,
    SuspensionRow,
)
from pilot.models import (
    Alarm,
    Approval,
    Certificate,
    Cohort,
    CohortMember,
    EnrolmentPause,
    Evidence,
    Flag,
    FlagChange,
    Forced,
    Guardrail,
    MassMove,
    MassMoveRow,
    Minute,
    ReviewPlan,
    Waiver,
)
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    DepotFactory,
    DriverFactory,
    MembershipFactory,
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
APPS = ["luckygas", "customers", "orders", "deliveries", "pilot"]
HISTORY = {"insert_insert", "update_update", "delete_delete"}  # pghistory's triggers write, they refuse nothing
NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
YESTERYEAR = dt.date(2025, 11, 30)


@pytest.fixture(scope="module")
def everything(made_once):
    return made_once(build)


@pytest.fixture
def world(everything):
    """Each test's own objects of the rows that all share."""
    return copy.deepcopy(everything)


def build() -> SimpleNamespace:
    """One row of everything."""
    person = UserFactory()
    site = SiteFactory()
    ContactFactory(customer=site.customer)
    MembershipFactory(user=person, customer=site.customer)
    delivered = placed(wish(site, is_gas_out=True), by=person)
    delivered.deliver(
        Handover.as_ordered(delivered, leak_check="passed"), place=DepotFactory().place, by=person, at=timezone.now()
    )
    order = placed(wish(site, is_gas_out=True), by=person)
    route = RouteFactory()
    stop = route.add(order, by=person)
    payment = Payment.record(
        operation_id=uuid.uuid4(), customer=site.customer, method="cash", received_twd=10, by=person
    )
    payment.reverse(operation_id=uuid.uuid4(), by=person, why="amount")
    PriceChange.enter(
        operation_id=uuid.uuid4(), by=person, valid_from=timezone.localdate() + dt.timedelta(days=1),
        amounts={(priced().pk, "gas"): 840}, reason="test",
    )  # fmt: skip
    StageMove.objects.create(customer=site.customer, from_stage="live", to_stage="settled", by=person)
    RecordRead.objects.create(user=person, kind="customer", record_id=1)
    CashCount.objects.create(route=route, counted_twd=1, due_twd=1, by=person)
    given(by=person, everyone=True)
    Flag.pause(by=person, reason="test")
    Alarm.objects.create(kind="test", subject="x", said="x", since=NOW)
    Approval.objects.create(kind="test", subject="x", seen="1", asked_by=person, reason="test")
    standing = StandingOrderFactory(site=site, rhythm="every", every_days=1, starts_on=NOW.date())
    StandingDay.write_due(until=NOW.date())
    standing.days.get().make(decision=decided())
    device = Device.objects.create(key=uuid.uuid4(), user=person)
    DriverEvent.objects.create(
        id=uuid.uuid4(), device=device, seq=1, user=person, kind="arrive", body={}, body_digest="", happened_at=NOW
    )
    return SimpleNamespace(
        person=person,
        site=site,
        order=order,
        route=route,
        stop=stop,
        payment=payment,
        device=device,
        standing=standing,
    )


def change(model: type[models.Model], **values) -> None:
    """Raw UPDATE of every row of the model."""
    assert model._base_manager.update(**values), f"the world has no {model.__name__}"


def change_flag(**values) -> None:
    """Raw UPDATE of the flags that are no switches."""
    assert Flag.objects.exclude(name__in=SWITCHES).update(**values)


def again(model: type[models.Model], **values) -> None:
    """Raw INSERT of a copy of a row, with some values changed."""
    row = model._base_manager.order_by("pk").first()
    assert row, f"the world has no {model.__name__}"
    row.pk = uuid.uuid4() if isinstance(model._meta.pk, models.UUIDField) else None
    for name, value in values.items():
        setattr(row, name, value)
    model._base_manager.bulk_create([row])


def leg(**values) -> None:
    again(AccountEntry, **({"transfer": uuid.uuid4(), "cause_id": uuid.uuid4().hex} | values))


def new_change(**values) -> None:
    again(PriceChange, **({"operation_id": uuid.uuid4()} | values))


def there_and_back(world) -> None:
    """Two legs that sum to zero, of one cause, purpose and account."""
    row = {"transfer": uuid.uuid4(), "customer": world.site.customer, "account": "cash", "day": NOW.date()}
    cause = {"cause_kind": "x", "cause_id": "1", "purpose": "x"}
    AccountEntry.objects.bulk_create([AccountEntry(amount_twd=amount, **row, **cause) for amount in (5, -5)])


def new_order(**values) -> None:
    fresh = {"operation_id": uuid.uuid4(), "number": uuid.uuid4().hex[:20], "track_token": uuid.uuid4().hex}
    again(Order, **(fresh | {"state": "placed", "delivered_at": None} | values))


def movement(**values) -> None:
    again(CylinderMovement, **({"cause_id": uuid.uuid4().hex} | values))


def interval(world, **values) -> None:
    """The same each time."""
    row = {"valid_from": NOW.date(), "most_kg": 20, "from_age": 0, "years": 5}
    InspectionRule.objects.bulk_create([InspectionRule(**(row | values))])


def deliver_overdue(world) -> None:
    """The office settles an order in review, of which an overdue cylinder was handed over."""
    order = Order.objects.filter(pk=world.order.pk)
    for state in ("out", "review"):
        order.update(state=state)
    movement(cause_kind="order", cause_id=world.order.pk, purpose="contested", inspect_by=YESTERYEAR)
    order.update(state="delivered", delivered_at=NOW, leak_check="passed")


def incident(world, **values) -> None:
    Incident.objects.bulk_create([Incident(kind="leak", text="x", **values)])


def told(world, *turns, kind="") -> None:
    row = Incident.objects.create(kind="leak", text="x")
    IncidentEvent.objects.bulk_create(
        IncidentEvent(incident=row, kind=kind or ("step" if step else "page"), step=step, turn=turn)
        for turn, step in turns
    )


def checked(world, **values) -> None:
    row = {"site": world.site, "outcome": "passed", "who": "x"}
    LeakCheck.objects.bulk_create([LeakCheck(operation_id=uuid.uuid4(), **(row | values))])


def on_call(person, **values) -> OnCall:
    facts = {"place": 1, "person": person, "phone": "+886900000901"} | values
    return OnCall.objects.bulk_create([OnCall(**facts)])[0]


def paper(world, **values) -> None:
    PaperOrder.objects.bulk_create([PaperOrder(**({"number": "1", "order": world.order, "by": world.person} | values))])


def rings(**values) -> None:
    IncomingCall.objects.bulk_create([IncomingCall(**({"call_id": "x", "rang_at": NOW} | values))])


def proof(world, **values) -> None:
    Proof.objects.bulk_create(
        [Proof(operation_id=uuid.uuid4(), stop=world.stop, taken_at=NOW, by=world.person, **values)]
    )


def photo_part(world, **values) -> None:
    row = {"operation_id": uuid.uuid4(), "by": world.person, "size": 4, "content": b"1234"}
    ProofPart.objects.bulk_create([ProofPart(**(row | values))])


def asked(world, **values) -> Request:
    row = {"route": world.route, "number": 1, "stop": world.stop, "order": world.order, "kind": "insert"}
    row |= {"operation_id": uuid.uuid4(), "asked_by": world.person}
    return Request.objects.bulk_create([Request(**(row | values))])[0]


def standing(world, **values) -> None:
    row = {"site": world.site, "weekdays": [1], "items": [{"product": "20", "quantity": 1}], "starts_on": NOW.date()}
    StandingOrder.objects.bulk_create([StandingOrder(**(row | values))])


def standing_day(world, **values) -> None:
    row = {"on": NOW.date() + dt.timedelta(days=7), "settled_at": NOW}
    if values.get("state") == "made":
        row |= {"order": placed(wish(world.site), by=world.person), "made_for": NOW.date()}
    StandingDay.objects.bulk_create([StandingDay(standing=world.standing, **(row | values))])


def reading(world, **values) -> None:
    row = {"site": world.site, "product": priced(), "read_on": NOW.date(), "reading_kg": 1, "by": world.person}
    MeterReading.objects.bulk_create([MeterReading(operation_id=uuid.uuid4(), **(row | values))])


def legacy_order(world) -> None:
    Customer.objects.filter(pk=world.site.customer_id).update(system_of_record="legacy", stage="rolled_back")
    new_order()


def merge(world, **values) -> None:
    row = {"kept": world.site.customer, "absorbed": CustomerFactory(), "receivable_twd": 0, "deposits_twd": 0}
    Merge.objects.bulk_create([Merge(operation_id=uuid.uuid4(), by=world.person, **(row | values))])


def brought(world, **values) -> Import:
    """An office's file; the same one each time."""
    return Import.objects.bulk_create([Import(operation_id=uuid.uuid4(), digest="x", by=world.person, **values)])[0]


def read(world, **values) -> None:
    """A line of that file; the same one each time."""
    source = Import.objects.first() or brought(world)
    ImportRow.objects.bulk_create([ImportRow(source=source, line=2, cells={}, **({"state": "right"} | values))])


def bulk(world, **values) -> BulkMove:
    row = {"operation_id": uuid.uuid4(), "verb": "confirm", "by": world.person}
    return BulkMove.objects.bulk_create([BulkMove(**(row | values))])[0]


def bulk_row(world, **values) -> None:
    """A row of the same move each time."""
    move = BulkMove.objects.first() or bulk(world)
    BulkRow.objects.bulk_create([BulkRow(move=move, order=world.order, **values)])


def suspension(world, **values) -> Suspension:
    row = {"starts_at": NOW, "ends_at": NOW + dt.timedelta(hours=2), "reason": "x", "by": world.person}
    return Suspension.objects.bulk_create([Suspension(operation_id=uuid.uuid4(), **(row | values))])[0]


def suspended_day(**values) -> None:
    CalendarDay.objects.bulk_create([CalendarDay(**({"day": NOW.date(), "kind": "suspension", "name": "x"} | values))])


def suspended(world, **values) -> None:
    """A row of the same suspension each time."""
    source = Suspension.objects.first() or suspension(world)
    row = {"customer": world.site.customer, "order": world.order, "was_on": NOW.date()} | values
    SuspensionRow.objects.bulk_create([SuspensionRow(suspension=source, **row)])


def deputy(world, **values) -> Deputy:
    row = {"person": world.person, "up_to_twd": 5000, "valid_from": NOW.date(), "set_by": world.person}
    return Deputy.objects.bulk_create([Deputy(**(row | values))])[0]


def held_order(world) -> Order:
    return placed(wish(SiteFactory(customer__settlement="monthly", customer__is_blocked=True)), by=world.person)


def decision(world, **values) -> None:
    """About an order that fits its limit by then, so that anybody of the office may decide."""
    order = held_order(world)
    row = {"order": order, "hold": order.holds.last(), "outcome": "released", "grounds": "fits", "by": world.person}
    row |= {"note": "x", "order_twd": 820, "exposure_twd": 820, "limit_twd": 820, "was_blocked": False}
    HoldDecision.objects.bulk_create([HoldDecision(operation_id=uuid.uuid4(), **(row | values))])


def search(world, **values) -> None:
    row = {"person": world.person, "name": "x", "query": "state=held", "operation_id": uuid.uuid4()}
    SavedSearch.objects.bulk_create([SavedSearch(**(row | values))])


def cash_leg(world, **values) -> None:
    row = {"transfer": uuid.uuid4(), "account": "office", "amount_twd": 5, "cause_kind": "x", "cause_id": uuid.uuid4()}
    CashLeg.objects.bulk_create([CashLeg(route=world.route, by=world.person, **(row | values))])


def cash_and_back(world, **values) -> None:
    """Two legs that sum to zero."""
    row = {"transfer": uuid.uuid4(), "cause_kind": "x", "cause_id": "1", "route": world.route, "by": world.person}
    CashLeg.objects.bulk_create([CashLeg(amount_twd=twd, **(row | {"account": to} | values))
                                 for twd, to in ((5, "office"), (-5, "driver"))])  # fmt: skip


def counted(world, **values) -> None:
    """Full cylinders of the same count each time."""
    row = {"count": CashCount.objects.get(), "product": priced(), "state": "full", "due": 1, "counted": 1}
    CylinderCount.objects.bulk_create([CylinderCount(**(row | values))])


def variance(world, **values) -> Variance:
    row = {"route": world.route, "cause": "1", "difference": -5}
    return Variance.objects.bulk_create([Variance(**(row | values))])[0]


def weighed(world, **values) -> Weighing:
    row = {"stop": world.stop, "product": priced(), "gross_kg": 23, "tare_kg": 20, "price_twd": 33}
    more = {"was_reported": False, "day": NOW.date(), "at": NOW, "by": world.person, "operation_id": uuid.uuid4()}
    return Weighing.objects.bulk_create([Weighing(**(row | more | values))])[0]


def taken_back(world, **values) -> None:
    row = {"operation_id": uuid.uuid4(), "weighing": weighed(world), "reason": "x", "by": world.person}
    WeighingReversal.objects.bulk_create([WeighingReversal(**(row | values))])


def taken_over(world, **values) -> Takeover:
    row = {"route": world.route, "from_driver": world.route.driver, "to_driver": DriverFactory(), "reason": "x"}
    more = {"due_twd": 0, "counted_twd": 0, "by": world.person, "operation_id": uuid.uuid4()}
    return Takeover.objects.bulk_create([Takeover(**(row | more | values))])[0]


def checked_vehicle(world, **values) -> None:
    row = {"route": world.route, "vehicle": world.route.vehicle, "when": "start", "odometer_km": 1, "by": world.person}
    VehicleCheck.objects.bulk_create([VehicleCheck(operation_id=uuid.uuid4(), **(row | values))])


def declared(world) -> None:
    row = {"operation_id": uuid.uuid4(), "route": world.route, "counts": {"1000": 1}, "by": world.person}
    CashDeclared.objects.bulk_create([CashDeclared(**row)])


def left_over(world, **values) -> None:
    row = {"operation_id": uuid.uuid4(), "day": NOW.date(), "order": world.order, "outcome": "kept", "reason": "x"}
    LeftOver.objects.bulk_create([LeftOver(by=world.person, **(row | values))])


def closed_day(world, **values) -> ClosedDay:
    """A day on which nothing drove."""
    row = {"operation_id": uuid.uuid4(), "day": NOW.date() - dt.timedelta(days=9), "figures": {}}
    return ClosedDay.objects.bulk_create([ClosedDay(closed_by=world.person, **(row | values))])[0]


def twice(make: Callable[[], object]) -> None:
    make()
    make()


def ran(world, **values) -> Evidence:
    """The end of one run; the same each time."""
    now = timezone.now()
    row = {"run": uuid.UUID(int=1), "suite": "load", "outcome": "finished", "by": world.person, "started_at": now}
    return Evidence.objects.create(**row | {"ended_at": now, "report_sha256": "0" * 64, "command": "x"} | values)


def waived(world, **values) -> Waiver:
    row = {"criterion": "x", "reason": "x", "until": timezone.localdate(), "asked_by": world.person}
    return Waiver.objects.create(**row | {"agreed_by": UserFactory()} | values)


def certified(world, **values) -> Certificate:
    row = {"day": NOW.date(), "sequence": 1, "number": "1", "issued_at": NOW, "by": world.person, "verdict": "NO-GO"}
    return Certificate.objects.create(**row | {"facts": {}, "operation_id": uuid.uuid4()} | values)


def planned_review(world, **values) -> ReviewPlan:
    row = {"review_at": NOW, "escalates_on": NOW.date(), "escalates_to": "x", "by": world.person}
    return ReviewPlan.objects.create(**row | values)


def cohort(world, **values) -> Cohort:
    """One that runs; the same each time."""
    row = {"name": "x", "step": "5", "planned": 5, "weekly_orders": 5, "starts_on": NOW.date(), "owner": world.person}
    row |= {"ends_on": NOW.date() + dt.timedelta(days=14), "state": "running", "started_at": NOW}
    row |= {"started_by": world.person, "operation_id": uuid.uuid4()}
    return Cohort.objects.bulk_create([Cohort(**(row | values))])[0]


def cohort_member(world, **values) -> None:
    row = {"cohort": Cohort.objects.first() or cohort(world), "customer": world.site.customer, "by": world.person}
    CohortMember.objects.bulk_create([CohortMember(**(row | values))])


def enrolment_pause(**values) -> None:
    EnrolmentPause.objects.bulk_create([EnrolmentPause(**({"measure": "errors", "said": "x"} | values))])


def forced(world) -> None:
    Forced.objects.bulk_create([Forced(move=StageMove.objects.first(), guards=[], by=world.person)])


def mass_move(world, **values) -> MassMove:
    row = {"operation_id": uuid.uuid4(), "to_stage": "settled", "reason": "x", "by": world.person}
    return MassMove.objects.bulk_create([MassMove(**(row | values))])[0]


def mass_move_row(world, **values) -> None:
    """A row of the same move each time."""
    row = {"move": MassMove.objects.first() or mass_move(world), "customer": world.site.customer, "from_stage": "live"}
    MassMoveRow.objects.bulk_create([MassMoveRow(**(row | values))])


def minute(**values) -> None:
    Minute.objects.bulk_create([Minute(**({"minute": NOW} | values))])


def guardrail(**values) -> None:
    row = {"measure": "errors", "most": 5, "least": 1, "minutes": 5, "least_lately": 1}
    Guardrail.objects.bulk_create([Guardrail(**(row | values))])


BROKEN: dict[str, Callable] = {
    # the ground and customers
    "recordread.append_only": lambda w: change(RecordRead, page="x"),
    "area.area_has_one_of_seven_colours": lambda w: change(Area, colour=8),
    "calendarday.calendar_says_a_thing_once_a_day_and_area": lambda w: twice(
        lambda: CalendarDay.objects.create(day=NOW.date(), kind="holiday", name="x")
    ),
    "calendarday.hours_of_a_day_have_a_length": lambda w: suspended_day(from_hour=9, until_hour=9),
    "calendarday.only_a_suspension_has_hours": lambda w: suspended_day(kind="holiday", from_hour=9),
    "suspension.a_suspension_has_a_length": lambda w: suspension(w, ends_at=NOW),
    "suspension.a_suspension_says_why": lambda w: suspension(w, reason=""),
    "suspension.somebody_confirmed_a_suspension": lambda w: suspension(w, state="running"),
    "suspension.somebody_undid_a_suspension": lambda w: suspension(
        w, state="undone", confirmed_by=w.person, confirmed_at=NOW
    ),
    "suspension.state_moves": lambda w: suspension(w, confirmed_by=w.person, confirmed_at=NOW)
    and change(Suspension, state="done"),
    "suspension.frozen": lambda w: suspension(w) and change(Suspension, reason="y"),
    "customer.stage_and_system_of_record_agree": lambda w: change(Customer, system_of_record="legacy"),
    "customer.legacy_code_is_a_code_or_null": lambda w: change(Customer, legacy_code=""),
    "customer.customer_has_a_name": lambda w: change(Customer, name=""),
    "customer.stage_moves": lambda w: change(Customer, stage="shadow", system_of_record="legacy"),
    "customer.a_merged_record_is_not_served": lambda w: change(Customer, merged_into=w.site.customer),
    "merge.a_record_absorbs_another": lambda w: merge(w, absorbed=w.site.customer),
    "merge.append_only": lambda w: merge(w) or change(Merge, reason="x"),
    "import.a_file_is_imported_once": lambda w: twice(lambda: brought(w)),
    "import.somebody_started_an_import": lambda w: brought(w, state="running"),
    "import.state_moves": lambda w: brought(w, started_by=w.person) and change(Import, state="done"),
    "importrow.a_line_is_read_once": lambda w: twice(lambda: read(w)),
    "importrow.a_line_on_the_record_has_its_customer": lambda w: read(w, state="done"),
    "importrow.state_moves": lambda w: read(w, state="wrong") or change(ImportRow, state="right"),
    "stagemove.append_only": lambda w: change(StageMove, reason="x"),
    "site.hours_are_twelve_flags": lambda w: change(Site, hours=4096),
    "site.a_pin_has_both_coordinates": lambda w: change(Site, latitude="22.7"),
    "site.reserve_limit_is_not_negative": lambda w: change(Site, reserve_limit_kg=-1),
    "site.a_site_has_five_stations_at_most": lambda w: change(Site, stations=[{}] * 6),
    "contact.phone_is_e164": lambda w: change(Contact, phone="0900000123", can_sms=False),
    "contact.only_mobiles_take_sms": lambda w: change(Contact, phone="+88689000210"),
    "contact.one_contact_a_number": lambda w: again(Contact),
    "membership.one_membership_a_person_and_place": lambda w: again(Membership),
    "incident.a_closed_incident_has_owner_and_outcome": lambda w: incident(w, closed_at=NOW, outcome=""),
    "incident.only_a_leak_without_owner_is_paged": lambda w: incident(w, next_page_at=NOW, owner=w.person),
    "incidentevent.a_step_is_stamped_once": lambda w: told(w, (1, "valve"), (2, "valve")),
    "incidentevent.a_turn_pages_one_person": lambda w: told(w, (1, ""), (1, "")),
    "incidentevent.only_a_step_has_a_step": lambda w: told(w, (1, ""), kind="step"),
    "incidentevent.append_only": lambda w: told(w, (1, "")) or change(IncidentEvent, text="x"),
    "leakcheck.a_leak_check_says_who": lambda w: checked(w, who=""),
    "leakcheck.a_leak_check_has_an_outcome": lambda w: checked(w, outcome="maybe"),
    "leakcheck.append_only": lambda w: checked(w) or change(LeakCheck, who="x"),
    "oncall.a_place_on_call_is_one_persons": lambda w: [on_call(w.person), on_call(UserFactory())],
    "oncall.on_call_has_a_phone": lambda w: on_call(w.person, phone="0900"),
    "incomingcall.an_answered_call_says_by_whom": lambda w: rings(answered_at=NOW),
    "incomingcall.a_call_has_an_id": lambda w: rings(call_id=""),
    "incident.a_cause_opens_one_incident": lambda w: twice(lambda: incident(w, cause_kind="x", cause_id="1")),
    "message.a_change_is_announced_once": lambda w: again(Message),
    "message.only_a_reachable_number_is_sent_to": lambda w: change(Message, recipient=""),
    "message.state_moves": lambda w: change(Message, state="called"),
    "accountentry.a_cause_posts_once_to_an_account": there_and_back,
    "accountentry.a_leg_moves_money": lambda w: leg(amount_twd=0),
    "accountentry.append_only": lambda w: change(AccountEntry, day=NOW.date()),
    "accountentry.sums_to_zero": lambda w: leg(amount_twd=5),
    "payment.a_payment_is_more_than_nothing": lambda w: again(Payment, operation_id=uuid.uuid4(), received_twd=0),
    "payment.append_only": lambda w: change(Payment, note="x"),
    "paymentreversal.append_only": lambda w: change(PaymentReversal, note="x"),
    # orders
    "product.a_product_weighs": lambda w: change(Product, gas_kg=0),
    "price.one_price_a_product_customer_kind_and_day": lambda w: again(Price),
    "price.a_list_price_is_an_amount": lambda w: again(Price, amount_twd=None, valid_from=NOW.date()),
    "price.frozen": lambda w: change(Price, amount_twd=1),
    "price.only_withdrawn": lambda w: Price.objects.all()._raw_delete(using="default"),
    "pricechange.a_price_change_has_its_reason": lambda w: new_change(reason=""),
    "pricechange.an_announcement_has_its_day": lambda w: change(PriceChange, announce_to="all"),
    "pricechange.only_what_is_to_come_is_withdrawn": lambda w: change(
        PriceChange, withdrawn_on=models.F("valid_from"), withdrawn_by=w.person, withdrawn_why="x"
    ),
    "pricechange.a_withdrawn_change_says_who_and_why": lambda w: change(PriceChange, withdrawn_on=NOW.date()),
    "pricechange.frozen": lambda w: change(PriceChange, reason="other"),
    "place.a_site_place_has_its_site": lambda w: Place.objects.filter(kind="site").update(kind="depot"),
    "place.one_place_a_cause": lambda w: again(Place, kind="depot", site=None, cause_kind="depot",
                                               cause_id=str(DepotFactory().pk)),
    "cylindermovement.a_cause_moves_a_product_once": lambda w: again(CylinderMovement),
    "cylindermovement.a_movement_moves_something": lambda w: movement(quantity=0),
    "cylindermovement.a_serial_moves_one_cylinder": lambda w: movement(
        quantity=2, cylinder=Cylinder.objects.create(serial="T1", product=priced())
    ),
    "cylindermovement.a_movement_changes_place_or_state": lambda w: movement(
        from_place_id=Place.of("lost").pk, to_place_id=Place.of("lost").pk, from_state="full", to_state="full"
    ),
    "cylindermovement.in_date": lambda w: movement(inspect_by=YESTERYEAR),
    "order.nothing_overdue_stands_there": lambda w: deliver_overdue(w),
    "inspectionrule.one_interval_a_size_and_age": lambda w: twice(lambda: interval(w)),
    "inspectionrule.an_interval_has_a_length": lambda w: interval(w, years=0),
    "cylindermovement.append_only": lambda w: change(CylinderMovement, day=NOW.date()),
    "slot.one_slot_an_area_day_and_hour": lambda w: twice(SlotFactory),
    "slot.a_slot_ends_after_it_starts": lambda w: SlotFactory(starts=12, ends=12),
    "order.delivered_only_past_the_leak_check": lambda w: Order.objects.filter(pk=w.order.pk).update(
        state="delivered", delivered_at=NOW
    ),
    "order.no_gas_needs_a_leak_check": lambda w: new_order(is_gas_out=True, needs_leak_check=False),
    "order.a_refusal_is_signed": lambda w: Order.objects.filter(pk=w.order.pk).update(
        state="delivered", delivered_at=NOW, leak_check="refused"
    ),
    "order.a_leak_check_stays_needed": lambda w: Incident.objects.create(
        kind="leak", text="x", site=w.order.site, customer=w.order.customer
    ) and Order.objects.filter(pk=w.order.pk).update(is_gas_out=False, needs_leak_check=False),
    "order.delivered_has_its_time": lambda w: Order.objects.filter(state="delivered").update(delivered_at=None),
    "order.a_promise_has_a_length": lambda w: change(Order, promised_to=models.F("promised_from")),
    "order.orders_are_of_the_new_system": lambda w: new_order(system_of_record="legacy"),
    "order.order_state_is_known": lambda w: new_order(state="lost"),
    "order.an_order_stores_its_variant": lambda w: new_order(variant=""),
    "order.only_of_the_new_system": legacy_order,
    "order.state_moves": lambda w: Order.objects.filter(pk=w.order.pk).update(state="review"),
    "order.customer_changes_by_merge": lambda w: Order.objects.filter(pk=w.order.pk).update(customer=CustomerFactory()),
    "order.frozen": lambda w: change(Order, variant="other"),
    "order.held_goes_on_by_a_decision": lambda w: Order.objects.filter(pk=held_order(w).pk).update(state="confirmed"),
    "deputy.a_person_is_a_deputy_once": lambda w: twice(lambda: deputy(w)),
    "deputy.a_deputy_has_an_amount": lambda w: deputy(w, up_to_twd=0),
    "deputy.a_deputy_ends_after_the_start": lambda w: deputy(w, valid_until=NOW.date() - dt.timedelta(days=1)),
    "deputy.an_ended_deputy_says_by_whom": lambda w: deputy(w, ended_at=NOW),
    "deputy.frozen": lambda w: deputy(w) and change(Deputy, up_to_twd=9000),
    "holddecision.a_decision_says_why": lambda w: decision(w, note=""),
    "holddecision.a_deputys_decision_names_it": lambda w: decision(w, deputy=deputy(w)),
    "holddecision.append_only": lambda w: decision(w) or change(HoldDecision, note="y"),
    "holddecision.only_who_may_decide": lambda w: decision(w, exposure_twd=821),
    "orderline.one_line_a_product": lambda w: again(OrderLine),
    "orderline.a_line_is_sane": lambda w: change(OrderLine, ordered=100, rest="owed"),
    "orderline.what_is_short_is_explained": lambda w: change(OrderLine, delivered=0, empties_taken=0, rest=""),
    "orderline.handed_over_together": lambda w: change(OrderLine, delivered=9, empties_taken=None),
    "orderevent.append_only": lambda w: change(OrderEvent, reason="x"),
    "suspensionrow.a_suspension_moves_an_order_once": lambda w: twice(lambda: suspended(w)),
    "suspensionrow.a_suspension_has_a_standing_date_once": lambda w: twice(
        lambda: suspended(w, order=None, standing=w.standing)
    ),
    "suspensionrow.a_suspension_row_is_of_one_thing": lambda w: suspended(w, order=None),
    "suspensionrow.what_a_suspension_does_not_move_says_why": lambda w: suspended(
        w, outcome="gone", settled_at=NOW
    ),
    "suspensionrow.what_a_suspension_moves_has_its_day": lambda w: suspended(w, outcome="moved", settled_at=NOW),
    "suspensionrow.an_outcome_has_its_time": lambda w: suspended(w, settled_at=NOW),
    "suspensionrow.outcome_moves": lambda w: suspended(w)
    or change(SuspensionRow, outcome="back", settled_at=NOW),
    "suspensionrow.frozen": lambda w: suspended(w) or change(SuspensionRow, was_on=dt.date(2026, 1, 1)),
    "bulkmove.a_bulk_move_says_what_and_why": lambda w: bulk(w, verb="cancel"),
    "bulkmove.frozen": lambda w: bulk(w) and change(BulkMove, reason="x"),
    "bulkrow.an_order_is_moved_once_in_bulk": lambda w: twice(lambda: bulk_row(w)),
    "bulkrow.what_is_refused_in_bulk_says_why": lambda w: bulk_row(w, outcome="refused"),
    "bulkrow.outcome_moves": lambda w: bulk_row(w, outcome="done") or change(BulkRow, outcome="waiting"),
    "savedsearch.a_person_names_a_search_once": lambda w: twice(lambda: search(w)),
    "savedsearch.a_search_looks_for_something": lambda w: search(w, query=""),
    "standingorder.a_standing_order_has_its_rhythm": lambda w: standing(w, rhythm="monthly"),
    "standingorder.a_standing_order_asks_for_something": lambda w: standing(w, items=[]),
    "standingorder.a_standing_order_ends_after_it_starts": lambda w: standing(
        w, ends_on=NOW.date() - dt.timedelta(days=1)
    ),
    "standingorder.a_stopped_standing_order_has_its_time": lambda w: standing(w, is_active=False),
    "standingorder.a_pause_has_its_beginning": lambda w: standing(w, paused_until=NOW.date()),
    "standingday.a_day_of_a_standing_order_once": lambda w: standing_day(
        w, on=NOW.date(), state="due", settled_at=None
    ),
    "standingday.a_standing_order_comes_once_a_day": lambda w: standing_day(w, state="made"),
    "standingday.a_made_day_has_its_order": lambda w: standing_day(w, state="made", order=None, made_for=None),
    "standingday.what_is_not_made_says_why": lambda w: standing_day(w, state="skipped"),
    "standingday.a_settled_day_has_its_time": lambda w: standing_day(w, state="due"),
    "standingday.state_moves": lambda w: StandingDay.objects.filter(state="made").update(
        state="skipped", order=None, made_for=None, reason="x"
    ),
    "standingday.frozen": lambda w: change(StandingDay, by_hand=True),
    "meterreading.one_reading_a_meter_and_day": lambda w: twice(lambda: reading(w)),
    "meterreading.a_reading_is_not_negative": lambda w: reading(w, reading_kg=-1),
    "meterreading.a_reversed_reading_says_who_and_why": lambda w: reading(w, reversed_at=NOW),
    "meterreading.frozen": lambda w: reading(w) or change(MeterReading, reading_kg=2),
    # deliveries
    "vehicle.a_vehicle_carries_something": lambda w: change(Vehicle, limit_kg=0),
    "stop.one_stop_a_position": lambda w: again(Stop, kind="patrol", order=None),
    "stop.one_open_delivery_an_order": lambda w: again(Stop, position=2),
    "stop.a_delivery_has_its_order": lambda w: change(Stop, order=None),
    "stop.the_old_system_has_no_order_here": lambda w: change(Stop, kind="legacy"),
    "stop.a_failed_stop_says_why_and_what_next": lambda w: change(Stop, state="failed", finished_at=NOW),
    "stop.a_finished_stop_has_its_time": lambda w: change(Stop, state="done"),
    "stop.state_moves": lambda w: change(Stop, state="done", finished_at=NOW) or change(
        Stop, state="pending", finished_at=None
    ),
    "route.one_open_route_a_driver_and_day": lambda w: again(Route, code="Z9"),
    "route.one_route_a_code_and_day": lambda w: again(Route, state="closed"),
    "route.route_has_one_of_seven_colours": lambda w: change(Route, colour=0),
    "route.state_moves": lambda w: change(Route, state="closed"),
    "driverevent.one_event_a_device_and_number": lambda w: again(DriverEvent),
    "driverevent.state_moves": lambda w: change(DriverEvent, state="applied") or change(DriverEvent, state="stored"),
    "driverevent.frozen": lambda w: change(DriverEvent, kind="close"),
    "review.a_closed_review_says_who_and_how": lambda w: Review.objects.create(
        kind="cash", reason="x", closed_at=NOW
    ),
    "request.a_route_numbers_its_requests": lambda w: twice(lambda: asked(w)),
    "request.a_cancellation_is_asked_once": lambda w: [asked(w, kind="cancel"), asked(w, kind="cancel", number=2)],
    "request.a_seen_request_says_when_and_by_whom": lambda w: asked(w, state="seen"),
    "request.a_change_says_what": lambda w: asked(w, kind="change"),
    "request.state_moves": lambda w: asked(w, state="overtaken") and change(Request, state="asked"),
    "request.frozen": lambda w: asked(w) and change(Request, number=2),
    "position.a_position_is_on_earth": lambda w: Position.objects.bulk_create(
        [Position(route=w.route, latitude=91, longitude=0, accuracy_m=1)]
    ),
    "proofpart.a_photo_has_a_size_we_take": lambda w: photo_part(w, size=16 * 1024 * 1024),
    "proofpart.a_part_is_no_longer_than_its_photo": lambda w: photo_part(w, content=b"12345"),
    "proof.a_proof_is_a_path_or_a_photo": lambda w: proof(w, kind="photo", path="M0 0"),
    "cashcount.append_only": lambda w: change(CashCount, counted_twd=2),
    "cylindercount.a_count_counts_a_kind_once": lambda w: twice(lambda: counted(w)),
    "cylindercount.a_count_is_sane": lambda w: counted(w, counted=1000),
    "cylindercount.append_only": lambda w: counted(w) or change(CylinderCount, counted=2),
    "cashleg.a_cause_moves_cash_once": lambda w: cash_and_back(w, account="office"),
    "cashleg.a_cash_leg_moves_cash": lambda w: cash_leg(w, amount_twd=0),
    "cashleg.sums_to_zero": lambda w: cash_leg(w),
    "cashleg.append_only": lambda w: cash_and_back(w) or change(CashLeg, cause_kind="y"),
    "cashdeclared.append_only": lambda w: declared(w) or change(CashDeclared, counts={}),
    "vehiclecheck.a_vehicle_is_checked_once_a_route_and_end": lambda w: twice(lambda: checked_vehicle(w)),
    "vehiclecheck.an_odometer_is_sane": lambda w: checked_vehicle(w, odometer_km=2_000_001),
    "vehiclecheck.append_only": lambda w: checked_vehicle(w) or change(VehicleCheck, note="x"),
    "takeover.a_route_goes_on_with_somebody_else": lambda w: taken_over(w, to_driver=w.route.driver),
    "takeover.a_takeover_says_why": lambda w: taken_over(w, reason=""),
    "takeover.frozen": lambda w: taken_over(w) and change(Takeover, counted_twd=1),
    "variance.a_count_differs_once_in_a_kind": lambda w: twice(lambda: variance(w)),
    "variance.a_variance_is_a_difference": lambda w: variance(w, difference=0),
    "variance.a_variance_is_cash_or_cylinders": lambda w: variance(w, product=priced()),
    "variance.an_owned_variance_says_why": lambda w: variance(w, owner=w.person),
    "variance.a_settled_variance_had_an_owner": lambda w: variance(w, settled_at=NOW, outcome="back"),
    "variance.frozen": lambda w: variance(w) and change(Variance, difference=5),
    "varianceevent.append_only": lambda w: VarianceEvent.objects.create(
        variance=variance(w), kind="opened", by=w.person
    ) and change(VarianceEvent, text="x"),
    "weighing.gas_left_weighs_something": lambda w: weighed(w, tare_kg=23),
    "weighing.append_only": lambda w: weighed(w) and change(Weighing, price_twd=1),
    "weighingreversal.a_weighing_is_taken_back_for_a_reason": lambda w: taken_back(w, reason=""),
    "weighingreversal.append_only": lambda w: taken_back(w) or change(WeighingReversal, reason="y"),
    "leftover.a_left_over_order_says_why": lambda w: left_over(w, reason=""),
    "leftover.a_moved_order_has_its_later_day": lambda w: left_over(w, outcome="moved", to_day=NOW.date()),
    "leftover.append_only": lambda w: left_over(w) or change(LeftOver, reason="y"),
    "closedday.a_day_is_closed_once": lambda w: twice(lambda: closed_day(w)),
    "closedday.a_reopened_day_says_who_and_why": lambda w: closed_day(w, reopened_at=NOW),
    "closedday.only_what_is_ready": lambda w: closed_day(w, day=w.route.day),
    "closedday.frozen": lambda w: closed_day(w) and change(ClosedDay, figures={"x": 1}),
    "route.of_an_open_day": lambda w: closed_day(w) and again(
        Route, code="Z9", day=NOW.date() - dt.timedelta(days=9)
    ),
    # pilot
    "paperorder.paper_has_a_number": lambda w: paper(w, number=""),
    "paperorder.append_only": lambda w: paper(w) or change(PaperOrder, number="2"),
    "evidence.a_run_begins_once": lambda w: twice(lambda: ran(w, outcome="begun", ended_at=None)),
    "evidence.a_run_ends_once": lambda w: twice(lambda: ran(w)),
    "evidence.a_run_ends_after_it_began": lambda w: ran(w, ended_at=None),
    "evidence.evidence_is_not_of_tomorrow": lambda w: ran(w, ended_at=timezone.now() + dt.timedelta(minutes=6)),
    "evidence.a_finished_run_left_its_report": lambda w: ran(w, report_sha256=""),
    "evidence.append_only": lambda w: ran(w) and change(Evidence, failed=0),
    "waiver.one_open_waiver_a_criterion": lambda w: twice(lambda: waived(w)),
    "waiver.two_people_waive": lambda w: waived(w, agreed_by=w.person),
    "waiver.a_waiver_says_why": lambda w: waived(w, reason=""),
    "waiver.a_waiver_ends_soon": lambda w: waived(w, until=timezone.localdate() + dt.timedelta(days=33)),
    "waiver.an_ended_waiver_says_who_and_why": lambda w: waived(w, ended_at=timezone.now()),
    "waiver.frozen": lambda w: waived(w) and change(Waiver, reason="y"),
    "certificate.a_certificate_number_once_a_day": lambda w: [certified(w), certified(w, number="2")],
    "certificate.a_certificate_says_go_or_no_go": lambda w: certified(w, verdict="maybe"),
    "certificate.append_only": lambda w: certified(w) and change(Certificate, verdict="GO"),
    "reviewplan.an_escalation_has_somebody": lambda w: planned_review(w, escalates_to=""),
    "reviewplan.append_only": lambda w: planned_review(w) and change(ReviewPlan, escalates_to="y"),
    "alarm.one_open_alarm_a_subject": lambda w: again(Alarm),
    "alarm.an_alarm_ends_after_it_began": lambda w: change(Alarm, ended_at=NOW - dt.timedelta(days=1)),
    "approval.one_open_approval_a_subject": lambda w: again(Approval),
    "approval.two_people_agree": lambda w: change(Approval, outcome="confirmed", decided_by=w.person, decided_at=NOW),
    "approval.a_decided_approval_has_its_time": lambda w: change(Approval, outcome="refused"),
    "approval.an_approval_says_why": lambda w: again(Approval, subject="y", reason=""),
    "cohort.a_cohort_has_its_own_name": lambda w: twice(lambda: cohort(w)),
    "cohort.a_cohort_lasts": lambda w: cohort(w, ends_on=NOW.date()),
    "cohort.a_cohort_expects_customers_and_orders": lambda w: cohort(w, weekly_orders=0),
    "cohort.a_cohort_of_an_area_names_it": lambda w: cohort(w, step="area"),
    "cohort.a_running_cohort_was_started": lambda w: cohort(w, started_at=None),
    "cohort.a_closed_cohort_says_who_and_why": lambda w: cohort(w, state="closed", closed_at=NOW, closed_by=w.person),
    "cohort.state_moves": lambda w: cohort(w) and change(Cohort, state="planned"),
    "cohortmember.one_open_cohort_a_customer": lambda w: twice(lambda: cohort_member(w)),
    "cohortmember.a_member_who_left_says_why": lambda w: cohort_member(w, left_at=NOW),
    "cohortmember.frozen": lambda w: cohort_member(w) or change(CohortMember, at=NOW),
    "enrolmentpause.one_open_pause_a_guardrail": lambda w: twice(enrolment_pause),
    "enrolmentpause.a_pause_says_why": lambda w: enrolment_pause(measure="by_hand"),
    "enrolmentpause.a_person_ends_a_pause_and_says_why": lambda w: enrolment_pause(ended_at=NOW),
    "enrolmentpause.frozen": lambda w: enrolment_pause() or change(EnrolmentPause, said="y"),
    "forced.append_only": lambda w: forced(w) or change(Forced, guards=[1]),
    "massmove.a_mass_move_says_why": lambda w: mass_move(w, reason=""),
    "massmove.two_people_move_many": lambda w: mass_move(w, state="working", agreed_by=w.person),
    "massmove.state_moves": lambda w: mass_move(w) and change(MassMove, state="done", agreed_by=UserFactory()),
    "massmove.frozen": lambda w: mass_move(w) and change(MassMove, reason="y"),
    "massmoverow.a_customer_once_a_mass_move": lambda w: twice(lambda: mass_move_row(w)),
    "massmoverow.who_is_not_moved_is_told_why": lambda w: mass_move_row(w, outcome="refused"),
    "massmoverow.outcome_moves": lambda w: mass_move_row(w, outcome="done") or change(MassMoveRow, outcome="waiting"),
    "massmoverow.frozen": lambda w: mass_move_row(w) or change(MassMoveRow, from_stage="legacy"),
    "minute.one_row_a_cohort_and_minute": lambda w: twice(minute),
    "minute.no_more_errors_than_requests": lambda w: minute(errors=1),
    "minute.what_is_late_arrived": lambda w: minute(delivered=1, late=2),
    "guardrail.a_limit_is_a_limit": lambda w: guardrail(minutes=0),
    "guardrail.a_guardrail_needs_a_sample": lambda w: guardrail(least=0),
    "approval.frozen": lambda w: change(Approval, body={"x": 1}),
    "approval.decided_once": lambda w: change(Approval, outcome="refused", decided_at=NOW)
    or change(Approval, outcome="overtaken"),
    "flag.a_flag_does_not_need_itself": lambda w: change_flag(needs=models.F("name")),
    "flag.a_switch_is_only_on_or_off": lambda w: change(Flag, ends_at=NOW),
    "flag.percent_is_a_percentage": lambda w: change_flag(percent=-1),
    "flagchange.append_only": lambda w: change(FlagChange, reason="x"),
}  # fmt: skip


def rules() -> dict[str, tuple[type[models.Model], str]]:
    """Every constraint and refusing trigger of our tables: `table.rule` with its model and how to drop it."""
    found = {}
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            if hasattr(model, "pgh_id"):
                continue
            table = connection.ops.quote_name(model._meta.db_table)
            for rule in model._meta.constraints:
                drop = (
                    f"DROP INDEX {rule.name}" if is_index(rule) else f"ALTER TABLE {table} DROP CONSTRAINT {rule.name}"
                )
                found[f"{model._meta.model_name}.{rule.name}"] = (model, drop)
            for trigger in getattr(model._meta, "triggers", []):
                if trigger.name not in HISTORY:
                    drop = f"DROP TRIGGER {trigger.get_pgid(model)} ON {table}"
                    found[f"{model._meta.model_name}.{trigger.name}"] = (model, drop)
    return found


def is_index(rule: models.BaseConstraint) -> bool:
    """Conditional unique rules are indexes in PostgreSQL, the others constraints."""
    return isinstance(rule, models.UniqueConstraint) and rule.condition is not None


RULES = rules()


def test_every_rule_is_broken_once():
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_database_refuses(name, world):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BROKEN[name](world)

    assert refused.value.__cause__.sqlstate.startswith("23")


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_without_the_rule_it_goes_through(name, world):
    """The negative control: nothing else stands in for the rule."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(RULES[name][1])

    BROKEN[name](world)

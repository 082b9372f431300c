"""The sample town: the same for the same seed, within every rule, and nobody real."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.utils import timezone

from customers.models import AccountEntry, CalendarDay, Contact, Customer, Incident, Message, Site
from deliveries.models import Depot, Review, Route, Stop
from luckygas.flags import decide
from luckygas.models import User
from orders.models import CylinderMovement, MeterReading, Order, OrderEvent, Price, Product, StandingOrder
from orders.models.order_state import MOVES
from pilot import invariants
from pilot.measuring import guardrails
from pilot.models import Cohort
from pilot.seed import Size, load

TINY = Size(commercial=60, households=240, days=8, orders=160, today=150)
AFTERNOON = dt.datetime(2026, 11, 24, 13, 52, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NOBODYS = re.compile(r"\+886(90001[0-3]\d{3}|90000\d{4}|89000\d{3})")


def quiet(phase, done, total):
    """Nobody watches."""


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """One small town for all tests that only look at it."""
    with django_db_blocker.unblock(), time_machine.travel(AFTERNOON, tick=True), transaction.atomic():
        load(size=TINY, at=AFTERNOON, report=quiet)
        yield
        transaction.set_rollback(True)


def what_was_told():
    """Everything that may not depend on which numbers a database had left."""
    return (
        list(Customer.objects.order_by("pk").values_list("name", "kind", "stage", "settlement", "legacy_code")),
        list(Site.objects.order_by("pk").values_list("address", "area__code", "latitude", "vehicle", "hours")),
        list(
            Order.objects.order_by("pk", "lines__pk").values_list(
                "site__address", "state", "channel", "placed_at", "promised_to", "operation_id", "lines__ordered"
            )
        ),
        list(AccountEntry.objects.order_by("pk").values_list("account", "amount_twd", "purpose", "at")),
        list(Stop.objects.order_by("pk").values_list("route__code", "position", "state", "finished_at")),
    )


@pytest.mark.django_db
def test_the_same_seed_tells_the_same_town():
    told = []

    for _time in range(2):
        with transaction.atomic():
            load(seed=7, size=TINY, at=AFTERNOON, report=quiet)
            told.append(what_was_told())
            transaction.set_rollback(True)

    assert told[0] == told[1]


@pytest.mark.django_db
def test_another_seed_tells_another_town():
    told = []

    for seed in (1, 2):
        with transaction.atomic():
            load(seed=seed, size=Size(5, 20, 1, 5, 20), at=AFTERNOON, report=quiet)
            told.append(what_was_told())
            transaction.set_rollback(True)

    assert told[0] != told[1]


@pytest.mark.django_db
def test_a_seed_that_is_killed_leaves_nothing():
    def pull_the_plug(phase, done, total):
        if phase == "today":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(size=Size(5, 20, 1, 5, 20), at=AFTERNOON, report=pull_the_plug)

    assert (Customer.objects.count(), Order.objects.count(), Depot.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_the_command_loads_what_was_asked_for():
    call_command("seed", customers=40, orders=10, orders_days=2, today=20, quiet=True)

    assert Customer.objects.count() == 40
    assert Order.objects.filter(promised_on__lt=timezone.localdate()).count() >= 9


@pytest.mark.django_db
def test_once_leaves_customers_alone_when_there_are_some():
    load(size=Size(5, 20, 0, 0, 5), at=AFTERNOON, report=quiet)

    call_command("seed", once=True)

    assert Customer.objects.count() == 25


@pytest.mark.django_db
def test_without_once_a_second_seed_is_refused():
    load(size=Size(5, 20, 0, 0, 5), at=AFTERNOON, report=quiet)

    with pytest.raises(CommandError, match="already"):
        call_command("seed", quiet=True)


@pytest.mark.django_db
@pytest.mark.parametrize("more", [{"orders": 1_000_001}, {"households": 1}, {"orders_days": -1}])
def test_a_size_that_makes_no_sense_is_refused(more):
    with pytest.raises(CommandError, match="At least one business"):
        call_command("seed", quiet=True, **more)


@pytest.mark.django_db
def test_only_the_demo_has_known_passwords(settings):
    settings.DEMO = False

    load(size=Size(5, 20, 0, 0, 5), at=AFTERNOON, report=quiet)

    assert not [user.username for user in User.objects.all() if user.has_usable_password()]


@pytest.mark.django_db
@pytest.mark.parametrize("hour", [0.1, 5, 9, 16.9, 20, 23.9])
def test_at_any_hour_drivers_have_work_and_nothing_lies_in_the_future(hour):
    at = AFTERNOON.replace(hour=0, minute=0) + dt.timedelta(hours=hour)

    load(size=TINY, at=at, report=quiet)

    for username in ("driver", "driver2"):
        assert Stop.objects.todo().filter(route__driver__user__username=username, route__day=at.date()).count() >= 8
    assert not OrderEvent.objects.filter(at__gt=at).exists()
    assert not AccountEntry.objects.filter(at__gt=at).exists()
    assert not Stop.objects.filter(finished_at__gt=at).exists()
    assert not Stop.objects.filter(finished_at__lt=F("arrived_at")).exists()
    assert not Stop.objects.filter(finished_at__lt=F("route__departed_at")).exists()


@pytest.mark.usefixtures("town")
def test_every_account_of_the_demo_signs_in_with_its_role():
    for username in ("customer", "driver", "dispatcher", "manager", "ops", "customer2", "driver2", "manager2", "ops2"):
        user = User.objects.get(username=username)

        assert user.check_password(f"demo-{username}")
        assert user.roles == {username.rstrip("2")}


@pytest.mark.usefixtures("town")
def test_the_customer_has_a_home_a_shop_and_an_order_a_few_stops_away():
    customer, other = User.objects.get(username="customer"), User.objects.get(username="customer2")

    sites = Site.objects.orderable_by(customer)
    on_its_way = Order.objects.visible_to(customer).open().get()

    assert {site.label for site in sites} == {"家裡", "店裡"}
    assert on_its_way.state == "out"
    assert 1 <= on_its_way.stops.todo().get().before <= 5
    assert Order.objects.visible_to(customer).filter(state="delivered").exists()
    assert not Order.objects.visible_to(other).open().exists()


@pytest.mark.usefixtures("town")
def test_the_driver_meets_a_house_without_gas_and_an_order_that_can_fall_short():
    stops = Stop.objects.todo().filter(route__driver__user__username="driver", route__state="departed")

    assert stops.count() >= 8
    assert stops.filter(order__is_gas_out=True).exists()
    assert stops.filter(order__lines__ordered__gte=2).exists()


@pytest.mark.usefixtures("town")
def test_today_shows_every_state_that_lasts():
    today = Order.objects.filter(promised_on=AFTERNOON.date())

    assert set(today.values_list("state", flat=True)) >= {"confirmed", "planned", "out", "delivered", "cancelled"}
    assert Order.objects.filter(state="review", reviews__closed_at=None).count() == 2
    assert today.filter(state="confirmed", is_gas_out=True, stops=None).exists()
    assert today.filter(state="confirmed", needs_day=True, stops__state="failed").exists()
    assert set(Route.objects.filter(day=AFTERNOON.date()).values_list("state", flat=True)) == {
        "draft",
        "published",
        "departed",
    }
    assert Incident.objects.filter(closed_at=None).count() == 1
    assert not Message.objects.unsent().exists()
    assert StandingOrder.objects.exists()
    assert MeterReading.objects.exists()


@pytest.mark.usefixtures("town")
def test_every_invariant_holds_in_the_town():
    broken = {rule.name: [str(one) for one in found] for rule, found, _seconds in invariants.timed() if found}

    assert broken == {}


@pytest.mark.usefixtures("town")
def test_events_walk_along_the_table_of_moves():
    latest = OrderEvent.objects.filter(order=OuterRef("pk")).order_by("-pk").values("to_state")[:1]

    moves = set(OrderEvent.objects.exclude(from_state="").values_list("from_state", "to_state"))

    assert not [move for move in moves if move[1] not in MOVES[move[0]]]
    assert not Order.objects.annotate(last=Subquery(latest)).exclude(last=F("state")).exists()
    assert not Order.objects.annotate(lines_count=Count("lines")).filter(lines_count=0).exists()


@pytest.mark.usefixtures("town")
def test_each_announced_change_has_its_message():
    announced = OrderEvent.objects.exclude(announces="").values_list("pk", "announces")

    told = Message.objects.filter(cause_kind="order_event").values_list("cause_id", "kind")

    assert set(told) == {(str(pk), kind) for pk, kind in announced}


@pytest.mark.usefixtures("town")
def test_both_ledgers_balance_and_no_place_of_ours_owes_cylinders():
    unequal = AccountEntry.objects.values("transfer").annotate(sum=Sum("amount_twd")).exclude(sum=0)
    held: dict = {}
    for place, kind, product, state, quantity in CylinderMovement.objects.values_list(
        "to_place", "to_place__kind", "product", "to_state", "quantity"
    ):
        held[place, kind, product, state] = held.get((place, kind, product, state), 0) + quantity
    for place, kind, product, state, quantity in CylinderMovement.objects.values_list(
        "from_place", "from_place__kind", "product", "from_state", "quantity"
    ):
        held[place, kind, product, state] = held.get((place, kind, product, state), 0) - quantity

    assert not unequal.exists()
    assert not {key: count for key, count in held.items() if count < 0 and key[1] not in {"opening", "purchase"}}


@pytest.mark.usefixtures("town")
def test_open_routes_carry_no_more_than_their_vehicle_may():
    for route in Route.objects.open().filter(day=AFTERNOON.date()).for_board():
        assert route.load_kg <= route.vehicle.limit_kg, route.code


@pytest.mark.usefixtures("town")
def test_nobody_of_the_legacy_system_has_an_order():
    assert Customer.objects.filter(system_of_record="legacy").exists()
    assert not Order.objects.exclude(customer__system_of_record="new").exists()


@pytest.mark.usefixtures("town")
def test_every_phone_is_nobodys():
    phones = set(Contact.objects.values_list("phone", flat=True))

    assert phones
    assert not [phone for phone in phones if not NOBODYS.fullmatch(phone)]


@pytest.mark.usefixtures("town")
def test_prices_are_samples_and_kinds_that_look_alike_stay_apart():
    assert not Price.objects.filter(is_sample=False).exists()
    assert Price.objects.filter(kind="gas", customer=None).values("valid_from").distinct().count() == 3
    assert Product.objects.get(name="幸福丸").family == "branded"
    assert Product.objects.get(code="4").family == "plain"
    assert Product.objects.filter(family="propane").count() == 2


@pytest.mark.usefixtures("town")
def test_the_calendar_knows_the_public_holidays():
    holiday = CalendarDay.objects.get(day=dt.date(2026, 10, 10), kind="holiday", name__contains="國慶")

    assert holiday.source.startswith("holidays ")


@pytest.mark.usefixtures("town")
def test_customers_may_order_in_the_browser():
    decision = decide(customer=Customer.objects.filter(system_of_record="new").first())

    assert (decision["pilot_web_ordering"], decision.stops("web")) == (True, False)


@pytest.mark.usefixtures("town")
def test_what_the_office_must_look_at_says_why():
    assert all(review.reason for review in Review.objects.open())


@pytest.mark.django_db
def test_the_cohort_that_runs_keeps_its_limits_when_they_are_first_looked_at(town):
    with transaction.atomic():
        assert Cohort.objects.running().exists()
        assert guardrails.look(AFTERNOON) == []
        transaction.set_rollback(True)

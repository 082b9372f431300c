"""The sample town as its visitors find it: who they are, which rows are theirs, and which belong to somebody else.

The sweeps over tests/pages.py, the pictures and the audit all walk through this town.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from types import SimpleNamespace

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Import, Incident, Payment, Site, Suspension
from deliveries.models import Stop, Variance
from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS, User
from orders.models import BulkMove, MeterReading, Order, PriceChange, Product, StandingOrder
from orders.windows import windows_for
from orders.wishes import Item, When, Wish
from pilot.certificate.assessment import Assessment
from pilot.certificate.facts import facts_of
from pilot.certificate.waiving import ask_waiver
from pilot.models import Certificate, Cohort, MassMove, Waiver
from pilot.seed import Size, load
from tests.factories import decided
from tests.pages import PAGES, Page

AFTERNOON = "2026-11-24T13:52:00+08:00"  # a Tuesday: routes are on their way, and the counter is open
STRANGER = "stranger"
ROLES = [CUSTOMER, DRIVER, DISPATCHER, MANAGER, OPS]
TOWN = Size(commercial=30, households=90, days=5, orders=80, today=100)


def settle() -> SimpleNamespace:
    """Load a small town of this moment into the empty database."""
    load(size=TOWN, at=timezone.now(), report=lambda phase, done, total: None)
    return look_around()


def look_around() -> SimpleNamespace:
    """What is ours in a town that was just loaded: `people` by role, and rows of two customers and two drivers."""
    people = {role: User.objects.get(username=role) for role in ROLES}
    stop, their_stop = (next_stop(User.objects.get(username=name)) for name in ("driver", "driver2"))
    stop.arrive(by=people[DRIVER])
    return SimpleNamespace(
        people=people,
        order=order_again(people[CUSTOMER]),
        their_order=order_again(User.objects.get(username="customer2")),
        brought=Import.objects.get(),
        incident=Incident.objects.latest("pk"),
        on_its_way=Order.objects.visible_to(people[CUSTOMER]).get(state=Order.State.OUT),
        stop=stop,
        their_stop=their_stop,
        standing=standing_order_of(people[CUSTOMER]),
        their_standing=standing_order_of(User.objects.get(username="customer2")),
        payment=Payment.objects.kept().latest("pk"),
        price_change=PriceChange.objects.filter(customer=None).latest("valid_from"),
        suspension=Suspension.objects.latest("pk"),
        bulk=bulk_move(people[DISPATCHER]),
        variance=Variance.objects.open().latest("pk"),
        cohort=Cohort.objects.running().latest("pk"),
        mass_move=MassMove.objects.latest("pk"),
        certificate=issued_certificate(people[OPS]),
        waiver=Waiver.objects.latest("pk"),
        reading=MeterReading.objects.kept().latest("read_on"),
    )


def issued_certificate(person: User) -> Certificate:
    """Of a town where nothing ran, nothing was asked, and one requirement was let go."""
    asked = ask_waiver("backup/restore", until=timezone.localdate(), by=person, reason="下週才有第二台主機")
    asked.confirm(by=User.objects.get(username="manager"))
    return Certificate.issue(facts_of(Assessment.now(answers={})), by=person, operation_id=uuid.uuid4())


def next_stop(driver: User) -> Stop:
    return Stop.objects.of_driver(driver).todo().order_by("position")[0]


def bulk_move(person: User) -> BulkMove:
    """Two confirmed orders confirmed again: neither is possible."""
    confirmed = Order.objects.filter(state=Order.State.CONFIRMED).order_by("pk")[:2]
    move = BulkMove.ask(BulkMove.Verb.CONFIRM, confirmed, by=person, operation_id=uuid.uuid4())
    move.carry_out()
    return move


def standing_order_of(person: User) -> StandingOrder:
    """What this person's home wants again on Mondays."""
    site = Site.objects.get(customer__memberships__user=person, customer__kind="household")
    return StandingOrder.objects.create(
        site=site, weekdays=[1], items=[{"product": "20", "quantity": 1}], starts_on=timezone.localdate()
    )


def order_again(person: User) -> Order:
    """An order for this person's home in a window of tomorrow, which may still be changed."""
    site = Site.objects.get(customer__memberships__user=person, customer__kind="household")
    window = next(each for each in windows_for(site) if not each.is_full and each.slot.day > timezone.localdate())
    items = (Item(Product.objects.get(code="20"), 1, 1),)
    wish = Wish(site, items, When(slot=window.slot), is_gas_out=False, note="空瓶放門口")
    return Order.place(wish, operation_id=uuid.uuid4(), channel="web", by=person, decision=decided())


def visits(world: SimpleNamespace, role: str) -> Iterator[tuple[Page, str]]:
    """Every page that this role may see, with its path."""
    for page in PAGES:
        if page.is_page and role in page.roles:
            yield page, reverse(page.name, kwargs=page.example(world))


def browser_of(person: User | None, language: str = "") -> Client:
    """Somebody's browser, which asks for pages in a language."""
    browser = Client(headers={"accept-language": language})
    if person:
        browser.force_login(person)
    return browser


def come_from(page: Page, browser: Client) -> None:
    """Send the form that leads to this page, when there is one."""
    if page.after:
        name, typed = page.after
        browser.post(reverse(name), typed)


def session_of(browser: Client) -> list[dict[str, str]]:
    """The cookie that makes a real browser this one."""
    name = settings.SESSION_COOKIE_NAME
    return [{"name": name, "value": browser.cookies[name].value}] if name in browser.cookies else []

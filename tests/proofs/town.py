"""Who orders in a proof: a few synthetic customers with members who are signed in, and what they can choose from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from customers.models import Customer
from luckygas.models import CUSTOMER
from orders.models import Slot
from tests import factories
from tests.processes import session_cookie

PRODUCTS = {"20": 820, "16": 690, "50": 1980, "4": 260}  # code and sample price in NT$
AREAS = {"瑞": "瑞光", "豐": "豐里", "山": "山線"}
LANDLINE_EACH, MONTHLY_EACH = 5, 8  # of the customers: told by phone; on account, over their limit after some orders


@dataclass(frozen=True)
class Member:
    """Somebody who may order for one site, with the cookie of their session."""

    cookie: str
    site: int


@dataclass(frozen=True)
class Town:
    """Everybody who orders, and the windows that are open for days."""

    members: list[Member]
    slots: dict[int, list[int]]  # by site
    days: list[dt.date]


def build(households: int) -> Town:
    """Fill the empty database: areas with windows for everybody, prices, the flag, customers, members, sessions."""
    today = timezone.localdate()
    areas = [factories.AreaFactory(code=code, name=name, slot_capacity=30_000, crews=3) for code, name in AREAS.items()]
    Slot.open_days(until=today + dt.timedelta(days=6))
    for sort, (code, twd) in enumerate(PRODUCTS.items()):
        factories.priced(code, gas=twd, gas_kg=int(code), sort=sort)
    factories.given(reason="a proof orders in the browser", everyone=True)
    sites = [_household(number, areas[number % len(areas)]) for number in range(households)]
    days = [today + dt.timedelta(days=ahead) for ahead in (2, 3, 4, 5)]
    slots = {
        site.pk: list(Slot.objects.filter(area=site.area, day__in=days).values_list("pk", flat=True)) for site in sites
    }
    return Town([_member(site) for site in sites], slots, days)


def _household(number: int, area: object) -> object:
    on_account = {"settlement": Customer.Settlement.MONTHLY, "credit_limit_twd": 30_000}
    customer = factories.CustomerFactory(**(on_account if number % MONTHLY_EACH == 1 else {}))
    is_mobile = number % LANDLINE_EACH != 1
    phone = f"+886900000{number:03d}" if is_mobile else f"+88689000{number:03d}"
    factories.ContactFactory(customer=customer, phone=phone, can_sms=is_mobile)
    return factories.SiteFactory(customer=customer, area=area)


def _member(site: object) -> Member:
    person = factories.UserFactory(roles=[CUSTOMER])
    factories.MembershipFactory(user=person, customer=site.customer)
    browser = Client()
    browser.force_login(person)
    return Member(session_cookie(browser), site.pk)

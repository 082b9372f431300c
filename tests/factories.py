"""Synthetic people, places and things: small, valid, and nobody real."""

from __future__ import annotations

import datetime as dt
import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from customers.models import Area, Contact, Customer, Membership, Site
from deliveries.models import Depot, Driver, Route, Vehicle
from luckygas.flags import DEFAULTS, WEB_ORDERING, Decision
from luckygas.models import User
from orders.models import Order, Price, Product, Slot, StandingOrder
from orders.wishes import NOW, Item, When, Wish
from pilot.models import Flag

PASSWORD = "right-horse-battery"
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def roles(self, create, names, **kwargs):
        for name in names or ():
            self.add_role(name)


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area
        django_get_or_create = ("code",)

    code = "瑞"
    name = "瑞光"
    kind = Area.Kind.ZONE
    weekdays = EVERY_DAY
    latitude = "22.75000"
    longitude = "121.15000"


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"測試客戶{n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        customer = super()._create(model_class, *args, **kwargs)
        customer.refresh_from_db()  # the number comes from the database
        return customer


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site

    customer = factory.SubFactory(CustomerFactory)
    area = factory.SubFactory(AreaFactory)
    label = "家裡"
    address = factory.Sequence(lambda n: f"臺東市測試路 {n} 號")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    customer = factory.SubFactory(CustomerFactory)
    phone = factory.Sequence(lambda n: f"+8869000{n:05d}")
    phone_raw = factory.LazyAttribute(lambda contact: contact.phone)
    digits = factory.LazyAttribute(lambda contact: "0" + contact.phone.removeprefix("+886"))
    can_sms = True


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    customer = factory.SubFactory(CustomerFactory)


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product
        django_get_or_create = ("code",)

    code = "20"
    name = factory.LazyAttribute(lambda product: f"{product.code} 公斤")
    name_en = factory.LazyAttribute(lambda product: f"{product.code} kg")
    family = Product.Family.PLAIN
    gas_kg = 20
    tare_kg = 20


def priced(
    code: str = "20", *, gas: int = 820, deposit: int = 1000, since: dt.date = dt.date(2020, 1, 1), **more
) -> Product:
    """A product with a list price and a deposit."""
    product = ProductFactory(code=code, **more)
    for kind, amount in ((Price.Kind.GAS, gas), (Price.Kind.DEPOSIT, deposit)):
        Price.objects.get_or_create(product=product, kind=kind, valid_from=since, defaults={"amount_twd": amount})
    return product


def decided(**flags: bool) -> Decision:
    """A decision as `decide()` would answer."""
    return Decision(flags=DEFAULTS | flags, decided_at=timezone.now())


def given(name: str = WEB_ORDERING, *, by: User | None = None, reason: str = "test", **values) -> Flag:
    """A flag changed through its own verb, by somebody who answers for it until next month."""
    by = by or UserFactory(roles=["ops"])
    terms = {"owner": by, "due_on": timezone.localdate() + dt.timedelta(days=30)}
    return Flag.change(name, by=by, reason=reason, **(terms | values))


def wish(site: Site | None = None, *, items: tuple[Item, ...] | None = None, when: When = NOW, **more) -> Wish:
    return Wish(
        site=site or SiteFactory(),
        items=items or (Item(priced(), 1, 1),),
        when=when,
        **({"is_gas_out": False} | more),
    )


def placed(wished: Wish | None = None, *, by: User | None = None, channel: str = "phone", **more) -> Order:
    """An order through its own verb; confirmed when nothing holds it."""
    return Order.place(
        wished or wish(**more), operation_id=uuid.uuid4(), channel=channel, by=by or UserFactory(), decision=decided()
    )


class SlotFactory(DjangoModelFactory):
    class Meta:
        model = Slot

    area = factory.SubFactory(AreaFactory)
    day = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=1))
    starts = 10
    ends = 12
    capacity = 5


class StandingOrderFactory(DjangoModelFactory):
    """Two 20 kg on Mondays, Wednesdays and Fridays, agreed long ago."""

    class Meta:
        model = StandingOrder

    site = factory.SubFactory(SiteFactory)
    weekdays = [1, 3, 5]
    items = factory.LazyFunction(lambda: [{"product": priced().code, "quantity": 2}])
    starts_on = factory.LazyFunction(timezone.localdate)


class DepotFactory(DjangoModelFactory):
    class Meta:
        model = Depot
        django_get_or_create = ("name",)

    name = "總倉"
    latitude = "22.75500"
    longitude = "121.14500"


class VehicleFactory(DjangoModelFactory):
    class Meta:
        model = Vehicle

    plate = factory.Sequence(lambda n: f"TEST-{n:04d}")
    limit_kg = 1500


class DriverFactory(DjangoModelFactory):
    class Meta:
        model = Driver

    user = factory.SubFactory(UserFactory, roles=["driver"])
    vehicle = factory.SubFactory(VehicleFactory)
    depot = factory.SubFactory(DepotFactory)


class RouteFactory(DjangoModelFactory):
    class Meta:
        model = Route

    code = factory.Sequence(lambda n: f"瑞{n}")
    day = factory.LazyFunction(timezone.localdate)
    driver = factory.SubFactory(DriverFactory)
    vehicle = factory.LazyAttribute(lambda route: route.driver.vehicle)
    depot = factory.LazyAttribute(lambda route: route.driver.depot)

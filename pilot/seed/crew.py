"""The people of the office, twelve drivers with their vehicles, and the accounts of the demo."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from deliveries.models import Depot, Driver, Vehicle
from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS, User

TRUCK, MOTORCYCLE = Vehicle.Kind.TRUCK, Vehicle.Kind.MOTORCYCLE
OFFICE = (
    ("dispatcher", "阿芬", DISPATCHER), ("manager", "美玲", MANAGER), ("manager2", "志明", MANAGER),
    ("ops", "小安", OPS), ("ops2", "家豪", OPS),
)  # fmt: skip
# user name, what everybody calls them, route code, kind, plate, the areas they know
CREWS = (
    ("driver", "阿德", "瑞1", TRUCK, "BOM-1001", "瑞寶"),
    ("driver2", "小宏", "四1", TRUCK, "BOM-1002", "四"),
    ("driver3", "阿輝", "成1", TRUCK, "BOM-1003", "成"),
    ("driver4", "文雄", "富1", TRUCK, "BOM-1004", "富寶"),
    ("driver5", "阿成", "寶1", MOTORCYCLE, "MOB-2001", "寶瑞四富"),
    ("driver6", "阿坤", "泰1", TRUCK, "BOM-1005", "泰"),
    ("driver7", "國仔", "復1", TRUCK, "BOM-1006", "復康"),
    ("driver8", "阿財", "馬1", TRUCK, "BOM-1007", "馬榮"),
    ("driver9", "小龍", "馬2", MOTORCYCLE, "MOB-2002", "泰復馬榮康王里知卑"),
    ("driver10", "阿義", "里1", TRUCK, "BOM-1008", "里榮知"),
    ("driver11", "阿松", "卑1", TRUCK, "BOM-1009", "卑王縱"),
    ("driver12", "阿武", "迴1", TRUCK, "BOM-1010", "迴知"),
)
LIMIT_KG = {TRUCK: 1500, MOTORCYCLE: 80}  # a full 20 kg cylinder is about 40 kg, so a motorcycle carries two


@dataclass(frozen=True, slots=True)
class Crew:
    """A driver with a vehicle and the areas they know."""

    index: int
    driver: int
    user: int
    vehicle: int
    truck: int  # the vehicle's place in the cylinder ledger
    is_truck: bool
    code: str
    beat: str
    limit_kg: int
    colour: int


def make_person(username: str, name: str, role: str, *, is_demo: bool = True) -> User:
    """Somebody who works here. Only the demo has known passwords; elsewhere a manager resets them first."""
    password = f"demo-{username}" if settings.DEMO and is_demo else None
    user = User.objects.create(username=username, name=name, password=make_password(password))
    user.add_role(role)
    return user


def make_office() -> dict[str, User]:
    return {username: make_person(username, name, role) for username, name, role in OFFICE}


def make_customers_users() -> dict[str, User]:
    """The demo's two customers."""
    return {
        "customer": make_person("customer", "青焰砂鍋太太", CUSTOMER),
        "customer2": make_person("customer2", "文火蒸籠先生", CUSTOMER),
    }


def make_crews(depot: Depot) -> list[Crew]:
    crews = []
    for index, (username, name, code, kind, plate, beat) in enumerate(CREWS):
        user = make_person(username, name, DRIVER, is_demo=username in {"driver", "driver2"})
        vehicle = Vehicle.objects.create(plate=plate, kind=kind, limit_kg=LIMIT_KG[kind])
        driver = Driver.objects.create(user=user, vehicle=vehicle, depot=depot)
        crews.append(
            Crew(
                index=index,
                driver=driver.pk,
                user=user.pk,
                vehicle=vehicle.pk,
                truck=vehicle.place.pk,
                is_truck=kind == TRUCK,
                code=code,
                beat=beat,
                limit_kg=LIMIT_KG[kind],
                colour=index % 7 + 1,
            )
        )
    return crews

"""Synthetic customers with their sites, contacts and opening counts. No name, road or phone is anybody's."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.auth.models import Group

from customers.models import AccountEntry, Area, Contact, Customer, Membership, Site
from luckygas.models import CUSTOMER, User
from orders.models import CylinderMovement, Place
from pilot.seed import words
from pilot.seed.ledgers import Legs, Places
from pilot.seed.products import Ware
from pilot.seed.rows import Numbers, Table, dice
from pilot.seed.town import GROUNDS, Ground

MOBILES, LANDLINES = 14_000, 1_000  # how many numbers the two blocks of "nobody" have; see words.py
ALL_DAY, MORNING, NOON, LATE = 0xFFF, 0x00F, 0x03C, 0xFC0
WITH_WEB_ACCOUNT = 0.025
BLOCKED = frozenset({7, 11})  # shops that are blocked in a town of any size
HOUSEHOLD_TAKES = (("20", 1, 68), ("16", 1, 20), ("20", 2, 4), ("4", 1, 2), ("joy4", 1, 2), ("10", 1, 2), ("h16", 1, 2))
BUSINESS_TAKES = (
    ("20", 1, 20), ("20", 2, 26), ("20", 3, 10), ("50", 1, 9), ("50", 2, 3), ("16", 1, 7), ("16", 2, 4), ("p20", 1, 4),
    ("p20", 2, 3), ("p16", 1, 1), ("h16", 2, 2), ("h20", 1, 1), ("safe10", 2, 1), ("m50", 1, 5), ("m20", 2, 4),
    ("m16", 2, 2), ("mh16", 2, 2),
)  # fmt: skip


@dataclass(slots=True)
class Door:
    """A site with what the story of its orders needs to know about it and its customer."""

    site: int
    place: int
    customer: int
    name: str
    area: str
    vehicle: int
    closed: tuple[int, ...]
    hours: int
    is_business: bool
    is_monthly: bool
    is_blocked: bool
    limit_twd: int | None
    is_live: bool
    weight: float
    takes: Ware
    quantity: int
    phone: str
    can_sms: bool
    was_supplied: bool
    user: int | None = None
    stock: Counter[int] | None = None
    owes_twd: int = 0
    label: str = ""


@dataclass(slots=True)
class Town:
    """Everybody: the doors by who may stand behind them."""

    doors: list[Door] = field(default_factory=list)
    demo: dict[str, Door] = field(default_factory=dict)  # of the accounts that everybody knows: home, shop, other home

    @property
    def live(self) -> list[Door]:
        return [door for door in self.doors if door.is_live]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A customer of a demo account: live, in a known area, with no limits that would get in the way."""

    what: str
    user: int
    area: str
    quantity: int


class People:
    """Writes the customers, in the order of their numbers."""

    def __init__(
        self,
        *,
        seed: int,
        at: dt.datetime,
        areas: dict[str, Area],
        wares: dict[str, Ware],
        places: Places,
        legs: Legs,
        by: User,
    ) -> None:
        self.dice = dice(seed, "people")
        self.at, self.areas, self.wares, self.places, self.legs, self.by = at, areas, wares, places, legs, by
        self.town = Town()
        self.customer_ids, self.site_ids = Table.numbers(Customer), Table.numbers(Site)
        self.place_ids, self.user_ids = Table.numbers(Place), Table.numbers(User)
        self.contact_ids, self.membership_ids = Table.numbers(Contact), Table.numbers(Membership)
        self.movement_ids = Table.numbers(CylinderMovement)
        self.group_ids = Table.numbers(User.groups.through)
        self.numbers = Numbers("customer_number")
        self.customers = Table(
            Customer, "id", "number", "name", "kind", "trade", "invoice_title", "is_metered", "settlement",
            "credit_limit_twd", "is_blocked", "note", "legacy_code", "stage", "system_of_record", at=at,
            blocked_why="",
        )  # fmt: skip
        self.sites = Table(
            Site, "id", "customer_id", "label", "address", "access_note", "driver_note", "area_id", "latitude",
            "longitude", "pin_source", "hours", "closed_weekdays", "closed_on_holidays", "vehicle", "reserve_limit_kg",
            "connected_kg", "daily_use_kg", "is_patrolled", at=at,
        )  # fmt: skip
        self.contacts = Table(
            Contact, "id", "customer_id", "name", "phone", "phone_raw", "digits", "can_sms", at=at
        )  # fmt: skip
        self.site_places = Table(Place, "id", "site_id", "name", at=at, kind=Place.Kind.SITE)
        self.users = Table(User, "id", "username", "name", at=at, password="!" + "0" * 40)  # nobody signs in with it
        self.roles = Table(User.groups.through, "id", "user_id", "group_id", at=at)
        self.memberships = Table(Membership, "id", "user_id", "customer_id", at=at)
        self.counts = Table(
            CylinderMovement, "id", "product_id", "quantity", "to_place_id", "cause_id", at=at,
            from_place_id=places.opening, from_state="in_use", to_state="in_use", cause_kind="opening",
            purpose="count", day=at.date(), by_id=by.pk,
        )  # fmt: skip
        self.landline = 0

    def settle(self, commercial: int, households: int, users: dict[str, User]) -> Town:
        """Everybody, businesses first; the first shop and the first two households are the demo accounts'."""
        self.pinned = {
            0: Pinned("shop", users["customer"].pk, "瑞", 3),
            commercial: Pinned("home", users["customer"].pk, "瑞", 1),
            commercial + 1: Pinned("other home", users["customer2"].pk, "四", 1),
        }
        role = Group.objects.get(name=CUSTOMER).pk
        names = self._names(commercial, households)
        for index in range(commercial + households):
            self._customer(index, next(names), is_business=index < commercial, role=role)
        for table in (self.users, self.roles, self.customers, self.memberships, self.sites, self.contacts):
            table.flush()
        self.site_places.flush()
        self.counts.flush()
        return self.town

    def _names(self, commercial: int, households: int) -> Iterator[tuple[str, str]]:
        """(name, trade), each once: every pair of words, shuffled, with a trade or a title behind it."""
        pairs = [flame + thing for flame in words.FLAMES for thing in words.THINGS]
        self.dice.shuffle(pairs)
        for index in range(commercial):
            word, trade = words.TRADES[(index + index // len(pairs)) % len(words.TRADES)]
            yield pairs[index % len(pairs)] + word, trade
        for index in range(households):
            yield pairs[index % len(pairs)] + words.TITLES[(index + index // len(pairs)) % len(words.TITLES)], ""

    def _customer(self, index: int, name: tuple[str, str], *, is_business: bool, role: int) -> None:
        throw = self.dice
        pk, number = self.customer_ids.next(), self.numbers.next()
        pinned = self.pinned.get(index)
        stage = "live" if pinned else throw.choices(("live", "legacy", "imported", "shadow"), (93, 5, 1, 1))[0]
        has_code = stage != "live" or throw.random() < 0.85
        takes, quantity = (self.wares["20"], pinned.quantity) if pinned else self._takes(is_business)
        is_monthly = throw.random() < (0.85 if is_business else 0.01)
        limit = throw.choice((20_000, 30_000, 60_000, 120_000, None)) if is_business and is_monthly else None
        is_blocked = is_monthly and not pinned and (throw.random() < 0.01 or index in BLOCKED)
        self.customers.add(
            pk, number, name[0], "commercial" if is_business else "household", name[1], name[0] if is_business else "",
            takes.is_metered, "monthly" if is_monthly else "cash", limit, is_blocked, "",
            f"{3_000_000 + index * 7 + 3:07d}" if has_code else None, stage, "new" if stage == "live" else "legacy",
        )  # fmt: skip
        phone, can_sms = self._contacts(index, pk, name[0], is_business)
        user = pinned.user if pinned else None
        if not user and stage == "live" and throw.random() < WITH_WEB_ACCOUNT and can_sms:
            user = self.user_ids.next()
            self.users.add(user, phone, name[0])
            self.roles.add(self.group_ids.next(), user, role)
            self.memberships.add(self.membership_ids.next(), user, pk)
        weight = throw.lognormvariate(0, 1.0 if is_business else 0.4)
        sites = 2 if is_business and not pinned and throw.random() < 0.02 else 1
        for count in range(sites):
            self.town.doors.append(
                self._door(
                    pinned,
                    customer=pk,
                    name=name[0],
                    is_business=is_business,
                    label=("店裡", "分店")[count] if is_business else "家裡",
                    takes=takes,
                    quantity=quantity,
                    user=user,
                    phone=phone,
                    can_sms=can_sms,
                    is_live=stage == "live",
                    is_monthly=is_monthly,
                    is_blocked=is_blocked,
                    limit_twd=limit,
                    weight=weight / sites,
                    was_supplied=has_code,
                )
            )
        if pinned:
            self.memberships.add(self.membership_ids.next(), user, pk)
            self.town.demo[pinned.what] = self.town.doors[-1]

    def _takes(self, is_business: bool) -> tuple[Ware, int]:
        table = BUSINESS_TAKES if is_business else HOUSEHOLD_TAKES
        code, quantity, _ = self.dice.choices(table, [row[2] for row in table])[0]
        return self.wares[code], quantity

    def _contacts(self, index: int, customer: int, name: str, is_business: bool) -> tuple[str, bool]:
        """Up to two numbers: a mobile of the block, and for shops often a landline; some have only that."""
        has_landline = self.landline < LANDLINES and self.dice.random() < (0.6 if is_business else 0.02)
        has_mobile = index in self.pinned or not (has_landline and self.dice.random() < 0.2)
        first = ""
        if has_mobile or not has_landline:
            first = self._contact(customer, name, f"0900{index % MOBILES:06d}", is_mobile=True)
        if has_landline:
            number = self._contact(customer, name, f"089000{self.landline:03d}", is_mobile=False)
            first = first or number
            self.landline += 1
        return first, first.startswith("+8869")

    def _contact(self, customer: int, name: str, digits: str, *, is_mobile: bool) -> str:
        phone = "+886" + digits[1:]
        raw = f"{digits[:4]}-{digits[4:7]}-{digits[7:]}" if is_mobile else f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        self.contacts.add(self.contact_ids.next(), customer, name, phone, raw, digits, is_mobile)
        return phone

    def _address(self, ground: Ground) -> str:
        throw = self.dice
        county = "臺東市" if ground.township == "臺東市" else f"臺東縣{ground.township}"
        lane = f"{throw.randint(2, 90)} 巷" if throw.random() < 0.2 else ""
        floor = f" {throw.randint(2, 6)} 樓" if throw.random() < 0.25 else ""
        return f"{county}{throw.choice(words.ROADS)}{lane} {throw.randint(1, 400)} 號{floor}"

    def _door(
        self, pinned: Pinned | None, *, customer: int, name: str, is_business: bool, label: str, **more: object
    ) -> Door:
        throw = self.dice
        ground = throw.choices(GROUNDS, [ground.share for ground in GROUNDS])[0]
        if pinned:
            ground = next(ground for ground in GROUNDS if ground.code == pinned.area)
        takes: Ware = more["takes"]  # type: ignore[assignment]
        quantity: int = more["quantity"]  # type: ignore[assignment]
        fits_motorcycle = takes.gross_kg * quantity <= 80 and ground.kind == Area.Kind.ZONE
        vehicle = throw.choices(
            (0, 1, 2), (40, 58, 2 if fits_motorcycle else 0) if is_business else (90, 5, 5 if fits_motorcycle else 0)
        )[0]
        hours = throw.choices((ALL_DAY, MORNING, NOON, LATE), (60, 15, 10, 15) if is_business else (88, 4, 2, 6))[0]
        closed = throw.choices(((), (7,), (2, 3), (6, 7), (1,)), (60, 20, 6, 6, 8))[0] if is_business else ()
        if pinned:
            vehicle, hours, closed = 0, ALL_DAY, ()
        site, place = self.site_ids.next(), self.place_ids.next()
        spare = 1 if pinned else throw.randint(0, 1) if is_business else throw.choices((0, 1), (40, 60))[0]
        latitude, longitude = ground.somewhere(throw) if pinned or throw.random() < 0.97 else (None, None)
        used = round(throw.uniform(2, 14), 2) if is_business else None
        self.sites.add(
            site, customer, label, self._address(ground),
            throw.choice(words.ACCESS) if is_business and throw.random() < 0.4 else "",
            throw.choice(words.NOTES) if throw.random() < 0.15 else "",
            self.areas[ground.code].pk, latitude, longitude, "person" if latitude else "", hours, list(closed),
            is_business and throw.random() < 0.25, vehicle, 80 if is_business else 40, takes.gas_kg * quantity, used,
            is_business and throw.random() < 0.6,
        )  # fmt: skip
        self.site_places.add(place, site, label)
        door = Door(
            site=site, place=place, customer=customer, name=name, area=ground.code, vehicle=vehicle, closed=closed,
            hours=hours, is_business=is_business, label=label, **more,  # type: ignore[arg-type]
        )  # fmt: skip
        if pinned or throw.random() < 0.9:
            self._count(door, quantity + spare)
        return door

    def _count(self, door: Door, quantity: int) -> None:
        """What stood there when somebody counted first, and the deposit that was paid for it long ago."""
        door.stock = Counter({door.takes.pk: quantity})
        self.counts.add(self.movement_ids.next(), door.takes.pk, quantity, door.place, str(door.site))
        if door.takes.deposit_twd and self.dice.random() < 0.6:
            amount = quantity * door.takes.deposit_twd
            account = AccountEntry.Account
            self.legs.post(
                door.customer,
                ((account.ADJUSTMENT, amount), (account.DEPOSIT, -amount)),
                ("opening", door.site),
                "deposit",
                self.at,
                self.by.pk,
            )

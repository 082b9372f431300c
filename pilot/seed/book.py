"""Orders as they are told: each move with its event, each handover with its legs in both ledgers."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections import Counter
from typing import TYPE_CHECKING

from customers.models import Payment
from luckygas.clock import roc_digits
from luckygas.db import digest
from luckygas.flags import ORDERS_PAUSED, WEB_ORDERING
from luckygas.said import Words, kept
from orders.models import CylinderMovement, Order, OrderEvent, OrderLine
from pilot.seed.ledgers import Account, Legs, Places
from pilot.seed.notes import Notes
from pilot.seed.rows import TAIPEI, Numbers, Table
from pilot.seed.slip import Line, Slip

if TYPE_CHECKING:
    from pilot.seed.people import Door

DECISION = {WEB_ORDERING: True, ORDERS_PAUSED: False}
VARIANT = "web_ordering"


class Book:
    """The tables that orders fill, and the only writer of them."""

    def __init__(self, *, throw: random.Random, at: dt.datetime, places: Places, legs: Legs) -> None:
        self.throw, self.at, self.places, self.legs = throw, at, places, legs
        self.order_ids, self.order_numbers = Table.numbers(Order), Numbers("order_number")
        self.line_ids, self.event_ids = Table.numbers(OrderLine), Table.numbers(OrderEvent)
        self.movement_ids, self.payment_ids = Table.numbers(CylinderMovement), Table.numbers(Payment)
        self.orders = Table(
            Order, "id", "number", "operation_id", "body_digest", "customer_id", "site_id", "state", "channel",
            "is_gas_out", "is_now", "slot_id", "promised_on", "promised_from", "promised_to", "needs_day",
            "needs_leak_check", "leak_check", "pays_by", "note", "hold_reason", "priced_on", "decision", "variant",
            "stage", "track_token", "placed_at", "placed_by_id", "delivered_at", at=at,
        )  # fmt: skip
        self.lines = Table(
            OrderLine, "id", "order_id", "product_id", "ordered", "empties_expected", "unit_price_twd", "deposit_twd",
            "delivered", "empties_taken", "rest", at=at,
        )  # fmt: skip
        self.events = Table(
            OrderEvent, "id", "order_id", "from_state", "to_state", "by_id", "at", "recorded_at", "channel", "reason",
            "announces", "operation_id", "data", at=at,
        )  # fmt: skip
        self.movements = Table(
            CylinderMovement, "id", "product_id", "quantity", "from_place_id", "from_state", "to_place_id", "to_state",
            "cause_kind", "cause_id", "purpose", "day", "at", "by_id", at=at,
        )  # fmt: skip
        self.payments = Table(
            Payment, "id", "operation_id", "body_digest", "customer_id", "method", "received_twd", "received_at",
            "received_by_id", "cause_kind", "cause_id", "recorded_at", at=at,
        )  # fmt: skip
        self.notes = Notes(throw=throw, at=at)

    def flush(self) -> None:
        for table in (self.orders, self.lines, self.events, self.movements, self.payments, self.notes.table):
            table.flush()
        self.legs.table.flush()

    def new_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.throw.getrandbits(128), version=4)

    # --- one order -------------------------------------------------------------------------------------------------
    def place(
        self,
        door: Door,
        *,
        at: dt.datetime,
        by: int,
        channel: str,
        promise: tuple[dt.datetime, dt.datetime],
        lines: list[Line],
        is_gas_out: bool = False,
        is_now: bool = False,
        note: str = "",
        slot: int | None = None,
        pays_by: str = "",
    ) -> Slip:
        """An order comes in, as `Order.place` takes it."""
        day = promise[0].astimezone(TAIPEI).date()
        slip = Slip(
            pk=self.order_ids.next(),
            number=f"{roc_digits(at.astimezone(TAIPEI).date())}-{self.order_numbers.next():04d}",
            operation=self.new_id(),
            door=door,
            channel=channel,
            placed_at=at,
            placed_by=by,
            day=day,
            priced_on=day,
            opens=promise[0],
            closes=promise[1],
            lines=lines,
            is_gas_out=is_gas_out,
            is_now=is_now,
            needs_leak_check=is_gas_out or not door.was_supplied,
            pays_by=pays_by or ("account" if door.is_monthly else "cash"),
            token=f"{self.throw.getrandbits(128):032x}",
            note=note,
            slot=slot,
        )
        self.move(slip, "placed", at=at, by=by, operation=slip.operation)
        return slip

    def move(
        self,
        slip: Slip,
        to: str,
        *,
        at: dt.datetime,
        by: int,
        reason: Words = "",
        announces: str = "",
        operation: uuid.UUID | None = None,
    ) -> None:
        """One move with its event. The database checks only moves made by UPDATE: the tale keeps to the table."""
        pk = self.event_ids.next()
        self.events.add(
            pk, slip.pk, slip.state, to, by, at, at, slip.channel, str(reason), announces, operation or self.new_id(),
            "{}" if isinstance(reason, str) else json.dumps({"why": kept(reason)}),
        )  # fmt: skip
        slip.state = to
        if announces:
            slip.announced.append((pk, announces, at))

    def deliver(
        self,
        slip: Slip,
        *,
        at: dt.datetime,
        by: int,
        place: int,
        announces: str = "",
        cash_cause: tuple[str, int] | None = None,
        to: str = "delivered",
        reason: Words = "",
        leak_check: str = "passed",
    ) -> None:
        """What `orders.handover.post` does, and the cash of who pays at the door."""
        gas = deposit = 0
        cause_id = str(slip.pk)
        day = at.astimezone(TAIPEI).date()
        door = slip.door
        for line in slip.lines:
            line.delivered = line.ordered if line.delivered is None else line.delivered
            line.taken = line.empties if line.taken is None else line.taken
            gas += line.delivered * line.price_twd
            deposit += max(line.delivered - line.taken, 0) * line.ware.deposit_twd
            if line.delivered:
                self._movement(
                    line.ware.pk, line.delivered, (place, "full"), (door.place, "in_use"), ("order", cause_id), "given",
                    day, at, by,
                )  # fmt: skip
            if line.taken:
                self._movement(
                    line.ware.pk, line.taken, (door.place, "in_use"), (place, "empty"), ("order", cause_id), "taken",
                    day, at, by,
                )  # fmt: skip
            if door.stock is not None:
                door.stock[line.ware.pk] += line.delivered - line.taken
        cause = ("order", slip.pk)
        self.legs.post(
            door.customer, ((Account.RECEIVABLE, gas), (Account.SALES, -gas)), cause, "charge", at, by
        )  # fmt: skip
        self.legs.post(
            door.customer, ((Account.RECEIVABLE, deposit), (Account.DEPOSIT, -deposit)), cause, "deposit", at, by
        )  # fmt: skip
        if slip.pays_by == "cash" and gas + deposit:
            self.pay(door, gas + deposit, method="cash", at=at, by=by, cause=cash_cause or cause)
        else:
            door.owes_twd += gas + deposit
        if slip.needs_leak_check:
            slip.leak_check = leak_check
        if to == "delivered":
            slip.delivered_at = at
        door.was_supplied = True
        self.move(slip, to, at=at, by=by, announces=announces, reason=reason)

    def _movement(
        self,
        product: int,
        quantity: int,
        start: tuple[int, str],
        end: tuple[int, str],
        cause: tuple[str, str],
        purpose: str,
        day: dt.date,
        at: dt.datetime,
        by: int,
    ) -> None:
        self.movements.add(
            self.movement_ids.next(), product, quantity, *start, *end, *cause, purpose, day, at, by
        )  # fmt: skip

    def carry(
        self,
        goods: Counter[int],
        start: tuple[int, str],
        end: tuple[int, str],
        *,
        cause: tuple[str, object],
        purpose: str,
        at: dt.datetime,
        by: int,
    ) -> None:
        """Move cylinders between our own places: loading, unloading, filling."""
        day = at.astimezone(TAIPEI).date()
        for product, quantity in goods.items():
            if quantity:
                self._movement(product, quantity, start, end, (cause[0], str(cause[1])), purpose, day, at, by)

    def pay(
        self, door: Door, amount: int, *, method: str, at: dt.datetime, by: int, cause: tuple[str, int] | None = None
    ) -> None:
        """A payment with its two legs, as `Payment.record` writes them."""
        pk = self.payment_ids.next()
        kind, key = cause or ("", "")
        body = {"customer": door.customer, "method": method, "twd": amount, "cause": [kind, str(key)]}
        self.payments.add(
            pk, self.new_id(), digest(body), door.customer, method, amount, at, by, kind, str(key), at
        )  # fmt: skip
        account = Account.CASH if method == "cash" else Account.BANK
        self.legs.post(
            door.customer, ((account, amount), (Account.RECEIVABLE, -amount)), ("payment", pk), "received", at, by
        )  # fmt: skip

    def close(self, slip: Slip) -> None:
        """Write the order as it stands now, its lines, and a message row for each change it announced."""
        door = slip.door
        body = {
            "site": door.site,
            "items": sorted((line.ware.pk, line.ordered, line.empties) for line in slip.lines),
            "slot": slip.slot,
            "day": None if slip.is_now or slip.slot else slip.day,
            "out": slip.is_gas_out,
            "note": slip.note,
            "pays_by": "",
        }
        decision = json.dumps({"flags": DECISION, "at": slip.placed_at.isoformat()})
        self.orders.add(
            slip.pk, slip.number, slip.operation, digest(body), door.customer, door.site, slip.state, slip.channel,
            slip.is_gas_out, slip.is_now, slip.slot, slip.day, slip.opens, slip.closes, slip.needs_day,
            slip.needs_leak_check, slip.leak_check, slip.pays_by, slip.note, slip.hold_reason, slip.priced_on, decision,
            VARIANT, "live", slip.token, slip.placed_at, slip.placed_by, slip.delivered_at,
        )  # fmt: skip
        for line in slip.lines:
            self.lines.add(
                self.line_ids.next(), slip.pk, line.ware.pk, line.ordered, line.empties, line.price_twd,
                line.ware.deposit_twd, line.delivered, line.taken, line.rest,
            )  # fmt: skip
        for event, kind, at in slip.announced:
            self.notes.tell(slip, event, kind, at)

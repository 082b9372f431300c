"""Handing over: what went to the customer, what came back, and both ledgers with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from customers.models import AccountEntry
from luckygas.errors import Refused
from luckygas.models import User
from orders.models.cylinder import CylinderMovement, Place
from orders.models.order import Order
from orders.models.order_line import OrderLine
from orders.models.product import Price, Product

State = CylinderMovement.State


@dataclass(frozen=True)
class Handed:
    """What happened to one product at the door: so many given, so many of ours taken back, and what of the rest."""

    product: Product
    delivered: int
    empties: int
    rest: str = ""
    other_empties: int = 0  # empties of other dealers, same class
    parts: int = 0  # of our empties, so many with gas left in them


@dataclass(frozen=True)
class Handover:
    """One visit's exchange. A product of the order that is not named was not given and is owed."""

    items: tuple[Handed, ...]
    leak_check: str = ""
    substitutes_agreed: bool = False
    by_product: dict[int, Handed] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_product", {item.product.pk: item for item in self.items})

    @classmethod
    def as_ordered(cls, order: Order, *, leak_check: str = "") -> Handover:
        """Everything as it was ordered."""
        lines = order.lines.select_related("product")
        return cls(
            tuple(Handed(line.product, line.ordered, line.empties_expected) for line in lines), leak_check=leak_check
        )


def post(
    order: Order, handover: Handover, *, place: Place, by: User, at: dt.datetime, is_contested: bool = False
) -> None:
    """Write the lines, the cylinder movements, the charge and the deposit of one handover, once per order.

    `place` is where the full cylinders came from and the empties went to. The caller holds the order's lock.
    Contested is what happened against the rules: it is written all the same, and what is short waits for the office.
    """
    if is_handed_over(order):
        raise Refused(_("Order %(number)s was handed over before.") % {"number": order.number}, code="handed_over")
    for handed in handover.items:
        _check(handed)
    lines = _lines(order, handover, is_contested=is_contested)
    for line in lines:
        handed = handover.by_product.get(line.product_id) or Handed(line.product, 0, 0, OrderLine.Rest.OWED)
        line.delivered, line.empties_taken = handed.delivered, handed.empties
        line.rest = (handed.rest or OrderLine.Rest.OWED) if handed.delivered < line.ordered else ""
        line.save()
    site_place = Place.of_site(order.site)
    for handed in handover.items:
        _move_cylinders(order, handed, place=place, site_place=site_place, by=by, at=at)
    _charge(order, lines, by=by, at=at)
    if not is_contested:
        owe_the_rest(order, by=by)


def is_handed_over(order: Order) -> bool:
    """Whether both ledgers have this order's exchange already."""
    return order.lines.filter(delivered__isnull=False).exists()


def owe_the_rest(order: Order, *, by: User) -> None:
    """What was short and is to be brought later becomes a linked order."""
    short = order.lines.select_related("product").filter(rest=OrderLine.Rest.OWED)
    if owed := {line: line.short for line in short if line.short}:
        order.owe(owed, by=by)


def _lines(order: Order, handover: Handover, *, is_contested: bool) -> list[OrderLine]:
    """The order's lines, and new ones for what the customer took or gave beside them: never propane for plain gas."""
    lines = list(order.lines.select_related("product"))
    known = {line.product_id for line in lines}
    families = {line.product.family == Product.Family.PROPANE for line in lines}
    for handed in handover.items:
        if handed.product.pk in known or not (handed.delivered or handed.empties):
            continue
        is_propane = handed.product.family == Product.Family.PROPANE
        if handed.delivered and families and is_propane not in families and not is_contested:
            raise Refused(_("Propane never replaces plain gas, nor plain gas propane."), code="propane")
        if handed.delivered and not handover.substitutes_agreed and not is_contested:
            raise Refused(_("Another kind only when the customer agrees to it."), code="consent")
        lines.append(_line_beside(order, handed, is_contested=is_contested))
    return lines


def _line_beside(order: Order, handed: Handed, *, is_contested: bool) -> OrderLine:
    """A line for a product that was not ordered; an empty alone needs no price, nor does what the office must see."""
    line = OrderLine(order=order, product=handed.product, ordered=0, unit_price_twd=0, deposit_twd=0)
    if not handed.delivered or handed.product.is_metered:
        return line
    quotes = Price.quotes(on=order.priced_on, customer=order.customer, products=[handed.product])
    if quote := quotes.get(handed.product.pk):
        line.unit_price_twd, line.deposit_twd = quote.gas_twd, quote.deposit_twd
    elif not is_contested:
        raise Refused(
            _("%(product)s has no price for that day. Call the office.") % {"product": handed.product}, code="no_price"
        )
    return line


def _check(handed: Handed) -> None:
    for quantity in (handed.delivered, handed.empties, handed.other_empties, handed.parts):
        if not 0 <= quantity <= 99:
            raise Refused(_("Between 0 and 99 cylinders of one kind."), code="bad_quantity")
    if handed.parts > handed.empties:
        raise Refused(_("No more with gas left than came back."), code="bad_quantity")


def _move_cylinders(
    order: Order, handed: Handed, *, place: Place, site_place: Place, by: User, at: dt.datetime
) -> None:
    def move(quantity: int, start: tuple[Place, str], end: tuple[Place, str], purpose: str) -> None:
        CylinderMovement.post(
            product=handed.product,
            quantity=quantity,
            start=start,
            end=end,
            cause=("order", order.pk),
            purpose=purpose,
            by=by,
            at=at,
        )

    move(handed.delivered, (place, State.FULL), (site_place, State.IN_USE), "given")
    move(handed.empties - handed.parts, (site_place, State.IN_USE), (place, State.EMPTY), "taken")
    move(handed.parts, (site_place, State.IN_USE), (place, State.PART), "taken_part")
    if handed.other_empties:
        move(
            handed.other_empties,
            (Place.of(Place.Kind.OTHER_DEALER), State.EMPTY),
            (place, State.EMPTY),
            "other_empties",
        )


def _charge(order: Order, lines: list[OrderLine], *, by: User, at: dt.datetime) -> None:
    gas = sum(line.amount_twd for line in lines)
    deposit = sum(line.deposit_due_twd for line in lines)
    account = AccountEntry.Account
    AccountEntry.post(
        customer=order.customer,
        legs={account.RECEIVABLE: gas, account.SALES: -gas},
        cause=("order", order.pk),
        purpose="charge",
        by=by,
        at=at,
    )
    AccountEntry.post(
        customer=order.customer,
        legs={account.RECEIVABLE: deposit, account.DEPOSIT: -deposit},
        cause=("order", order.pk),
        purpose="deposit",
        by=by,
        at=at,
    )

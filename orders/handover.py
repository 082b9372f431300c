"""Handing over: what went to the customer, what came back, and both ledgers with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from customers.models import AccountEntry
from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from orders.models.cylinder import CylinderMovement, Place
from orders.models.order import Order
from orders.models.order_line import OrderLine
from orders.models.product import Price, Product
from orders.tagged import Lot, Tagged, lots

State = CylinderMovement.State
CONTESTED = "contested"  # a name that triggers know (orders/models/cylinder_triggers.py)
EXCHANGED = ("given", CONTESTED, "taken", "taken_part", "other_empties")  # purposes of one handover's movements
CHARGED = ("charge", "deposit")
Stand = tuple[Place, str]  # a place and the state of what stands there


@dataclass(frozen=True)
class Handed:
    """What happened to one product at the door: so many given, so many of ours taken back, and what of the rest."""

    product: Product
    delivered: int
    empties: int
    rest: str = ""
    other_empties: int = 0  # empties of other dealers, same class
    parts: int = 0  # of our empties, so many with gas left in them
    tagged: tuple[Tagged, ...] = ()  # of those given, the ones whose serial or date was read


@dataclass(frozen=True)
class Handover:
    """One visit's exchange. A product of the order that is not named was not given and is owed."""

    items: tuple[Handed, ...]
    leak_check: str = ""
    substitutes_agreed: bool = False
    signature: str = ""  # drawn at the door; a refused leak check counts only with it
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
    _write(order, handover, place=place, by=by, at=at, is_contested=is_contested)
    if not is_contested:
        owe_the_rest(order, by=by)


def post_again(order: Order, handover: Handover, *, number: int, place: Place, by: User, at: dt.datetime) -> None:
    """It was another exchange than was written: both ledgers the other way, and then as it was. The rows stay.

    `number` counts from 1 how often this order is put right. The caller holds the order's lock.
    """
    if not is_handed_over(order):
        raise Refused(_("Order %(number)s was not handed over yet.") % {"number": order.number}, code="not_yet")
    cause = ("order", order.pk)
    if CylinderMovement.objects.filter(cause_kind="order", cause_id=str(order.pk), purpose=CONTESTED).exists():
        raise Refused(_("An overdue cylinder was left there. The office puts that right."), code="overdue")
    CylinderMovement.take_back(*EXCHANGED, cause=cause, by=by, at=at)
    for purpose in CHARGED:
        AccountEntry.take_back(purpose, cause=cause, by=by, at=at)
    is_contested = order.state == Order.State.REVIEW
    _write(order, handover, place=place, by=by, at=at, is_contested=is_contested, mark=f".{number}")
    if not is_contested:
        _owe_another_rest(order, number, by=by)


def _write(
    order: Order,
    handover: Handover,
    *,
    place: Place,
    by: User,
    at: dt.datetime,
    is_contested: bool,
    mark: str = "",
) -> None:
    """The lines and both ledgers; `mark` ends every purpose when they were written before."""
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
        given = lots(
            handed.product, handed.delivered, handed.tagged, place=place, state=State.FULL, on=business_day(at)
        )  # fmt: skip
        if not is_contested:
            _check_dates(handed, given)
        way = ((place, State.FULL), (site_place, State.IN_USE))
        _give(order, handed.product, given, way=way, by=by, at=at, mark=mark)
        _take(order, handed, place=place, site_place=site_place, by=by, at=at, mark=mark)
    _charge(order, lines, by=by, at=at, mark=mark)


def is_handed_over(order: Order) -> bool:
    """Whether both ledgers have this order's exchange already."""
    return order.lines.filter(delivered__isnull=False).exists()


def owe_the_rest(order: Order, *, by: User) -> None:
    """What was short and is to be brought later becomes a linked order."""
    if owed := _owed(order):
        order.owe(owed, by=by)


def _owed(order: Order) -> dict[OrderLine, int]:
    short = order.lines.select_related("product").filter(rest=OrderLine.Rest.OWED)
    return {line: line.short for line in short if line.short}


def _owe_another_rest(order: Order, number: int, *, by: User) -> None:
    """What is owed follows what was put right: another linked order, when the one there was asks for something else.

    Refused when that one has left already: it is delivered as it stands, and the office looks.
    """
    owed = _owed(order)
    for rest in order.owed_orders.exclude(state=Order.State.CANCELLED).order_by("pk"):
        if {line.product_id: line.ordered for line in rest.lines.all()} == {
            line.product_id: count for line, count in owed.items()
        }:
            return
        if not rest.can_cancel:
            raise Refused(
                _("What is owed, order %(number)s, is on its way already.") % {"number": rest.number}, code="rest_left"
            )
        rest.cancel(by=by, reason=_("order %(number)s was put right") % {"number": order.number})
    if owed:
        order.owe(owed, by=by, number=number)


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


def _check_dates(handed: Handed, given: list[Lot]) -> None:
    """An overdue cylinder may not be delivered (domain page, "Cylinder inspection")."""
    for lot in given:
        if lot.is_overdue:
            which = lot.cylinder or f"{lot.inspect_by:%Y-%m}"
            raise Refused(
                _("%(product)s %(which)s is overdue for inspection. Put it aside and give another one.")
                % {"product": handed.product, "which": which},
                code="overdue",
            )


def _give(
    order: Order, product: Product, given: list[Lot], *, way: tuple[Stand, Stand], mark: str, by: User, at: dt.datetime
) -> None:
    """Full ones to the customer; an overdue one only as contested, which the database takes of an order in review."""
    for lot in given:
        CylinderMovement.post(
            product=product, quantity=lot.quantity, cylinder=lot.cylinder, inspect_by=lot.inspect_by, start=way[0],
            end=way[1], cause=("order", order.pk), purpose=f"{CONTESTED if lot.is_overdue else 'given'}{mark}", by=by,
            at=at,
        )  # fmt: skip


def _take(
    order: Order, handed: Handed, *, place: Place, site_place: Place, mark: str, by: User, at: dt.datetime
) -> None:
    """Ours that came back, some with gas left in them, and those of other dealers."""
    ours, others = (site_place, State.IN_USE), (Place.of(Place.Kind.OTHER_DEALER), State.EMPTY)
    for quantity, start, state, purpose in (
        (handed.empties - handed.parts, ours, State.EMPTY, "taken"),
        (handed.parts, ours, State.PART, "taken_part"),
        (handed.other_empties, others, State.EMPTY, "other_empties"),
    ):
        CylinderMovement.post(
            product=handed.product, quantity=quantity, start=start, end=(place, state), cause=("order", order.pk),
            purpose=f"{purpose}{mark}", by=by, at=at,
        )  # fmt: skip


def _charge(order: Order, lines: list[OrderLine], *, by: User, at: dt.datetime, mark: str) -> None:
    gas = sum(line.amount_twd for line in lines)
    deposit = sum(line.deposit_due_twd for line in lines)
    account = AccountEntry.Account
    AccountEntry.post(
        customer=order.customer,
        legs={account.RECEIVABLE: gas, account.SALES: -gas},
        cause=("order", order.pk),
        purpose=f"charge{mark}",
        by=by,
        at=at,
    )
    AccountEntry.post(
        customer=order.customer,
        legs={account.RECEIVABLE: deposit, account.DEPOSIT: -deposit},
        cause=("order", order.pk),
        purpose=f"deposit{mark}",
        by=by,
        at=at,
    )

"""Money by itself: short before, two months at once, a transfer: at a stop that is done, or for one that is owed."""

from __future__ import annotations

from deliveries.models import DriverEvent
from deliveries.reporting.day import is_mine
from deliveries.reporting.handing import what_it_is_about
from deliveries.reporting.outcome import Outcome
from deliveries.reporting.reports import Money
from deliveries.reporting.settling import Told, lock, paid_later, receive
from luckygas.errors import Refused
from luckygas.said import Said as _


def pay(event: DriverEvent) -> Outcome:
    """The amount received is kept whatever else is wrong with the report; what is owed longest is paid first."""
    stop, order = what_it_is_about(event)
    visit = stop or order
    if visit is None:
        raise Refused(_("A report of a stop that is not there any more."), code="unknown_stop")
    customer = visit.site.customer
    money, told = Money.read(event.body.get("payment")), Told.of(event)
    if not money.received_twd:
        raise Refused(_("Enter the amount received, in whole NT$."), code="bad_amount")
    lock(customer, order, stop)
    receive(told, customer, ("stop" if stop else "order", visit.pk), money)
    if order:
        paid_later(told, order, money.received_twd)
    if stop is None or not is_mine(event, stop.route):
        said = {"driver": event.user, "name": customer}
        return Outcome("not_mine", _("%(driver)s took money of %(name)s on another route.") % said, order, stop)
    return Outcome(order=order, stop=stop)

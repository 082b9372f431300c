"""What the desk reads back before it saves: the order in one breath, and what it comes to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.templatetags.luckygas_format import in_chinese, short_date, spoken_money, spoken_number
from orders import rules
from orders.credit.exposure import Exposure
from orders.models import Order, Price
from orders.models.product import Quote
from orders.windows import Calendar, estimate_now
from orders.wishes import Item, Wish

if TYPE_CHECKING:
    from orders.forms.desk import DeskForm

NOBODYS = Exposure(limit_twd=None, is_blocked=False, owed_twd=0, ordered_twd=0)  # where no credit is shown


@dataclass(frozen=True)
class ReadBack:
    """A wish with its prices. `refusal` says what stands against it so far; nothing of this is stored."""

    wish: Wish
    quotes: dict[int, Quote]
    exposure: Exposure = NOBODYS
    is_at_counter: bool = False
    at: dt.datetime = field(default_factory=timezone.now)
    calendar: Calendar | None = None

    @classmethod
    def of(cls, form: DeskForm, *, exposure: Exposure, calendar: Calendar) -> ReadBack:
        """What the desk's form holds now, priced for the day it would come."""
        wish = form.wish() if form.is_bound else form.usual_wish()
        day = wish.when.slot.day if wish.when.slot else wish.when.day
        quotes = {product.pk: quote for product, quote in form.offers}
        if day and day != business_day():
            quotes = Price.quotes(on=day, customer=form.site.customer)
        return cls(wish, quotes, exposure, form.sells_at_counter, calendar=calendar)

    @property
    def items(self) -> list[Item]:
        return [item for item in self.wish.items if item.quantity and item.product.pk in self.quotes]

    @property
    def empties(self) -> int:
        return sum(item.empties for item in self.wish.items)

    @property
    def lines(self) -> list[tuple[Item, int]]:
        """Each item with its NT$; metered gas is billed by its meter."""
        return [(item, 0 if item.product.is_metered else item.quantity * self._gas(item)) for item in self.items]

    def _gas(self, item: Item) -> int:
        return self.quotes[item.product.pk].gas_twd

    @property
    def deposit_twd(self) -> int:
        return rules.expected_deposit(tuple(self.items), self.quotes)

    @property
    def total_twd(self) -> int:
        return sum(amount for _item, amount in self.lines) + self.deposit_twd

    @property
    def is_on_account(self) -> bool:
        return (self.wish.pays_by or Order.usual_payment(self.wish.site.customer)) == Order.PaysBy.ACCOUNT

    @property
    def after(self) -> Exposure:
        """How the customer would stand with this order on account."""
        return replace(self.exposure, ordered_twd=self.exposure.ordered_twd + self.total_twd)

    @property
    def will_be_held(self) -> bool:
        return self.is_on_account and not self.after.fits

    @property
    def refusal(self) -> str:
        """What already stands against this wish, apart from what was not asked yet; empty when nothing does."""
        if not self.items:
            return ""
        try:
            rules.check_wish(Wish(self.wish.site, self.wish.items, is_gas_out=False, note=self.wish.note))
        except Refused as refused:
            return str(refused.sentence)
        return ""

    @property
    def promise(self) -> str:
        """`today 14:40–15:20`: when it comes, in words to be said."""
        when = self.wish.when
        if when.slot:
            return _say_span(when.slot.day, dt.time(when.slot.starts), dt.time(when.slot.ends % 24))
        if when.day:
            return short_date(when.day)
        return self.soonest

    @cached_property
    def soonest(self) -> str:
        """When "now" would be, in words to be said; the reason when it cannot."""
        try:
            ahead = Order.ahead_of(self.wish.site, at=self.at)
            estimate = estimate_now(self.wish.site, ahead=ahead, at=self.at, calendar=self.calendar)
        except Refused as refused:
            return str(refused.sentence)
        starts, ends = timezone.localtime(estimate.starts_at), timezone.localtime(estimate.ends_at)
        return _say_span(estimate.day, starts.time(), ends.time())

    def _who_and_where(self) -> SafeString:
        site = self.wish.site
        if self.is_at_counter:
            return format_html(_("{name}, at the counter."), name=site.customer.name)
        place = _(", ").join(part for part in (site.address, site.access_note) if part)
        return format_html(_("{name}, to {place}."), name=site.customer.name, place=place)

    def sentences(self) -> list[SafeString | str]:
        """Read them aloud, one after the other."""
        told: list[SafeString | str] = [self._who_and_where()]
        things = format_html_join(_(", "), "{} <b>{}</b>", ((str(i.product), _pieces(i.quantity)) for i in self.items))
        if self.empties:
            empties = format_html("<b>{}</b>", _pieces(self.empties))
            told.append(format_html(_("{things}, and {empties} empty back."), things=things, empties=empties))
        else:
            told.append(format_html(_("{things}, no empties back."), things=things))
        pays = _("on account") if self.is_on_account else pgettext("read back", "in cash")
        told.append(format_html(_("Together <b>{total}</b>, {pays}."), total=spoken_money(self.total_twd), pays=pays))
        if self.is_at_counter:
            told.append(_("To take along now. Right?"))
        else:
            told.append(format_html(_("It comes <b>{promise}</b>. Right?"), promise=self.promise))
        return told


def _pieces(count: int) -> str:
    """`兩支`, `2`: how many cylinders, as it is said."""
    if in_chinese():
        return ("兩" if count == 2 else spoken_number(count)) + "支"
    return ngettext("%(count)d cylinder", "%(count)d cylinders", count) % {"count": count}


def _say_span(day: dt.date, starts: dt.time, ends: dt.time) -> str:
    """`今天兩點四十到三點二十`, `today 14:40–15:20`."""
    near = {0: _("today"), 1: _("tomorrow")}.get((day - business_day()).days, short_date(day))
    if in_chinese():
        return f"{near}{_say_clock(starts)}到{_say_clock(ends)}"
    return f"{near} {starts:%H:%M}–{ends:%H:%M}"


def _say_clock(time: dt.time) -> str:
    hour = time.hour if time.hour <= 12 else time.hour - 12
    spoken = ("兩" if hour == 2 else spoken_number(hour)) + "點"
    if time.minute == 30:
        return spoken + "半"
    return spoken + (spoken_number(time.minute) if time.minute > 9 else f"零{spoken_number(time.minute)}") * bool(
        time.minute
    )

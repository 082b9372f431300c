"""The customer's order form for one site: what it offers, what it fills in, and what it comes to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from customers.mine import Mine
from customers.models import Site
from luckygas.clock import business_day
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Words
from luckygas.templatetags.luckygas_format import short_date
from orders.desk.readback import ReadBack
from orders.forms.order import OrderForm
from orders.models import Order, Price, Product, StandingOrder
from orders.models.product import Quote
from orders.windows import DAYS_AHEAD, Calendar, Estimate, Window, estimate_now, windows_for
from orders.wishes import Wish

MOST_WINDOWS = 6


@dataclass(frozen=True)
class Sheet:
    """One person's order form for one of their sites."""

    sites: list[Site]
    site: Site
    mine: Mine | None = None  # the office, which sees everything, has none
    order: Order | None = None  # the one that is being changed
    recent: Sequence[Order] = ()  # the newest of these sites with their lines, when somebody has read them
    at: dt.datetime = field(default_factory=timezone.now)

    @classmethod
    def for_person(cls, mine: Mine, site: str, *, recent: Sequence[Order] = ()) -> Sheet | None:
        """The form for the site with this id, else for the one that was used last; None for who may not order."""
        if not mine.sites:
            return None
        named = next((each for each in mine.sites if str(each.pk) == site), None)
        return cls(mine.sites, named or cls._last_used(mine.sites), mine, recent=recent)

    @classmethod
    def for_change(cls, order: Order, site: str, *, user: User) -> Sheet | None:
        """The form of an order that exists, with its customer's sites; None for a member who may not order there."""
        mine = None if user.is_office else Mine.of(user)
        sites = [
            each
            for each in (mine.sites if mine else order.customer.sites.active().select_related("customer", "area"))
            if each.customer_id == order.customer_id
        ]
        by_id = {str(each.pk): each for each in sites}
        if str(order.site_id) not in by_id:
            return None
        return cls(sites, by_id.get(site, by_id[str(order.site_id)]), mine, order)

    @staticmethod
    def _last_used(sites: list[Site]) -> Site:
        if len(sites) == 1:
            return sites[0]
        by_id = {site.pk: site for site in sites}
        last = Order.objects.filter(site__in=by_id).order_by("-placed_at").values_list("site", flat=True).first()
        return by_id.get(last or 0, sites[0])

    # --- what it fills in ------------------------------------------------------------------------------------------
    def counts_of(self, order: Order | None) -> dict[int, tuple[int, int]]:
        """Full ones and empties of an order by product id; the usual exchange is one back for each."""
        if order is None:
            return {}
        is_change = self.order is not None
        return {
            line.product_id: (line.quantity, line.empties_expected if is_change else line.quantity)
            for line in order.lines.all()
            if line.quantity
        }

    @cached_property
    def usual(self) -> Order | None:
        """The last delivered order of this site."""
        for order in self.recent:  # newest first
            if order.site_id == self.site.pk and order.state == Order.State.DELIVERED:
                return order
        delivered = Order.objects.filter(site=self.site, state=Order.State.DELIVERED).order_by("-placed_at")
        return delivered.for_list().first()

    @cached_property
    def offers(self) -> list[tuple[Product, Quote]]:
        return Price.on_offer(on=business_day(self.at), customer=self.site.customer)

    @cached_property
    def templates(self) -> list[StandingOrder]:
        """What was agreed for this site: picked with one tap."""
        found = list(StandingOrder.objects.active().filter(site=self.site).order_by("pk"))
        for each in found:
            each.known_products = {product.code: product for product, _quote in self.offers}
        return found

    def _template(self, number: str) -> StandingOrder | None:
        return next((each for each in self.templates if str(each.pk) == number), None) if number else None

    def form(
        self,
        typed: Any = None,
        *,
        filled_from: Order | None = None,
        template: str = "",
        initial: dict[str, Any] | None = None,
    ) -> OrderForm:
        """The form: bound to what was typed, or filled in from a template or an order, else from the last one."""
        agreed = self._template((typed or {}).get("template", template))
        picked = {product.pk: (count, count) for product, count in agreed.loads()} if agreed else None
        note = {"note": agreed.note} if agreed else {}
        form = OrderForm(
            typed,
            sites=self.sites,
            site=self.site,
            offers=self.offers,
            counts=self.counts_of(filled_from or self.usual) if picked is None else picked,
            initial={"operation_id": uuid.uuid4(), "site": self.site.pk} | note | (initial or {}),
        )
        form.template = agreed
        return form

    # --- what it offers --------------------------------------------------------------------------------------------
    @cached_property
    def calendar(self) -> Calendar:
        today = business_day(self.at)
        return Calendar.of(self.site, since=today, until=today + dt.timedelta(days=DAYS_AHEAD))

    @cached_property
    def windows(self) -> list[Window]:
        """The next windows, full ones included so that nobody wonders; one's own place is never full to oneself."""
        mine = self.order.slot if self.order else None
        found = windows_for(self.site, at=self.at, calendar=self.calendar)[:MOST_WINDOWS]
        if mine and mine.area_id == self.site.area_id and mine not in [window.slot for window in found]:
            found.insert(0, Window(mine, 1))
        return [Window(window.slot, window.left + 1) if window.slot == mine else window for window in found]

    @cached_property
    def days(self) -> list[dt.date]:
        """The days on which something can come, after today."""
        today = business_day(self.at)
        days = (today + dt.timedelta(days=n) for n in range(1, DAYS_AHEAD + 1))
        return [day for day in days if not self.calendar.refusal(self.site, day)]

    @cached_property
    def suspended(self) -> list[Words]:
        """Why windows of the next days are missing: a typhoon is nobody's fault, and everybody asks."""
        return self.calendar.told(business_day(self.at))

    @cached_property
    def soonest(self) -> Estimate | Refused:
        """When "now" would be, or why not."""
        try:
            ahead = Order.ahead_of(self.site, at=self.at)
            return estimate_now(self.site, ahead=ahead, at=self.at, calendar=self.calendar)
        except Refused as refused:
            return refused

    @property
    def is_now_possible(self) -> bool:
        return isinstance(self.soonest, Estimate)

    @property
    def sees_money(self) -> bool:
        return self.mine is None or self.mine.sees_money(self.site.customer_id, self.site.pk)

    # --- what it comes to ------------------------------------------------------------------------------------------
    def total(self, form: OrderForm) -> ReadBack:
        """Lines, deposit and sum of what the form holds now, priced for the day it would come."""
        wish = form.wish() if form.is_bound else form.usual_wish()
        day = wish.when.slot.day if wish.when.slot else wish.when.day
        quotes = {product.pk: quote for product, quote in self.offers}
        if day and day != business_day(self.at):
            quotes = Price.quotes(on=day, customer=self.site.customer)
        return ReadBack(wish, quotes, calendar=self.calendar)

    def context(self, form: OrderForm) -> dict[str, Any]:
        """Everything the template says."""
        total = self.total(form)
        return {
            "sheet": self,
            "form": form,
            "total": total,
            "chosen": self.chosen(form),
            "promise": self.promise(total.wish),
        }

    def promise(self, wish: Wish) -> str:
        """`11/24（二）14:40–15:20`: when it would come, for the line beside the button."""
        when = wish.when
        if when.slot:
            return f"{short_date(when.slot.day)} {when.slot.starts:02d}:00–{when.slot.ends:02d}:00"
        if when.day:
            return short_date(when.day)
        if isinstance(self.soonest, Refused):
            return ""
        starts, ends = timezone.localtime(self.soonest.starts_at), timezone.localtime(self.soonest.ends_at)
        day = "" if self.soonest.day == business_day(self.at) else short_date(self.soonest.day) + " "
        return f"{day}{starts:%H:%M}–{ends:%H:%M}"

    def initial(self) -> dict[str, Any]:
        """What an order to be changed holds now."""
        order = self.order
        if order is None:
            return {}
        when = "now" if order.is_now else f"slot-{order.slot_id}" if order.slot_id else "day"
        return {
            "note": order.note,
            "is_gas_out": "yes" if order.is_gas_out else "no",
            "when": when,
            "day": order.promised_on.isoformat() if when == "day" else "",
        }

    @staticmethod
    def chosen(form: OrderForm) -> str:
        """What stands at "when": kept as typed, also when it was refused."""
        return str(form["when"].value() or "now")

"""The front door for strangers: today's price board, where we deliver, and the number to call."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from customers.models import Area
from luckygas.access import public
from luckygas.clock import business_day
from luckygas.http import show
from luckygas.templatetags.luckygas_format import WEEKDAYS_EN, WEEKDAYS_ZH, in_chinese
from orders.models import Price, Product

BOARD = ("50", "20", "16", "10", "4")


@public
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, what a cylinder costs today, where and when we deliver."""
    today = business_day()
    quotes = Price.quotes(on=today)
    products = [product for product in Product.objects.filter(is_active=True, family="plain") if product.pk in quotes]
    board = sorted(((product, quotes[product.pk]) for product in products), key=lambda pair: -pair[0].gas_kg)
    areas = list(Area.objects.order_by("kind", "pk"))
    return show(
        request,
        "landing.html",
        {
            "board": board[: len(BOARD)],
            "has_samples": any(quote.is_sample for _product, quote in board),
            "deposit": next((quote.deposit_twd for product, quote in board if product.code == "20"), None),
            "zones": [area for area in areas if area.kind == Area.Kind.ZONE],
            "lines": [(area, days_of(area)) for area in areas if area.kind == Area.Kind.LINE],
        },
    )


def days_of(area: Area) -> str:
    """`一、三、五`, `Mon, Wed, Fri`: when we drive there; empty when every day."""
    if len(area.weekdays) == 7:
        return ""
    names = WEEKDAYS_ZH if in_chinese() else WEEKDAYS_EN
    return _(", ").join(names[day - 1] for day in sorted(area.weekdays))

"""What deliveries offer to the list of orders: who drove, or will drive."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from deliveries.models import Driver, Stop
from orders.querysets import OrderQuerySet
from orders.search.narrowing import Narrowing, offer, options

MARGIN = dt.timedelta(days=7)  # an order on paper is typed in after its truck has left


def drivers() -> QuerySet:
    name = Coalesce(NullIf("user__name", Value("")), "user__username")
    return options(Driver.objects.all(), "driver", value="pk", label=name, sort="user__username")


def driven_by(orders: OrderQuerySet, driver: str, since: dt.date | None) -> OrderQuerySet:
    """Orders on a route of theirs, from the routes' side: over years of orders that is the short way."""
    stops = Stop.objects.filter(route__driver=int(driver)).exclude(order=None)
    if since:
        stops = stops.filter(route__day__gte=since - MARGIN)
    return orders.filter(pk__in=stops.order_by().values("order"))


offer(Narrowing("driver", _("Driver"), drivers, driven_by))

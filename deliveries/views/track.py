"""Tracking: whoever has the link sees where an order stands and when it comes, and nothing about whose it is."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from deliveries.approach import Approach
from luckygas.access import public
from luckygas.http import show
from orders.models import Order
from orders.models.order import TRACKING_DAYS
from orders.timeline import timeline


@public
@require_safe
def track(request: HttpRequest, token: str) -> HttpResponse:
    """The link's page for TRACKING_DAYS after delivery or promise; 404 before it exists and after it ended."""
    order = get_object_or_404(
        Order.objects.select_related("site__area").prefetch_related("lines__product", "events"), track_token=token
    )
    if timezone.now() > (order.delivered_at or order.promised_to) + dt.timedelta(days=TRACKING_DAYS):
        raise Http404
    context = {
        "order": order,
        "stations": timeline(order),
        "approach": Approach.of(order),
        "empties": sum(line.empties_expected for line in order.lines.all()),
    }
    response = show(request, "deliveries/track.html", context, part="live")
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response

"""A leak that somebody wrote of where an order belongs."""

from __future__ import annotations

from django.http import HttpRequest

from customers.models import Incident
from luckygas.access import person
from orders.forms.order import OrderForm


def heard_leak(request: HttpRequest, form: OrderForm) -> Incident | None:
    """The incident that their note opened, which pages whoever is on call; one for each place until it is closed.

    None when the note says nothing of a leak.
    """
    if not form.is_bound or form.is_valid() or not form.speaks_of_leak:
        return None
    site = form.cleaned_data.get("site") or form.site
    kind = Incident.Kind.LEAK
    if known := Incident.objects.filter(kind=kind, site=site, closed_at=None).first():
        return known
    cause = ("order form", form.cleaned_data.get("operation_id", ""))
    note = str(form["note"].value())
    return Incident.open(kind=kind, text=note, by=person(request), customer=site.customer, site=site, cause=cause)

"""Standing orders as parts of other pages: a customer's record at the office, and a customer's own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from customers.mine import Mine
from customers.models import Customer
from luckygas.access import allow, person
from luckygas.http import show
from luckygas.models import CUSTOMER, DISPATCHER, MANAGER
from orders.models import StandingOrder
from orders.views.standing import rows_of


@allow(DISPATCHER, MANAGER)
def standing_of(request: HttpRequest, number: int) -> HttpResponse:
    """A customer's standing orders and templates: the part of the record that this app knows."""
    customer = get_object_or_404(Customer.objects.visible_to(person(request)), number=number)
    found = StandingOrder.objects.filter(site__customer=customer).active().for_list().order_by("pk")
    context = {"customer": customer, "rows": rows_of(list(found))}
    return show(request, "orders/standing_of.html", context, part="standing-of")


@allow(CUSTOMER)
def my_standing(request: HttpRequest) -> HttpResponse:
    """What comes again by itself, for everything this person may look at; only the office changes it."""
    places = Mine.of(person(request)).places
    found = StandingOrder.objects.filter(site__in=places).active().for_list().order_by("pk")
    return show(request, "orders/my_standing.html", {"rows": rows_of(list(found))}, part="my-standing")

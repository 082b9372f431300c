"""Everybody we serve."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from customers.forms.record import CustomerFilterForm
from luckygas.access import allow
from luckygas.http import show
from luckygas.models import DISPATCHER, MANAGER

PAGE = 50


@allow(DISPATCHER, MANAGER)
def index(request: HttpRequest) -> HttpResponse:
    """Customers by what the address asks for, fifty to a page."""
    form = CustomerFilterForm(request.GET)
    found = form.chosen().for_list()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return show(request, "customers/list.html", {"form": form, "page": page}, part="customer-list")

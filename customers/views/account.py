"""A customer's own pages about money and about themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from customers.forms.profile import ProfileForm
from customers.ledger import open_charges
from customers.mine import Mine
from customers.models import Contact
from customers.statement import Statement
from luckygas.access import allow
from luckygas.http import done, show
from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS


@allow(CUSTOMER)
def account(request: HttpRequest) -> HttpResponse:
    """What is owed, which deposits we hold, and every line that made it; one account for each customer."""
    mine = Mine.of(request.user)  # type: ignore[arg-type]
    seen = [customer for customer in mine.customers if mine.sees_account(customer)]
    wanted = request.GET.get("customer", "")
    customer = next((each for each in seen if str(each.number) == wanted), seen[0] if seen else None)
    context = {"mine": mine, "seen": seen, "customer": customer}
    if customer:
        context["statement"] = Statement.of(customer, before=request.GET.get("before", ""))
        context["charges"] = open_charges(customer)
    return show(request, "customers/account.html", context, part="lines")


@allow(CUSTOMER, DRIVER, DISPATCHER, MANAGER, OPS)
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here: name, what one may do for whom, the numbers we call, language, password, sign out."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return done(request, request.path, message=_("Saved."))
    mine = Mine.of(request.user)  # type: ignore[arg-type]
    contacts = Contact.objects.filter(customer__in=[customer.pk for customer in mine.customers], is_active=True)
    context = {"form": form, "memberships": mine.memberships, "contacts": contacts.select_related("customer")}
    return show(request, "customers/profile.html", context, part="form", status=422 if form.errors else 200)

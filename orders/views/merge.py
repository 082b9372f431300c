"""Two records of one customer: a manager looks at both, and makes them one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.doubles import doubles_of
from customers.hits import hits_for
from customers.models import Customer
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER
from orders.forms.merge import MergeForm
from orders.merging import merge as merge_records
from orders.merging import two_sides


@allow(MANAGER)
def merge(request: HttpRequest, number: int) -> HttpResponse:
    """What stays and what moves, side by side; one key moves it. Without `other` in the address: which one it is."""
    other = request.GET.get("other", "")
    if not other.isdecimal():
        return _choose(request, get_object_or_404(Customer, number=number))
    found = {customer.number: customer for customer in Customer.objects.with_money().filter(number__in=[number, other])}
    if not {number, int(other)} <= found.keys():
        raise Http404
    kept, absorbed = found[number], found[int(other)]
    sides = two_sides(kept, absorbed)
    form = MergeForm(request.POST or None, kept=sides[0], absorbed=sides[1])
    if form.is_valid():
        deed = {name: form.cleaned_data[name] for name in ("operation_id", "reason")}
        try:
            merge_records(kept=kept, absorbed=absorbed, same_places=form.same_places(), by=person(request), **deed)
            words = _("%(absorbed)s is part of %(kept)s now.") % {"absorbed": absorbed.code, "kept": kept.code}
            return done(request, reverse("customers:detail", args=[kept.number]), message=words)
        except Refused as refused:
            refuse(form, refused)
    note_read(request, "customer", kept.pk, absorbed.pk)
    context = {"kept": sides[0], "absorbed": sides[1], "sides": sides, "form": form}
    return show(request, "orders/merge.html", context, part="form", status=422 if form.errors else 200)


def _choose(request: HttpRequest, kept: Customer) -> HttpResponse:
    """Who else it might be: the doubles we see, or whom a search finds."""
    text = request.GET.get("text", "").strip()[:60]
    hits = [hit for hit in hits_for(text) if hit.customer.pk != kept.pk] if text else []
    context = {"customer": kept, "text": text, "hits": hits, "doubles": doubles_of(kept)}
    return show(request, "orders/merge_choose.html", context)

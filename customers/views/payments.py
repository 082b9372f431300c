"""Money that customers bring."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from customers.forms.people import PaymentForm
from customers.models import Payment
from customers.views.record import customer_for, record_url
from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from luckygas.templatetags.luckygas_format import money


@allow(DISPATCHER, MANAGER)
def pay(request: HttpRequest, number: int) -> HttpResponse:
    """Write down what was received; says what they owed before and owe now."""
    customer, form = customer_for(request, number), PaymentForm(request.POST or None)
    before = customer.balance_twd
    if form.is_valid():
        try:
            payment = Payment.record(customer=customer, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            after = customer.entries.filter(account="receivable").total()
            words = {"received": money(payment.received_twd), "before": money(before), "after": money(after)}
            told = _("NT$%(received)s received. Before NT$%(before)s, now NT$%(after)s.") % words
            return done(request, record_url(customer), changed=f"customer {customer.number}", message=told)
        except Refused as refused:
            refuse(form, refused)
    status = 422 if request.method == "POST" else 200
    return show(request, "customers/pay.html", {"customer": customer, "form": form}, part="form", status=status)

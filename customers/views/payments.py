"""Money that customers bring."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.forms.people import PaymentForm, ReversePaymentForm
from customers.ledger import ages, open_charges
from customers.models import Payment
from customers.views.record import customer_for, record_url
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from luckygas.templatetags.luckygas_format import money

PAGE = 30


@allow(DISPATCHER, MANAGER)
def payments(request: HttpRequest, number: int) -> HttpResponse:
    """What they still have to pay, since when, and every payment; what was taken back says why."""
    customer = customer_for(request, number)
    note_read(request, "customer", customer.pk)
    rows = customer.payments.select_related("received_by", "reversal__by").order_by("-received_at", "-pk")
    before = request.GET.get("before", "")
    if last := customer.payments.filter(pk=before).first() if before.isdecimal() and len(before) < 18 else None:
        rows = rows.filter(received_at__lte=last.received_at).exclude(received_at=last.received_at, pk__gte=last.pk)
    found = list(rows[: PAGE + 1])
    context = {
        "customer": customer,
        "charges": open_charges(customer),
        "age": ages(customers=[customer.pk]).get(customer.pk),
        "payments": found[:PAGE],
        "more": found[PAGE - 1].pk if len(found) > PAGE else "",
    }
    return show(request, "customers/payments.html", context, part="payment-list")


@allow(DISPATCHER, MANAGER)
def reverse_payment(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """A cheque bounced or something was wrong: it is taken back, with the reason, and what it paid is open again."""
    customer = customer_for(request, number)
    payment = get_object_or_404(customer.payments.select_related("received_by", "reversal"), pk=pk)
    form = ReversePaymentForm(request.POST or None, payment=payment)
    if form.is_valid():
        try:
            payment.reverse(by=person(request), **form.cleaned_data)
            told = _("NT$%s is taken back; what it paid is open again.") % money(payment.received_twd)
            url = reverse("customers:payments", args=[customer.number])
            return done(request, url, changed=f"customer {customer.number}", message=told)
        except Refused as refused:
            refuse(form, refused)
    context = {"customer": customer, "payment": payment, "form": form}
    status = 422 if request.method == "POST" else 200
    return show(request, "customers/reverse_payment.html", context, part="form", status=status)


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

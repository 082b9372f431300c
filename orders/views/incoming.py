"""The phone rings: the exchange says so, every open desk shows it, and whoever answers first has the card."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from customers.models import IncomingCall
from luckygas.access import allow, note_read, person, public
from luckygas.errors import Refused
from luckygas.http import leave, show
from luckygas.models import DISPATCHER, MANAGER
from luckygas.phones import national
from orders.desk import ringing as exchange

LONGEST = 2_000  # bytes of a report


@public
@csrf_exempt  # no browser posts here: the signature says who does
@require_POST
def incoming(request: HttpRequest) -> HttpResponse:
    """A call, told by our exchange. Told twice it is one; without a secret, or unsigned, there is nothing here."""
    signature = request.headers.get(exchange.SIGNATURE, "")
    if not (settings.INCOMING_CALL_SECRET and signature):
        raise Http404
    timestamp, length = request.headers.get(exchange.TIME, ""), request.headers.get("Content-Length", "0")
    if not length.isdecimal() or int(length) > LONGEST:
        return JsonResponse({"error": f"at most {LONGEST} bytes"}, status=413)
    if not exchange.is_signed(settings.INCOMING_CALL_SECRET, timestamp, request.body, signature):
        return JsonResponse({"error": "not signed, or too old"}, status=401)
    try:
        told = exchange.Told.read(request.body)
    except ValueError as wrong:
        return JsonResponse({"error": str(wrong)}, status=422)
    call = IncomingCall.ring(call_id=told.call_id, number=told.number, at=told.at)
    return JsonResponse({"call": call.pk})


@allow(DISPATCHER, MANAGER)
def ringing(request: HttpRequest) -> HttpResponse:
    """Who is calling just now; the desk fetches it when the phone rings or was answered."""
    return show(request, "orders/ringing.html", {"calls": exchange.ringing()}, part="ringing")


@allow(DISPATCHER, MANAGER)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The caller is mine: their card, or the search for who they are."""
    call = get_object_or_404(IncomingCall, pk=pk)
    try:
        call.answer(by=person(request))
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return leave(request, reverse("orders:desk"))
    customers = call.customers()
    if len(customers) != 1:
        return leave(request, f"{reverse('orders:desk')}?incoming={call.pk}")
    note_read(request, "customer", customers[0].pk)
    return leave(request, reverse("orders:call", args=[customers[0].number]))


def number_of(request: HttpRequest) -> dict[str, Any]:
    """The number of a call this person answered, to be looked for: it stays out of addresses."""
    pk = request.GET.get("incoming", "")
    mine = IncomingCall.objects.filter(pk=pk, answered_by=person(request)).first() if pk.isdecimal() else None
    return {"q": national(mine.number)} if mine else {}

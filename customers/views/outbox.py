"""The demo's telephone screen: what would have been sent as SMS."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from customers.messages import sms
from customers.models import Message
from luckygas.access import public
from luckygas.http import show
from luckygas.phones import digits_of

NEWEST = 30


@public
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, codes included; it exists only while nothing leaves the machine."""
    if not sms.gateway().is_on_screen:
        raise Http404
    phone = request.GET.get("phone", "")
    messages = Message.objects.exclude(recipient="").order_by("-pk")
    if digits := digits_of(phone):
        messages = messages.filter(recipient__contains=digits.removeprefix("0"))
    context = {"outbox": messages[:NEWEST], "phone": phone}
    return show(request, "customers/outbox.html", context, part="outbox-list")

"""Who is paged when gas leaks, in which order; managers keep the list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.forms.incident import OnCallForm
from customers.models import OnCall
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER


@allow(MANAGER)
def on_call(request: HttpRequest) -> HttpResponse:
    """The list, and one more for it."""
    form = OnCallForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            OnCall.add(data["person"], phone=data["phone"], by=person(request))
            return done(request, reverse("customers:on_call"), message=_("On the list, as the last one."))
        except Refused as refused:
            refuse(form, refused)
    context = {"people": OnCall.objects.select_related("person"), "form": form}
    return show(request, "customers/on_call.html", context, part="form", status=422 if form.is_bound else 200)


@allow(MANAGER)
@require_POST
def move_up(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(OnCall, pk=pk).move_up(by=person(request))
    return done(request, reverse("customers:on_call"))


@allow(MANAGER)
@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(OnCall.objects.select_related("person"), pk=pk)
    row.take_off(by=person(request))
    return done(
        request, reverse("customers:on_call"), message=_("%(name)s is not paged any more.") % {"name": row.person}
    )

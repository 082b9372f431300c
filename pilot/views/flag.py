"""Flags: who has them, and changing that."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.flags import FLAGS, ORDERS_PAUSED
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.audience import audiences
from pilot.forms import FlagForm
from pilot.models import Flag, FlagChange

NEWEST = 50


@allow(OPS, MANAGER)
def flags(request: HttpRequest) -> HttpResponse:
    """Every flag, and what was changed last."""
    changes = FlagChange.objects.select_related("by").order_by("-pk")[:NEWEST]
    return show(request, "pilot/flags.html", {"flags": audiences(), "changes": changes}, part="flag-table")


@allow(OPS, MANAGER)
def change_flag(request: HttpRequest, name: str) -> HttpResponse:
    """Give a flag to others, with the reason. The kill switch has a page of its own."""
    if name not in FLAGS or name == ORDERS_PAUSED:
        raise Http404
    flag = Flag.objects.filter(name=name).first()
    form = FlagForm(request.POST) if request.method == "POST" else FlagForm.filled(flag, seen=FlagChange.newest(name))
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            user: Any = request.user
            Flag.change(name, by=user, reason=data["reason"], seen=data["seen"], **form.values())
            return done(request, reverse("pilot:flags"), changed=f"flag {name}", message=_("%s is changed.") % name)
        except Refused as refused:
            refuse(form, refused)
    changes = FlagChange.objects.filter(flag=name).select_related("by").order_by("-pk")[:NEWEST]
    context = {"name": name, "meaning": _(FLAGS[name]), "form": form, "changes": changes}
    return show(request, "pilot/change_flag.html", context, part="form", status=422 if form.is_bound else 200)

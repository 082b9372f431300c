"""Letting a requirement go for a while, letting it hold again, and saying when the next review is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.certificate.criteria import BY_KEY
from pilot.certificate.waiving import ask_waiver, label_of
from pilot.forms.certificate import EndWaiverForm, ReviewForm, WaiverForm
from pilot.models import ReviewPlan, Waiver


@allow(OPS, MANAGER)
def waive(request: HttpRequest, group: str, name: str) -> HttpResponse:
    """Ask that a requirement is let go; a second person must agree."""
    key = f"{group}/{name}"
    if key not in BY_KEY:
        raise Http404
    form = WaiverForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask_waiver(key, by=person(request), **form.cleaned_data)
            message = _("Asked. A second person must agree.")
            return done(request, reverse("pilot:certificate"), changed="approval", message=message)
        except Refused as refused:
            refuse(form, refused)
    context = {"form": form, "label": label_of(key)}
    return show(request, "pilot/waive.html", context, part="form", status=422 if form.is_bound else 200)


@allow(OPS)
def end_waiver(request: HttpRequest, pk: int) -> HttpResponse:
    """The requirement holds again, at once; one person is enough."""
    waiver = get_object_or_404(Waiver.objects.select_related("asked_by", "agreed_by"), pk=pk)
    form = EndWaiverForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            waiver.end(by=person(request), reason=form.cleaned_data["reason"])
            return done(request, reverse("pilot:certificate"), changed="certificate", message=_("It holds again."))
        except Refused as refused:
            refuse(form, refused)
    context = {"form": form, "waiver": waiver, "label": label_of(waiver.criterion)}
    return show(request, "pilot/end_waiver.html", context, part="form", status=422 if form.is_bound else 200)


@allow(OPS)
def set_review(request: HttpRequest) -> HttpResponse:
    """Say when the certificate is looked at next, and who decides when that does not help."""
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ReviewPlan.set(by=person(request), **form.cleaned_data)
            return done(request, reverse("pilot:certificate"), changed="certificate", message=_("Saved."))
        except Refused as refused:
            refuse(form, refused)
    return show(request, "pilot/set_review.html", {"form": form}, part="form", status=422 if form.is_bound else 200)

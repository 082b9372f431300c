"""The certificate: as it is now, as it was issued, and what people may do about it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, keep_private, show
from luckygas.models import MANAGER, OPS
from luckygas.said import spoken
from pilot.certificate.assessment import Assessment
from pilot.certificate.facts import facts_of
from pilot.certificate.markdown import markdown
from pilot.forms.certificate import IssueForm
from pilot.models import Approval, Certificate

NEWEST = 10
Facts = dict[str, Any]


@allow(OPS, MANAGER)
@require_GET
def certificate(request: HttpRequest) -> HttpResponse:
    """May we go live? Asked anew each time; looking stores nothing."""
    return _living(request, facts_of(Assessment.now()))


def _living(request: HttpRequest, facts: Facts, form: IssueForm | None = None, *, status: int = 200) -> HttpResponse:
    context = {
        "paper": spoken(facts),
        "form": form or IssueForm(initial={"seen": facts["digest"]}),
        "issued": Certificate.objects.select_related("by").defer("facts")[:NEWEST],
        "waiting": Approval.waiting("waiver"),
    }
    return show(request, "pilot/certificate.html", context, status=status)


@allow(OPS, MANAGER)
@require_POST
def issue_certificate(request: HttpRequest) -> HttpResponse:
    """Number and keep what is true now, GO or not; refused when it rests on other evidence than the person saw."""
    form = IssueForm(request.POST)
    facts = facts_of(Assessment.now())
    if not form.is_valid() or form.cleaned_data["seen"] != facts["digest"]:
        stale = Refused(_("Other evidence counts by now. Look again, then issue it."), code="changed_meanwhile")
        form = IssueForm({"operation_id": uuid.uuid4(), "seen": facts["digest"]})
        form.is_valid()
        refuse(form, stale)
        return _living(request, facts, form, status=422)
    issued = Certificate.issue(facts, by=person(request), operation_id=form.cleaned_data["operation_id"])
    return done(request, reverse("pilot:show_certificate", args=[issued.number]))


@allow(OPS, MANAGER)
@require_GET
def show_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One as it was issued."""
    issued = get_object_or_404(Certificate, number=number)
    return show(request, "pilot/certificate.html", {"paper": spoken(issued.facts), "certificate": issued})


@allow(OPS, MANAGER)
@require_GET
def certificate_json(request: HttpRequest, number: str = "") -> HttpResponse:
    """The same facts for machines; a number asks for one that was issued."""
    facts = spoken(_facts(number))
    return keep_private(request, JsonResponse(facts, json_dumps_params={"ensure_ascii": False, "indent": 2}))


@allow(OPS, MANAGER)
@require_GET
def certificate_markdown(request: HttpRequest, number: str = "") -> HttpResponse:
    """The same facts as text; a number asks for one that was issued."""
    answer = HttpResponse(markdown(_facts(number)), content_type="text/markdown; charset=utf-8")
    return keep_private(request, answer)


def _facts(number: str) -> Facts:
    if not number:
        return facts_of(Assessment.now())
    facts: Facts = get_object_or_404(Certificate, number=number).facts
    return facts

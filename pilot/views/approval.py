"""What waits for a second person, and what they say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.http import done, show
from luckygas.models import MANAGER, OPS
from pilot.models import Approval

DECIDED = 20


@allow(OPS, MANAGER)
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what was decided last."""
    return show(request, "pilot/approvals.html", _context(), part="approval-list")


@allow(OPS, MANAGER)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person agrees, and it is done; or does not, and nothing is. Who asked takes it back."""
    approval, act = get_object_or_404(Approval, pk=pk), request.POST.get("act")
    try:
        if act == "confirm":
            approval.confirm(by=person(request))
            message = _("Agreed and done: %(what)s") % {"what": approval.sentence}
        elif act == "refuse":
            approval.refuse(by=person(request))
            message = _("Nothing was done.")
        else:
            raise Refused(_("Agree or do not agree."), code="no_act")
        return done(request, reverse("pilot:index"), changed=f"approval {pk}", message=message)
    except Refused as refused:
        context = _context() | {"mistake": refused.sentence, "about": pk}
    return show(request, "pilot/approvals.html", context, part="approval-list", status=422)


def _context() -> dict[str, object]:
    decided = Approval.objects.exclude(outcome="").select_related("asked_by", "decided_by").order_by("-decided_at")
    return {"waiting": Approval.waiting(), "decided": decided[:DECIDED]}

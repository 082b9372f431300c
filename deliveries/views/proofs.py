"""Photos and signatures: taken in from phones, shown to the office and to the driver of the stop, to nobody else."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from deliveries.forms.drive import PhotoForm
from deliveries.models import Proof, Stop
from deliveries.reporting import parts
from deliveries.reporting.photos import keep_photo
from luckygas.access import allow, note_read, person
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.models import DISPATCHER, DRIVER, MANAGER, User


@allow(DRIVER)
@require_POST
def proofs(request: HttpRequest) -> HttpResponse:
    """A photo of one of my stops, or the next part of one, once per operation id; a part is told how far it is.

    A full disk answers 503: the phone keeps it for later.
    """
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"code": "malformed", "errors": form.errors}, status=422)
    said = form.cleaned_data
    mine = Stop.objects.filter(Q(route__driver__user=person(request)) | Q(finished_by=person(request))).distinct()
    stop = get_object_or_404(mine, pk=said["stop"])
    try:
        proof = _take(stop, said, by=person(request))
    except Refused as refused:
        refuse(form, refused)
        return JsonResponse({"code": refused.code, "errors": form.errors}, status=422)
    except OSError:
        return JsonResponse({"code": "disk"}, status=503)
    if isinstance(proof, int):
        return JsonResponse({"state": "partial", "offset": proof})
    return JsonResponse({"state": "stored", "proof": proof.pk})


def _take(stop: Stop, said: dict[str, Any], *, by: User) -> Proof | int:
    """The photo; while parts of it are missing, how many bytes are here."""
    operation, size = said["operation_id"], said["size"]
    if size is None:
        return keep_photo(stop, said["photo"], operation_id=operation, by=by, at=timezone.now())
    content = said["photo"].read() if said["photo"] else b""
    return parts.add(stop, content, operation_id=operation, size=size, offset=said["offset"] or 0, by=by)


@allow(DRIVER, DISPATCHER, MANAGER)
@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture itself."""
    seen = Proof.objects.select_related("stop__site")
    if not person(request).is_office:
        seen = seen.filter(Q(stop__route__driver__user=person(request)) | Q(by=person(request)))
    proof = get_object_or_404(seen, pk=pk)
    note_read(request, "customer", proof.stop.site.customer_id)
    answer: HttpResponseBase
    if proof.kind == Proof.Kind.SIGNATURE:
        answer = render(request, "deliveries/signature.svg", {"proof": proof}, content_type="image/svg+xml")
    else:
        answer = FileResponse(proof.photo.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = "inline"
    return answer

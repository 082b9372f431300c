"""What did not fit and waits for a decision of the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from deliveries.forms.review import CloseReviewForm
from deliveries.models import Review
from deliveries.reporting.beside import Beside, beside
from luckygas.access import allow, person
from luckygas.errors import Refused
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER

PAGE = "deliveries/reviews.html"
CLOSED_A_PAGE = 20


def page_of(request: HttpRequest, *, asked: CloseReviewForm | None = None, pk: int | None = None) -> dict[str, Any]:
    """Every open review with its own form, never cut; the closed ones below, in pages."""
    waiting = list(Review.objects.open().for_list().order_by("opened_at"))
    closed = Review.objects.closed().for_list().order_by("-closed_at")
    return {
        "waiting": [
            (
                each.review,
                asked if asked and each.review.pk == pk else _form(each),
                each,
            )
            for each in beside(waiting)
        ],
        "closed": Paginator(closed, CLOSED_A_PAGE).get_page(request.GET.get("page")),
    }


def _form(both: Beside) -> CloseReviewForm:
    review = both.review
    return CloseReviewForm(review=review, has_overdue=both.has_overdue, auto_id=f"id_{review.pk}_%s")


@allow(DISPATCHER, MANAGER)
@require_GET
def review_count(request: HttpRequest) -> HttpResponse:
    """How many wait, for the menu: it asks by itself on every page of the office."""
    return show(request, "deliveries/review_count.html", {"count": Review.objects.open().count()}, part="count")


@allow(DISPATCHER, MANAGER)
@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    return show(request, PAGE, page_of(request), part="reviews")


@allow(DISPATCHER, MANAGER)
@require_POST
def close_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide one; the order that is being checked moves with it."""
    review = get_object_or_404(Review.objects.select_related("order"), pk=pk)
    form = CloseReviewForm(request.POST, review=review, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        try:
            review.close(by=person(request), **form.cleaned_data)
        except Refused as refused:
            if refused.code == "closed":  # its form is not on the page any more
                messages.error(request, str(refused.sentence))
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
        else:
            url = reverse("deliveries:reviews")
            context = page_of(request)
            words = _("Decided. It stands below.")
            return done(request, url, message=words, template=PAGE, part="reviews", context=context)
    return show(request, PAGE, page_of(request, asked=form, pk=pk), part="reviews", status=422)

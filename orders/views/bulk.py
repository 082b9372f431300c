"""Marked orders moved together, each with its own outcome."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from luckygas.access import allow
from luckygas.errors import Refused
from luckygas.forms import refuse
from luckygas.http import done, show
from luckygas.models import DISPATCHER, MANAGER
from orders.forms.bulk import BulkForm
from orders.models import BulkMove, Order
from orders.models.bulk_move import MOST_AT_ONCE
from orders.search.rows import OrderRow


@allow(DISPATCHER, MANAGER)
def bulk(request: HttpRequest) -> HttpResponse:
    """What happens to the marked orders and why; then each is moved by its own verb."""
    typed = request.POST or request.GET
    verb = typed.get("verb", "")
    verb = verb if verb in BulkMove.Verb.values else BulkMove.Verb.CONFIRM
    numbers = typed.getlist("order")[: MOST_AT_ONCE + 1]
    form = BulkForm(request.POST or None, verb=verb, initial={"verb": verb, "order": numbers})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            move = BulkMove.ask(data.pop("verb"), data.pop("order"), by=request.user, **data)  # type: ignore[arg-type]
            move.carry_out()
            return done(request, move.get_absolute_url())
        except Refused as refused:
            refuse(form, refused)
    marked = Order.objects.filter(number__in=numbers).for_office_list().order_by("-placed_at", "-pk")
    context = {"form": form, "orders": [OrderRow.of(order) for order in marked], "verb": BulkMove.Verb(verb)}
    return show(request, "orders/bulk.html", context, part="form", status=422 if request.method == "POST" else 200)


@allow(DISPATCHER, MANAGER)
def bulk_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each order; sent again, it moves those that still wait."""
    move = get_object_or_404(BulkMove.objects.select_related("by"), pk=pk)
    if request.method == "POST":
        move.carry_out()
        return done(request, move.get_absolute_url())
    rows = list(move.rows.select_related("order__customer").order_by("pk"))
    counts = [(outcome, sum(row.outcome == outcome for row in rows)) for outcome in ("done", "refused", "waiting")]
    context = {"move": move, "rows": rows, "counts": dict(counts)}
    return show(request, "orders/bulk_outcome.html", context)

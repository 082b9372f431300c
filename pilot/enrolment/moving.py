"""Many customers moved: drawn up by one person, agreed to by another, carried out by a worker row by row.

Rows are the record. A worker that is killed leaves a customer where they were or moved with the outcome written; the
sweep rings again, and whoever has an outcome is not touched any more.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import ngettext

from customers.models import Customer
from customers.models.customer import STAGE_MOVES, Stage
from luckygas import live
from luckygas.db import digest
from luckygas.doorbell import is_answered, ring
from luckygas.errors import Refused
from luckygas.models import MANAGER, User
from luckygas.said import Said as _
from luckygas.said import Words
from pilot.enrolment.guards import Guards, move
from pilot.models import Approval, Cohort, MassMove, MassMoveRow, approves

KIND = "bulk_move"
SLICE_SECONDS = 30  # then the worker rings for itself, and other work gets its turn
SILENT_SECONDS = 20  # nothing was done for so long: its worker is dead, or nobody rang
AS_FRESH = 25  # so many customers are asked about with the same knowledge of their cohorts' guardrails
Outcome = MassMoveRow.Outcome

STANDING = """
    SELECT md5(string_agg(c.id || ':' || c.stage || ':' || coalesce(m.cohort_id, 0), ',' ORDER BY c.id))
    FROM pilot_massmoverow r
    JOIN customers_customer c ON c.id = r.customer_id
    LEFT JOIN pilot_cohortmember m ON m.customer_id = c.id AND m.left_at IS NULL
    WHERE r.move_id = %s
"""


# --- what people do ---------------------------------------------------------------------------------------------------
@transaction.atomic
def ask(
    to: str,
    customers: Any,
    *,
    operation_id: uuid.UUID,
    by: User,
    reason: str,
    cohort: Cohort | None = None,
    force: bool = False,
) -> MassMove:
    """Ask to move these (a queryset), of whom those come into it who can go there by the table of moves.

    Nobody moves before a second person agreed. Once per `operation_id`.
    """
    if not reason.strip():
        raise Refused(_("Write why."), field="reason", code="no_reason")
    if force and MANAGER not in by.roles:
        raise Refused(_("Only a manager goes past a guard."), field="force", code="not_manager")
    able = [stage for stage, ends in STAGE_MOVES.items() if to in ends]
    chosen = customers.filter(stage__in=able).order_by().values_list("pk", "stage")
    facts = {"reason": reason.strip(), "cohort": cohort, "is_forced": force}
    drawn = MassMove.draw_up(to, chosen, operation_id=operation_id, by=by, **facts)
    if drawn.state == MassMove.State.ASKED:
        Approval.ask(KIND, subject=str(drawn.pk), body={"mass_move": drawn.pk}, by=by, reason=drawn.reason)
    return drawn


def _digest(subject: str, body: dict[str, Any]) -> str:
    """Who it is about, where each of them stands, and in which cohort."""
    drawn = MassMove.objects.filter(pk=body["mass_move"]).first()
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [body["mass_move"]])
        standing = cursor.fetchone()[0]
    return digest({"move": drawn and drawn.body_digest, "standing": standing})


def _apply(approval: Approval, by: User) -> None:
    drawn = MassMove.objects.get(pk=approval.body["mass_move"])
    drawn.agree(by=by)
    ring_for(drawn)


def _sentence(approval: Approval) -> str:
    drawn = MassMove.objects.select_related("cohort").get(pk=approval.body["mass_move"])
    count = drawn.rows.count()
    said = ngettext("Move %(count)s customer to “%(stage)s”", "Move %(count)s customers to “%(stage)s”", count)
    words = said % {"count": f"{count:,}", "stage": drawn.get_to_stage_display()}
    words += f" ({drawn.cohort})" if drawn.cohort else ""
    return words + (" " + _("past the guards") if drawn.is_forced else "")


approves(KIND, digest=_digest, apply=_apply, sentence=_sentence)


def ring_for(drawn: MassMove) -> None:
    from pilot.tasks import work_on_mass_move

    ring(work_on_mass_move, drawn.pk)


# --- what a worker does -----------------------------------------------------------------------------------------------
def work(pk: int) -> None:
    """Move the next of them for half a minute, and ring for the rest."""
    drawn = MassMove.objects.select_related("by").filter(pk=pk, state=MassMove.State.WORKING).first()
    until = time.monotonic() + SLICE_SECONDS
    while drawn and time.monotonic() < until and (rows := _next(drawn)):
        guards = Guards()
        for row in rows:
            settle(row, drawn, guards)
        _say_how_far(drawn)
    if drawn and not drawn.finish():
        ring_for(drawn)


def _next(drawn: MassMove) -> list[MassMoveRow]:
    waiting = drawn.rows.filter(outcome=Outcome.WAITING).order_by("pk")
    return list(waiting.select_related("customer")[:AS_FRESH])


def _say_how_far(drawn: MassMove) -> None:
    MassMove.objects.filter(pk=drawn.pk).update(worked_at=timezone.now())
    live.changed("move", drawn.pk)


def settle(row: MassMoveRow, drawn: MassMove, guards: Guards) -> None:
    """One customer moved with the outcome written, or left where they are with the sentence why; once."""
    try:
        _carry_out(row, drawn, guards)
    except Refused as refused:
        _refuse(row, refused.sentence)


@transaction.atomic
def _carry_out(row: MassMoveRow, drawn: MassMove, guards: Guards) -> None:
    customer: Customer = row.customer.lock()
    row.lock()
    if row.outcome != Outcome.WAITING:
        return
    if customer.stage != row.from_stage:
        raise Refused(_("They moved meanwhile: %(stage)s.") % {"stage": Stage(customer.stage).label}, code="moved")
    move(customer, drawn.to_stage, by=drawn.by, reason=drawn.reason, force=drawn.is_forced, guards=guards)
    row.settle(Outcome.DONE)


@transaction.atomic
def _refuse(row: MassMoveRow, sentence: Words) -> None:
    row.lock()
    if row.outcome == Outcome.WAITING:
        row.settle(Outcome.REFUSED, sentence)


def go_on() -> int:
    """Ring for moves that nobody works on. Answers how many."""
    from pilot.tasks import work_on_mass_move

    silent = timezone.now() - dt.timedelta(seconds=SILENT_SECONDS)
    rung = 0
    for pk in MassMove.objects.filter(state=MassMove.State.WORKING, worked_at__lt=silent).values_list("pk", flat=True):
        rung += is_answered(lambda pk=pk: work_on_mass_move.apply_async(args=[pk], retry=False))  # type: ignore[misc]
    return rung


def stages_to() -> list[tuple[str, str]]:
    """Every stage that somebody can go to, with its word."""
    return [(stage.value, str(stage.label)) for stage in Stage if any(stage in ends for ends in STAGE_MOVES.values())]

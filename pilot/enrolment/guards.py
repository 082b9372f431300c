"""What must be true before a customer moves to another stage. The move itself is `Customer.move_to`, under one lock."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef

from customers.models import Customer, StageMove
from customers.models.customer import STAGE_MOVES, Stage
from deliveries.models import Review
from luckygas import live
from luckygas.errors import Refused
from luckygas.models import MANAGER, OPS, User
from luckygas.said import Said as _
from luckygas.said import Words, kept
from orders.models import MeterReading, Order
from pilot.measuring.guardrails import FAIL, verdicts
from pilot.models import Cohort, CohortMember, EnrolmentPause, Forced


@dataclass(frozen=True)
class Guard:
    """Why a customer may not move there. Some a manager may go past with a reason; the others nobody."""

    code: str
    sentence: Words
    is_forceable: bool = True


@dataclass
class Guards:
    """Asks everything there is to ask; what a cohort's guardrails say is asked once for all its customers."""

    _failed: dict[int, list[Words]] = field(default_factory=dict)

    def against(self, customer: Customer, to: str) -> list[Guard]:
        """Every guard that refuses this move, those that nobody goes past first; the customer is locked."""
        if to == Stage.LIVE:
            found = self._against_live(customer)
        elif to == Stage.ROLLED_BACK:
            found = _open_orders(customer)
        elif to == Stage.SETTLED:
            found = _open_reviews(customer)
        else:
            found = []
        return sorted(found, key=lambda guard: guard.is_forceable)

    def _against_live(self, customer: Customer) -> list[Guard]:
        found = [*_not_served(customer), *_unbilled_meters(customer)]
        if why_not := EnrolmentPause.why_not():
            found.append(Guard("paused", why_not))
        inside = CohortMember.objects.inside().filter(customer=customer).select_related("cohort").first()
        if inside is None or inside.cohort.state != Cohort.State.RUNNING:
            found.append(Guard("no_cohort", _("They are in no cohort that runs."), is_forceable=False))
        elif failed := self._failed_of(inside.cohort):
            words = {"cohort": inside.cohort.name, "what": failed}
            found.append(Guard("guardrail", _("%(cohort)s does not hold its limits: %(what)s.") % words))
        return found

    def _failed_of(self, cohort: Cohort) -> list[Words]:
        if cohort.pk not in self._failed:
            self._failed[cohort.pk] = [each.word for each in verdicts(cohort) if each.state == FAIL]
        return self._failed[cohort.pk]


def _not_served(customer: Customer) -> list[Guard]:
    if customer.merged_into_id or not customer.is_active:
        return [Guard("inactive", _("They are no longer served."), is_forceable=False)]
    return []


def _unbilled_meters(customer: Customer) -> list[Guard]:
    """Each place of a metered customer has a meter whose difference was billed here once: two readings that count.

    The first reading charges nothing, so one alone proves nothing; and a place that was never read has a meter nobody
    knows, whose gas would be delivered and never charged.
    """
    if not customer.is_metered:
        return []
    meter = MeterReading.objects.kept().filter(site=OuterRef("site"), product=OuterRef("product"))
    before = meter.filter(read_on__lt=OuterRef("read_on"))
    billed = MeterReading.objects.kept().filter(Exists(before), site=OuterRef("pk"), is_new_meter=False)
    left = customer.sites.active().exclude(Exists(billed)).order_by("pk")
    if not (labels := [site.label or site.address for site in left]):
        return []
    words = {"places": labels}
    return [Guard("metered", _("No reading of the meter was billed here yet: %(places)s.") % words, is_forceable=False)]


def _open_orders(customer: Customer) -> list[Guard]:
    count = Order.objects.open().filter(customer=customer).count()
    if not count:
        return []
    return [Guard("open_orders", _("Orders still open here: %(count)s.") % {"count": count}, is_forceable=False)]


def _open_reviews(customer: Customer) -> list[Guard]:
    reviews = Review.objects.filter(closed_at=None)
    if reviews.filter(order__customer=customer).exists() or reviews.filter(stop__site__customer=customer).exists():
        return [Guard("open_reviews", _("Something of theirs is still being checked."))]
    return []


@transaction.atomic
def move(
    customer: Customer, to: str, *, by: User, reason: str, force: bool = False, guards: Guards | None = None
) -> list[Guard]:
    """Move a customer to another stage, when every guard agrees. Answers the guards that were gone past.

    `force` goes past those that may be: a manager's, and it is written down with what each of them said. Where they
    stand already, nothing happens. Everything is asked and written under the customer's lock.
    """
    if not reason.strip():
        raise Refused(_("Write why."), field="reason", code="no_reason")
    if not by.roles & {OPS, MANAGER}:
        raise Refused(_("Operations or a manager moves customers."), code="not_ops")
    if force and MANAGER not in by.roles:
        raise Refused(_("Only a manager goes past a guard."), field="force", code="not_manager")
    customer.lock()
    if to == customer.stage:
        return []
    is_legal = to in STAGE_MOVES.get(customer.stage, ())
    against = (guards or Guards()).against(customer, to) if is_legal else []
    for guard in against:
        if not (force and guard.is_forceable):
            raise Refused(guard.sentence, code=guard.code)
    customer.move_to(to, by=by, reason=reason.strip()[:200])
    if against:
        newest = StageMove.objects.filter(customer=customer).latest("pk")
        told = [{"code": guard.code, "sentence": kept(guard.sentence)} for guard in against]
        Forced.objects.create(move=newest, guards=told, by=by)
    live.changed("customer", customer.number)
    return against

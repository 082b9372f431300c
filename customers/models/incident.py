"""A leak, a complaint or a driver who needs help: something with times and an owner, never an order."""

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from customers.models.customer import Customer
from customers.models.on_call import OnCall
from customers.models.site import Site
from customers.signals import leak_reported
from luckygas import live
from luckygas.db import AppendOnly, Record
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.said import SaidField, Words

PATIENCE = dt.timedelta(minutes=3)  # then the next person on call is paged


class Incident(Record):
    """A leak or complaint that stays red on every screen of the office until somebody closed it.

    A leak also pages the people on call, one after the other, until somebody looks after it: `next_page_at` is when
    the next one is due, empty when nobody has to be paged any more.
    """

    class Kind(models.TextChoices):
        LEAK = "leak", _("leak")
        COMPLAINT = "complaint", _("complaint")
        SOS = "sos", _("driver needs help")

    kind = models.CharField(max_length=10, choices=Kind)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="incidents")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents")
    text = SaidField()
    cause_kind = models.CharField(max_length=20, blank=True)
    cause_id = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    next_page_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | (~Q(outcome="") & Q(owner__isnull=False)),
                name="a_closed_incident_has_owner_and_outcome",
            ),
            models.UniqueConstraint(
                fields=["cause_kind", "cause_id"],
                condition=~Q(cause_id=""),
                name="a_cause_opens_one_incident",
            ),
            models.CheckConstraint(
                condition=Q(next_page_at=None) | Q(kind="leak", owner=None, closed_at=None),
                name="only_a_leak_without_owner_is_paged",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(closed_at=None), name="open_incidents"),
            models.Index(fields=["next_page_at"], condition=Q(next_page_at__isnull=False), name="incidents_to_page"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_leak(self) -> bool:
        return self.kind == self.Kind.LEAK

    # --- the verbs --------------------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def open(
        cls,
        *,
        kind: str,
        text: Words,
        by: User | None,
        customer: Customer | None = None,
        site: Site | None = None,
        cause: tuple[str, object] = ("", ""),
        at: dt.datetime | None = None,
    ) -> "Incident":
        """Write down a leak or complaint and show it to the office; once per cause, when it has one.

        A leak pages whoever is on call at once, and the orders of its place wait for a leak check.
        """
        text = text.strip() if isinstance(text, str) else text
        if not text:
            raise Refused(_("Write what they said."), field="text")
        if customer:
            customer.lock()  # before its orders, as everywhere
        words: dict[str, Any] = {
            "kind": kind,
            "text": text,
            "customer": customer,
            "site": site,
            "opened_by": by,
        }
        words["opened_at"] = at or timezone.now()
        if not str(cause[1]):
            incident, is_new = cls.objects.create(**words), True
        else:
            incident, is_new = cls.objects.get_or_create(cause_kind=cause[0], cause_id=str(cause[1]), defaults=words)
        if is_new:
            incident._begin(by)
        return incident

    def _begin(self, by: User | None) -> None:
        if self.is_leak:
            self.next_page_at = timezone.now()
            self.save(update_fields=["next_page_at"])
            self.page(at=self.next_page_at)
            leak_reported.send(Incident, incident=self, by=by)
        live.changed("incident", self.pk)

    @transaction.atomic
    def page(self, *, at: dt.datetime | None = None) -> bool:
        """Page the next person on call, if it is time; after the last one the first again.

        The row is claimed by the time it was due: of two workers one pages. Nobody on the list: it stays due.
        """
        at, due, turn = at or timezone.now(), self.next_page_at, self.pages
        people = list(OnCall.objects.select_related("person").order_by("place"))
        if not people or due is None or due > at:
            return False
        waiting = type(self).objects.filter(pk=self.pk, next_page_at=due, pages=turn)
        if not waiting.update(next_page_at=at + PATIENCE, pages=F("pages") + 1):
            return False
        who = people[turn % len(people)]
        kind = IncidentEvent.Kind.ESCALATE if turn else IncidentEvent.Kind.PAGE
        self._note(kind, turn=turn + 1, person=who.person, at=at)
        self.refresh_from_db()
        who.page(self)
        live.changed("incident", self.pk)
        return True

    @transaction.atomic
    def step(self, step: str, *, by: User) -> None:
        """They did this one of the five; stamped once, with who said so."""
        self._lock_open()
        if step not in IncidentEvent.Step.values:
            raise Refused(_("Nobody knows this step."), code="unknown_step")
        if not self.events.filter(step=step).exists():
            self._note(IncidentEvent.Kind.STEP, step=step, by=by)
            live.changed("incident", self.pk)

    @transaction.atomic
    def note(self, text: str, *, by: User) -> None:
        """What was said or seen meanwhile."""
        self._lock_open()
        if not text.strip():
            raise Refused(_("Write what they said."), field="text")
        self._note(IncidentEvent.Kind.NOTE, text=text.strip(), by=by)
        live.changed("incident", self.pk)

    @transaction.atomic
    def take(self, *, by: User) -> None:
        """This person looks after it from now on."""
        self._give_to(by, IncidentEvent.Kind.TAKE, by=by)

    @transaction.atomic
    def acknowledge(self, person: User, *, by: User) -> None:
        """Somebody on call answered and goes there; nobody else is paged."""
        if not OnCall.objects.filter(person=person).exists():
            raise Refused(_("%(name)s is not on call.") % {"name": person}, code="not_on_call")
        self._give_to(person, IncidentEvent.Kind.ACKNOWLEDGE, by=by)

    def _give_to(self, person: User, kind: str, *, by: User) -> None:
        self._lock_open()
        self.owner, self.next_page_at = person, None
        self.save(update_fields=["owner", "next_page_at"])
        self._note(kind, person=person, by=by)
        live.changed("incident", self.pk)

    @transaction.atomic
    def close(self, *, by: User, outcome: str) -> None:
        """It is over; the outcome says how."""
        self._lock_open()
        if not outcome.strip():
            raise Refused(_("Write how it ended."), field="outcome")
        self.owner, self.next_page_at = self.owner or by, None
        self.outcome, self.closed_at = outcome.strip(), timezone.now()
        self.save(update_fields=["owner", "next_page_at", "outcome", "closed_at"])
        self._note(IncidentEvent.Kind.CLOSE, text=self.outcome, by=by, at=self.closed_at)
        live.changed("incident", self.pk)

    # --- the rest ---------------------------------------------------------------------------------------------------
    def _lock_open(self) -> None:
        self.lock()
        if self.closed_at:
            raise Refused(_("This incident is closed already."), code="closed")

    def _note(self, kind: str, **facts: object) -> None:
        IncidentEvent.objects.create(incident=self, kind=kind, **facts)


class IncidentEvent(models.Model):
    """One thing that happened about an incident: a step they took, a page, an answer, a note, the end."""

    class Kind(models.TextChoices):
        STEP = "step", _("step")
        PAGE = "page", _("paged")
        ESCALATE = "escalate", _("paged next")
        ACKNOWLEDGE = "acknowledge", _("answered")
        TAKE = "take", _("taken")
        NOTE = "note", _("note")
        CLOSE = "close", _("closed")

    class Step(models.TextChoices):
        VALVE = "valve", _("Close the valve")
        SWITCHES = "switches", _("Touch no switch")
        WINDOWS = "windows", _("Open windows")
        OUT = "out", _("Get out")
        CALL = "119", _("Call 119 from outside")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    step = models.CharField(max_length=8, choices=Step, blank=True)
    turn = models.PositiveSmallIntegerField(null=True, blank=True, help_text="the how many-th page it was")
    text = models.CharField(max_length=400, blank=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", help_text="paged, or goes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "step"], condition=~Q(step=""), name="a_step_is_stamped_once"),
            models.UniqueConstraint(fields=["incident", "turn"], name="a_turn_pages_one_person"),
            models.CheckConstraint(
                condition=Q(kind="step") & ~Q(step="") | ~Q(kind="step") & Q(step=""), name="only_a_step_has_a_step"
            ),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind} {self.step}"

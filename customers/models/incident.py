"""A leak or a complaint: something with times and an owner, never an order."""

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.site import Site
from luckygas import live
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User


class Incident(Record):
    """A leak or complaint that stays red on every screen of the office until somebody closed it."""

    class Kind(models.TextChoices):
        LEAK = "leak", _("leak")
        COMPLAINT = "complaint", _("complaint")

    kind = models.CharField(max_length=10, choices=Kind)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="incidents")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents")
    text = models.CharField(max_length=400)
    cause_kind = models.CharField(max_length=20, blank=True)
    cause_id = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | (~models.Q(outcome="") & models.Q(owner__isnull=False)),
                name="a_closed_incident_has_owner_and_outcome",
            ),
            models.UniqueConstraint(
                fields=["cause_kind", "cause_id"],
                condition=~models.Q(cause_id=""),
                name="a_cause_opens_one_incident",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], condition=models.Q(closed_at=None), name="open_incidents"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @classmethod
    @transaction.atomic
    def open(
        cls,
        *,
        kind: str,
        text: str,
        by: User | None,
        customer: Customer | None = None,
        site: Site | None = None,
        cause: tuple[str, object] = ("", ""),
    ) -> "Incident":
        """Write down a leak or complaint and show it to the office; once per cause, when it has one."""
        if not text.strip():
            raise Refused(_("Write what they said."), field="text")
        kind_of_cause, key = cause[0], str(cause[1])
        if key and (known := cls.objects.filter(cause_kind=kind_of_cause, cause_id=key).first()):
            return known
        incident = cls.objects.create(
            kind=kind,
            text=text.strip(),
            customer=customer,
            site=site,
            opened_by=by,
            cause_kind=kind_of_cause,
            cause_id=key,
        )
        live.changed("incident", incident.pk)
        return incident

    @transaction.atomic
    def take(self, *, by: User) -> None:
        """This person looks after it from now on."""
        self.lock()
        if self.closed_at:
            raise Refused(_("This incident is closed already."))
        self.owner = by
        self.save(update_fields=["owner"])
        live.changed("incident", self.pk)

    @transaction.atomic
    def close(self, *, by: User, outcome: str) -> None:
        """It is over; the outcome says how."""
        self.lock()
        if self.closed_at:
            raise Refused(_("This incident is closed already."))
        if not outcome.strip():
            raise Refused(_("Write how it ended."), field="outcome")
        self.owner = self.owner or by
        self.outcome, self.closed_at = outcome.strip(), timezone.now()
        self.save(update_fields=["owner", "outcome", "closed_at"])
        live.changed("incident", self.pk)

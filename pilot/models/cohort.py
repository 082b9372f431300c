"""Cohorts: the customers who come into the pilot together, one step of its ramp after the other."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Area, Customer
from luckygas import live
from luckygas.clock import business_day
from luckygas.db import Frozen, Moves, Record
from luckygas.errors import Refused
from luckygas.models import User


class Step(models.TextChoices):
    """The steps of the ramp, in their order."""

    FIVE = "5", _("5 customers")
    TEN = "10", _("10 customers")
    TWENTY = "20", _("20 customers")
    AREA = "area", _("a whole area")
    ALL = "all", _("everybody")


class CohortQuerySet(models.QuerySet["Cohort"]):
    def open(self) -> CohortQuerySet:
        return self.exclude(state=Cohort.State.CLOSED)

    def running(self) -> CohortQuerySet:
        return self.filter(state=Cohort.State.RUNNING)

    def with_sizes(self) -> CohortQuerySet:
        """Each with how many are in it, `size`, and how many of them this system serves, `live`."""
        inside = Q(members__left_at=None) | Q(members__left_at=F("closed_at"))
        served = inside & Q(members__customer__system_of_record="new")
        return self.annotate(
            size=models.Count("members", filter=inside), live=models.Count("members", filter=served)
        )  # fmt: skip


class Cohort(Record):
    """Customers who come in together: how many, where, until when, and the orders that must have come by then."""

    Step = Step

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("cohort", "planned")
        RUNNING = "running", pgettext_lazy("cohort", "running")
        CLOSED = "closed", pgettext_lazy("cohort", "closed")

    operation_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=40)
    step = models.CharField(max_length=4, choices=Step)
    planned = models.PositiveIntegerField(help_text="customers at most")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    weekly_orders = models.PositiveIntegerField(help_text="expected of all its members in a week")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.PLANNED)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_why = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_why = models.CharField(max_length=200, blank=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="a_cohort_has_its_own_name"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="a_cohort_lasts"),
            models.CheckConstraint(
                condition=Q(planned__gt=0, weekly_orders__gt=0), name="a_cohort_expects_customers_and_orders"
            ),
            models.CheckConstraint(
                condition=~Q(step="area") | Q(area__isnull=False), name="a_cohort_of_an_area_names_it"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False, started_by__isnull=False),
                name="a_running_cohort_was_started",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") & Q(closed_at=None)
                | Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_why=""),
                name="a_closed_cohort_says_who_and_why",
            ),
        ]
        triggers = [
            Moves(
                name="state_moves",
                field="state",
                moves={"planned": ("running", "closed"), "running": ("closed",), "closed": ()},
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pilot:cohort", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED

    @property
    def planned_days(self) -> int:
        return (self.ends_on - self.starts_on).days

    @property
    def days(self) -> int:
        """Days since it began; 0 before."""
        if self.started_at is None:
            return 0
        return (business_day(self.closed_at or timezone.now()) - business_day(self.started_at)).days

    @property
    def expected_orders(self) -> int:
        """So many orders its weeks must bring, rounded up; more when it runs longer than planned."""
        return -(-self.weekly_orders * max(self.planned_days, self.days) // 7)

    @property
    def inside(self) -> models.QuerySet[CohortMember]:
        """Its members; of a closed one those who were in it until the end."""
        return self.members.filter(Q(left_at=None) | Q(left_at=self.closed_at, left_at__isnull=False))

    @classmethod
    @transaction.atomic
    def plan(cls, *, operation_id: uuid.UUID, **facts: Any) -> Cohort:
        """Plan a cohort; nobody moves by that. Once per `operation_id`."""
        if facts.get("step") == Step.AREA and not facts.get("area"):
            raise Refused(_("Say which area."), field="area", code="no_area")
        try:
            with transaction.atomic():
                cohort, _is_new = cls.objects.get_or_create(operation_id=operation_id, defaults=facts)
        except IntegrityError as error:
            if "a_cohort_has_its_own_name" not in str(error):
                raise
            raise Refused(_("There is a cohort of this name already."), field="name", code="same_name") from None
        return cohort

    @transaction.atomic
    def begin(self, *, by: User, why: str = "") -> None:
        """It runs from now on; `pilot.enrolment.ramp` asked the gate before. Twice is once."""
        self.lock()
        if self.state == self.State.RUNNING:
            return
        if self.state == self.State.CLOSED:
            raise Refused(_("This cohort is closed."), code="closed")
        self.state, self.started_at, self.started_by, self.started_why = "running", timezone.now(), by, why.strip()
        self.save(update_fields=["state", "started_at", "started_by", "started_why"])
        live.changed("cohort", self.pk)

    @transaction.atomic
    def close(self, *, by: User, why: str) -> None:
        """It is over, and its members are free for another one; in which stage they are stays as it is."""
        self.lock()
        if not why.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        if not self.is_open:
            raise Refused(_("This cohort is closed."), code="closed")
        self.state, self.closed_at, self.closed_by, self.closed_why = "closed", timezone.now(), by, why.strip()
        self.save(update_fields=["state", "closed_at", "closed_by", "closed_why"])
        self.members.filter(left_at=None).update(left_at=self.closed_at, left_by=by, left_why=self.closed_why)
        live.changed("cohort", self.pk)

    @transaction.atomic
    def add(self, customers: Iterable[Customer], *, by: User) -> int:
        """Put customers into it; all or none. Who is in it already stays. Answers how many came in."""
        self.lock()
        if not self.is_open:
            raise Refused(_("This cohort is closed."), code="closed")
        inside = set(self.members.filter(left_at=None).values_list("customer", flat=True))
        new = sorted({each.pk for each in customers} - inside)
        if len(inside) + len(new) > self.planned:
            raise Refused(
                _("It is planned for %(planned)s customers; there would be %(many)s.")
                % {"planned": self.planned, "many": len(inside) + len(new)},
                field="numbers",
                code="too_many",
            )
        self._check_free(new)
        CohortMember.objects.bulk_create(CohortMember(cohort=self, customer_id=pk, by=by) for pk in new)
        live.changed("cohort", self.pk)
        return len(new)

    def _check_free(self, customers: list[int]) -> None:
        """Locks them, so that two cohorts cannot take the same one: they are served, free, and live in the area."""
        found = Customer.objects.filter(pk__in=customers).order_by("pk").select_for_update(no_key=True)
        rows = list(found.values_list("pk", "number", "deactivated_at"))  # locked from here on
        taken = {pk for (pk,) in CohortMember.objects.inside().filter(customer__in=customers).values_list("customer")}
        refused = [
            (_("in another cohort"), {pk for pk, _number, _gone in rows if pk in taken}),
            (_("no longer served"), {pk for pk, _number, gone in rows if gone}),
        ]
        if self.area:
            here = set(self.area.sites.active().filter(customer__in=customers).values_list("customer", flat=True))
            refused.append((_("not in the area"), {pk for pk, _number, _gone in rows if pk not in here}))
        for what, who in refused:
            if who:
                numbers = " ".join(str(number) for pk, number, _gone in rows if pk in who)[:80]
                raise Refused(f"{what}: {numbers}", field="numbers", code="not_free")

    @transaction.atomic
    def remove(self, customer: Customer, *, by: User, why: str) -> None:
        """Take somebody out; their stage stays as it is. Not in it: nothing happens."""
        self.lock()
        if not why.strip():
            raise Refused(_("Write why."), field="reason", code="no_reason")
        inside = self.members.filter(customer=customer, left_at=None)
        inside.update(left_at=timezone.now(), left_by=by, left_why=why.strip())
        live.changed("cohort", self.pk)


class CohortMemberQuerySet(models.QuerySet["CohortMember"]):
    def inside(self) -> CohortMemberQuerySet:
        """Who is in a cohort that is not closed."""
        return self.filter(left_at=None)


class CohortMember(Record):
    """A customer's time in a cohort: since when, until when and why."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="members")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cohort_times")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    left_why = models.CharField(max_length=200, blank=True)

    objects = CohortMemberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(left_at=None), name="one_open_cohort_a_customer"),
            models.CheckConstraint(
                condition=Q(left_at=None, left_by=None)
                | Q(left_at__isnull=False, left_by__isnull=False) & ~Q(left_why=""),
                name="a_member_who_left_says_why",
            ),
        ]
        triggers = [Frozen("cohort_id", "customer_id", "by_id", "at")]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.customer_id}"

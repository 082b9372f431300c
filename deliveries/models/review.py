"""What needs a person of the office: an event that did not fit, an order that is contested."""

from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone

from deliveries.models.event import DriverEvent
from deliveries.models.route import Route
from deliveries.models.stop import Stop
from deliveries.querysets import ReviewQuerySet
from luckygas import live
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.said import Said as _
from luckygas.said import SaidField, Words
from orders.models import Order


class Review(Record):
    """A difference between what was reported and what the rules allow, open until somebody decides it."""

    class Kind(models.TextChoices):
        EVENT = "event", _("a report that does not fit")
        CASH = "cash", _("cash differs")
        STOCK = "stock", _("stock differs")
        VEHICLE = "vehicle", _("fault of a vehicle")

    kind = models.CharField(max_length=8, choices=Kind)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="reviews")
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, null=True, related_name="reviews")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, null=True, related_name="reviews")
    event = models.OneToOneField(DriverEvent, on_delete=models.PROTECT, null=True, related_name="review")
    reason = SaidField()
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolution = models.CharField(max_length=300, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | (models.Q(closed_by__isnull=False) & ~models.Q(resolution="")),
                name="a_closed_review_says_who_and_how",
            ),
        ]
        indexes = [models.Index(fields=["opened_at"], condition=models.Q(closed_at=None), name="open_reviews")]

    def __str__(self) -> str:
        return f"review {self.pk}"

    @transaction.atomic
    def close(self, *, by: User, resolution: str, to: str = "", is_swapped: bool = False) -> None:
        """The office decided; `to` also settles the order when it is being checked: delivered, confirmed, cancelled.

        `is_swapped`: a cylinder that was overdue at the handover was fetched, and a good one stands there.
        """
        if self.order:
            self.order.lock()
        self.lock()
        if self.closed_at and (self.closed_by, self.resolution) == (by, resolution.strip()):
            return  # the same form again
        if self.closed_at:
            raise Refused(_("Somebody closed this already."), code="closed")
        if not resolution.strip():
            raise Refused(_("Write what you decided and why."), field="resolution", code="no_resolution")
        if self.order and self.order.state == Order.State.REVIEW:
            if not to:
                raise Refused(_("Say what becomes of the order."), field="to", code="no_state")
            self.order.settle(to, by=by, reason=resolution, is_swapped=is_swapped)
        self.closed_at, self.closed_by, self.resolution = timezone.now(), by, resolution.strip()
        self.save(update_fields=["closed_at", "closed_by", "resolution"])
        live.changed("review", self.pk)

    @classmethod
    def open(cls, kind: str, *, reason: Words, **about: object) -> Review:
        """Put something up for a decision; `about` names its order, stop, route or event."""
        review = cls.objects.create(kind=kind, reason=reason, **about)
        live.changed("review", review.pk)
        return review

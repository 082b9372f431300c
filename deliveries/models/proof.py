"""What a driver brings back beside cylinders: signatures, photos, and cash."""

from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.models.review import Review
from deliveries.models.route import Route
from deliveries.models.stop import Stop
from luckygas import live
from luckygas.db import AppendOnly, Record
from luckygas.errors import Refused
from luckygas.models import User


class Proof(Record):
    """A signature (drawn path) or a photo (re-encoded, without EXIF) of one stop."""

    class Kind(models.TextChoices):
        SIGNATURE = "signature", _("signature")
        PHOTO = "photo", _("photo")

    operation_id = models.UUIDField(unique=True)
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=10, choices=Kind)
    path = models.TextField(blank=True, help_text="SVG path data of a signature, 320 by 110")
    photo = models.ImageField(upload_to="proofs/%Y/%m/", blank=True)
    taken_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="signature", photo="") & ~models.Q(path="")
                | models.Q(kind="photo", path="") & ~models.Q(photo=""),
                name="a_proof_is_a_path_or_a_photo",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.stop_id}"


class CashCount(Record):
    """What was counted at the depot against what the route's payments say."""

    route = models.OneToOneField(Route, on_delete=models.PROTECT, related_name="cash_count")
    counted_twd = models.PositiveIntegerField()
    due_twd = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.route_id}: {self.counted_twd} of {self.due_twd}"

    @classmethod
    @transaction.atomic
    def record(cls, *, route: Route, counted_twd: int, by: User) -> CashCount:
        """Keep what was counted beside what its payments say, once a route; a difference opens a review."""
        route.lock()
        if not route.has_left:
            raise Refused(_("Route %(code)s has not left yet.") % {"code": route.code}, code="not_left")
        if known := cls.objects.filter(route=route).first():
            if known.counted_twd == counted_twd:
                return known
            raise Refused(
                _("Route %(code)s was counted already: NT$%(counted)s.")
                % {"code": route.code, "counted": known.counted_twd},
                field="counted_twd",
                code="counted",
            )
        count = cls.objects.create(route=route, counted_twd=counted_twd, due_twd=route.cash_due_twd, by=by)
        if counted_twd != count.due_twd:
            reason = _("%(code)s counted NT$%(counted)s, due NT$%(due)s")
            said = {"code": route.code, "counted": counted_twd, "due": count.due_twd}
            Review.open(Review.Kind.CASH, reason=reason % said, route=route)
        live.changed("route", route.pk)
        return count

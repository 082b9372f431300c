"""What shows that a visit happened: signatures and photos."""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from deliveries.models.stop import Stop
from luckygas.db import Record
from luckygas.models import User

MOST_BYTES = 15 * 1024 * 1024


class OctetLength(models.Func):
    """Bytes of a binary column."""

    function = "octet_length"
    output_field = models.IntegerField()


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


class ProofRule(Record):
    """What shows a visit to one kind of customer; without a row a signature, or that nobody signed."""

    class Photo(models.TextChoices):
        OPTIONAL = "optional", _("when it helps")
        UNSIGNED = "unsigned", _("when nobody signs")
        ALWAYS = "always", _("at every visit")

    customer_kind = models.CharField(max_length=10, choices=Customer.Kind, unique=True)
    asks_signature = models.BooleanField(default=True, help_text="or that the driver says nobody signed")
    photo = models.CharField(max_length=10, choices=Photo, default=Photo.OPTIONAL)

    def __str__(self) -> str:
        return f"{self.customer_kind}: {self.photo}"

    @classmethod
    def of(cls, customer: Customer) -> ProofRule:
        return cls.objects.filter(customer_kind=customer.kind).first() or cls(customer_kind=customer.kind)

    def wants_photo(self, *, is_signed: bool) -> bool:
        return self.photo == self.Photo.ALWAYS or (self.photo == self.Photo.UNSIGNED and not is_signed)


class ProofPart(Record):
    """The beginning of a photo whose rest is still on its way; it goes when the photo is whole, or after a week."""

    operation_id = models.UUIDField(unique=True)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    size = models.PositiveIntegerField(help_text="bytes of the whole photo")
    content = models.BinaryField(default=bytes)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__range=(1, MOST_BYTES)), name="a_photo_has_a_size_we_take"),
            models.CheckConstraint(
                condition=LessThanOrEqual(OctetLength("content"), models.F("size")),
                name="a_part_is_no_longer_than_its_photo",
            ),
        ]

    def __str__(self) -> str:
        return f"{len(self.content)} of {self.size}"

"""Where trucks start, the vehicles and who drives them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from luckygas.db import Record
from luckygas.models import User
from orders.models import Place


class Depot(Record):
    """The yard where full cylinders are loaded and empties come back."""

    name = models.CharField(max_length=40)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        """Its cylinders in the ledger."""
        return Place.objects.get_or_create(
            kind=Place.Kind.DEPOT, cause_kind="depot", cause_id=str(self.pk), defaults={"name": self.name}
        )[0]

    @property
    def quarantine(self) -> Place:
        """Where cylinders wait that may not be filled, loaded or delivered."""
        return Place.objects.get_or_create(
            kind=Place.Kind.QUARANTINE, cause_kind="depot", cause_id=str(self.pk), defaults={"name": self.name}
        )[0]


class Vehicle(Record):
    """A truck or a motorcycle with the weight it may carry."""

    class Kind(models.TextChoices):
        TRUCK = "truck", _("truck")
        MOTORCYCLE = "motorcycle", _("motorcycle")

    plate = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TRUCK)
    limit_kg = models.DecimalField(max_digits=7, decimal_places=2)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(limit_kg__gt=0), name="a_vehicle_carries_something")]

    def __str__(self) -> str:
        return self.plate

    @property
    def place(self) -> Place:
        """Its cylinders in the ledger."""
        return Place.objects.get_or_create(
            kind=Place.Kind.TRUCK, cause_kind="vehicle", cause_id=str(self.pk), defaults={"name": self.plate}
        )[0]

    @property
    def quarantine(self) -> Place:
        """The cylinders on it that were put aside until it is back."""
        return Place.objects.get_or_create(
            kind=Place.Kind.QUARANTINE, cause_kind="vehicle", cause_id=str(self.pk), defaults={"name": self.plate}
        )[0]


class Driver(Record):
    """Somebody who delivers, signed in on a phone."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="driver")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="drivers")
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="drivers")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.user)

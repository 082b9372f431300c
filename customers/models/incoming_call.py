"""The phone rings: what the exchange told us, and who answered."""

from __future__ import annotations

import datetime as dt

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.contact import Contact
from customers.models.customer import Customer
from luckygas import live
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import User
from luckygas.phones import parse as parse_phone

RINGS_FOR = dt.timedelta(seconds=90)  # then nobody stands at the phone any more


class IncomingCall(Record):
    """One call that the exchange reported, once per its id. The first of the office who answers has it."""

    call_id = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=20, blank=True, help_text="E.164, or as it came; empty when it was withheld")
    rang_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="an_answered_call_says_by_whom",
            ),
            models.CheckConstraint(condition=~Q(call_id=""), name="a_call_has_an_id"),
        ]
        indexes = [models.Index(fields=["rang_at"], condition=Q(answered_at=None), name="ringing_calls")]

    def __str__(self) -> str:
        return self.call_id

    @classmethod
    @transaction.atomic
    def ring(cls, *, call_id: str, number: str, at: dt.datetime) -> IncomingCall:
        """The exchange says that somebody calls; told again, it is the same call."""
        call, is_new = cls.objects.get_or_create(call_id=call_id, defaults={"number": _e164(number), "rang_at": at})
        if is_new:
            live.changed("incoming", call.pk)
        return call

    @transaction.atomic
    def answer(self, *, by: User) -> None:
        """Whoever is first has the caller; the others hear that somebody was."""
        free = type(self).objects.filter(pk=self.pk, answered_at=None)
        is_first = free.update(answered_by=by, answered_at=timezone.now())
        self.refresh_from_db()
        if not is_first and self.answered_by_id != by.pk:
            raise Refused(_("%(name)s answered already.") % {"name": self.answered_by}, code="answered")
        live.changed("incoming", self.pk)

    def customers(self) -> list[Customer]:
        """Whose number it is; several share the phone of a building's keeper."""
        contacts = Contact.objects.filter(phone=self.number, is_active=True, customer__merged_into=None)
        return list(Customer.objects.filter(pk__in=contacts.values("customer")).order_by("number"))


def _e164(number: str) -> str:
    try:
        return parse_phone(number).e164
    except Refused:
        return number.strip()[:20]

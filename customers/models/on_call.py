"""Who is paged when gas leaks, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from customers.messages.notices import NOTICES
from customers.models.message import Message
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import MANAGER, STAFF, User
from luckygas.phones import parse as parse_phone

if TYPE_CHECKING:
    from customers.models.incident import Incident


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class OnCall(Record):
    """A colleague on the list of leaks, with the phone that is paged; managers keep it."""

    place = models.PositiveSmallIntegerField()
    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="on_call")
    phone = models.CharField(max_length=16, help_text="E.164")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["place"], deferrable=models.Deferrable.DEFERRED, name="a_place_on_call_is_one_persons"
            ),
            models.CheckConstraint(condition=models.Q(phone__regex=r"^\+[1-9]\d{6,14}$"), name="on_call_has_a_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.person_id}"

    @classmethod
    @transaction.atomic
    def add(cls, person: User, *, phone: str, by: User) -> OnCall:
        """Put a colleague at the end of the list."""
        _check_manager(by)
        if not person.roles & STAFF:
            raise Refused(_("Only colleagues are on call."), field="person", code="not_staff")
        if cls.objects.filter(person=person).exists():
            raise Refused(_("%(name)s is on the list already.") % {"name": person}, field="person", code="twice")
        number = parse_phone(phone)
        last = cls.objects.select_for_update().order_by("place").last()
        return cls.objects.create(place=last.place + 1 if last else 1, person=person, phone=number.e164)

    @transaction.atomic
    def take_off(self, *, by: User) -> None:
        """Nobody pages this colleague any more."""
        _check_manager(by)
        self.lock()
        self.delete()

    @transaction.atomic
    def move_up(self, *, by: User) -> None:
        """Paged before the one who came before until now; the first stays first."""
        _check_manager(by)
        rows = list(type(self).objects.select_for_update().order_by("place"))
        at = next((number for number, row in enumerate(rows) if row.pk == self.pk), 0)
        if at:
            upper, lower = rows[at - 1], rows[at]
            upper.place, lower.place = lower.place, upper.place
            for row in (upper, lower):
                row.save(update_fields=["place"])

    def page(self, incident: Incident) -> None:
        """Write the message; a landline cannot take one, so the office has to call it."""
        place = incident.site.address if incident.site else ""
        phone = settings.COMPANY["phone"]
        with translation.override(settings.LANGUAGE_CODE):
            who = str(incident.customer or _("unknown"))
            at = f"{timezone.localtime(incident.opened_at):%H:%M}"
            body = str(NOTICES["page"].text) % {"at": at, "who": who, "place": place, "phone": phone}
        Message.write(
            kind="page",
            recipient=self.phone,
            body=body[:400],
            cause=("incident", f"{incident.pk}:{incident.pages}"),
            state=Message.State.WAITING if self.phone.startswith("+8869") else Message.State.CALL,
        )


def _check_manager(by: User) -> None:
    if MANAGER not in by.roles:
        raise Refused(_("Only a manager says who is on call."), code="not_manager")

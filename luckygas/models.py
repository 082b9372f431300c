"""People who sign in, their roles, and the record of who looked at whom."""

import secrets
from functools import cached_property

from django.contrib.auth.models import AbstractUser, Group
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from luckygas.db import AppendOnly, Record
from luckygas.errors import Refused

CUSTOMER, DRIVER, DISPATCHER, MANAGER, OPS = "customer", "driver", "dispatcher", "manager", "ops"
ROLES = {
    CUSTOMER: _("Customer"),
    DRIVER: _("Driver"),
    DISPATCHER: _("Dispatcher"),
    MANAGER: _("Manager"),
    OPS: _("Operations"),
}
OFFICE = frozenset({DISPATCHER, MANAGER})
STAFF = frozenset({DRIVER, DISPATCHER, MANAGER, OPS})


class User(AbstractUser, Record):
    """A person who signs in: by a staff name, or by a mobile number in E.164."""

    first_name = None  # type: ignore[assignment]  # one name, as it is said in Taiwan
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60, blank=True)
    must_change_password = models.BooleanField(default=False)

    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of this person's roles; who signed in brought them along."""
        if (read := getattr(self, "role_names", None)) is not None:
            return frozenset(read)
        return frozenset(self.groups.values_list("name", flat=True)) if self.pk else frozenset()

    @property
    def is_office(self) -> bool:
        return bool(self.roles & OFFICE)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def add_role(self, role: str) -> None:
        """Give this person a role; the group exists since the first migration."""
        self.groups.add(Group.objects.get(name=role))
        self.__dict__.pop("roles", None)

    @transaction.atomic
    def reset_password(self, *, by: "User") -> str:
        """A manager resets a colleague: a password for one use, and every session of theirs ends at once."""
        if MANAGER not in by.roles:
            raise Refused(_("Only a manager can reset a password."), code="not_manager")
        if not self.roles & STAFF:
            raise Refused(_("Customers get a new password by a code to their phone."), code="not_staff")
        self.lock()
        password = secrets.token_urlsafe(9)
        self.set_password(password)  # another hash also ends the sessions that carry the old one
        self.must_change_password = True
        self.save(update_fields=["password", "must_change_password"])
        return password


class RecordRead(models.Model):
    """Somebody of the staff looked at a customer's record (Personal Data Protection Act)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    page = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "record_id", "-at"], name="reads_of_a_record")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.record_id}"

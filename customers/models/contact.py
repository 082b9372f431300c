"""The people at a customer's, and who may act for them."""

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.site import Site
from luckygas.db import Record
from luckygas.errors import Refused
from luckygas.models import CUSTOMER, User
from luckygas.phones import Phone, narrow
from luckygas.phones import parse as parse_phone


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Contact(Record):
    """A person to call at a customer's, with one phone number: E.164 beside what was typed."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=16, help_text="E.164")
    phone_raw = models.CharField(max_length=60)
    extension = models.CharField(_("extension"), max_length=6, blank=True)
    digits = models.CharField(max_length=16, editable=False)
    can_sms = models.BooleanField(_("takes SMS"), default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-can_sms", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[1-9]\d{6,14}$"), name="phone_is_e164"),
            models.CheckConstraint(
                condition=Q(can_sms=False) | Q(phone__startswith="+8869"), name="only_mobiles_take_sms"
            ),
            models.UniqueConstraint(
                fields=["customer", "phone", "extension"], condition=Q(is_active=True), name="one_contact_a_number"
            ),
        ]
        indexes = [
            models.Index(fields=["phone"], name="contact_by_phone"),
            GinIndex(OpClass("digits", "gin_trgm_ops"), name="contact_by_digits_fragment"),
        ]

    def __str__(self) -> str:
        return self.name or self.digits

    @classmethod
    @transaction.atomic
    def add(cls, *, customer: Customer, raw: str, name: str = "") -> "Contact":
        """A contact from a number as it was typed; refused when it is no number. Mobiles take SMS."""
        phone: Phone = parse_phone(raw)
        customer.lock()
        customer.check_whole()
        if cls.objects.filter(customer=customer, phone=phone.e164, extension=phone.extension, is_active=True).exists():
            raise Refused(_("This number is already on the record."), field="phone", code="duplicate")
        return cls.objects.create(
            customer=customer,
            name=narrow(name),
            phone=phone.e164,
            phone_raw=phone.raw,
            extension=phone.extension,
            digits=phone.digits,
            can_sms=phone.is_mobile,
        )

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Nobody calls this number any more; the row stays for the history."""
        self.lock()
        self.is_active = False
        self.save(update_fields=["is_active"])


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Membership(Record):
    """A signed-in person who may act for a customer: order, and see the balance or not, for one site or all."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    can_order = models.BooleanField(_("may order"), default=True)
    sees_balance = models.BooleanField(_("sees the balance"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "customer", "site"], nulls_distinct=False, name="one_membership_a_person_and_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.customer_id}"

    @classmethod
    @transaction.atomic
    def give(
        cls, *, customer: Customer, person: User, by: User, can_order: bool, sees_balance: bool, site: Site | None
    ) -> "Membership":
        """Let somebody who signed up act for this customer, at one site or at all (None). Given again: changed."""
        customer.lock()
        customer.check_whole()
        if site is not None and site.customer_id != customer.pk:
            raise Refused(_("This address belongs to somebody else."), field="site", code="other_customer")
        membership, is_new = cls.objects.get_or_create(
            user=person, customer=customer, site=site, defaults={"can_order": can_order, "sees_balance": sees_balance}
        )
        if not is_new:
            membership.can_order, membership.sees_balance = can_order, sees_balance
            membership.save(update_fields=["can_order", "sees_balance"])
        if CUSTOMER not in person.roles:
            person.add_role(CUSTOMER)
        return membership

    @transaction.atomic
    def take_back(self, *, by: User) -> None:
        """This person no longer acts for the customer."""
        self.customer.lock()
        self.delete()

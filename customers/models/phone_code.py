"""Six digits to a phone: to prove a number is yours, and to make a new password."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from customers.messages.notices import NOTICES
from customers.models.message import Message
from luckygas.db import Record
from luckygas.errors import Refused

LIFETIME = dt.timedelta(minutes=10)
MOST_TRIES = 5
MOST_AN_HOUR = 5  # to one number: SMS cost money, and pumping them is a known fraud


class PhoneCode(Record):
    """A code that was sent to a number; only its keyed hash is stored."""

    class Purpose(models.TextChoices):
        SIGNUP = "signup", _("sign up")
        RECOVER = "recover", _("new password")

    phone = models.CharField(max_length=16)
    purpose = models.CharField(max_length=8, choices=Purpose)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["phone", "purpose", "-created_at"], name="codes_of_a_phone")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    @classmethod
    @transaction.atomic
    def send(cls, *, phone: str, purpose: str) -> "PhoneCode":
        """Send a fresh code to a mobile (E.164) through the message table."""
        since = timezone.now() - dt.timedelta(hours=1)
        if cls.objects.filter(phone=phone, created_at__gte=since).count() >= MOST_AN_HOUR:
            raise Refused(
                _("This number got several codes already. Wait an hour, or call us on %(phone)s.")
                % {"phone": settings.COMPANY["phone"]},
                field="phone",
                code="too_many_codes",
            )
        digits = f"{secrets.randbelow(10**6):06d}"
        code = cls.objects.create(phone=phone, purpose=purpose, code_hash="")
        code.code_hash = code.hash_of(digits)
        code.save(update_fields=["code_hash"])
        Message.write(
            kind="code",
            recipient=phone,
            body=str(NOTICES["code"].text) % {"code": digits},
            cause=("phone_code", code.pk),
        )
        return code

    def hash_of(self, digits: str) -> str:
        return salted_hmac(f"phone-code-{self.pk}", digits, algorithm="sha256").hexdigest()

    @classmethod
    def redeem(cls, *, phone: str, purpose: str, digits: str) -> "PhoneCode":
        """The code that was sent last, used up by the right digits; refused when wrong, old or tried too often.

        A wrong try is counted even though the caller refuses: it commits on its own.
        """
        since = timezone.now() - LIFETIME
        with transaction.atomic():
            code = (
                cls.objects.select_for_update()
                .filter(phone=phone, purpose=purpose, used_at=None, created_at__gte=since)
                .order_by("-created_at")
                .first()
            )
            right = bool(
                code and code.tries < MOST_TRIES and constant_time_compare(code.code_hash, code.hash_of(digits))
            )
            if code:
                code.tries += 1
                code.used_at = timezone.now() if right else None
                code.save(update_fields=["tries", "used_at"])
        if not right or code is None:
            raise Refused(
                _("The code is wrong or too old. Check the SMS, or ask for a new code."), field="code", code="bad_code"
            )
        return code

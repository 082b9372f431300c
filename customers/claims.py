"""Claiming a record: a number that is ours proves itself with a code; everything else becomes an office call-back.

What the visitor sees never depends on whether a number is known: same words, same page, and about the same time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.messages.notices import NOTICES
from customers.models import Contact, Customer, Membership, Message, PhoneCode
from luckygas.clock import business_day
from luckygas.db import derived_id
from luckygas.errors import Refused
from luckygas.models import CUSTOMER, STAFF, User
from luckygas.phones import Phone

ANSWER_SECONDS = 0.25  # longer than either way takes, so that the time tells nothing


def ask(phone: Phone, *, purpose: str) -> None:
    """Send a code to a number that may have one, or put the number on the call list; the caller cannot tell which."""
    with _same_time():
        if phone.is_mobile and may_have_code(phone.e164, purpose=purpose):
            try:
                PhoneCode.send(phone=phone.e164, purpose=purpose)
            except Refused:
                return  # too many codes: saying so would say that the number is known
        else:
            call_back(phone.e164)


@contextmanager
def _same_time() -> Iterator[None]:
    until = time.monotonic() + ANSWER_SECONDS
    try:
        yield
    finally:
        time.sleep(max(until - time.monotonic(), 0))


def may_have_code(phone: str, *, purpose: str) -> bool:
    """A person who signs in with this number, or, to sign up, a number on exactly one customer's record."""
    person = User.objects.filter(username=phone).first()
    if person:
        return person.is_active and not person.roles & STAFF
    return purpose == PhoneCode.Purpose.SIGNUP and customer_of(phone) is not None


def customer_of(phone: str) -> Customer | None:
    """The one customer whose record has this number; None when there is none, or more than one."""
    found = Contact.objects.filter(phone=phone, is_active=True, customer__deactivated_at=None)
    customers = list(Customer.objects.filter(pk__in=found.values("customer"))[:2])
    return customers[0] if len(customers) == 1 else None


@transaction.atomic
def call_back(phone: str) -> None:
    """Put a number on the office's call list, once a day."""
    cause = derived_id("call_back", phone, business_day())
    if Message.objects.filter(kind="call_back", cause_kind="claim", cause_id=str(cause)).exists():
        return
    with translation.override(settings.LANGUAGE_CODE):
        body = str(NOTICES["call_back"].text)
    Message.write(kind="call_back", recipient=phone, body=body, cause=("claim", cause), state=Message.State.CALL)


def prove(phone: str, *, purpose: str, digits: str, password: str) -> User:
    """The code was right: the person with this number, with the new password, and every other session of theirs ended.

    A first sign-up makes the person and claims the record. The code is used up only by a password that may be used.
    """
    person = User.objects.filter(username=phone).first() or User(username=phone)
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise Refused(" ".join(weak.messages), field="password", code="weak_password") from None
    PhoneCode.redeem(phone=phone, purpose=purpose, digits=digits)
    if person.pk and (not person.is_active or person.roles & STAFF):
        raise Refused(_("Call the office for access."), code="not_by_code")
    return _open(person, password=password, claims=purpose == PhoneCode.Purpose.SIGNUP)


@transaction.atomic
def _open(person: User, *, password: str, claims: bool) -> User:
    customer = customer_of(person.username) if claims else None
    if customer:
        customer.lock()
    person.set_password(password)  # another hash ends the sessions that carry the old one
    person.must_change_password = False
    person.name = person.name or (customer.name if customer else "")
    person.save()
    person.add_role(CUSTOMER)
    if customer and not Membership.objects.filter(user=person, customer=customer).exists():
        Membership.objects.create(user=person, customer=customer)
    return person

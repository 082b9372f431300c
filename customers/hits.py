"""What a search shows: customers with the matched part of a name, number, phone or address marked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from customers.models import Customer
from customers.querysets import text_key
from luckygas.phones import HOME_AREA, digits_of, spoken

MOST = 20


@dataclass(frozen=True)
class Hit:
    """One customer that was found. The texts carry `<mark>` around what was typed."""

    customer: Customer
    name: SafeString | str
    number: SafeString | str
    phone: SafeString | str
    address: SafeString | str


def marked(shown: str, wanted: str, *, by: Callable[[str], str] = text_key) -> SafeString | str:
    """`shown` with `wanted` marked, compared by `by` letter by letter; as it is when it does not occur.

    `0900-000-123` searched for `000123` is marked from the first 0 to the 3, dash included.
    """
    letters = [(letter, place) for place, character in enumerate(shown) for letter in by(character)]
    start = "".join(letter for letter, _place in letters).find(wanted) if wanted else -1
    if start < 0:
        return shown
    first, last = letters[start][1], letters[start + len(wanted) - 1][1]
    return format_html("{}<mark>{}</mark>{}", shown[:first], shown[first : last + 1], shown[last + 1 :])


def hits_for(text: str, *, most: int = MOST) -> list[Hit]:
    """The first `most` customers that `text` finds, in three queries."""
    customers = Customer.objects.search(text).prefetch_related("contacts", "sites")[:most]
    return [_hit(customer, text) for customer in customers]


def _hit(customer: Customer, text: str) -> Hit:
    key, digits = text_key(text), digits_of(text)
    if len(digits) < 3 or len(digits) < len(re.sub(r"\W", "", key)):
        digits = ""  # a house number, not a phone
    elif digits.startswith("886"):
        digits = "0" + digits.removeprefix("886")
    contacts = [contact for contact in customer.contacts.all() if contact.is_active]
    sites = list(customer.sites.all())
    contact = next((one for one in contacts if digits and _local(digits) in one.digits), next(iter(contacts), None))
    site = next((one for one in sites if key in text_key(one.address)), next(iter(sites), None))
    is_number = digits == key and bool(digits) and customer.number == int(digits)
    return Hit(
        customer=customer,
        name=marked(customer.name, key),
        number=marked(customer.code, digits.lstrip("0") or "0") if is_number else "",
        phone=_marked_phone(spoken(contact.phone), digits) if contact else "",
        address=marked(site.address, key) if site else "",
    )


def _local(digits: str) -> str:
    return digits.removeprefix(HOME_AREA) if len(digits) > 9 else digits


def _marked_phone(shown: str, digits: str) -> SafeString | str:
    return marked(shown, _local(digits), by=lambda character: re.sub(r"\D", "", character))

"""Who we serve, what stands at their door, what they owe."""

from customers.models.area import Area, CalendarDay
from customers.models.contact import Contact, Membership
from customers.models.customer import Customer, StageMove
from customers.models.imports import Import, ImportRow
from customers.models.incident import Incident
from customers.models.merge import Merge
from customers.models.message import Message
from customers.models.money import AccountEntry, Payment, PaymentReversal
from customers.models.phone_code import PhoneCode
from customers.models.site import Site

__all__ = [
    "AccountEntry",
    "Area",
    "CalendarDay",
    "Contact",
    "Customer",
    "Import",
    "ImportRow",
    "Incident",
    "Membership",
    "Merge",
    "Message",
    "Payment",
    "PaymentReversal",
    "PhoneCode",
    "Site",
    "StageMove",
]

"""Who we serve, what stands at their door, what they owe."""

from customers.models.area import Area, CalendarDay
from customers.models.contact import Contact, Membership
from customers.models.customer import Customer, StageMove
from customers.models.imports import Import, ImportRow
from customers.models.incident import Incident, IncidentEvent
from customers.models.incoming_call import IncomingCall
from customers.models.leak_check import LeakCheck
from customers.models.merge import Merge
from customers.models.message import Message
from customers.models.money import AccountEntry, Payment, PaymentReversal
from customers.models.on_call import OnCall
from customers.models.phone_code import PhoneCode
from customers.models.site import Site
from customers.models.suspension import Suspension

__all__ = [
    "AccountEntry",
    "Area",
    "CalendarDay",
    "Contact",
    "Customer",
    "Import",
    "ImportRow",
    "Incident",
    "IncidentEvent",
    "IncomingCall",
    "LeakCheck",
    "Membership",
    "Merge",
    "Message",
    "OnCall",
    "Payment",
    "PaymentReversal",
    "PhoneCode",
    "Site",
    "StageMove",
    "Suspension",
]

"""The customers tables in the admin: data the office keeps is edited here, what verbs write is only shown."""

from django.contrib import admin

from customers.models import (
    AccountEntry,
    Area,
    CalendarDay,
    Contact,
    Customer,
    Import,
    ImportRow,
    Incident,
    IncidentEvent,
    IncomingCall,
    LeakCheck,
    Membership,
    Merge,
    Message,
    OnCall,
    Payment,
    Site,
    StageMove,
)
from luckygas.admin import ReadOnly

admin.site.register([Area, CalendarDay])
admin.site.register(
    [
        *(AccountEntry, Contact, Customer, Import, ImportRow, Incident, Membership, Merge, Message, Payment, Site),
        *(IncidentEvent, IncomingCall, LeakCheck, OnCall, StageMove),
    ],
    ReadOnly,
)

"""The customers tables in the admin: data the office keeps is edited here, what verbs write is only shown."""

from django.contrib import admin

from customers.models import (
    AccountEntry,
    Area,
    CalendarDay,
    Contact,
    Customer,
    Incident,
    Membership,
    Message,
    Payment,
    Site,
    StageMove,
)
from luckygas.admin import ReadOnly

admin.site.register([Area, CalendarDay])
admin.site.register(
    [AccountEntry, Contact, Customer, Incident, Membership, Message, Payment, Site, StageMove], ReadOnly
)

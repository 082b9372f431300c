"""The deliveries tables in the admin: data the office keeps is edited here, what verbs write is only shown."""

from django.contrib import admin

from deliveries.models import CashCount, Depot, Device, Driver, DriverEvent, Proof, Review, Route, Stop, Vehicle
from luckygas.admin import ReadOnly

admin.site.register([Depot, Driver, Vehicle])
admin.site.register([CashCount, Device, DriverEvent, Proof, Review, Route, Stop], ReadOnly)

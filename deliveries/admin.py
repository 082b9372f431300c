"""The deliveries tables in the admin: data the office keeps is edited here, what verbs write is only shown."""

from django.contrib import admin

from deliveries.models import (
    CashCount,
    ClosedDay,
    Depot,
    Device,
    Driver,
    DriverEvent,
    LeftOver,
    Proof,
    ProofRule,
    Request,
    Review,
    Route,
    Stop,
    Variance,
    Vehicle,
    Weighing,
)
from luckygas.admin import ReadOnly

admin.site.register([Depot, Driver, ProofRule, Vehicle])
HAPPENED = [
    *(CashCount, ClosedDay, Device, DriverEvent, LeftOver, Proof),
    *(Request, Review, Route, Stop, Variance, Weighing),
]
admin.site.register(HAPPENED, ReadOnly)

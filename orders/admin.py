"""The orders tables in the admin: data the office keeps is edited here, what verbs write is only shown."""

from django.contrib import admin

from luckygas.admin import ReadOnly
from orders.models import (
    Cylinder,
    CylinderMovement,
    InspectionRule,
    MeterReading,
    Order,
    OrderEvent,
    OrderLine,
    PaperOrder,
    Place,
    Price,
    PriceChange,
    Product,
    Slot,
    StandingDay,
    StandingOrder,
)

admin.site.register([InspectionRule, Product])
admin.site.register(
    [
        *(Cylinder, CylinderMovement, MeterReading, Order, OrderEvent, OrderLine),
        *(PaperOrder, Place, Price, PriceChange, Slot, StandingDay, StandingOrder),
    ],
    ReadOnly,
)

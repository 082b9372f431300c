"""How it gets there: depots, vehicles, drivers, routes and stops, what phones report, and what must be checked."""

from deliveries.models.event import Device, DriverEvent
from deliveries.models.fleet import Depot, Driver, Vehicle
from deliveries.models.proof import CashCount, Proof
from deliveries.models.review import Review
from deliveries.models.route import Route
from deliveries.models.stop import Stop

__all__ = [
    "CashCount",
    "Depot",
    "Device",
    "Driver",
    "DriverEvent",
    "Proof",
    "Review",
    "Route",
    "Stop",
    "Vehicle",
]

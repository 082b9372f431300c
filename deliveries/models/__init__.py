"""How it gets there: depots, vehicles, drivers, routes and stops, what phones report, what is checked and counted."""

from deliveries.models.cash import CashLeg
from deliveries.models.closed_day import ClosedDay, LeftOver
from deliveries.models.counting import CashCount, CylinderCount
from deliveries.models.event import Device, DriverEvent
from deliveries.models.fleet import Depot, Driver, Vehicle
from deliveries.models.position import Position
from deliveries.models.proof import Proof, ProofPart, ProofRule
from deliveries.models.request import Request
from deliveries.models.review import Review
from deliveries.models.route import Route
from deliveries.models.shift import CashDeclared, VehicleCheck
from deliveries.models.stop import Stop
from deliveries.models.takeover import Takeover
from deliveries.models.variance import Variance, VarianceEvent
from deliveries.models.weighing import Weighing, WeighingReversal

__all__ = [
    "CashCount",
    "CashDeclared",
    "CashLeg",
    "ClosedDay",
    "CylinderCount",
    "Depot",
    "Device",
    "Driver",
    "DriverEvent",
    "LeftOver",
    "Position",
    "Proof",
    "ProofPart",
    "ProofRule",
    "Request",
    "Review",
    "Route",
    "Stop",
    "Takeover",
    "Variance",
    "VarianceEvent",
    "Vehicle",
    "VehicleCheck",
    "Weighing",
    "WeighingReversal",
]

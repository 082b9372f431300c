"""What people asked for: products, prices, windows, orders; and where every cylinder stands."""

from orders.models.bulk_move import BulkMove, BulkRow
from orders.models.credit import Deputy, HoldDecision
from orders.models.cylinder import Cylinder, CylinderMovement, Place
from orders.models.inspection import InspectionRule
from orders.models.meter import MeterReading
from orders.models.order import Order
from orders.models.order_event import OrderEvent
from orders.models.order_line import OrderLine
from orders.models.paper import PaperOrder
from orders.models.price_change import PriceChange
from orders.models.product import Price, Product
from orders.models.saved_search import SavedSearch
from orders.models.slot import Slot
from orders.models.standing import StandingOrder
from orders.models.standing_day import StandingDay
from orders.models.suspension_row import SuspensionRow

__all__ = [
    "BulkMove",
    "BulkRow",
    "Cylinder",
    "CylinderMovement",
    "Deputy",
    "HoldDecision",
    "InspectionRule",
    "MeterReading",
    "Order",
    "OrderEvent",
    "OrderLine",
    "PaperOrder",
    "Place",
    "Price",
    "PriceChange",
    "Product",
    "SavedSearch",
    "Slot",
    "StandingDay",
    "StandingOrder",
    "SuspensionRow",
]

"""What is counted about orders; labels name channels and states, never people."""

from prometheus_client import Counter

from luckygas.metrics import gauge

ORDERS_PLACED = Counter("luckygas_orders_placed", "Orders taken, by channel.", ["channel"])
ORDERS_MOVED = Counter("luckygas_orders_moved", "Moves of orders, by the state they came to.", ["to_state"])

STANDING_DAYS_SETTLED = Counter(
    "luckygas_standing_days_settled", "Days of standing orders, by what became of them.", ["state"]
)


@gauge("luckygas_orders_open", "Orders that are neither delivered nor cancelled, by state.", label="state")
def open_orders() -> list[tuple[str, float]]:
    from orders.models import Order
    from orders.querysets import OPEN

    found = Order.objects.open().by_state()
    return [(state, found.get(state, 0)) for state in OPEN]


@gauge(
    "luckygas_standing_days_waiting",
    "Days of standing orders that wait for the generator or for a person.",
    label="state",
)
def waiting_days() -> list[tuple[str, float]]:
    from django.db.models import Count

    from orders.models import StandingDay

    waiting = StandingDay.objects.filter(state__in=["due", "refused"]).order_by()
    found = dict(waiting.values_list("state").annotate(Count("pk")))
    return [(state, found.get(state, 0)) for state in ("due", "refused")]

"""What is counted about customers and their messages; labels name kinds, never people."""

from prometheus_client import Counter

from luckygas.metrics import gauge

MESSAGES_SENT = Counter("luckygas_messages_sent", "Messages the gateway took.", ["kind"])
MESSAGES_FAILED = Counter("luckygas_messages_failed", "Tries the gateway did not take.", ["kind"])
MESSAGES_PARKED = Counter("luckygas_messages_parked", "Messages given up after their last try.", ["kind"])


@gauge("luckygas_messages", "Messages that wait, by state.", label="state")
def messages() -> list[tuple[str, float]]:
    from customers.models import Message

    return Message.objects.unfinished_by_state()


@gauge("luckygas_messages_oldest_waiting_seconds", "Age of the oldest message that is due and not sent.")
def oldest_waiting() -> float:
    from customers.models import Message

    return Message.objects.oldest_due_seconds()

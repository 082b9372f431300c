"""Messages leave here: claimed in one transaction, sent outside any, written down in another."""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial

from django.utils import timezone

from customers import metrics
from customers.messages import sms
from customers.models import Message
from luckygas.doorbell import is_answered

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=30)  # three times the longest a gateway may take; then its worker is dead
LEFT_ALONE = dt.timedelta(seconds=5)
BATCH = 500
CODE_LIFETIME = dt.timedelta(minutes=10)


def send(pk: int) -> None:
    """Send one message, if it still waits and is due.

    At least once: a worker that dies after the gateway took it leaves the row `sending`, and the next try carries
    the same client id, which the gateway drops.
    """
    message = Message.objects.filter(pk=pk).first()
    gateway = sms.gateway()
    # A resting gateway costs no try: the row waits, and the sweep rings again.
    if message is None or gateway.is_resting or not message.claim():
        return
    try:
        gateway_id = gateway.send(phone=message.recipient, text=message.body, client_id=f"luckygas-{message.pk}")
    except sms.SmsFailed as failed:
        message.failed(failure=str(failed), is_final=isinstance(failed, sms.SmsRefused))
        _tell_failure(message)
        return
    message.sent(gateway_id=gateway_id, is_on_screen=gateway.is_on_screen)
    metrics.MESSAGES_SENT.labels(kind=message.kind).inc()


def _tell_failure(message: Message) -> None:
    if message.state == Message.State.PARKED:
        metrics.MESSAGES_PARKED.labels(kind=message.kind).inc()
        logger.error("message_parked id=%s kind=%s why=%s", message.pk, message.kind, message.failure)
    else:
        metrics.MESSAGES_FAILED.labels(kind=message.kind).inc()
        logger.warning("message_failed id=%s kind=%s why=%s", message.pk, message.kind, message.failure)


def sweep() -> int:
    """Ring for rows that nobody rang for, and take back those whose worker died. Answers how many were rung."""
    from customers.tasks import send_message

    now = timezone.now()
    for message in Message.objects.left_by_a_worker(since=now - LEASE):
        if message.take_back() and message.state == Message.State.PARKED:
            _tell_failure(message)
    if sms.gateway().is_resting:
        return 0
    rung = 0
    for pk in Message.objects.left_alone(until=now - LEFT_ALONE).values_list("pk", flat=True)[:BATCH]:
        if not is_answered(partial(send_message.apply_async, args=[pk], retry=False)):
            break
        rung += 1
    return rung


def forget_codes() -> int:
    """Blank the codes that are too old to be used; one that was never sent is no use to anybody and is parked."""
    old = Message.objects.filter(kind="code", created_at__lt=timezone.now() - CODE_LIFETIME)
    parked = 0
    for message in old.filter(state=Message.State.WAITING):
        if message.expire():
            parked += 1
            _tell_failure(message)
    for message in old.with_a_code().exclude(state=Message.State.WAITING):
        message.forget_code()
    return parked


def report_parked() -> int:
    """Say once more, loudly, that messages wait for a person."""
    parked = Message.objects.parked()
    count = parked.count()
    if count:
        oldest = parked.order_by("created_at").values_list("created_at", flat=True)[0]
        logger.error("messages_parked count=%s oldest_minutes=%s", count, (timezone.now() - oldest).seconds // 60)
    return count

"""Tell browsers *what* changed, never its content; they fetch the part again through its normal URL."""

from functools import cache

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from luckygas.doorbell import is_answered

CHANNEL = "live"

listener_connected = Signal()
"""Somebody who is no staff listens. Argument: user. Receivers answer the things ("order 17") they may hear of."""


@cache
def redis() -> Redis:
    """This process's connection for announcements; short limits, no retries: pages poll when it is silent."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0))


def changed(kind: str, key: object) -> None:
    """After commit say that `order 17` changed, to everybody who listens."""
    transaction.on_commit(lambda: is_answered(lambda: redis().publish(CHANNEL, f"{kind} {key}")))

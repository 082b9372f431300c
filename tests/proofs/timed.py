"""The web application of a proof: Lucky Gas that says in a header how long a request waited for Redis.

On a busy machine a clock around the request would blame Redis for what the processor did.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from luckygas import doorbell

HEADER = "X-Waited-For-Redis"  # seconds

_waited = threading.local()
_is_answered = doorbell.is_answered


def _timed(ring: Callable[[], Any]) -> bool:
    began = time.monotonic()
    try:
        return _is_answered(ring)
    finally:
        _waited.seconds = getattr(_waited, "seconds", 0.0) + time.monotonic() - began


doorbell.is_answered = _timed  # before Django loads the modules that take it by name

from luckygas.wsgi import application as lucky_gas  # noqa: E402


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, (HEADER, f"{_waited.seconds:.3f}")], *more)

    _waited.seconds = 0.0
    return lucky_gas(environ, start)

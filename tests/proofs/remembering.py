"""The negative control's web application: Lucky Gas that remembers its switches for a while, and asks for an order's
path anew instead of taking it from the decision.

Only a proof ever starts it. It must take orders after a pull, and must store orders whose path is not the decided one.
"""

import dataclasses
import time
from typing import Any

from luckygas.flags import SWITCHES, WEB_ORDERING, Decision, decide
from tests.proofs.named import application

__all__ = ["application"]

REMEMBERED_SECONDS = 5.0
BETWEEN_SECONDS = 0.1  # the decision and the path; a busy shop takes as long by itself
_kept: list[tuple[float, Decision]] = []  # the newest last, for whoever asks


def _remembering(**about: Any) -> Decision:
    decision = decide(**about)
    if not _kept or time.monotonic() - _kept[-1][0] > REMEMBERED_SECONDS:
        _kept.append((time.monotonic(), decision))
    remembered = {switch: _kept[-1][1][switch] for switch in SWITCHES}
    return dataclasses.replace(decision, flags=decision.flags | remembered)


def _asked_anew(decision: Decision) -> str:
    time.sleep(BETWEEN_SECONDS)
    return "web_ordering" if decide()[WEB_ORDERING] else "standard"


import orders.views.order  # noqa: E402  (after the application has set Django up)

orders.views.order.decide = _remembering  # type: ignore[assignment]
Decision.variant = property(_asked_anew)  # type: ignore[assignment]

"""The negative control's web application: Lucky Gas that remembers a decision for a while, and asks for an order's path
anew instead of taking it from the decision.

Only a proof ever starts it. It must take orders after a pull, and must store orders whose path is not the decided one.
"""

import time
from typing import Any

from luckygas.flags import Decision, decide
from tests.proofs.named import application

__all__ = ["application"]

REMEMBERED_SECONDS = 2.0
_kept: dict[int, tuple[float, Decision]] = {}


def _remembering(*, customer: Any = None, **about: Any) -> Decision:
    key = customer.pk if customer else 0
    at, decision = _kept.get(key, (0.0, None))
    if decision is None or time.monotonic() - at > REMEMBERED_SECONDS:
        decision = decide(customer=customer, **about)
        _kept[key] = (time.monotonic(), decision)
    return decision


def _asked_anew(decision: Decision) -> str:
    return "web_ordering" if decide()["pilot_web_ordering"] else "standard"


import orders.views.order  # noqa: E402  (after the application has set Django up)

orders.views.order.decide = _remembering  # type: ignore[assignment]
Decision.variant = property(_asked_anew)  # type: ignore[assignment]

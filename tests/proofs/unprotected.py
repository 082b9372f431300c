"""The negative control's web application: Lucky Gas that does not look whether it knows an operation id already.

Only a proof ever starts it. Together with the dropped UNIQUE constraints it must double orders.
"""

from typing import Any

from luckygas.wsgi import application
from orders.querysets import OrderQuerySet

__all__ = ["application"]


def _forgetful(self: OrderQuerySet, *conditions: Any, **named: Any) -> OrderQuerySet:
    return self.none() if "operation_id" in named else super(OrderQuerySet, self).filter(*conditions, **named)


OrderQuerySet.filter = _forgetful  # type: ignore[method-assign]

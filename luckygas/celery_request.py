"""How a worker acknowledges that a task is done."""

from typing import Any

from celery.worker.request import Request as CeleryRequest


class Request(CeleryRequest):
    """A task in the worker. An acknowledgement that fails breaks the connection, and the worker connects again.

    Celery would write the error down and go on, with one of its two places taken for ever: two of them, which a Redis
    that was frozen for a second leaves behind, and it takes no task any more.
    """

    def __init__(self, message: Any, *, connection_errors: tuple[type[Exception], ...] = (), **more: Any) -> None:
        super().__init__(message, connection_errors=(), **more)  # those that it only writes down: none

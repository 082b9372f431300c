"""The web application of a proof: Lucky Gas that says in a header which process answered."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from luckygas.wsgi import application as lucky_gas

HEADER = "X-Process"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, (HEADER, str(os.getpid()))], *more)

    return lucky_gas(environ, start)

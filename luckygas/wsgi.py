"""What the web server serves: every ordinary page, synchronous."""

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from django.core.exceptions import BadRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")


class WholeBody:
    """A request's body that is either as long as it was announced, or a bad request.

    When a sender's connection breaks, servers hand over what had come. Django takes a cut form for a whole one, and
    would place an order for 1 cylinder where 12 were typed.
    """

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        body = b""
        while len(body) < wanted:
            body += self._counted(self.stream.read(wanted - len(body)))
        return body

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self.stream.readline(self.left if size < 0 else min(size, self.left)))

    def _counted(self, piece: bytes) -> bytes:
        if not piece and self.left:
            raise BadRequest("The connection broke before the end of the request.")
        self.left -= len(piece)
        return piece


gc.disable()  # while nearly everything that is made stays
django = get_wsgi_application()


def collect_rarely() -> None:
    """What stands now stays for ever, and a page makes objects by the ten thousand: looking through all of them for
    garbage every seven hundred, as Python does, is a sixth of the time of a page."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


collect_rarely()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, which reads whole bodies only."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal():
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
    return django(environ, start_response)

"""An SMS gateway that speaks the real protocol on a free local port, and can be told to misbehave.

As Mitake's `SmSend` does: a POST form, `[1]` and `key=value` lines with CRLF, letters for refusals, and the same
`clientid` a second time is answered as the first time with `Duplicate=Y` and not sent again.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Sms:
    """One message that would have reached a phone."""

    phone: str
    text: str
    client_id: str


class FakeGateway:
    """`with FakeGateway() as gateway:` serves at `gateway.url`; `gateway.sms` is what phones would have got."""

    USERNAME, PASSWORD = "shop", "right-horse"

    def __init__(self) -> None:
        self.sms: list[Sms] = []
        self.requests = 0
        self.duplicates = 0
        self.answers: dict[str, str] = {}
        self.status = "1"  # another letter or digit: what is answered to everybody
        self.http = 200
        self.delay = 0.0  # seconds before the answer, after the message was taken
        self.swallow = False  # takes the message and closes without an answer
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/mtk/SmSend"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, query: dict[str, list[str]], form: dict[str, list[str]]) -> str:
        """The body of the answer to one request."""
        said = {key: values[0] for key, values in form.items()}
        if query.get("CharsetURL") != ["UTF8"]:
            return _refuse("g", "charset")
        if (said.get("username"), said.get("password")) != (self.USERNAME, self.PASSWORD):
            return _refuse("e", "帳號、密碼錯誤")
        phone = said.get("dstaddr", "")
        if not (phone.isdigit() and len(phone) == 10 and phone.startswith("09")):
            return _refuse("v", "無效的手機號碼")
        if not said.get("smbody"):
            return _refuse("p", "沒有內容")
        if self.status not in {"0", "1", "2", "4"}:
            return _refuse(self.status, "told to refuse")
        with self._lock:
            client_id = said.get("clientid", "")
            if client_id and client_id in self.answers:
                self.duplicates += 1
                return self.answers[client_id] + "Duplicate=Y\r\n"
            self.sms.append(Sms(phone, said["smbody"].replace("\x06", "\n"), client_id))
            answer = f"[1]\r\nmsgid=#{len(self.sms):09d}\r\nstatuscode={self.status}\r\nAccountPoint=126\r\n"
            self.answers[client_id] = answer
            return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gateway.requests += 1
                answer = gateway.take(parse_qs(urlsplit(self.path).query), parse_qs(body)).encode()
                time.sleep(gateway.delay)
                if gateway.swallow:
                    self.close_connection = True
                    return
                self.send_response(gateway.http)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with contextlib.suppress(OSError):  # who asked may have given up
                    self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _refuse(letter: str, words: str) -> str:
    return f"[1]\r\nstatuscode={letter}\r\nError={words}\r\n"

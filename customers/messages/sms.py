"""SMS leave through one door: a gateway's HTTP interface, the demo's screen, or nobody who says so."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

import requests
from django.conf import settings

from luckygas.phones import national

CONNECT_SECONDS, ANSWER_SECONDS = 2, 6
FAILURES_THAT_OPEN = 5
REST_SECONDS = 30


class SmsFailed(Exception):
    """The gateway did not take the message; another try may work."""


class SmsRefused(SmsFailed):
    """The gateway will never take this message: no try helps, a person must look."""


class Gateway(Protocol):
    """Takes an SMS to a mobile in E.164. `client_id` is the same for each try, so that a repeat is dropped.

    Answers with the gateway's own id, or raises SmsFailed.
    """

    is_on_screen: bool

    def send(self, *, phone: str, text: str, client_id: str) -> str: ...

    @property
    def is_resting(self) -> bool: ...


@dataclass
class Breaker:
    """Opens after several failures in a row and closes on the first success: a dead gateway is left alone."""

    failures: int = 0
    rests_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self.rests_until

    def note(self, *, is_good: bool) -> None:
        with self.lock:
            self.failures = 0 if is_good else self.failures + 1
            self.rests_until = time.monotonic() + REST_SECONDS if self.failures >= FAILURES_THAT_OPEN else 0.0


class Mitake:
    """The `SmSend` interface of Mitake and the gateways that speak like it: a form in, `key=value` lines out."""

    is_on_screen = False
    PERMANENT = frozenset("lmnptuv")  # expired, wrong number or text, blocked; the rest is theirs or our account's
    TAKEN = frozenset("0124")

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url, self.username, self.password = url, username, password
        self.breaker = Breaker()

    @property
    def is_resting(self) -> bool:
        return self.breaker.is_open

    def send(self, *, phone: str, text: str, client_id: str) -> str:
        try:
            gateway_id = self._send(phone, text, client_id)
        except SmsFailed as failed:
            self.breaker.note(is_good=isinstance(failed, SmsRefused))  # it answered: the gateway itself is well
            raise
        self.breaker.note(is_good=True)
        return gateway_id

    def _send(self, phone: str, text: str, client_id: str) -> str:
        form = {
            "username": self.username,
            "password": self.password,
            "dstaddr": national(phone),
            "smbody": text.replace("\n", "\x06"),  # how this interface writes a line break
            "clientid": client_id,
        }
        try:
            answer = requests.post(
                self.url,
                params={"CharsetURL": "UTF8"},
                data=form,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,  # a redirect would carry the password and the number elsewhere
            )
        except requests.RequestException as error:
            # Only the kind of trouble: the text of the error may carry the number and the password.
            raise SmsFailed(type(error).__name__) from None
        if answer.status_code != 200:
            raise SmsFailed(f"HTTP {answer.status_code}")
        said = dict(line.split("=", 1) for line in answer.text.splitlines() if "=" in line)
        status = said.get("statuscode", "")
        if status in self.TAKEN and said.get("msgid"):
            return said["msgid"].removeprefix("#")
        if status in self.PERMANENT:
            raise SmsRefused(f"statuscode {status}")
        raise SmsFailed(f"statuscode {status}" if status else "no statuscode in the answer")


class Screen:
    """The demo's gateway: nothing leaves the machine, messages are read at /outbox/."""

    is_on_screen = True
    is_resting = False

    def send(self, *, phone: str, text: str, client_id: str) -> str:
        return f"demo-{client_id}"


class Nobody:
    """No gateway is set: each try fails and says so, and the message ends with a person."""

    is_on_screen = False
    is_resting = False

    def send(self, *, phone: str, text: str, client_id: str) -> str:
        raise SmsFailed("SMS_URL is not set")


_gateways: dict[tuple[bool, str, str, str], Gateway] = {}


def gateway() -> Gateway:
    """This process's gateway; it is kept, because its breaker remembers."""
    key = (settings.DEMO, settings.SMS_URL, settings.SMS_USERNAME, settings.SMS_PASSWORD)
    if key not in _gateways:
        _gateways[key] = Mitake(*key[1:]) if settings.SMS_URL else Screen() if settings.DEMO else Nobody()
    return _gateways[key]

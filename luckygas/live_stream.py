"""The event stream: an ASGI process of its own that tells browsers *what* changed, never its content.

One subscription to Redis feeds every listener of the process. A listener costs no database connection: who it is
gets asked once, and again when the browser connects anew after LONGEST_SECONDS.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")

import django

django.setup()  # before anything that needs the models

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from redis.asyncio import Redis  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402

from luckygas.live import CHANNEL, listener_connected  # noqa: E402
from luckygas.models import STAFF  # noqa: E402

logger = logging.getLogger(__name__)

MOST_LISTENERS = 1000
MOST_OF_ONE_PERSON = 12  # tabs of a busy desk
MOST_UNREAD = 200  # a browser that reads no more than this behind is sent away, and comes back when it can
HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 600.0  # then the browser connects again, and its sign-in is checked again
PING_SECONDS = 5.0
BACK_OFF_SECONDS = (0.5, 1, 2, 5, 10)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(eq=False)
class Listener:
    """One open stream. `things` is what it may hear of; None is everything."""

    person: int
    things: frozenset[str] | None
    unread: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(MOST_UNREAD))

    def tell(self, thing: str) -> None:
        if self.things is not None and thing not in self.things:
            return
        if self.unread.full():
            self.unread.get_nowait()
            self.unread.put_nowait(None)  # too slow: end it, the browser reads everything again when it is back
        else:
            self.unread.put_nowait(thing)


class Stream:
    """The listeners of this process and the one subscription that feeds them."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.by_person: Counter[int] = Counter()
        self.subscription: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.live(receive, send)
        if scope["type"] != "http":
            return None
        path = scope["path"]
        if path == "/health/live":
            return await answer(send, 200, {}, b'{"status": "alive"}')
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        origin = headers.get("origin", "")
        if path != "/live/" or scope["method"] != "GET":
            return await answer(send, 404 if path != "/live/" else 405, {})
        if origin and not is_same_host(origin, headers.get("host", "")):
            return await answer(send, 403, {})
        allowed = allow(origin)
        if len(self.listeners) >= MOST_LISTENERS:
            return await answer(send, 503, allowed | {"retry-after": "30"})
        try:
            found = await sync_to_async(who, thread_sensitive=False)(session_key(headers.get("cookie", "")))
        except DatabaseError as error:
            logger.warning("live_database_down %s", type(error).__name__)
            return await answer(send, 503, allowed | {"retry-after": "10"})
        if found is None:
            return await answer(send, 403, allowed)
        if self.by_person[found.person] >= MOST_OF_ONE_PERSON:
            return await answer(send, 429, allowed | {"retry-after": "30"})
        await self.stream(found, receive, send, allowed)
        return None

    async def live(self, receive: Receive, send: Send) -> None:
        """The process's own life: the subscription begins and ends with it."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.subscribe()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self.subscription:
                    self.subscription.cancel()
                for listener in list(self.listeners):
                    with contextlib.suppress(asyncio.QueueFull):
                        listener.unread.put_nowait(None)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def subscribe(self) -> None:
        if self.subscription is None or self.subscription.done():
            self.subscription = asyncio.create_task(self.listen_to_redis())

    async def stream(self, listener: Listener, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        """Send what changes until the browser leaves, reads too slowly, or its time is over."""
        self.subscribe()
        self.listeners.add(listener)
        self.by_person[listener.person] += 1
        leaving = asyncio.create_task(left(receive))
        ends_at = asyncio.get_running_loop().time() + LONGEST_SECONDS
        try:
            await send(start(200, headers | {"content-type": "text/event-stream", "x-accel-buffering": "no"}))
            await send(body(b"retry: 3000\n\n"))
            while asyncio.get_running_loop().time() < ends_at:
                reading = asyncio.create_task(listener.unread.get())
                await asyncio.wait({reading, leaving}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if leaving.done():
                    reading.cancel()
                    return
                if not reading.done():
                    reading.cancel()
                    await send(body(b": still here\n\n"))
                elif (thing := reading.result()) is None:
                    break
                else:
                    await send(body(f"data: {json.dumps({'changed': thing})}\n\n".encode()))
            await send(body(b"", more=False))
        except OSError:
            return  # the browser went away in the middle of a word
        finally:
            leaving.cancel()
            self.listeners.discard(listener)
            self.by_person[listener.person] -= 1
            self.by_person += Counter()  # forget people with nothing open

    async def listen_to_redis(self) -> None:
        """Subscribe, for ever: after a loss again, later and later; browsers poll meanwhile."""
        failures = 0
        while True:
            try:
                async for thing in announcements():
                    failures = 0
                    if thing:
                        for listener in list(self.listeners):
                            listener.tell(thing)
            except (RedisError, OSError, TimeoutError) as error:
                logger.warning("live_redis_lost %s", type(error).__name__)
            await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
            failures += 1


async def announcements():  # noqa: ANN201  (AsyncIterator[str])
    """What Redis announces, and an empty word for each sign of life; raises when it is gone or frozen."""
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
    pubsub = client.pubsub()
    try:
        await asyncio.wait_for(pubsub.subscribe(CHANNEL), 3)
        is_asked = False
        while True:
            message = await pubsub.get_message(timeout=PING_SECONDS)
            if message is None:
                if is_asked:
                    raise TimeoutError("no answer to a ping")
                await asyncio.wait_for(pubsub.ping(), 3)
                is_asked = True
                continue
            is_asked = False
            yield message["data"].decode() if message["type"] == "message" else ""
    finally:
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            await asyncio.wait_for(pubsub.aclose(), 1)
            await asyncio.wait_for(client.aclose(), 1)


def session_key(cookie: str) -> str:
    with contextlib.suppress(CookieError):
        if found := SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME):
            return found.value
    return ""


def who(key: str) -> Listener | None:
    """Who holds this session, by Django's own rules, and what they may hear of; the connection is given back."""
    if not key:
        return None
    try:
        request = HttpRequest()
        request.session = SessionStore(key)
        person = get_user(request)
        if not person.is_authenticated or not person.is_active:
            return None
        if person.roles & STAFF:
            return Listener(person.pk, None)
        answers = listener_connected.send(Stream, user=person)
        return Listener(person.pk, frozenset[str]().union(*(things for _receiver, things in answers if things)))
    finally:
        connection.close()


def is_same_host(origin: str, host: str) -> bool:
    """The page and the stream have the same host name; their ports differ."""
    return bool(host) and urlsplit(origin).hostname == urlsplit(f"//{host}").hostname


def allow(origin: str) -> dict[str, str]:
    headers = {"cache-control": "no-store", "vary": "Origin"}
    if origin:
        headers |= {"access-control-allow-origin": origin, "access-control-allow-credentials": "true"}
    return headers


async def left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def start(status: int, headers: dict[str, str]) -> Message:
    encoded = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": encoded}


def body(content: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def answer(send: Send, status: int, headers: dict[str, str], content: bytes = b"") -> None:
    await send(start(status, headers | {"content-length": str(len(content))}))
    await send(body(content, more=False))


application = Stream()

"""A driver's phone in a real Chromium: it keeps what it is told, and what happens to phones happens to it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.conf import settings
from playwright.async_api import Browser, BrowserContext, Error, Page

from tests.proofs.proxy import ON_THE_ROAD, Proxy
from tests.proofs.shift import Shift, Told

HITS = (b"POST /drive/",)
CLOCKS_HOURS = (0, -3, 3)
OPEN_SECONDS, READY_SECONDS, ANSWER_SECONDS = 180, 10, 60
SIGNED_OUT_SECONDS = 0.4
SILENT_PAGES = 10
CLOSE_SECONDS = 1
EMPTY_SECONDS = 5  # so long a phone is given to send what it holds before its store is emptied

# A clock that is wrong by hours, on every page of this phone. Its worker cannot be given one, so it is not woken: it
# would send what a page wrote by another clock, as no phone does.
WRONG_CLOCK = """(() => {
  delete ServiceWorkerRegistration.prototype.sync;
  const Real = Date, ahead = %d * 3_600_000;
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() + ahead])); }
    static now() { return Real.now() + ahead; }
  };
})()"""
# The page's own store, found among what it has loaded: the same module and not a second one.
STORE = """const store = await import(performance.getEntriesByType("resource").map(({ name }) => name)
  .find((name) => /\\/driver\\/store[.\\w]*\\.js$/.test(name)));"""
KEEP = f"""async ([user, events]) => {{
  {STORE}
  for (const event of events) {{
    await store.keep({{ user, page: "/drive/", happened_at: new Date().toISOString(), ...event }});
  }}
}}"""
HELD = f"""async (user) => {{
  {STORE}
  const {{ phone, events, photos }} = await store.held(user);
  return {{ seq: phone?.seq ?? 0, key: phone?.key, events: events.map(({{ id }}) => id), photos: photos.length }};
}}"""
WIPE = """() => new Promise((done) => {
  const asked = indexedDB.deleteDatabase("driver");
  asked.onsuccess = asked.onerror = () => done();
})"""
RING = "() => window.dispatchEvent(new Event('online'))"  # the line is back: tried at once, and not a minute later
SEND = "() => { document.querySelector('drive-outbox')?.send(); }"
READY = "() => customElements.get('drive-outbox') && document.querySelector('drive-outbox')?.user"


async def ask(page: Page, what: str, *given: object) -> Any:
    """What the page says to it. One that says nothing, for it waits for another page that never comes, is gone."""
    try:
        return await asyncio.wait_for(page.evaluate(what, *given), ANSWER_SECONDS)
    except TimeoutError:
        raise Error(f"no answer within {ANSWER_SECONDS} s") from None


async def close(page: Page) -> None:
    """Chromium says yes and forgets it when the tab is just going to another page, so it is asked until it has.

    https://issues.chromium.org/issues/536385539
    """
    closing = asyncio.ensure_future(page.close())
    while not (await asyncio.wait([closing], timeout=CLOSE_SECONDS))[0]:
        with contextlib.suppress(Error):  # gone meanwhile
            await (await page.context.new_cdp_session(page)).send("Page.close")
    await closing


async def tell(page: Page, what: str) -> None:
    """Say it to the page, unless it is just going to another one."""
    with contextlib.suppress(Error):
        await ask(page, what)


class Phone:
    """One browser profile of one driver, behind a line of its own."""

    def __init__(self, shift: Shift, number: int, port: int, *, seed: int, most_at_once: int = 9) -> None:
        self.shift, self.number = shift, number
        self.browser: Browser | None = None
        self.most_at_once = most_at_once  # events that are kept before the line is tried again
        self.events = shift.events[number]
        self.dice = random.Random(f"{seed}-{shift.route}-{number}")
        self.proxy = Proxy(port, seed=self.dice.randrange(10**9), fates=ON_THE_ROAD, hits=HITS)
        self.clock = self.dice.choice(CLOCKS_HOURS)
        self.happened: Counter[str] = Counter()
        self.kept: list[str] = []
        self.left: list[str] = []
        self.told: list[Told] = []  # what it is still going to keep
        self.wiped: list[str] = []  # the keys it had before its store was emptied
        self.context: BrowserContext | None = None
        self.script = ""  # what a control changes on every page
        self.drain_seconds = 300.0  # at most, until it holds nothing

    async def work(self) -> None:
        """The whole day through all of it; then the line is good, and everything must leave."""
        page = await self.begin()
        self.told = list(self.events)
        while self.told:
            burst = [self.told.pop(0) for _ in range(min(self.dice.randint(1, self.most_at_once), len(self.told)))]
            page = await self.keep(page, burst)
            fates = (self.ring, self.ring, self.kill, self.two_tabs, self.expire, self.wait, self.wipe)
            page = await self.dice.choice(fates)(page)
        self.proxy.is_clean = True
        await self.drain(page)
        await page.context.close()
        self.proxy.close()

    async def begin(self) -> Page:
        """A fresh profile with this phone's clock, signed in, with the list of the day open."""
        assert self.browser is not None
        self.context = await self.browser.new_context(base_url=f"http://127.0.0.1:{self.proxy.port}", locale="zh-TW")
        if self.clock:
            await self.context.add_init_script(WRONG_CLOCK % self.clock)
        if self.script:
            await self.context.add_init_script(self.script)
        await self.sign_in()
        return await self.open()

    async def sign_in(self) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": self.dice.choice(self.shift.cookies)}
        assert self.context is not None
        await self.context.add_cookies([cookie | {"domain": "127.0.0.1", "path": "/"}])

    async def open(self) -> Page:
        assert self.context is not None
        page, loop = await self.context.new_page(), asyncio.get_running_loop()
        until = loop.time() + OPEN_SECONDS
        while True:
            try:
                await page.goto("/drive/")
                await page.wait_for_function(READY, timeout=READY_SECONDS * 1000)
                return page
            except Error as error:  # a web process died meanwhile: the driver loads it again
                if loop.time() > until:
                    shown = f"{page.url} {(await page.inner_text('body'))[:200]}"
                    raise TimeoutError(f"no list within {OPEN_SECONDS} s, but {shown}: {error}") from error
                self.happened["page loaded again"] += 1
                await asyncio.sleep(0.2)

    # --- writing down -----------------------------------------------------------------------------------------------
    async def keep(self, page: Page, burst: list[Told]) -> Page:
        """As a form does before its screen changes; sometimes the tab is killed while it writes."""
        said = [asdict(told) for told in burst]
        while said:
            page, before = await self.look(page)
            try:
                if self.dice.random() < 0.12:
                    self.happened["tab killed while it wrote"] += 1
                    await self.all_or_some(page, said)
                    page = await self.open()
                else:
                    await ask(page, KEEP, [self.shift.user, said])
            except Error:  # the page went away by itself
                page = await self.open()
            page, after = await self.look(page)
            written = after["seq"] - before["seq"]
            said = said[written:]  # for the rest the screen never changed: the driver presses again
        self.kept += [told.id for told in burst]
        return page

    async def look(self, page: Page) -> tuple[Page, dict[str, Any]]:
        """What the phone holds; its session may just have ended, and the page have gone to sign in."""
        for _try in range(SILENT_PAGES):
            try:
                return page, await ask(page, HELD, self.shift.user)
            except Error as error:
                self.happened["page was gone"] += 1
                silent = error
                await close(page)
                page = await self.open()
        raise TimeoutError(f"{SILENT_PAGES} pages of one phone said nothing: {silent}")

    async def all_or_some(self, page: Page, said: list[dict]) -> None:
        writing = asyncio.ensure_future(ask(page, KEEP, [self.shift.user, said]))
        await asyncio.sleep(self.dice.random() * 0.02)
        await close(page)
        await asyncio.gather(writing, return_exceptions=True)

    # --- what happens to it -----------------------------------------------------------------------------------------
    async def ring(self, page: Page) -> Page:
        self.happened["the line came back"] += 1
        await tell(page, RING)
        await asyncio.sleep(self.dice.random() * 0.4)
        return page

    async def wait(self, page: Page) -> Page:
        self.happened["nothing was tried"] += 1
        return page

    async def kill(self, page: Page) -> Page:
        self.happened["tab killed while it sent"] += 1
        await tell(page, SEND)
        await asyncio.sleep(self.dice.random() * 0.25)
        await close(page)
        return await self.open()

    async def two_tabs(self, page: Page) -> Page:
        self.happened["two tabs sent at once"] += 1
        second = await self.open()
        await asyncio.gather(tell(page, SEND), tell(second, SEND))
        await asyncio.sleep(self.dice.random() * 0.25)
        await close(page)
        return second

    async def expire(self, page: Page) -> Page:
        """Signed out by the server while the page stays open; then signed in again."""
        self.happened["session expired"] += 1
        assert self.context is not None
        await self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        await tell(page, RING)
        await asyncio.sleep(SIGNED_OUT_SECONDS)
        await self.sign_in()
        await tell(page, RING)
        return page

    async def wipe(self, page: Page) -> Page:
        """The browser empties its store once nothing waits in it: from now on this is another phone, and says so."""
        loop = asyncio.get_running_loop()
        until = loop.time() + EMPTY_SECONDS
        page, held = await self.look(page)
        while held["events"] and loop.time() < until:
            await tell(page, RING)
            await asyncio.sleep(0.3)
            page, held = await self.look(page)
        if held["events"] or not held["seq"] or not self.told:
            return page
        try:
            await ask(page, WIPE)
        except Error:  # it went to another page meanwhile
            return page
        self.happened["store wiped"] += 1
        self.wiped.append(held["key"])
        await close(page)
        return await self.open()

    async def drain(self, page: Page) -> None:
        """Until the phone holds nothing; what is left when it takes too long is told."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.drain_seconds
        self.left = self.kept  # as long as it does not say
        while self.left and loop.time() < until:
            try:
                await ask(page, RING)
                self.left = (await ask(page, HELD, self.shift.user))["events"]
            except Error:  # it went to another page meanwhile
                page = await self.open()
            else:
                await asyncio.sleep(0.3)

"""A shift without signal, and then a thin line: how long until everything has left the phone."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass, field

from playwright.async_api import CDPSession, Page

from tests.proofs.phone import HELD, KEEP, RING, STORE, Phone
from tests.proofs.shift import Told

RATE = 50_000  # bytes a second, both ways
LATENCY_MS = 300
LATE_EVENTS = 5  # written down while photos are on their way
LEAST_SHARE = 0.8  # of the time that the bytes need at that rate: less, and the line was not thin
POLL_SECONDS = 0.1
LONGEST_SECONDS = 900

# A picture that is hard to compress, made as small as a phone makes it, so many times over these events.
PHOTOGRAPH = f"""async ([user, ids, count]) => {{
  {STORE.replace("const store", "const { keepPhoto, held }")}
  const {{ smaller }} = await import(performance.getEntriesByType("resource").map(({{ name }}) => name)
    .find((name) => /\\/driver\\/photo[.\\w]*\\.js$/.test(name)));
  const canvas = new OffscreenCanvas(1600, 1200), brush = canvas.getContext("2d");
  for (let x = 0; x < 1600; x += 8) for (let y = 0; y < 1200; y += 8) {{
    brush.fillStyle = `rgb(${{x * 7 % 256}} ${{y * 13 % 256}} ${{(x * y) % 256}})`;
    brush.fillRect(x, y, 8, 8);
  }}
  const blob = await smaller(new File([await canvas.convertToBlob({{ type: "image/jpeg", quality: 0.95 }})], "p.jpg"));
  const events = (await held(user)).events.filter(({{ id }}) => ids.includes(id));
  for (let n = 0; n < count; n++) await keepPhoto(events[n % events.length], blob);
  return blob.size;
}}"""


@dataclass
class Figures:
    """Seconds until it had all left, counted from the moment of the first signal."""

    ten_deliveries: float = 0
    events: float = 0
    photos: float = 0
    photo_bytes: int = 0
    late_events: list[float] = field(default_factory=list)  # each from being written down while photos are sent

    @property
    def was_thin(self) -> bool:
        return self.photos >= LEAST_SHARE * self.photo_bytes / RATE


async def measure(phone: Phone, *, photos: int) -> Figures:
    """Ten deliveries; then the rest of the shift with its photos, and events while the photos are sent."""
    found = Figures()
    phone.proxy.is_clean = True
    page = await phone.begin()
    line = await page.context.new_cdp_session(page)
    told = phone.shift.all_events
    first, rest = _first_deliveries(told, 10)
    rest, late = rest[:-LATE_EVENTS], rest[-LATE_EVENTS:]
    await _no_line(line)
    await _keep(page, phone, first)
    found.ten_deliveries = await _until(page, phone, line, "events")
    await _no_line(line)
    await _keep(page, phone, rest)
    ids = [one.id for one in rest if one.kind == "deliver"]
    size = await page.evaluate(PHOTOGRAPH, [phone.shift.user, ids, photos])
    found.photo_bytes = size * photos
    began = time.monotonic()
    found.events = await _until(page, phone, line, "events")
    for one in late:
        wrote = time.monotonic()
        await _keep(page, phone, [one])
        await page.evaluate(RING)
        await _gone(page, phone, "events")
        found.late_events.append(round(time.monotonic() - wrote, 1))
        await asyncio.sleep(1)  # the next one comes while another piece of a photo is on its way
    await _gone(page, phone, "photos")
    found.photos = round(time.monotonic() - began, 1)
    await page.context.close()
    return found


def _first_deliveries(told: list[Told], count: int) -> tuple[list[Told], list[Told]]:
    end, seen = 0, 0
    while seen < count:
        seen += told[end].kind == "deliver"
        end += 1
    return told[:end], told[end:]


async def _keep(page: Page, phone: Phone, told: list[Told]) -> None:
    await page.evaluate(KEEP, [phone.shift.user, [asdict(one) for one in told]])
    phone.kept += [one.id for one in told]


async def _no_line(line: CDPSession) -> None:
    await _emulate(line, offline=True, rate=0)


async def _emulate(line: CDPSession, *, offline: bool, rate: int) -> None:
    said = {"offline": offline, "latency": LATENCY_MS, "downloadThroughput": rate, "uploadThroughput": rate}
    await line.send("Network.emulateNetworkConditions", said)


async def _until(page: Page, phone: Phone, line: CDPSession, what: str) -> float:
    """The line comes back, thin: seconds until nothing of that kind waits."""
    began = time.monotonic()
    await _emulate(line, offline=False, rate=RATE)
    await page.evaluate(RING)
    await _gone(page, phone, what)
    return round(time.monotonic() - began, 1)


async def _gone(page: Page, phone: Phone, what: str) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while (await page.evaluate(HELD, phone.shift.user))[what]:
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not leave the phone within {LONGEST_SECONDS} s")
        await asyncio.sleep(POLL_SECONDS)

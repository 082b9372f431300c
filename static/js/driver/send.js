// One try to send what is held, from a page or from the worker. Throws "offline", "signed-out" or "other-user"; what was
// answered is settled here, and the pages of a visit that is over leave the phone.
import { announced, forgetPhoto, forgetTold, finishes, held, letGo, reached, settle } from "./store.js";
import { forgetStop, wipe } from "./pages.js";

const PATIENCE = 15_000; // ms
const SLOW = 3_000; // ms
const AT_ONCE = 50;
const CHUNK = 64 * 1024; // bytes of a photo in one request: a second and a half on a thin line
export const ADDRESSES = { events: "/drive/events/", photos: "/drive/proofs/" };
let token = JSON.parse(globalThis.document?.body.getAttribute("data-hx-headers") || "{}")["X-CSRFToken"] ?? "";
let atOnce = AT_ONCE; // events; what came to nothing slowly is tried in halves, else a line too thin for all would get none
let photoOnItsWay;

async function ask(url, { signal, ...options } = {}) {
  const late = AbortSignal.timeout(PATIENCE);
  let response;
  try {
    response = await fetch(url, {
      ...options, redirect: "manual", credentials: "same-origin", cache: "no-store", signal: signal && AbortSignal.any ? AbortSignal.any([late, signal]) : late,
      headers: { Accept: "application/json", "X-CSRFToken": token, ...options.headers },
    });
  } catch { throw new Error(signal?.aborted ? "event" : "offline"); }
  if (response.type === "opaqueredirect") throw new Error("signed-out");
  if (response.status === 409) throw new Error("other-user");
  return response;
}

// Signing in again makes a new token, and a page that was kept has an old one; ask for it once and try again.
async function post(url, options, user, again = true) {
  const response = await ask(url, { method: "POST", ...options });
  if (response.status !== 403 || !again) return response;
  const answer = await ask(ADDRESSES.events);
  if (!answer.ok) throw new Error("offline");
  const who = await answer.json();
  if (who.user !== user) throw new Error("other-user");
  token = who.token;
  return post(url, options, user, false);
}

const asSent = ({ id, seq, stop, kind, body, happened_at }) => ({ id, seq, stop, kind, body, happened_at });

// All that is unsent, as it is sent: also the file that the office takes in when a phone finds no connection.
export async function letterOf(user) {
  const { phone, events, photos } = await held(user);
  const written = { app: "luckygas", user, device: phone?.key, written_at: new Date().toISOString(), photos: photos.length };
  return { ...written, events: events.map(asSent) };
}

export async function sendEvents(user) {
  const { phone, events } = await held(user);
  const waiting = events.filter((event) => event.state === "waiting");
  const batch = waiting.slice(0, atOnce);
  if (!batch.length && !phone?.reset) return false;
  const rest = waiting.slice(batch.length);
  const body = JSON.stringify({
    device: phone.key, user, sent_at: new Date().toISOString(), reset: phone.reset, events: batch.map(asSent),
    unsent: rest.length, oldest_unsent_at: rest[0]?.happened_at ?? null,
  });
  const { answers } = await answered(body, user, batch.length);
  if (phone.reset) await announced(user);
  const settled = await settle(answers);
  for (const { stop } of settled.filter(finishes)) await forgetStop(stop);
  if (settled.some(({ kind, state }) => kind === "close" && state === "applied")) await Promise.all([wipe(), forgetTold()]);
  return batch.length > 0;
}

async function answered(body, user, size) {
  const began = performance.now();
  try {
    const response = await post(ADDRESSES.events, { body, headers: { "Content-Type": "application/json" } }, user);
    if (!response.ok) throw new Error("offline"); // a server in trouble is as good as none: keep everything
    const answer = await response.json();
    atOnce = Math.min(atOnce * 2, AT_ONCE);
    return answer;
  } catch (error) {
    if (performance.now() - began > SLOW) atOnce = Math.max(Math.floor(size / 2), 1);
    throw error;
  }
}

// Photos come after all events; one event that is written meanwhile interrupts them (see `hurry`).
export async function sendPhotos(user) {
  const { events, photos } = await held(user);
  const undoable = new Set(events.filter((event) => event.state === "undoable").map((event) => event.id));
  let trouble;
  for (const photo of photos.filter(({ event }) => !undoable.has(event))) {
    try { await sendPhoto(photo, user); } catch (error) {
      if (error.message !== "disk") throw error;
      trouble = new Error("offline"); // this one has to wait, the others need not
    }
  }
  if (trouble) throw trouble;
}

async function sendPhoto({ id, stop, blob, offset = 0 }, user) {
  for (let at = offset; ;) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ operation_id: id, stop, size: blob.size, offset: at })) body.set(name, value);
    body.set("photo", blob.slice(at, at + CHUNK), "photo.jpg");
    photoOnItsWay = new AbortController();
    const response = await post(ADDRESSES.photos, { body, signal: photoOnItsWay.signal }, user);
    // 422: no photo the server can read, 404: the stop is somebody else's now. Neither changes by trying again.
    if ([404, 413, 422].includes(response.status)) return forgetPhoto(id);
    if (!response.ok) throw new Error("disk");
    const said = await response.json();
    if (said.state === "stored") return forgetPhoto(id);
    at = said.offset;
    await reached(id, at);
  }
}

// An event was written: whatever photo is on its way stops, and goes on from there afterwards.
export const hurry = () => photoOnItsWay?.abort();

const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());

// One try of the events, then of the photos. Of all tabs one sends events and one photos, so that no event waits behind
// a photo.
export function sendWaiting(user) {
  return alone("driver-outbox", async () => {
    await letGo(user);
    let some = false;
    while (await sendEvents(user)) some = true;
    return some;
  });
}

export function sendWaitingPhotos(user) {
  return alone("driver-photos", () => sendPhotos(user));
}

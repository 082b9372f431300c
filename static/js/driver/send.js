// One try to send what is held. Throws "offline", "signed-out" or "other-user"; what was answered is forgotten here.
import { forget, held, markRefused } from "./store.js";

const PATIENCE = 15_000; // ms
const AT_ONCE = 50;
let token = JSON.parse(document.body.getAttribute("data-hx-headers") || "{}")["X-CSRFToken"];

async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, {
      ...options, redirect: "manual", credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
      headers: { Accept: "application/json", "X-CSRFToken": token, ...options.headers },
    });
  } catch { throw new Error("offline"); }
  if (response.type === "opaqueredirect") throw new Error("signed-out");
  if (response.status === 409) throw new Error("other-user");
  return response;
}

// Signing in again makes a new token; ask for it once and try again.
async function post(url, options, user, again = true) {
  const response = await ask(url, { method: "POST", ...options });
  if (response.status !== 403 || !again) return response;
  const who = await (await ask(document.querySelector("drive-outbox").dataset.events)).json();
  if (who.user !== user) throw new Error("other-user");
  token = who.token;
  return post(url, options, user, false);
}

export async function sendEvents(url, user) {
  const { phone, events } = await held(user);
  const waiting = events.filter((event) => event.state === "waiting");
  const batch = waiting.slice(0, AT_ONCE);
  if (!batch.length) return false;
  const rest = waiting.slice(batch.length);
  const body = JSON.stringify({
    device: phone.key, user, sent_at: new Date().toISOString(), unsent: rest.length,
    oldest_unsent_at: rest[0]?.happened_at ?? null,
    events: batch.map(({ id, seq, stop, kind, body, happened_at }) => ({ id, seq, stop, kind, body, happened_at })),
  });
  const response = await post(url, { body, headers: { "Content-Type": "application/json" } }, user);
  if (!response.ok) throw new Error("offline"); // a server in trouble is as good as none: keep everything
  const { answers } = await response.json();
  const ids = (state) => answers.filter((answer) => (answer.state === "refused") === state).map((answer) => answer.id);
  await markRefused(ids(true));
  await forget("events", ids(false));
  return true;
}

export async function sendPhotos(url, user) {
  const { events, photos } = await held(user);
  const undoable = new Set(events.filter((event) => event.state === "undoable").map((event) => event.id));
  for (const photo of photos.filter(({ event }) => !undoable.has(event))) {
    const body = new FormData();
    body.set("operation_id", photo.id);
    body.set("stop", photo.stop);
    body.set("photo", photo.blob, "photo.jpg");
    const response = await post(url, { body }, user);
    // 422: no photo the server can read, 404: the stop is somebody else's now. Neither changes by trying again.
    if (response.ok || [404, 413, 422].includes(response.status)) await forget("photos", [photo.id]);
    else throw new Error("offline");
  }
}

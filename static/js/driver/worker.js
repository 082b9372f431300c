// The driver's app without signal: pages of the route come from this phone when the line is dead or slow.
// What is kept is decided by the list that the page gives (pages.js); nothing else that passes by is ever kept.
import { awayPage, fileAt, isForEver, keepAll, pageAt } from "./pages.js";
import { everybody, held } from "./store.js";
import { sendWaiting, sendWaitingPhotos } from "./send.js";

const [PATIENT, HURRIED] = [1_500, 600]; // ms; who met a slow line waits less the next time
let patience = PATIENT;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith("/drive/")) event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function page(request) {
  const kept = await pageAt(request.url);
  const given = new AbortController();
  const timer = kept && setTimeout(() => given.abort(), patience);
  try {
    const answer = await fetch(request, { signal: given.signal });
    patience = PATIENT;
    return answer.status >= 500 && kept ? kept : answer;
  } catch (error) {
    patience = HURRIED;
    const shown = kept ?? await awayPage();
    if (shown) return shown;
    throw error;
  } finally { clearTimeout(timer); }
}

async function file(request) {
  const kept = await fileAt(request.url);
  if (kept && isForEver(request.url)) return kept;
  try { return await fetch(request); } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

addEventListener("message", (event) => {
  const { data, source } = event;
  if (data.pages) event.waitUntil(keepAll(data, (kept) => source.postMessage({ kept })));
});

// The browser found a connection: an open page sends; without one it is sent from here.
addEventListener("sync", (event) => event.waitUntil(send()));

async function send() {
  const open = await clients.matchAll({ type: "window" });
  if (open.length) return open.forEach((client) => client.postMessage({ send: true }));
  for (const user of await everybody()) {
    await sendWaiting(user);
    await sendWaitingPhotos(user);
    if ((await held(user)).events.some(({ state }) => state === "undoable")) throw new Error("not yet"); // ring again
  }
}

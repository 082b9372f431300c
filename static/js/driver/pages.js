// The pages of today's route on this phone, in a cache of the driver they belong to; there is never a second driver's.
// Each lies there as the server wrote it, with the moment in <body data-as-of>; beside them the files that they need.
import { overStops } from "./store.js";

const [PAGES, FILES, LOCKED] = ["drive-pages-", "drive-files", "drive-locked"];
const [LIST, OVER, AWAY] = ["/drive/", "/drive/over/", "/drive/away/"];
const BARE = "over"; // the version of a page that says nothing but that its visit is over
const PATIENCE = 30_000; // ms for one page on a thin line
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const NAMED = {
  html: /(?:src|href)="([^"#?]+)/g,
  js: /(?:from|import)\s*["'](\.{0,2}\/[^"']+)["']/g,
  css: /(?:url\(|@import )["']?([^"')#?]+)/g,
};
let turn = 0;

const mine = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));
const pathOf = ({ url }) => new URL(url).pathname;

// Somebody is signed in and looks at a page of their own, which the server wrote: nothing of anybody else stays, and what
// the sign-in page had locked (lock.js) opens.
export async function belongTo(user) {
  for (const name of await mine()) if (name !== PAGES + user) await caches.delete(name);
  await caches.delete(LOCKED);
}

// Signed out, or the shift is over.
export async function wipe() {
  turn += 1;
  for (const name of await mine()) await caches.delete(name);
}

async function cacheToShow() {
  const [name] = (await caches.has(LOCKED)) ? [] : await mine();
  return name && caches.open(name);
}

export async function pageAt(url) {
  return (await cacheToShow())?.match(new URL(url).pathname);
}

// What is shown without signal for an address that is not here.
export async function awayPage() {
  return (await cacheToShow())?.match(AWAY);
}

export async function isHere(path) {
  const [name] = "caches" in globalThis ? await mine() : [];
  return Boolean(name && navigator.serviceWorker?.controller && await (await caches.open(name)).match(path));
}

export async function fileAt(url) {
  return (await caches.open(FILES)).match(url);
}

export const isForEver = (url) => HASHED.test(new URL(url).pathname);

// Brings what is here up to the list of addresses and versions that the server gave; only what changed is fetched,
// one after the other. A newer list ends the work of an older one.
export async function keepAll({ user, pages }, tell = () => {}) {
  const mineNow = ++turn;
  await belongTo(user);
  const cache = await caches.open(PAGES + user);
  const [wanted, seen] = [new Set(pages.map(([path]) => path)), new Set()];
  for (const request of await cache.keys()) {
    if (!wanted.has(pathOf(request)) && await versionOf(cache, request) !== BARE) await cache.delete(request);
  }
  let [count, changed] = [0, false];
  for (const [path, version, stays] of pages) {
    const isOver = !stays && (await overStops(user)).has(stopOf(path));
    if (!isOver && await versionOf(cache, path) !== version) {
      const answer = await brought(path, user, seen);
      if (!answer || mineNow !== turn) return;
      if (answer.isBroken) continue;
      if (answer.text) await put(cache, path, await bare(path, answer.text, user), answer.headers, version, stays);
      else await cache.delete(path);
      changed = true;
    }
    tell({ count: ++count, of: pages.length });
  }
  for (const stop of await overStops(user)) if (wanted.has(`${LIST}stops/${stop}/`)) await forgetStop(stop);
  if (changed) await dropFiles(cache);
}

const versionOf = async (cache, path) => (await cache.match(path))?.headers.get("Version");

// A page with the files it needs; {} when there is no such page any more, {isBroken} when the server makes a mistake on
// it, which costs no other page; nothing when none can be had now.
async function brought(path, user, seen) {
  let answer;
  const asked = { redirect: "manual", cache: "no-store", priority: "low", headers: { Accept: "text/html" } };
  try { answer = await fetch(`${path}?kept=1`, { ...asked, signal: AbortSignal.timeout(PATIENCE) }); } catch { return undefined; }
  if ([404, 410].includes(answer.status)) return {};
  if (answer.status >= 400) return { isBroken: true };
  const text = answer.ok ? await answer.text() : "";
  if (!text.includes(`data-user="${user}"`)) return undefined; // signed out, or somebody else by now
  if (!await keepFiles(text, new URL(path, location.href), seen)) return undefined;
  return { text: text.replace("<body ", `<body data-as-of="${new Date().toISOString()}" `), headers: answer.headers };
}

// The list without the visits that are over, whatever the server still thought when it wrote it.
async function bare(path, text, user) {
  return path === LIST ? [...await overStops(user)].reduce(withoutStop, text) : text;
}

const withoutStop = (text, stop) => text.replaceAll(new RegExp(`<!--stop ${stop}-->.*?<!--/stop ${stop}-->`, "gs"), "");

function put(cache, path, text, from, version, stays) {
  const headers = new Headers(from);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  headers.set("Version", version);
  if (stays) headers.set("Stays", "1"); // nothing personal stands there
  return cache.put(path, new Response(text, { headers }));
}

// What a page, script or stylesheet names, and what that names again. `seen` gathers their addresses.
async function keepFiles(text, base, seen, kind = "html") {
  const files = await caches.open(FILES);
  for (const [, name] of text.matchAll(NAMED[kind])) {
    const url = new URL(name, base);
    if (url.origin !== location.origin || !url.pathname.startsWith("/static/") || seen.has(url.href)) continue;
    seen.add(url.href);
    let file = await files.match(url);
    if (!file || !isForEver(url)) {
      try { file = await fetch(url, { priority: "low", signal: AbortSignal.timeout(PATIENCE) }); } catch { return false; }
      if (file.ok) await files.put(url, file.clone());
    }
    const inside = url.pathname.match(/\.(js|css)$/)?.[1];
    if (inside && file.ok && !await keepFiles(await file.text(), url, seen, inside)) return false;
  }
  return true;
}

// Files of an older version go once no page here needs them any more.
async function dropFiles(cache) {
  const [needed, files] = [new Set(), await caches.open(FILES)];
  for (const request of await cache.keys()) await keepFiles(await (await cache.match(request)).text(), request.url, needed);
  for (const request of await files.keys()) if (!needed.has(request.url)) await files.delete(request);
}

const stopOf = (path) => Number(path.match(/^\/drive\/stops\/(\d+)\//)?.[1]) || null;

// The server knows how this visit ended: its page becomes one that says so and nothing else, and the list forgets it.
export async function forgetStop(stop) {
  for (const name of await mine()) {
    const cache = await caches.open(name);
    const over = await (await cache.match(OVER))?.text();
    for (const request of await cache.keys()) {
      if (stopOf(pathOf(request)) !== stop || (await cache.match(request)).headers.has("Stays")) continue;
      if (over && pathOf(request) === `${LIST}stops/${stop}/`) await put(cache, request, over, (await cache.match(OVER)).headers, BARE, true);
      else await cache.delete(request);
    }
    const list = await cache.match(LIST);
    if (list) await put(cache, LIST, withoutStop(await list.text(), stop), list.headers, "cut", true);
  }
}

// What a driver did and the server has not answered yet: kept on the phone, in the order it happened.
// events  {id, user, seq, stop, number, kind, body, happened_at, state}; while it can be undone also
//         {undo_until, page, typed}. state: undoable → waiting → gone, or refused
// photos  {id, user, event, stop, happened_at, blob, offset}: follows its event
// drafts  {user, page, typed, photo}: what a report said that was undone, until its form is sent again
// phones  {user, key, seq, reset}; beside it in a cookie, so that a store which was emptied is noticed
// told    {id, user, stop, route, kind, state, cash, at}: what the server has, until the shift is over. No name, no place
import { cookieOf, rememberIn } from "./mirror.js";

const STORES = { events: "id", photos: "id", phones: "user", drafts: ["user", "page"], told: "id" };
const A_DAY = 24 * 3600e3; // ms
export const UNDO_FOR = 10_000; // ms
let opened;

// Without a version: whichever page came first may be newer or older than this one. What is missing is added.
function open() {
  opened ??= ask().then((database) => {
    const isWhole = Object.keys(STORES).every((name) => database.objectStoreNames.contains(name));
    if (isWhole) return database;
    database.close();
    return ask(database.version + 1);
  });
  opened.catch(() => { opened = undefined; });
  return opened;
}

function ask(version) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("driver", version);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, { keyPath });
      }
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { // another tab has a newer page
        asked.result.close();
        opened = undefined;
      };
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
}

// Runs `work(stores, done)` in one transaction and resolves with what was given to `done` once all is on the disk.
async function within(mode, names, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    work(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])), (value) => { result = value; });
  });
}

// What happens once: the same stop or route said again, from another tab or a page opened again, is the same report.
const FINISHING = ["deliver", "fail", "collect", "legacy"];
const ONCE = ["depart", "arrive", "close"];
export const finishes = ({ kind, state }) => FINISHING.includes(kind) && state !== "refused";
export function isTwin(one, other) {
  if (one.user !== other.user || one.state === "refused") return false;
  if (finishes(one) && finishes(other)) return one.stop === other.stop;
  if (!ONCE.includes(one.kind) || one.kind !== other.kind) return false;
  return one.stop === other.stop && routeOf(one) === routeOf(other);
}
export const routeOf = ({ route, body }) => route ?? body?.route ?? null;

// This driver's phone: its key and last number. One whose store was emptied is another phone and says which it was.
function phoneIn(phones, user, found) {
  phones.get(user).onsuccess = ({ target: { result } }) => {
    if (result) return found(result);
    const reset = cookieOf(user);
    const phone = { user, key: crypto.randomUUID(), seq: 0, ...(reset ? { reset } : {}) };
    phones.put(phone);
    found(phone);
  };
}

export function introduce(user) {
  return within("readwrite", ["phones"], ({ phones }) => phoneIn(phones, user, () => {}));
}

// Keep one event. It gets the phone's next number; the same again is the first one. Who reports something new has gone
// on: what could be undone until now is let go, so that the order stays the order.
export async function keep(event) {
  const stores = ["events", "phones", "drafts", "told"];
  const { kept, phone } = await within("readwrite", stores, ({ events, phones, drafts, told }, done) => {
    known(events, told, event, (first) => {
      if (first) return done({ kept: first });
      release(events, event.user);
      if (event.kind === "close") drafts.clear();
      else drafts.delete([event.user, event.page]);
      phoneIn(phones, event.user, (phone) => {
        phone.seq += 1;
        phones.put(phone);
        const kept = { ...event, seq: phone.seq, state: event.undo_until ? "undoable" : "waiting" };
        events.put(kept);
        done({ kept, phone });
      });
    });
  });
  if (phone) rememberIn(phone);
  return kept;
}

// The same report, if it is here already, or the end of its visit, if the server has heard of it.
function known(events, told, event, found) {
  events.getAll().onsuccess = ({ target: { result: here } }) => {
    told.getAll().onsuccess = ({ target: { result: there } }) => {
      const isSame = (each) => each.id === event.id || isTwin(each, event);
      found(here.find(isSame) ?? there.find((each) => finishes(each) && isTwin(each, event)));
    };
  };
}

export function keepPhoto({ id: event, user, stop, number, happened_at: at }, blob) {
  const photo = { id: crypto.randomUUID(), user, event, stop, number, happened_at: at, blob, offset: 0 };
  return within("readwrite", ["photos"], ({ photos }) => photos.put(photo));
}

// Milliseconds in which an event can still be undone. A clock that was put right by a moment costs nothing; one that
// was set back holds nothing for longer.
export function undoLeft({ undo_until: until }) {
  const left = until - Date.now();
  return left > 2 * UNDO_FOR ? 0 : Math.max(0, Math.min(left, UNDO_FOR));
}

function release(events, user, isDue = () => true) {
  events.getAll().onsuccess = ({ target: { result } }) => {
    for (const event of result) {
      if (event.user !== user || event.state !== "undoable" || !isDue(event)) continue;
      const { undo_until: until, page, typed, ...rest } = event;
      events.put({ ...rest, state: "waiting" });
    }
  };
}

// What was not undone in time waits to be sent.
export function letGo(user) {
  return within("readwrite", ["events"], ({ events }) => release(events, user, (event) => undoLeft(event) === 0));
}

// Takes an event out again and keeps what was typed; resolves with it, or with nothing when it is on its way. Its number
// is free again: nobody has heard of it, and a number that never comes would look like a report that was lost.
export async function takeBack(id) {
  const stores = ["events", "photos", "drafts", "phones"];
  const back = await within("readwrite", stores, ({ events, photos, drafts, phones }, done) => {
    events.get(id).onsuccess = ({ target: { result: event } }) => {
      if (event?.state !== "undoable") return;
      photos.getAll().onsuccess = ({ target: { result } }) => {
        const photo = result.find((each) => each.event === id);
        if (photo) photos.delete(photo.id);
        drafts.put({ user: event.user, page: event.page, typed: event.typed, photo: photo?.blob });
        events.delete(id);
        phoneIn(phones, event.user, (phone) => {
          if (phone.seq === event.seq) phones.put({ ...phone, seq: --phone.seq });
          done({ event, phone });
        });
      };
    };
  });
  if (back) rememberIn(back.phone);
  return back?.event;
}

// What was typed on this page before it was undone.
export function draftOf(user, page) {
  return within("readonly", ["drafts"], ({ drafts }, done) => {
    drafts.get([user, page]).onsuccess = ({ target: { result } }) => done(result);
  });
}

// Everything this driver's phone still holds: {phone, events in order, photos}, and what the server was told.
export async function held(user) {
  const all = {};
  const stores = ["events", "photos", "phones", "told"];
  await within("readonly", stores, ({ phones, ...rows }) => {
    phones.get(user).onsuccess = ({ target }) => { all.phone = target.result; };
    for (const [name, store] of Object.entries(rows)) store.getAll().onsuccess = ({ target }) => { all[name] = target.result; };
  });
  const mine = (rows) => rows.filter((row) => row.user === user);
  return {
    phone: all.phone,
    events: mine(all.events).sort((a, b) => a.seq - b.seq),
    photos: mine(all.photos),
    told: mine(all.told).filter(({ at }) => Date.now() - at < A_DAY),
  };
}

// Who has something on this phone.
export function everybody() {
  return within("readonly", ["phones"], ({ phones }, done) => {
    phones.getAllKeys().onsuccess = ({ target: { result } }) => done(result);
  });
}

// The stops whose end the server knows from this phone.
export async function overStops(user) {
  return new Set((await held(user)).told.filter(finishes).map(({ stop }) => stop));
}

// The server answered. What it stored it has for ever; what it refused stays here, for the office to look at.
export function settle(answers) {
  return within("readwrite", ["events", "told"], ({ events, told }, done) => {
    const settled = [];
    done(settled);
    for (const { id, state } of answers) {
      events.get(id).onsuccess = ({ target: { result: event } }) => {
        if (!event) return;
        if (state === "refused") return events.put({ ...event, state });
        const { user, stop, kind, body } = event;
        const cash = body.payment?.method === "cash" ? Number(body.payment.received_twd) : 0;
        const row = { id, user, stop, route: routeOf(event), kind, state, cash, at: Date.now() };
        events.delete(id);
        told.put(row);
        settled.push(row);
      };
    }
  });
}

// The office was told that this phone began anew.
export function announced(user) {
  return within("readwrite", ["phones"], ({ phones }) => {
    phones.get(user).onsuccess = ({ target: { result } }) => {
      const { reset, ...phone } = result ?? {};
      if (reset) phones.put(phone);
    };
  });
}

// A photo is so far at the server.
export function reached(id, offset) {
  return within("readwrite", ["photos"], ({ photos }) => {
    photos.get(id).onsuccess = ({ target: { result } }) => result && photos.put({ ...result, offset });
  });
}

export function forgetPhoto(id) {
  return within("readwrite", ["photos"], ({ photos }) => photos.delete(id));
}

// The shift is over, or somebody signs out: nothing of it stays but what is not sent yet.
export function forgetTold() {
  return within("readwrite", ["told", "drafts"], ({ told, drafts }) => { told.clear(); drafts.clear(); });
}

// What a driver did and the server has not answered yet: kept on the phone, in the order it happened.
// events  {id, user, seq, stop, number, kind, body, happened_at, state}; while it can be undone also
//         {undo_until, page, typed}. state: undoable → waiting → gone, or refused
// photos  {id, user, event, stop, happened_at, blob}: follows its event
// drafts  {user, page, typed, photo}: what a report said that was undone, until its form is sent again
// phones  {user, key, seq}
const STORES = { events: "id", photos: "id", phones: "user", drafts: ["user", "page"] };
export const UNDO_FOR = 10_000; // ms
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("driver", 2);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, { keyPath });
      }
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close(); // another tab has a newer page
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  return opened;
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

// Keep one event. It gets the phone's next number; the same id again is the first one. Who reports something new has
// gone on: what could be undone until now is let go, so that the order stays the order.
export function keep(event) {
  return within("readwrite", ["events", "phones", "drafts"], ({ events, phones, drafts }, done) => {
    events.get(event.id).onsuccess = ({ target: { result: known } }) => {
      if (known) return done(known);
      release(events, event.user);
      if (event.kind === "close") drafts.clear();
      else drafts.delete([event.user, event.page]);
      phones.get(event.user).onsuccess = ({ target: { result } }) => {
        const phone = result ?? { user: event.user, key: crypto.randomUUID(), seq: 0 };
        phone.seq += 1;
        phones.put(phone);
        const kept = { ...event, seq: phone.seq, state: event.undo_until ? "undoable" : "waiting" };
        events.put(kept);
        done(kept);
      };
    };
  });
}

export function keepPhoto({ id: event, user, stop, number, happened_at: at }, blob) {
  const photo = { id: crypto.randomUUID(), user, event, stop, number, happened_at: at, blob };
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

// Takes an event out again and keeps what was typed; resolves with it, or with nothing when it is on its way.
export function takeBack(id) {
  return within("readwrite", ["events", "photos", "drafts"], ({ events, photos, drafts }, done) => {
    events.get(id).onsuccess = ({ target: { result: event } }) => {
      if (event?.state !== "undoable") return;
      photos.getAll().onsuccess = ({ target: { result } }) => {
        const photo = result.find((each) => each.event === id);
        if (photo) photos.delete(photo.id);
        drafts.put({ user: event.user, page: event.page, typed: event.typed, photo: photo?.blob });
        events.delete(id);
        done(event);
      };
    };
  });
}

// What was typed on this page before it was undone.
export function draftOf(user, page) {
  return within("readonly", ["drafts"], ({ drafts }, done) => {
    drafts.get([user, page]).onsuccess = ({ target: { result } }) => done(result);
  });
}

// Everything this driver's phone still holds: {phone, events in order, photos}.
export async function held(user) {
  const all = {};
  await within("readonly", ["events", "photos", "phones"], ({ events, photos, phones }) => {
    phones.get(user).onsuccess = ({ target }) => { all.phone = target.result; };
    events.getAll().onsuccess = ({ target }) => { all.events = target.result; };
    photos.getAll().onsuccess = ({ target }) => { all.photos = target.result; };
  });
  return {
    phone: all.phone,
    events: all.events.filter((event) => event.user === user).sort((a, b) => a.seq - b.seq),
    photos: all.photos.filter((photo) => photo.user === user),
  };
}

// The server has them for ever.
export function forget(store, ids) {
  return within("readwrite", [store], (stores) => ids.forEach((id) => stores[store].delete(id)));
}

// The server will not have this one: it stays here, for the office to look at.
export function markRefused(ids) {
  return within("readwrite", ["events"], ({ events }) => ids.forEach((id) => {
    events.get(id).onsuccess = ({ target: { result } }) => result && events.put({ ...result, state: "refused" });
  }));
}

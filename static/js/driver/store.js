// What a driver did and the server has not answered yet: kept on the phone, in the order it happened.
// Stores: events {id, user, seq, stop, kind, body, happened_at, state}, photos {id, user, stop, blob}, phones {user, key, seq}.
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("driver", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("events", { keyPath: "id" });
      asked.result.createObjectStore("photos", { keyPath: "id" });
      asked.result.createObjectStore("phones", { keyPath: "user" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// Runs `work(stores)` in one transaction and resolves with its result once everything is on the disk.
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

// Keep one event. It gets the phone's next number; the same id again is the first one.
export function keep(event) {
  return within("readwrite", ["events", "phones"], ({ events, phones }, done) => {
    events.get(event.id).onsuccess = ({ target: { result: known } }) => {
      if (known) return done(known);
      phones.get(event.user).onsuccess = ({ target: { result } }) => {
        const phone = result ?? { user: event.user, key: crypto.randomUUID(), seq: 0 };
        phone.seq += 1;
        phones.put(phone);
        const kept = { ...event, seq: phone.seq, state: "waiting" };
        events.put(kept);
        done(kept);
      };
    };
  });
}

export function keepPhoto(photo) {
  return within("readwrite", ["photos"], ({ photos }) => photos.put(photo));
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

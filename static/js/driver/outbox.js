// The driver's outbox: a form's report is written to the phone before the screen changes, and sent when it can be.
import { held, keep, keepPhoto } from "./store.js";
import { sendEvents, sendPhotos } from "./send.js";
import { reportOf } from "./report.js";
import { smaller } from "./photo.js";
import "./hand-over.js";

const [SOONEST, LATEST] = [2_000, 60_000]; // ms between tries
const PATIENCE = 4_000; // ms until "kept on this phone" is said instead of waiting

customElements.define("drive-outbox", class extends HTMLElement {
  connectedCallback() {
    this.user = Number(this.dataset.user);
    this.wait = SOONEST;
    for (const kind of ["online", "pageshow"]) window.addEventListener(kind, this);
    document.addEventListener("visibilitychange", this);
    this.clock = setInterval(() => this.show(), 30_000);
    this.show();
  }

  disconnectedCallback() {
    for (const kind of ["online", "pageshow"]) window.removeEventListener(kind, this);
    document.removeEventListener("visibilitychange", this);
    clearInterval(this.clock);
    clearTimeout(this.timer);
  }

  handleEvent() {
    if (document.visibilityState === "visible") this.send();
  }

  // Sends everything, one tab and one try at a time; resolves when it is empty or could not go on.
  send() {
    clearTimeout(this.timer);
    this.sending = Promise.resolve(this.sending).then(() => this.locked(() => this.tryAll()));
    return this.sending;
  }

  locked(work) {
    return navigator.locks ? navigator.locks.request("driver-outbox", work) : work();
  }

  async tryAll() {
    let some = false;
    try {
      while (await sendEvents(this.dataset.events, this.user)) some = true;
      await sendPhotos(this.dataset.photos, this.user);
      [this.wait, this.trouble] = [SOONEST, ""];
    } catch (error) {
      this.trouble = error.message;
      this.timer = setTimeout(() => this.send(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LATEST);
    }
    await this.show();
    if (some) document.body.dispatchEvent(new Event("sent"));
  }

  async show() {
    const { events, photos } = await held(this.user);
    const refused = events.filter((event) => event.state === "refused").length;
    const waiting = events.length - refused + photos.length;
    const strip = this.querySelector("details");
    const oldest = events.find((event) => event.state === "waiting")?.happened_at ?? photos[0]?.happened_at;
    const minutes = oldest ? Math.max(0, Math.floor((Date.now() - Date.parse(oldest)) / 60_000)) : 0;
    const away = ["signed-out", "other-user"].includes(this.trouble);
    const words = !waiting ? this.dataset.refused : away ? this.dataset.signedOut : this.dataset.waiting;
    strip.hidden = !waiting && !refused;
    strip.dataset.state = refused || away ? "stuck" : "waiting";
    strip.querySelector("b").textContent = words.replace("{count}", waiting || refused).replace("{minutes}", minutes);
    strip.querySelector("a").hidden = !away;
    this.list(strip.querySelector("ul"), [...events, ...photos.map((photo) => ({ ...photo, kind: "photo" }))]);
    const finished = events.filter(({ kind }) => ["deliver", "fail", "collect"].includes(kind)).map(({ stop }) => String(stop));
    for (const row of document.querySelectorAll("[data-stop]")) row.toggleAttribute("data-kept", finished.includes(row.dataset.stop));
  }

  list(list, held) {
    list.replaceChildren(...held.map(({ kind, number, happened_at: at }) => {
      const row = document.createElement("li");
      const stop = number ? `${this.dataset.stopNumber.replace("{number}", number)} · ` : "";
      row.textContent = `${new Date(at).toTimeString().slice(0, 5)} · ${stop}${this.dataset[kind] ?? kind}`;
      return row;
    }));
  }
});

// Stands around one form. data-kind, data-stop, data-number: what it reports; data-next: where to go then.
customElements.define("report-form", class extends HTMLElement {
  connectedCallback() { this.addEventListener("submit", this); }

  async handleEvent(event) {
    const outbox = document.querySelector("drive-outbox");
    if (event.defaultPrevented || !outbox) return;
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const form = event.target;
    const id = form.elements.operation_id.value;
    try { await this.keep(outbox, form, id); } catch { return form.submit(); } // no store on this phone: straight to the server
    navigator.storage?.persist?.();
    await Promise.race([outbox.send(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    if (await this.isSent(outbox, id)) return location.assign(this.dataset.next);
    this.sayKept(outbox, id);
  }

  async keep(outbox, form, id) {
    const about = { user: outbox.user, stop: Number(this.dataset.stop) || null, number: this.dataset.number, happened_at: new Date().toISOString() };
    await keep({ id, ...about, ...reportOf(form, this.dataset.kind) });
    const file = form.elements.photo?.files[0];
    if (file) await keepPhoto({ id: crypto.randomUUID(), ...about, blob: await smaller(file) });
  }

  async isSent(outbox, id) {
    return !(await held(outbox.user)).events.some((event) => event.id === id);
  }

  sayKept(outbox, id) {
    const kept = outbox.querySelector("template").content.cloneNode(true);
    kept.querySelector("a").href = this.dataset.next;
    document.querySelector("main").replaceChildren(kept);
    document.querySelector(".drive-act").hidden = true;
    document.body.addEventListener("sent", async () => { if (await this.isSent(outbox, id)) location.assign(this.dataset.next); });
    window.scrollTo(0, 0);
  }
});

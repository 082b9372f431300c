// The driver's outbox: a form's report is written to the phone before the screen changes, and sent when it can be.
import { held, letGo, undoLeft } from "./store.js";
import { sendEvents, sendPhotos } from "./send.js";
import { showRound } from "./round.js";
import "./hand-over.js";
import "./cash-sum.js";
import "./check-tag.js";
import "./take-photo.js";
import "./with-position.js";
import "./report-form.js";
import "./undo-report.js";

const [SOONEST, LATEST] = [2_000, 60_000]; // ms between tries

customElements.define("drive-outbox", class extends HTMLElement {
  connectedCallback() {
    this.user = Number(this.dataset.user);
    this.wait = SOONEST;
    for (const kind of ["online", "pageshow"]) window.addEventListener(kind, this);
    document.addEventListener("visibilitychange", this);
    document.addEventListener("htmx:afterSettle", this);
    this.clock = setInterval(() => this.show(), 30_000);
    this.show();
  }

  disconnectedCallback() {
    for (const kind of ["online", "pageshow"]) window.removeEventListener(kind, this);
    document.removeEventListener("visibilitychange", this);
    document.removeEventListener("htmx:afterSettle", this);
    clearInterval(this.clock);
    clearTimeout(this.timer);
    clearTimeout(this.release);
  }

  handleEvent(event) {
    if (event.type === "htmx:afterSettle") this.show();
    else if (document.visibilityState === "visible") this.send();
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
      await letGo(this.user);
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
    const undoable = events.find((event) => event.state === "undoable");
    clearTimeout(this.release);
    if (undoable) this.release = setTimeout(() => this.send(), undoLeft(undoable));
    document.querySelector("undo-report")?.show(undoable);
    showRound(events);
    this.showUnsent(events.filter((event) => event !== undoable), photos.filter((photo) => photo.event !== undoable?.id));
  }

  showUnsent(events, photos) {
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
    const signIn = strip.querySelector("a");
    if (away && signIn.hidden) strip.open = true;
    signIn.hidden = !away;
    this.list(strip.querySelector("ul"), [...events, ...photos.map((photo) => ({ ...photo, kind: "photo" }))]);
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

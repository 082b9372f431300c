// The driver's outbox: a form's report is written to the phone before the screen changes, and sent when it can be.
import { held, introduce, undoLeft } from "./store.js";
import { hurry, sendWaiting, sendWaitingPhotos } from "./send.js";
import { belongTo } from "./pages.js";
import { showRound } from "./round.js";
import "./as-of.js";
import "./hand-over.js";
import "./check-tag.js";
import "./take-photo.js";
import "./keep-route.js";
import "./leave-phone.js";
import "./report-form.js";
import "./share-position.js";
import "./undo-report.js";
import "./unsent-list.js";
import "./with-position.js";
import "./cash-sum.js";

const [SOONEST, LATEST] = [2_000, 60_000]; // ms between tries
const WINDOW = ["online", "pageshow"];

// Where the browser can, it rings the worker once there is a line, even when no page is open; nothing hangs on it.
async function askToBeWoken() {
  const ready = await navigator.serviceWorker?.ready;
  try { await ready?.sync?.register("outbox"); } catch { return; } // not allowed here
}

customElements.define("drive-outbox", class extends HTMLElement {
  connectedCallback() {
    this.user = Number(this.dataset.user);
    this.wait = SOONEST;
    for (const kind of WINDOW) window.addEventListener(kind, this);
    for (const kind of ["visibilitychange", "htmx:afterSettle"]) document.addEventListener(kind, this);
    navigator.serviceWorker?.addEventListener("message", this);
    this.clock = setInterval(() => this.show(), 30_000);
    if (!document.body.dataset.asOf && "caches" in window) belongTo(this.user);
    introduce(this.user).then(() => this.show(), () => {}); // without a store the forms go straight to the server
  }

  disconnectedCallback() {
    for (const kind of WINDOW) window.removeEventListener(kind, this);
    for (const kind of ["visibilitychange", "htmx:afterSettle"]) document.removeEventListener(kind, this);
    navigator.serviceWorker?.removeEventListener("message", this);
    clearInterval(this.clock);
    clearTimeout(this.timer);
    clearTimeout(this.release);
  }

  handleEvent({ type, data }) {
    if (type === "htmx:afterSettle") this.show();
    else if (type === "message" ? data.send : document.visibilityState === "visible") this.send();
  }

  // Sends everything, one try at a time; resolves when it is empty or could not go on.
  send() {
    clearTimeout(this.timer);
    hurry();
    this.sending = Promise.resolve(this.sending).then(() => this.tryAll());
    return this.sending;
  }

  // Whoever waits for a report hears of it before the photos begin.
  async tryAll() {
    try {
      const some = await sendWaiting(this.user);
      await this.show();
      if (some || document.body.dataset.asOf) document.body.dispatchEvent(new Event("sent"));
      await sendWaitingPhotos(this.user);
      [this.wait, this.trouble] = [SOONEST, ""];
    } catch (error) {
      this.trouble = error.message;
      this.timer = setTimeout(() => this.send(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LATEST);
      askToBeWoken();
    }
    await this.show();
  }

  async show() {
    const { events, photos, told } = await held(this.user);
    const undoable = events.find((event) => event.state === "undoable");
    clearTimeout(this.release);
    if (undoable) this.release = setTimeout(() => this.send(), undoLeft(undoable));
    document.querySelector("undo-report")?.show(undoable);
    showRound(events, told);
    this.dataset.held = events.length + photos.length;
    this.querySelector("unsent-list").show({
      events: events.filter((event) => event !== undoable), photos: photos.filter((photo) => photo.event !== undoable?.id),
      trouble: this.trouble,
    });
  }
});

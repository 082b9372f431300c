// Stands around one form. data-kind, data-stop, data-number: what it reports; data-next: where to go then.
// The report is on the phone before the screen changes. What finishes a stop can be undone, so it leaves later.
import { UNDO_FOR, draftOf, held, keep, keepPhoto } from "./store.js";
import { reachable } from "./reach.js";
import { reportOf } from "./report.js";
import { finishes } from "./round.js";
import { smaller } from "./photo.js";
import { typeAgain, typedIn } from "./typed.js";

const PATIENCE = 4_000; // ms until "kept on this phone" is said instead of waiting
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

customElements.define("report-form", class extends HTMLElement {
  connectedCallback() {
    this.outbox = document.querySelector("drive-outbox");
    if (!this.outbox) return;
    this.addEventListener("submit", this);
    for (const kind of ["sent", "undone"]) document.body.addEventListener(kind, this);
    if (finishes(this.dataset)) this.pickUp();
  }

  disconnectedCallback() {
    for (const kind of ["sent", "undone"]) document.body.removeEventListener(kind, this);
  }

  handleEvent(event) {
    if (event.type === "submit") return this.report(event);
    if (event.type === "undone") return event.detail.id === this.kept && this.sayNothing();
    if (this.kept) this.goOn();
  }

  // A page opened again: its stop was reported and is still here, or it was undone and is to be put right.
  async pickUp() {
    const [user, form, touched] = [Number(this.outbox.dataset.user), this.querySelector("form"), new Set()];
    form.addEventListener("input", ({ target }) => touched.add(target.name)); // a thumb may be quicker than the store
    const report = (await held(user)).events.find((each) => finishes(each) && each.stop === Number(this.dataset.stop));
    if (report) return this.sayKept(report.id);
    const draft = await draftOf(user, location.pathname);
    if (!draft) return;
    typeAgain(form, draft.typed.filter(({ name }) => !touched.has(name)), draft.photo);
    this.before(this.outbox.querySelector("template[data-word=undone]").content.cloneNode(true));
  }

  async report(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const form = event.target;
    const report = reportOf(form, this.dataset.kind);
    const isLeak = report.body.reason === "leak"; // the office must know at once
    const undo = finishes(report) && !isLeak ? { undo_until: Date.now() + UNDO_FOR, typed: typedIn(form) } : {};
    const id = form.elements.operation_id.value;
    try { await this.keep(form, { id, ...report, ...undo }); } catch { return form.submit(); } // no store on this phone: straight to the server
    navigator.storage?.persist?.();
    this.kept = id;
    event.submitter?.setAttribute("aria-busy", "true");
    const goesOn = undo.typed ? reachable() : this.outbox.send().then(() => this.isSent());
    const isSoon = await Promise.race([goesOn, after(PATIENCE)]);
    if (isSoon) return this.leave();
    event.submitter?.removeAttribute("aria-busy");
    await this.outbox.show();
    this.sayKept(id);
    document.querySelector("main > .kept a").focus();
    if (await goesOn && this.kept === id) this.leave();
  }

  async keep(form, report) {
    const { stop, number } = this.dataset;
    const about = { user: this.outbox.user, page: location.pathname, stop: Number(stop) || null, number };
    const kept = await keep({ ...about, happened_at: new Date().toISOString(), ...report });
    const file = form.elements.photo?.files[0];
    if (file) await keepPhoto(kept, await smaller(file));
  }

  async isSent() {
    return !(await held(this.outbox.user)).events.some((event) => event.id === this.kept);
  }

  async goOn() {
    if (await this.isSent()) this.leave();
  }

  // Not back into a form that is done.
  leave() {
    location.replace(this.dataset.next);
  }

  sayKept(id) {
    this.kept = id;
    const said = this.outbox.querySelector("template[data-word=kept]").content.cloneNode(true);
    said.querySelector("a").href = this.dataset.next;
    document.querySelector("main").append(said);
    document.body.dataset.kept = "";
    window.scrollTo(0, 0);
  }

  sayNothing() {
    this.kept = null;
    this.busy = false;
    document.querySelector("main > .kept")?.remove();
    delete document.body.dataset.kept;
  }
});

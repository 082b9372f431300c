// Stands around one form. data-kind, data-stop, data-number: what it reports; data-next: where to go then.
// The report is on the phone before the screen changes. What finishes a stop can be undone, so it leaves later.
import { UNDO_FOR, draftOf, finishes, held, isTwin, keep, keepPhoto } from "./store.js";
import { isHere } from "./pages.js";
import { reachable } from "./reach.js";
import { reportOf } from "./report.js";
import { smaller } from "./photo.js";
import { typeAgain, typedIn } from "./typed.js";

const PATIENCE = 4_000; // ms until "kept on this phone" is said instead of waiting
const MOMENT = 800; // ms
const SHOWN_BY_ROUND = ["arrive", "close"]; // their keys change in place
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

customElements.define("report-form", class extends HTMLElement {
  connectedCallback() {
    this.outbox = document.querySelector("drive-outbox");
    if (!this.outbox) return;
    this.user = Number(this.outbox.dataset.user); // that element may be defined after this one
    this.addEventListener("submit", this);
    for (const kind of ["sent", "undone"]) document.body.addEventListener(kind, this);
    window.addEventListener("pageshow", this);
    this.pickUp();
  }

  disconnectedCallback() {
    for (const kind of ["sent", "undone"]) document.body.removeEventListener(kind, this);
    window.removeEventListener("pageshow", this);
  }

  handleEvent(event) {
    if (event.type === "submit") return this.report(event);
    if (event.type === "pageshow") return event.persisted && this.comeBack();
    if (event.type === "undone") return event.detail.id === this.kept && this.sayNothing();
    if (this.kept) this.goOn();
  }

  // From the browser's memory, as it was when it was left: the press of then is over.
  comeBack() {
    this.sayNothing();
    this.pickUp();
  }

  get about() {
    const { stop, number, kind } = this.dataset;
    return { user: this.user, page: location.pathname, stop: Number(stop) || null, number, kind };
  }

  // A page opened again: what it reports was reported and is still here, or it was undone and is to be put right.
  async pickUp() {
    if (SHOWN_BY_ROUND.includes(this.dataset.kind)) return;
    const [form, touched] = [this.querySelector("form"), new Set()];
    form.addEventListener("input", ({ target }) => touched.add(target.name)); // a thumb may be quicker than the store
    const wanted = { ...this.about, body: { route: Number(form.elements.route?.value) || null } };
    const { events } = await held(this.user);
    const twin = events.find((each) => isTwin(each, wanted));
    if (twin) return this.sayKept(twin.id);
    const alike = events.findLast(({ kind, stop }) => kind === wanted.kind && stop === wanted.stop);
    if (alike) return this.sayBefore("again", alike);
    const draft = finishes(wanted) && await draftOf(wanted.user, wanted.page);
    if (!draft) return;
    typeAgain(form, draft.typed.filter(({ name }) => !touched.has(name)), draft.photo);
    this.sayBefore("undone");
  }

  // A fresh id for each press: the page may be one from this phone, whose own id was used before. That a second press
  // is the same as the first is known by `busy` here, and by the store in another tab or a page opened again.
  async report(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const form = event.target;
    const report = reportOf(form, this.dataset.kind);
    const isLeak = report.body.reason === "leak"; // the office must know at once
    const undo = finishes(report) && !isLeak ? { undo_until: Date.now() + UNDO_FOR, typed: typedIn(form) } : {};
    form.elements.operation_id.value = crypto.randomUUID();
    try { await this.keep(form, { ...report, ...undo }); } catch { return form.submit(); } // no store on this phone: straight to the server
    event.submitter?.setAttribute("aria-busy", "true");
    const goesOn = this.goesOn(undo.typed ? null : this.outbox.send().then(() => this.isSent()));
    const isSoon = await Promise.race([goesOn, after(PATIENCE)]);
    if (isSoon) return this.leave();
    event.submitter?.removeAttribute("aria-busy");
    await this.outbox.show();
    this.sayKept(this.kept);
    document.querySelector("main > .kept a").focus();
    const kept = this.kept;
    if (await goesOn && this.kept === kept) this.leave();
  }

  async keep(form, report) {
    const id = form.elements.operation_id.value;
    const kept = await keep({ ...this.about, id, happened_at: new Date().toISOString(), ...report });
    this.kept = kept.id;
    const file = form.elements.photo?.files[0];
    if (file && kept.id === id) await keepPhoto(kept, await smaller(file));
  }

  // A page that is on this phone waits for no answer; only a moment, since what is sent by then is shown there.
  async goesOn(sent) {
    if (!await isHere(this.dataset.next)) return sent ?? reachable(this.dataset.next);
    await Promise.race([sent, after(MOMENT)]);
    return true;
  }

  async isSent() {
    return !(await held(this.user)).events.some((event) => event.id === this.kept);
  }

  async goOn() {
    if (await this.isSent()) this.leave();
  }

  // Not back into a form that is done.
  leave() {
    location.replace(this.dataset.next);
  }

  sayBefore(word, { happened_at: at } = {}) {
    const said = this.outbox.querySelector(`template[data-word=${word}]`).content.cloneNode(true);
    const time = said.querySelector("time");
    if (time) time.textContent = new Date(at).toTimeString().slice(0, 5);
    this.before(said);
  }

  sayKept(id) {
    this.kept = id;
    const said = this.outbox.querySelector("template[data-word=kept]").content.cloneNode(true);
    said.querySelector("a").href = this.dataset.next;
    const amend = said.querySelector("[data-amend]");
    amend.hidden = !finishes(this.dataset);
    if (this.dataset.stop) amend.href = `/drive/stops/${this.dataset.stop}/amend/`;
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

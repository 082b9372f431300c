// For ten seconds the last report can be undone: it has not left this phone. The outbox says which one it is.
import { takeBack, undoLeft } from "./store.js";
import { reachable } from "./reach.js";

customElements.define("undo-report", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
    clearInterval(this.clock);
  }

  handleEvent(event) {
    const isKey = event.key?.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.target.closest("input, textarea");
    if (!this.report || !(event.type === "click" ? event.target.closest("button") : isKey)) return;
    event.preventDefault();
    this.undo(this.report);
  }

  show(report) {
    clearInterval(this.clock);
    this.report = report;
    this.querySelector(".undo").hidden = !report;
    this.querySelector(".undo").removeAttribute("data-undone");
    const fact = report ? (report.kind === "fail" ? this.dataset.failed : this.dataset.over).replace("{number}", report.number) : "";
    this.say("b", fact);
    this.say("[role=status]", fact && `${fact}${this.dataset.said}`);
    if (!report) return;
    this.clock = setInterval(() => this.tick(), 250);
    this.tick();
  }

  tick() {
    this.say(".undo span", this.dataset.left.replace("{seconds}", Math.ceil(undoLeft(this.report) / 1000)));
  }

  say(what, words) {
    const place = this.querySelector(what);
    if (place.textContent !== words) place.textContent = words;
  }

  // Back to its form, with what was typed. Where that page cannot be had now, it waits there.
  async undo(report) {
    const undone = await takeBack(report.id);
    await document.querySelector("drive-outbox").show();
    if (!undone) return;
    document.body.dispatchEvent(new CustomEvent("undone", { detail: undone }));
    if (location.pathname === undone.page) return;
    if (await reachable(undone.page)) return location.assign(undone.page);
    this.querySelector(".undo").hidden = false;
    this.querySelector(".undo").toggleAttribute("data-undone", true);
    this.say("b", this.dataset.undone);
    this.say(".undo span", "");
  }
});

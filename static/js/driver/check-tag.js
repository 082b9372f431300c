// Reads one cylinder at a time. What is overdue stays out of the report, without a connection too; it is put aside.
// data-today; data-limits: the last day of each serial that may be met here; data-full: full ones there by kind.
import { canScan, lastDay, scanned } from "./tag.js";

customElements.define("check-tag", class extends HTMLElement {
  connectedCallback() {
    [this.limits, this.full] = [JSON.parse(this.dataset.limits), JSON.parse(this.dataset.full)];
    for (const name of ["tag_text", "tag_product", "tagged", "aside"]) this[name] = this.querySelector(`[name=${name}]`);
    for (const kind of ["input", "click"]) this.addEventListener(kind, this);
    this.querySelector("[data-do=scan]").hidden = !canScan();
  }

  handleEvent({ type, target }) {
    const deed = type === "click" && target.closest("[data-do]")?.dataset.do;
    if (deed) this[deed]();
    else if (target === this.tag_text) this.judge();
  }

  // Says what is typed there; true when it may be loaded and handed over.
  judge() {
    const { good, unknown, overdue, today } = this.dataset;
    const what = this.tag_text.value.trim().toUpperCase();
    const limit = this.limits[what] ?? lastDay(what);
    const isOverdue = Boolean(limit && limit < today);
    const said = this.say(!what ? "" : !limit ? unknown : isOverdue ? overdue : good, { what, date: limit });
    this.tag_text.setCustomValidity(isOverdue ? said : "");
    this.querySelector("[data-do=putAside]").hidden = !isOverdue;
    return Boolean(what) && !isOverdue;
  }

  note() {
    if (this.judge()) this.keep(this.tagged, this.dataset.noted);
    else this.tag_text.focus();
  }

  putAside() {
    const code = this.tag_product.value;
    this.full[code] = (this.full[code] ?? 0) - 1;
    this.keep(this.aside, this.full[code] > 0 ? this.dataset.swap : this.dataset.out, { left: this.full[code] });
  }

  keep(list, words, said) {
    const what = this.tag_text.value.trim().toUpperCase().replaceAll(",", " ");
    list.value = [list.value, `${this.tag_product.value}:${what}`].filter(Boolean).join(",");
    this.tag_text.value = "";
    this.judge();
    this.say(words, { what, kind: this.tag_product.selectedOptions[0].text, ...said });
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  say(words, said) {
    return (this.querySelector("output").textContent = words.replace(/{(\w+)}/g, (_, name) => said[name] ?? ""));
  }

  async scan() {
    const code = await scanned(this.querySelector("video"));
    this.tag_text.value = code || this.tag_text.value;
    return code === undefined ? this.say(this.dataset.blind) : this.judge();
  }
});

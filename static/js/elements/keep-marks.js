// Around a list of rows that can be marked (input name=order): says how many are, marks them all with one key, and
// keeps the marks when htmx brings the list again. A row that is gone is not marked any more.
customElements.define("keep-marks", class extends HTMLElement {
  connectedCallback() {
    this.marked = new Set();
    for (const kind of ["change", "click", "htmx:afterSwap"]) this.addEventListener(kind, this);
    this.tell();
  }

  get boxes() {
    return [...this.querySelectorAll("[name=order]")];
  }

  handleEvent({ type, target }) {
    if (type === "htmx:afterSwap") for (const box of this.boxes) box.checked ||= this.marked.has(box.value);
    else if (type === "click") {
      if (!target.closest("[data-mark-all]")) return;
      const some = this.boxes.some(({ checked }) => !checked);
      for (const box of this.boxes) box.checked = some;
    }
    this.tell();
  }

  tell() {
    const marked = this.boxes.filter(({ checked }) => checked);
    this.marked = new Set(marked.map(({ value }) => value));
    for (const hidden of this.querySelectorAll("[data-mark-all], [data-marks]")) hidden.hidden = !this.boxes.length;
    for (const output of this.querySelectorAll("[data-marks] output")) output.value = marked.length;
  }
});

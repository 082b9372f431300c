// A letter or sign presses the key of the page that carries it in aria-keyshortcuts: "[" and "]" for the days.
// Never while somebody types, composes Chinese, or looks at a dialog. Each has a function key as its twin.
customElements.define("press-key", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.key.length !== 1 || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, dialog")) return;
    const key = CSS.escape(event.key);
    const found = this.querySelector(`[aria-keyshortcuts~="${key}"]`);
    if (!found) return;
    event.preventDefault();
    found.click();
  }
});

// While Chinese is composed, Enter only chooses a character: it never sends a form or moves on, and nothing is looked
// up for half a word. Once in each frame, for the whole page.
customElements.define("ime-safe", class extends HTMLElement {
  connectedCallback() {
    for (const kind of ["keydown", "input", "compositionend"]) document.addEventListener(kind, this, { capture: true });
  }

  disconnectedCallback() {
    for (const kind of ["keydown", "input", "compositionend"]) document.removeEventListener(kind, this, { capture: true });
  }

  handleEvent(event) {
    if (event.type === "compositionend") this.ended(event.target);
    else if (event.type === "input" && event.isComposing) event.stopPropagation();
    // 229: Safari ends the composition before it reports this Enter.
    else if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) {
      event.stopPropagation();
      event.preventDefault();
    }
  }

  // Chromium says input before compositionend, Firefox after it: one more word about the same text does no harm.
  ended(field) {
    setTimeout(() => field.dispatchEvent(new Event("input", { bubbles: true })));
  }
});

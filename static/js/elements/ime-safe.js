// Enter that chooses a character of an input method never sends the form or moves on.
customElements.define("ime-safe", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this, { capture: true });
  }

  handleEvent(event) {
    // 229: Safari ends the composition before it reports this Enter.
    if (event.key !== "Enter" || !(event.isComposing || event.keyCode === 229)) return;
    event.stopPropagation();
    if (!event.isComposing) event.preventDefault();
  }
});

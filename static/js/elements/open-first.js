// Enter in the box opens the first hit below it; while the hits still answer an older text, the form asks again.
customElements.define("open-first", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this, { capture: true });
  }

  handleEvent(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || !event.target.matches("input")) return;
    const hits = this.querySelector("[data-for]");
    const first = hits?.querySelector("a");
    if (!first || hits.dataset.for !== event.target.value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    first.click();
  }
});

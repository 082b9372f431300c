// A box to find in, with its hits below: arrows walk between them, Enter in the box opens the first hit.
// Enter opens nothing while the hits still answer an older text: then the form asks again.
customElements.define("pick-list", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this, { capture: true });
  }

  handleEvent(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const links = [...this.querySelectorAll("#hits a, .hits a")].filter((one) => one.checkVisibility());
    const box = this.querySelector("input:not([type=hidden])");
    if (event.key === "Enter" && event.target === box) {
      const hits = this.querySelector("#hits");
      const first = hits?.querySelector(".hits a");
      if (!first || hits.dataset.for !== box.value.trim()) return;
      event.preventDefault();
      event.stopPropagation();
      first.click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !links.length) return;
    event.preventDefault();
    const stops = [box, ...links];
    stops[Math.min(Math.max(stops.indexOf(document.activeElement) + step, 0), links.length)].focus();
  }
});

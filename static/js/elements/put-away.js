// A notice stays until somebody has read it and puts it away.
customElements.define("put-away", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent() {
    const region = this.closest("[role=status]");
    this.closest(".notice").remove();
    region?.querySelector("put-away button")?.focus();
  }
});

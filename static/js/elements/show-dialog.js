// Opens the page's one dialog when htmx has put something into it, and closes it when the server says done.
customElements.define("show-dialog", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    document.body.addEventListener("htmx:afterSwap", this);
    document.body.addEventListener("done", this);
    this.dialog.addEventListener("close", this);
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:afterSwap", this);
    document.body.removeEventListener("done", this);
  }

  handleEvent(event) {
    if (event.type === "done") return this.dialog.close();
    if (event.type === "close") return this.querySelector("#dialog-body").replaceChildren();
    if (!this.dialog.contains(event.detail.target) || this.dialog.open) return;
    const title = this.dialog.querySelector("h1, h2, h3");
    if (title) this.dialog.setAttribute("aria-label", title.textContent.trim());
    this.dialog.showModal();
  }
});

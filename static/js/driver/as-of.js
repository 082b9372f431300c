// Says since when a page from this phone may be old; it goes as soon as the server has written the page's part again.
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Taipei" });

customElements.define("as-of", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("htmx:afterSwap", this);
    const { asOf } = document.body.dataset;
    if (asOf) this.firstElementChild.textContent = this.dataset.words.replace("{time}", CLOCK.format(new Date(asOf)));
    this.hidden = !asOf;
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:afterSwap", this);
  }

  handleEvent() {
    delete document.body.dataset.asOf;
    this.hidden = true;
  }
});

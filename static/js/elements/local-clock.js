// The time in Taipei, whatever the computer's zone; the server wrote the first one.
const TAIPEI = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Taipei" });
customElements.define("local-clock", class extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.show(), 5000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  show() {
    const face = this.querySelector("b") || this;
    const time = TAIPEI.format(new Date());
    if (face.textContent !== time) face.textContent = time;
  }
});

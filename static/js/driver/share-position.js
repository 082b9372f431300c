// While the driver is on the road the office sees where the truck was last. It stands on a page only then and only while
// that is switched on; the browser asks the driver first. data-url: where to; at most every 30 s, and never from storage.
const EVERY = 30_000; // ms

customElements.define("share-position", class extends HTMLElement {
  connectedCallback() {
    const last = Number(sessionStorage.getItem("position-at")) || 0;
    this.timer = setTimeout(() => this.share(), Math.max(0, last + EVERY - Date.now()));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  share() {
    if (document.hidden || !navigator.onLine) return this.later();
    navigator.geolocation?.getCurrentPosition((found) => this.send(found), () => this.later(), { maximumAge: 15_000, timeout: 20_000 });
  }

  async send({ coords: { latitude, longitude, accuracy } }) {
    sessionStorage.setItem("position-at", Date.now());
    const headers = JSON.parse(document.body.dataset.hxHeaders || "{}");
    const body = new URLSearchParams({ latitude, longitude, accuracy });
    try { await fetch(this.dataset.url, { method: "POST", body, headers, redirect: "manual" }); } catch { this.trouble = true; }
    this.later();
  }

  later() {
    this.timer = setTimeout(() => this.share(), EVERY);
  }
});

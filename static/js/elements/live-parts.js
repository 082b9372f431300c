// Rings on the page when the server says that something changed: {"changed": "order 17"} becomes the events
// `changed` and `changed-order` on <body>; parts fetch themselves again through their own URL.
// Without a stream nothing is lost: the parts poll. href: the stream. data-live, data-polling: the words for both.
const AGAIN = 30_000; // ms
customElements.define("live-parts", class extends HTMLElement {
  connectedCallback() {
    this.listen();
    window.addEventListener("pagehide", this);
    window.addEventListener("pageshow", this);
  }

  disconnectedCallback() {
    this.stop();
    window.removeEventListener("pagehide", this);
    window.removeEventListener("pageshow", this);
  }

  handleEvent(event) {
    if (event.type === "pagehide") this.stop(); // an open stream keeps a page out of the back/forward cache
    else if (event.persisted) this.listen();
  }

  listen() {
    const url = this.getAttribute("href");
    if (!url || this.stream) return;
    this.stream = new EventSource(url, { withCredentials: true });
    this.stream.onopen = () => this.say("live");
    this.stream.onmessage = ({ data }) => this.ring(data);
    this.stream.onerror = () => {
      this.say("polling");
      if (this.stream?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      this.stop();
      this.timer = setTimeout(() => this.listen(), AGAIN);
    };
  }

  stop() {
    clearTimeout(this.timer);
    this.stream?.close();
    this.stream = null;
  }

  ring(data) {
    let what;
    try { what = String(JSON.parse(data).changed || ""); } catch { return; }
    if (!what) return;
    const detail = { what };
    for (const name of ["changed", `changed-${what.split(" ")[0]}`]) {
      document.body.dispatchEvent(new CustomEvent(name, { detail }));
    }
  }

  say(state) {
    this.dataset.state = state;
    const words = this.querySelector("span");
    if (words && this.dataset[state]) words.textContent = this.dataset[state];
  }
});

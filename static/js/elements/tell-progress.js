// Whatever takes over two seconds says that it is being worked on. The key that was pressed is busy at once
// (aria-busy), the word (data-word) and the bar come after two seconds and never sooner. One for every page: forms and
// links that htmx sends, and plain ones, whose page leaves with the answer. What refreshes itself is left alone.
const PATIENCE = 2_000; // ms
const LONGEST = 20_000; // ms; then the answer is lost, or it was a file and the page never left
const KINDS = ["submit", "click", "htmx:beforeRequest", "htmx:afterRequest"];
const BY_HAND = ["click", "submit", "input", "change", "keyup", "search"];
customElements.define("tell-progress", class extends HTMLElement {
  connectedCallback() {
    this.running = new Map();
    for (const kind of KINDS) document.addEventListener(kind, this);
    window.addEventListener("pageshow", this);
  }

  handleEvent(event) {
    if (event.type === "htmx:beforeRequest") return this.sends(event.detail);
    if (event.type === "htmx:afterRequest") return this.end(event.detail.xhr);
    if (event.type === "pageshow") return [...this.running.keys()].forEach((what) => this.end(what));
    const link = event.target.closest?.("a[href]");
    if (event.type === "click" && !this.leaves(event, link)) return;
    // After everybody else has looked at it: what htmx or an element sends itself does not leave the page.
    setTimeout(() => event.defaultPrevented || this.begin("page", event.submitter || link || event.target));
  }

  leaves({ button, metaKey, ctrlKey, shiftKey, altKey }, link) {
    if (!link || button || metaKey || ctrlKey || shiftKey || altKey || link.target || link.hasAttribute("download")) return false;
    return link.origin === location.origin && !(link.hash && link.pathname === location.pathname);
  }

  sends({ xhr, elt, requestConfig }) {
    const by = requestConfig.triggeringEvent;
    if (BY_HAND.includes(by?.type)) this.begin(xhr, by.submitter || elt);
  }

  begin(what, key) {
    this.end(what);
    key.setAttribute("aria-busy", "true");
    const word = setTimeout(() => this.say(this.dataset.word), PATIENCE);
    this.running.set(what, [key, word, setTimeout(() => this.end(what), LONGEST)]);
  }

  end(what) {
    const [key, ...timers] = this.running.get(what) || [];
    if (!key) return;
    for (const timer of timers) clearTimeout(timer);
    key.removeAttribute("aria-busy");
    this.running.delete(what);
    if (!this.running.size) this.say("");
  }

  say(word) {
    const place = this.querySelector("[role=status]");
    place.textContent = "";
    if (word) place.appendChild(document.createElement("span")).textContent = word;
  }
});

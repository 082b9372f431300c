// Says that a request failed, in the page's own words (data-offline, data-failed, data-paused, data-wait): htmx
// leaves the page as it was, so that nothing typed is lost, but a page that stays silent looks broken.
const WORD = { 503: "paused", 502: "paused", 504: "paused", 429: "wait" };
customElements.define("tell-trouble", class extends HTMLElement {
  connectedCallback() {
    for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.body.addEventListener(kind, this);
  }

  disconnectedCallback() {
    for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.body.removeEventListener(kind, this);
  }

  handleEvent({ type, detail }) {
    // A part that refreshes itself in the background fails quietly; it asks again in a moment.
    if (detail.requestConfig?.verb === "get" && detail.requestConfig.triggeringEvent?.type !== "click"
      && detail.requestConfig.triggeringEvent?.type !== "submit") return;
    const word = type === "htmx:responseError" ? WORD[detail.xhr.status] || "failed" : "offline";
    const notice = this.querySelector("template").content.firstElementChild.cloneNode(true);
    notice.querySelector("p").textContent = this.dataset[word];
    notice.dataset.trouble = word;
    this.querySelector(`[data-trouble="${word}"]`)?.remove();
    this.querySelector("[role=status]").prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  }
});

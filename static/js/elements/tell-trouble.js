// Says that a request failed, in the page's own words (data-offline, data-failed, data-paused …): htmx leaves the page
// as it was, so that nothing typed is lost, but a page that stays silent looks broken. A part that refreshes itself
// fails quietly once; then the page says since when it is not up to date, until something comes through again.
const WORD = { 403: "closed", 404: "gone", 410: "gone", 429: "wait", 502: "paused", 503: "paused", 504: "paused" };
const LOAD_AGAIN = ["expired", "closed", "gone"];
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Taipei" });
const KINDS = ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:afterRequest"];
customElements.define("tell-trouble", class extends HTMLElement {
  connectedCallback() {
    this.missed = 0;
    for (const kind of KINDS) document.body.addEventListener(kind, this);
  }

  disconnectedCallback() {
    for (const kind of KINDS) document.body.removeEventListener(kind, this);
  }

  handleEvent({ type, detail }) {
    if (type === "htmx:afterRequest") return detail.successful && this.cameThrough();
    const isLost = type !== "htmx:responseError";
    const asked = detail.requestConfig?.verb !== "get"
      || ["click", "submit"].includes(detail.requestConfig.triggeringEvent?.type);
    if (asked) return this.say(isLost ? "offline" : this.wordOf(detail.xhr));
    if (!isLost) return;
    this.missed += 1;
    this.since ||= TIME.format(new Date());
    if (this.missed > 1 && !this.told("stale")) this.say("stale");
  }

  wordOf(xhr) { return xhr.getResponseHeader("Trouble") || WORD[xhr.status] || "failed"; }

  cameThrough() {
    this.missed = 0;
    this.since = "";
    this.told("stale")?.remove();
    this.told("offline")?.remove();
  }

  told(word) { return this.querySelector(`[data-trouble="${word}"]`); }

  say(word) {
    const notice = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const words = this.dataset[word] || this.dataset.failed;
    notice.querySelector("p span").textContent = words.replace("{time}", this.since);
    const again = notice.querySelector("[data-again]");
    if (LOAD_AGAIN.includes(word)) again.href = location.href;
    else again.remove();
    notice.dataset.trouble = word;
    if (word === "stale") notice.dataset.kind = "wait";
    this.told(word)?.remove();
    this.querySelector("#told").prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  }
});

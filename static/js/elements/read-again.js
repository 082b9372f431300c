// What was said in this window can be read again: each notice that comes into #told is written down with its time.
// So good news may go by itself, the older one at once, the newest after a while; what is wrong stays until it is put
// away. data-user: whose; the next who signs in here sees nothing of it.
const MOST = 30;
const LONG_ENOUGH = 12_000; // ms, for two lines
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Taipei" });
customElements.define("read-again", class extends HTMLElement {
  connectedCallback() {
    this.key = `said:${this.dataset.user}`;
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("said:") && key !== this.key) sessionStorage.removeItem(key);
    const told = document.getElementById("told");
    this.watch = new MutationObserver((changes) => this.note(changes.flatMap(({ addedNodes }) => [...addedNodes])));
    this.watch.observe(told, { childList: true });
    this.note([...told.children]);
  }

  disconnectedCallback() {
    this.watch.disconnect();
  }

  get said() {
    try { return JSON.parse(sessionStorage.getItem(this.key)) || []; } catch { return []; }
  }

  note(nodes) {
    const notices = nodes.filter((node) => node.matches?.(".notice"));
    const now = notices.map((notice) => (
      { at: Date.now(), kind: notice.dataset.kind || "", text: notice.querySelector("p").textContent.trim() }));
    if (now.length) sessionStorage.setItem(this.key, JSON.stringify([...now, ...this.said].slice(0, MOST)));
    const [newest, ...older] = document.querySelectorAll('#told > .notice[data-kind="good"]');
    for (const old of older) old.remove();
    if (newest) setTimeout(() => newest.contains(document.activeElement) || newest.remove(), LONG_ENOUGH);
    this.show();
  }

  show() {
    const lines = this.said.map(({ at, kind, text }) => {
      const line = this.querySelector("template").content.firstElementChild.cloneNode(true);
      line.dataset.kind = kind;
      line.querySelector("time").textContent = TIME.format(at);
      line.querySelector("span").textContent = text;
      return line;
    });
    this.querySelector("ol").replaceChildren(...lines);
    this.querySelector("button b").textContent = lines.length || "";
  }
});

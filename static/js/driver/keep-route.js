// Has the whole route of the day on this phone, so that it opens without signal. data-worker: the worker that serves it;
// data-pages: addresses and versions; data-keeping, data-kept: the words for how far it is.
let worker;

customElements.define("keep-route", class extends HTMLElement {
  async connectedCallback() {
    if (!navigator.serviceWorker) return;
    navigator.serviceWorker.addEventListener("message", this);
    const { worker: url, user, pages } = this.dataset;
    try {
      worker ??= navigator.serviceWorker.register(url, { type: "module", updateViaCache: "none" });
      await worker;
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage({ user: Number(user), pages: JSON.parse(pages) });
      await navigator.storage?.persist?.();
    } catch (error) { this.trouble = error; } // a private window: then it works with signal, as any page
  }

  disconnectedCallback() {
    navigator.serviceWorker?.removeEventListener("message", this);
  }

  handleEvent({ data: { kept } }) {
    if (!kept) return;
    const words = kept.count < kept.of ? this.dataset.keeping : this.dataset.kept;
    this.dataset.state = kept.count < kept.of ? "keeping" : "kept";
    this.querySelector("span").textContent = words.replace("{count}", kept.count).replace("{of}", kept.of);
  }
});

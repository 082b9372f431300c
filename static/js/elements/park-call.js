// Puts a call aside: what was typed stays in the tab's drafts (keep-draft), and the desk lists the way back to it.
// data-who: whose call; data-back: the address that shows the same form again. Stands around the link that leaves.
customElements.define("park-call", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    if (!event.target.closest("a")) return;
    const draft = this.closest("keep-draft");
    draft.keep(false); // also what F3 filled in, which no key typed
    const { who, back } = this.dataset;
    const parked = JSON.parse(sessionStorage.getItem("parked") || "[]").filter((one) => one.draft !== draft.key);
    parked.unshift({ draft: draft.key, who, back, at: Date.now() });
    sessionStorage.setItem("parked", JSON.stringify(parked.slice(0, 20)));
  }
});

// Puts a call aside: what was typed stays in the tab's drafts (keep-draft), and the desk lists the way back to it.
// data-who: whose call; data-back: the address that shows the same form again, also after a reload. Stands around the
// link that leaves; a link with data-drop throws the call away.
customElements.define("park-call", class extends HTMLElement {
  connectedCallback() {
    history.replaceState(history.state, "", this.dataset.back);
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const link = event.target.closest("a");
    if (!link) return;
    const draft = this.closest("keep-draft");
    const parked = JSON.parse(sessionStorage.getItem("parked") || "[]").filter((one) => one.draft !== draft.key);
    if ("drop" in link.dataset) sessionStorage.removeItem(draft.key);
    else {
      draft.keep(false); // also what F3 filled in, which no key typed
      parked.unshift({ draft: draft.key, ...this.dataset, what: this.what(draft.form), at: Date.now() });
    }
    sessionStorage.setItem("parked", JSON.stringify(parked.slice(0, 20)));
  }

  what(form) {
    const lines = [...form.querySelectorAll("tr[data-what]")].map((row) => [row.dataset.what, row.querySelector("input").value]);
    const wanted = lines.filter(([, count]) => count).map(([product, count]) => `${product} ×${count}`);
    return [...wanted, form.elements.note.value.trim()].filter(Boolean).join(" · ").slice(0, 60);
  }
});

// One out, one in: while nobody typed the empties, they follow the full ones of the same kind.
// Stands around fields called quantity_<kind> and empties_<kind>.
customElements.define("follow-count", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
  }

  handleEvent({ target }) {
    const [what, kind] = (target.name || "").split(/_(.*)/);
    if (what === "empties" && !this.following) target.dataset.own = "";
    if (what !== "quantity") return;
    const empties = this.querySelector(`[name="empties_${CSS.escape(kind)}"]`);
    if (!empties || "own" in empties.dataset || empties.value === target.value) return;
    this.following = true;
    empties.value = target.value;
    empties.closest("details")?.setAttribute("open", "");
    empties.dispatchEvent(new Event("input", { bubbles: true }));
    this.following = false;
  }
});

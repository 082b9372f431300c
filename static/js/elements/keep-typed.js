// A region that fetches itself again (a poll, something changed) keeps what was ticked, typed and unfolded in it: by
// id, since htmx replaces the nodes. Focus is kept by htmx itself for whatever has an id. An answer to a form is left
// alone: there the server says what stands in the fields.
customElements.define("keep-typed", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("htmx:beforeSwap", this);
    this.addEventListener("htmx:afterSwap", this);
  }

  handleEvent(event) {
    if (event.type === "htmx:beforeSwap") this.keep(event.detail.requestConfig?.verb === "get");
    else this.giveBack();
  }

  keep(isRead) {
    const fields = isRead ? [...this.querySelectorAll("input[id], textarea[id], details[id]")] : [];
    this.kept = fields
      .map((one) => ({ id: one.id, open: one.open, checked: one.checked, value: one.value, was: one.defaultValue }))
      .filter(({ open, checked, value, was }) => open || checked || value !== was);
  }

  giveBack() {
    for (const { id, open, checked, value, was } of this.kept || []) {
      const one = document.getElementById(id);
      if (!one) continue;
      if (open) one.open = true;
      else if (checked) one.checked = true;
      else if (value !== was) one.value = value;
    }
    this.kept = [];
  }
});

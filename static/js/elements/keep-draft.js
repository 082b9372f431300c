// Keeps what was typed until the server has taken it: a paused shop, a server that is down, a closed lid.
// Stands around one data-hx-post form. name: which draft. data-also: hidden fields to keep, such as the operation id, so
// that sending again after a lost answer is the same operation and not a second order. data-hours: for how long, else 2.
customElements.define("keep-draft", class extends HTMLElement {
  connectedCallback() {
    this.key = `draft:${this.getAttribute("name") || location.pathname}`;
    if (this.form) this.restore();
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    this.addEventListener("submit", this);
    this.addEventListener("htmx:afterRequest", this);
  }

  // Looked up each time: htmx puts a new form in its place when there are mistakes.
  get form() { return this.querySelector("form"); }

  handleEvent(event) {
    if (event.type === "htmx:afterRequest") {
      const { successful, xhr, requestConfig } = event.detail;
      if (!requestConfig.elt.matches("form") || requestConfig.verb === "get") return;
      // Sent to sign in first (…?next=…) is not taken yet: it is filled in again afterwards.
      const to = xhr.getResponseHeader("HX-Redirect");
      if (to ? !to.includes("next=") : successful && xhr.status !== 422) sessionStorage.removeItem(this.key);
      return;
    }
    this.keep(event.type === "submit");
  }

  fields() {
    const also = (this.dataset.also || "").split(" ");
    return [...this.form.elements].filter(({ name, type }) =>
      name && !["password", "file", "submit", "button", "fieldset"].includes(type)
      && (type !== "hidden" || also.includes(name)));
  }

  keep(sent) {
    const was = this.read();
    const values = this.fields().map((field) => [field.name, field.value, field.checked ?? null, field.type]);
    sessionStorage.setItem(this.key, JSON.stringify({ at: Date.now(), sent: sent || was?.sent || false, values }));
  }

  read() {
    try { return JSON.parse(sessionStorage.getItem(this.key)); } catch { return null; }
  }

  restore() {
    const draft = this.read();
    // A form that came back with mistakes already shows what was typed.
    if (!draft || Date.now() - draft.at > (this.dataset.hours || 2) * 3600e3 || this.form.querySelector("[aria-invalid=true]")) return;
    for (const field of this.fields()) {
      const boxes = ["radio", "checkbox"].includes(field.type);
      const kept = draft.values.find(([name, value]) => name === field.name && (!boxes || value === field.value));
      if (!kept || field.disabled || (field.type === "hidden" && !draft.sent)) continue;
      if (boxes) field.checked = kept[2];
      else field.value = kept[1];
      if (field.value) field.closest("details")?.setAttribute("open", ""); // what is filled in is seen
      if (field.type !== "hidden") field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
});

// A second press while the first is on its way does nothing. Stands around one form or more.
// Never disables the key: its name and value belong to what is sent, and a page from the back/forward cache would
// come back dead.
const LONGEST = 20_000; // ms; then the answer is lost and one may try again
customElements.define("submit-once", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this, { capture: true });
    this.addEventListener("htmx:afterRequest", this);
    window.addEventListener("pageshow", this);
  }

  disconnectedCallback() {
    window.removeEventListener("pageshow", this);
    clearTimeout(this.timer);
  }

  handleEvent(event) {
    // Not a part of the form that asked for something; and detail.elt is another one when the form was replaced.
    if (event.type === "htmx:afterRequest" && event.detail.requestConfig.elt !== this.form) return;
    if (event.type !== "submit") return this.free();
    if (this.busy) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    this.form = event.target;
    this.busy = event.submitter || event.target;
    // After the browser has read the form, so that nothing of it changes.
    setTimeout(() => {
      if (event.defaultPrevented && !this.busyByHtmx(event.target)) this.free();
    });
    this.timer = setTimeout(() => this.free(), LONGEST);
  }

  busyByHtmx(form) {
    return form.matches("[data-hx-post], [data-hx-get], .htmx-request");
  }

  free() {
    clearTimeout(this.timer);
    this.busy = null;
  }
});

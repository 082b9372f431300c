// In a form that is filled in while talking, Enter goes to the next field; the last one's Enter sends nothing.
customElements.define("enter-next", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
  }

  handleEvent(event) {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (!field.matches("input, select") || field.type === "submit") return;
    event.preventDefault();
    const fields = [...this.querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit], [aria-keyshortcuts~=F10]")]
      .filter((one) => !one.disabled && one.checkVisibility());
    fields[fields.indexOf(field) + 1]?.focus();
  }
});

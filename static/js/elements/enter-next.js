// In a form that is filled in while talking, Enter goes to the next field; the last one's Enter sends nothing.
// Radio buttons of one name are one field: Enter goes on behind them, arrows choose among them.
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
      .filter((one) => !one.disabled && one.checkVisibility() && (one === field || this.isStop(one, field)));
    fields[fields.indexOf(field) + 1]?.focus();
  }

  // A group is entered at what is chosen, or at its first; never again from inside.
  isStop(one, field) {
    if (one.type !== "radio") return true;
    if (one.name === field.name) return false;
    const group = [...this.querySelectorAll("input[type=radio]")].filter((other) => other.name === one.name);
    return one === (group.find((other) => other.checked) || group[0]);
  }
});

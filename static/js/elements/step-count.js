// The − and + beside a number that can also be typed. Without script the number alone does it.
// data-ordered: what was asked for; another number turns the box amber.
customElements.define("step-count", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (!this.input) return;
    this.addEventListener("click", this);
    this.addEventListener("input", this);
    this.show();
  }

  handleEvent(event) {
    const button = event.target.closest("button");
    if (event.type === "click" && button) {
      const before = this.input.value;
      if (before === "") this.input.value = this.input.min || 0;
      if (button.dataset.step === "-1") this.input.stepDown();
      else this.input.stepUp();
      if (this.input.value !== before) {
        for (const kind of ["input", "change"]) this.input.dispatchEvent(new Event(kind, { bubbles: true }));
      }
    }
    this.show();
  }

  show() {
    const { value, min, max } = this.input;
    const number = Number(value || 0);
    for (const button of this.querySelectorAll("button")) {
      const end = button.dataset.step === "-1" ? number <= Number(min || 0) : max !== "" && number >= Number(max);
      // A disabled button drops the keyboard's focus; so hand it to the number first.
      if (end && button === document.activeElement) this.input.focus();
      button.disabled = end || this.input.disabled || this.input.readOnly;
    }
    if ("ordered" in this.dataset) this.toggleAttribute("data-differs", number !== Number(this.dataset.ordered || 0));
  }
});

// Around the key that takes a photo: says that one was taken.
customElements.define("take-photo", class extends HTMLElement {
  connectedCallback() {
    for (const kind of ["input", "change"]) this.addEventListener(kind, this);
  }

  handleEvent({ target }) {
    this.querySelector("label").toggleAttribute("data-taken", target.files.length > 0);
  }
});

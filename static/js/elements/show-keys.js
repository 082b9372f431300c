// The keys of this page, read from the page itself (aria-keyshortcuts), so that the list is never wrong. Lines with
// data-for are there when the page has such an element. Over an open dialog: the dialog's keys.
customElements.define("show-keys", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.querySelector("button").addEventListener("click", this);
  }

  handleEvent() {
    if (this.dialog.open) return;
    const page = document.querySelector("dialog:modal") || document;
    const words = new Map();
    for (const one of page.querySelectorAll("[aria-keyshortcuts]")) {
      const keys = one.getAttribute("aria-keyshortcuts");
      if (one.checkVisibility() && !this.dialog.contains(one) && !words.has(keys)) words.set(keys, this.nameOf(one));
    }
    const number = (keys) => Number(/F(\d+)/.exec(keys)?.[1] || 99) + (keys.includes("+") ? 12 : 0);
    const lines = [...words].sort(([one], [other]) => number(one) - number(other));
    this.querySelector("dl").replaceChildren(...lines.map(([keys, word]) => this.line(keys.split(" "), word)));
    for (const line of this.querySelectorAll("[data-for]")) line.hidden = !page.querySelector(line.dataset.for);
    this.dialog.showModal();
  }

  // data-key says it where the name says more: the customer's, the route's.
  nameOf(one) {
    const named = one.labels?.[0] || one.querySelector("legend, h2, h3") || one;
    const copy = named.cloneNode(true);
    for (const aside of copy.querySelectorAll("kbd, small, svg, b")) aside.remove();
    return one.dataset.key || one.getAttribute("aria-label") || copy.textContent.trim();
  }

  line(keys, word) {
    const line = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const faces = keys.toSorted((one, other) => other.length - one.length).map((key) => {
      const face = document.createElement("kbd");
      face.textContent = key;
      return face;
    });
    line.querySelector("dt").append(...faces);
    line.querySelector("dd").textContent = word;
    return line;
  }
});

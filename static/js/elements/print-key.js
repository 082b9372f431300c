// Prints this page. On a receipt printer's roll each paper becomes one page of its own length, so that it is cut where
// it ends: CSS alone knows no "as long as it is".
const MM = 96 / 25.4;  // on the screen its padding is as wide as the margin of the print

customElements.define("print-key", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", this);
    addEventListener("beforeprint", this);
  }

  disconnectedCallback() {
    removeEventListener("beforeprint", this);
  }

  handleEvent(event) {
    if (event.type === "click") print();
    else this.cut();
  }

  cut() {
    this.rules ??= document.adoptedStyleSheets[document.adoptedStyleSheets.push(new CSSStyleSheet()) - 1];
    const pages = [...document.querySelectorAll("[data-paper=roll] > *")].map((paper, number) => {
      paper.style.page = `roll-${number}`;
      return `@page roll-${number} { size: 80mm ${Math.ceil(paper.scrollHeight / MM) + 2}mm; margin: 4mm }`;
    });
    this.rules.replaceSync(pages.join(" "));
  }
});

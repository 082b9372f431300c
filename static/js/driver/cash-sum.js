// Adds up notes and coins while they are counted, and says when it is not what the reports say.
customElements.define("cash-sum", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
    this.handleEvent();
  }

  handleEvent() {
    let twd = 0;
    for (const row of this.querySelectorAll("[data-note]")) twd += row.dataset.note * row.querySelector("input").value;
    this.querySelector("output").textContent = twd.toLocaleString("en");
    this.querySelector(".differs").hidden = twd === 0 || twd === Number(this.dataset.due);
  }
});

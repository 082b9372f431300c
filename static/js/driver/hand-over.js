// Adds up one visit while it is typed: the amount due, what is short, and what must be answered before it is done.
customElements.define("hand-over", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.isDelivery = Boolean(this.querySelector("[data-code]"));
    for (const kind of ["input", "change"]) this.addEventListener(kind, this);
    this.addEventListener("invalid", this, { capture: true });
    this.handleEvent();
  }

  handleEvent(event) {
    const part = event?.target.closest(".hand-part");
    if (event?.type === "invalid") return part.setAttribute("data-state", "needed");
    const leaks = this.form.leak_check?.value === "leak";
    const counts = { given: 0, empties: 0, due: this.isDelivery ? 0 : Number(this.dataset.due) };
    for (const row of this.querySelectorAll("[data-code]")) this.addUp(row, counts, leaks);
    this.dataset.due = counts.due;
    const due = this.querySelector("#due");
    if (due) due.textContent = counts.due.toLocaleString("en");
    for (const row of this.querySelectorAll("[data-part-kg]")) row.hidden = !Number(this.form.elements[`items.${row.dataset.partKg}.parts`].value);
    this.demand(leaks);
    if (part && !part.querySelector(":invalid")) part.removeAttribute("data-state");
    if (this.isDelivery) {
      document.querySelector(".drive-act .said").textContent = this.dataset.said
        .replace("{given}", counts.given).replace("{empties}", counts.empties).replace("{due}", counts.due.toLocaleString("en"));
    }
  }

  addUp(row, counts, leaks) {
    const { code, ordered, price, deposit } = row.dataset;
    const [given, back] = ["delivered", "empties"].map((what) => Number(this.form.elements[`items.${code}.${what}`]?.value || 0));
    counts.given += given;
    counts.empties += back;
    counts.due += given * price + Math.max(given - back, 0) * deposit;
    const short = row.querySelector(".short");
    if (!short) return;
    short.hidden = given >= ordered;
    for (const box of short.querySelectorAll("input")) {
      box.required = !short.hidden && !leaks;
      if (short.hidden) box.checked = false;
    }
  }

  demand(leaks) {
    const { choice, received_twd: received, unsigned, signature, photo, agreed } = this.form.elements;
    for (const box of choice?.length ? choice : []) box.required = !leaks;
    if (received) {
      received.required = !leaks && ["other", "transfer"].includes(choice.value);
      if (choice.value === "transfer" && !received.value) received.value = this.dataset.due;
    }
    if (unsigned) unsigned.required = !leaks && !signature.value && this.dataset.sign !== "no";
    const wanted = { always: true, unsigned: !signature?.value }[this.dataset.photo] ?? false;
    if (photo) photo.required = !leaks && wanted;
    // Who refuses the leak check signs: then "nobody signed" is no answer.
    const refuses = this.form.leak_check?.value === "refused" && !signature.value;
    unsigned?.setCustomValidity(refuses ? this.dataset.unsigned : "");
    if (leaks) this.form.elements.tag_text?.setCustomValidity("");
    const beside = [...this.querySelectorAll("[data-beside] input")].some((input) => Number(input.value));
    if (agreed) agreed.required = !leaks && beside;
  }
});

// Adds up the weight of what is loaded, and says no when it is more than the vehicle may carry.
customElements.define("load-sum", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
    this.handleEvent();
  }

  handleEvent() {
    let kg = 0;
    for (const row of this.querySelectorAll("[data-kg]")) kg += row.dataset.kg * row.querySelector("input").value;
    const said = kg.toLocaleString("en", { maximumFractionDigits: 2 });
    const output = this.querySelector(".weight");
    output.textContent = output.textContent.replace(/[\d.,]+/, said);
    const over = kg > Number(this.dataset.limit) ? this.dataset.over.replace("{kg}", said) : "";
    this.querySelector("input")?.setCustomValidity(over);
  }
});

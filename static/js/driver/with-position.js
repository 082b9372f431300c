// Around a form whose report says where the phone is: it waits a moment for the place, and goes without it otherwise.
const PATIENCE = 3_000; // ms; a question nobody answers must not hold up a call for help

function here() {
  return Promise.race([
    new Promise((resolve) => { navigator.geolocation.getCurrentPosition(resolve, () => resolve(), { maximumAge: 60_000 }); }),
    new Promise((resolve) => { setTimeout(resolve, PATIENCE); }),
  ]);
}

customElements.define("with-position", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this, { capture: true });
  }

  async handleEvent(event) {
    if (this.asked || !navigator.geolocation) return;
    event.preventDefault();
    event.stopPropagation();
    this.asked = true;
    const [form, found] = [event.target, await here()];
    for (const name of ["latitude", "longitude"]) form.elements[name].value = found?.coords[name].toFixed(5) ?? "";
    form.requestSubmit();
    this.asked = false;
  }
});

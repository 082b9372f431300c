// A click on the map or an arrow key moves the pin, and the two numbers beside it follow; typed numbers move the pin.
// Without script the numbers alone do it. data-…: the edges of the map in degrees.
const STEPS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
const STEP = 0.0001; // degrees, about 11 m; ten times as far with Shift
customElements.define("move-pin", class extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    this.numbers = ["latitude", "longitude"].map((name) => form.elements[name]);
    this.svg = this.querySelector("svg");
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    for (const number of this.numbers) number.addEventListener("input", this);
    this.draw();
  }

  disconnectedCallback() {
    for (const number of this.numbers) number.removeEventListener("input", this);
  }

  get edges() {
    return ["south", "west", "north", "east"].map((side) => Number(this.dataset[side]));
  }

  handleEvent(event) {
    const [south, west, north, east] = this.edges;
    if (event.type === "click" && event.target.closest("svg")) {
      const box = this.svg.getBoundingClientRect();
      const [across, down] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      this.put(north - down * (north - south), west + across * (east - west));
    } else if (event.type === "keydown" && event.key in STEPS && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      const [up, right] = STEPS[event.key].map((way) => way * STEP * (event.shiftKey ? 10 : 1));
      const [latitude, longitude] = this.numbers.map((number) => number.value);
      const isSet = latitude !== "" && longitude !== "";
      this.put((isSet ? Number(latitude) : (north + south) / 2) + up, (isSet ? Number(longitude) : (west + east) / 2) + right);
    }
    this.draw();
  }

  put(...place) {
    for (const [index, number] of this.numbers.entries()) {
      number.value = place[index].toFixed(5);
      number.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  draw() {
    const [south, west, north, east] = this.edges;
    const [latitude, longitude] = this.numbers.map((number) => number.value);
    const { width, height } = this.svg.viewBox.baseVal;
    const pin = this.querySelector(".pin");
    pin.setAttribute("visibility", latitude === "" || longitude === "" ? "hidden" : "visible");
    const [x, y] = [(longitude - west) / (east - west) * width, (north - latitude) / (north - south) * height];
    pin.setAttribute("transform", `translate(${Math.min(Math.max(x, 0), width)} ${Math.min(Math.max(y, 0), height)})`);
    this.querySelector("output").textContent = latitude && longitude ? `${latitude}, ${longitude}` : "";
  }
});

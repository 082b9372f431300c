// A signature drawn by finger or mouse, kept as an SVG path in a hidden input. Holds: svg with a path, a hidden
// input, a button to start again. Who cannot draw uses the choice that stands beside it in the form.
const LONGEST = 8000; // characters of path; more is scribbling
customElements.define("sign-pad", class extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector("svg");
    this.path = this.querySelector("path");
    this.input = this.querySelector("input[type=hidden]");
    this.path.setAttribute("d", this.input.value);
    this.toggleAttribute("data-signed", this.input.value !== "");
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) this.svg.addEventListener(kind, this);
    this.querySelector("button")?.addEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "click") return this.write("");
    if (event.type === "pointerdown") {
      this.svg.setPointerCapture(event.pointerId);
      this.drawing = true;
      this.last = this.point(event);
      this.write(`${this.input.value}M${this.last.x} ${this.last.y}l0 0`);
    } else if (event.type === "pointermove" && this.drawing) {
      for (const moved of event.getCoalescedEvents?.() ?? [event]) this.draw(this.point(moved));
    } else if (event.type !== "pointermove") this.drawing = false;
    event.preventDefault();
  }

  point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return { x: Math.round(at.x), y: Math.round(at.y) };
  }

  draw(to) {
    const [x, y] = [to.x - this.last.x, to.y - this.last.y];
    if (x * x + y * y < 4 || this.input.value.length > LONGEST) return;
    this.last = to;
    this.write(`${this.input.value}l${x} ${y}`);
  }

  write(path) {
    this.input.value = path;
    this.path.setAttribute("d", path);
    this.toggleAttribute("data-signed", path !== "");
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

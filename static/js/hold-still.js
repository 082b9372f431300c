// A part that fetches itself again holds still while something in it is pressed, and until that is answered: else the
// key is gone from under the finger, or the answer finds no place where it was asked, and what it says is lost. What the
// part fetched meanwhile is thrown away; it asks once more afterwards.
const late = new Set(); // parts that have to ask
let pressed = null; // what a finger or a key is on

const isHeld = (part) => part.contains(pressed) || part.querySelector(".htmx-request");

document.addEventListener("htmx:beforeSwap", ({ detail, target: part }) => {
  if (!detail.shouldSwap || detail.requestConfig.elt !== part || !isHeld(part)) return;
  detail.shouldSwap = false;
  late.add(part);
});

function ask() {
  for (const part of [...late].filter((one) => !isHeld(one))) {
    late.delete(part);
    const now = part.isConnected ? part : document.getElementById(part.id); // what was pressed may have replaced it
    if (now) htmx.ajax("get", now.dataset.hxGet, { source: now, target: now, swap: "outerHTML" });
  }
}

function press(event) {
  if (!event.button) pressed = event.target;
}

function release() {
  setTimeout(() => { // after the click that this is the end of
    pressed = null;
    ask();
  });
}

for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, press, { capture: true });
for (const kind of ["pointerup", "pointercancel", "keyup", "blur"]) window.addEventListener(kind, release);
document.addEventListener("htmx:afterRequest", ask);

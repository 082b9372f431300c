// Shows the round as this phone knows it: a stop it has reported is over, whether the server has heard of it or not.
// The server writes what comes next for every open stop, [data-face=next], and shows the first; a line for each but
// that one, [data-face=later]; and data-stop="over" for when none is left.
const FINISHING = ["deliver", "fail", "collect"];

export const finishes = ({ kind, state }) => FINISHING.includes(kind) && state !== "refused";

export function showRound(events) {
  const faces = [...document.querySelectorAll("[data-face]")];
  const over = new Set(events.filter(finishes).map(({ stop }) => String(stop)));
  // Sent a moment ago: it stays over until the server's next answer takes this list's place.
  for (const face of faces) if ("kept" in face.dataset) over.add(face.dataset.stop);
  const next = faces.find(({ dataset }) => dataset.face === "next" && !over.has(dataset.stop))?.dataset.stop;
  for (const face of faces) {
    const isNext = face.dataset.stop === next;
    face.hidden = face.dataset.face === "next" ? !isNext : isNext;
    face.toggleAttribute("data-kept", over.has(face.dataset.stop));
  }
  const kept = new Set(faces.map(({ dataset }) => dataset.stop).filter((stop) => over.has(stop)));
  for (const count of document.querySelectorAll("[data-done]")) count.textContent = Number(count.dataset.done) + kept.size;
  for (const note of document.querySelectorAll("[data-while-kept]")) note.hidden = !over.size;
}

// Undone: its stop is to do again.
export function reopen(stop) {
  for (const face of document.querySelectorAll(`[data-face][data-stop="${stop}"]`)) face.removeAttribute("data-kept");
}

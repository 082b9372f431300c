// Shows the round as this phone knows it, whatever page it stands on: what it has reported is so, whether the server has
// heard of it or not, and whether this page is of now or from before.
// The server writes what comes next for every open stop, [data-face=next], and shows the first; a line for each but
// that one, [data-face=later]; and data-stop="over" for when none is left. [data-until=<kind>] and [data-after=<kind>],
// with data-stop or data-route, stand there until that was reported, and from then on.
import { finishes, routeOf } from "./store.js";

export function showRound(events, told) {
  const said = [...told, ...events.filter(({ state }) => state !== "refused")];
  const over = new Map(said.filter(finishes).map(({ stop, state }) => [String(stop), howFar(state)]));
  showFaces(over);
  for (const part of document.querySelectorAll("[data-until], [data-after]")) {
    const { until, after, stop, route } = part.dataset;
    const isSaid = said.some((each) => each.kind === (until ?? after) && (!stop || String(each.stop) === stop)
      && (!route || String(routeOf(each)) === route));
    part.hidden = until ? isSaid : !isSaid;
  }
  showMissing(events, told);
}

// "waiting": on this phone alone; "review": the office looks at it; "sent": the server has it.
const howFar = (state) => ({ undoable: "waiting", waiting: "waiting", review: "review" })[state] ?? "sent";

function showFaces(over) {
  const faces = [...document.querySelectorAll("[data-face]")];
  const next = faces.find(({ dataset }) => dataset.face === "next" && !over.has(dataset.stop))?.dataset.stop;
  let open = 0;
  for (const face of faces) {
    const isNext = face.dataset.stop === next;
    const isLine = face.dataset.face === "later";
    face.hidden = isLine ? isNext : !isNext;
    if (over.has(face.dataset.stop)) face.dataset.kept = over.get(face.dataset.stop);
    else delete face.dataset.kept;
    if (isLine && !over.has(face.dataset.stop)) open += 1;
  }
  for (const count of document.querySelectorAll("[data-total]")) count.textContent = Number(count.dataset.total) - open;
}

// What the figures of this page cannot know: what is unsent, and what was sent after the page was written.
function showMissing(events, told) {
  const asOf = Date.parse(document.body.dataset.asOf) || Infinity;
  const missing = [...events.filter(({ state }) => state !== "refused"), ...told.filter(({ at }) => at > asOf)];
  for (const note of document.querySelectorAll("[data-while-kept]")) note.hidden = !missing.some(finishes);
  for (const sum of document.querySelectorAll("[data-cash-twd]")) {
    const more = missing.reduce((twd, each) => twd + cashOf(each), 0);
    sum.textContent = (Number(sum.dataset.cashTwd) + more).toLocaleString("en");
  }
}

const cashOf = ({ cash, body }) => cash ?? (body?.payment?.method === "cash" ? Number(body.payment.received_twd) || 0 : 0);

// A part that fetches itself again and takes its own place is deaf while its answer is on the way: what rings meanwhile
// rings at the old element, and htmx forgets it with that. So a part that missed something asks once more.
const rung = new Map(); // an event on <body> → when it last came
const asked = new WeakMap(); // a request → when it left

const names = (part) => [...(part.dataset.hxTrigger || "").matchAll(/([\w-]+) from:body/g)].map(([, name]) => name);

document.addEventListener("htmx:beforeRequest", ({ detail: { elt, target, xhr } }) => {
  if (elt !== target) return;
  asked.set(xhr, performance.now());
  for (const name of names(elt).filter((one) => !rung.has(one))) {
    rung.set(name, 0);
    document.body.addEventListener(name, () => rung.set(name, performance.now()));
  }
});

document.addEventListener("htmx:afterSwap", ({ target: part, detail: { requestConfig: { elt }, xhr } }) => {
  if (elt.isConnected || !asked.has(xhr) || part.dataset.hxGet !== elt.dataset.hxGet) return;
  const hasMissed = names(part).some((name) => rung.get(name) > asked.get(xhr));
  if (hasMissed) htmx.ajax("get", part.dataset.hxGet, { source: part, target: part, swap: "outerHTML" });
});

// A part that fetches itself again takes the focus with it. htmx gives it back to what has an id; what has none is found
// by what it is: the same address, name, value and words.
let had, wasSeen;
const looks = (element) => [element.tagName, ...["href", "name", "value"].map((name) => element.getAttribute(name)), element.textContent.trim()].join("\n");

document.addEventListener("htmx:beforeSwap", () => {
  const active = document.activeElement;
  had = active && active !== document.body && !active.id ? active : undefined;
  wasSeen = active?.matches(":focus-visible");
});

document.addEventListener("htmx:afterSettle", () => {
  if (!had || had.isConnected || document.activeElement !== document.body) return;
  const again = [...document.querySelectorAll(had.tagName)].find((each) => looks(each) === looks(had) && each.checkVisibility());
  again?.focus({ preventScroll: true, focusVisible: wasSeen });
  had = undefined;
});

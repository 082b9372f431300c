// Arrows go through a list: Tab stops in it once, ↑ ↓ Home End change the row, Enter opens the row's link. data-rows:
// what a row is. data-groups: lists side by side, ← → go to the next. A box to type in before the rows leads into them.
// After htmx has swapped the list the focus is on the same row, or on what took its place.
const FOCUSED = "a[href], button, input:not([type=hidden]), select, textarea, summary";
const BOX = "input:not([type]), input[type=text], input[type=search]";
const STEP = { ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [-Infinity, 0], End: [Infinity, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
const main = (row) => row?.querySelector(FOCUSED);
const nameOf = (row) => main(row).href || main(row).id; // the same row after a swap
const at = (rows, index) => rows[Math.min(Math.max(index, 0), rows.length - 1)];
customElements.define("walk-list", class extends HTMLElement {
  connectedCallback() {
    for (const kind of ["keydown", "focusin", "htmx:beforeSwap", "htmx:afterSettle"]) this.addEventListener(kind, this);
    this.rove();
  }

  get lists() {
    const groups = this.dataset.groups ? [...this.querySelectorAll(this.dataset.groups)] : [this];
    const rows = (group) => [...group.querySelectorAll(this.dataset.rows)].filter((row) => row.checkVisibility() && main(row));
    return groups.map(rows).filter(({ length }) => length);
  }

  handleEvent(event) {
    const now = document.activeElement;
    if (event.type === "keydown") return this.walk(event);
    if (event.type === "htmx:beforeSwap") this.had = this.contains(now) || now.closest("dialog");
    // The focus stays for a moment on the key of a dialog that has just closed.
    else if (event.type === "htmx:afterSettle" && this.had && (now === document.body || !now.checkVisibility())) this.comeBack();
    this.rove();
  }

  walk(event) {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (target.matches("select, textarea, input:not([type=checkbox])") && !(target.matches(BOX) && /Up|Down/.test(key))) return;
    const [lists, row, box] = [this.lists, target.closest(this.dataset.rows), this.querySelector(BOX)];
    const side = Math.max(lists.findIndex((rows) => rows.includes(row)), 0);
    const here = lists[side] || [];
    if (!(row || target === box || target.contains(here[0]))) return;
    const [step, aside] = STEP[key] || [];
    let next = key in STEP && main(at(lists[side + aside] || [], here.indexOf(row) + step));
    if (key === "ArrowUp" && row === here[0] && box && !row.contains(box)) next = box;
    // Enter on a box to tick would press its form's first key: it opens the row like everywhere.
    if (key === "Enter" && target.type === "checkbox") row.querySelector("a[href]")?.click();
    else if (next) next.focus();
    else return;
    event.preventDefault();
  }

  // One row of each list is in Tab's way; a row that is a form of its own always is.
  rove() {
    for (const [side, rows] of this.lists.entries()) {
      const focused = rows.find((row) => row.contains(document.activeElement));
      const here = focused || rows.find((row) => "here" in row.dataset) || rows[0];
      if (focused) this.place = { side, index: rows.indexOf(here), name: nameOf(here) };
      for (const row of rows) {
        row.toggleAttribute("data-here", row === here);
        if (!row.matches("form")) for (const one of row.querySelectorAll(FOCUSED)) one.tabIndex = row === here ? 0 : -1;
      }
    }
  }

  comeBack() {
    const [lists, { side, index, name }] = [this.lists, this.place || { side: 0, index: 0 }];
    main(lists.flat().find((row) => nameOf(row) === name) || at(at(lists, side) || [], index))?.focus({ preventScroll: true });
  }
});

// Presses what carries the key in aria-keyshortcuts: F2 goes to the field, F10 or "]" press the button, F6 goes into
// the list. Function keys work while somebody types too; signs and digits do not, and no key while Chinese is composed.
// A key that each row has (walk-list) is pressed in the row with the focus; from elsewhere it only goes there. Over a
// dialog only the dialog's keys are pressed, and what stands inside this element: the help.
const TYPED = "input:not([type=checkbox], [type=radio]), select, textarea";
const PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary";
customElements.define("press-keys", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    const isFunction = /^F\d{1,2}$/.test(key);
    if (!isFunction && (key.length !== 1 || target.closest(TYPED))) return;
    const all = this.carrying(isFunction && event.shiftKey ? `Shift+${key}` : key, target);
    if (!all.length) return;
    event.preventDefault(); // only keys we use: F5 and F12 stay the browser's
    if (event.repeat) return;
    const near = all.find((one) => !this.isElsewhere(one, target));
    this.press(near || all[0], !near);
  }

  carrying(key, focused) {
    const within = (place) => [...place.querySelectorAll(`[aria-keyshortcuts~="${CSS.escape(key)}"]`)]
      .filter((one) => one.checkVisibility() && !one.matches(":disabled, [aria-disabled=true]"));
    const dialog = focused.closest("dialog") || document.querySelector("dialog:modal");
    return dialog ? [...within(dialog), ...within(this)] : within(document);
  }

  isElsewhere(one, focused) {
    const { rows, groups = "none" } = one.closest("walk-list")?.dataset || {};
    const place = rows && one.closest(`${rows}, ${groups}`);
    return place && !place.contains(focused);
  }

  press(one, isElsewhere) {
    if (one.matches(TYPED)) {
      one.focus();
      one.select?.();
    } else if (!one.matches(PRESSED)) {
      const fields = [...one.querySelectorAll(PRESSED)].filter((field) => field.checkVisibility());
      (fields.find((field) => field.matches("[type=radio]:checked")) || fields.find((field) => !field.tabIndex) || fields[0])?.focus();
    } else {
      if (isElsewhere || one.matches("input")) one.focus();
      if (!isElsewhere) one.click();
    }
  }
});

// Function keys of a desk: F2 goes to the field, F10 presses the key that carries aria-keyshortcuts="F2", "F10".
customElements.define("function-keys", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (!/^F\d{1,2}$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const found = [...document.querySelectorAll(`[aria-keyshortcuts~="${event.key}"]`)].find((one) => one.checkVisibility());
    if (!found) return;
    event.preventDefault(); // only keys we use: F5 and F12 stay the browser's
    if (found.matches("input:not([type=radio], [type=checkbox]), select, textarea")) {
      found.focus();
      found.select?.();
    } else {
      found.focus();
      found.click();
    }
  }
});

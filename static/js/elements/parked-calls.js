// The calls this tab has put aside (park-call), newest first. A call that was saved has no draft any more and is gone.
// data-ago: the words for how long, with {n} minutes.
customElements.define("parked-calls", class extends HTMLElement {
  connectedCallback() {
    const parked = JSON.parse(sessionStorage.getItem("parked") || "[]").filter((one) => sessionStorage.getItem(one.draft));
    sessionStorage.setItem("parked", JSON.stringify(parked));
    const here = document.querySelector("keep-draft");
    if (!here) this.sweep(parked.map((one) => one.draft));
    const list = this.querySelector("ul");
    for (const { draft, who, what, back, at } of parked) {
      const entry = this.querySelector("template").content.cloneNode(true);
      const ago = this.dataset.ago.replace("{n}", Math.round((Date.now() - at) / 60_000));
      if (draft === here?.key) entry.querySelector("li").setAttribute("aria-current", "true");
      entry.querySelector("a").href = back;
      entry.querySelector("b").textContent = who;
      entry.querySelector("span").textContent = what ? `${what} · ${ago}` : ago;
      list.append(entry);
    }
    this.querySelector("section").hidden = !parked.length;
  }

  // Drafts of calls that nobody parked go when the desk is ready for the next one.
  sweep(kept) {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("draft:desk-") && !kept.includes(key)) sessionStorage.removeItem(key);
    }
  }
});

// The phone's honest state on top of every page: how much is not sent, since when, and what it is. The words are data-….
import { letterOf } from "./send.js";

customElements.define("unsent-list", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  async handleEvent({ target }) {
    if (!target.closest("[data-save]")) return;
    await saveFile(Number(this.closest("drive-outbox").dataset.user), this.dataset.file);
  }

  show({ events, photos, trouble }) {
    const refused = events.filter((event) => event.state === "refused").length;
    const waiting = events.length - refused + photos.length;
    const strip = this.querySelector("details");
    const oldest = events.find((event) => event.state === "waiting")?.happened_at ?? photos[0]?.happened_at;
    const minutes = oldest ? Math.max(0, Math.floor((Date.now() - Date.parse(oldest)) / 60_000)) : 0;
    const away = ["signed-out", "other-user"].includes(trouble);
    const words = !waiting ? this.dataset.refused : away ? this.dataset.signedOut : this.dataset.waiting;
    strip.hidden = !waiting && !refused;
    strip.dataset.state = refused || away ? "stuck" : "waiting";
    strip.querySelector("b").textContent = words.replace("{count}", waiting || refused).replace("{minutes}", minutes);
    const signIn = strip.querySelector("a");
    if (away && signIn.hidden) strip.open = true;
    signIn.hidden = !away;
    this.list(strip.querySelector("ul"), [...events, ...photos.map((photo) => ({ ...photo, kind: "photo" }))]);
  }

  list(list, held) {
    list.replaceChildren(...held.map(({ kind, number, happened_at: at }) => {
      const row = document.createElement("li");
      const stop = number ? `${this.dataset.stopNumber.replace("{number}", number)} · ` : "";
      row.textContent = `${new Date(at).toTimeString().slice(0, 5)} · ${stop}${this.dataset[kind] ?? kind}`;
      return row;
    }));
  }
});

// All that is unsent as a file: handed on to another app where the phone can do that, otherwise put into its downloads.
export async function saveFile(user, name) {
  const letter = await letterOf(user);
  const file = new File([JSON.stringify(letter, null, 1)], `${name}-${letter.written_at.slice(0, 10)}.json`, { type: "application/json" });
  if (navigator.canShare?.({ files: [file] })) {
    try { return await navigator.share({ files: [file] }); } catch (error) { if (error.name === "AbortError") throw error; }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Stands around the form that signs a driver out. While something is unsent it says so instead, with a way out: the file
// for the office. Otherwise everything of the day leaves the phone first. data-user; data-words: "{count} not sent …".
import { forgetTold, held } from "./store.js";
import { wipe } from "./pages.js";
import { saveFile } from "./unsent-list.js";

customElements.define("leave-phone", class extends HTMLElement {
  connectedCallback() {
    this.user = Number(this.dataset.user);
    for (const kind of ["submit", "click"]) this.addEventListener(kind, this);
  }

  async handleEvent(event) {
    if (event.type === "click") return event.target.closest("[data-save]") && this.save();
    event.preventDefault();
    const unsent = await this.unsent();
    if (unsent && !this.isSaved) return this.say(unsent);
    await Promise.allSettled([wipe(), unsent ? null : forgetTold()]);
    event.target.submit();
  }

  // 0 where there is no store: then nothing was ever held back.
  async unsent() {
    try {
      const { events, photos } = await held(this.user);
      return events.length + photos.length;
    } catch { return 0; }
  }

  say(count) {
    const notice = this.querySelector(".notice");
    notice.hidden = this.querySelector("[data-save]").hidden = false;
    notice.querySelector("p").textContent = this.dataset.words.replace("{count}", count);
    document.querySelector("drive-outbox")?.send();
  }

  async save() {
    try { await saveFile(this.user, this.dataset.file); } catch { return; } // the driver thought better of it
    this.isSaved = true;
    this.querySelector(".notice p").textContent = this.dataset.saved;
  }
});

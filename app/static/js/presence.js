// Says who else has this form open, asking once a minute and only while the page is in view.
import { postForm } from "./dom.js";

const EVERY_MS = 60_000;

export function enhancePresence(root) {
  const place = root.querySelector("[data-presence]");
  const form = root.querySelector("form[method='post'] [name='csrf_token']");
  if (!place || !form) return;
  const pattern = place.querySelector("template");

  function show(sentences) {
    const shown = [...place.querySelectorAll(".alert p")].map((line) => line.textContent);
    if (shown.join() === sentences.join()) return;
    for (const old of place.querySelectorAll(".alert")) old.remove();
    for (const sentence of sentences) {
      const notice = pattern.content.cloneNode(true);
      notice.querySelector("p").textContent = sentence;
      place.append(notice);
    }
  }

  async function ask() {
    if (document.visibilityState !== "visible") return;
    try {
      show((await postForm(place.dataset.presence, { csrf_token: form.value })).others);
    } catch {
      // A soft notice: without an answer there is none.
    }
  }

  setInterval(ask, EVERY_MS);
  document.addEventListener("visibilitychange", ask);
}

// The board shows what was reported meanwhile, while it is in view and nothing is ticked on it.
const EVERY_MS = 5000;

export function enhanceBoardNews(root) {
  const place = root.querySelector("[data-pulse]");
  if (place) setTimeout(ask, EVERY_MS, place);
}

async function ask(place) {
  if (document.visibilityState === "visible" && !document.querySelector("[data-tick]:checked")) {
    try {
      const address = new URL(place.dataset.pulse, location);
      address.searchParams.set("mark", place.dataset.mark);
      const answer = await fetch(address);
      // The session is over, or the board is no longer this person's.
      if (answer.redirected || [401, 403, 404].includes(answer.status)) return location.reload();
      if (answer.status === 200) show(place, await answer.text());
    } catch {
      // The network is away for a moment: the next turn asks again.
    }
  }
  setTimeout(ask, EVERY_MS, place);
}

function show(place, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = [...page.querySelectorAll("[data-news]")];
  const shown = [...document.querySelectorAll("[data-news]")];
  // The first person came, or the last one to be called left: another page altogether.
  const buttons = [page, document].map((one) => one.querySelectorAll("[data-key]").length);
  if (fresh.length !== shown.length || buttons[0] !== buttons[1]) return location.reload();
  const here = document.activeElement?.getAttribute("href");
  shown.forEach((old, index) => old.replaceChildren(...fresh[index].childNodes));
  for (const hint of document.querySelectorAll("[data-news] [data-needs-js]")) hint.hidden = false;
  const focused = document.activeElement === document.body && here;
  if (focused) document.querySelector(`[data-news] [href="${CSS.escape(here)}"]`)?.focus();
  place.dataset.mark = page.querySelector("[data-pulse]").dataset.mark;
}

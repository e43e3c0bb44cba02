// Renews the progress of an open job; the page works without it through its link.
const card = document.querySelector("[data-job-state]");
const EVERY_MS = 2000;

function show(state) {
  card.querySelector("[data-job-label]").textContent = state.label;
  card.querySelector("[data-job-message]").textContent = state.message;
  const bar = card.querySelector("progress");
  if (state.percent !== null) bar.value = state.percent;
  const total = state.total ? ` / ${state.total.toLocaleString()}` : "";
  card.querySelector("[data-job-count]").textContent = state.done.toLocaleString() + total;
}

async function renew() {
  try {
    const answer = await fetch(card.dataset.jobState, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 401 || answer.status === 404) {
      location.reload();
      return;
    }
    if (answer.ok) {
      const state = await answer.json();
      if (!state.open) {
        location.reload();
        return;
      }
      show(state);
    }
  } catch {
    // The network is away for a moment: the next turn asks again.
  }
  setTimeout(renew, EVERY_MS);
}

if (card) setTimeout(renew, EVERY_MS);

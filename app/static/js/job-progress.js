// Renews the progress of an open job; the page works without it through its link.
const place = document.querySelector("[data-job-state]");
const EVERY_MS = 2000;

function show(state) {
  place.querySelector("[data-job-message]").textContent = state.message;
  const bar = place.querySelector("progress");
  if (state.total) {
    bar.max = state.total;
    bar.value = state.done;
    const count = `${state.done.toLocaleString()} / ${state.total.toLocaleString()}`;
    bar.parentElement.querySelector(".numeric").textContent = count;
  }
}

async function renew(first) {
  try {
    const answer = await fetch(place.dataset.jobState, { headers: { Accept: "application/json" } });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) {
      location.reload();
      return;
    }
    if (answer.ok) {
      const state = await answer.json();
      if (!state.open || state.state !== first) {
        location.reload();
        return;
      }
      show(state);
    }
  } catch {
    // The network is away for a moment: the next turn asks again.
  }
  setTimeout(renew, EVERY_MS, first);
}

if (place) setTimeout(renew, EVERY_MS, place.dataset.jobNow);

// The board and its call sheet by keys; both work without.
const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select";

export function enhanceBoard(root) {
  const form = root.querySelector("[data-call]");
  const board = root.querySelector("[data-board]");
  if (!form && !board) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches?.(TYPING)) return;
    if (press(root, event.key.toLowerCase())) event.preventDefault();
    else if (form && call(form, event)) event.preventDefault();
    else if (board && move(board, event.key.toLowerCase())) event.preventDefault();
  });
  if (form) suggestTime(form);
}

// A link that says which key opens it.
function press(root, key) {
  const link = key.length === 1 && /[a-z]/.test(key) ? root.querySelector(`[data-key="${key}"]`) : null;
  link?.click();
  return Boolean(link);
}

// First key: the result. Second key: Enter saves and opens the next person.
function call(form, event) {
  const results = [...form.querySelectorAll('input[name="result"]')].filter((one) => one.value);
  const chosen = /^[1-9]$/.test(event.key) ? results[Number(event.key) - 1] : null;
  if (chosen) {
    chosen.checked = true;
    chosen.focus();
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
  if (event.key !== "Enter" || event.target.matches?.("a, button, summary")) return false;
  form.requestSubmit();
  return true;
}

// "Call again" without a time means in two hours; the time stays to be changed.
function suggestTime(form) {
  const time = form.elements.again_at;
  const suggested = form.querySelector("[data-suggested]")?.dataset.suggested;
  if (!time || !suggested) return;
  form.addEventListener("change", (event) => {
    if (event.target.name === "result" && event.target.value === "call_again" && !time.value) {
      time.value = suggested;
    }
  });
}

function move(board, key) {
  if (key !== "j" && key !== "k") return false;
  const links = [...board.querySelectorAll("[data-row]")];
  const here = links.indexOf(document.activeElement);
  const next = key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
  links[next]?.focus();
  return true;
}

// The queue of data quality by keys; every step is a link or a form that works without.
const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select";

export function enhanceQuality(root) {
  const page = root.querySelector("[data-quality]");
  if (!page) return;
  const fix = page.querySelector("[data-fix]");
  const check = page.querySelector("[data-check]");
  if (fix) numbered(fix);
  if (fix && !root.querySelector(".error-summary") && matchMedia("(pointer: fine)").matches) first(fix)?.focus();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape" && page.contains(event.target)) return void event.target.blur();
    if (event.target.matches?.(TYPING)) return;
    if (option(event)) return void event.preventDefault();
    if (press(root, event.key.toLowerCase()) || reason(check, event) || move(page, event.key.toLowerCase())) event.preventDefault();
  });
}

// Of circles the one that is chosen: an arrow key moves on from there.
function first(form) {
  const found = form.querySelector("input:not([type=hidden]), select, textarea");
  if (found?.type !== "radio") return found;
  return found.closest(".choices")?.querySelector("input:checked") ?? found;
}

// The digits of option(), to be seen by who has the keyboard there.
function numbered(form) {
  for (const group of form.querySelectorAll(".choices")) {
    const named = [...group.querySelectorAll("input")].filter((one) => one.value).slice(0, 9);
    named.forEach((one, at) => one.closest(".choice").setAttribute("data-key", at + 1));
  }
}

function press(root, key) {
  const link = /^[a-z]$/.test(key) ? root.querySelector(`[data-key="${key}"]`) : null;
  link?.click();
  return Boolean(link);
}

// Digits choose in the question one stands in.
function option(event) {
  const group = /^[1-9]$/.test(event.key) ? event.target.closest?.("[data-fix] .choices") : null;
  const chosen = group ? [...group.querySelectorAll("input")].filter((one) => one.value)[Number(event.key) - 1] : null;
  chosen?.focus();
  chosen?.click();
  return Boolean(chosen);
}

// 1 to 4: why the values are right. Enter then sends; "other" asks for words first.
function reason(form, event) {
  if (!form) return false;
  const reasons = [...form.querySelectorAll('input[name="reason"]')].filter((one) => one.value);
  const chosen = /^[1-9]$/.test(event.key) ? reasons[Number(event.key) - 1] : null;
  if (chosen) {
    chosen.checked = true;
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
    (chosen.value === "other" ? form.elements.note : chosen).focus();
    return true;
  }
  if (event.key !== "Enter" || !event.target.matches?.('input[name="reason"]')) return false;
  form.requestSubmit();
  return true;
}

function move(page, key) {
  if (key === "x") return tick(page);
  if (key !== "j" && key !== "k") return false;
  const links = [...page.querySelectorAll("[data-row]")];
  const here = links.indexOf(document.activeElement);
  const next = key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
  links[next]?.focus();
  return links.length > 0;
}

// X ticks the row one stands on, or takes the tick off.
function tick(page) {
  const row = document.activeElement.closest?.("tr");
  const box = page.contains(row) ? row.querySelector("[data-tick]") : null;
  box?.click();
  return Boolean(box);
}

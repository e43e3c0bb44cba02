// The entry form of a notification: age, minors, the version of the form, "none" of the symptoms.
import { autosave } from "./autosave.js";
import { changed } from "./dom.js";
import { parseDate } from "./dates.js";

const ADULT_AT_18_FROM = Date.UTC(2022, 3, 1);

for (const form of document.querySelectorAll("form[data-notification]")) enhance(form);

function enhance(form) {
  const field = (name) => form.elements.namedItem(name);
  const day = (name) => parseDate(field(name)?.value ?? "");
  const today = parseDate(form.dataset.today);
  const output = document.getElementById("age");
  const blank = output.textContent;
  const show = () => {
    const on = day("diagnosed_on") ?? day("reported_on") ?? today;
    const born = day("birth_on");
    const months = born && born <= on ? monthsBetween(born, on) : null;
    output.textContent = months === null ? blank : words(output, months);
    const adult = on >= ADULT_AT_18_FROM ? 18 : 20;
    const minor = months !== null && months < adult * 12;
    for (const part of form.querySelectorAll("[data-minor]")) keepInSight(part, minor);
    const iso = on.toISOString().slice(0, 10);
    for (const part of form.querySelectorAll("[data-since]")) {
      keepInSight(part, iso >= part.dataset.since && !(iso >= (part.dataset.until ?? "9999")));
    }
  };
  form.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    if (event.target.name === "symptoms") exclusive(form, event.target);
    show();
  });
  window.addEventListener("pageshow", show);
  show();
  if (form.dataset.autosave) autosave(form);
}

/** What is filled in or in error stays in sight: nothing is sent that cannot be seen. */
function keepInSight(part, wanted) {
  const filled = [...part.querySelectorAll("input, select, textarea")].some((control) =>
    /^(radio|checkbox)$/.test(control.type) ? control.checked && control.value : control.value.trim());
  part.hidden = !wanted && !filled && !part.querySelector(".form-field--error");
}

function monthsBetween(from, to) {
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  return to.getUTCDate() < from.getUTCDate() ? months - 1 : months;
}

function words(output, months) {
  const years = Math.floor(months / 12);
  return years > 0 ? output.dataset.years.replace("{n}", years) : output.dataset.months.replace("{n}", months);
}

/** Ticking なし unticks the symptoms, ticking a symptom unticks なし. */
function exclusive(form, ticked) {
  if (!ticked.checked) return;
  for (const tick of form.querySelectorAll("input[name=symptoms]:checked")) {
    if (tick === ticked || (tick.value === "none") === (ticked.value === "none")) continue;
    tick.checked = false;
    changed(tick);
  }
}

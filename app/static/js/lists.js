// Ticks in lists.
import { announce, word } from "./dom.js";

export function enhanceLists(root) {
  for (const form of root.querySelectorAll("[data-bulk]")) enhanceBulk(form);
}

function enhanceBulk(form) {
  // Asked anew each time: the rows of an open board change.
  const found = () => [...form.elements].filter((control) => control.matches("[data-tick]"));
  const all = form.querySelector("[data-select-all]");
  const count = form.querySelector("[data-selected-count]");
  const show = () => {
    const ticks = found();
    const chosen = ticks.filter((tick) => tick.checked).length;
    all.checked = chosen === ticks.length && chosen > 0;
    all.indeterminate = chosen > 0 && chosen < ticks.length;
    count.textContent = count.dataset.words.replace("{n}", chosen);
  };
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const tick of found()) tick.checked = all.checked;
    show();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick]") && event.target.form === form) show();
  });
  // Captured, so that an empty selection is told before any question is asked.
  form.addEventListener("submit", (event) => {
    if (found().some((tick) => tick.checked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    count.textContent = word("select_first");
    announce(word("select_first"));
  }, { capture: true });
  window.addEventListener("pageshow", show);
  show();
}

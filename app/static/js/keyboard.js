// Long forms without a mouse: Enter leads to the next question that has to be answered, digits
// choose, and a group of boxes is one stop of the Tab key.
import { changed } from "./dom.js";

const MARKS = ".stage-mark, .required-tag";
const NUMBERED = 9;
const FEW = 3; // boxes that may stay single stops

export function enhanceKeyboard(root) {
  for (const form of root.querySelectorAll("form[data-no-enter]")) {
    form.addEventListener("keydown", (event) => enter(form, event));
    for (const choices of form.querySelectorAll(".choices")) choose(choices);
  }
  const begin = root.querySelector("form[data-notification]");
  if (begin && !root.querySelector("[data-focus]") && matchMedia("(pointer: fine)").matches) next(begin, null);
}

function enter(form, event) {
  const mine = event.key === "Enter" && !(event.ctrlKey || event.metaKey || event.isComposing);
  // Prevented: a list of suggestions took it.
  if (!mine || event.defaultPrevented || !event.target.matches("input, select")) return;
  event.preventDefault();
  if (form.querySelector(MARKS)) next(form, event.target);
}

/** To the next mandatory question without an answer, at the end to the button that sends. */
function next(form, from) {
  const asked = (one) => one.querySelector(MARKS) || leadsOn(one);
  const open = [...form.querySelectorAll(".form-field")].filter((one) => asked(one) && isOpen(one));
  const after = open.find((one) => !from || from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  const field = after ?? open.find((one) => !one.contains(from));
  (field ? controls(field).find((one) => one.tabIndex >= 0) : form.querySelector("button[type=submit]"))?.focus();
}

/** A postal code writes the address, so it is asked for first. */
function leadsOn(field) {
  const id = field.querySelector("[data-postal-target^='address=']")?.dataset.postalTarget.split("=")[1];
  return id && !document.getElementById(id)?.value.trim();
}

function isOpen(field) {
  const seen = controls(field).filter((one) => one.offsetParent !== null && !one.disabled && !one.readOnly);
  if (!seen.length) return false;
  return !seen.some((one) => (/^(radio|checkbox)$/.test(one.type) ? one.checked && one.value : one.value.trim()));
}

function controls(field) {
  return [...field.querySelectorAll("input:not([type=hidden], [aria-hidden]), select, textarea")];
}

/** Digits choose; many boxes are one stop, gone through with the arrows; Delete unticks them. */
function choose(choices) {
  const all = [...choices.querySelectorAll("input")];
  const named = all.filter((one) => one.value);
  const boxes = all[0]?.type === "checkbox";
  const oneStop = boxes && all.length > FEW;
  named.slice(0, NUMBERED).forEach((one, number) => one.closest(".choice").setAttribute("data-key", number + 1));
  const stop = (at) => { for (const one of all) one.tabIndex = one === at ? 0 : -1; };
  if (oneStop) {
    stop(all.find((one) => one.checked) ?? all[0]);
    choices.addEventListener("focusin", (event) => stop(event.target));
  }
  choices.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = all.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const picked = /^[1-9]$/.test(event.key) ? named[event.key - 1] : undefined;
    if (picked) {
      picked.focus();
      if (boxes || !picked.checked) picked.click();
    } else if (oneStop && step) {
      all[(at + step + all.length) % all.length].focus();
    } else if (event.key === "Delete" || event.key === "0") {
      clear(boxes ? all.filter((one) => one.checked) : [], boxes ? null : all.find((one) => !one.value));
    } else {
      return;
    }
    event.preventDefault();
  });
}

function clear(ticked, none) {
  for (const one of ticked) { one.checked = false; changed(one); }
  if (none && !none.checked) { none.focus(); none.click(); }
}

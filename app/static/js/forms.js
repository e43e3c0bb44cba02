// Behaviour of whole forms: Enter, double sending, questions, unsaved changes, conditions.
import { changed, element, word } from "./dom.js";

const PATIENCE = 15000; // milliseconds

export function enhanceForms(root) {
  for (const form of root.querySelectorAll("form[data-no-enter]")) calmEnter(form);
  for (const form of root.querySelectorAll("form[method=post]")) ask(form);
  for (const form of root.querySelectorAll("form[data-guard]")) guard(form);
  for (const button of root.querySelectorAll("[data-clear-codes]")) enhanceClear(button);
  for (const tick of root.querySelectorAll("input[type=checkbox]:is([value=none_], [value=none])")) exclude(tick);
  for (const part of root.querySelectorAll("[data-show-when]")) showWhen(part);
  document.addEventListener("change", (event) => { tooLarge(event.target); });
  document.addEventListener("submit", refuseTooLarge, true);
  document.addEventListener("submit", markSending);
  window.addEventListener("pageshow", restore);
}

/** Says at once that a file is over the limit of its field; true when it is. */
function tooLarge(input) {
  if (!input.dataset?.mostBytes) return false;
  const over = [...input.files].some((file) => file.size > Number(input.dataset.mostBytes));
  input.setCustomValidity(over ? input.dataset.tooLarge : "");
  if (over) input.reportValidity();
  return over;
}

function refuseTooLarge(event) {
  if (![...event.target.elements].some(tooLarge)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Ctrl + Enter saves; Enter alone never does (keyboard.js moves on with it). */
function calmEnter(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.target.blur();  // What a field completes when it is left, it completes now.
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
}

function guard(form) {
  let dirty = form.dataset.guard === "dirty";
  form.addEventListener("change", () => { dirty = true; });
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("kept", () => { dirty = false; });
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

/** Buttons say 送信中… after the first click; listed last, so a prevented sending changes nothing. */
function markSending(event) {
  const form = event.target;
  // By attribute: a field called "method" would hide form.method.
  if (event.defaultPrevented || form.getAttribute("method") !== "post" || form.dataset.download !== undefined) return;
  const pressed = event.submitter;
  // After the browser has collected the fields: a disabled button would not send its value.
  setTimeout(() => {
    for (const button of [...form.elements].filter((one) => one.type === "submit" && one.dataset.keepEnabled === undefined)) {
      button.disabled = true;
      if (button !== pressed || !button.textContent.trim()) continue;
      button.sendingFrom = [...button.childNodes];
      button.replaceChildren(word("sending"));
    }
  });
  // A page that is still here after this long got a file or no answer at all.
  setTimeout(restore, PATIENCE);
}

function restore() {
  for (const button of document.querySelectorAll("button[type=submit]:disabled, button:not([type]):disabled")) {
    button.disabled = false;
    if (button.sendingFrom) button.replaceChildren(...button.sendingFrom);
    delete button.sendingFrom;
  }
}

/** data-confirm on the form or on the pressed button: asked once, answered by confirmed=yes. */
function ask(form) {
  form.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || form.elements.confirmed || event.defaultPrevented) return;
    event.preventDefault();
    const answer = element("input", { type: "hidden", name: "confirmed", value: "yes" });
    const cancel = element("button", { type: "button", className: "button" }, word("cancel"));
    const go = element("button", { type: "button", className: "button button--primary" }, event.submitter?.textContent.trim() || word("continue"));
    if (event.submitter?.classList.contains("button--danger")) go.className = "button button--danger-solid";
    const dialog = element("dialog", {}, element("p", {}, question), element("div", { className: "button-row" }, cancel, go));
    dialog.setAttribute("aria-label", question);
    cancel.addEventListener("click", () => dialog.close());
    go.addEventListener("click", () => {
      form.append(answer);
      dialog.close();
      form.requestSubmit(event.submitter);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      setTimeout(() => answer.remove());
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Unticks a group (""), or answers a section's open questions with the given code. */
function enhanceClear(button) {
  button.hidden = false;
  button.tabIndex = button.dataset.clearCodes ? 0 : -1; // Delete does the same, see keyboard.js.
  const code = button.dataset.clearCodes;
  button.addEventListener("click", () => {
    if (!code) return untick(button.closest("fieldset"));
    const section = button.closest("[data-section]");
    for (const circle of section.querySelectorAll(`input[type=radio][value="${CSS.escape(code)}"]`)) {
      const chosen = circle.form.elements[circle.name].value;
      if (!chosen && !circle.closest("[hidden]")) { circle.checked = true; changed(circle); }
    }
    for (const list of section.querySelectorAll("select")) {
      if (list.value || list.closest("[hidden]")) continue;
      if ([...list.options].some((option) => option.value === code)) { list.value = code; changed(list); }
    }
  });
}

function untick(group) {
  for (const tick of group.querySelectorAll("input:checked")) { tick.checked = false; changed(tick); }
}

/** "None of these" and the other ticks of a group put each other out. */
function exclude(none) {
  const group = none.closest("fieldset");
  group?.addEventListener("change", (event) => {
    if (!event.target.checked || event.target.name !== none.name) return;
    for (const tick of group.querySelectorAll("input[type=checkbox]:checked")) {
      if ((event.target === none) !== (tick === none)) tick.checked = false;
    }
  });
}

/** data-show-when="field=value1|value2": shown while the named field has one of the values;
 *  "field=" while it is blank. */
function showWhen(part) {
  const box = part.closest(".form-field") ?? part;
  const [name, values] = part.dataset.showWhen.split("=");
  const wanted = values.split("|");
  const form = box.closest("form");
  const show = () => {
    const controls = [...form.elements].filter((control) => control.name === name);
    const now = controls.filter((one) => !/^(radio|checkbox)$/.test(one.type) || one.checked).map((one) => one.value);
    // A field in error stays in sight whatever the other answers.
    box.hidden = !now.some((value) => wanted.includes(value)) && !box.classList.contains("form-field--error");
  };
  form.addEventListener("change", show);
  // "While it is blank" ends with the first sign, before the keyboard goes on to the next field.
  if (wanted.includes("")) form.addEventListener("input", show);
  window.addEventListener("pageshow", show);
  show();
}

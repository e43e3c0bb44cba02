// Dates: a calendar beside the typed field, and the era reading (令和2年4月30日) after it.
import { changed, element, icon, word } from "./dom.js";

const ERAS = { R: 2018, H: 1988, S: 1925, T: 1911, M: 1867, 令和: 2018, 平成: 1988, 昭和: 1925, 大正: 1911, 明治: 1867 };
const reading = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { dateStyle: "long", timeZone: "UTC" });

/** The date typed in any accepted way as {year, month, day}, or null. The server decides in the end. */
export function parseDate(typed) {
  const text = typed.normalize("NFKC").replace(/\s/g, "").replace(/元年/, "1年");
  const western = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) || /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (western) return checked(...western.slice(1).map(Number));
  const era = /^([RHSTM]|令和|平成|昭和|大正|明治)(\d{1,2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/i.exec(text);
  if (!era) return null;
  return checked(ERAS[era[1].toUpperCase()] + Number(era[2]), Number(era[3]), Number(era[4]));
}

function checked(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  const same = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? date : null;
}

export function enhanceDates(root) {
  for (const box of root.querySelectorAll("[data-date-input]")) enhanceDate(box);
}

/** "8/18" becomes the last 18 August, "t" today; only where the form says which day it is, and
 * never a date of birth. Written out in the field, so that nobody has to guess what was meant. */
function complete(input) {
  const today = parseDate(input.form?.dataset.today ?? "");
  const text = input.value.normalize("NFKC").trim();
  const short = /^(\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (!today || input.name.endsWith("birth_on") || !(short || /^t$/i.test(text))) return;
  const year = today.getUTCFullYear();
  const [month, day] = short ? short.slice(1).map(Number) : [today.getUTCMonth() + 1, today.getUTCDate()];
  const date = [year, year - 1].map((one) => checked(one, month, day)).find((one) => one && one <= today);
  if (!date) return;
  input.value = date.toISOString().slice(0, 10).replaceAll("-", "/");
  changed(input);
}

function enhanceDate(box) {
  const input = box.querySelector("input");
  const era = box.querySelector(".date-input__era");
  const showEra = () => {
    const date = parseDate(input.value);
    era.textContent = date ? reading.format(date) : "";
  };
  const native = element("input", { type: "date", className: "date-input__native", tabIndex: -1, "aria-hidden": "true" });
  // No stop of the Tab key: dates are typed there, and Alt + ↓ opens the calendar.
  const button = element("button", { type: "button", className: "button date-input__button", tabIndex: -1 }, icon("calendar"));
  const label = input.labels?.[0]?.firstChild?.textContent.trim() ?? "";
  button.setAttribute("aria-label", `${label} ${word("open_calendar")}`.trim());
  button.addEventListener("click", () => {
    native.value = parseDate(input.value)?.toISOString().slice(0, 10) ?? "";
    if (native.showPicker) native.showPicker();
    else native.focus();
  });
  native.addEventListener("change", () => {
    if (!native.value) return;
    input.value = native.value;
    showEra();
    changed(input);
  });
  input.after(element("span", { className: "date-input__picker" }, button, native));
  input.setAttribute("aria-keyshortcuts", "Alt+ArrowDown");
  input.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key !== "ArrowDown") return;
    event.preventDefault();
    button.click();
  });
  input.addEventListener("blur", () => {
    complete(input);
    showEra();
  });
  showEra();
}

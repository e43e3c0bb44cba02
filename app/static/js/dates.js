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

function enhanceDate(box) {
  const input = box.querySelector("input");
  const era = box.querySelector(".date-input__era");
  const showEra = () => {
    const date = parseDate(input.value);
    era.textContent = date ? reading.format(date) : "";
  };
  const native = element("input", { type: "date", className: "date-input__native", tabIndex: -1, "aria-hidden": "true" });
  const button = element("button", { type: "button", className: "button date-input__button" }, icon("calendar"));
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
  input.addEventListener("blur", showEra);
  showEra();
}

// 〒 → address: an input with data-postal-url names its address fields in data-postal-target,
// "prefecture=<id> city=<id> town=<id> municipality_code=<id>"; "address=<id>" is the whole in one.
import { announce, changed, debounce, postForm, word } from "./dom.js";

export function enhancePostalCodes(root) {
  for (const input of root.querySelectorAll("[data-postal-url]")) {
    input.addEventListener("input", debounce(() => fill(input), 250));
  }
}

async function fill(input) {
  const code = input.value.normalize("NFKC").replace(/[^0-9]/g, "");
  if (code.length !== 7 || input.dataset.filled === code) return;
  let found;
  try {
    found = await postForm(input.dataset.postalUrl, { code, csrf_token: input.form.elements.csrf_token.value });
  } catch {
    return; // The address can always be typed; an unknown code is no error.
  }
  input.dataset.filled = code;
  for (const pair of (input.dataset.postalTarget || "").split(/\s+/).filter(Boolean)) {
    const [part, id] = pair.split("=");
    const target = document.getElementById(id);
    const text = part === "address" ? found.prefecture + found.city + found.town : found[part];
    // A whole address already typed goes further than its code: it is never replaced.
    if (!target || !text || (part === "address" && target.value.trim() && target.value !== target.dataset.filledIn)) continue;
    target.value = target.dataset.filledIn = text;
    changed(target);
  }
  announce(word("address_filled"));
}

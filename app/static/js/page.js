// Menu, print, focus and what is shown only where there is JavaScript.
const PHONE = "(max-width: 600px)";

export function enhancePage(root) {
  for (const hint of root.querySelectorAll("[data-needs-js]")) hint.hidden = false;
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  if (matchMedia(PHONE).matches) {
    for (const details of root.querySelectorAll("[data-closed-on-phone]")) details.open = false;
  }
  root.querySelector("[data-focus]")?.focus();
  noteWhenPrinted(root.body);
  closeMenusFromOutside(root);
}

// Paper leaves the house: the record of looks says so, however the printing was asked for.
function noteWhenPrinted(body) {
  const token = body.querySelector('input[name="csrf_token"]')?.value;
  if (!body.dataset.look || !token) return;
  let told = false;
  window.addEventListener("beforeprint", () => {
    if (told) return;
    told = true;
    const note = new FormData();
    note.set("csrf_token", token);
    note.set("look", body.dataset.look);
    navigator.sendBeacon(body.dataset.printed, note);
  });
}

function closeMenusFromOutside(root) {
  const menus = [...root.querySelectorAll(".menu-desk details")];
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus.filter((one) => one.open)) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

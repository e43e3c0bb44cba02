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
  closeMenusFromOutside(root);
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

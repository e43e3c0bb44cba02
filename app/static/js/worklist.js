// Results by keyboard: 1, 2 or 3 answers the row that has the focus and goes to the next one.
const table = document.querySelector("[data-worklist]");

function answer(event) {
  const row = event.target.closest("[data-worklist-row]");
  const typing = event.target.matches("input:not([type=radio])");
  if (!row || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const choice = row.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!choice || !/^[1-9]$/.test(event.key)) return;
  event.preventDefault();
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  const next = row.nextElementSibling?.querySelector("input[type=radio]");
  (next ?? document.querySelector("[data-worklist]").closest("form").querySelector("[type=submit]")).focus();
}

if (table) table.addEventListener("keydown", answer);

// The pictures of a paper beside a form: larger, smaller, turned; without scripts they just stand there.

const LARGEST = 4;

for (const scan of document.querySelectorAll("[data-scan]")) enhance(scan);

function enhance(scan) {
  const pages = scan.querySelector(".scan__pages");
  const tools = scan.querySelector(".scan__tools");
  if (!pages || !tools) return;
  tools.hidden = false;
  const show = () => {
    for (const button of tools.querySelectorAll("[data-scan-step]")) {
      const next = Number(pages.dataset.zoom) + Number(button.dataset.scanStep);
      button.disabled = next < 0 || next > LARGEST;
    }
  };
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.scanStep) pages.dataset.zoom = String(Number(pages.dataset.zoom) + Number(button.dataset.scanStep));
    else pages.dataset.turn = String((Number(pages.dataset.turn) + 90) % 360);
    show();
  });
  // A phone has room for one thing at a time.
  if (matchMedia("(max-width: 999px)").matches) scan.open = false;
  show();
}

// The sample follows every choice: the form is sent, and the parts that changed take their place.
const form = document.querySelector("[data-mapping]");
const PAUSE = 250; // milliseconds after the last choice
let timer = 0, latest = 0;

async function refresh() {
  const mine = ++latest;
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "preview");
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body });
  } catch {
    return; // The button does the same once the connection is back.
  }
  if (!answer.ok || mine !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of form.querySelectorAll("[data-live]")) {
    const renewed = page.getElementById(part.id);
    // What has the focus stays as it is.
    if (renewed && !part.contains(document.activeElement)) part.replaceWith(renewed);
  }
}

form?.addEventListener("change", (event) => {
  if (event.target.name === "name") return;
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
});

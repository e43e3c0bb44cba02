// What is typed into a form is kept on the server as a draft, so that nothing can lose it.
import { word } from "./dom.js";

const PAUSE = 1500; // milliseconds without typing
const LONGEST = 10000; // milliseconds of typing without a pause
const RETRY = 15000;

/** form[data-autosave=<address>] with an element [data-autosave-note] for what happened. */
export function autosave(form) {
  const note = form.querySelector("[data-autosave-note]");
  let address = form.dataset.autosave;
  let timer = 0, since = 0, running = null, dirty = false, stopped = false;

  const say = (key, text) => {
    note.dataset.state = key;
    note.textContent = word(`autosave_${key}`, text);
  };

  const wait = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(() => { running ??= save().finally(() => { running = null; if (dirty && !stopped) wait(PAUSE); }); }, milliseconds);
  };

  const save = async () => {
    dirty = false;
    since = 0;
    say("saving");
    let answer;
    try {
      answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
    } catch {
      dirty = true;
      say("offline");
      wait(RETRY);
      return;
    }
    if (!answer.ok) return refused(answer.status);
    const kept = await answer.json();
    address = kept.save_url;
    form.elements.namedItem("row_version_").value = kept.row_version;
    form.elements.namedItem("base_").value = kept.base;
    form.action = kept.edit_url;
    history.replaceState(null, "", kept.edit_url);
    if (!dirty) {
      form.dispatchEvent(new CustomEvent("kept"));
      say("saved", kept.saved_at);
    }
  };

  const refused = (status) => {
    dirty = true;
    if (status >= 500 || status === 429) { say("offline"); wait(RETRY); return; }
    stopped = true;
    say({ 400: "ended", 401: "ended", 409: "conflict", 422: "long" }[status] ?? "ended");
  };

  const typed = () => {
    if (stopped) return;
    dirty = true;
    since ||= Date.now();
    wait(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  };

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  // A sending waits for the keeping under way: both carry the version of the draft.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running || event.defaultPrevented) { stopped = true; return; }
    event.preventDefault();
    const pressed = event.submitter;
    stopped = true;
    running.then(() => form.requestSubmit(pressed));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  document.addEventListener("visibilitychange", () => {
    // The last chance on a telephone: the page may be thrown away without a word.
    if (document.visibilityState === "hidden" && dirty && !running && !stopped) wait(0);
  });
}

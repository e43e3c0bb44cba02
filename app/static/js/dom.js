// Words and drawings the page brings along, so that scripts hold no language of their own.

const words = JSON.parse(document.body.dataset.words || "{}");

/** The reader's sentence for a key, with {n} filled in. */
export function word(key, number) {
  return (words[key] || key).replace("{n}", number === undefined ? "" : String(number));
}

/** A new element: properties by name, attributes where the name holds a dash. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** An icon of the sprite. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

/** Says a sentence to screen readers without moving the focus. */
export function announce(text) {
  let region = document.getElementById("announcements");
  if (!region) {
    region = element("div", { id: "announcements", className: "visually-hidden", role: "status" });
    document.body.append(region);
  }
  region.textContent = text;
}

/** Tells the page that a script changed a control, as if it had been typed. */
export function changed(control) {
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Runs `action` once calls have paused for `milliseconds`. */
export function debounce(action, milliseconds) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

/** JSON from our own server; throws when the answer is not 200. */
export async function fetchJson(url, parameters, signal) {
  const address = new URL(url, document.baseURI);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  const response = await fetch(address, { headers: { Accept: "application/json" }, signal });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

// For what must not stand in an address, such as a part of somebody's address.
export async function postForm(url, values) {
  const response = await fetch(url, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(values),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

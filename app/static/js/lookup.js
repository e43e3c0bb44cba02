// Combobox for references (ARIA 1.2 pattern): typing looks up, arrows choose, Enter takes.
// Without it the server reads the typed code or name itself.
import { announce, changed, debounce, element, fetchJson, word } from "./dom.js";

export function enhanceLookups(root) {
  for (const box of root.querySelectorAll("[data-combobox]")) new Combobox(box);
}

class Combobox {
  constructor(box) {
    this.input = box.querySelector("[data-lookup-url]");
    this.key = box.querySelector("[data-lookup-key]");
    this.list = element("div", { id: `${this.input.id}-list`, className: "combobox__list", role: "listbox", hidden: true });
    this.list.setAttribute("aria-label", this.input.labels?.[0]?.textContent ?? "");
    box.append(this.list);
    this.results = [];
    this.at = -1;
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    const search = debounce(() => this.search(), 180);
    this.input.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      this.key.value = "";
      search();
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    // mousedown would take the focus away before the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(Number(option.dataset.index));
    });
  }

  async search() {
    const text = this.input.value.trim();
    this.request?.abort();
    if (!text) return this.close();
    this.request = new AbortController();
    try {
      const answer = await fetchJson(this.input.dataset.lookupUrl, { q: text }, this.request.signal);
      this.show(answer.results);
    } catch (error) {
      if (error.name !== "AbortError") this.message(word("lookup_failed"));
    }
  }

  show(results) {
    if (document.activeElement !== this.input) return;
    this.results = results;
    this.at = -1;
    if (!results.length) return this.message(word("none_found"));
    this.list.setAttribute("role", "listbox");
    this.list.replaceChildren(...results.map((result, index) => {
      const option = element("div", { id: `${this.list.id}-${index}`, className: "combobox__option", role: "option", "aria-selected": "false" }, result.label);
      option.dataset.index = index;
      if (result.hint) option.append(element("span", { className: "combobox__hint" }, result.hint));
      return option;
    }));
    this.open();
    announce(word("found", results.length));
  }

  message(text) {
    this.results = [];
    this.at = -1;
    this.list.setAttribute("role", "presentation");
    this.list.replaceChildren(element("div", { className: "combobox__message" }, text));
    this.open();
    announce(text);
  }

  open() {
    this.list.hidden = false;
    this.input.removeAttribute("aria-activedescendant"); // The options are new.
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void this.search();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open && this.at >= 0) {
      event.preventDefault();
      this.take(this.at);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  move(step) {
    if (!this.results.length) return;
    this.at = (this.at + step + this.results.length) % this.results.length;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    const active = this.list.children[this.at];
    active.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", active.id);
  }

  take(index) {
    const chosen = this.results[index];
    this.input.value = chosen.label;
    this.key.value = chosen.value;
    this.close();
    changed(this.input);
  }
}

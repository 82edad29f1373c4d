// Choosing from many names: a box to type in, a list that narrows, arrows and Enter; trees keep their indents.

import { h, icon, say } from "./condition_dom.js";

const MOST = 60;
let made = 0;

/**
 * A combobox. `items` is a function answering [{value, label, note, depth}]; `onpick(value)` is called with each choice.
 * `free` lets the typed words themselves be chosen. Answers the element; `element.open()` puts the cursor in it.
 */
export function picker({ items, onpick, label, placeholder, free = false, key = "", onleave = null, kept = false }) {
  const id = `pick-${++made}`;
  const input = h("input.pick-in", {
    type: "text", role: "combobox", autocomplete: "off", "aria-expanded": "false", "aria-controls": id, "aria-label": label, "aria-autocomplete": "list",
    placeholder: placeholder ?? say("condition.search"), dataset: { focus: key },
  });
  const list = h("ul.pick-list", { role: "listbox", id, hidden: true, "aria-label": label });
  const box = h("span.pick", {}, input, list);
  let shown = [];
  let here = -1;

  function narrow() {
    const typed = input.value.trim().toLowerCase();
    const all = items();
    const parts = typed.split(/\s+/).filter(Boolean);
    const found = parts.length ? all.filter((one) => parts.every((part) => `${one.label} ${one.value} ${one.note ?? ""}`.toLowerCase().includes(part))) : all;
    const rank = (one) => (one.label.toLowerCase() === typed ? 0 : one.label.toLowerCase().startsWith(typed) ? 1 : 2);
    shown = typed ? found.map((one, place) => [rank(one), place, one]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((one) => one[2]) : found;
    if (free && typed && !all.some((one) => one.value === input.value.trim())) shown = [...shown, { value: input.value.trim(), label: input.value.trim(), note: say("condition.as_typed") }];
    here = typed && shown.length ? 0 : -1;
    draw(typed !== "");
  }

  function draw(flat) {
    const rows = shown.slice(0, MOST).map((one, place) =>
      h("li.pick-row", {
        role: "option", id: `${id}-${place}`, "aria-selected": place === here ? "true" : "false", dataset: { depth: flat ? 0 : Math.min(one.depth ?? 0, 5) },
        onmousedown: (event) => { event.preventDefault(); choose(one); },
      }, h("span", {}, one.label), one.note ? h("small", {}, one.note) : null));
    if (!rows.length) rows.push(h("li.pick-none", {}, say("condition.nothing")));
    if (shown.length > MOST) rows.push(h("li.pick-none", {}, say("condition.more", { count: shown.length - MOST })));
    list.replaceChildren(...rows);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
  }

  function mark() {
    [...list.children].forEach((row, place) => row.setAttribute("aria-selected", place === here ? "true" : "false"));
    if (here >= 0) { input.setAttribute("aria-activedescendant", `${id}-${here}`); list.children[here]?.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  }

  function shut() { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }

  function choose(one) { if (!kept) input.value = ""; shut(); onpick(one.value); }

  input.addEventListener("click", () => { if (list.hidden) narrow(); });
  input.addEventListener("input", narrow);
  input.addEventListener("blur", () => { shut(); if (onleave) onleave(input.value.trim()); });
  input.addEventListener("keydown", (event) => {
    const last = Math.min(shown.length, MOST) - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { narrow(); return; }
      here = event.key === "ArrowDown" ? Math.min(here + 1, last) : Math.max(here - 1, 0);
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && shown[here]) choose(shown[here]);
      else if (list.hidden) narrow();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); event.stopPropagation(); input.value = ""; shut();
    }
  });
  box.open = () => input.focus();
  return box;
}

/** Chips with a cross each, and whatever adds more of them behind. Backspace in an empty box takes the last one. */
export function chips({ values, shown = (value) => value, onremove, adder, label, key = "", disabled = false }) {
  const made = values.map((value, place) =>
    h("span.vchip", { role: "listitem" }, h("span", {}, shown(value)),
      disabled ? null : h("button.vchip-x", { type: "button", "aria-label": say("condition.remove_value", { value: shown(value) }), dataset: { focus: `${key}/x${place}` }, onclick: () => onremove(place) }, icon("x"))));
  const list = made.length ? h("span.vchip-list", { role: "list", "aria-label": label }, made) : null;
  const box = h("div.vchips", { role: "group", "aria-label": label }, list, adder);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && event.target.tagName === "INPUT" && event.target.value === "" && values.length) { event.preventDefault(); onremove(values.length - 1); }
  });
  box.addEventListener("click", (event) => { if (event.target === box) box.querySelector("input")?.focus(); });
  return box;
}

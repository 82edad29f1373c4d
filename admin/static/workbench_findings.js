// From a finding to the place in the cards it speaks of, and to the edits that put the nearest right name there.

import { h, icon, redraw, say } from "./condition_dom.js";

/** Says in `box` why a file cannot be shown as cards; `goto(line)` leads to the place in its text. */
export function drawLost(box, file, goto) {
  redraw(box, h("div.wb-lost", { role: "alert" }, icon("alert-triangle"), h("div", {}, h("b", {}, say("workbench.cannot_show")),
    file.refused.slice(0, 5).map((one) => h("p", {}, `${say("workbench.line", { line: one.line })}：${one.text}`)),
    h("button.btn.btn-sm", { type: "button", onclick: () => goto(file.refused[0].line) }, say("workbench.to_line", { line: file.refused[0].line })))));
}

/** A rule's title, plain or in two languages. */
export function title(data) { return data.title && typeof data.title === "object" ? data.title.zh : data.title ?? data.id ?? ""; }

// Where in the cards a finding belongs, by the word it names or the part of the rule it lies in.
export function fieldOf(one) {
  const words = [...one.text.matchAll(/「([^」]+)」/g)].map((found) => found[1]);
  const chip = [...document.querySelectorAll("#cards .vchip")].find((made) => words.includes(made.textContent.trim()));
  if (chip) { const row = chip.querySelector("button"); if (row) return `[data-focus="${CSS.escape(row.dataset.focus)}"]`; }
  if (/依据|basis/.test(one.text)) return "[data-focus='head/basis']";
  if (/测试|例子|test/i.test(one.text)) return "[data-part='examples'] button";
  return null;
}

// The nearest right name in place of the wrong one, wherever the rule has it: the edits that do so.
export function fixing(data, [wrong, right]) {
  const edits = [];
  const means = (value) => value === wrong || (typeof value === "string" && value.endsWith(`/${wrong}`)); // of 单位/科室 the sentence may name the last part
  const walk = (value, path) => {
    if (means(value)) edits.push({ op: "set", path, value: right });
    else if (Array.isArray(value)) value.forEach((item, place) => walk(item, [...path, place]));
    else if (value && typeof value === "object") for (const [key, item] of Object.entries(value)) { if (key === wrong) edits.push({ op: "rename", path: [...path, key], to: right }); else walk(item, [...path, key]); }
  };
  walk(data, []);
  return edits;
}

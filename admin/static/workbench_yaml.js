// The file, or one rule of it, as text: line numbers, marks where something is wrong, saved when one pauses. Nothing typed is lost.

import { h, icon, say } from "./condition_dom.js";

const PAUSE = 900; // ms after the last key
const MOST = 256 * 1024;
const MOST_COLOURED = 60_000; // characters; beyond that colours cost more than they help
const PIECE = /(#.*$)|([\p{L}\w.-]+)(?=:(?:\s|$))|('[^']*'|"[^"]*")|(?<![\p{L}\w.-])(true|false|null|-?\d+(?:\.\d+)?[mhd%]?)(?![\p{L}\w.-])/gu;

/** Mounts the text editor. `acts` has save(path, text) answering a promise; `changed()` is called when there is text not saved yet. */
export function yamlEditor(box, { acts, changed, keep }) {
  let path = "";
  let whole = "";
  let part = null; // [first, last] lines shown, null: the whole file
  let marks = new Map();
  let typed = false;
  let timer = 0;
  let scroll = null;

  const gutter = h("div.y-gutter", { "aria-hidden": "true" });
  const paint = h("pre.y-paint", { "aria-hidden": "true" });
  const area = h("textarea.y-text", { spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off" });
  const note = h("p.y-note", { role: "status" });
  const mode = h("span.segs.small", { role: "group" });
  const name = h("span.mono.y-path");
  const offer = h("div.y-offer", { hidden: true });
  box.replaceChildren(h("div.y-head", {}, name, mode), offer, h("div.y-box", {}, gutter, h("div.y-sheet", {}, paint, area)), h("div.y-foot", {}, note, h("button.btn.btn-sm", { type: "button", onclick: () => flush() }, icon("device-floppy"), say("workbench.save_text"))));
  note.textContent = say("workbench.text_hint");

  function show({ path: where, text, lines, findings }, { force = false } = {}) {
    marks = new Map(findings.map((one) => [one.line, one]));
    if (typed && where === path && !force) { numbers(); return; } // what is being typed stays
    if (typed && where !== path) flush();
    const moved = where !== path || !same(part, wanted(lines));
    path = where; whole = text;
    if (scroll === null || scroll === "rule") part = wanted(lines);
    name.textContent = path;
    area.setAttribute("aria-label", say("workbench.text_label", { path }));
    const fresh = part ? slice(whole, part) : whole;
    if (area.value !== fresh) { const caret = area.selectionStart; area.value = fresh; if (!moved) area.setSelectionRange(caret, caret); }
    drawMode(lines);
    numbers();
    offerKept();
  }

  function wanted(lines) { return scroll === "file" ? null : lines; }

  function drawMode(lines) {
    mode.hidden = !lines;
    const button = (which, words) => h("button.seg", { type: "button", "aria-pressed": (part === null) === (which === "file") ? "true" : "false", onclick: async () => { await flush(); scroll = which; part = which === "file" ? null : lines; area.value = part ? slice(whole, part) : whole; drawMode(lines); numbers(); if (which === "file" && lines) goto(lines[0]); } }, words);
    mode.replaceChildren(button("rule", say("workbench.this_rule")), button("file", say("workbench.whole_file")));
  }

  function numbers() {
    const first = part ? part[0] : 1;
    const count = area.value.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: count }, (_, place) => {
      const line = first + place;
      const found = marks.get(line);
      return h("div.y-num", found ? { dataset: { level: found.level }, title: found.text } : {}, String(line));
    }));
    area.rows = Math.min(Math.max(count + 1, 12), 34);
    coloured();
    scrolled();
  }

  function coloured() {
    paint.replaceChildren(...(area.value.length > MOST_COLOURED ? [area.value] : area.value.split("\n").flatMap((line) => [...pieces(line), "\n"])));
  }

  function scrolled() { gutter.scrollTop = area.scrollTop; paint.scrollTop = area.scrollTop; paint.scrollLeft = area.scrollLeft; }

  function slice(text, [first, last]) { return text.split("\n").slice(first - 1, last).join("\n"); }

  function joined() {
    if (!part) return area.value;
    const lines = whole.split("\n");
    lines.splice(part[0] - 1, part[1] - part[0] + 1, ...area.value.split("\n"));
    return lines.join("\n");
  }

  function input() {
    typed = true;
    numbers();
    keep(path, joined());
    changed(true);
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
  }

  async function flush() {
    clearTimeout(timer);
    if (!typed) return true;
    const text = joined();
    const size = new Blob([text]).size;
    if (size > MOST) { note.textContent = say("workbench.too_large", { size: Math.ceil(size / 1024) }); note.classList.add("bad"); return false; }
    const before = area.value;
    const saved = await acts.save(path, text).catch((error) => { note.textContent = error.message; note.classList.add("bad"); return null; });
    if (!saved) return false;
    note.textContent = say("workbench.text_hint");
    note.classList.remove("bad");
    if (area.value === before) { typed = false; keep(path, null); changed(false); }
    whole = text;
    if (part) part = [part[0], part[0] + area.value.split("\n").length - 1];
    return true;
  }

  function offerKept() {
    const held = keep(path);
    offer.hidden = !held || held === whole;
    if (offer.hidden) return;
    offer.replaceChildren(icon("history"), h("span", {}, say("workbench.restored")),
      h("button.btn.btn-sm", { type: "button", onclick: () => { part = null; scroll = "file"; area.value = held; offer.hidden = true; input(); } }, say("workbench.restore")),
      h("button.btn.btn-sm", { type: "button", onclick: () => { keep(path, null); offer.hidden = true; } }, say("workbench.discard")));
  }

  function goto(line) {
    const lines = area.value.split("\n");
    const place = line - (part ? part[0] : 1);
    if (place < 0 || place >= lines.length) { scroll = "file"; part = null; area.value = whole; numbers(); if (line <= whole.split("\n").length) goto(line); return; }
    const start = lines.slice(0, place).reduce((sum, one) => sum + one.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + lines[place].length);
    area.scrollTop = Math.max(0, (place - 5) * 20);
    scrolled();
  }

  area.addEventListener("input", input);
  area.addEventListener("scroll", scrolled);
  area.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); flush(); }
    if (event.key === "Tab" && !event.shiftKey && area.selectionStart === area.selectionEnd && typed) { event.preventDefault(); area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end"); input(); }
  });
  return { show, flush, goto, dirty: () => typed, drop: () => { typed = false; keep(path, null); changed(false); } };
}

// A line in colours: comments, keys, quoted words, numbers.
function pieces(line) {
  const made = [];
  let end = 0;
  for (const found of line.matchAll(PIECE)) {
    const comment = found[1] !== undefined && found.index > 0 && !/\s/.test(line[found.index - 1]);
    if (comment) continue;
    made.push(line.slice(end, found.index), h(`span.${found[1] !== undefined ? "y-note-c" : found[2] !== undefined ? "y-key" : found[3] !== undefined ? "y-word" : "y-value"}`, {}, found[0]));
    end = found.index + found[0].length;
  }
  return [...made, line.slice(end)];
}

function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

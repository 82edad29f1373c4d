// The condition editor of rules and forms: rows of [fact][operator][value] in boxes 全部 / 任一 / 都不 that nest.
//
//   const editor = conditionEditor(box, { facts, onedits, label });
//   editor.show(condition)            // the plain data of `when`, `unless` or `show_if`; null: none
//
// `facts` is [{name, label, type, options, tree, min, max, places}] (tree: [[name, depth, note], …]). `onedits(edits, after)` gets what was
// changed as edits {op, path, value, to} with paths from the condition's own root ([] is the whole), and the condition as it is after them
// (null: nothing is left of it, and the last edit is {op: "remove", path: []}). Only complete rows are told; one being filled in waits here.

import { applied, at, focus, h, icon, redraw, say, tool } from "./condition_dom.js";
import { OPERATORS, complete, fitting, operatorWords, rowsOf, widget, written } from "./condition_values.js";

export const BOXES = ["all", "any", "none"];
const isBox = (key) => BOXES.includes(key);
const keyOf = (path) => path.join("/");

/** Mounts an editor in `box`. See the head of this file. */
export function conditionEditor(box, { facts, onedits, label, readonly = false, empty = null }) {
  const book = new Map(facts.map((fact) => [fact.name, fact]));
  const asked = facts.filter((fact) => !fact.personal);
  let now = null;
  let waiting = []; // rows not complete yet: {list: path, group, fact, op, value, id}
  let serial = 0;
  let dragged = null;

  function show(condition) { now = condition ?? null; draw(); }

  function tell(edits, wanted = null) {
    let after = now;
    for (const edit of edits) after = edit.op === "remove" && edit.path.length === 0 ? null : applied(after, edit);
    now = after;
    draw();
    if (wanted) focus(box, wanted);
    onedits(edits, after);
  }

  function draw() {
    const inner = now && Object.keys(now).length ? drawMap(now, [], 0) : [drawNothing()];
    redraw(box, inner);
    box.classList.add("cond");
    box.setAttribute("role", "group");
    if (label) box.setAttribute("aria-label", label);
  }

  function drawNothing() {
    const rows = waiting.filter((row) => row.list.length === 0).map((row) => drawWaiting(row));
    return h("div.cond-empty", {}, rows.length ? rows : h("p.muted", {}, empty ?? say("condition.always")), adders([], true));
  }

  function drawMap(map, path, depth) {
    const keys = Object.keys(map);
    const facts = keys.filter((key) => !isBox(key));
    const groups = keys.filter(isBox).map((key) => drawBox(key, map, path, depth));
    const loose = facts.flatMap((name) => drawFact(name, map, path, null));
    const parts = loose.length ? [h("div.cond-box", { dataset: { depth } }, h("div.cond-head", {}, h("span.cond-join", {}, say("condition.together"))), loose), ...groups] : groups;
    return parts.flatMap((part, place) => (place ? [h("p.cond-and", {}, say("condition.and")), part] : [part]));
  }

  function drawBox(kind, map, path, depth) {
    const own = [...path, kind];
    const list = Array.isArray(map[kind]) ? map[kind] : [];
    const rows = list.flatMap((item, place) => drawItem(item, [...own, place], depth));
    const pending = waiting.filter((row) => keyOf(row.list) === keyOf(own)).map((row) => drawWaiting(row));
    const inside = path.length > 0 && typeof path.at(-1) === "number";
    return h("div.cond-box", { dataset: { depth, kind }, role: "group", "aria-label": say(`condition.box_${kind}`), ondragover: (event) => over(event, own, list.length), ondrop: (event) => drop(event, own, list.length) },
      h("div.cond-head", {}, inside ? grip(path) : null, h("span.cond-join", {}, say("condition.meets")), kinds(kind, own, map), h("span.cond-join", {}, say("condition.meets_end")),
        readonly ? null : tool("trash", say("condition.remove_box"), () => removeAt(own), { dataset: { focus: `${keyOf(own)}/trash` } })),
      rows, pending, adders(own, depth < 3));
  }

  function kinds(kind, own, map) {
    return h("span.segs.small", { role: "group", "aria-label": say("condition.box_label") }, BOXES.map((other) =>
      h("button.seg", {
        type: "button", "aria-pressed": other === kind ? "true" : "false", disabled: readonly || (other !== kind && other in map), title: say(`condition.box_${other}`),
        dataset: { focus: `${keyOf(own.slice(0, -1))}/kind/${other}` }, onclick: () => other !== kind && tell([{ op: "rename", path: own, to: other }]),
      }, say(`condition.short_${other}`))));
  }

  function drawItem(item, path, depth) {
    const keys = item && typeof item === "object" && !Array.isArray(item) ? Object.keys(item) : [];
    if (keys.length === 1 && !isBox(keys[0])) return drawFact(keys[0], item, path, path);
    if (keys.length === 1) return [h("div.cond-nest", {}, drawBox(keys[0], item, path, depth + 1))];
    return [h("div.cond-nest", {}, drawMap(item ?? {}, path, depth + 1))];
  }

  // One fact of a map: a row for each of its operators. `item` is the path of the list item it fills, null when it shares a map.
  function drawFact(name, map, path, item) {
    const own = [...path, name];
    const rows = rowsOf(map[name]);
    return rows.map(({ op, value, tail }, place) => drawRow({
      fact: name, op, value, key: `${keyOf(own)}#${place}`, item,
      setValue: (fresh) => tell(tail[0] === "eq" && Array.isArray(fresh) && fresh.length > 1
        ? [{ op: "rename", path: [...own, "eq"], to: "in" }, { op: "set", path: [...own, "in"], value: fresh }]
        : [{ op: "set", path: [...own, ...tail], value: plainValue(op, fresh, at(map[name], tail)) }]),
      setOp: (fresh, kept) => tell(rows.length > 1
        ? [{ op: "set", path: own, value: { ...without(map[name], tail[0]), ...explicit(fresh, kept) } }]
        : [{ op: "set", path: own, value: written(fresh, kept) }], `${keyOf(own)}#${place}/op`),
      setFact: (fresh, op, kept) => tell(item ? [{ op: "set", path: item, value: { [fresh]: written(op, kept) } }] : [{ op: "remove", path: own }, { op: "set", path: [...path, fresh], value: written(op, kept) }]),
      remove: () => (rows.length > 1 ? tell([{ op: "remove", path: [...own, ...tail] }]) : removeAt(item ?? own)),
    }));
  }

  function drawRow(row) {
    const fact = book.get(row.fact);
    const known = fact ?? { name: row.fact, label: row.fact, type: "text", options: null };
    const half = { ...row, waitingValue: undefined };
    const line = h("div.cond-row", { dataset: { row: row.key, bad: fact ? "" : "1" }, onkeydown: (event) => row.item && nudge(event, row.item), ondragover: (event) => row.item && over(event, row.item.slice(0, -1), row.item.at(-1)), ondrop: (event) => row.item && drop(event, row.item.slice(0, -1), row.item.at(-1)) },
      row.item ? grip(row.item) : h("span.grip-none"),
      factSelect(row, known),
      opSelect(half, known),
      h("div.cond-value", {}, widget(known, row.op, row.value, (value) => (complete(row.op, value) ? row.setValue(value) : row.remove()), row.key)),
      readonly ? null : tool("trash", say("condition.remove_row", { fact: known.label }), row.remove, { dataset: { focus: `${row.key}/trash` } }));
    return line;
  }

  function factSelect(row, known) {
    return h("select.form-select.cond-fact", { "aria-label": say("condition.fact"), disabled: readonly, dataset: { focus: `${row.key}/fact` }, onchange: (event) => changeFact(row, event.target.value) },
      book.has(row.fact) ? null : h("option", { value: row.fact, selected: true }, row.fact ? `${row.fact}（${say("condition.gone")}）` : say("condition.choose_fact")),
      asked.map((fact) => h("option", { value: fact.name, selected: fact.name === row.fact }, fact.label)));
  }

  function changeFact(row, name) {
    const fact = book.get(name);
    const old = book.get(row.fact);
    const op = OPERATORS[fact.type].includes(row.op) ? row.op : OPERATORS[fact.type][0];
    const value = old?.type === fact.type || fact.options ? fitting(op, row.value, fact) : fitting(op, null, fact);
    if (row.setFact && complete(op, value)) row.setFact(name, op, value);
    else waitInstead(row, { fact: name, op, value });
  }

  function opSelect(row, known) {
    const ops = OPERATORS[known.type];
    return h("select.form-select.cond-op", { "aria-label": say("condition.operator"), disabled: readonly, dataset: { focus: `${row.key}/op` }, onchange: (event) => {
      const value = fitting(event.target.value, row.value, known);
      if (row.setOp && complete(event.target.value, value)) row.setOp(event.target.value, value);
      else waitInstead(row, { fact: row.fact, op: event.target.value, value });
    } }, ops.includes(row.op) ? null : h("option", { value: row.op, selected: true }, row.op), ops.map((op) => h("option", { value: op, selected: op === row.op }, operatorWords(known.type, op))));
  }

  // A row that lost its value keeps its place on the screen and is told once it is complete again.
  function waitInstead(row, fresh) {
    if (row.waits) { Object.assign(row.waits, fresh); draw(); focus(box, `${row.key}/${focusOf(fresh)}`); return; }
    waiting.push({ list: row.item ? row.item.slice(0, -1) : [], replaces: row, group: null, id: ++serial, ...fresh });
    draw();
    focus(box, `w${serial}/${focusOf(fresh)}`);
  }

  function focusOf(row) { const type = book.get(row.fact)?.type; return row.op === "ne" && !book.get(row.fact)?.tree ? "one" : type === "number" ? "number" : type === "yesno" ? "true" : "add"; }

  function drawWaiting(row) {
    const key = `w${row.id}`;
    const fact = book.get(row.fact);
    const settle = () => {
      if (!row.fact || !complete(row.op, row.value)) { draw(); return; }
      waiting = waiting.filter((other) => other !== row);
      const value = { [row.fact]: written(row.op, row.value) };
      if (row.replaces?.setFact) { row.replaces.setFact(row.fact, row.op, row.value); return; }
      const list = now ? at(now, row.list) : null;
      if (!Array.isArray(list)) {
        tell([{ op: "set", path: [], value: { all: [row.group ? { [row.group]: [value] } : value] } }], `all/0/${row.group ? `${row.group}/0/` : ""}${row.fact}#0/${focusOf(row)}`);
        return;
      }
      const there = [...row.list, list.length];
      tell([{ op: "insert", path: there, value: row.group ? { [row.group]: [value] } : value }]);
      focus(box, `${keyOf(there)}/${row.group ? `${row.group}/0/` : ""}${row.fact}#0/${focusOf(row)}`);
    };
    const line = drawRow({
      fact: row.fact, op: row.op, value: row.value, key, item: null, waits: row,
      setValue: (value) => { row.value = value; settle(); },
      remove: () => { if (complete(row.op, row.value)) { row.value = fitting(row.op, null, fact); draw(); } else { waiting = waiting.filter((other) => other !== row); draw(); } },
      setOp: (op, value) => { Object.assign(row, { op, value }); settle(); },
      setFact: (name, op, value) => { Object.assign(row, { fact: name, op, value }); settle(); },
    });
    line.classList.add("waiting");
    return row.group ? h("div.cond-nest", {}, h("div.cond-box", {}, h("div.cond-head", {}, h("span.cond-join", {}, say("condition.meets")), h("b", {}, say(`condition.short_${row.group}`)), h("span.cond-join", {}, say("condition.meets_end"))), line)) : line;
  }

  function adders(list, nest) {
    if (readonly) return null;
    return h("div.cond-add", {},
      h("button.btn.btn-sm", { type: "button", dataset: { focus: `${keyOf(list)}/+row` }, onclick: () => begin(list, null) }, icon("plus"), say("condition.add_row")),
      nest ? h("button.btn.btn-sm", { type: "button", dataset: { focus: `${keyOf(list)}/+box` }, onclick: () => begin(list, at(now, list.slice(0, -1))?.any && list.at(-1) === "any" ? "all" : "any") }, icon("brackets"), say("condition.add_box")) : null);
  }

  function begin(list, group) {
    waiting.push({ list, group, fact: "", op: "has_any", value: null, id: ++serial });
    draw();
    focus(box, `w${serial}/fact`);
  }

  // Removing the last row of a box removes the box, and so upward: an empty box is no condition.
  function removeAt(path) {
    let gone = path;
    while (gone.length) {
      const above = at(now, gone.slice(0, -1));
      const alone = Array.isArray(above) ? above.length === 1 : above && Object.keys(above).length === 1;
      if (!alone) break;
      gone = gone.slice(0, -1);
    }
    tell([{ op: "remove", path: gone }]);
    if (!focus(box, `${keyOf(path.slice(0, -1))}/+row`)) box.querySelector("button, select, input")?.focus();
  }

  function grip(path) {
    if (readonly) return null;
    return h("button.grip", {
      type: "button", draggable: "true", "aria-label": say("condition.move"), title: say("condition.move"), dataset: { focus: `${keyOf(path)}/grip` },
      onkeydown: (event) => nudge(event, path, true),
      ondragstart: (event) => { dragged = path; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", keyOf(path)); },
      ondragend: () => { dragged = null; box.querySelectorAll(".drop-here").forEach((one) => one.classList.remove("drop-here")); },
    }, icon("grip-vertical"));
  }

  function nudge(event, path, bare = false) {
    if (!(event.altKey || bare) || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const list = at(now, path.slice(0, -1));
    const to = path.at(-1) + (event.key === "ArrowUp" ? -1 : 1);
    event.preventDefault(); event.stopPropagation();
    if (to < 0 || to >= list.length) return;
    tell([{ op: "move", path, to }], `${keyOf([...path.slice(0, -1), to])}/grip`);
  }

  function over(event, list) {
    if (!dragged || keyOf(list).startsWith(`${keyOf(dragged)}/`)) return;
    event.preventDefault(); event.stopPropagation();
    box.querySelectorAll(".drop-here").forEach((one) => one.classList.remove("drop-here"));
    event.currentTarget.classList.add("drop-here");
  }

  function drop(event, list, place) {
    if (!dragged) return;
    event.preventDefault(); event.stopPropagation();
    const from = dragged;
    dragged = null;
    if (keyOf(from.slice(0, -1)) === keyOf(list)) {
      const to = Math.min(place, at(now, list).length - 1);
      if (to !== from.at(-1)) tell([{ op: "move", path: from, to }]);
      return;
    }
    if (keyOf(list).startsWith(`${keyOf(from)}/`) || at(now, from.slice(0, -1)).length === 1) return; // into itself, or it would leave an empty box
    const value = at(now, from);
    const shifted = moved(list, from);
    tell([{ op: "remove", path: from }, { op: "insert", path: [...shifted, place], value }]);
  }

  return { show, element: box, busy: () => waiting.length > 0, forget: () => { waiting = []; } };
}

// The path of a list after the item at `from` was taken away before it.
function moved(list, from) {
  const above = from.slice(0, -1);
  if (list.length <= above.length || above.some((step, place) => step !== list[place])) return list;
  const step = list[above.length];
  return typeof step === "number" && step > from.at(-1) ? [...above, step - 1, ...list.slice(above.length + 1)] : list;
}

function without(box, key) { return Object.fromEntries(Object.entries(box).filter(([name]) => name !== key)); }

// Beside other operators `is` is written out: {gte: 1, eq: 2} has no room for a bare value.
function explicit(op, value) { return op === "is" ? { [value.length > 1 ? "in" : "eq"]: value.length > 1 ? value : value[0] } : written(op, value); }

// A value as it goes into the file: one alone stays a scalar unless it was written as a list.
function plainValue(op, value, before) {
  if (op !== "is" || !Array.isArray(value)) return value;
  return value.length === 1 && !Array.isArray(before) ? value[0] : value;
}

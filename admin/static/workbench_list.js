// The rules of a set at left: search, order of trial or by file, hits a week, state, drag and Alt+arrows to reorder.

import { h, icon, redraw, say, tool } from "./condition_dom.js";

const STEP = 200; // rows drawn at once; a family of thousands stays quick

/** Mounts the list. `acts` has open(row), head(), add(), copy(row), remove(row), move(row, before). */
export function rulesList(box, acts) {
  let model = null;
  let chosen = null;
  let shown = STEP;
  let byFile = false;
  let dragged = null;
  const search = h("input.wb-search", { type: "search", placeholder: say("workbench.search"), "aria-label": say("workbench.search"), dataset: { focus: "search" }, oninput: () => { shown = STEP; drawRows(); } });
  const order = h("select.form-select.wb-sort", { "aria-label": say("workbench.sorting"), dataset: { focus: "sort" }, onchange: () => { byFile = order.value === "file"; drawRows(); } },
    h("option", { value: "order" }, say("workbench.by_order")), h("option", { value: "file" }, say("workbench.by_file")));
  const top = h("div.wb-find", {}, h("span.wb-search-box", {}, icon("search"), search), order);
  const rows = h("ul.wb-rows", { role: "grid", "aria-label": say("workbench.step_rules") });
  const foot = h("div.wb-list-foot", {}, h("button.btn.wb-add", { type: "button", "aria-haspopup": "dialog", onclick: () => acts.add(), dataset: { focus: "add" } }, icon("plus"), say("workbench.add")), h("small.muted", {}, say("workbench.keys")));
  box.replaceChildren(top, rows, foot);

  function show(fresh, rule) {
    const moved = chosen?.id !== rule?.id || chosen?.path !== rule?.path || !model;
    model = fresh;
    chosen = rule;
    order.hidden = model.files.length < 2;
    drawRows();
    const on = moved && rows.querySelector("[aria-selected=true]");
    if (on) rows.scrollTop = Math.max(0, on.offsetTop - rows.offsetTop - rows.clientHeight / 3);
  }

  function listed() {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = model.rows.filter((row) => words.every((word) => `${row.id} ${row.title} ${labelOf(row.path)}`.toLowerCase().includes(word)));
    return byFile ? [...found].sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : one.index - other.index)) : found;
  }

  function labelOf(path) { return model.files.find((file) => file.path === path)?.label ?? path; }

  function drawRows() {
    const all = listed();
    const place = all.findIndex((row) => isChosen(row));
    if (place >= shown) shown = place + STEP;
    const part = all.slice(0, shown);
    const many = model.files.length > 1;
    let last = null;
    const made = [h("li.wb-row.wb-head-row", { role: "row", tabindex: chosen === null ? 0 : -1, "aria-selected": chosen === null ? "true" : "false", dataset: { focus: "head" }, onclick: () => acts.head(), onkeydown: (event) => keys(event, null, all) },
      h("span.wb-row-main", { role: "gridcell" }, h("b", {}, say("workbench.set_head")), h("small", {}, model.hit ? say(`workbench.hit_${model.hit}`) : say("workbench.hit_"))), icon("adjustments"))];
    for (const row of part) {
      if (byFile && many && row.path !== last) made.push(h("li.wb-file", { role: "row" }, h("b", { role: "gridcell" }, labelOf(row.path)), h("small", { role: "gridcell" }, model.files.find((file) => file.path === row.path)?.about ?? "")));
      last = row.path;
      made.push(drawRow(row, all, many));
    }
    if (!part.length) made.push(h("li.wb-none", { role: "row" }, h("span", { role: "gridcell" }, model.rows.length ? say("workbench.none_found") : say("workbench.empty"))));
    if (all.length > part.length) made.push(h("li.wb-none", { role: "row" }, h("span", { role: "gridcell" }, h("button.btn.btn-sm", { type: "button", onclick: () => { shown += STEP; drawRows(); } }, say("workbench.shown", { count: part.length, all: all.length })))));
    redraw(rows, made);
  }

  function isChosen(row) { return chosen !== null && row.id === chosen.id && row.path === chosen.path && (row.id !== "" || row.index === chosen.index); }

  function drawRow(row, all, many) {
    const on = isChosen(row);
    return h("li.wb-row", {
      role: "row", tabindex: on ? 0 : -1, "aria-selected": on ? "true" : "false", draggable: "true", dataset: { focus: `row/${row.path}/${row.id || row.index}`, id: row.id },
      onclick: () => acts.open(row), onkeydown: (event) => keys(event, row, all),
      ondragstart: (event) => { dragged = row; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", row.id); },
      ondragover: (event) => { if (dragged && dragged !== row) { event.preventDefault(); event.currentTarget.classList.add("drop-here"); } },
      ondragleave: (event) => event.currentTarget.classList.remove("drop-here"),
      ondrop: (event) => { event.preventDefault(); if (dragged && dragged !== row) acts.move(dragged, row.id); dragged = null; },
      ondragend: () => { dragged = null; },
    },
    h("span.wb-row-main", { role: "gridcell" }, h("b.wb-row-title", {}, row.title), h("small", {}, h("span.mono", {}, row.id), row.priority ? ` · ${say("workbench.priority", { number: row.priority })}` : "", many && !byFile ? ` · ${labelOf(row.path)}` : "")),
    h("span.wb-row-side", { role: "gridcell" }, badge(row), h("small.num", {}, say("workbench.hits", { count: row.hits }))),
    on ? h("span.wb-row-tools", { role: "gridcell" },
      tool("arrow-up", `${say("workbench.up")} (Alt+↑)`, (event) => { event.stopPropagation(); step(row, all, -1); }),
      tool("arrow-down", `${say("workbench.down")} (Alt+↓)`, (event) => { event.stopPropagation(); step(row, all, 1); }),
      tool("copy", say("workbench.copy"), (event) => { event.stopPropagation(); acts.copy(row); }),
      tool("trash", say("workbench.delete"), (event) => { event.stopPropagation(); acts.remove(row); })) : null);
  }

  function badge(row) {
    if (row.errors) return h("span.tag.bad", {}, say("workbench.wrong"));
    if (row.change) return h("span.tag.blue", {}, say(`workbench.${row.change}`));
    if (row.dates) return h("span.tag", {}, say(`workbench.${row.dates}`));
    return h("span.tag.green", {}, say("workbench.in_force"));
  }

  function step(row, all, by) {
    const order = model.rows; // moving is always among those tried, whatever is searched for
    const place = order.findIndex((other) => other === row || (other.id === row.id && other.path === row.path));
    const to = place + by;
    if (to < 0 || to >= order.length) return;
    const before = by < 0 ? order[to].id : (order[to + 1]?.id ?? null);
    acts.move(row, before);
  }

  function keys(event, row, all) {
    if (event.target !== event.currentTarget) return;
    const items = [...rows.querySelectorAll(".wb-row")];
    const here = items.indexOf(event.currentTarget);
    if (event.altKey && row && (event.key === "ArrowUp" || event.key === "ArrowDown")) { event.preventDefault(); step(row, all, event.key === "ArrowUp" ? -1 : 1); return; }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      items[here + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (row) acts.open(row, true); else acts.head();
    } else if (event.key === "Delete" && row) {
      event.preventDefault(); acts.remove(row);
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault(); items.at(event.key === "Home" ? 0 : -1)?.focus();
    }
  }

  return { show, search };
}

// 页与字段: what is asked, in order. Drag, or Alt with the arrow keys; the arrows alone go from row to row.

import { h, icon, redraw, say } from "./condition_dom.js";
import { labelText } from "./designer_form.js";

/** Mounts the column. `acts`: pick(kind, key), move(field, page, before), movePage(from, to), add(page), addPage(). */
export function fieldTree(box, acts) {
  const folded = new Set();
  let now = null;
  let dragged = null;

  function show(given) { now = given; draw(); }

  function draw() {
    const { pages, picked, wrong } = now;
    const count = pages.reduce((sum, page) => sum + page.fields.length, 0);
    redraw(box,
      h("div.dz-head", {}, h("h2", {}, say("designer.pages")), h("button.dz-all", { type: "button", "aria-current": picked.kind === "form" ? "true" : null, dataset: { focus: "form" }, title: say("designer.form_set"), onclick: () => acts.pick("form") }, say("designer.counted_short", { pages: pages.length, fields: count }), icon("adjustments"))),
      h("ol.dz-pages", { onkeydown: walk }, pages.map((page) => h("li", {}, drawPage(page, picked, wrong), folded.has(page.number) ? null : drawFields(page, picked, wrong)))),
      h("div.dz-foot", {}, h("button.btn", { type: "button", id: "add-field", "aria-haspopup": "dialog", dataset: { focus: "+field" }, onclick: () => acts.add(null) }, icon("plus"), say("designer.field")), h("button.btn", { type: "button", "aria-haspopup": "dialog", dataset: { focus: "+page" }, onclick: () => acts.addPage() }, icon("plus"), say("designer.page"))));
  }

  function drawPage(page, picked, wrong) {
    const here = picked.kind === "page" && picked.page === page.number;
    const shut = folded.has(page.number);
    return h("div.dz-page", { "aria-current": here ? "true" : null, ondragover: (event) => over(event, "page"), ondrop: (event) => dropOnPage(event, page) },
      h("button.dz-fold", { type: "button", "aria-expanded": shut ? "false" : "true", "aria-label": say(shut ? "designer.unfold" : "designer.fold", { page: labelText(page.title) }), onclick: () => { if (shut) folded.delete(page.number); else folded.add(page.number); draw(); } }, icon(shut ? "chevron-right" : "chevron-down")),
      h("button.dz-row-main", {
        type: "button", draggable: "true", dataset: { focus: `page/${page.number}`, row: "1", page: page.number }, onclick: () => acts.pick("page", page.number),
        onkeydown: (event) => nudgePage(event, page), ondragstart: (event) => begin(event, { page: page.number }), ondragend: ended,
      }, h("b.num", {}, String(page.number + 1)), h("b.dz-name", {}, labelText(page.title)), wrong.has(`page/${page.number}`) ? icon("alert-triangle", "bad") : null,
      page.show_if ? h("span.dz-eye", {}, icon("eye"), say("designer.conditional")) : null));
  }

  function drawFields(page, picked, wrong) {
    if (!page.fields.length) return h("div.dz-none", { ondragover: (event) => over(event, "field"), ondrop: (event) => dropOnPage(event, page) }, h("p", {}, say("designer.no_fields")), h("button.btn.btn-primary.btn-sm", { type: "button", "aria-haspopup": "dialog", dataset: { focus: `+first/${page.number}` }, onclick: () => acts.add(page.number) }, icon("plus"), say("designer.first_field")));
    return h("ol.dz-fields", {}, page.fields.map((field) => drawField(field, page, picked, wrong)));
  }

  function drawField(field, page, picked, wrong) {
    const here = picked.kind === "field" && picked.name === field.name;
    const fact = now.facts.get(field.name);
    const kind = now.kindOf(field);
    return h("li.dz-field", { "aria-current": here ? "true" : null, dataset: { field: field.name }, ondragover: (event) => over(event, "field"), ondrop: (event) => dropOnField(event, field, page) },
      h("span.grip", { "aria-hidden": "true", draggable: "true", ondragstart: (event) => begin(event, { field: field.name }), ondragend: ended }, icon("grip-vertical")),
      h("button.dz-row-main", {
        type: "button", draggable: "true", dataset: { focus: `field/${field.name}`, row: "1", name: field.name }, title: say("designer.move_hint"), onclick: () => acts.pick("field", field.name),
        onkeydown: (event) => nudge(event, field), ondragstart: (event) => begin(event, { field: field.name }), ondragend: ended,
      }, h("span.dz-name", {}, now.labelOf(field), field.props.required === true ? h("b.f-must", { "aria-hidden": "true" }, "*") : null, field.props.required === true ? h("span.visually-hidden", {}, say("designer.required")) : null),
      wrong.has(`field/${field.name}`) || (!fact && !field.props.of) ? icon("alert-triangle", "bad") : null,
      field.props.show_if ? h("span.dz-eye", { title: say("designer.has_condition") }, icon("eye"), h("span.visually-hidden", {}, say("designer.has_condition"))) : null,
      h("small", {}, kind)));
  }

  // ---- keys ----

  function walk(event) {
    if (event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const rows = [...box.querySelectorAll("[data-row]")];
    const next = rows[rows.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  }

  function nudge(event, field) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    shift(field, event.key === "ArrowUp" ? -1 : 1);
  }

  function nudgePage(event, page) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const to = page.number + (event.key === "ArrowUp" ? -1 : 1);
    if (to >= 0 && to < now.pages.length) acts.movePage(page.number, to);
  }

  /** A field one place up or down, over the edge into the neighbouring page. */
  function shift(field, by) {
    const own = now.pages[field.page].fields;
    const place = own.findIndex((one) => one.name === field.name);
    if (by < 0 && place > 0) acts.move(field.name, field.page, own[place - 1].name);
    else if (by > 0 && place < own.length - 1) acts.move(field.name, field.page, own[place + 2]?.name ?? null);
    else if (by < 0 && field.page > 0) acts.move(field.name, field.page - 1, null);
    else if (by > 0 && field.page < now.pages.length - 1) acts.move(field.name, field.page + 1, now.pages[field.page + 1].fields[0]?.name ?? null);
  }

  // ---- dragging ----

  function begin(event, what) { dragged = what; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", what.field ?? String(what.page)); event.stopPropagation(); }
  function ended() { dragged = null; clear(); }
  function clear() { box.querySelectorAll(".drop-here").forEach((one) => one.classList.remove("drop-here")); }
  function over(event, kind) {
    if (!dragged || (dragged.page !== undefined && kind === "field")) return;
    event.preventDefault();
    clear();
    event.currentTarget.classList.add("drop-here");
  }
  function dropOnField(event, field, page) {
    if (!dragged?.field) return;
    event.preventDefault();
    if (dragged.field !== field.name) acts.move(dragged.field, page.number, field.name);
    ended();
  }
  function dropOnPage(event, page) {
    if (!dragged) return;
    event.preventDefault();
    if (dragged.field) acts.move(dragged.field, page.number, page.fields[0]?.name ?? null);
    else if (dragged.page !== page.number) acts.movePage(dragged.page, page.number);
    ended();
  }

  return { show, shift, focus: (key) => [...box.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === key)?.focus() };
}

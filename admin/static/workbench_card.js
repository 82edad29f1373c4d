// The rule in the middle, as cards 依据 · 当 · 则 · 例; and the settings of the whole set.

import { conditionEditor } from "./condition.js";
import { h, icon, redraw, say } from "./condition_dom.js";
import { actionsEditor } from "./workbench_actions.js";
import { testsEditor } from "./workbench_tests.js";

/** Mounts the cards of one rule. `onedits(edits, part)` gets paths from the rule. */
export function ruleCard(box, { schema, names, onedits }) {
  let now = {};
  let inherited = "";
  const below = (root) => (edits) => onedits(edits.map((edit) => ({ ...edit, path: [...root, ...edit.path] })), root[0] ?? "");
  const headBox = h("div.wb-fields");
  const whenBox = h("div");
  const unlessBox = h("div");
  const unlessHead = h("div.wb-unless");
  const thenBox = h("div");
  const testsBox = h("div");
  const when = conditionEditor(whenBox, { facts: schema.facts, label: say("workbench.when"), empty: say("workbench.no_when"), onedits: below(["when"]) });
  const unless = conditionEditor(unlessBox, { facts: schema.facts, label: say("workbench.unless"), empty: say("workbench.no_unless"), onedits: below(["unless"]) });
  const then = actionsEditor(thenBox, { schema: schema.actions, names, label: "then", onedits: below(["then"]) });
  const tests = testsEditor(testsBox, { facts: schema.facts, onedits: below(["tests"]) });
  box.replaceChildren(
    section("gavel", "basis", headBox),
    section("filter", "when", whenBox, unlessHead, unlessBox),
    section("player-play", "then", thenBox),
    section("clipboard-check", "examples", testsBox));

  function show(data, more = {}) {
    now = data ?? {};
    inherited = more.inherited ?? "";
    drawHead();
    when.show(now.when);
    const has = now.unless !== undefined && now.unless !== null;
    unless.show(now.unless);
    unlessBox.hidden = !has && !unlessBox.dataset.open;
    redraw(unlessHead, h("h3.wb-sub", {}, say("workbench.unless")), has || unlessBox.dataset.open ? null : h("button.btn.btn-sm", { type: "button", dataset: { focus: "+unless" }, onclick: () => { unlessBox.dataset.open = "1"; unlessBox.hidden = false; unlessBox.querySelector("[data-focus='/+row']")?.click(); } }, icon("plus"), say("workbench.add_unless")));
    then.show(now.then);
    tests.show(now.tests, more.results ?? null);
  }

  function fresh(data) { when.forget(); unless.forget(); delete unlessBox.dataset.open; return show(data.data, data); }

  function drawHead() {
    redraw(headBox,
      text("title", say("workbench.name"), { wide: true }),
      text("basis", say("workbench.basis"), { wide: true, placeholder: inherited ? say("workbench.inherited", { basis: inherited }) : say("workbench.basis_hint") }),
      text("id", say("workbench.id"), { needed: true }),
      number("priority", say("workbench.priority_label"), say("workbench.priority_hint")),
      date("from", say("workbench.from")), date("to", say("workbench.to")));
  }

  function text(name, label, { wide = false, placeholder = "", needed = false } = {}) {
    const value = now[name];
    const words = value && typeof value === "object" ? value.zh ?? "" : value ?? "";
    const path = value && typeof value === "object" ? [name, "zh"] : [name];
    const input = h("input.form-control", { type: "text", value: words, placeholder, maxlength: 2000, dataset: { focus: `head/${name}` }, onchange: () => {
      const fresh_ = input.value.trim();
      if (fresh_ === words || (needed && !fresh_)) { input.value = words; return; }
      onedits([fresh_ ? { op: "set", path, value: fresh_ } : { op: "remove", path: [name] }], name);
    } });
    return h(`label.wb-field${wide ? ".wide" : ""}`, {}, h("span", {}, label), input);
  }

  function number(name, label, hint) {
    const input = h("input.form-control", { type: "number", min: 0, max: 1000000, step: 1, value: now[name] ?? "", placeholder: "0", dataset: { focus: `head/${name}` }, onchange: () => onedits([input.value === "" ? { op: "remove", path: [name] } : { op: "set", path: [name], value: Math.max(0, Math.round(Number(input.value))) }], name) });
    return h("label.wb-field", {}, h("span", {}, label, h("small", {}, ` ${hint}`)), input);
  }

  function date(name, label) {
    const dates = now.effective ?? {};
    const value = dates[name] === undefined ? "" : String(dates[name]).slice(0, 10);
    const input = h(`input.form-control${value ? "" : ".blank"}`, { type: "date", value, dataset: { focus: `head/${name}` }, onchange: () => {
      if (input.value) onedits([{ op: "set", path: now.effective ? ["effective", name] : ["effective"], value: now.effective ? input.value : { [name]: input.value } }], "effective");
      else if (dates[name] !== undefined) onedits([{ op: "remove", path: Object.keys(dates).length > 1 ? ["effective", name] : ["effective"] }], "effective");
    } });
    return h("label.wb-field", {}, h("span", {}, label), input);
  }

  return { show, fresh, results: (verdicts) => tests.show(now.tests, verdicts) };
}

/** Mounts the settings of the set. `onedits(key, edits)` gets the head field they belong to, paths from the file. */
export function headCard(box, { schema, names, onedits }) {
  const fields = h("div.wb-fields");
  const elseBox = h("div");
  const otherwise = actionsEditor(elseBox, { schema: schema.actions, names, label: "else", onedits: (edits) => onedits("else", edits.map((edit) => ({ ...edit, path: ["else", ...edit.path] }))) });
  box.replaceChildren(section("adjustments", "set_head", fields), section("arrows-exchange", "else", elseBox));

  function show(head) {
    const title = head.title;
    const titlePath = title && typeof title === "object" ? ["title", "zh"] : ["title"];
    const policy = head.hit && typeof head.hit === "object" ? Object.keys(head.hit)[0] : head.hit ?? "";
    redraw(fields,
      text("title", say("workbench.set_title"), title && typeof title === "object" ? title.zh : title ?? "", titlePath),
      text("basis", say("workbench.basis"), head.basis ?? "", ["basis"]),
      h("label.wb-field", {}, h("span", {}, say("workbench.hit"), head.hit?.unique ? h("small", {}, ` ${say("workbench.per", { per: head.hit.unique })}`) : null), h("select.form-select", { disabled: typeof head.hit === "object", dataset: { focus: "set/hit" }, onchange: (event) => onedits("hit", [{ op: "set", path: ["hit"], value: event.target.value }]) },
        schema.policies.map((name) => h("option", { value: name, selected: name === policy }, say(`workbench.hit_${name}`))))),
      h("div.wb-field", {}, h("span", {}, say("workbench.event")), h("p.wb-plain", {}, [head.event ?? []].flat().map((name) => schema.events[name] ?? name).join("、"))),
      date(head, "from"), date(head, "to"),
      head.order ? h("div.wb-field.wide", {}, h("span", {}, say("workbench.order")), h("p.wb-plain", {}, Object.entries(head.order).map(([, list]) => [list].flat().join(" › ")).join("；"))) : null);
    otherwise.show(head.else);
  }

  function text(name, label, value, path) {
    const input = h("input.form-control", { type: "text", value, maxlength: 2000, dataset: { focus: `set/${name}` }, onchange: () => input.value.trim() !== value && onedits(name, [input.value.trim() ? { op: "set", path, value: input.value.trim() } : { op: "remove", path: [name] }]) });
    return h("label.wb-field.wide", {}, h("span", {}, label), input);
  }

  function date(head, name) {
    const dates = head.effective ?? {};
    const input = h("input.form-control", { type: "date", value: dates[name] === undefined ? "" : String(dates[name]).slice(0, 10), dataset: { focus: `set/${name}` }, onchange: () => {
      if (input.value) onedits("effective", [{ op: "set", path: head.effective ? ["effective", name] : ["effective"], value: head.effective ? input.value : { [name]: input.value } }]);
      else if (dates[name] !== undefined) onedits("effective", [{ op: "remove", path: Object.keys(dates).length > 1 ? ["effective", name] : ["effective"] }]);
    } });
    return h("label.wb-field", {}, h("span", {}, say(`workbench.${name}`)), input);
  }

  return { show };
}

function section(picture, key, ...inner) {
  return h("section.wb-part", { "aria-label": say(`workbench.${key}`), dataset: { part: key } }, h("h2.wb-part-head", {}, icon(picture), say(`workbench.${key}`)), ...inner);
}

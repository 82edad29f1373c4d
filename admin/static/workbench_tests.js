// The examples under a rule: what an appeal brings, and whether the rule should apply; green and red beside each.

import { h, icon, redraw, say, tool } from "./condition_dom.js";
import { picker } from "./condition_picker.js";

/** Mounts the list. `onedits(edits)` gets paths from the list of tests ([]). */
export function testsEditor(box, { facts, onedits }) {
  const book = new Map(facts.map((fact) => [fact.name, fact]));
  let now = [];
  let results = null;
  let fresh = null; // an example being written: {given, expect}

  function show(tests, verdicts = null) { now = Array.isArray(tests) ? tests : []; results = verdicts; draw(); }

  function draw() {
    redraw(box, now.length ? h("ul.tests", {}, now.map(drawTest)) : fresh ? null : h("p.muted", {}, say("workbench.no_tests")), fresh ? drawFresh() : adder());
  }

  function adder() {
    return h("button.btn.btn-sm", { type: "button", dataset: { focus: "+test" }, onclick: () => { fresh = { given: { text: "" }, expect: "hit" }; if (!book.has("text")) fresh.given = {}; draw(); box.querySelector(".test-fresh input")?.focus(); } }, icon("plus"), say("workbench.add_test"));
  }

  function drawTest(test, place) {
    const verdict = results?.[place];
    const given = test?.given && typeof test.given === "object" ? test.given : {};
    return h("li.test", { dataset: { ok: verdict ? String(verdict.ok) : "" } },
      h("span.test-mark", { title: verdict ? verdict.text : "" }, verdict ? icon(verdict.ok ? "circle-check" : "circle-x", verdict.ok ? "good" : "bad") : icon("circle-dashed", "quiet"), h("span.visually-hidden", {}, verdict ? say(verdict.ok ? "workbench.holds" : "workbench.fails") : "")),
      h("span.test-given", {}, Object.entries(given).map(([name, value]) => h("span.given", {}, h("i", {}, book.get(name)?.label ?? name), shown(value))), verdict && !verdict.ok ? h("small.bad", {}, verdict.text) : null),
      test?.expect ? h("button.tag.test-expect", { type: "button", title: say("workbench.test_expect"), dataset: { focus: `expect/${place}` }, onclick: () => onedits([{ op: "set", path: [place, "expect"], value: test.expect === "hit" ? "miss" : "hit" }]) }, say(`workbench.test_${test.expect === "hit" ? "hit" : "miss"}`)) : h("span.tag", {}, Object.keys(test ?? {}).filter((key) => ["due", "sends", "points", "hit"].includes(key)).join(" ")),
      tool("trash", say("workbench.test_remove"), () => onedits([now.length === 1 ? { op: "remove", path: [] } : { op: "remove", path: [place] }])));
  }

  function shown(value) { return value === true ? say("condition.yes") : value === false ? say("condition.no") : value === null ? "?" : String(value); }

  function drawFresh() {
    const rows = Object.keys(fresh.given).map((name) => {
      const fact = book.get(name);
      return h("div.test-fact", {}, h("span.act-label", {}, fact?.label ?? name), factInput(fact ?? { name, type: "text" }), tool("x", say("condition.remove_row", { fact: fact?.label ?? name }), () => { delete fresh.given[name]; draw(); }));
    });
    const more = facts.filter((fact) => !(fact.name in fresh.given) && !fact.personal);
    const select = h("select.form-select.short-select", { "aria-label": say("condition.fact"), dataset: { focus: "test/more" }, onchange: () => { const fact = book.get(select.value); fresh.given[select.value] = fact.type === "yesno" ? true : fact.type === "number" ? 1 : ""; draw(); box.querySelectorAll(".test-fact input, .test-fact select")[Object.keys(fresh.given).length - 1]?.focus(); } },
      h("option", { value: "" }, `+ ${say("condition.fact")}`), more.map((fact) => h("option", { value: fact.name }, fact.label)));
    const segs = h("span.segs.small", { role: "group", "aria-label": say("workbench.test_expect") }, ["hit", "miss"].map((what) => h("button.seg", { type: "button", "aria-pressed": fresh.expect === what ? "true" : "false", dataset: { focus: `test/${what}` }, onclick: () => { fresh.expect = what; draw(); } }, say(`workbench.test_${what}`))));
    return h("div.test-fresh", { onkeydown: (event) => { if (event.key === "Escape") { fresh = null; draw(); } } }, rows, h("div.test-foot", {}, select, segs,
      h("button.btn.btn-sm.btn-primary", { type: "button", dataset: { focus: "test/keep" }, onclick: keep }, say("workbench.test_save")), h("button.btn.btn-sm", { type: "button", onclick: () => { fresh = null; draw(); } }, say("workbench.cancel"))));
  }

  function factInput(fact) {
    const key = `test/${fact.name}`;
    const value = fresh.given[fact.name];
    const change = (to) => { fresh.given[fact.name] = to; };
    if (fact.type === "yesno") return h("span.segs.small", { role: "group", "aria-label": fact.label }, [true, false].map((held) => h("button.seg", { type: "button", "aria-pressed": value === held ? "true" : "false", dataset: { focus: `${key}/${held}` }, onclick: () => { change(held); draw(); } }, say(held ? "condition.yes" : "condition.no"))));
    if (fact.type === "number") return h("input.form-control.short", { type: "number", value, "aria-label": fact.label, dataset: { focus: key }, onchange: (event) => change(Number(event.target.value)) });
    if (fact.type === "choice") return h("select.form-select", { "aria-label": fact.label, dataset: { focus: key }, onchange: (event) => change(event.target.value) }, h("option", { value: "" }, say("workbench.unset")), (fact.options ?? []).map((name) => h("option", { value: name, selected: name === value }, name)));
    if (fact.type === "tree") {
      const items = () => (fact.tree ?? []).map(([name, depth]) => ({ value: name, label: name, depth }));
      return h("span.test-tree", {}, value ? h("span.vchip", {}, value) : null, picker({ items, label: fact.label, key, placeholder: say(value ? "condition.change" : "condition.choose", { fact: fact.label }), onpick: (name) => { change(name); draw(); } }));
    }
    return h("input.form-control", { type: "text", value: value ?? "", "aria-label": fact.label, maxlength: 2000, dataset: { focus: key }, oninput: (event) => change(event.target.value) });
  }

  function keep() {
    const given = Object.fromEntries(Object.entries(fresh.given).filter(([name, value]) => value !== "" || name === "text"));
    const test = { given, expect: fresh.expect };
    fresh = null;
    onedits([now.length ? { op: "insert", path: [now.length], value: test } : { op: "set", path: [], value: [test] }]);
  }

  return { show };
}

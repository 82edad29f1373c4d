// 检查与样例: what is wrong, and the form's samples: with these answers these fields are seen, hidden, required. Green and red beside each.

import { h, icon, redraw, say, tool } from "./condition_dom.js";
import { chips, picker } from "./condition_picker.js";
import { widget } from "./condition_values.js";

const LISTS = ["visible", "hidden", "required"];

/** Mounts the panel. `acts`: edit(edits), goto(finding), expect(given) answering what is seen with those facts, say(sentence). */
export function samplesPanel(box, acts) {
  let now = null;

  function show(given) { now = given; draw(); }

  function draw() {
    const errors = now.findings.filter((one) => one.level === "error");
    const failing = now.results.filter((one) => !one.ok).length;
    const others = now.findings.filter((one) => !isSample(one));
    const good = !errors.length && !failing;
    redraw(box, h("div.dz-part-head", {}, h("h3", {}, say("designer.checks")),
      good ? h("span.good.dz-verdict", {}, icon("circle-check"), say("designer.passed")) : h("span.bad.dz-verdict", {}, icon("circle-x"), say(errors.length > failing ? "designer.errors" : "designer.failing", { count: errors.length || failing })),
      h("small.dz-time", {}, now.millis === undefined ? "" : say("designer.seconds", { count: (now.millis / 1000).toFixed(1) }))),
    others.length ? h("ul.dz-findings", {}, others.map((one) => h("li.finding", { dataset: { level: one.level } }, h("button.finding-go", { type: "button", onclick: () => acts.goto(one) }, h("span.tag", { dataset: { level: one.level } }, say(one.level === "error" ? "workbench.error" : "workbench.warning")), h("small.mono", {}, say("workbench.line", { line: one.line })), h("span.finding-text", {}, one.text))))) : null,
    table(),
    h("div.dz-sample-acts", {}, failing > 1 ? h("button.btn.btn-sm", { type: "button", dataset: { focus: "mend-all" }, onclick: mendAll }, icon("wand"), say("designer.mend_all", { count: failing })) : null, h("button.btn.btn-sm", { type: "button", id: "add-sample", "aria-haspopup": "dialog", dataset: { focus: "+sample" }, onclick: () => dialog(null, {}) }, icon("plus"), say("designer.add_sample"))));
  }

  function isSample(one) { return now.results.some((result) => !result.ok && result.line === one.line); }

  function table() {
    if (!now.tests.length) return h("p.muted.dz-no-samples", {}, say("designer.no_samples"));
    const name = now.picked.kind === "field" ? now.picked.name : null;
    const order = now.tests.map((test, place) => ({ test, place, said: about(test, name) })).sort((one, other) => Number(!one.said) - Number(!other.said) || one.place - other.place);
    return h("table.dz-samples", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("designer.answers")), h("th", { scope: "col" }, say("designer.should")), h("th", { scope: "col" }, say("designer.result")), h("th", {}, h("span.visually-hidden", {}, say("designer.edit"))))),
      h("tbody", {}, order.map(({ test, place, said }) => row(test, place, said))));
  }

  function row(test, place, said) {
    const result = now.results[place];
    return h("tr", { dataset: { ok: result ? String(result.ok) : "", near: said ? "1" : "" } },
      h("td", {}, test.name ? h("b", {}, test.name) : null, h("span", {}, given(test.given) || say("designer.nothing_given"))),
      h("td", {}, said ?? counts(test)),
      h("td", {}, result ? h("span.dz-verdict", { class: `dz-verdict ${result.ok ? "good" : "bad"}` }, icon(result.ok ? "check" : "x"), say(result.ok ? "designer.agrees" : "designer.differs")) : h("small", {}, say("designer.not_run")), result && !result.ok ? differences(test, result).map((one) => h("small.bad", {}, one)) : null,
        result && !result.ok ? h("button.btn.btn-sm", { type: "button", dataset: { focus: `s/${place}/mend` }, onclick: () => mend(test, place) }, say("designer.as_now")) : null),
      h("td", {}, tool("pencil", say("designer.edit_sample"), () => dialog(place, test), { "aria-haspopup": "dialog", dataset: { focus: `s/${place}/edit` } }), tool("trash", say("designer.remove_sample"), () => acts.edit([{ op: "remove", path: now.tests.length === 1 ? ["tests"] : ["tests", place] }], say("designer.sample_removed")), { dataset: { focus: `s/${place}/trash` } })));
  }

  function given(facts) {
    return Object.entries(facts ?? {}).map(([name, value]) => (typeof value === "boolean" ? `${now.factLabel(name)} ${say(value ? "condition.yes" : "condition.no")}` : String(value))).join(say("designer.comma"));
  }

  // What a sample says about the field chosen; null when it says nothing.
  function about(test, name) {
    if (!name) return null;
    const has = (key) => Array.isArray(test[key]) && test[key].includes(name);
    if (has("required")) return say("designer.shown_must");
    if (has("visible")) return say("designer.shown");
    if (has("hidden") || Array.isArray(test.visible)) return pageHidden(test, name) ? say("designer.page_hidden") : say("designer.hidden");
    return null;
  }

  function pageHidden(test, name) {
    const own = now.pages[now.fields.get(name)?.page]?.fields ?? [];
    return own.length > 1 && own.every((one) => (Array.isArray(test.hidden) && test.hidden.includes(one.name)) || (Array.isArray(test.visible) && !test.visible.includes(one.name)));
  }

  function counts(test) { return h("span.muted", {}, LISTS.filter((key) => Array.isArray(test[key])).map((key) => say(`designer.count_${key}`, { count: test[key].length })).join(say("designer.comma"))); }

  // What came instead, in the fields' own names: more, or fewer, than the sample says.
  function differences(test, { came, text }) {
    if (!came?.sound) return [text];
    const names = (list) => list.map((name) => (now.fields.has(name) ? now.labelOf(now.fields.get(name)) : name)).join(say("designer.comma"));
    const parts = ["visible", "required"].filter((key) => Array.isArray(test[key])).flatMap((key) => [["more", came[key].filter((name) => !test[key].includes(name))], ["less", test[key].filter((name) => !came[key].includes(name))]].map(([word, list]) => [`designer.${word}_${key}`, list]));
    if (Array.isArray(test.hidden)) parts.push(["designer.more_visible", test.hidden.filter((name) => came.visible.includes(name) && !parts[0]?.[1].includes(name))]);
    return parts.filter(([, list]) => list.length).map(([word, list]) => say(word, { fields: names(list) }));
  }

  /** Every failing sample rewritten to what the form now does. */
  function mendAll() { acts.edit(now.tests.flatMap((test, place) => (now.results[place] && !now.results[place].ok ? mended(test, place, now.results[place].came) : [])), say("designer.all_mended")); }

  function mend(test, place) { acts.edit(mended(test, place, now.results[place].came)); }

  function mended(test, place, seen) {
    if (!seen?.sound) return [];
    const edits = ["visible", "required"].filter((key) => key in test && JSON.stringify(test[key]) !== JSON.stringify(seen[key])).map((key) => ({ op: "set", path: ["tests", place, key], value: seen[key] }));
    if (Array.isArray(test.hidden) && test.hidden.some((name) => !seen.hidden.includes(name))) edits.push({ op: "set", path: ["tests", place, "hidden"], value: test.hidden.filter((name) => seen.hidden.includes(name)) });
    return edits;
  }

  /** A sample of these facts as the form now is, written at once. */
  async function make(facts) {
    const seen = await acts.expect(facts);
    if (!seen?.sound) { acts.say(say("designer.not_run")); return; }
    add({ given: facts, visible: seen.visible, ...(seen.hidden.length ? { hidden: seen.hidden } : {}), required: seen.required }, say("designer.sample_made"));
  }

  function add(test, told) { return acts.edit([{ op: "insert", path: ["tests", now.tests.length], value: test }], told); }

  // ---- writing one ----

  function dialog(place, test) {
    const facts = structuredClone(test.given ?? {});
    const lists = Object.fromEntries(LISTS.map((key) => [key, Array.isArray(test[key]) ? [...test[key]] : null]));
    const name = h("input.form-control", { type: "text", maxlength: 80, value: test.name ?? "", id: "sample-name" });
    const rows = h("div.dz-given");
    const expects = h("div.dz-expects");
    const wrong = h("p.bad", { role: "alert" });
    const form = h("form.wb-dialog", { method: "dialog", onsubmit: keep }, h("header", {}, h("h2", {}, say(place === null ? "designer.add_sample" : "designer.edit_sample"))),
      h("label.wb-field.wide", { for: "sample-name" }, h("span", {}, say("designer.sample_name")), name), h("h3.wb-sub", {}, say("designer.answers")), rows,
      h("div.dz-part-head", {}, h("h3.wb-sub", {}, say("designer.should")), h("button.btn.btn-sm", { type: "button", onclick: fill }, icon("wand"), say("designer.as_now"))), expects, wrong,
      h("footer", {}, h("button.btn", { type: "button", onclick: () => made.close() }, say("workbench.cancel")), h("button.btn.btn-primary", { type: "submit" }, say("designer.keep_sample"))));
    const made = h("dialog.wb-modal", { "aria-label": say("designer.add_sample"), onclose: () => made.remove() }, form);
    document.body.append(made);
    drawGiven();
    drawExpects();
    made.showModal();

    function drawGiven() {
      const left = [...now.facts.values()].filter((fact) => !fact.personal && !(fact.name in facts));
      redraw(rows, Object.keys(facts).map((one) => {
        const fact = now.facts.get(one) ?? { name: one, label: one, type: "text" };
        return h("div.test-fact", {}, h("span.act-label", {}, fact.label), value(fact), tool("x", say("condition.remove_row", { fact: fact.label }), () => { delete facts[one]; drawGiven(); }));
      }), picker({ items: () => left.map((fact) => ({ value: fact.name, label: fact.label })), label: say("condition.fact"), key: "sample/fact", placeholder: say("designer.add_answer"), onpick: (one) => { const fact = now.facts.get(one); facts[one] = fact.type === "yesno" ? true : fact.type === "number" ? fact.min ?? 1 : ""; drawGiven(); rows.querySelectorAll(".test-fact")[Object.keys(facts).length - 1]?.querySelector("input, button, select")?.focus(); } }));
    }

    function value(fact) {
      const change = (to) => { facts[fact.name] = Array.isArray(to) ? to[0] : to; drawGiven(); };
      if (fact.type === "text") return h("input.form-control", { type: "text", maxlength: 2000, value: facts[fact.name] ?? "", "aria-label": fact.label, oninput: (event) => { facts[fact.name] = event.target.value; } });
      return widget(fact, fact.type === "yesno" || fact.type === "number" ? "is" : "ne", fact.type === "yesno" || fact.type === "number" ? [facts[fact.name]] : facts[fact.name] || null, change, `sample/${fact.name}`);
    }

    function drawExpects() {
      redraw(expects, LISTS.map((key) => {
        const on = lists[key] !== null;
        const left = [...now.fields.values()].filter((field) => !(lists[key] ?? []).includes(field.name));
        return h("div.dz-expect", {}, h("label.dz-switch", {}, h("input", { type: "checkbox", role: "switch", checked: on, onchange: () => { lists[key] = on ? null : []; drawExpects(); } }), h("i", { "aria-hidden": "true" }), h("span", {}, say(`designer.expect_${key}`))),
          on ? chips({ values: lists[key], shown: (one) => (now.fields.has(one) ? now.labelOf(now.fields.get(one)) : one), label: say(`designer.expect_${key}`), key: `sample/${key}`, onremove: (at) => { lists[key] = lists[key].filter((_, other) => other !== at); drawExpects(); },
            adder: picker({ items: () => left.map((field) => ({ value: field.name, label: now.labelOf(field) })), label: say(`designer.expect_${key}`), key: `sample/${key}/add`, placeholder: say("condition.add_more"), onpick: (one) => { lists[key] = [...lists[key], one]; drawExpects(); } }) }) : null);
      }));
    }

    async function fill() {
      const seen = await acts.expect(clean());
      if (!seen?.sound) { wrong.textContent = say("designer.not_run"); return; }
      for (const key of LISTS) lists[key] = seen[key];
      drawExpects();
    }

    function clean() { return Object.fromEntries(Object.entries(facts).filter(([one, held]) => held !== "" && held !== null || (now.facts.get(one)?.type === "text" && held === ""))); }

    function keep(event) {
      event.preventDefault();
      if (LISTS.every((key) => lists[key] === null)) { wrong.textContent = say("designer.expects_nothing"); return; }
      const whole = { ...(name.value.trim() ? { name: name.value.trim() } : {}), given: clean(), ...Object.fromEntries(LISTS.filter((key) => lists[key] !== null).map((key) => [key, lists[key]])) };
      if (place === null) add(whole, say("designer.sample_made"));
      else acts.edit(changes(test, whole, place));
      made.close();
    }
  }

  function changes(before, after, place) {
    const edits = Object.keys(before).filter((key) => !(key in after)).map((key) => ({ op: "remove", path: ["tests", place, key] }));
    for (const [key, value] of Object.entries(after)) if (JSON.stringify(before[key]) !== JSON.stringify(value)) edits.push({ op: "set", path: ["tests", place, key], value });
    return edits;
  }

  return { show, make };
}

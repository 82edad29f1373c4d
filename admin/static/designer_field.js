// The middle: what is asked and how (name and type come from the fact), and when it shows. Each change is an edit of its own lines.

import { BOXES, conditionEditor } from "./condition.js";
import { h, icon, redraw, same, say, tool } from "./condition_dom.js";
import { chips, picker } from "./condition_picker.js";
import { factsOf, inWords, labelText } from "./designer_form.js";

const MOST_RULES = 3;

/** Mounts the panel. `acts`: edit(edits), set(field, key, value), shift(field, by), remove(field), movePage(from, to), removePage(page), rulesLink(rule). */
export function fieldPanel(box, acts) {
  let now = null;
  let editor = null;
  let editorKey = "";

  function show(given) { now = given; draw(); }

  function draw() {
    const { picked } = now;
    const page = now.pages[picked.page];
    const field = picked.kind === "field" ? now.fields.get(picked.name) : null;
    if (picked.kind === "field" && field) redraw(box, ...drawField(field));
    else if (picked.kind === "page" && page) redraw(box, ...drawPage(page));
    else redraw(box, ...drawForm());
  }

  // ---- a field ----

  function drawField(field) {
    const fact = now.facts.get(field.name);
    const rules = fact?.uses ?? [];
    return [
      head(now.labelOf(field), field.name, usedBy(rules), [
        tool("arrow-up", say("designer.up"), () => acts.shift(field, -1), { dataset: { focus: "f/up" } }), tool("arrow-down", say("designer.down"), () => acts.shift(field, 1), { dataset: { focus: "f/down" } }),
        tool("trash", say("designer.remove_field", { field: now.labelOf(field) }), () => acts.remove(field, rules), { dataset: { focus: "f/trash" } })]),
      h("section.dz-part", {}, h("h3", {}, say("designer.field")), h("div.dz-grid", {}, ...(field.props.of ? severalRows(field) : oneRows(field, fact)))),
      condition(field.path, field.props.show_if, now.pages[field.page], field),
    ];
  }

  function usedBy(rules) {
    if (!rules.length) return h("small.dz-uses", {}, say("designer.no_rules"));
    return h("small.dz-uses", {}, say("designer.rules_use", { count: rules.length }), rules.slice(0, MOST_RULES).map((rule) => h("a", { href: acts.rulesLink(rule), title: rule.title }, rule.id)),
      rules.length > MOST_RULES ? h("details.dz-more", {}, h("summary", {}, `+${rules.length - MOST_RULES}`), h("div.dz-more-list", {}, rules.slice(MOST_RULES).map((rule) => h("a", { href: acts.rulesLink(rule) }, `${rule.id} ${rule.title}`)))) : null);
  }

  function oneRows(field, fact) {
    const kinds = now.schema.kinds.filter((kind) => (fact?.kinds ?? []).includes(kind.name));
    const kind = field.props.as ?? kinds[0]?.name;
    return [
      row(say("designer.name"), h("div.dz-locked", {}, h("span", {}, fact?.label ?? field.name), fact ? h("small", {}, icon("lock"), say("designer.from_fact", { type: say(`designer.type_${fact.type}`) })) : h("small.bad", {}, say("designer.no_such_fact")))),
      row(say("designer.kind"), h("select.form-select", { id: "f-as", "aria-label": say("designer.kind"), dataset: { focus: "f/as" }, onchange: (event) => acts.set(field, "as", event.target.value === kinds[0]?.name ? undefined : event.target.value) },
        kinds.some((one) => one.name === kind) ? null : h("option", { selected: true }, kind ?? ""), kinds.map((one) => h("option", { value: one.name, selected: one.name === kind }, one.label)))),
      ...(fact?.type === "number" && kind === "number" ? [range(field, fact)] : [kind === "choice" || kind === "tree" ? options(fact) : null]),
      required(field),
      ...(kind === "photo" ? [row(say("designer.place"), toggle(field, "place", say("designer.place_kept")))] : []),
      row(say("designer.hint"), labelInputs(field, "hint", 200), "wide"),
    ];
  }

  function severalRows(field) {
    const of = Array.isArray(field.props.of) ? field.props.of : [];
    const left = now.schema.facts.filter((fact) => fact.type === "yesno" && !of.includes(fact.name) && !now.asked.has(fact.name));
    const adder = picker({ items: () => left.map((fact) => ({ value: fact.name, label: fact.label, note: fact.name })), label: say("designer.of"), key: "f/of/add", placeholder: say("condition.add_more"), onpick: (name) => acts.set(field, "of", [...of, name]) });
    return [
      row(say("designer.name"), labelInputs(field, "label", 60), "wide"),
      row(say("designer.of"), chips({ values: of, shown: (name) => now.facts.get(name)?.label ?? name, label: say("designer.of"), key: "f/of", adder, onremove: (place) => of.length > 1 && acts.set(field, "of", of.filter((_, other) => other !== place)) }), "wide"),
      required(field), row(say("designer.hint"), labelInputs(field, "hint", 200), "wide"),
    ];
  }

  function options(fact) {
    const all = fact?.options ?? [];
    return row(say("designer.options"), h("div.dz-locked", {}, h("span.one-line", {}, all.slice(0, 4).join("、"), all.length > 4 ? "…" : ""), h("small", {}, icon("lock"), say("designer.option_count", { count: all.length }))));
  }

  function range(field, fact) {
    const bound = (key) => h("input.form-control.dz-num", { type: "number", step: fact.places ? String(10 ** -fact.places) : "1", min: fact.min ?? null, max: fact.max ?? null, value: field.props[key] ?? "", placeholder: fact[key] === null || fact[key] === undefined ? say("designer.any") : String(fact[key]), "aria-label": say(`designer.${key}`), dataset: { focus: `f/${key}` },
      onchange: (event) => acts.set(field, key, event.target.value === "" ? undefined : Number(event.target.value)) });
    const unit = field.props.unit;
    return row(say("designer.range"), h("div.dz-range", {}, bound("min"), h("span", {}, say("designer.to")), bound("max"),
      h("input.form-control.dz-unit", { type: "text", maxlength: 12, value: labelText(unit), placeholder: say("designer.unit"), "aria-label": say("designer.unit"), dataset: { focus: "f/unit" }, onchange: (event) => words(field, "unit", document.documentElement.lang === "en" ? "en" : "zh", event.target.value) })));
  }

  function required(field) {
    return row(say("designer.must"), toggle(field, "required", say("designer.while_shown")));
  }

  function toggle(field, key, said) {
    return h("label.dz-switch", {}, h("input", { type: "checkbox", role: "switch", checked: field.props[key] === true, dataset: { focus: `f/${key}` }, onchange: (event) => acts.set(field, key, event.target.checked ? true : undefined) }), h("i", { "aria-hidden": "true" }), h("span", {}, said));
  }

  function labelInputs(field, key, most) {
    const value = field.props[key];
    const zh = value && typeof value === "object" ? value.zh ?? "" : value ?? "";
    const en = value && typeof value === "object" ? value.en ?? "" : "";
    const input = (lang, text) => h("input.form-control", { type: "text", maxlength: most, value: text, lang, placeholder: say(`designer.in_${lang}`), "aria-label": `${say(`designer.${key === "label" ? "name" : key}`)} ${say(`designer.in_${lang}`)}`, dataset: { focus: `f/${key}/${lang}` }, onchange: (event) => words(field, key, lang, event.target.value) });
    return h("div.dz-both", {}, input("zh", zh), input("en", en));
  }

  function words(field, key, lang, typed) {
    const text = typed.trim();
    const value = field.props[key];
    if (value && typeof value === "object") {
      if (value[lang] === text || (!text && !(lang in value))) return;
      const left = { ...value, [lang]: text };
      if (!text) delete left[lang];
      if (!left.zh) acts.set(field, key, left.en ? { zh: left.en, en: left.en } : undefined);
      else acts.edit([text ? { op: "set", path: [...field.path, field.name, key, lang], value: text } : { op: "remove", path: [...field.path, field.name, key, lang] }]);
    } else if (lang === "zh") acts.set(field, key, text || undefined);
    else if (text) acts.set(field, key, value ? { zh: value, en: text } : { zh: text, en: text });
  }

  // ---- a page, the form ----

  function drawPage(page) {
    const title = (lang) => h("input.form-control", { type: "text", maxlength: 60, value: page.title && typeof page.title === "object" ? page.title[lang] ?? "" : lang === "zh" ? page.title : "", "aria-label": `${say("designer.page_title")} ${say(`designer.in_${lang}`)}`, dataset: { focus: `p/title/${lang}` }, onchange: (event) => titled(["pages", page.number, "title"], page.title, lang, event.target.value) });
    return [
      head(labelText(page.title), say("designer.page_number", { number: page.number + 1 }), h("small.dz-uses", {}, say("designer.page_fields", { count: page.fields.length })), [
        tool("arrow-up", say("designer.up"), () => acts.movePage(page.number, page.number - 1), { disabled: page.number === 0, dataset: { focus: "p/up" } }), tool("arrow-down", say("designer.down"), () => acts.movePage(page.number, page.number + 1), { disabled: page.number === now.pages.length - 1, dataset: { focus: "p/down" } }),
        tool("trash", say("designer.remove_page"), () => acts.removePage(page), { disabled: now.pages.length < 2, dataset: { focus: "p/trash" } })]),
      h("section.dz-part", {}, h("h3", {}, say("designer.page")), h("div.dz-grid", {}, row(`${say("designer.page_title")} · ${say("designer.in_zh")}`, title("zh")), row(`${say("designer.page_title")} · ${say("designer.in_en")}`, title("en")))),
      condition(page.path, page.show_if, null, null),
    ];
  }

  function titled(path, value, lang, typed) {
    const text = typed.trim();
    if (!text) { draw(); return; }
    if (value && typeof value === "object") acts.edit([{ op: "set", path: [...path, lang], value: text }]);
    else acts.edit([{ op: "set", path, value: lang === "zh" ? text : { zh: value || text, en: text } }]);
  }

  function drawForm() {
    const data = now.data ?? {};
    const who = [data.who ?? []].flat();
    const [, whoField, stepField] = now.schema.form;
    const title = (lang) => h("input.form-control", { type: "text", maxlength: 60, value: data.title && typeof data.title === "object" ? data.title[lang] ?? "" : lang === "zh" ? data.title ?? "" : "", "aria-label": `${say("designer.form_title")} ${say(`designer.in_${lang}`)}`, dataset: { focus: `form/title/${lang}` }, onchange: (event) => titled(["title"], data.title, lang, event.target.value) });
    const adder = picker({ items: () => whoField.options.filter((name) => !who.includes(name)).map((name) => ({ value: name, label: name })), label: whoField.label, key: "form/who/add", placeholder: say("condition.add_more"), onpick: (name) => acts.edit([{ op: "set", path: ["who"], value: [...who, name] }]) });
    return [
      head(say("designer.form_set"), now.stem, null, []),
      h("section.dz-part", {}, h("div.dz-grid", {}, row(`${say("designer.form_title")} · ${say("designer.in_zh")}`, title("zh")), row(`${say("designer.form_title")} · ${say("designer.in_en")}`, title("en")),
        row(whoField.label, chips({ values: who, label: whoField.label, key: "form/who", adder, onremove: (place) => who.length > 1 && acts.edit([{ op: "set", path: ["who"], value: who.filter((_, other) => other !== place) }]) }), "wide"),
        row(stepField.label, h("select.form-select", { "aria-label": stepField.label, dataset: { focus: "form/step" }, onchange: (event) => acts.edit([{ op: "set", path: ["step"], value: event.target.value }]) }, stepField.options.map((name) => h("option", { value: name, selected: name === data.step }, name)))))),
    ];
  }

  // ---- when it shows ----

  function condition(path, show_if, page, field) {
    const above = page?.show_if ? h("div.dz-above", {}, h("p", {}, say("designer.page_first")), h("p.dz-said", {}, pieces(inWords(page.show_if, now.facts)))) : null;
    return h("section.dz-part", { dataset: { part: "condition" } }, h("div.dz-part-head", {}, h("h3", {}, say("designer.shown_if")), h("small", {}, say("designer.shown_hint"))), above,
      show_if && above ? h("p.dz-also", {}, say("designer.and_also")) : null, mount(path, show_if, field));
  }

  function mount(path, show_if, field) {
    const facts = askable(field, path, show_if);
    const key = JSON.stringify([field?.name ?? path, facts.map((fact) => [fact.name, fact.label, fact.options?.length])]);
    if (!editor || key !== editorKey) {
      editorKey = key;
      editor = conditionEditor(h("div"), { facts, label: say("designer.shown_if"), empty: say("designer.always"), onedits: (edits, after) => told(edits, after) });
      editor.last = undefined;
    }
    Object.assign(editor, { field, path, loose: loose(show_if) });
    if (editor.last === undefined || !same(editor.last, show_if ?? null)) { editor.last = show_if ?? null; editor.show(editor.loose ? { all: [show_if] } : show_if ?? null); }
    return editor.element;
  }

  function told(edits, after) {
    const { field, path } = editor;
    const whole = editor.loose && after?.all?.length === 1 && Object.keys(after).length === 1 ? after.all[0] : after;
    editor.last = editor.loose && whole !== after ? whole : after;
    if (field?.bare) { acts.set(field, "show_if", whole ?? undefined); return; }
    const root = field ? [...path, field.name, "show_if"] : [...path, "show_if"];
    if (editor.loose && whole) acts.edit([{ op: "set", path: root, value: whole }]);
    else acts.edit(edits.map((edit) => ({ ...edit, path: [...root, ...edit.path] })));
  }

  // A condition sees only what is asked before it; what it names already stays, so that it can be mended.
  function askable(field, path, show_if) {
    const used = factsOf(show_if);
    const before = new Set();
    for (const page of now.pages) {
      if (!field && page.number >= path[1]) break;
      for (const one of page.fields) {
        if (field && one.name === field.name) return known(before, used);
        for (const name of one.props.of ?? [one.name]) before.add(name);
      }
    }
    return known(before, used);
  }

  function known(before, used) {
    const intake = now.data?.step === "受理" || now.data?.step === "发现";
    return [...now.schema.facts.filter((fact) => fact.asks && (before.has(fact.name) || used.has(fact.name) || fact.name === "source" || (!intake && !now.asked.has(fact.name)))), ...now.schema.derived];
  }

  return { show, busy: () => editor?.busy() ?? false };
}

function head(title, id, more, tools) { return h("div.dz-head.dz-field-head", {}, h("h2", {}, title), h("small.mono", {}, id), more, h("span.dz-tools", {}, tools)); }
function row(label, inner, look = "") { return h(`div.dz-cell${look ? `.${look}` : ""}`, {}, h("span.dz-label", {}, label), inner); }

// One fact written alone ({outage: true}) is shown as a box of one row, so that more can be added; it is written back as it was.
function loose(condition) { return Boolean(condition) && Object.keys(condition).length === 1 && !BOXES.includes(Object.keys(condition)[0]); }

/** Words and values of a condition as elements. */
export function pieces(words) { return words.map((one) => (typeof one === "string" ? `${one} ` : h("span.dz-value", {}, one.words))); }


// What a rule does: each action drawn from the schema the server sends, so that a new kind of action needs nothing here.
//
// A field's schema is {type, label, needed, many, options, fields, units, hint}; types this file has no widget for become a text box, or, when
// the value is a list or a mapping, a note that it is edited as YAML.

import { h, icon, redraw, say, tool } from "./condition_dom.js";
import { chips, picker } from "./condition_picker.js";
import { keywords } from "./condition_values.js";

const SPAN = /^(\d+)([mhd])$/;

/** Mounts the editor of a list of actions. `onedits(edits)` gets paths from the list's root ([]); `names` holds the addresses. */
export function actionsEditor(box, { schema, names, onedits, label }) {
  const kinds = new Map(schema.map((one) => [one.kind, one]));
  let now = [];

  function show(actions) { now = Array.isArray(actions) ? actions : []; draw(); }

  function draw() {
    redraw(box, now.length ? now.map((action, place) => drawAction(action, place)) : h("p.muted", {}, say("workbench.no_then")), drawAdder());
  }

  function drawAdder() {
    const fitting = schema.filter((one) => one.fits);
    const listed = fitting.length ? fitting : schema;
    if (listed.length === 1) return h("button.btn.btn-sm.add-action", { type: "button", dataset: { focus: "+action" }, onclick: () => add(listed[0].kind) }, icon("plus"), listed[0].label);
    const select = h("select.form-select.add-action", { "aria-label": say("workbench.add_action"), dataset: { focus: "+action" }, onchange: () => select.value && add(select.value) },
      h("option", { value: "" }, `+ ${say("workbench.add_action")}`), listed.map((one) => h("option", { value: one.kind }, one.label)));
    return select;
  }

  function add(kind) {
    const value = firstValue(kinds.get(kind));
    onedits(now.length ? [{ op: "insert", path: [now.length], value: { [kind]: value } }] : [{ op: "set", path: [], value: [{ [kind]: value }] }], `${label}: ${kind}`);
  }

  function drawAction(action, place) {
    const kind = Object.keys(action ?? {})[0] ?? "";
    const known = kinds.get(kind);
    const value = action?.[kind];
    const at = [place, kind];
    return h("section.act", { "aria-label": known?.label ?? kind },
      h("div.act-head", {}, icon(known?.picture ?? "send"), h("b", {}, known?.label ?? kind), known ? null : h("small.bad", {}, say("condition.nothing")),
        h("span.act-tools", {},
          place ? tool("chevron-up", say("workbench.up"), () => onedits([{ op: "move", path: [place], to: place - 1 }])) : null,
          tool("trash", say("workbench.remove_action", { action: known?.label ?? kind }), () => onedits([{ op: "remove", path: [place] }]), { dataset: { focus: `${place}/trash` } }))),
      Object.keys(known?.forms ?? {}).length ? drawForms(known, value ?? {}, at, `${place}`) : known?.bare ? h("div.act-body", {}, drawField(known.bare, value, at, `${place}`, known.label)) : drawFields(known?.fields ?? guessed(value), value ?? {}, at, `${place}`));
  }

  // An action of several forms (考核计分): which form, then that form's fields alone.
  function drawForms(known, value, at, key) {
    const forms = known.forms;
    const chosen = Object.keys(forms).find((name) => value[name] !== undefined) ?? Object.keys(forms)[0];
    const ofForms = new Set(Object.entries(forms).flatMap(([name, form]) => [name, ...form.needed, ...form.allowed]));
    const own = [chosen, ...forms[chosen].needed, ...forms[chosen].allowed];
    const field = (name) => known.fields.find((one) => one.name === name);
    const select = h("select.form-select.short-select", { "aria-label": known.label, dataset: { focus: `${key}/form` }, onchange: () => {
      const fresh = { ...Object.fromEntries(Object.entries(value).filter(([name]) => !ofForms.has(name))), ...Object.fromEntries([select.value, ...forms[select.value].needed].map((name) => [name, value[name] ?? firstOf(field(name))])) };
      onedits([{ op: "set", path: at, value: fresh }]);
    } }, Object.keys(forms).map((name) => h("option", { value: name, selected: name === chosen }, field(name)?.label ?? name)));
    const shown = known.fields.filter((one) => own.includes(one.name) || !ofForms.has(one.name)).map((one) => ({ ...one, needed: one.needed || one.name === chosen || forms[chosen].needed.includes(one.name) }));
    return h("div", {}, h("div.link-when", {}, select), drawFields(shown, value, at, key));
  }

  function drawFields(fields, value, at, key) {
    return h("div.act-fields", {}, fields.map((field) => {
      const own = `${key}/${field.name}`;
      const id = `f-${label}-${own}`.replace(/[^\w-]/g, "_");
      return h("div.act-field", { dataset: { type: field.type, missing: field.needed && value[field.name] === undefined ? "1" : "" } },
        h("span.act-label", { id }, field.label, field.needed ? h("i.need", { title: say("workbench.field_needed"), "aria-hidden": "true" }, "*") : null),
        drawField(field, value[field.name], [...at, field.name], own, field.label, !field.needed));
    }));
  }

  function put(path, value, before, optional) {
    const gone = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (gone) { if (before !== undefined && optional) onedits([{ op: "remove", path }]); else draw(); return; }
    onedits([{ op: "set", path, value }]);
  }

  function drawField(field, value, at, key, label_, optional = false) {
    const change = (fresh) => put(at, fresh, value, optional);
    if (field.type === "list") return drawList(field, Array.isArray(value) ? value : [], at, key);
    if (field.type === "map") return typeof value === "string" || !value ? bareOr(field, value, at, key, label_, change) : drawFields(field.fields, value, at, key);
    if (field.type === "address") return addresses(field, value, change, label_, key);
    if (field.options && field.many) return many(field, value, change, label_, key);
    if (field.options) return one(field, value, change, label_, key, optional);
    if (field.type === "flag") return one({ options: [true, false], words: [say("workbench.yes"), say("workbench.no")] }, value, change, label_, key, optional);
    if (field.type === "span") return span(field, value, change, label_, key);
    if (field.type === "number") return number(value, change, label_, key, field);
    if (field.type === "share") return share(value, change, label_, key);
    if (field.type === "spans") return spans(field, value ?? {}, at, key);
    if (field.many) return keywords([value ?? []].flat(), (words) => change(words), label_, key);
    if (value !== null && typeof value === "object") return h("small.muted", {}, `${JSON.stringify(value)} · ${say("workbench.as_text")}`);
    const input = h("input.form-control", { type: "text", value: value ?? "", "aria-label": label_, maxlength: 2000, placeholder: field.hint ?? "", dataset: { focus: key }, onchange: () => change(input.value.trim()) });
    return input;
  }

  // A mapping that may also be one plain word ({once: ticket}).
  function bareOr(field, value, at, key, label_, change) {
    return field.options ? one(field, value, change, label_, key, true) : drawFields(field.fields ?? [], {}, at, key);
  }

  function drawList(field, list, at, key) {
    const inner = field.fields ?? [];
    return h("ol.links", {}, list.map((item, place) => h("li.link", {},
      h("div.link-head", {}, h("b", {}, say("workbench.link", { number: place + 1 })), h("span.act-tools", {},
        place ? tool("chevron-up", say("workbench.up"), () => onedits([{ op: "move", path: [...at, place], to: place - 1 }]), { dataset: { focus: `${key}/${place}/up` } }) : null,
        place < list.length - 1 ? tool("chevron-down", say("workbench.down"), () => onedits([{ op: "move", path: [...at, place], to: place + 1 }]), { dataset: { focus: `${key}/${place}/down` } }) : null,
        list.length > 1 ? tool("trash", say("workbench.remove_link", { number: place + 1 }), () => onedits([{ op: "remove", path: [...at, place] }])) : null)),
      field.oneOf ? drawOneOf(field, item ?? {}, [...at, place], `${key}/${place}`) : null,
      drawFields(inner.filter((one) => !field.oneOf?.includes(one.name) && (item?.wait !== undefined || !["every", "times"].includes(one.name))), item ?? {}, [...at, place], `${key}/${place}`))),
    h("li.link-add", {}, h("button.btn.btn-sm", { type: "button", dataset: { focus: `${key}/+` }, onclick: () => onedits([{ op: "insert", path: [...at, list.length], value: firstFields(field) }]) }, icon("plus"), say("workbench.add_link"))));
  }

  // A list's item has exactly one of some fields (at, before, after …): choose which, then its value.
  function drawOneOf(field, item, at, key) {
    const present = field.oneOf.find((name) => item[name] !== undefined) ?? field.oneOf[0];
    const inner = field.fields.find((one) => one.name === present);
    const select = h("select.form-select.short-select", { "aria-label": field.oneOfLabel ?? "", dataset: { focus: `${key}/which` }, onchange: () => {
      const fresh = field.fields.find((one) => one.name === select.value);
      const rest = field.oneOf.includes("wait") && select.value !== "wait" ? ["every", "times"].filter((name) => item[name] !== undefined).map((name) => ({ op: "remove", path: [...at, name] })) : [];
      onedits([...rest, ...(item[present] === undefined ? [{ op: "set", path: [...at, select.value], value: firstOf(fresh) }] : [{ op: "rename", path: [...at, present], to: select.value }, { op: "set", path: [...at, select.value], value: firstOf(fresh) }])]);
    } }, field.oneOf.map((name) => h("option", { value: name, selected: name === present }, field.fields.find((one) => one.name === name)?.label ?? name)));
    return h("div.link-when", {}, select, inner ? drawField(inner, item[present], [...at, present], `${key}/${present}`, inner.label) : null);
  }

  // Names with a length of time each: {调度: 7d, 会商: 14d}.
  function spans(field, value, at, key) {
    const name = h("input.form-control.short", { type: "text", maxlength: 60, placeholder: field.label, "aria-label": field.label, dataset: { focus: `${key}/+name` }, onchange: () => { const word = name.value.trim(); if (word && !(word in value)) onedits([{ op: "set", path: [...at, word], value: "7d" }]); } });
    return h("div.spans", {}, Object.keys(value).map((word) => h("span.with-unit", {}, h("b", {}, word), span(field, value[word], (fresh) => fresh && onedits([{ op: "set", path: [...at, word], value: fresh }]), word, `${key}/${word}`),
      tool("x", say("condition.remove_value", { value: word }), () => onedits([{ op: "remove", path: Object.keys(value).length > 1 ? [...at, word] : at }])))), name);
  }

  function addresses(field, value, change, label_, key) {
    const values = [value ?? []].flat().filter((one) => one !== "");
    const items = () => names().filter((one) => !values.includes(one.value));
    const adder = field.many || !values.length
      ? picker({ items, label: label_, key: `${key}/add`, placeholder: values.length ? say("workbench.add_address") : say("workbench.choose_address"), onpick: (name) => change(field.many && values.length ? [...values, name] : name) })
      : picker({ items, label: label_, key: `${key}/add`, placeholder: say("condition.change"), onpick: (name) => change(name) });
    const box = chips({ values, label: label_, key, adder, onremove: (place) => { const left = values.filter((_, other) => other !== place); change(left.length === 1 ? left[0] : left); } });
    const known = new Set(names().map((one) => one.value));
    if (known.size) [...box.querySelectorAll(".vchip")].forEach((chip, place) => { if (!known.has(values[place])) { chip.classList.add("unknown"); chip.title = say("workbench.gone_unit"); } });
    return box;
  }

  return { show, element: box };
}

function many(field, value, change, label, key) {
  const values = [value ?? []].flat();
  if (field.options.length <= 8) {
    return h("div.segs", { role: "group", "aria-label": label }, field.options.map((option) => h("button.seg", {
      type: "button", "aria-pressed": values.includes(option) ? "true" : "false", dataset: { focus: `${key}/${option}` },
      onclick: () => { const next = values.includes(option) ? values.filter((other) => other !== option) : field.options.filter((other) => values.includes(other) || other === option); change(next); },
    }, option)));
  }
  const adder = picker({ items: () => field.options.filter((option) => !values.includes(option)).map((option) => ({ value: option, label: option })), label, key: `${key}/add`, onpick: (option) => change([...values, option]) });
  return chips({ values, label, key, adder, onremove: (place) => change(values.filter((_, other) => other !== place)) });
}

function one(field, value, change, label, key, optional) {
  const words = (place) => field.words?.[place] ?? String(field.options[place]);
  if (field.options.length <= 3 && !optional) {
    return h("div.segs", { role: "group", "aria-label": label }, field.options.map((option, place) => h("button.seg", { type: "button", "aria-pressed": option === value ? "true" : "false", dataset: { focus: `${key}/${option}` }, onclick: () => change(option) }, words(place))));
  }
  const select = h("select.form-select", { "aria-label": label, dataset: { focus: key }, onchange: () => change(select.value === "" ? null : field.options[Number(select.value)]) },
    optional || value === undefined ? h("option", { value: "" }, say("workbench.unset")) : null,
    value !== undefined && !field.options.includes(value) ? h("option", { value: "", selected: true }, String(value)) : null,
    field.options.map((option, place) => h("option", { value: place, selected: option === value }, words(place))));
  return select;
}

function span(field, value, change, label, key) {
  const found = SPAN.exec(String(value ?? ""));
  const count = h("input.form-control.short", { type: "number", min: 0, step: 1, value: found ? found[1] : "", "aria-label": label, dataset: { focus: `${key}/count` }, onchange: () => tell() });
  const unit = h("select.form-select.short-select", { "aria-label": say("workbench.unit_of_time"), dataset: { focus: `${key}/unit` }, onchange: () => tell() },
    [["m", "minutes"], ["h", "hours"], ["d", "days"]].map(([sign, word]) => h("option", { value: sign, selected: (found?.[2] ?? "m") === sign }, say(`workbench.${word}`))));
  function tell() { if (count.value === "") change(null); else if (Number(count.value) >= 0) change(`${Math.round(Number(count.value))}${unit.value}`); }
  return h("span.with-unit", {}, count, unit);
}

function number(value, change, label, key, field) {
  const input = h("input.form-control.short", { type: "number", step: "any", min: field.min ?? null, max: field.max ?? null, value: value ?? "", "aria-label": label, dataset: { focus: key }, onchange: () => change(input.value === "" ? null : Number(input.value)) });
  return input;
}

function share(value, change, label, key) {
  const input = h("input.form-control.short", { type: "number", min: 0, max: 100, value: String(value ?? "").replace("%", ""), "aria-label": label, dataset: { focus: key }, onchange: () => change(input.value === "" ? null : `${Number(input.value)}%`) });
  return h("span.with-unit", {}, input, "%");
}

/** What an action begins with: only the fields it needs, each with a value that can be changed. */
export function firstValue(known) {
  if (known.bare) return firstOf(known.bare);
  return Object.fromEntries(known.fields.filter((field) => field.needed).map((field) => [field.name, firstOf(field)]));
}

function firstFields(field) {
  const inner = field.fields ?? [];
  const chosen = field.oneOf ? { [field.oneOf[0]]: firstOf(inner.find((one) => one.name === field.oneOf[0])) } : {};
  return { ...chosen, ...Object.fromEntries(inner.filter((one) => one.needed).map((one) => [one.name, firstOf(one)])) };
}

function firstOf(field) {
  if (field.type === "list") return [firstFields(field)];
  if (field.type === "map") return field.options?.length ? field.options[0] : Object.fromEntries((field.fields ?? []).filter((one) => one.needed).map((one) => [one.name, firstOf(one)]));
  if (field.options?.length) return field.many ? [field.options[0]] : field.options[0];
  if (field.type === "flag") return true;
  if (field.type === "span") return "1h";
  if (field.type === "share") return "50%";
  if (field.type === "number") return 1;
  if (field.type === "address") return field.many ? [] : "";
  return "";
}

function guessed(value) { return value && typeof value === "object" && !Array.isArray(value) ? Object.keys(value).map((name) => ({ name, label: name, type: "text" })) : []; }

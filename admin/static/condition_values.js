// The value of one condition row, by the fact's type: names of a list or a tree, numbers, yes or no, keywords, similar phrases.

import { h, say } from "./condition_dom.js";
import { chips, picker } from "./condition_picker.js";

/** What each type of fact may be asked, in the order offered. `is` writes a scalar (eq) or a list (in). */
export const OPERATORS = {
  text: ["has_any", "has_all", "similar", "missing", "present"],
  choice: ["is", "ne", "missing", "present"],
  tree: ["is", "ne", "missing", "present"],
  number: ["gte", "lte", "gt", "lt", "is", "ne", "missing", "present"],
  yesno: ["is", "missing", "present"],
};
const MANY = 50;

/** The words of an operator for a fact of that type. */
export function operatorWords(type, op) { return say(`condition.op_${type === "tree" && (op === "is" || op === "ne") ? `tree_${op}` : op}`); }

/** The rows a fact's entry stands for: [{op, value, tail}] where tail is the path from the fact to the value. */
export function rowsOf(written) {
  if (Array.isArray(written)) return [{ op: "is", value: written, tail: [] }];
  if (written === null || typeof written !== "object") return [{ op: "is", value: written === null ? null : [written], tail: [] }];
  return Object.entries(written).map(([op, value]) => {
    if (op === "missing") return { op: value === false ? "present" : "missing", value: null, tail: [op] };
    if (op === "eq" || op === "in") return { op: "is", value: Array.isArray(value) ? value : [value], tail: [op] };
    return { op, value, tail: [op] };
  });
}

/** How a row is written under its fact. A value of one is a scalar, of several a list. */
export function written(op, value) {
  if (op === "missing") return { missing: true };
  if (op === "present") return { missing: false };
  if (op === "is") return bare(value);
  return { [op]: value };
}

/** One value alone, several as a list. */
export function bare(value) { return Array.isArray(value) && value.length === 1 ? value[0] : value; }

/** Whether a row says enough to be written. */
export function complete(op, value) {
  if (op === "missing" || op === "present") return true;
  if (op === "similar") return Boolean(value?.to?.length || typeof value?.to === "string");
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => one !== null && one !== "");
  return value !== null && value !== undefined && value !== "";
}

/** The value to begin with when the operator or the fact changes: kept where it still fits. */
export function fitting(op, value, fact) {
  const listed = value === null || value === undefined ? [] : Array.isArray(value) ? value : typeof value === "object" ? [value.to ?? []].flat() : [value];
  const options = fact.options ?? null;
  const sound = listed.filter((one) => (options ? options.includes(String(one)) : fact.type === "number" ? typeof one === "number" : fact.type === "yesno" ? typeof one === "boolean" : typeof one === "string"));
  if (op === "missing" || op === "present") return null;
  if (op === "similar") return { to: sound, min: value?.min ?? 80 };
  if (fact.type === "text" || op === "is") return sound;
  return sound[0] ?? null;
}

/** The widget. `change(value)` is called with each new value; `key` names it for the focus. */
export function widget(fact, op, value, change, key) {
  const label = say("condition.value_of", { fact: fact.label });
  if (op === "missing" || op === "present") return h("span.novalue", {}, say(op === "missing" ? "condition.is_unknown" : "condition.is_known"));
  if (op === "similar") return similar(value, change, label, key);
  if (fact.type === "text") return keywords([value ?? []].flat(), change, label, key);
  if (fact.type === "yesno") return yesNo(value, change, label, key);
  if (fact.type === "number") return number(fact, Array.isArray(value) ? value[0] : value, (got) => change(op === "is" ? [got] : got), label, key);
  return op === "is" ? names(fact, [value ?? []].flat(), change, label, key) : oneName(fact, value, change, label, key);
}

function itemsOf(fact, without) {
  const tree = fact.tree;
  const all = tree ? tree.map(([name, depth, note]) => ({ value: name, label: name, depth, note })) : (fact.options ?? []).map((name) => ({ value: name, label: name }));
  return all.filter((one) => !without.includes(one.value));
}

function names(fact, values, change, label, key) {
  const adder = picker({ items: () => itemsOf(fact, values), label, key: `${key}/add`, placeholder: values.length ? say("condition.add_more") : say("condition.choose", { fact: fact.label }), onpick: (name) => change([...values, name]) });
  return chips({ values, label, key, adder, onremove: (place) => change(values.filter((_, other) => other !== place)) });
}

function oneName(fact, value, change, label, key) {
  if (!fact.tree && (fact.options ?? []).length <= MANY) {
    const select = h("select.form-select", { "aria-label": label, dataset: { focus: `${key}/one` }, onchange: () => change(select.value) },
      value ? null : h("option", { value: "" }, say("condition.choose", { fact: fact.label })), (fact.options ?? []).map((name) => h("option", { value: name, selected: name === value }, name)));
    return select;
  }
  const adder = picker({ items: () => itemsOf(fact, []), label, key: `${key}/add`, placeholder: value ? say("condition.change") : say("condition.choose", { fact: fact.label }), onpick: change });
  return chips({ values: value ? [value] : [], label, key, adder, onremove: () => change(null) });
}

/** Words from one paste: lines, commas, 、 and ； part them. */
export function parted(text) { return text.split(/[\n\r,，、;；\t]+/).map((one) => one.trim()).filter(Boolean); }

/** Keyword chips: type and Enter, or paste many. */
export function keywords(values, change, label, key, placeholder = "") {
  const input = h("input.word-in", { type: "text", "aria-label": label, maxlength: 2000, placeholder: placeholder || (values.length ? say("condition.add_word") : say("condition.type_words")), dataset: { focus: `${key}/add` } });
  const take = (text) => {
    const fresh = parted(text).filter((one, place, all) => !values.includes(one) && all.indexOf(one) === place);
    input.value = "";
    if (fresh.length) change([...values, ...fresh]);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); take(input.value); }
    if (event.key === "Escape") input.value = "";
  });
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (parted(text).length > 1) { event.preventDefault(); take(input.value + text); }
  });
  input.addEventListener("blur", () => { if (input.value.trim()) take(input.value); });
  return chips({ values, label, key, adder: input, shown: (word) => String(word), onremove: (place) => change(values.filter((_, other) => other !== place)) });
}

function similar(value, change, label, key) {
  const to = [value?.to ?? []].flat();
  const least = value?.min ?? 80;
  const kept = (more) => { const whole = { ...(value ?? {}), ...more }; return whole; };
  const input = h("input.form-control.short", { type: "number", min: 1, max: 100, value: least, "aria-label": say("condition.similar_min"), dataset: { focus: `${key}/min` }, onchange: () => change(kept({ to, min: Math.min(100, Math.max(1, Math.round(Number(input.value) || 80))) })) });
  return h("div.similar", {}, keywords(to, (words) => change(kept({ to: words })), label, key, say("condition.type_phrases")), h("label.with-unit", {}, say("condition.similar_min"), input, "%"));
}

function yesNo(value, change, label, key) {
  const now = Array.isArray(value) ? value[0] : value;
  const button = (held, words) => h("button.seg", { type: "button", "aria-pressed": now === held ? "true" : "false", dataset: { focus: `${key}/${held}` }, onclick: () => change([held]) }, words);
  return h("div.segs", { role: "group", "aria-label": label }, button(true, say("condition.yes")), button(false, say("condition.no")));
}

function number(fact, value, change, label, key) {
  const input = h("input.form-control.short", {
    type: "number", step: fact.places ? String(10 ** -fact.places) : "1", min: fact.min ?? null, max: fact.max ?? null, value: value ?? "", "aria-label": label, dataset: { focus: `${key}/number` },
    onchange: () => { if (input.value !== "" && Number.isFinite(Number(input.value))) change(Number(input.value)); },
  });
  return h("span.with-unit", {}, input, fact.unit ? h("span", {}, fact.unit) : null);
}

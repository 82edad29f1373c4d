// Reading a form as it is written: its pages and fields, whatever shape they have, and which facts a condition asks about.

import { say } from "./condition_dom.js";
import { BOXES } from "./condition.js";
import { operatorWords } from "./condition_values.js";

const listed = (data) => (Array.isArray(data) ? data : []);

/** The pages as [{title, show_if, path, fields}], each field {name, props, path, bare}; nothing for a form that says none. */
export function pagesOf(data) {
  return listed(data?.pages).map((page, number) => ({
    number, path: ["pages", number], title: page?.title ?? "", show_if: page?.show_if ?? null,
    fields: listed(page?.ask).map((item, place) => fieldOf(item, ["pages", number, "ask", place], number)).filter(Boolean),
  }));
}

function fieldOf(item, path, page) {
  if (typeof item === "string") return { name: item, props: {}, path, page, bare: true };
  if (!item || typeof item !== "object" || Array.isArray(item) || Object.keys(item).length !== 1) return null;
  const [name, props] = Object.entries(item)[0];
  const sound = props && typeof props === "object" && !Array.isArray(props);
  return { name, props: sound ? props : {}, path, page, bare: !sound };
}

/** A label as the reader reads it. */
export function labelText(label) {
  if (label && typeof label === "object") return (document.documentElement.lang === "en" && label.en) || label.zh || "";
  return label ?? "";
}

/** The facts of a condition with the values it names: Map(fact -> {values: Set, ops: Set}). */
export function factsOf(condition, found = new Map()) {
  if (Array.isArray(condition)) { for (const one of condition) factsOf(one, found); return found; }
  if (!condition || typeof condition !== "object") return found;
  for (const [key, value] of Object.entries(condition)) {
    if (BOXES.includes(key)) { factsOf(value, found); continue; }
    const held = found.get(key) ?? { values: new Set(), ops: new Set() };
    const take = (one) => { for (const word of [one].flat()) if (word !== null && typeof word !== "object") held.values.add(word); };
    if (value && typeof value === "object" && !Array.isArray(value)) for (const [op, inner] of Object.entries(value)) { held.ops.add(op); take(inner && typeof inner === "object" && !Array.isArray(inner) ? inner.to : op === "missing" ? null : inner); }
    else { held.ops.add("eq"); take(value); }
    found.set(key, held);
  }
  return found;
}

/** A condition in short words, as pieces: strings, and {words} for a value. `facts` is a Map of what is known of each fact. */
export function inWords(condition, facts, depth = 0) {
  if (!condition || typeof condition !== "object") return [];
  const parts = Object.entries(condition).map(([key, value]) => (BOXES.includes(key) ? inBox(key, listed(value), facts, depth) : inFact(facts.get(key) ?? { label: key, type: "text" }, value)));
  return joined(parts, say("designer.and"));
}

function inBox(kind, items, facts, depth) {
  const parts = items.map((item) => inWords(item, facts, depth + 1)).filter((one) => one.length);
  const inside = joined(parts, say(kind === "any" ? "designer.or" : "designer.and"));
  if (kind === "none") return [say("designer.not"), "（", ...inside, "）"];
  return depth && parts.length > 1 ? ["（", ...inside, "）"] : inside;
}

function inFact(fact, value) {
  const one = (op, held) => [`${fact.label} ${operatorWords(fact.type, op)}`, ...[held ?? []].flat().map((word) => ({ words: word === true ? say("condition.yes") : word === false ? say("condition.no") : String(word) }))];
  if (value === null || typeof value !== "object" || Array.isArray(value)) return one("is", value);
  return joined(Object.entries(value).map(([op, held]) => (op === "missing" ? one(held === false ? "present" : "missing", []) : one(op === "eq" || op === "in" ? "is" : op, op === "similar" ? held?.to : held))), say("designer.and"));
}

function joined(parts, word) { return parts.flatMap((part, place) => (place && part.length ? [word, ...part] : part)); }

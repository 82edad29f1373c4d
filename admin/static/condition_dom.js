// Small pieces every editor shares: elements without innerHTML, icons, words, and putting the focus back after a redraw.

let words = {};

/** Gives the editors their words: a flat {key: text} in the reader's language. */
export function learn(more) { words = { ...words, ...more }; }

/** The words of a key, `{name}` parts filled in; the key itself where the catalogue has none, so that a slip shows. */
export function say(key, parts = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in parts ? String(parts[name]) : whole));
}

/** An element: `h("button.btn", {onclick, "aria-label": …}, child, "text")`. Text is never read as HTML. */
export function h(what, given = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag || "div");
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") made[name] = value;
    else if (name === "dataset") Object.assign(made.dataset, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
const SPRITE = "/static/vendor/tabler-icons/sprite.svg";

/** One picture of the sprite, for the eye alone. */
export function icon(name, look = "") {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", `ic ${look}`.trim());
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}?v=${document.body.dataset.v || ""}#${name}`);
  drawn.append(use);
  return drawn;
}

/** A button with a picture alone; `label` is read aloud and shown on hover. */
export function tool(picture, label, onclick, more = {}) {
  return h("button.tool", { type: "button", "aria-label": label, title: label, onclick, ...more }, icon(picture));
}

/** Redraws `box` with `children` and puts the focus, and the caret, back on the element with the same data-focus. */
export function redraw(box, ...children) {
  const held = document.activeElement;
  const key = box.contains(held) ? held.dataset.focus : null;
  const caret = key && "selectionStart" in held ? held.selectionStart : null;
  box.replaceChildren(...children.flat().filter(Boolean));
  if (key) focus(box, key, caret);
}

/** Puts the focus on the element of that data-focus inside `box`; answers whether it is there. */
export function focus(box, key, caret = null) {
  const found = [...box.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === key);
  if (!found) return false;
  found.focus({ preventScroll: true });
  if (caret !== null && found.setSelectionRange && found.type !== "number") found.setSelectionRange(caret, caret);
  return true;
}

/** The value at a path of plain data, undefined where there is none. */
export function at(data, path) { return path.reduce((here, key) => (here === null || here === undefined ? undefined : here[key]), data); }

/** The data after one edit {op, path, value, to}: set, insert, remove, move or rename. The server does the same to the text. */
export function applied(data, edit) {
  const root = { it: structuredClone(data) };
  const path = ["it", ...edit.path];
  const last = path.at(-1);
  if (edit.op === "set") { grow(root, path)[last] = edit.value; return root.it; }
  if (edit.op === "insert") { grow(root, path).splice(last, 0, edit.value); return root.it; }
  const box = at(root, path.slice(0, -1));
  if (box === undefined || box === null) return root.it;
  if (edit.op === "remove") { if (Array.isArray(box)) box.splice(last, 1); else delete box[last]; }
  if (edit.op === "move") box.splice(edit.to, 0, ...box.splice(last, 1));
  if (edit.op === "rename") {
    const renamed = Object.fromEntries(Object.entries(box).map(([key, value]) => [key === last ? edit.to : key, value]));
    for (const key of Object.keys(box)) delete box[key];
    Object.assign(box, renamed);
  }
  return root.it;
}

function grow(root, path) {
  let here = root;
  for (const [place, key] of path.slice(0, -1).entries()) {
    if (here[key] === undefined || here[key] === null) here[key] = typeof path[place + 1] === "number" ? [] : {};
    here = here[key];
  }
  return here;
}

/** Whether two pieces of plain data say the same. */
export function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

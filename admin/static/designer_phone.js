// 手机预览: the form itself, drawn by the server as it will be served, at the width of a phone or of a desk. Answers are set above it or in it.

import { h, icon, redraw, say } from "./condition_dom.js";
import { NotDone, post } from "./workbench_api.js";
import { factsOf } from "./designer_form.js";

const MOST_TOGGLES = 4;
const MOST_VALUES = 4;
const MOST_LETTERS = 9; // on the buttons of one row together
const PAUSE = 350; // ms after the last key typed into the preview

/** Mounts the column. `acts`: pick(name), sample(given). `root` is the form's address; `draft()` the draft's number. */
export function phone(box, { root, draft, pick, sample, goto: gotoLine, toSamples }) {
  let answers = {};
  let known = {};
  let page = 0;
  let wide = false;
  let seen = null; // the last preview that could be drawn
  let now = null;
  let serial = 0;
  let timer = 0;

  const toggles = h("div.dz-toggles");
  const strip = h("div.dz-strip", { role: "alert", hidden: true });
  const screen = h("div.dz-screen");
  const told = h("p.dz-told", { role: "status" });
  const modes = h("span.segs.small", { role: "group", "aria-label": say("designer.width") });
  const title = h("h2");
  redraw(box, h("div.dz-head", {}, title, modes, h("button.linkish.dz-reset", { type: "button", onclick: reset }, icon("refresh"), say("designer.reset"))),
    h("div.dz-phone-body", {}, toggles, strip, h("div.dz-device", {}, h("div.dz-bar", { "aria-hidden": "true" }, h("span", {}, "9:40"), h("i")), screen)),
    h("div.dz-phone-foot", {}, told, h("button.btn.btn-sm", { type: "button", id: "to-sample", onclick: async () => { await refresh(); if (seen?.given) sample(seen.given); } }, icon("test-pipe"), say("designer.make_sample"))));

  function show(given, { reveal = null, fresh = false } = {}) {
    now = given;
    if (now.picked.kind === "page") page = now.picked.page + 1;
    if (now.picked.kind === "field" && now.fields.has(now.picked.name)) page = now.fields.get(now.picked.name).page + 1;
    drawModes();
    drawStrip();
    drawToggles();
    light();
    if (fresh) refresh(reveal);
  }

  function drawModes() {
    title.textContent = say(wide ? "designer.desk_preview" : "designer.phone_preview");
    modes.replaceChildren(...[[false, "device-mobile", "phone"], [true, "device-desktop", "desk"]].map(([on, picture, word]) => h("button.seg", { type: "button", "aria-pressed": wide === on ? "true" : "false", "aria-label": say(`designer.at_${word}`), title: say(`designer.at_${word}`), onclick: () => { wide = on; document.getElementById("work").dataset.wide = on ? "1" : ""; drawModes(); refresh(); } }, icon(picture))));
  }

  function drawStrip() {
    const failing = new Set(now.results.filter((one) => !one.ok).map((one) => one.line));
    const wrong = now.findings.find((one) => one.level === "error" && !failing.has(one.line));
    strip.hidden = !wrong && !failing.size;
    if (!wrong && failing.size) redraw(strip, icon("alert-triangle"), h("span", {}, say("designer.samples_strip", { count: failing.size })), h("button.btn.btn-sm", { type: "button", onclick: toSamples }, say("designer.see")));
    if (wrong) redraw(strip, icon("alert-triangle"), h("span", {}, wrong.text), h("button.btn.btn-sm", { type: "button", onclick: () => gotoLine(wrong) }, say("workbench.line", { line: wrong.line })));
  }

  // ---- the answers that conditions hang on ----

  function drawToggles() {
    const field = now.picked.kind === "field" ? now.fields.get(now.picked.name) : null;
    const here = now.pages[field ? field.page : now.picked.page ?? -1];
    const all = new Map();
    for (const one of now.pages) { factsOf(one.show_if, all); for (const other of one.fields) factsOf(other.props.show_if, all); }
    const near = [...factsOf(field?.props.show_if, factsOf(here?.show_if)).keys()];
    const names = [...new Set([...near, ...all.keys()])].slice(0, MOST_TOGGLES);
    redraw(toggles, names.map((name) => toggle(name, all.get(name))).filter(Boolean));
  }

  function toggle(name, told_) {
    const fact = now.facts.get(name);
    if (!fact) return null;
    const value = valueOf(name);
    const unset = say("designer.unset");
    let choices;
    if (fact.type === "yesno") choices = [[true, say("condition.yes")], [false, say("condition.no")]];
    else if (fact.type === "number") choices = [...told_.values].slice(0, 2).flatMap((one) => [one - 1, one, one + 1]).filter((one, place, list) => one >= (fact.min ?? 0) && list.indexOf(one) === place).slice(0, MOST_VALUES).map((one) => [one, String(one)]);
    else {
      const other = fact.type === "text" ? null : (fact.options ?? []).filter((one) => ![...told_.values].includes(one) && leaf(fact, one)).sort((one, more) => one.length - more.length)[0];
      choices = [...[...told_.values].slice(0, MOST_VALUES - 1), ...(other ? [other] : [])].map((one) => [one, one]);
    }
    while (choices.length > 2 && choices.reduce((sum, [, words]) => sum + words.length, 0) > MOST_LETTERS) choices.splice(-2, 1);
    if (value !== undefined && value !== "" && !choices.some(([one]) => one === value)) choices = [[value, String(value)], ...choices.slice(1)];
    const segs = [...choices, [undefined, unset]].map(([one, words]) => h("button.seg", { type: "button", "aria-pressed": one === value || (one === undefined && value === "") ? "true" : "false", title: words, dataset: { focus: `t/${name}/${words}` }, onclick: () => { put(name, one); drawToggles(); refresh(); } }, words));
    return h("div.dz-toggle", { dataset: { fact: name } }, h("span", {}, fact.label), h("span.segs.small", { role: "group", "aria-label": fact.label }, segs));
  }

  function leaf(fact, name) { return !fact.tree || (fact.tree.find(([one]) => one === name)?.[1] ?? 0) > 0; }

  function asking(name) { return [...now.fields.values()].find((field) => field.name === name || (field.props.of ?? []).includes(name)); }

  function valueOf(name) {
    const field = asking(name);
    const fact = now.facts.get(name);
    if (!field) return known[name];
    const typed = answers[field.name] ?? [];
    if (field.props.of) return typed.includes(name) ? true : undefined;
    if (!typed.length) return undefined;
    if (fact.type === "yesno") return typed[0] === "yes" ? true : typed[0] === "no" ? false : undefined;
    return fact.type === "number" ? Number(typed[0]) : typed[0];
  }

  function put(name, value) {
    const field = asking(name);
    if (!field) { if (value === undefined) delete known[name]; else known[name] = value; return; }
    if (field.props.of) { const left = (answers[field.name] ?? []).filter((one) => one !== name); answers[field.name] = value === true ? [...left, name] : left; return; }
    if (value === undefined) delete answers[field.name];
    else answers[field.name] = [value === true ? "yes" : value === false ? "no" : String(value)];
  }

  function reset() { answers = {}; known = {}; drawToggles(); refresh(); }

  // ---- drawing ----

  async function refresh(reveal = null) {
    const mine = ++serial;
    try {
      const answer = await post(`${root}/preview`, { draft: draft(), answers, known, page: wide ? 0 : page, reveal });
      if (mine !== serial) return;
      box.dataset.sound = answer.sound ? "1" : "0";
      if (!answer.sound) { if (!seen) redraw(screen, h("p.f-empty", {}, say("designer.no_preview"))); return; } // the last good form stays
      seen = answer;
      if (answer.answers) { answers = answer.answers; known = answer.known; drawToggles(); }
      draw();
    } catch (error) { if (!(error instanceof NotDone)) throw error; told.textContent = error.message; }
  }

  function draw() {
    const held = screen.contains(document.activeElement) ? document.activeElement : null;
    const [id, start] = [held?.id, held?.selectionStart];
    const top = screen.scrollTop;
    screen.innerHTML = seen.html; // the server's own template, every word in it escaped there
    for (const [name, typed] of Object.entries(answers)) for (const one of screen.querySelectorAll(`[name="${CSS.escape(name)}"]`)) if (["text", "tel", "textarea", "date", "datetime-local"].includes(one.type)) one.value = typed[0] ?? "";
    screen.scrollTop = top;
    const again = id ? document.getElementById(id) : null;
    again?.focus({ preventScroll: true });
    if (again && start !== null && start !== undefined && again.setSelectionRange && again.type !== "date") again.setSelectionRange(start, start);
    light();
    box.dataset.drawn = String(serial);
  }

  function light() {
    screen.querySelectorAll(".f-field.lit").forEach((one) => one.classList.remove("lit"));
    const name = now?.picked.kind === "field" ? now.picked.name : null;
    const found = name ? screen.querySelector(`[data-field="${CSS.escape(name)}"]`) : null;
    found?.classList.add("lit");
    const head = now?.picked.kind === "page" && wide ? screen.querySelector(`[data-page="${now.picked.page + 1}"]`) : null;
    if (head) screen.scrollTop = Math.max(0, head.offsetTop - 60);
    if (found && !screen.contains(document.activeElement)) screen.scrollTop = Math.max(0, found.offsetTop - screen.clientHeight / 2 + found.offsetHeight / 2);
    if (!seen || !now) return;
    const why = name ? seen.revealed[name] : null;
    const some = why ?? Object.entries(seen.revealed).find(([one]) => screen.querySelector(`[data-field="${CSS.escape(one)}"]`))?.[1];
    redraw(told, name && seen.hidden.includes(name) ? [icon("eye-off"), say("designer.hidden_now", { field: now.labelOf(now.fields.get(name)) })] : some ? [h("i.dz-blue", { "aria-hidden": "true" }), say("designer.blue_bar", { why: some })] : say("designer.all_shown"));
  }

  function read(name) {
    const parts = [...screen.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const typed = parts[0]?.type === "radio" || parts[0]?.type === "checkbox" ? parts.filter((one) => one.checked).map((one) => one.value) : parts.map((one) => one.value);
    answers[name] = typed.filter((one) => one !== "");
  }

  screen.addEventListener("change", (event) => { if (event.target.name && event.target.type !== "file") { clearTimeout(timer); read(event.target.name); drawToggles(); refresh(); } });
  screen.addEventListener("input", (event) => { if (["text", "tel", "textarea"].includes(event.target.type)) { read(event.target.name); clearTimeout(timer); timer = setTimeout(() => { drawToggles(); refresh(); }, PAUSE); } });
  screen.addEventListener("click", (event) => {
    const step = event.target.closest("[data-preview-page]");
    if (step?.dataset.previewPage) { page = Number(step.dataset.previewPage); screen.scrollTop = 0; refresh(); return; }
    const field = event.target.closest("[data-field]");
    if (field && field.dataset.field !== now.picked.name) pick(field.dataset.field);
  });

  return { show, refresh, reset, given: () => seen?.given ?? {} };
}

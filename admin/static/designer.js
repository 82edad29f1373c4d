// The form designer: puts pages and fields, the field chosen, the samples, the text and the preview together, and sends every change to the draft.

import { applied, h, icon, learn, redraw, say } from "./condition_dom.js";
import { askField, askPage, askSure } from "./designer_add.js";
import { fieldPanel } from "./designer_field.js";
import { labelText, pagesOf } from "./designer_form.js";
import { phone } from "./designer_phone.js";
import { samplesPanel } from "./designer_samples.js";
import { session } from "./designer_session.js";
import { fieldTree } from "./designer_tree.js";
import { NotDone, get, post } from "./workbench_api.js";
import { askDraftTitle } from "./workbench_new.js";
import { ago, keeper, toast } from "./workbench_small.js";
import { yamlEditor } from "./workbench_yaml.js";

const words = JSON.parse(document.getElementById("words").textContent);
learn({ ...words, "workbench.no_draft": words["designer.no_draft"] });
const begun = JSON.parse(document.getElementById("start").textContent);
begun.skew = Date.now() - begun.millis;
const $ = (id) => document.getElementById(id);
const root = `/admin/forms/${encodeURIComponent(begun.stem)}`;
const now = { draft: begun.draft, model: null, data: null, schema: null, picked: { kind: "form" }, reveal: null, tab: "visual" };

const tree = fieldTree($("tree"), { pick, move, movePage, add: addField, addPage });
const panel = fieldPanel($("field"), { edit, set, shift: (field, by) => tree.shift(field, by), remove: removeField, movePage, removePage, rulesLink });
const samples = samplesPanel($("checks"), { edit, goto, say: toast, expect: (given) => post(`${root}/expect`, { draft: now.draft?.id ?? null, given }).catch((error) => { toast(error.message); return null; }) });
const preview = phone($("phone"), { root, draft: () => now.draft?.id ?? null, pick: (name) => pick("field", name, true), sample: (given) => samples.make(given), goto, toSamples: () => { step("field"); tab("visual"); $("checks").scrollIntoView({ block: "start" }); } });
const yaml = yamlEditor($("yaml"), { acts: { save: saveText }, changed: unsaved, keep: keeper(() => now.draft?.id) });
const work = session({ begun, root, now, took, top, dropText: () => yaml.drop() });

async function begin() {
  const wanted = new URLSearchParams(location.search).get("field");
  const model = await get(`${root}/model?${work.query({ schema: 1 })}`);
  took(model, true);
  const first = pagesOf(model.data)[0]?.fields[0]?.name;
  const name = wanted && pagesOf(model.data).some((page) => page.fields.some((field) => field.name === wanted)) ? wanted : first;
  if (name) pick("field", name); else pick("page", 0);
  $("work").dataset.ready = "1";
}

// ---- showing what the server answered ----

function took(model, fresh) {
  now.model = model;
  now.draft = model.draft ?? now.draft;
  if (model.data) now.data = model.data;
  if (model.schema) now.schema = model.schema;
  if (model.millis !== undefined) $("work").dataset.millis = model.millis;
  draw();
  preview.show(view(), { fresh: true, reveal: now.reveal });
  now.reveal = null;
  top();
  if (fresh) drawYaml();
}

// What every part is shown: the form as it stands, and how to say its names.
function view() {
  const pages = pagesOf(now.data);
  const fields = new Map(pages.flatMap((page) => page.fields).map((field) => [field.name, field]));
  const facts = new Map([...now.schema.facts, ...now.schema.derived].map((fact) => [fact.name, fact]));
  const kinds = new Map(now.schema.kinds.map((kind) => [kind.name, kind]));
  const picked = now.picked.kind === "field" && !fields.has(now.picked.name) ? { kind: "form" } : now.picked.kind === "page" && !pages[now.picked.page] ? { kind: "form" } : now.picked;
  const { findings, tests, lines } = now.model;
  return {
    pages, fields, facts, picked, findings, results: tests, tests: Array.isArray(now.data?.tests) ? now.data.tests : [], schema: now.schema, data: now.data, stem: begun.stem, millis: now.model.millis,
    asked: new Set([...fields.values()].flatMap((field) => field.props.of ?? [field.name])), wrong: wrongPlaces(findings, lines, pages),
    labelOf: (field) => (field.props.of ? labelText(field.props.label) : facts.get(field.name)?.label) || field.name, factLabel: (name) => facts.get(name)?.label ?? name,
    kindOf: (field) => kinds.get(field.props.as ?? facts.get(field.name)?.kinds?.[0])?.label ?? field.props.as ?? "",
  };
}

// Which rows carry a warning triangle: `field/NAME` and `page/NUMBER` of the lines that are wrong.
function wrongPlaces(findings, lines, pages) {
  const found = new Set();
  for (const one of findings.filter((finding) => finding.level === "error")) {
    const place = placeOf(one.line, lines, pages);
    if (place) found.add(place.kind === "field" ? `field/${place.name}` : `page/${place.page}`);
  }
  return found;
}

function placeOf(line, lines, pages) {
  for (const page of pages) {
    const spots = lines[page.number];
    if (!spots || line < spots.lines[0] || line > spots.lines[1]) continue;
    const field = page.fields.find((one) => { const own = spots.ask[one.path[3]]; return own && line >= own[0] && line <= own[1]; });
    return field ? { kind: "field", name: field.name } : { kind: "page", page: page.number };
  }
  return null;
}

function draw() {
  const shown = view();
  now.picked = shown.picked;
  const lost = now.model.data === null;
  $("lost").hidden = !lost;
  if (lost) redraw($("lost"), h("div.wb-lost", { role: "alert" }, icon("alert-triangle"), h("div", {}, h("b", {}, say("designer.cannot_show")), now.model.findings.slice(0, 4).map((one) => h("p", {}, `${say("workbench.line", { line: one.line })}：${one.text}`)),
    h("button.btn.btn-sm", { type: "button", onclick: () => { tab("yaml"); yaml.goto(now.model.findings[0]?.line ?? 1); } }, say("workbench.to_line", { line: now.model.findings[0]?.line ?? 1 })))));
  $("field").hidden = lost;
  $("checks").hidden = lost;
  tree.show(shown);
  panel.show(shown);
  samples.show(shown);
  drawYaml();
}

function drawYaml() {
  const { path, text, findings } = now.model;
  const here = linesOfPicked();
  const marks = here ? Array.from({ length: here[1] - here[0] + 1 }, (_, place) => ({ line: here[0] + place, level: "here", text: "" })) : [];
  yaml.show({ path, text, lines: null, findings: [...marks, ...findings] });
}

function linesOfPicked() {
  const { picked } = now;
  const shown = pagesOf(now.data);
  if (picked.kind === "page") return now.model.lines[picked.page]?.lines ?? null;
  const field = picked.kind === "field" ? shown.flatMap((page) => page.fields).find((one) => one.name === picked.name) : null;
  return field ? now.model.lines[field.page]?.ask[field.path[3]] ?? null : null;
}

function toLines() {
  const here = linesOfPicked();
  const area = document.querySelector("#yaml .y-text");
  if (here && area) area.scrollTop = Math.max(0, (here[0] - 6) * 20);
}

function top() {
  const { draft, model } = now;
  const listed = begun.drafts.some((one) => one.id === draft?.id) || !draft ? begun.drafts : [draft, ...begun.drafts];
  redraw($("draft"), h("option", { value: "", selected: !draft }, say("designer.no_draft")), listed.map((one) => h("option", { value: one.id, selected: one.id === draft?.id }, `${one.title} · ${one.author}`)), h("option", { value: "new" }, say("workbench.new_draft")));
  $("closed").hidden = !draft || draft.editable;
  if (draft && !draft.editable) $("closed").textContent = say("workbench.closed", { title: draft.title });
  const [undo, redo] = work.can();
  $("undo").disabled = !undo;
  $("redo").disabled = !redo;
  if (model) {
    if (model.data) $("title").textContent = model.title;
    $("state").hidden = !draft;
    $("state").textContent = draft ? say("designer.draft", { number: draft.id }) : "";
    const blocked = model.errors > 0;
    $("gate").disabled = blocked || !draft?.paths.length;
    $("gate").title = blocked ? say("designer.blocked", { count: model.errors }) : draft?.paths.length ? "" : say("workbench.not_edited");
    $("compare").href = draft ? `/admin/drafts/${draft.id}?part=changes` : "/admin/drafts/";
    $("compare").toggleAttribute("inert", !model.changed);
    $("compare").classList.toggle("off", !model.changed);
    $("compare-words").textContent = model.version ? say("designer.compare", { number: model.version }) : say("designer.compare_new");
  }
  drawSaved();
}

function drawSaved() {
  const { draft, model } = now;
  const version = model?.version ? say("designer.version", { number: model.version }) : say("designer.not_in_force");
  const saved = work.busy() ? say("workbench.saving") : draft?.revision ? say("workbench.saved", { who: draft.by, ago: ago(draft.millis, begun.skew) }) : say("workbench.not_edited");
  $("saved").textContent = `${version} · ${saved}`;
  $("saved").dataset.busy = work.busy() ? "1" : "";
}

// ---- changes ----

function what() { return say("designer.what_edit", { form: now.model.title }); }

/** Edits with paths from the file: shown at once, then sent. */
function edit(edits, told = "") {
  for (const one of edits) now.data = applied(now.data, one);
  if (now.picked.kind === "field" && edits.some((one) => one.path.includes("show_if"))) now.reveal = now.picked.name; // what a new condition asks for is answered, so that it is seen
  draw();
  work.send("edit", () => ({ seen: now.model.sha, edits, what: what() }), { told, undoing: Boolean(told) }).catch(() => null);
}

/** One property of a field; undefined takes it away. */
function set(field, key, value) {
  if (field.bare) { if (value !== undefined) edit([{ op: "set", path: field.path, value: { [field.name]: { ...field.props, [key]: value } } }]); return; }
  const path = [...field.path, field.name, key];
  if (value !== undefined) edit([{ op: "set", path, value }]);
  else if (key in field.props) edit([{ op: "remove", path }]);
}

function move(name, page, before) {
  work.send("arrange", { do: "move", field: name, page, before, what: what() }).then(() => {
    const field = view().fields.get(name);
    toast(say("designer.moved", { field: view().labelOf(field), page: field.page + 1, place: field.path[3] + 1 }), work.undo);
    pick("field", name);
    tree.focus(`field/${name}`);
  }).catch(() => null);
}

function movePage(from, to) {
  if (to < 0 || to >= pagesOf(now.data).length) return;
  now.picked = { kind: "page", page: to };
  edit([{ op: "move", path: ["pages", from], to }], say("designer.page_moved", { place: to + 1 }));
  tree.focus(`page/${to}`);
}

function addPage() {
  const number = pagesOf(now.data).length;
  askPage({ number: number + 1, add: (title) => { now.picked = { kind: "page", page: number }; edit([{ op: "insert", path: ["pages", number], value: { title, ask: [] } }]); step("field"); } });
}

function removePage(page) {
  askSure({ title: say("designer.remove_page"), text: say("designer.remove_page_sure", { page: labelText(page.title), count: page.fields.length }), verb: say("designer.remove"), go: () => { now.picked = { kind: "form" }; edit([{ op: "remove", path: page.path }], say("designer.removed", { field: labelText(page.title) })); } });
}

function addField(page) {
  const shown = view();
  const own = shown.fields.get(now.picked.name);
  const number = page ?? (now.picked.kind === "page" ? now.picked.page : own?.page ?? Math.max(0, shown.pages.length - 1));
  const after = page === null && own ? own.name : null;
  if (!shown.pages.length) { addPage(); return; }
  const left = shown.schema.facts.filter((fact) => !shown.asked.has(fact.name) && fact.name !== "source");
  askField({ facts: left, taken: shown.facts, page: labelText(shown.pages[number].title), add: async (given) => {
    await work.send("arrange", { do: "add", page: number, after, ...given, what: what() });
    const name = given.field ?? given.fact.name;
    pick("field", name);
    tree.focus(`field/${name}`);
    toast(say(given.fact ? "designer.declared" : "designer.added", { field: view().labelOf(view().fields.get(name)) }), work.undo);
  } });
}

function removeField(field, rules) {
  const label = view().labelOf(field);
  const go = () => {
    const own = view().pages[field.page].fields;
    const next = own[own.findIndex((one) => one.name === field.name) + 1] ?? own.find((one) => one.name !== field.name);
    now.picked = next ? { kind: "field", name: next.name } : { kind: "page", page: field.page };
    work.send("arrange", { do: "remove", field: field.name, what: what() }, { told: say("designer.removed", { field: label }), undoing: true }).catch(() => null);
  };
  if (!rules.length) go();
  else askSure({ title: say("designer.remove_field", { field: label }), text: say("designer.rules_lose", { count: rules.length }), links: rules.slice(0, 8).map((rule) => ({ href: rulesLink(rule), text: `${rule.id} ${rule.title}` })), verb: say("designer.remove"), go });
}

function saveText(path, text) {
  return work.send("text", () => ({ path, text, seen: now.model.sha, what: say("workbench.what_text", { path }) }));
}

// ---- going about ----

function pick(kind, key, quiet = false) {
  now.picked = kind === "field" ? { kind, name: key } : kind === "page" ? { kind, page: key } : { kind: "form" };
  draw();
  toLines();
  preview.show(view(), { fresh: !quiet, reveal: kind === "field" && !quiet ? key : null });
  const query = work.query({ field: kind === "field" ? key : null });
  window.history.replaceState(null, "", query ? `${location.pathname}?${query}` : location.pathname);
  if (!quiet && $("work").dataset.ready) step("field");
}

function goto(one) {
  const place = one.file === now.model.path ? placeOf(one.line, now.model.lines, pagesOf(now.data)) : null;
  if (place) { pick(place.kind, place.kind === "field" ? place.name : place.page); tab("visual"); tree.focus(place.kind === "field" ? `field/${place.name}` : `page/${place.page}`); return; }
  if (one.file === now.model.path) { step("field"); tab("yaml"); yaml.goto(one.line); } else location.href = `/admin/rules/files/${one.file}?${work.query()}`;
}

function rulesLink(rule) { return `/admin/rules/${encodeURIComponent(rule.set)}?${work.query({ rule: rule.id })}`; }

function tab(name) {
  if (name === "visual") yaml.flush();
  now.tab = name;
  for (const one of ["visual", "yaml"]) {
    $(`tab-${one}`).setAttribute("aria-selected", one === name ? "true" : "false");
    $(`tab-${one}`).tabIndex = one === name ? 0 : -1;
    $(`pane-${one}`).hidden = one !== name;
  }
  $("yaml-button").setAttribute("aria-pressed", name === "yaml" ? "true" : "false");
  if (name === "yaml") { drawYaml(); toLines(); }
}

function step(name) {
  $("work").dataset.step = name;
  document.querySelectorAll("#steps button").forEach((one) => one.setAttribute("aria-pressed", one.dataset.step === name ? "true" : "false"));
}

function unsaved(on) { if (on) $("saved").textContent = say("workbench.unsaved_text"); else drawSaved(); }

$("draft").addEventListener("change", async (event) => {
  const value = event.target.value;
  if (value !== "new") { location.search = value ? `draft=${value}` : "draft="; return; }
  const wanted = await askDraftTitle(say("workbench.draft_title", { what: now.model.title, day: begun.day }));
  if (wanted) await work.start(wanted).catch((error) => toast(error.message)); else top();
});
for (const one of ["visual", "yaml"]) {
  $(`tab-${one}`).addEventListener("click", () => tab(one));
  $(`tab-${one}`).addEventListener("keydown", (event) => { if (event.key === "ArrowLeft" || event.key === "ArrowRight") { tab(now.tab === "visual" ? "yaml" : "visual"); $(`tab-${now.tab}`).focus(); } });
}
$("yaml-button").addEventListener("click", () => { step("field"); tab(now.tab === "yaml" ? "visual" : "yaml"); });
$("gate").addEventListener("click", async () => { if (await yaml.flush()) location.href = `/admin/drafts/${now.draft.id}`; });
$("undo").addEventListener("click", work.undo);
$("redo").addEventListener("click", work.redo);
document.querySelectorAll("#steps button").forEach((one) => one.addEventListener("click", () => step(one.dataset.step)));
document.addEventListener("keydown", (event) => {
  const typing = ["INPUT", "TEXTAREA"].includes(event.target.tagName);
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) { event.preventDefault(); if (event.shiftKey) work.redo(); else work.undo(); }
});
window.addEventListener("beforeunload", (event) => { if (work.busy() || yaml.dirty()) event.preventDefault(); });
setInterval(() => now.model && drawSaved(), 30_000);

begin().catch((error) => { const box = $("meanwhile"); box.hidden = false; redraw(box, icon("alert-triangle"), h("span", {}, error.message), h("button.btn.btn-sm", { type: "button", onclick: () => location.reload() }, say("workbench.retry"))); if (!(error instanceof NotDone)) throw error; });

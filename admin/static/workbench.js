// The workbench: puts the list, the cards, the text and the column at right together, and sends every change to the draft.

import { applied, h, icon, learn, redraw, same, say } from "./condition_dom.js";
import { NotDone, get, post } from "./workbench_api.js";
import { headCard, ruleCard } from "./workbench_card.js";
import { drawLost, fieldOf, fixing, title } from "./workbench_findings.js";
import { keeper, step, toast } from "./workbench_small.js";
import { topBar } from "./workbench_top.js";
import { rulesList } from "./workbench_list.js";
import { askDraftTitle, askNewRule } from "./workbench_new.js";
import { sidePanel } from "./workbench_side.js";
import { yamlEditor } from "./workbench_yaml.js";

learn(JSON.parse(document.getElementById("words").textContent));
const begun = JSON.parse(document.getElementById("start").textContent);
begun.skew = Date.now() - begun.millis;
const $ = (id) => document.getElementById(id);
const root = `/admin/rules/${encodeURIComponent(begun.set)}`;
const now = { draft: begun.draft, set: null, rule: null, seen: null, schema: null, names: [], tab: "visual", head: false };
const history_ = { done: [], undone: [] };
const MOST_UNDONE = 100;
let queue = Promise.resolve();
let waiting = 0;
let card, heads, list, side, yaml;
const { drawTop, drawSaved, testsLink, tryLink } = topBar({ now, begun, past: history_, waiting: () => waiting });

function query(more = {}) {
  const given = { draft: now.draft?.id, rule: now.rule?.id, ...more };
  return new URLSearchParams(Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== "")).toString();
}

async function begin() {
  const wanted = new URLSearchParams(location.search).get("rule");
  const [model, schema] = await Promise.all([get(`${root}/model?${query({ rule: wanted })}`), get(`${root}/schema?${query()}`)]);
  now.schema = schema;
  now.names = schema.addresses.map(([value, note]) => ({ value, label: value, note: note ? say(`workbench.${note}`) : "" }));
  list = rulesList($("list"), { open, head: openHead, add: addRule, copy: copyRule, remove: removeRule, move: moveRule });
  card = ruleCard($("cards"), { schema, names: () => now.names, onedits: editRule });
  heads = headCard($("head-cards"), { schema, names: () => now.names, onedits: editHead });
  side = sidePanel($("side"), { goto: gotoFinding, fix: fixFinding, open: (id) => openId(id), testsLink, tryLink, gateLink: () => (now.draft ? `/admin/drafts/${now.draft.id}` : "") });
  yaml = yamlEditor($("yaml"), { acts: { save: saveText }, changed: unsaved, keep: keeper(() => now.draft?.id) });
  take(model, true);
  $("work").dataset.ready = "1";
}

// ---- showing what the server answered ----

function take(model, fresh = false) {
  const before = now.rule;
  const revision = now.draft?.revision;
  now.draft = model.draft ?? now.draft;
  now.set = model.set;
  now.rule = model.rule;
  if (model.millis !== undefined) $("work").dataset.millis = model.millis;
  const moved = fresh || before?.id !== now.rule?.id || before?.path !== now.rule?.path;
  if (moved || revision !== now.draft?.revision || !same(before?.data, now.rule?.data)) now.seen = null; // another rule's change may concern this one
  drawTop();
  list.show(now.set, now.head || !now.rule ? null : now.rule);
  drawMiddle(moved || !same(before?.data, now.rule?.data), moved);
  drawSide();
  if (moved) remember();
  soonLook();
}

function refusedFile() { return now.set.files.find((file) => file.refused.length && (!now.rule || file.path === now.lost)); }

function drawMiddle(changed, moved) {
  const lost = refusedFile();
  $("lost").hidden = !lost;
  if (lost) drawLost($("lost"), lost, (line) => { show("yaml"); yaml.goto(line); });
  const headShown = now.head && !lost;
  $("cards").hidden = Boolean(lost) || headShown || !now.rule;
  $("head-cards").hidden = !headShown;
  $("none").hidden = Boolean(now.rule || headShown || lost);
  if (now.rule && !lost && changed) {
    if (moved) card.fresh({ data: now.rule.data, inherited: now.set.head.basis ?? "", results: now.seen?.tests });
    else card.show(now.rule.data, { inherited: now.set.head.basis ?? "", results: now.seen?.tests });
  }
  if (headShown) heads.show(now.set.head);
  $("rule-name").textContent = headShown ? say("workbench.set_head") : lost ? lost.label : now.rule ? title(now.rule.data) : "";
  $("rule-id").textContent = headShown || lost ? "" : now.rule?.id ?? "";
  const shown = lost ? { path: lost.path, text: lost.text, lines: null, findings: lost.refused } : now.rule ? { path: now.rule.path, text: now.rule.text, lines: headShown ? null : now.rule.lines, findings: [...now.rule.findings, ...(now.seen?.findings ?? []), ...now.set.findings].filter((one) => one.file === now.rule.path) } : null;
  if (shown) yaml.show(shown);
}

function drawSide() { side.show({ rule: now.head ? null : now.rule, set: now.set, seen: now.head ? null : now.seen, refused: refusedFile()?.refused }); }

function remember() { window.history.replaceState(null, "", `${location.pathname}?${query()}`); }

// ---- the slower look: analysis and tests, a moment after the last change ----

let lookTimer = 0;
let lookNumber = 0;
function soonLook() {
  clearTimeout(lookTimer);
  if (now.seen || !now.rule || now.head) return;
  lookTimer = setTimeout(async () => {
    const mine = ++lookNumber;
    const rule = now.rule;
    try {
      const seen = await get(`${root}/look?${query({ rule: rule.id })}`);
      if (mine !== lookNumber || rule.sha !== now.rule?.sha || rule.id !== now.rule.id) return;
      now.seen = seen;
      card.results(seen.tests);
      drawSide();
      $("work").dataset.looked = rule.id;
    } catch (error) { if (!(error instanceof NotDone)) throw error; }
  }, 250);
}

// ---- changes: one after another, each on the newest text ----

function send(path, data, { remember: past = true, say: told = "" } = {}) {
  waiting += 1;
  drawSaved();
  const sent = queue.then(async () => {
    if (!now.draft) await startDraft("");
    const whole = { draft: now.draft.id, ...(typeof data === "function" ? data() : data) };
    try {
      return done(await post(`${root}/${path}`, whole), past, told);
    } catch (error) {
      if (!(error instanceof NotDone)) throw error;
      refused(error, path, whole, past);
      throw error;
    }
  }).finally(() => { waiting -= 1; drawSaved(); });
  queue = sent.catch(() => null);
  return sent;
}

function done(answer, past, told) {
  if (past && Object.keys(answer.before).length) {
    history_.done = [...history_.done, { texts: answer.before, rule: now.rule?.id }].slice(-MOST_UNDONE);
    history_.undone = [];
  }
  $("meanwhile").hidden = true;
  take({ ...answer, rule: answer.rule });
  if (answer.joined && answer.joined !== begun.me) toast(say("workbench.joined", { who: answer.joined }));
  else if (told) toast(told);
  return answer;
}

// What the server would not take is said in place; the page goes back to what is kept there, unless another's change came between.
function refused(error, path, whole, past) {
  const meanwhile = error.more.meanwhile;
  const box = $("meanwhile");
  box.hidden = false;
  const again = (force) => send(path, { ...whole, force }, { remember: past }).catch(() => null);
  redraw(box, icon("alert-triangle"), h("span", {}, error.message), meanwhile
    ? [h("button.btn.btn-sm", { type: "button", onclick: async () => { box.hidden = true; yaml.drop(); await reload(); } }, say("workbench.take_theirs")), h("button.btn.btn-sm.btn-primary", { type: "button", onclick: () => again(true) }, say("workbench.put_mine"))]
    : error.status ? h("button.btn.btn-sm", { type: "button", onclick: () => { box.hidden = true; } }, icon("x")) : h("button.btn.btn-sm", { type: "button", onclick: () => again(false) }, say("workbench.retry")));
  if (error.status && !meanwhile && path !== "text") reload();
}

async function reload(rule = now.rule?.id) { take(await get(`${root}/model?${query({ rule })}`), true); }

async function startDraft(given) {
  const answer = await post("/admin/rules/start", { title: given, what: now.set?.title ?? "" });
  now.draft = { id: answer.draft, title: given, editable: true, paths: [], revision: 0 };
  const model = await get(`${root}/model?${query()}`);
  now.draft = model.draft;
  begun.drafts = [model.draft, ...begun.drafts];
  remember();
  drawTop();
  toast(say("workbench.draft_started", { title: model.draft.title }));
}

function editRule(edits) {
  if (!now.rule) return;
  const { id, path, index } = now.rule;
  for (const edit of edits) now.rule = { ...now.rule, data: applied(now.rule.data, edit) };
  now.seen = null;
  card.show(now.rule.data, { inherited: now.set.head.basis ?? "" });
  drawSide();
  send("edit", () => ({ rule: id, path, index, seen: now.rule?.path === path ? now.rule.sha : shaOf(path), edits, what: say("workbench.what_edit", { rule: id }) })).catch(() => null);
}

function shaOf(path) { return now.set.files.find((file) => file.path === path)?.sha ?? ""; }

function editHead(key, edits) {
  const path = now.set.headFile[key];
  for (const edit of edits) now.set = { ...now.set, head: applied(now.set.head, edit) };
  heads.show(now.set.head);
  send("edit", () => ({ path, seen: shaOf(path), edits, what: say("workbench.what_head") })).catch(() => null);
}

function saveText(path, text) {
  return send("text", () => ({ path, text, seen: shaOf(path), rule: now.rule?.id ?? "", what: say("workbench.what_text", { path }) })).then((answer) => { now.lost = answer.set.files.find((file) => file.path === path)?.refused.length ? path : null; take(answer); return answer; });
}

function addRule() {
  const after = now.head ? null : now.rule?.id;
  askNewRule({ schema: now.schema, names: () => now.names, after, create: async (data) => {
    const answer = await send("arrange", { do: "add", data, after, what: say("workbench.what_add", { rule: data.title }) });
    now.head = false;
    take(answer, true);
    toast(say("workbench.created", { rule: answer.rule.id }));
    step("edit");
  } });
}

async function copyRule(row) {
  const source = row.id === now.rule?.id ? now.rule : (await get(`${root}/model?${query({ rule: row.id })}`)).rule;
  const { id, ...rest } = source.data;
  send("arrange", { do: "add", data: { id: "", ...rest }, after: id, what: say("workbench.what_add", { rule: id }) }).then((answer) => take(answer, true)).catch(() => null);
}

function removeRule(row) {
  send("arrange", { do: "remove", rule: row.id, path: row.path, index: row.index, what: say("workbench.what_remove", { rule: row.id }) }).then((answer) => { take(answer, true); toast(say("workbench.deleted", { rule: row.id }), undo); }).catch(() => null);
}

function moveRule(row, before) {
  send("arrange", { do: "move", rule: row.id, path: row.path, index: row.index, before, what: say("workbench.what_move", { rule: row.id }) }).then((answer) => {
    toast(say("workbench.moved", { rule: row.id, place: answer.set.rows.findIndex((one) => one.id === row.id) + 1 }), undo);
    document.querySelector(`.wb-row[data-id="${CSS.escape(row.id)}"]`)?.focus();
  }).catch(() => null);
}

function undo() { back(history_.done, history_.undone, say("workbench.undone")); }
function redo() { back(history_.undone, history_.done, ""); }
async function back(from, to, told) {
  await queue; // what is still under way is undone too, not the change before it
  const past = from.pop();
  if (!past) return;
  const other = { texts: {}, rule: now.rule?.id };
  for (const [path, text] of Object.entries(past.texts)) {
    const answer = await send("text", () => ({ path, text, seen: shaOf(path), rule: past.rule ?? "", what: say("workbench.what_undo") }), { remember: false, say: told }).catch(() => null);
    if (!answer) return;
    Object.assign(other.texts, answer.before);
    yaml.drop();
    take(answer, true);
  }
  to.push(other);
  drawTop();
}

// ---- going about ----

async function open(row, focusIt = false) {
  await yaml.flush();
  now.head = false;
  now.lost = null;
  take(await get(`${root}/model?${query({ rule: row.id })}`), true);
  step("edit");
  if (focusIt) document.querySelector("#cards input")?.focus();
}

function openId(id) { const row = now.set.rows.find((one) => one.id === id); if (row) open(row); }
function openHead() { now.head = true; drawMiddle(true, true); list.show(now.set, null); drawSide(); step("edit"); }

function fixFinding(one) {
  const edits = fixing(now.rule.data, one.fix);
  if (edits.length) editRule(edits); else gotoFinding(one);
}

function gotoFinding(one) {
  if (one.rule && one.rule !== now.rule?.id && now.set.rows.some((row) => row.id === one.rule)) { openId(one.rule); return; }
  if (now.set.files.some((file) => file.path === one.file && file.refused.length)) { now.lost = one.file; drawMiddle(true, true); }
  const part = now.lost ? null : fieldOf(one);
  if (now.tab === "visual" && part && now.rule && one.file === now.rule.path) {
    step("edit");
    const field = document.querySelector(part);
    field?.scrollIntoView({ block: "center" });
    field?.focus();
    field?.closest(".wb-part, .cond-row, .act")?.classList.add("lit");
    setTimeout(() => document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit")), 1600);
    return;
  }
  show("yaml");
  yaml.goto(one.line);
}

function show(tab) {
  if (tab === "visual") yaml.flush();
  now.tab = tab;
  for (const name of ["visual", "yaml"]) {
    $(`tab-${name}`).setAttribute("aria-selected", name === tab ? "true" : "false");
    $(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
    $(`pane-${name}`).hidden = name !== tab;
  }
}

function unsaved(on) { $("saved").textContent = on ? say("workbench.unsaved_text") : ""; if (!on) drawSaved(); }

$("draft").addEventListener("change", async (event) => {
  const value = event.target.value;
  if (value !== "new") { location.search = query({ draft: value || null }); return; }
  const wanted = await askDraftTitle(say("workbench.draft_title", { what: now.set.title, day: begun.day }));
  if (wanted) await startDraft(wanted).catch((error) => toast(error.message)); else drawTop();
});
for (const tab of ["tab-visual", "tab-yaml"]) $(tab).addEventListener("keydown", (event) => { if (event.key === "ArrowLeft" || event.key === "ArrowRight") { show(now.tab === "visual" ? "yaml" : "visual"); $(`tab-${now.tab}`).focus(); } });
for (const [id, act] of [["undo", undo], ["redo", redo], ["tab-visual", () => show("visual")], ["tab-yaml", () => show("yaml")]]) $(id).addEventListener("click", act);
document.querySelectorAll("#steps button").forEach((one) => one.addEventListener("click", () => step(one.dataset.step)));
document.addEventListener("keydown", (event) => {
  const typing = ["INPUT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "date";
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) { event.preventDefault(); if (event.shiftKey) redo(); else undo(); }
});
window.addEventListener("beforeunload", (event) => { if (waiting || yaml?.dirty()) event.preventDefault(); });
setInterval(drawSaved, 30_000);
begin().catch((error) => { const box = $("meanwhile"); box.hidden = false; redraw(box, icon("alert-triangle"), h("span", {}, error.message), h("button.btn.btn-sm", { type: "button", onclick: () => location.reload() }, say("workbench.retry"))); if (!(error instanceof NotDone)) throw error; });

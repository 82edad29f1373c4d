// One of the other files (facts, roles, the catalogue, the calendar) as text.

import { h, icon, learn, redraw, say } from "./condition_dom.js";
import { NotDone, post } from "./workbench_api.js";
import { keeper } from "./workbench_small.js";
import { yamlEditor } from "./workbench_yaml.js";

learn(JSON.parse(document.getElementById("words").textContent));
const begun = JSON.parse(document.getElementById("start").textContent);
const $ = (id) => document.getElementById(id);
let { draft, sha, findings, text } = begun;
const yaml = yamlEditor($("yaml"), { acts: { save }, changed: (on) => { $("saved").textContent = on ? say("workbench.unsaved_text") : saved(); }, keep: keeper(() => draft?.id) });

function saved() { return draft?.revision ? say("workbench.saved", { who: draft.by, ago: say("workbench.just_now") }) : say("workbench.not_edited"); }

function draw() {
  redraw($("draft"), h("option", { value: "", selected: !draft }, say("workbench.no_draft")), begun.drafts.map((one) => h("option", { value: one.id, selected: one.id === draft?.id }, `${one.title} · ${one.author}`)));
  $("gate").href = `/admin/drafts/${draft?.id ?? ""}`;
  redraw($("findings"), findings.length ? findings.map((one) => h("div.finding", { dataset: { level: one.level } }, h("button.finding-go", { type: "button", onclick: () => yaml.goto(one.line) }, h("span.tag", { dataset: { level: one.level } }, say(one.level === "error" ? "workbench.error" : "workbench.warning")), h("small.mono", {}, say("workbench.line", { line: one.line })), h("span.finding-text", {}, one.text))))
    : h("p.side-clean.good", {}, icon("circle-check"), h("b", {}, say("workbench.clean"))));
  yaml.show({ path: begun.path, text, lines: null, findings });
  $("saved").textContent = saved();
}

async function save(path, fresh, force = false) {
  try {
    if (!draft) {
      const made = await post("/admin/rules/start", { what: path.split("/").at(-1) });
      draft = { id: made.draft, title: "", revision: 0 };
      window.history.replaceState(null, "", `${location.pathname}?draft=${draft.id}`);
    }
    const answer = await post("/admin/rules/files/text", { draft: draft.id, path, text: fresh, seen: sha, force, what: say("workbench.what_text", { path }) });
    ({ draft, sha, findings, text } = answer);
    if (!begun.drafts.some((one) => one.id === draft.id)) begun.drafts.unshift(draft);
    $("meanwhile").hidden = true;
    draw();
    return answer;
  } catch (error) {
    if (!(error instanceof NotDone) || !error.more.meanwhile) throw error;
    $("meanwhile").hidden = false;
    redraw($("meanwhile"), icon("alert-triangle"), h("span", {}, error.message),
      h("button.btn.btn-sm", { type: "button", onclick: () => { yaml.drop(); location.reload(); } }, say("workbench.take_theirs")),
      h("button.btn.btn-sm.btn-primary", { type: "button", onclick: () => save(path, fresh, true) }, say("workbench.put_mine")));
    throw error;
  }
}

$("draft").addEventListener("change", (event) => { location.search = event.target.value ? `draft=${event.target.value}` : ""; });
window.addEventListener("beforeunload", (event) => { if (yaml.dirty()) event.preventDefault(); });
draw();

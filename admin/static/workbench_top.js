// The head of the page: which draft one works in, the links to its other pages, undo and redo, and who saved last.

import { h, redraw, say } from "./condition_dom.js";
import { ago } from "./workbench_small.js";

const $ = (id) => document.getElementById(id);

/** `now` and `past` are the page's own state, read afresh at each drawing; `waiting()` is how many changes are on their way. */
export function topBar({ now, begun, past, waiting }) {
  function drawTop() {
    const draft = now.draft;
    const chooser = $("draft");
    const listed = begun.drafts.some((one) => one.id === draft?.id) || !draft ? begun.drafts : [draft, ...begun.drafts];
    redraw(chooser, h("option", { value: "", selected: !draft }, say("workbench.no_draft")), listed.map((one) => h("option", { value: one.id, selected: one.id === draft?.id }, `${one.title} · ${one.author}`)), h("option", { value: "new" }, say("workbench.new_draft")));
    $("closed").hidden = !draft || draft.editable;
    if (draft && !draft.editable) $("closed").textContent = say("workbench.closed", { title: draft.title });
    for (const [id, path] of [["gate", `/admin/drafts/${draft?.id ?? ""}`], ["compare", draft ? `/admin/drafts/${draft.id}?part=changes` : "/admin/drafts/"], ["try", tryLink(now.rule?.id ?? "")]]) $(id).href = path;
    $("gate").classList.toggle("off", !draft?.paths.length);
    $("undo").disabled = !past.done.length;
    $("redo").disabled = !past.undone.length;
    drawSaved();
  }

  function drawSaved() {
    const draft = now.draft;
    $("saved").textContent = waiting() ? say("workbench.saving") : !draft || !draft.revision ? say("workbench.not_edited") : say("workbench.saved", { who: draft.by, ago: ago(draft.millis, begun.skew) });
    $("saved").dataset.busy = waiting() ? "1" : "";
  }

  function testsLink(rule) { return `/admin/tests/${begun.set}?${new URLSearchParams({ ...(now.draft ? { draft: now.draft.id } : {}), rule })}`; }
  function tryLink(rule) { return `/admin/tryout/?${new URLSearchParams({ ...(now.draft ? { draft: now.draft.id } : {}), set: begun.set, ...(rule ? { rule } : {}) })}`; }

  return { drawTop, drawSaved, testsLink, tryLink };
}

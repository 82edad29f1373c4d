// The dialog of a new rule: its name, when it applies, what it does. Nothing is written before 建立规则 is pressed.

import { conditionEditor } from "./condition.js";
import { applied, h, icon, say } from "./condition_dom.js";
import { actionsEditor, firstValue } from "./workbench_actions.js";

/** Opens the dialog; `create(data)` gets the rule's plain data and answers a promise. */
export function askNewRule({ schema, names, after, create }) {
  let when = null;
  let then = [];
  const usual = schema.actions.find((one) => one.kind === schema.usual) ?? schema.actions.find((one) => one.fits);
  if (usual) then = [{ [usual.kind]: firstValue(usual) }];
  const title = h("input.form-control", { type: "text", maxlength: 200, placeholder: say("workbench.title_example"), id: "new-title", "aria-describedby": "new-wrong" });
  const whenBox = h("div");
  const thenBox = h("div");
  const wrong = h("p.bad", { id: "new-wrong", role: "alert" });
  const condition = conditionEditor(whenBox, { facts: schema.facts, label: say("workbench.when"), empty: say("workbench.no_when"), onedits: (_, fresh) => { when = fresh; } });
  const actions = actionsEditor(thenBox, { schema: schema.actions, names, label: "then", onedits: (edits) => { for (const edit of edits) then = applied({ it: then }, { ...edit, path: ["it", ...edit.path] }).it ?? []; actions.show(then); } });
  condition.show(null);
  actions.show(then);
  const button = h("button.btn.btn-primary", { type: "submit" }, icon("check"), say("workbench.create"));
  const form = h("form.wb-dialog", { method: "dialog", onsubmit: submit },
    h("header", {}, h("h2", {}, say("workbench.new_rule")), h("small.muted", {}, after ? say("workbench.after_rule", { rule: after }) : say("workbench.new_lead"))),
    h("label.wb-field.wide", { for: "new-title" }, h("span", {}, say("workbench.name")), title),
    h("h3.wb-sub", {}, say("workbench.when")), whenBox, h("h3.wb-sub", {}, say("workbench.then")), thenBox, wrong,
    h("footer", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("workbench.cancel")), button));
  const dialog = h("dialog.wb-modal", { "aria-label": say("workbench.new_rule"), onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
  title.focus();

  async function submit(event) {
    event.preventDefault();
    if (!title.value.trim()) { wrong.textContent = say("workbench.title_needed"); title.focus(); return; }
    if (!then.length || blank(then)) { wrong.textContent = say("workbench.then_needed"); thenBox.querySelector("input, select")?.focus(); return; }
    button.disabled = true;
    const data = { id: "", title: title.value.trim(), ...(when ? { when } : {}), then };
    try { await create(data); dialog.close(); } catch (error) { wrong.textContent = error.message; button.disabled = false; }
  }
}

/** Asks for the title of a new draft; answers it, or null. */
export function askDraftTitle(suggested) {
  return new Promise((answer) => {
    const input = h("input.form-control", { type: "text", maxlength: 120, value: suggested, id: "draft-name" });
    let given = null;
    const dialog = h("dialog.wb-modal.small", { "aria-label": say("workbench.new_draft_title"), onclose: () => { dialog.remove(); answer(given); } },
      h("form.wb-dialog", { method: "dialog", onsubmit: () => { given = input.value.trim() || suggested; } }, h("header", {}, h("h2", {}, say("workbench.new_draft_title"))),
        h("label.wb-field.wide", { for: "draft-name" }, h("span", {}, say("workbench.draft_name")), input),
        h("footer", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("workbench.cancel")), h("button.btn.btn-primary", { type: "submit" }, say("workbench.new_draft_title")))));
    document.body.append(dialog);
    dialog.showModal();
    input.select();
  });
}

function blank(value) {
  if (value === "" || value === null) return true;
  if (Array.isArray(value)) return value.length === 0 || value.some(blank);
  return typeof value === "object" ? Object.values(value).some(blank) : false;
}

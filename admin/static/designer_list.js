// The list of forms: which draft, and a new form.

import { h, icon, learn, redraw, say } from "./condition_dom.js";
import { chips, picker } from "./condition_picker.js";
import { cell } from "./designer_add.js";
import { NotDone, post } from "./workbench_api.js";

learn(JSON.parse(document.getElementById("words").textContent));
const begun = JSON.parse(document.getElementById("start").textContent);
const chooser = document.getElementById("draft");

redraw(chooser, h("option", { value: "", selected: !begun.draft }, say("designer.no_draft")), begun.drafts.map((one) => h("option", { value: one.id, selected: one.id === begun.draft?.id }, `${one.title} · ${one.author}`)));
chooser.addEventListener("change", () => { location.search = chooser.value ? `draft=${chooser.value}` : ""; });
document.getElementById("new-form").addEventListener("click", ask);

function ask() {
  let who = ["坐席"].filter((one) => begun.who.includes(one));
  const input = (id, more = {}) => h("input.form-control", { type: "text", maxlength: 60, id: `form-${id}`, ...more });
  const [zh, en, name] = [input("zh", { placeholder: say("designer.form_example") }), input("en"), input("id", { class: "form-control mono", placeholder: "revisit" })];
  const step = h("select.form-select", { id: "form-step" }, begun.steps.map((one) => h("option", { value: one, selected: one === "受理" }, one)));
  const roles = h("div");
  const wrong = h("p.bad", { role: "alert" });
  const button = h("button.btn.btn-primary", { type: "submit" }, icon("check"), say("designer.create_form"));
  const draw = () => redraw(roles, chips({ values: who, label: say("designer.who"), key: "who", onremove: (place) => { who = who.filter((_, other) => other !== place); draw(); }, adder: picker({ items: () => begun.who.filter((one) => !who.includes(one)).map((one) => ({ value: one, label: one })), label: say("designer.who"), key: "who/add", placeholder: say("condition.add_more"), onpick: (one) => { who = [...who, one]; draw(); } }) }));
  draw();
  const dialog = h("dialog.wb-modal", { "aria-label": say("designer.new_form"), onclose: () => dialog.remove() }, h("form.wb-dialog", { method: "dialog", onsubmit: submit }, h("header", {}, h("h2", {}, say("designer.new_form")), h("small.muted", {}, say("designer.new_form_lead"))),
    h("div.dz-grid", {}, cell("form-zh", say("designer.label_zh"), zh), cell("form-en", say("designer.label_en"), en), cell("form-id", say("designer.form_id"), name), cell("form-step", say("designer.step"), step), h("div.dz-cell.wide", {}, h("span.dz-label", {}, say("designer.who")), roles)), wrong,
    h("footer", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("workbench.cancel")), button)));
  document.body.append(dialog);
  dialog.showModal();
  zh.focus();

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      const asked = { id: name.value.trim(), zh: zh.value.trim(), en: en.value.trim(), who, step: step.value, what: say("designer.what_new", { title: zh.value.trim() }) };
      if (!asked.zh || !asked.id || !who.length) { wrong.textContent = say("designer.form_needed"); button.disabled = false; return; }
      const draft = begun.draft?.editable ? begun.draft.id : (await post("/admin/rules/start", { what: asked.zh })).draft;
      const answer = await post("/admin/forms/new", { draft, ...asked });
      location.href = `/admin/forms/${answer.form}?draft=${draft}`;
    } catch (error) { if (!(error instanceof NotDone)) throw error; wrong.textContent = error.message; button.disabled = false; }
  }
}

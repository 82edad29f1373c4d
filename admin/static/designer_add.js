// The dialogs: a field of a fact not asked yet, a fact that is new, several yes/no facts asked together, and a new form.

import { h, icon, redraw, say } from "./condition_dom.js";
import { chips, picker } from "./condition_picker.js";
import { NotDone } from "./workbench_api.js";

const TYPES = ["yesno", "choice", "number", "text", "tree"];
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 40);

/** Asks what to add. `facts` are those not asked yet; `add({field, value, fact})` answers a promise. */
export function askField({ facts, taken, page, add }) {
  let mode = "known";
  const body = h("div.dz-add-body");
  const wrong = h("p.bad", { role: "alert" });
  const tabs = h("div.segs", { role: "group", "aria-label": say("designer.add_field") });
  const button = h("button.btn.btn-primary", { type: "submit" }, icon("plus"), say("designer.declare"));
  const form = h("form.wb-dialog", { method: "dialog", onsubmit: submit }, h("header", {}, h("h2", {}, say("designer.add_field")), h("small.muted", {}, say("designer.to_page", { page }))), tabs, body, wrong,
    h("footer", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("workbench.cancel")), button));
  const dialog = h("dialog.wb-modal.dz-add", { "aria-label": say("designer.add_field"), onclose: () => dialog.remove() }, form);
  let read = () => null;
  document.body.append(dialog);
  draw();
  dialog.showModal();
  body.querySelector("input")?.focus();

  function draw() {
    redraw(tabs, ["known", "new", "several"].map((one) => h("button.seg", { type: "button", "aria-pressed": mode === one ? "true" : "false", dataset: { mode: one }, onclick: () => { mode = one; wrong.textContent = ""; draw(); body.querySelector("input")?.focus(); } }, say(`designer.add_${one}`))));
    button.hidden = mode === "known";
    button.replaceChildren(icon("plus"), say(mode === "new" ? "designer.declare" : "designer.add_it"));
    if (mode === "known") drawKnown();
    else if (mode === "new") drawNew();
    else drawSeveral();
  }

  function drawKnown() {
    const search = h("input.form-control", { type: "search", "aria-label": say("designer.find_fact"), placeholder: say("designer.find_fact"), oninput: () => rows() });
    const list = h("ul.dz-facts");
    redraw(body, search, list);
    rows();
    function rows() {
      const typed = search.value.trim().toLowerCase();
      const found = facts.filter((fact) => `${fact.label} ${fact.name}`.toLowerCase().includes(typed));
      redraw(list, found.length ? found.map((fact) => h("li", {}, h("button.dz-fact", { type: "button", dataset: { fact: fact.name }, onclick: () => run({ field: fact.name, value: {} }) }, h("b", {}, fact.label), h("small.mono", {}, fact.name), h("span.tag", {}, say(`designer.type_${fact.type}`)), fact.personal ? h("span.tag.soft", {}, say("designer.personal_tag")) : null)))
        : h("li.muted", {}, say("designer.none_left")));
    }
  }

  function drawNew() {
    const input = (id, more = {}) => h("input.form-control", { type: "text", maxlength: 60, id: `new-${id}`, autocomplete: "off", ...more });
    const zh = input("zh", { placeholder: say("designer.zh_example") });
    const name = input("name", { class: "form-control mono", maxlength: 40, placeholder: "building_no", oninput: () => { name.dataset.own = "1"; } });
    const en = input("en", { placeholder: "Building number", oninput: () => { if (!name.dataset.own) name.value = free(slug(en.value)); } });
    const type = h("select.form-select", { id: "new-type", onchange: () => more() }, TYPES.map((one) => h("option", { value: one }, say(`designer.type_${one}`))));
    const rest = h("div.dz-grid");
    const must = h("input", { type: "checkbox", role: "switch" });
    let extra = () => ({});
    redraw(body, h("p.muted", {}, say("designer.new_lead")), h("div.dz-grid", {}, cell("new-zh", say("designer.label_zh"), zh), cell("new-en", say("designer.label_en"), en), cell("new-name", say("designer.fact_id"), name), cell("new-type", say("designer.type"), type)), rest,
      h("label.dz-switch", {}, must, h("i", { "aria-hidden": "true" }), h("span", {}, say("designer.while_shown"))));
    more();
    read = () => ({ value: must.checked ? { required: true } : {}, fact: { name: name.value.trim(), zh: zh.value.trim(), en: en.value.trim(), type: type.value, ...extra() } });

    function more() {
      if (type.value === "choice") {
        const lines = h("textarea.form-control", { id: "new-options", rows: 4, placeholder: say("designer.options_example") });
        extra = () => ({ options: [...new Set(lines.value.split(/[\n、，,]+/).map((one) => one.trim()).filter(Boolean))] });
        redraw(rest, cell("new-options", say("designer.options"), lines, "wide"));
      } else if (type.value === "number") {
        const [low, high] = ["min", "max"].map((key) => h("input.form-control", { type: "number", step: "1", id: `new-${key}` }));
        extra = () => Object.fromEntries([["min", low], ["max", high]].filter(([, one]) => one.value !== "").map(([key, one]) => [key, Number(one.value)]));
        redraw(rest, cell("new-min", say("designer.min"), low), cell("new-max", say("designer.max"), high));
      } else if (type.value === "tree") {
        const from = h("select.form-select", { id: "new-from" }, h("option", { value: "library" }, say("designer.from_library")), h("option", { value: "areas" }, say("designer.from_areas")));
        extra = () => ({ options_from: from.value });
        redraw(rest, cell("new-from", say("designer.options"), from, "wide"));
      } else if (type.value === "text") {
        const personal = h("input", { type: "checkbox", role: "switch" });
        extra = () => ({ personal: personal.checked });
        redraw(rest, h("label.dz-switch.wide", {}, personal, h("i", { "aria-hidden": "true" }), h("span", {}, say("designer.personal"))));
      } else { extra = () => ({}); redraw(rest); }
    }
  }

  function free(name) { let made = name; for (let number = 2; name && taken.has(made); number += 1) made = `${name}_${number}`; return made; }

  function drawSeveral() {
    let of = [];
    const yes = facts.filter((fact) => fact.type === "yesno");
    const zh = h("input.form-control", { type: "text", id: "new-zh", maxlength: 60 });
    const en = h("input.form-control", { type: "text", id: "new-en", maxlength: 60, oninput: () => { if (!name.dataset.own) name.value = free(slug(en.value)); } });
    const name = h("input.form-control.mono", { type: "text", id: "new-name", maxlength: 40, placeholder: "circumstances", oninput: () => { name.dataset.own = "1"; } });
    const box = h("div");
    const draw_ = () => redraw(box, chips({ values: of, shown: (one) => yes.find((fact) => fact.name === one)?.label ?? one, label: say("designer.of"), key: "new/of", onremove: (place) => { of = of.filter((_, other) => other !== place); draw_(); },
      adder: picker({ items: () => yes.filter((fact) => !of.includes(fact.name)).map((fact) => ({ value: fact.name, label: fact.label, note: fact.name })), label: say("designer.of"), key: "new/of/add", placeholder: say("condition.add_more"), onpick: (one) => { of = [...of, one]; draw_(); } }) }));
    draw_();
    redraw(body, h("p.muted", {}, say("designer.several_lead")), h("div.dz-grid", {}, cell("new-zh", say("designer.label_zh"), zh), cell("new-en", say("designer.label_en"), en), cell("new-name", say("designer.fact_id"), name), h("div.dz-cell.wide", {}, h("span.dz-label", {}, say("designer.of")), box)));
    read = () => {
      if (!of.length || !zh.value.trim() || !slug(name.value)) { wrong.textContent = say("designer.several_needed"); return null; }
      return { field: slug(name.value), value: { as: "choices", label: { zh: zh.value.trim(), en: en.value.trim() || zh.value.trim() }, of } };
    };
  }

  async function submit(event) {
    event.preventDefault();
    const given = read();
    if (given) await run(given);
  }

  async function run(given) {
    button.disabled = true;
    try { await add(given); dialog.close(); } catch (error) { if (!(error instanceof NotDone)) throw error; wrong.textContent = error.message; button.disabled = false; }
  }
}

/** Asks for a page's title; `add({zh, en})` answers a promise. */
export function askPage({ number, add }) {
  const zh = h("input.form-control", { type: "text", maxlength: 60, id: "page-zh", value: say("designer.page_number", { number }) });
  const en = h("input.form-control", { type: "text", maxlength: 60, id: "page-en", value: `Page ${number}` });
  const dialog = h("dialog.wb-modal.small", { "aria-label": say("designer.add_page"), onclose: () => dialog.remove() }, h("form.wb-dialog", { method: "dialog", onsubmit: () => add({ zh: zh.value.trim() || say("designer.page_number", { number }), en: en.value.trim() || `Page ${number}` }) },
    h("header", {}, h("h2", {}, say("designer.add_page"))), cell("page-zh", say("designer.label_zh"), zh), cell("page-en", say("designer.label_en"), en),
    h("footer", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("workbench.cancel")), h("button.btn.btn-primary", { type: "submit" }, say("designer.add_page")))));
  document.body.append(dialog);
  dialog.showModal();
  zh.select();
}

/** Asks before something others rely on goes; `go()` is called when it is meant. */
export function askSure({ title, text, links = [], verb, go }) {
  const dialog = h("dialog.wb-modal.small", { "aria-label": title, onclose: () => dialog.remove() }, h("form.wb-dialog", { method: "dialog", onsubmit: go }, h("header", {}, h("h2", {}, title)), h("p", {}, text), links.length ? h("ul.dz-links", {}, links.map((one) => h("li", {}, h("a", { href: one.href }, one.text)))) : null,
    h("footer", {}, h("button.btn", { type: "button", onclick: () => dialog.close() }, say("workbench.cancel")), h("button.btn.btn-primary", { type: "submit" }, verb))));
  document.body.append(dialog);
  dialog.showModal();
}

export function cell(id, label, input, look = "") { return h(`label.dz-cell${look ? `.${look}` : ""}`, { for: id }, h("span.dz-label", {}, label), input); }

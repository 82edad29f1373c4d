// What stands at right: the rule in a sentence, what is wrong with it, its examples, how it is used.

import { h, icon, redraw, say } from "./condition_dom.js";

/** Mounts the column. `acts` has goto(finding), fix(finding), tests(), links(). */
export function sidePanel(box, acts) {
  const sentence = h("div.side-sentence");
  const findings = h("div.side-findings", { "aria-live": "polite", role: "status" });
  const examples = h("div.side-examples");
  const use = h("div.side-use");
  const mark = h("span.right");
  box.replaceChildren(
    card("message-2", "sentence", sentence),
    card("shield-check", "check", findings, mark),
    card("clipboard-check", "tests", examples),
    card("activity", "running", use));

  function card(picture, key, inner, aside = null) {
    return h("section.card.side-card", { "aria-label": say(`workbench.${key}`) }, h("div.card-head", {}, icon(picture), h("h2", {}, say(`workbench.${key}`)), aside), inner);
  }

  function show({ rule, set, seen, refused }) {
    for (const inner of [sentence, examples, use]) inner.closest(".side-card").hidden = !rule; // of the set's own settings only the check speaks
    drawSentence(rule);
    drawFindings(rule, set, seen, refused);
    drawExamples(rule, seen);
    drawUse(rule, set);
  }

  function drawSentence(rule) {
    if (!rule?.sentence) { redraw(sentence, h("p.muted", {}, say("workbench.no_sentence"))); return; }
    redraw(sentence, h("p", {}, rule.sentence));
  }

  function drawFindings(rule, set, seen, refused) {
    const own = [...(refused ?? []), ...(rule?.findings ?? []), ...(seen?.findings ?? []).filter((one) => !(rule?.findings ?? []).some((other) => other.text === one.text))];
    const failed = (seen?.tests ?? []).filter((test) => !test.ok).length;
    const rest = set.findings.length + set.rows.filter((row) => row.id !== rule?.id).reduce((sum, row) => sum + row.errors, 0);
    mark.replaceChildren(rule && !seen ? h("small.muted", {}, say("workbench.checking")) : h("small.muted", {}, seen ? `${(seen.millis / 1000).toFixed(1)} s` : ""));
    const lines = own.map((one) => drawFinding(one, rule));
    if (!own.length && !failed && rule) lines.push(h("p.side-clean.good", {}, icon("circle-check"), h("b", {}, seen ? (rest ? say("workbench.clean_alone") : say("workbench.clean")) : say("workbench.clean_alone"))));
    if (failed && !own.length) lines.push(h("p.side-clean.bad", {}, icon("circle-x"), h("b", {}, say("workbench.tests_bad", { bad: failed, count: seen.tests.length }))));
    if (!rule && !own.length && !set.findings.length && !rest) lines.push(h("p.side-clean.good", {}, icon("circle-check"), h("b", {}, say("workbench.clean"))));
    if (seen && !seen.analysed && seen.sound) lines.push(h("p.muted", {}, say("workbench.not_analysed")));
    if (set.findings.length) lines.push(h("details.side-rest", {}, h("summary", {}, say("workbench.elsewhere", { count: set.findings.length })), set.findings.slice(0, 50).map((one) => drawFinding(one, rule))));
    redraw(findings, lines);
  }

  function drawFinding(one, rule) {
    const bad = one.level === "error";
    const witness = one.witness && !one.text.includes("=「") ? Object.entries(one.witness).map(([name, value]) => `${name} ${value === true ? say("condition.yes") : value === false ? say("condition.no") : value}`).join("，") : "";
    return h("div.finding", { dataset: { level: one.level } },
      h("button.finding-go", { type: "button", onclick: () => acts.goto(one), title: say("workbench.to_line", { line: one.line }) },
        h("span.tag", { dataset: { level: one.level } }, icon(bad ? "circle-x" : "alert-triangle"), one.kind || say(bad ? "workbench.error" : "workbench.warning")),
        h("small.mono", {}, `${one.rule ?? ""} · ${say("workbench.line", { line: one.line })}`),
        h("span.finding-text", {}, one.text)),
      witness ? h("p.finding-witness", {}, h("b", {}, say("workbench.witness")), " ", witness) : null,
      h("span.finding-acts", {},
        one.fix && rule ? h("button.btn.btn-sm", { type: "button", onclick: () => acts.fix(one) }, icon("wand"), say("workbench.fix", { word: one.fix[1] })) : null,
        (one.others ?? []).slice(0, 4).map((id) => h("button.btn.btn-sm", { type: "button", onclick: () => acts.open(id) }, h("span.mono", {}, id)))));
  }

  function drawExamples(rule, seen) {
    const tests = seen?.tests ?? [];
    const bad = tests.filter((test) => !test.ok);
    const written = rule?.data?.tests?.length ?? 0;
    redraw(examples,
      !rule ? null : !written ? h("p.muted", {}, say("workbench.no_tests")) : !seen ? h("p.muted", {}, say("workbench.checking")) : !tests.length ? h("p.muted", {}, say("workbench.tests_wait"))
        : h("p", { class: bad.length ? "side-tests bad" : "side-tests good" }, icon(bad.length ? "circle-x" : "circle-check"), h("b", {}, bad.length ? say("workbench.tests_bad", { bad: bad.length, count: tests.length }) : say("workbench.tests_ok", { count: tests.length }))),
      tests.length ? h("p.test-dots", { "aria-hidden": "true" }, tests.slice(0, 60).map((test) => h("i", { dataset: { ok: String(test.ok) }, title: test.text }))) : null,
      bad.slice(0, 4).map((test) => h("p.finding-witness", {}, test.text)),
      rule ? h("a.btn.btn-sm", { href: acts.testsLink(rule.id) }, icon("table"), say("workbench.edit_tests")) : null);
  }

  function drawUse(rule, set) {
    const row = set.rows.find((one) => one.id === rule?.id && one.path === rule?.path);
    const all = set.rows.reduce((sum, one) => sum + one.hits, 0);
    const share = all ? `${((100 * (row?.hits ?? 0)) / all).toFixed(1)}%` : "—";
    redraw(use, h("div.use-figs", {}, fig(row ? String(row.hits) : "—", "week"), fig(share, "share")),
      h("p.muted", {}, say("workbench.replay_hint")),
      h("div.use-links", {}, rule ? h("a.btn.btn-sm", { href: acts.tryLink(rule.id) }, icon("player-play"), say("workbench.tryout")) : null, acts.gateLink() ? h("a.btn.btn-sm", { href: acts.gateLink() }, icon("history"), say("workbench.replay")) : null));
  }

  function fig(value, key) { return h("div", {}, h("b.num", {}, value), h("small", {}, say(`workbench.${key}`))); }

  return { show };
}

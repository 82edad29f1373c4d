// What the designer sends and gets: one draft, one change after another on the newest text, undo, and a colleague's change met half-way.

import { h, icon, redraw, say } from "./condition_dom.js";
import { NotDone, get, post } from "./workbench_api.js";
import { toast } from "./workbench_small.js";

const MOST_UNDONE = 100;

/** `now` holds {draft, model}; `took(answer, fresh)` shows a fresh model; `top()` redraws what says how things stand. */
export function session({ begun, root, now, took, top, dropText }) {
  const done = [];
  const undone = [];
  let queue = Promise.resolve();
  let waiting = 0;
  const meanwhile = document.getElementById("meanwhile");

  function query(more = {}) {
    const given = { draft: now.draft?.id, ...more };
    return new URLSearchParams(Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== "")).toString();
  }

  async function reload() { took(await get(`${root}/model?${query({ schema: 1 })}`), true); }

  // `data` may be a function: what is seen is read when the change's turn comes, after those before it.
  function send(path, data, { past = true, told = "", undoing = false } = {}) {
    waiting += 1;
    top();
    const sent = queue.then(async () => {
      if (!now.draft) await start("");
      const whole = { draft: now.draft.id, ...(typeof data === "function" ? data() : data) };
      try {
        const answer = await post(`${root}/${path}`, whole);
        if (past && Object.keys(answer.before).length) { done.push(answer.before); done.splice(0, done.length - MOST_UNDONE); undone.length = 0; }
        meanwhile.hidden = true;
        took(answer, false);
        if (answer.joined && answer.joined !== begun.me) toast(say("workbench.joined", { who: answer.joined }));
        else if (told) toast(told, undoing ? undo : null);
        return answer;
      } catch (error) {
        if (!(error instanceof NotDone)) throw error;
        refused(error, path, whole, past);
        throw error;
      }
    }).finally(() => { waiting -= 1; top(); });
    queue = sent.catch(() => null);
    return sent;
  }

  function refused(error, path, whole, past) {
    const other = error.more.meanwhile;
    meanwhile.hidden = false;
    const again = (force) => send(path, { ...whole, force }, { past }).catch(() => null);
    const shut = () => { meanwhile.hidden = true; };
    redraw(meanwhile, icon("alert-triangle"), h("span", {}, error.message), other
      ? [h("button.btn.btn-sm", { type: "button", onclick: async () => { shut(); dropText(); await reload(); } }, say("workbench.take_theirs")), h("button.btn.btn-sm.btn-primary", { type: "button", onclick: () => again(true) }, say("workbench.put_mine"))]
      : error.status ? h("button.btn.btn-sm", { type: "button", "aria-label": say("designer.close"), onclick: shut }, icon("x")) : h("button.btn.btn-sm", { type: "button", onclick: () => again(false) }, say("workbench.retry")));
    if (error.status && !other && path !== "text") reload().catch(() => null);
  }

  async function start(title) {
    const answer = await post("/admin/rules/start", { title, what: now.model?.title ?? say("designer.title") });
    now.draft = { id: answer.draft, title, editable: true, paths: [], revision: 0 };
    const model = await get(`${root}/model?${query()}`);
    now.draft = model.draft;
    begun.drafts = [model.draft, ...begun.drafts];
    window.history.replaceState(null, "", `${location.pathname}?${query()}`);
    top();
    toast(say("workbench.draft_started", { title: model.draft.title }));
  }

  const undo = () => back(done, undone, say("workbench.undone"));
  const redo = () => back(undone, done, "");

  async function back(from, to, told) {
    await queue; // what is still under way is undone too, not the change before it
    const past = from.pop();
    if (!past) return;
    const other = {};
    dropText();
    for (const [path, text] of Object.entries(past)) {
      const answer = await send("text", () => ({ path, text, seen: now.model.shas[path] ?? "", what: say("workbench.what_undo") }), { past: false, told }).catch(() => null);
      if (!answer) return;
      Object.assign(other, answer.before);
    }
    to.push(other);
    top();
  }

  return { query, reload, send, start, undo, redo, busy: () => waiting > 0, can: () => [done.length > 0, undone.length > 0] };
}

// Asks the server and answers its data; every refusal becomes one sentence in the reader's language.

import { say } from "./condition_dom.js";

const TOKEN = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const LANG = document.documentElement.lang === "en" ? "en" : "zh";

/** What went wrong: a sentence, and the data beside it (`meanwhile` of an edit that met another's). */
export class NotDone extends Error {
  constructor(sentence, more = {}, status = 0) { super(sentence); this.more = more; this.status = status; }
}

/** GET an address of the workbench. */
export function get(path) { return ask(path, {}); }

/** POST data as JSON, with the token. */
export function post(path, data) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": TOKEN }, body: JSON.stringify(data) });
}

async function ask(path, how) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...how, headers: { Accept: "application/json", ...(how.headers ?? {}) } });
  } catch {
    throw new NotDone(say("workbench.lost"));
  }
  const data = await answer.json().catch(() => null);
  if (answer.ok && data !== null) return data;
  const error = data?.error;
  if (error && typeof error === "object") throw new NotDone(error[LANG] ?? error.zh, error, answer.status);
  throw new NotDone(`${say("workbench.refused")}（${answer.status}）`, {}, answer.status);
}

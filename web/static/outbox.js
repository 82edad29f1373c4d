// What was written without network: kept on the device under one key, sent in order when there is network, each once. Used by pages and by the
// service worker, so nothing here touches a document. An entry: key account kind path number title lang fields files (field form name blob place taken_at) sent (photos that had arrived)
// once device_at saved after tries state why at.

const STORE = "entries";
const SHORT = 8000; // ms for one answer; a tunnel may swallow a request
export const WAITING = "waiting";
const said = typeof BroadcastChannel === "function" ? new BroadcastChannel("suda-outbox") : null;

function opened() {
  return new Promise((good, bad) => {
    const asked = indexedDB.open("suda-outbox", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => good(asked.result);
    asked.onerror = () => bad(asked.error);
  });
}

/** One transaction on the entries; `work` answers a request whose result is given back once everything is written. */
async function within(mode, work) {
  const base = await opened();
  try {
    return await new Promise((good, bad) => {
      const transaction = base.transaction(STORE, mode, { durability: "strict" });
      let result;
      work(transaction.objectStore(STORE), (value) => { result = value; });
      transaction.oncomplete = () => good(result);
      transaction.onabort = transaction.onerror = () => bad(transaction.error);
    });
  } finally {
    base.close();
  }
}

/** A page's own number: 32 hexadecimal digits. */
export const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const keyOf = (account, path) => `${account}:${path}`;

export const one = (key) => within("readonly", (store, give) => { store.get(key).onsuccess = (event) => give(event.target.result); });

/** Every entry of the account, the oldest first. */
export async function entries(account) {
  const all = await within("readonly", (store, give) => { store.getAll().onsuccess = (event) => give(event.target.result); });
  return all.filter((entry) => entry.account === account).sort((a, b) => a.saved - b.saved);
}

/** Keeps an entry in place of the version before it. A version that was never tried hands on its number; one that was may have arrived, so the new one has its own. */
export async function keep(entry) {
  await within("readwrite", (store) => {
    store.get(entry.key).onsuccess = (event) => {
      const before = event.target.result;
      const untried = before && before.state === WAITING && !before.tries;
      const tried = before && !untried;
      const now = Date.now();
      store.put({
        after: 0, why: "", at: 0, files: [], ...entry,
        once: untried ? before.once : tried && before.once === entry.once ? fresh() : entry.once,
        saved: untried ? before.saved : now, device_at: new Date(now).toISOString(), tries: 0, state: WAITING,
      });
    };
  });
  said?.postMessage("changed");
}

export async function drop(key) {
  await within("readwrite", (store) => store.delete(key));
  said?.postMessage("changed");
}

/** Changes an entry if it is still the version that was sent; a version written meanwhile is left alone. */
const settle = (entry, change) => within("readwrite", (store) => {
  store.get(entry.key).onsuccess = (event) => {
    const now = event.target.result;
    if (now && now.once === entry.once) store.put({ ...now, ...change });
  };
});

/** An answer in JSON with its status; status 0 when there is no network, or nothing that answers like us. */
async function ask(path, options = {}) {
  const gone = new AbortController();
  const timer = setTimeout(() => gone.abort(), options.body instanceof FormData ? SHORT * 8 : SHORT);
  try {
    const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "error", ...options,
      headers: { Accept: "application/json", ...options.headers }, signal: gone.signal });
    return { status: answer.status, ...(await answer.json()) };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/** Who is signed in, a token to send with, the server's time; status 401 when the session is over, 0 when there is no network. */
export const session = () => ask("/session.json");

/** Sends a file of the entry and answers its key; null with a status when it was not taken. */
async function uploaded(entry, file, token) {
  const parts = new FormData();
  parts.append("file", file.blob, file.name);
  parts.append("field", file.field);
  parts.append("form", file.form || entry.step || entry.kind);
  if (file.place) parts.append("place", file.place);
  if (file.taken_at) parts.append("taken_at", file.taken_at);
  const answer = await ask("/files", { method: "POST", body: parts, headers: { "X-CSRFToken": token } });
  return answer;
}

/** The entry with its photos on the server: their keys stand in its fields. Answers the refusal instead when one was not taken. */
async function withFiles(entry, token) {
  for (const file of entry.files.filter((each) => !each.key)) {
    const answer = await uploaded(entry, file, token);
    if (!answer.key) return answer;
    file.key = answer.key;
    await settle(entry, { files: entry.files }); // the next try need not send it again
  }
  return null;
}

function body(entry) {
  const parts = new URLSearchParams(entry.fields);
  for (const field of new Set(entry.files.map((file) => file.field))) {
    const keys = [...(parts.get(field) || "").split(",").filter(Boolean), ...entry.files.filter((file) => file.field === field).map((file) => file.key)];
    parts.set(field, [...new Set(keys)].join(","));
  }
  parts.set("once", entry.once);
  parts.set("device_at", entry.device_at);
  if (entry.kind !== "sign") parts.set("go", "send");
  return parts;
}

/** What became of one entry: "later" (no network, the server busy), "signin", or the change to make to it. */
async function sent(entry, token) {
  const headers = { "X-CSRFToken": token };
  const stopped = await withFiles(entry, token);
  if (stopped) return verdict(stopped) || { state: "look", why: stopped.why || stopped.error?.[entry.lang || "zh"] || "" };
  const answer = await ask(entry.path, { method: "POST", body: body(entry), headers });
  const plain = verdict(answer);
  if (plain) return plain;
  if (answer.state === "taken") return { state: "sent", at: answer.now, href: answer.href || "" };
  if (answer.state === "look" || answer.status === 422 || answer.status === 413) return { state: "look", why: answer.why || "", at: answer.now };
  if (entry.kind !== "step") return { state: "refused", why: answer.why || "", at: answer.now };
  const record = await ask(`/t/${entry.number}/kept`, { method: "POST", body: body(entry), headers: { ...headers, "X-Step": entry.step } });
  const unknown = verdict(record);
  if (unknown) return unknown;
  return record.state === "taken" ? { state: "record", why: record.why || answer.why || "", at: record.now } : { state: "refused", why: answer.why || record.why || "", at: answer.now };
}

function verdict(answer) {
  if (answer.status === 0 || answer.status === 429 || answer.status >= 500) return "later";
  if (answer.status === 401) return "signin";
  return answer.status === 400 && answer.error === "csrf" ? "later" : null;
}

async function sendAll(early) {
  const here = await session();
  if (here.status !== 200) return { left: here.status === 401 ? "signin" : "later" };
  for (const entry of await entries(here.account)) {
    if (entry.state !== WAITING || (entry.after > Date.now() && !early)) continue;
    await settle(entry, { tries: entry.tries + 1 }); // said before it is sent: it may arrive though no answer comes back
    const done = await sent(entry, here.csrf);
    if (typeof done === "string") return { left: done, account: here.account };
    await settle(entry, done.state === "look" ? done : { ...done, files: [], sent: [] }); // what must be looked at again keeps its photos
    said?.postMessage("changed");
  }
  return { left: "", account: here.account };
}

/** Sends what waits, one sender at a time on this device. `early`: also what waits for its undo. Answers why something was left: later, signin or "". */
export async function flush(early = false) {
  const work = () => sendAll(early);
  return navigator.locks ? navigator.locks.request("suda-outbox", work) : work();
}

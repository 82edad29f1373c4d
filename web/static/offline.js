// Without network: says so, keeps what is handed in on the device, shows what is kept when the page is opened again, and sends it when there is network.
import { WAITING, drop, entries, flush, fresh, keep, keyOf, one, session } from "/static/outbox.js";

const account = Number(document.querySelector('meta[name="suda-account"]')?.content);
const words = JSON.parse(document.querySelector('meta[name="suda-offline"]')?.content || "{}");
const PAUSES = [5, 10, 20, 40, 60]; // seconds between tries while there is no network
const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_all, name) => parts[name]);
const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
const keptPage = Number(document.body.dataset.kept || 0);
const form = document.querySelector("form[data-keep]");
let pause = 0;
let timer = 0;
let left = "";

// ---- the strip ----------------------------------------------------------------------------------------------------------
function strip() {
  let line = document.getElementById("off-strip");
  if (!line) {
    line = document.createElement("div");
    line.id = "off-strip";
    line.setAttribute("role", "status");
    line.innerHTML = '<svg class="ic" aria-hidden="true" focusable="false"><use></use></svg><p></p><a class="btn btn-sm" hidden></a><button type="button" class="btn btn-sm" hidden></button>';
    line.querySelector("use").setAttribute("href", words.icon);
    line.querySelector("button").textContent = words.again;
    line.querySelector("a").textContent = words.sign_in;
    line.querySelector("a").href = `/signin?next=${encodeURIComponent(location.pathname)}`;
    line.querySelector("button").addEventListener("click", () => send());
    const head = document.querySelector("#main > .ib-head, #main > .c-head");
    if (head) head.after(line);
    else document.getElementById("main").prepend(line);
  }
  return line;
}

/** The strip: how many wait, why they still do, and whether what stands here is old. */
async function say() {
  const mine = await entries(account);
  const waiting = mine.filter((entry) => entry.state === WAITING && entry.after <= Date.now());
  const look = mine.filter((entry) => entry.state === "look");
  const parts = [];
  if (left === "signin") parts.push(fill(words.signin, { count: waiting.length }));
  else if (waiting.length) parts.push(fill(words.waiting, { count: waiting.length }));
  if (look.length) parts.push(fill(words.look, { count: look.length, title: look[0].title }));
  const alone = !navigator.onLine || left === "later";
  if (alone) parts.push(keptPage ? fill(words.old, { time: clock(keptPage) }) : words.alone);
  const line = strip();
  line.hidden = !parts.length;
  line.className = left === "signin" || look.length ? "off bad" : "off";
  line.querySelector("p").textContent = parts.join(" · ");
  line.querySelector("a").hidden = left !== "signin";
  line.querySelector("button").hidden = !parts.length || (!waiting.length && !alone);
  document.dispatchEvent(new Event("suda-outbox"));
  if (form) await show();
}

// ---- sending ------------------------------------------------------------------------------------------------------------
async function send() {
  clearTimeout(timer);
  ({ left } = await flush());
  const waiting = (await entries(account)).some((entry) => entry.state === WAITING);
  if (left === "") pause = 0;
  if (left === "" && keptPage) document.dispatchEvent(new Event("suda-reached"));
  if (waiting && left !== "signin") timer = setTimeout(send, PAUSES[Math.min(pause++, PAUSES.length - 1)] * 1000);
  if (waiting) navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("suda-outbox")).catch(() => undefined);
  await say();
}

// ---- a form that is kept --------------------------------------------------------------------------------------------------
const path = form?.dataset.keep === "discover" ? "/discover" : form?.getAttribute("action");
const own = form?.dataset.keep === "discover" ? decodeURIComponent(location.hash.slice(1)) : "";
let key = form ? (own || (form.dataset.keep === "discover" ? "" : keyOf(account, path))) : "";

/** The fields a person left open although they must be filled; the first gets the focus. */
function open() {
  for (const field of form.querySelectorAll("[data-field]")) {
    const must = field.querySelector(".f-must");
    const inputs = [...field.querySelectorAll("input[name], textarea[name], select[name]")];
    const given = inputs.some((input) => (/radio|checkbox/.test(input.type) ? input.checked : input.type === "file" ? input.files.length : input.value.trim()))
      || [...(form.sudaKept || []), ...(form.sudaFiles?.() || [])].some((file) => file.field === field.dataset.field);
    if (must && inputs.length && !given) return field;
  }
  return null;
}

function collected() {
  const sent = new FormData(form);
  const fields = [...sent].filter(([name, value]) => typeof value === "string" && !["csrf_token", "once", "go"].includes(name));
  const files = [...sent].filter(([, value]) => value instanceof File && value.size)
    .map(([field, blob]) => ({ field, name: blob.name, blob, taken_at: new Date(blob.lastModified).toISOString() }));
  const left = form.sudaKept || []; // of questions that are not asked at the moment
  const keys = (one) => Boolean(one.key);
  return { fields, files: [...left.filter((one) => !keys(one)), ...files, ...(form.sudaFiles?.() || [])], // the photo widget hands over those it could not send
    sent: [...left.filter(keys), ...(form.sudaSent?.() || [])] };
}

async function keepForm() {
  const missing = open();
  const trouble = form.querySelector("#f-trouble");
  trouble.textContent = missing ? fill(words.missing, { label: missing.querySelector("legend, label").firstChild.textContent.trim() }) : "";
  if (missing) {
    missing.querySelector("input, textarea, select").focus();
    return;
  }
  const discover = form.dataset.keep === "discover";
  const before = key ? await one(key) : null;
  const once = before?.once || (discover ? fresh() : form.querySelector('[name="once"]').value);
  key ||= keyOf(account, `/discover#${once}`);
  const { fields, files, sent } = collected();
  const title = form.dataset.title || String(new FormData(form).get("text") || "").slice(0, 40);
  await keep({ key, account, kind: discover ? "discover" : "step", path, step: form.dataset.step || "", number: form.dataset.number || "", title,
    lang: document.documentElement.lang.startsWith("en") ? "en" : "zh", fields, files, sent, once });
  form.dispatchEvent(new CustomEvent("suda-kept", { detail: "lies" }));
  if (discover) history.replaceState(null, "", `#${encodeURIComponent(key)}`);
  await send();
}

/** Puts a kept version back into the form: the answers, those to questions that appear only now too, and a tile for each photo. */
function fillIn(entry) {
  const given = new Map();
  for (const [name, value] of entry.fields) given.set(name, [...(given.get(name) || []), value]);
  const known = entry.sent || [];
  const files = entry.files.filter((file) => !file.key || !known.some((one) => one.key === file.key));
  form.sudaKept = [...known, ...files];
  const waits = new Set([...given.keys()].filter((name) => !["csrf_token", "once", "seq", "version", "go"].includes(name)));
  const put = () => {
    for (const input of form.querySelectorAll("input[name]:not([type=file]), textarea[name], select[name]")) {
      if (!waits.has(input.name)) continue;
      if (/radio|checkbox/.test(input.type)) input.checked = given.get(input.name).includes(input.value);
      else if (!input.closest("[data-upload]")) input.value = given.get(input.name)[0];
      if (input.checked || input.type !== "radio") done.add(input.name);
      if (input.localName === "select") input.dispatchEvent(new Event("change")); // the box to type into shows it
    }
    done.forEach((name) => waits.delete(name));
    const asks = waits.size && form.dataset.watch?.split(" ").map((name) => form.querySelector(`input[name="${CSS.escape(name)}"]:checked`)).find(Boolean);
    if (asks && put.asked !== asks) (put.asked = asks).dispatchEvent(new Event("input", { bubbles: true })); // an answer belongs to a question that is not asked yet
  };
  const done = new Set();
  put();
  new MutationObserver(put).observe(form.querySelector("#f-body"), { childList: true, subtree: true });
  form.dispatchEvent(new CustomEvent("suda-kept", { detail: "take" }));
}

/** The box that says how the kept version stands, and the buttons that go with it. */
async function show() {
  const entry = key ? await one(key) : null;
  let box = document.getElementById("off-box");
  document.body.classList.toggle("off-kept", entry?.state === WAITING);
  if (!entry) {
    box?.remove();
    document.getElementById("off-undo")?.remove();
    return;
  }
  if (!box) {
    box = document.createElement("div");
    box.id = "off-box";
    box.setAttribute("role", "status");
    box.innerHTML = '<svg class="ic" aria-hidden="true" focusable="false"><use></use></svg><p><b></b><small></small></p>';
    form.querySelector(".f-foot").before(box);
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-lg", id: "off-undo" });
    form.querySelector(".f-foot .f-continue").before(undo); // beside what sends, at the thumb
    undo.addEventListener("click", async () => {
      await drop(key);
      form.dispatchEvent(new CustomEvent("suda-kept", { detail: "wakes" }));
      if (form.dataset.keep === "discover") { key = ""; history.replaceState(null, "", "/discover"); }
      await say();
    });
  }
  const waiting = entry.state === WAITING;
  const done = entry.state === "sent";
  box.className = done ? "off-box done" : waiting ? "off-box" : "off-box bad";
  box.querySelector("use").setAttribute("href", done ? words.icon_done : words.icon);
  const time = clock(entry.at || entry.saved);
  box.querySelector("b").textContent = done ? fill(words.sent, { time }) : waiting ? words.kept : entry.state === "record" ? words.record : entry.state === "look" ? words.look_here : words.refused;
  box.querySelector("small").textContent = waiting ? fill(entry.files.length ? words.kept_files : words.kept_note, { time, count: entry.files.length }) : done ? "" : entry.why;
  document.getElementById("off-undo").hidden = !waiting;
  document.getElementById("off-undo").textContent = words.undo;
  if (done) form.dispatchEvent(new CustomEvent("suda-kept", { detail: "gone" }));
  for (const button of form.querySelectorAll(".f-foot button[value=send] .f-word, .f-foot button[value=check] .f-word")) button.textContent = waiting ? words.update : button.dataset.word;
  if (done || entry.state === "record" || entry.state === "refused") form.querySelectorAll(".f-foot button").forEach((button) => { button.disabled = true; });
}

/** Handed in with network the form goes the ordinary way; without it, or after a version that was kept, it is kept. */
async function handedIn(event) {
  const button = event.submitter;
  if (["continue", "back"].includes(button?.value) || !account || !window.indexedDB) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const before = key ? await one(key) : null;
  const here = before || !navigator.onLine ? { status: 0 } : await session();
  if (here.status !== 200 || here.account !== account || form.sudaFiles?.().length) { // a photo that could not be sent goes with the kept version
    if (here.status === 401) left = "signin";
    await keepForm();
    return;
  }
  form.querySelector('[name="csrf_token"]').value = here.csrf;
  if (button?.name) {
    const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(chosen);
  }
  HTMLFormElement.prototype.submit.call(form);
}

// ---- begin --------------------------------------------------------------------------------------------------------------
async function begin() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js", { type: "module" }).catch(() => undefined);
  if (!keptPage) navigator.serviceWorker?.ready.then((worker) => worker.active.postMessage({ ahead: [location.pathname] })); // also the very first page
  if (!window.indexedDB) return;
  if (form) {
    form.addEventListener("submit", handedIn, { capture: true });
    const seq = form.querySelector('[name="seq"]')?.value;
    let entry = key ? await one(key) : null;
    if (entry && entry.state !== WAITING && entry.state !== "look" && new Map(entry.fields).get("seq") !== seq) { // of an earlier round
      await drop(key);
      entry = null;
    }
    if (entry && entry.state !== "sent") {
      if (document.readyState !== "complete") await new Promise((ready) => { addEventListener("load", ready, { once: true }); }); // the form's own scripts listen by then
      fillIn(entry);
    }
    document.body.dataset.offline = "ready";
  }
  for (const entry of await entries(account)) if (entry.at && entry.at < Date.now() - 86400000) await drop(entry.key); // told long ago
  addEventListener("online", () => { pause = 0; send(); });
  addEventListener("offline", () => say());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  if (typeof BroadcastChannel === "function") new BroadcastChannel("suda-outbox").onmessage = () => say();
  if (keptPage || (await entries(account)).some((entry) => entry.state === WAITING)) await send();
  else await say();
  document.documentElement.dataset.outbox = "ready";
}

for (const out of document.querySelectorAll('form[action="/signout"]')) {
  out.addEventListener("submit", async (event) => {
    if (out.dataset.sure || !account) return;
    event.preventDefault();
    const waiting = (await entries(account)).filter((entry) => entry.state === WAITING);
    if (waiting.length && !confirm(fill(words.leaving, { count: waiting.length }))) return;
    for (const name of await caches.keys()) if (name.startsWith("pages-")) await caches.delete(name);
    out.dataset.sure = "yes";
    out.requestSubmit();
  });
}
if (account) begin();

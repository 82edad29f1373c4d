// The agent's desk: suggestions while typing, which never overwrite what a person chose; what is typed is saved by itself.
// Without this file the form works all the same (forms.js, or the button "continue").
import { dialogs } from "./desk_dialog.js";

const SOON = 300; // ms after the last key
const SAVE_EVERY = 4000; // ms
const form = document.getElementById("intake");
const panelOf = () => document.getElementById("d-panel");
const part = (name) => form.elements.namedItem(name);
const hidden = (name) => form.querySelector(`input[type=hidden][name=${name}]`);
const categoryOf = () => form.querySelector("select[name=category]");
const fresh = document.getElementById("d-fresh");
const says = (template, parts) => template.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
const token = () => document.querySelector('meta[name="csrf-token"]').content;
const fieldOf = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

let touched = Boolean(categoryOf()?.value) && categoryOf().value !== hidden("adopted").value; // the agent chose a category himself
let adopting = false;

/** A small mark at a field's label, one of each kind. */
function chip(field, kind, words) {
  const label = field?.querySelector("label, legend");
  if (!label) return;
  let mark = field.querySelector(`.d-chip-${kind}`);
  if (!words) return mark?.remove();
  if (!mark) {
    mark = document.createElement("span");
    mark.className = `d-chip d-chip-${kind} tag ${kind === "place" ? "green" : "blue"}`;
    label.after(mark);
  }
  mark.textContent = words;
}

function setCategory(value, byPerson) {
  const select = categoryOf();
  if (!select || ![...select.options].some((one) => one.value === value)) return;
  adopting = !byPerson;
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true })); // the box shows it
  select.dispatchEvent(new Event("input", { bubbles: true })); // what hangs on it appears
  adopting = false;
}

/** Fills in the suggested category where nobody has chosen one, and says at the field which of the two it is. */
function follow(panel) {
  const select = categoryOf();
  if (!select) return;
  const { adopt } = panel.dataset;
  if (!touched && select.value !== adopt && (adopt || select.value === hidden("adopted").value)) {
    hidden("adopted").value = adopt;
    setCategory(adopt, false);
  }
  const field = fieldOf("category");
  if (select.value && select.value === adopt) chip(field, "category", form.dataset.adoptedWords);
  else if (touched && select.value && adopt) chip(field, "category", says(form.dataset.changedWords, { name: select.value }));
  else chip(field, "category", "");
}

/** The words that carried the suggestion, lit in the text itself: a copy behind the box. */
function light(words) {
  const box = part("text");
  if (!box || box.tagName !== "TEXTAREA") return;
  let back = box.previousElementSibling;
  if (!back?.classList.contains("d-lit")) {
    back = document.createElement("div");
    back.className = "d-lit form-control";
    back.setAttribute("aria-hidden", "true");
    const frame = document.createElement("div");
    frame.className = "d-lit-frame";
    box.replaceWith(frame);
    frame.append(back, box);
    box.addEventListener("scroll", () => { back.scrollTop = box.scrollTop; });
    box.addEventListener("input", () => light(panelOf().dataset.words.split("|")));
  }
  const wanted = words.filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pieces = wanted.length && box.value.length < 4000 ? box.value.split(new RegExp(`(${wanted.join("|")})`, "i")) : [box.value];
  back.replaceChildren(...pieces.map((piece, place) => {
    if (place % 2 === 0) return document.createTextNode(piece);
    const mark = document.createElement("mark");
    mark.textContent = piece;
    return mark;
  }), "\n");
  back.style.height = `${box.offsetHeight}px`;
  back.scrollTop = box.scrollTop;
}

function footing(panel) {
  const { to, first, missing } = panel.dataset;
  const goes = document.getElementById("d-goes");
  goes.replaceChildren();
  if (to) {
    const who = document.createElement("b");
    who.textContent = to;
    goes.append(goes.dataset.to, " ", who);
  }
  document.getElementById("d-first").textContent = to && missing ? says(form.dataset.firstWords, { name: first }) : "";
}

let timer = 0;
let asking = null;
let shownAt = 0;

function state(kind) {
  fresh.hidden = false;
  fresh.classList.toggle("bad", kind === "trouble");
  panelOf().classList.toggle("d-old-news", kind === "working");
  fresh.textContent = kind === "fresh" ? says(fresh.dataset.fresh, { seconds: 0 }) : fresh.dataset[kind];
}

function settle(panel) {
  follow(panel);
  light(panel.dataset.words.split("|"));
  chip(fieldOf("address"), "place", panel.dataset.place && part("address")?.value ? form.dataset.foundWords : "");
  footing(panel);
}

async function suggest() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const slow = setTimeout(() => state("working"), 120);
  try {
    const answer = await fetch("/intake/suggest", {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-CSRFToken": token(), Accept: "text/html" }, signal: mine.signal,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine.signal.aborted) return;
    const had = document.activeElement?.dataset?.use; // the keyboard stays where it was
    for (const id of ["d-panel", "d-near", "d-earlier"]) document.getElementById(id).replaceWith(page.getElementById(id));
    if (had) panelOf().querySelector(`[data-use="${CSS.escape(had)}"]`)?.focus();
    shownAt = Date.now();
    state("fresh");
    settle(panelOf());
  } catch (error) {
    if (error.name !== "AbortError") state("trouble");
  } finally {
    clearTimeout(slow);
    if (asking === mine && !fresh.classList.contains("bad")) panelOf().classList.remove("d-old-news");
  }
}

const soon = (wait) => { clearTimeout(timer); timer = setTimeout(suggest, wait); };

// ---- what is typed is saved by itself ----
const note = document.getElementById("d-saved");
let typed = new URLSearchParams(new FormData(form)).toString();
let saving = false;

async function renewed() {
  const answer = await fetch("/intake", { headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector('meta[name="csrf-token"]')?.content;
  if (!now || !page.getElementById("intake")) return false;
  document.querySelector('meta[name="csrf-token"]').content = now;
  hidden("csrf_token").value = now;
  return true;
}

async function save(again = true) {
  const now = new URLSearchParams(new FormData(form)).toString();
  if (saving || now === typed || dialogs.sent) return;
  saving = true;
  try {
    const answer = await fetch("/intake/keep", { method: "POST", body: new URLSearchParams(now), headers: { "X-CSRFToken": token(), Accept: "application/json" } });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      typed = now;
      note.textContent = said.saved ? says(note.dataset.saved, { time: said.saved }) : "";
      note.className = "right";
    } else if (again && [400, 401].includes(answer.status) && (await renewed())) { // signed in again in another window
      saving = false;
      await save(false);
    } else {
      note.textContent = said.error && answer.status === 413 ? said.error : note.dataset[answer.status === 401 || answer.status === 400 ? "out" : "away"];
      note.className = "right hot";
    }
  } catch {
    note.textContent = note.dataset.away;
    note.className = "right hot";
  } finally {
    saving = false;
  }
}

// ---- the call, and the special channel ----
const began = hidden("began");
const ahead = Number(document.body.dataset.now) - Date.now(); // this machine's own clock may be wrong
const nowMs = () => Date.now() + ahead;
if (!began.value) began.value = String(nowMs());
const since = document.getElementById("d-since");
const two = (number) => String(number).padStart(2, "0");
since.textContent = says(since.dataset.since, { time: new Date(Number(began.value)).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" }) });
typed = new URLSearchParams(new FormData(form)).toString();
setInterval(() => {
  const seconds = Math.max(0, Math.floor((nowMs() - Number(began.value)) / 1000));
  document.getElementById("d-timer").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  if (shownAt && !fresh.classList.contains("bad") && !panelOf().classList.contains("d-old-news"))
    fresh.textContent = says(fresh.dataset.fresh, { seconds: Math.round((Date.now() - shownAt) / 1000) });
}, 1000);

const special = document.getElementById("d-special");
const isSpecial = () => form.querySelector("input[name=special][value=yes]");
function showSpecial() {
  special.hidden = !isSpecial();
  special.setAttribute("aria-pressed", String(Boolean(isSpecial()?.checked)));
}
special.addEventListener("click", () => {
  const yes = isSpecial();
  yes.checked = !yes.checked;
  yes.dispatchEvent(new Event("input", { bubbles: true }));
});

form.addEventListener("input", (event) => {
  if (event.isComposing) return;
  if (event.target.name === "category" && !adopting) {
    touched = true;
    hidden("adopted").value = "";
  }
  if (event.target.name === "caller_phone") {
    const digits = event.target.value.replace(/\D/g, "");
    const number = document.getElementById("d-number");
    number.textContent = digits.length > 7 ? digits.slice(0, 3) + "*".repeat(digits.length - 7) + digits.slice(-4) : number.dataset.none;
  }
  showSpecial();
  soon(event.target.matches("textarea, input[type=text], input[type=tel]") ? SOON : 0);
});
form.addEventListener("compositionend", () => soon(SOON));
document.addEventListener("click", (event) => {
  const use = event.target.closest("[data-use]");
  if (use) {
    touched = true;
    hidden("adopted").value = "";
    setCategory(use.dataset.use, true);
  }
  const go = event.target.closest("[data-go]");
  if (go) {
    event.preventDefault();
    goTo(fieldOf(go.dataset.go));
  }
});
/** The cursor into the field, which stands in the middle of the window. */
function goTo(field) {
  (field?.querySelector("input:not([hidden]), textarea, select:not([hidden])") || field)?.focus();
  field?.scrollIntoView({ block: "center" });
}
const answered = (field) => [...field.querySelectorAll("input, textarea, select")].some((one) => (["radio", "checkbox"].includes(one.type) ? one.checked : one.value.trim()));
/** The first field that still has to be asked, as the page stands now: what the last suggestion named or the form itself requires, without an answer yet. */
const unasked = () => [...form.querySelectorAll("[data-field]")].find((field) => !answered(field)
  && ((panelOf().dataset.missing || "").split(" ").includes(field.dataset.field) || field.dataset.required !== undefined));
/** Whether this button takes the appeal in, by dispatch or otherwise; once it was sent without the dialog, the server says what is missing. */
const takesIn = (button) => button?.id === "f-send" || button?.name === "into" || Boolean(button?.dataset.end && !button.dataset.plain);
form.addEventListener("submit", (event) => { // pressed too early: the cursor goes where something is missing, and nothing is sent
  const field = takesIn(event.submitter) ? unasked() : null;
  if (!field) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  goTo(field);
  field.classList.add("d-wanted");
  field.addEventListener("input", () => field.classList.remove("d-wanted"), { once: true });
}, true);
const fieldsNow = () => [...form.querySelectorAll("[data-field]")].map((one) => one.dataset.field).join(" ");
let fields = fieldsNow();
new MutationObserver(() => { // a part appeared or went: its answers count, or no longer do
  if (fieldsNow() === fields) return;
  fields = fieldsNow();
  showSpecial();
  soon(SOON);
}).observe(document.getElementById("f-body"), { childList: true, subtree: true });
setInterval(save, SAVE_EVERY);
document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
document.body.classList.add("d-live");
showSpecial();
settle(panelOf());
dialogs.start(form, token);

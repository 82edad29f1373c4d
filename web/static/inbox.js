// The inbox: one tap signs, with five seconds to take it back; what waits on the device is said at its row; the list comes anew each minute.
import { WAITING, drop, entries, flush, fresh, keep, keyOf } from "/static/outbox.js";

const UNDO = 5000; // ms
const EACH = 60000; // ms between looks for what is new
const account = Number(document.querySelector('meta[name="suda-account"]')?.content);
const words = JSON.parse(document.querySelector('meta[name="suda-offline"]')?.content || "{}");
const lists = () => document.getElementById("ib-lists");
const undoing = new Map(); // key -> timer
let offset = Number(document.body.dataset.now) - Date.now();

const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_all, name) => parts[name]);

function said(form, text, look) {
  const line = form.closest("[data-number]").querySelector(".ib-state");
  line.textContent = text;
  line.className = `ib-state ${look}`;
  line.hidden = !text;
}

/** The button counts down and the other one takes it back. */
async function begin(form) {
  const key = keyOf(account, form.getAttribute("action"));
  if (undoing.has(key)) return;
  const until = Date.now() + UNDO;
  const title = form.closest("[data-number]").querySelector("h3").textContent.trim();
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "once");
  const button = form.querySelector(".ib-sign-button");
  const undo = form.querySelector(".ib-undo");
  undoing.set(key, 0);
  await keep({ key, account, kind: "sign", path: form.getAttribute("action"), number: form.closest("[data-number]").dataset.number, title, fields, once: fresh(), after: until });
  undo.hidden = false;
  const show = () => { button.querySelector("span").textContent = fill(words.signing, { seconds: Math.max(1, Math.ceil((until - Date.now()) / 1000)) }); };
  button.setAttribute("aria-disabled", "true");
  show();
  undoing.set(key, setInterval(() => {
    if (Date.now() < until) return show();
    stop(form, key);
    button.querySelector("span").textContent = words.sending;
    flush().then(mark);
  }, 250));
  undo.onclick = async () => {
    stop(form, key);
    await drop(key);
    button.querySelector("span").textContent = words.sign;
    button.removeAttribute("aria-disabled");
    button.focus();
  };
}

function stop(form, key) {
  clearInterval(undoing.get(key));
  undoing.delete(key);
  form.querySelector(".ib-undo").hidden = true;
}

/** Says at each row what of it waits on this device, and what became of it. */
async function mark() {
  const mine = await entries(account);
  let news = false;
  for (const row of document.querySelectorAll("[data-number]")) {
    const form = row.querySelector("form.ib-sign");
    const entry = mine.find((one) => one.number === row.dataset.number && (one.kind === "sign") === Boolean(form));
    if (!form) {
      const line = row.querySelector(".ib-kept");
      if (line) line.hidden = entry?.state !== WAITING;
      continue;
    }
    const button = form.querySelector(".ib-sign-button");
    if (!entry || undoing.has(entry.key)) continue;
    if (entry.state === WAITING) {
      button.setAttribute("aria-disabled", "true");
      button.querySelector("span").textContent = words.to_send;
      said(form, words.sign_waits, "hot");
    } else if (entry.state === "sent") {
      news = true;
      await drop(entry.key);
    } else {
      said(form, entry.why, "bad");
      button.removeAttribute("aria-disabled");
      button.querySelector("span").textContent = words.sign;
      await drop(entry.key);
    }
  }
  if (news) await renew();
}

/** The lists as they are now; kept as they stand while somebody may still take a tap back, or where there is no network. */
async function renew() {
  if (undoing.size || document.hidden) return;
  try {
    const answer = await fetch("/inbox", { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (undoing.size) return;
    const at = lists().contains(document.activeElement) ? document.activeElement.id : "";
    lists().replaceWith(page.getElementById("ib-lists"));
    if (at) document.getElementById(at)?.focus();
    offset = Number(page.body.dataset.now) - Date.now();
    window.suda?.serverTime(Number(page.body.dataset.now));
    window.suda?.tick();
    const count = document.querySelector(".phone-tabs .tab-count");
    if (count) count.textContent = lists().dataset.count;
    if (count) count.hidden = lists().dataset.count === "0";
    await mark();
  } catch {
    // no network: what stands here stands, and the strip says so
  }
}

/** The large time at the left edge goes on without the server. */
function tick() {
  for (const node of document.querySelectorAll(".ib-left[data-due]")) {
    const left = (Number(node.dataset.due) - (Date.now() + offset)) / 1000;
    const whole = Math.abs(left);
    const [big, unit] = whole < 3600 ? [Math.ceil(whole / 60), "minutes"]
      : whole < 86400 ? [`${Math.floor(whole / 3600)}:${String(Math.floor(whole % 3600 / 60)).padStart(2, "0")}`, "hours"] : [Math.floor(whole / 86400), "days"];
    node.querySelector("b").textContent = `${left <= 0 ? words.over : ""}${big}`;
    node.querySelector("i").textContent = words[unit];
    node.classList.toggle("bad", left <= 0);
    node.classList.toggle("hot", left > 0 && left * 1000 < Number(node.dataset.span) / 4);
    node.querySelector("small").textContent = left <= 0 ? words.late : left * 1000 < Number(node.dataset.span) / 4 ? words.near : "";
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.ib-sign");
  if (!form || !account || !window.indexedDB) return;
  event.preventDefault();
  if (form.querySelector(".ib-sign-button").getAttribute("aria-disabled") !== "true") begin(form);
});
// A phone put away before the five seconds are over has not taken anything back.
const away = () => { if (undoing.size) navigator.serviceWorker?.controller?.postMessage({ flush: true }); };
addEventListener("pagehide", away);
document.addEventListener("visibilitychange", () => (document.hidden ? away() : renew()));
document.addEventListener("suda-outbox", mark);
document.addEventListener("suda-reached", renew); // the page came from the device and there is network again
setInterval(renew, EACH);
setInterval(tick, 5000);
tick();
if (account && window.indexedDB) mark();
const ahead = [...document.querySelectorAll("[data-ahead]")].slice(0, 10).map((link) => link.getAttribute("href"));
navigator.serviceWorker?.ready.then((worker) => worker.active.postMessage({ ahead: [...ahead, ...(document.querySelector('.phone-tabs [href="/discover"]') ? ["/discover"] : [])] }));

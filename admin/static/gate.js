// The gate's page while something runs: how far it is, each second; when what it shows has changed, the cards that differ are exchanged.
const gate = document.getElementById("gate");
const EACH = 1000, QUIET = 5000, MOST_MISSED = 3;
let missed = 0;

async function look() {
  const busy = await ask().catch(() => { missed += 1; return true; });
  const moved = document.getElementById("moved");
  if (missed >= MOST_MISSED) show(moved, gate.dataset.lost);
  else if (moved.textContent === gate.dataset.lost) moved.hidden = true;
  setTimeout(look, busy && !missed ? EACH : QUIET);
}

async function ask() {
  const answer = await fetch(`/admin/drafts/${gate.dataset.draft}/state`, { headers: { Accept: "application/json" } });
  if (answer.status === 404) { show(document.getElementById("moved"), gate.dataset.gone); for (const button of document.querySelectorAll("#decide button")) button.disabled = true; return false; }
  if (answer.status === 401 || answer.status === 403) { location.reload(); return false; }
  if (!answer.ok) throw new Error(String(answer.status));
  missed = 0;
  const state = await answer.json();
  for (const key of ["check", "replay"]) if (state[key]) progress(key, state[key]);
  if (state.stamp !== gate.dataset.stamp) await exchange(state.hash !== gate.dataset.hash);
  return state.busy;
}

function progress(key, run) {
  if (run.state !== "queued" && run.state !== "running") return;
  const words = run.total ? `${run.done.toLocaleString("en")} / ${run.total.toLocaleString("en")}` : "";
  const places = [`[data-step=${key}] .g-num`, `[data-count=${key}]`];
  for (const place of places) for (const one of document.querySelectorAll(place)) one.textContent = words;
  for (const bar of document.querySelectorAll(`[data-step=${key}] progress, [data-bar=${key}]`)) { bar.max = run.total || 1; bar.value = run.done; }
}

async function exchange(changed) {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = fresh.getElementById("gate");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const here = document.querySelector(`[data-part=${part.dataset.part}]`);
    if (here && plain(here) !== plain(part)) { keep(here, part); here.replaceWith(part); }
  }
  gate.dataset.stamp = next.dataset.stamp;
  gate.dataset.hash = next.dataset.hash;
  if (changed) show(document.getElementById("moved"), gate.dataset.moved);
}

// Without the token, which is another in each answer.
function plain(part) {
  return part.outerHTML.replace(/name="csrf_token" value="[^"]*"/g, "").replace(/ open(="")?/g, "").replace(/\s+/g, " ");
}

// What has been typed or chosen stays when its card is exchanged; what the page itself says (hidden fields) does not.
function keep(old, part) {
  for (const field of old.querySelectorAll("textarea[name], select[name], input[name]:not([type=hidden])")) {
    const kind = field.type === "radio" ? `[value="${field.value}"]` : "";
    const same = part.querySelector(`[name="${field.name}"]${kind}`);
    if (!same) continue;
    if (field.type === "radio") same.checked = field.checked; else same.value = field.value;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.name : "";
  if (focused) requestAnimationFrame(() => { const again = part.querySelector(`[name="${focused}"]:not([type=hidden])`); if (again) again.focus(); });
  for (const open of part.querySelectorAll("details")) {
    const before = old.querySelector(`details.${open.className.split(" ")[0]}`);
    if (before && before.open && !before.classList.contains("g-ask")) open.open = true;
  }
}

function show(place, words) { place.textContent = words; place.hidden = false; }

// A date typed means that dates are meant; an hour typed means later.
document.addEventListener("input", event => {
  const chosen = { from: 'input[name=days][value=dates]', to: 'input[name=days][value=dates]', effective_at: 'input[name=effective][value=later]' }[event.target.name];
  if (chosen) document.querySelector(chosen).checked = true;
});

setTimeout(look, EACH);

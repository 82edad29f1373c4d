// 试一试 without leaving the page: a press or a changed fact sends the form, the answer takes its place. Without this script the form works as a page.
const form = document.getElementById("try");
let running = null;

if (form) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.hasAttribute("data-plain")) return;
    event.preventDefault();
    run(button);
  });
  form.addEventListener("change", (event) => { if (event.target.matches("[data-live]")) run(null); });
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); run(null); }
    if (["ArrowDown", "ArrowUp"].includes(event.key) && event.target.matches("button.to-rule")) step(event);
  });
  near();
}

function fields(button) {
  const data = new FormData(form);
  if (button?.name === "rule") data.delete("rule");
  if (button?.name) data.append(button.name, button.value);
  return data;
}

async function run(button) {
  running?.abort();
  const mine = (running = new AbortController());
  const focus = mark(button && button.tabIndex >= 0 ? button : document.activeElement); // Enter in a field presses the hidden button
  const grid = form.querySelector(".to-grid");
  grid?.classList.add("busy");
  try {
    const answer = await fetch("/admin/tryout/", { method: "POST", body: fields(button), signal: mine.signal, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("try-out");
    if (!fresh) { form.submit(); return; }
    document.getElementById("try-out").replaceChildren(...fresh.childNodes);
    document.title = page.title;
    place();
    refocus(focus);
    near();
  } catch (error) {
    if (error.name !== "AbortError") { grid?.classList.remove("busy"); form.submit(); }
  }
}

// Where the keyboard stood, so that it stands there again.
function mark(element) {
  if (!element || !form.contains(element)) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.dataset?.id) return `button.to-rule[data-id="${CSS.escape(element.dataset.id)}"]`;
  if (element.name === "apply") return ".to-tried";
  return element.name ? `[name="${CSS.escape(element.name)}"]:not([type=hidden])` : "";
}

function refocus(selector) {
  const found = selector ? form.querySelector(selector) : null;
  if (!found) return;
  if (selector === ".to-tried") found.scrollIntoView({ block: "nearest" });
  else found.focus({ preventScroll: true });
}

// The address names what is tried, never what somebody said.
function place() {
  const query = new URLSearchParams();
  for (const name of ["set", "draft", "ticket", "rule", "as"]) {
    const value = form.querySelector(`input[name="${name}"], select[name="${name}"]`)?.value;
    if (value) query.set(name, value);
  }
  history.replaceState(null, "", `/admin/tryout/?${query}`);
}

function step(event) {
  const all = [...form.querySelectorAll("button.to-rule")].filter((one) => one.offsetParent);
  const next = all[all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) { event.preventDefault(); next.focus(); }
}

// 差一步: found by the engine for the rules in view, after the page stands.
async function near() {
  const card = form.querySelector(".to-rules");
  const rows = card ? [...card.querySelectorAll("[data-near]")] : [];
  if (!rows.length) return;
  const data = fields(null);
  for (const row of rows) data.append("ids", row.dataset.id);
  const mine = running;
  const answer = await fetch("/admin/tryout/near", { method: "POST", body: data, credentials: "same-origin" });
  if (!answer.ok || mine !== running) return;
  const found = new Set((await answer.json()).near);
  for (const row of rows) {
    if (!found.has(row.dataset.id)) continue;
    const tag = document.createElement("span");
    tag.className = "tag to-near";
    tag.textContent = card.dataset.nearFrom;
    row.querySelector(".to-note-r").replaceChildren(tag);
  }
  card.dataset.nearDone = "1";
}

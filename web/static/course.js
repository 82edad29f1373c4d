// The form of a step: the questions that hang on an answer are fetched beforehand, so that they can be asked without network too.

const form = document.querySelector("form[data-state]");
const MANY = 2000; // characters

/** For each answer that may call for further questions: the form as it would be, kept on the device for this account. */
async function ahead() {
  const account = document.querySelector('meta[name="suda-account"]')?.content;
  if (!account || !window.caches || !form.dataset.keep || document.body.dataset.kept || !navigator.serviceWorker?.controller) return;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const watch = new Set(form.dataset.watch.split(" "));
  const first = [...form.querySelectorAll("input[type=radio]")].filter((input) => watch.has(input.name));
  const pages = await caches.open(`pages-${account}`);
  for (const input of first) {
    const chosen = new URLSearchParams({ [input.name]: input.value });
    const address = `${form.dataset.state}?${chosen}`;
    const answer = await fetch(form.dataset.state, { method: "POST", body: chosen, headers: { "X-CSRFToken": token, Accept: "text/html" } }).catch(() => null);
    if (answer?.ok) await pages.put(address, answer);
  }
}

/** How much is written of what fits, beside the label; for the eye alone, the field itself stops at its length. */
function counted(area) {
  const label = area.closest("[data-field]")?.querySelector("label");
  if (!label || !(area.maxLength > 0) || (area.maxLength > MANY && area.value.length < area.maxLength * 0.9)) return; // nobody counts towards 20 000
  const count = label.querySelector(".c-count") || Object.assign(document.createElement("span"), { className: "c-count num" });
  count.setAttribute("aria-hidden", "true");
  count.textContent = area.value ? `${area.value.length} / ${area.maxLength}` : "";
  if (!count.isConnected) label.append(count);
}

if (form) {
  const all = () => form.querySelectorAll("textarea[maxlength]").forEach(counted);
  form.addEventListener("input", (event) => event.target.matches("textarea[maxlength]") && counted(event.target));
  form.addEventListener("suda-kept", all);
  all();
}
if (form && "requestIdleCallback" in window) requestIdleCallback(ahead);

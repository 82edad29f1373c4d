// The form of a step: the questions that hang on an answer are fetched beforehand, so that they can be asked without network too.

const form = document.querySelector("form[data-state]");

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

if (form && "requestIdleCallback" in window) requestIdleCallback(ahead);

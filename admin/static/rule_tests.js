// A row that is being typed says at once whether it would hold; the form itself works without this script.
for (const form of document.querySelectorAll("form[data-try]")) {
  const out = form.querySelector("[data-live]");
  let waiting = 0;
  let mine = null;
  const look = async () => {
    mine?.abort();
    mine = new AbortController();
    try {
      const answer = await fetch(form.dataset.try, { method: "POST", body: new FormData(form), signal: mine.signal, credentials: "same-origin" });
      if (!answer.ok) return;
      const { ok, text } = await answer.json();
      out.dataset.ok = String(ok);
      out.textContent = text ? `${ok ? "✓" : "✗"} ${text}` : "";
    } catch (error) {
      if (error.name !== "AbortError") out.textContent = "";
    }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 200); });
  look();
  form.querySelector("input:not([type=hidden]), select")?.focus({ preventScroll: true });
}

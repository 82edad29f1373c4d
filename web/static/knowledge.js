// The knowledge base: results follow what one types; an answer goes to the clipboard by one press. Without this file the form works as a form.
const SOON = 150; // ms after the last key
const form = document.getElementById("k-search");
const place = document.getElementById("k-results");
const said = document.getElementById("k-said");
let asked = 0;
let timer = 0;

function ready() {
  for (const button of place.querySelectorAll(".k-copy")) button.hidden = false;
}

async function look() {
  const mine = ++asked;
  const query = new URLSearchParams(new FormData(form)).toString();
  place.classList.add("waits");
  try {
    const answer = await fetch(`/knowledge/results?${query}`, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (mine !== asked) return; // a later question is on its way
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (mine !== asked) return;
    place.innerHTML = html; // made and escaped by our own server
    history.replaceState(null, "", `/knowledge?${query}`);
    said.textContent = place.querySelector(".k-count").textContent;
    ready();
  } catch {
    if (mine === asked) said.textContent = form.dataset.trouble;
  } finally {
    if (mine === asked) place.classList.remove("waits");
  }
}

async function copy(button) {
  const words = button.dataset.copy;
  const label = button.querySelector("span");
  let done = true;
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    const box = document.createElement("textarea"); // pages that are not reached by https have no clipboard
    box.value = words;
    document.body.append(box);
    box.select();
    done = document.execCommand("copy");
    box.remove();
    button.focus();
  }
  label.dataset.before ??= label.textContent;
  label.textContent = done ? form.dataset.copied : form.dataset.notCopied;
  said.textContent = label.textContent;
  setTimeout(() => (label.textContent = label.dataset.before), 2000);
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, SOON);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  look();
});
place.addEventListener("click", (event) => {
  const button = event.target.closest(".k-copy");
  if (button) copy(button);
});
ready();

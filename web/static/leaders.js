// Renews the cards of the overview each minute, each only where it changed, and shows what is behind a village's tile.
import { draw } from "./charts.js";

const EVERY = 60000;
const span = document.getElementById("span");
const last = {};
let good = span.textContent;

function put(name, html) {
  const card = document.getElementById("card-" + name);
  if (!card || last[name] === html) { return; }
  const known = name in last;
  last[name] = html;
  if (!known && !changed(card, html)) { return; }
  if (card.contains(document.activeElement) || card.querySelector("details[open]")) { delete last[name]; return; }  // who reads in it keeps his place
  const height = card.offsetHeight;
  card.style.minHeight = height + "px";
  card.innerHTML = html;
  draw(card);
  card.style.minHeight = "";
}

function changed(card, html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return plain(box.content) !== plain(card);
}

function plain(node) { return node.textContent.replace(/\s+/g, " ").trim(); }

async function renew() {
  try {
    const answer = await fetch("/leaders/state" + location.search, { headers: { Accept: "application/json" } });
    if (!answer.ok) { throw new Error(answer.status); }
    const state = await answer.json();
    Object.entries(state.cards).forEach(([name, html]) => put(name, html));
    good = span.textContent = state.span.trim();
    span.classList.remove("bad");
  } catch {
    span.classList.add("bad");
    span.textContent = good + " · " + span.dataset.lost.replace(/\d\d:\d\d/, (good.match(/\d\d:\d\d/) || [""])[0]);
  }
}

document.addEventListener("click", async (event) => {
  const tile = event.target.closest("a.tile");
  if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
  event.preventDefault();
  const asked = new URL(tile.href);
  const answer = await fetch("/leaders/village" + asked.search).catch(() => null);
  if (!answer || !answer.ok) { location.href = tile.href; return; }
  document.getElementById("behind").innerHTML = await answer.text();
  document.querySelectorAll("a.tile[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  tile.setAttribute("aria-current", "true");
  history.replaceState(null, "", asked.search);
});

setInterval(() => { if (!document.hidden) { renew(); } }, EVERY);

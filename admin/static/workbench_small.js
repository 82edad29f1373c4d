// How long ago, a word at the foot of the screen, and texts the browser keeps until they are saved.

import { h, icon, redraw, say } from "./condition_dom.js";

/** How long ago that moment was, in words; `skew` is how far this machine's clock is ahead of the server's. */
export function ago(millis, skew) {
  const minutes = Math.floor((Date.now() - skew - millis) / 60000);
  if (minutes < 1) return say("workbench.just_now");
  if (minutes < 60) return say("workbench.minutes_ago", { count: minutes });
  return minutes < 1440 ? say("workbench.hours_ago", { count: Math.floor(minutes / 60) }) : say("workbench.days_ago", { count: Math.floor(minutes / 1440) });
}

let toastTimer = 0;
/** Says something at the foot of the screen for some seconds; `undoing` adds a button that takes it back. */
export function toast(text, undoing = null) {
  redraw(document.getElementById("toast"), h("span", {}, text), undoing ? h("button.btn.btn-sm", { type: "button", onclick: () => { document.getElementById("toast").hidden = true; undoing(); } }, icon("arrow-back-up"), say("workbench.undo")) : null);
  document.getElementById("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { document.getElementById("toast").hidden = true; }, undoing ? 9000 : 5000);
}

/** On a phone, which of the three columns is shown: rules, edit or check. */
export function step(name) {
  document.getElementById("work").dataset.step = name;
  document.querySelectorAll("#steps button").forEach((one) => one.setAttribute("aria-pressed", one.dataset.step === name ? "true" : "false"));
}

/** Texts typed and not saved yet, kept by the browser: keep(path) reads, keep(path, text) writes, keep(path, null) forgets. */
export function keeper(draft) {
  return (path, text) => {
    const key = `suda-text/${draft() ?? 0}/${path}`;
    try {
      if (text === undefined) return localStorage.getItem(key);
      if (text === null) localStorage.removeItem(key); else localStorage.setItem(key, text);
    } catch { return null; } // a browser that keeps nothing: the text is still on the screen
    return null;
  };
}

// Photos and files of a form: each is made smaller on the phone, sent at once, and stands as a tile; what goes wrong is said under it.
// Without this file the plain file inputs travel with the form. `form.sudaFiles()` hands over what could not be sent (offline.js keeps it), `form.sudaSent()`
// what stands as sent; `form.sudaKept` is what a kept version brings back, taken from there by the field it belongs to.
import { clock, el, glimpse, post, small, smaller, where } from "./photo_send.js";

const AGAIN = [2000, 6000, 15_000]; // ms before a photo that met no network is tried again; after the last it waits for the network or for a tap
const form = document.querySelector("form[data-uploads]");
const words = form ? JSON.parse(form.dataset.words) : {};
const waiting = new Set(); // tiles whose photo is not on the server: being sent, or without network
let heldBack = null; // the button that was pressed before all was sent
let asItIs = false; // handed in with what could not be sent: it is kept on the device

const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");
const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";

function icon(name) {
  const made = document.querySelector(".u-pick .ic, .ic").cloneNode(true);
  const use = made.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
  return made;
}

/** One fieldset that asks for photos or files. */
function alive(set) {
  const field = set.closest("[data-field]").dataset.field;
  const list = set.querySelector(".u-tiles");
  const adder = set.querySelector(".u-add");
  const said = set.querySelector("[data-said]");
  const inputs = [...set.querySelectorAll('input[type="file"]')];
  const most = Number(form.dataset.most || 9);
  const photos = set.dataset.upload === "photo";
  const answer = Object.assign(document.createElement("input"), { type: "hidden", name: field });
  set.append(answer);
  set.classList.add("u-live");
  set.sudaUnsent = () => tiles().filter((tile) => tile.sudaFile && !tile.dataset.key && tile.dataset.state !== "refused").map((tile) => ({ field, form: form.dataset.uploads, ...tile.sudaFile }));
  set.sudaSent = () => tiles().filter((tile) => tile.dataset.key).map((tile) => ({ field, key: tile.dataset.key, words: tile.querySelector(".u-cap, .u-paper span")?.textContent || "", src: small(tile.querySelector("img")) }));

  const tiles = () => [...list.children].filter((tile) => tile !== adder);
  function settle() {
    answer.value = tiles().map((tile) => tile.dataset.key).filter(Boolean).join(",");
    answer.dispatchEvent(new Event("input", { bubbles: true }));
    adder.hidden = tiles().length >= most;
    if (photos) adder.querySelector(".u-say").textContent = tiles().length ? words.more : adder.querySelector(".u-say").dataset.first;
    else adder.querySelector(".u-say").title = fill(words.most, { count: most });
  }

  function removable(tile) {
    const cross = el("button", "u-remove");
    cross.type = "button";
    cross.setAttribute("aria-label", `${words.remove} ${tile.querySelector("img")?.alt || tile.querySelector(".u-paper span")?.textContent || ""}`.trim());
    cross.append(icon("x"));
    cross.addEventListener("click", () => drop(tile));
    tile.append(cross);
  }

  function drop(tile) {
    rest(tile);
    tile.remove();
    said.textContent = words.removed;
    settle();
    inputs[0].focus();
    goOn();
  }

  /** An empty tile before the one that adds; a picture is put into it as soon as the browser has read it. */
  function place(name, blob, src) {
    const tile = el("li", photos ? "u-tile" : "u-tile u-wide");
    if (!photos) tile.append(paper(name));
    list.insertBefore(tile, adder);
    removable(tile);
    if (!photos) return [tile, Promise.resolve()];
    const seen = el("span", "u-shot");
    tile.prepend(seen);
    const show = (found) => found && seen.append(Object.assign(el("img"), { src: found, alt: name }));
    return [tile, src ? Promise.resolve(show(src)) : glimpse(blob).then(show)];
  }

  /** A tile for a file that is on its way. */
  async function add(file) {
    const [tile, drawn] = place(file.name, file);
    tile.sudaFile = { name: file.name, blob: file, taken_at: new Date(file.lastModified || Date.now()).toISOString() };
    waiting.add(tile);
    tile.dataset.state = "sending";
    settle();
    await drawn;
    tile.sudaFile.blob = await smaller(file);
    if (set.dataset.place) tile.sudaFile.place = await where();
    await send(tile);
  }

  /** The tiles of a kept version: what had arrived stands as sent, the rest lies on this device and goes with the form. */
  set.sudaTake = () => {
    const mine = (form.sudaKept || []).filter((one) => one.field === field);
    if (!mine.length) return;
    form.sudaKept = form.sudaKept.filter((one) => one.field !== field);
    for (const one of mine) {
      if (one.key && tiles().some((tile) => tile.dataset.key === one.key)) continue;
      const [tile] = place(one.name || one.words || "", one.blob, one.src || (one.blob ? "" : `/files/${one.key}/thumb`));
      if (one.key) {
        tile.dataset.key = one.key;
        if (photos && one.words) tile.append(el("span", "u-cap num", one.words));
      } else {
        tile.sudaFile = one;
        lies(tile);
      }
    }
    settle();
  };

  /** The photo lies on the device as part of the kept version: nothing is tried from here. */
  function lies(tile) {
    rest(tile);
    tile.querySelector(".u-trouble")?.remove();
    tile.dataset.state = "kept";
    if (photos && !tile.querySelector(".u-cap")) tile.append(el("span", "u-cap num", fill(words.here, { time: clock(tile.sudaFile.taken_at) })));
  }
  set.sudaLies = () => tiles().filter((tile) => tile.dataset.state === "offline").forEach(lies);
  set.sudaGone = () => tiles().filter((tile) => tile.dataset.state === "kept").forEach((tile) => {
    tile.dataset.state = "gone"; // it went with the form
    if (tile.querySelector(".u-cap")) tile.querySelector(".u-cap").textContent = clock(tile.sudaFile.taken_at);
  });
  set.sudaWakes = () => tiles().filter((tile) => tile.dataset.state === "kept").forEach((tile) => {
    tile.querySelector(".u-cap")?.remove();
    send(tile);
  });

  function paper(name) {
    const made = el("span", "u-paper");
    made.append(icon("file"), el("span", "", name));
    return made;
  }

  async function send(tile) {
    if (!tile.isConnected) return; // removed meanwhile
    clearTimeout(tile.sudaNext);
    tile.sudaNext = 0;
    tile.querySelector(".u-trouble")?.remove();
    tile.dataset.state = "sending";
    waiting.add(tile);
    const bar = tile.querySelector("progress") || Object.assign(el("progress", "u-bar"), { max: 100 });
    tile.append(bar);
    const { name, blob, taken_at, place: at } = tile.sudaFile;
    const parts = new FormData();
    for (const [key, value] of Object.entries({ form: form.dataset.uploads, field, taken_at, place: at || "" })) parts.append(key, value);
    parts.append("file", blob, name);
    const { status, body } = await post(parts, (share) => {
      bar.value = share;
      bar.setAttribute("aria-label", fill(words.sending, { share }));
    });
    bar.remove();
    if (!waiting.has(tile)) return;
    if (status === 201) arrived(tile, body);
    else if (status === 0) noNetwork(tile);
    else trouble(tile, status === 422 || status === 413 ? "refused" : "failed", body.error?.[lang] || { 401: words.signin, 413: words.large }[status] || words.failed);
    goOn();
  }

  /** Tried again by itself a few times; then one sentence and the button, until there is network or somebody taps. */
  function noNetwork(tile) {
    const wait = navigator.onLine ? AGAIN[tile.sudaTries || 0] : 0;
    trouble(tile, "offline", wait ? words.soon : navigator.onLine ? words.stays : words.offline);
    if (!wait) return;
    tile.sudaTries = (tile.sudaTries || 0) + 1;
    tile.sudaNext = setTimeout(send, wait, tile);
  }

  function rest(tile) {
    clearTimeout(tile.sudaNext);
    tile.sudaNext = 0;
    waiting.delete(tile);
  }

  function arrived(tile, body) {
    rest(tile);
    tile.dataset.key = body.key;
    delete tile.dataset.state;
    if (body.thumb) {
      const link = Object.assign(el("a", "u-shot"), { href: `/files/${body.key}`, target: "_blank", rel: "noopener" });
      link.append(Object.assign(el("img"), { src: body.thumb, alt: body.words }));
      (tile.querySelector(".u-shot") || tile.querySelector(".u-paper")).replaceWith(link);
      tile.classList.remove("u-wide");
      link.after(el("span", "u-cap num", body.words));
    } else tile.querySelector(".u-paper").append(el("small", "num", body.size));
    if (body.note) {
      const odd = el("small", "u-odd");
      odd.append(icon("alert-triangle"), body.note);
      tile.append(odd);
    }
    said.textContent = fill(words.added, { words: body.words });
    settle();
  }

  /** What went wrong, under the photo, with what to do about it. */
  function trouble(tile, state, why) {
    tile.dataset.state = state;
    if (state === "refused") rest(tile);
    const note = el("div", "u-trouble");
    const sentence = el("p", "", why);
    sentence.setAttribute("role", "alert");
    const button = el("button", "btn btn-sm", state === "refused" && photos ? words.again : words.retry);
    button.type = "button";
    button.addEventListener("click", () => {
      if (state !== "refused") {
        tile.sudaRetry();
        return;
      }
      drop(tile);
      inputs[0].click();
    });
    note.append(sentence, ...(state === "refused" && !photos ? [] : [button]));
    tile.append(note);
    tile.sudaRetry = () => {
      tile.sudaTries = 0;
      return send(tile);
    };
  }

  for (const tile of tiles()) {
    tile.querySelector(".u-keep").remove();
    removable(tile);
  }
  adder.querySelector(".u-say").dataset.first = photos ? adder.querySelector(".u-say").dataset.take : "";
  for (const input of inputs) {
    input.addEventListener("change", () => {
      const room = most - tiles().length;
      const chosen = [...input.files];
      input.value = ""; // the tiles have them; nothing travels twice
      chosen.slice(0, room).forEach(add);
      if (chosen.length > room) said.textContent = fill(words.most, { count: most });
    });
  }
  settle();
  set.sudaTake();
}

/** Once nothing is on its way any more, the button that was pressed counts: with all photos, or where the form can be kept without network, as it is. */
function goOn() {
  const here = [...waiting].filter((tile) => form.contains(tile));
  if (!heldBack || here.some((tile) => tile.dataset.state === "sending")) return;
  const button = heldBack;
  heldBack = null;
  asItIs = here.length > 0;
  say(asItIs && !mayKeep() ? words.unsent : "");
  if (!asItIs || mayKeep()) form.requestSubmit(button.isConnected ? button : undefined);
  asItIs = false;
}

const mayKeep = () => document.body.dataset.offline === "ready";

function say(text) {
  const line = form.querySelector("#f-trouble");
  if (line) line.textContent = text;
}

function handedIn(event) {
  if (event.target !== form || ["continue", "back"].includes(event.submitter?.value)) return;
  const stop = (text) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    say(text);
  };
  const refused = form.querySelector('.u-tile[data-state="refused"], .u-tile[data-state="failed"]');
  const here = [...waiting].filter((tile) => form.contains(tile));
  if (refused) {
    stop(words.mend);
    refused.querySelector("button:not(.u-remove), .u-remove").focus();
  } else if (here.length && !asItIs && (navigator.onLine || here.some((tile) => tile.dataset.state === "sending"))) {
    heldBack = event.submitter;
    if (navigator.onLine) here.filter((tile) => tile.dataset.state !== "sending").forEach((tile) => tile.sudaRetry());
    stop(words.wait);
  } else if (here.length && !mayKeep()) stop(words.offline); // nothing here could keep them
}

if (form) {
  const sets = () => [...form.querySelectorAll("[data-upload].u-live")];
  const wake = () => form.querySelectorAll("[data-upload]:not(.u-live)").forEach(alive);
  wake();
  new MutationObserver(wake).observe(form, { childList: true, subtree: true });
  form.sudaFiles = () => sets().flatMap((set) => set.sudaUnsent());
  form.sudaSent = () => sets().flatMap((set) => set.sudaSent());
  form.addEventListener("suda-kept", (event) => sets().forEach((set) => ({ take: set.sudaTake, lies: set.sudaLies, wakes: set.sudaWakes, gone: set.sudaGone })[event.detail]()));
  window.addEventListener("submit", handedIn, { capture: true });
  window.addEventListener("online", () => [...waiting].filter((tile) => tile.dataset.state === "offline").forEach((tile) => tile.sudaRetry()));
}

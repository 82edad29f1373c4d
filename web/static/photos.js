// Photos and files of a form: each is made smaller on the phone, sent at once, and stands as a tile; what goes wrong is said under it.
// Without this file the plain file inputs travel with the form. `form.sudaFiles()` hands over what could not be sent (offline.js keeps it).

const form = document.querySelector("form[data-uploads]");
const words = form ? JSON.parse(form.dataset.words) : {};
const LONGEST = 2560; // pixels, as the server keeps it
const LEAST = 400_000; // bytes; a photo below is sent as it is
const PATIENCE = 120_000; // ms for one photo
const SOON = 4000; // ms for the place
const waiting = new Set(); // tiles whose photo is not on the server: being sent, or without network
let heldBack = null; // the button that was pressed before all was sent

const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");
const token = () => document.querySelector('meta[name="csrf-token"]').content;
const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** An element with its class and text. */
function el(name, look, text) {
  const made = document.createElement(name);
  if (look) made.className = look;
  if (text) made.textContent = text;
  return made;
}

function icon(name) {
  const made = document.querySelector(".u-pick .ic, .ic").cloneNode(true);
  const use = made.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
  return made;
}

/** The photo upright and no larger than is kept, as a JPEG; the file itself when the browser cannot read it (the server says what it is). */
async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < LEAST) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? blob : file;
  } catch {
    return file;
  }
}

/** A small picture to look at while the photo is on its way; empty when the browser cannot read it. */
async function glimpse(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image", resizeWidth: 320 });
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch {
    return "";
  }
}

/** "lat,lon" of the device, empty when it does not say soon. */
function where() {
  return new Promise((done) => {
    if (!navigator.geolocation) done("");
    else navigator.geolocation.getCurrentPosition(({ coords }) => done(`${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)}`), () => done(""),
      { timeout: SOON, maximumAge: 60_000, enableHighAccuracy: true });
  });
}

/** Sends one file; answers {status, body}, status 0 without network. `told` hears the share sent, in percent. */
function post(parts, told) {
  return new Promise((done) => {
    const ask = new XMLHttpRequest();
    ask.open("POST", "/files");
    ask.timeout = PATIENCE;
    ask.responseType = "json";
    ask.setRequestHeader("X-CSRFToken", token());
    ask.setRequestHeader("Accept", "application/json");
    ask.upload.addEventListener("progress", (event) => event.lengthComputable && told(Math.round((event.loaded / event.total) * 100)));
    for (const name of ["load", "error", "timeout", "abort"]) ask.addEventListener(name, () => done({ status: name === "load" ? ask.status : 0, body: ask.response || {} }));
    ask.send(parts);
  });
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
  set.sudaUnsent = () => [...list.children].filter((tile) => tile.sudaFile && !tile.dataset.key && tile.dataset.state !== "refused").map((tile) => ({ field, ...tile.sudaFile }));

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
    waiting.delete(tile);
    tile.remove();
    said.textContent = words.removed;
    settle();
    inputs[0].focus();
    goOn();
  }

  /** A tile for a file that is on its way. */
  async function add(file) {
    const tile = el("li", photos ? "u-tile" : "u-tile u-wide");
    tile.sudaFile = { name: file.name, blob: file, taken_at: new Date(file.lastModified || Date.now()).toISOString() };
    if (!photos) tile.append(paper(file.name));
    list.insertBefore(tile, adder);
    removable(tile);
    waiting.add(tile);
    tile.dataset.state = "sending";
    settle();
    if (photos) {
      const seen = el("span", "u-shot");
      tile.prepend(seen);
      const src = await glimpse(file);
      if (src) seen.append(Object.assign(el("img"), { src, alt: file.name }));
    }
    tile.sudaFile.blob = await smaller(file);
    if (set.dataset.place) tile.sudaFile.place = await where();
    await send(tile);
  }

  function paper(name) {
    const made = el("span", "u-paper");
    made.append(icon("file"), el("span", "", name));
    return made;
  }

  async function send(tile) {
    if (!tile.isConnected && !waiting.has(tile)) return; // removed meanwhile
    tile.querySelector(".u-trouble")?.remove();
    tile.dataset.state = "sending";
    waiting.add(tile);
    const bar = tile.querySelector("progress") || Object.assign(el("progress", "u-bar"), { max: 100 });
    tile.append(bar);
    const { name, blob, taken_at, place } = tile.sudaFile;
    const parts = new FormData();
    for (const [key, value] of Object.entries({ form: form.dataset.uploads, field, taken_at, place: place || "" })) parts.append(key, value);
    parts.append("file", blob, name);
    const { status, body } = await post(parts, (share) => {
      bar.value = share;
      bar.setAttribute("aria-label", fill(words.sending, { share }));
    });
    bar.remove();
    if (!waiting.has(tile)) return;
    if (status === 201) arrived(tile, body);
    else if (status === 0) trouble(tile, "offline", navigator.onLine ? words.failed : words.offline);
    else trouble(tile, status === 422 || status === 413 ? "refused" : "failed", body.error?.[lang] || { 401: words.signin, 413: words.large }[status] || words.failed);
    goOn();
  }

  function arrived(tile, body) {
    waiting.delete(tile);
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
    if (state === "refused") waiting.delete(tile);
    const note = el("div", "u-trouble");
    const sentence = el("p", "", why);
    sentence.setAttribute("role", "alert");
    const button = el("button", "btn btn-sm", state === "refused" && photos ? words.again : words.retry);
    button.type = "button";
    button.addEventListener("click", () => {
      if (state !== "refused") {
        send(tile);
        return;
      }
      drop(tile);
      inputs[0].click();
    });
    note.append(sentence, ...(state === "refused" && !photos ? [] : [button]));
    tile.append(note);
    tile.sudaRetry = () => send(tile);
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
}

/** Once nothing is on its way any more, the button that was pressed counts. */
function goOn() {
  if (!heldBack || [...waiting].some((tile) => tile.dataset.state === "sending")) return;
  const button = heldBack;
  heldBack = null;
  say("");
  form.requestSubmit(button.isConnected ? button : undefined);
}

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
  } else if (here.length && navigator.onLine) {
    heldBack = event.submitter;
    here.filter((tile) => tile.dataset.state !== "sending").forEach((tile) => tile.sudaRetry());
    stop(words.wait);
  } else if (here.length && document.body.dataset.offline !== "ready") stop(words.offline); // nothing here could keep them
}

if (form) {
  const wake = () => form.querySelectorAll("[data-upload]:not(.u-live)").forEach(alive);
  wake();
  new MutationObserver(wake).observe(form, { childList: true, subtree: true });
  form.sudaFiles = () => [...form.querySelectorAll("[data-upload]")].flatMap((set) => set.sudaUnsent());
  window.addEventListener("submit", handedIn, { capture: true });
  window.addEventListener("online", () => [...waiting].filter((tile) => tile.dataset.state === "offline").forEach((tile) => tile.sudaRetry()));
}

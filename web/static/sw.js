// The service worker: the frame of the pages from the device, the pages themselves from the network first. Kept are the inbox and the tickets this
// person opened, for this person alone; on sign-out, on a lost session and for another account everything is forgotten.
import { flush } from "/static/outbox.js?v=__VERSION__";

const VERSION = "__VERSION__";
const FRAME = `frame-${VERSION}`;
const PAGES = "pages-";
const OFFLINE = "/offline";
const KEPT = /^\/(inbox|discover|t\/[0-9-]+(\/do\/[a-z_]+)?)$/;
const MOST = 80; // pages on the device
const PATIENCE = 6000; // ms before a page from the device is shown instead
const FILES = ["vendor/tabler/tabler.min.css", "suda.css", "pages.css", "forms.css", "course.css", "inbox.css", "offline.css", "photos.css", "photos.js", "photo_send.js", "clocks.js", "forms.js", "offline.js",
  "outbox.js", "inbox.js", "course.js", "mark.svg", "vendor/tabler-icons/sprite.svg"].map((file) => `/static/${file}?v=${VERSION}`);

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const frame = await caches.open(FRAME);
    await Promise.all([...FILES, OFFLINE].map((file) => frame.add(new Request(file, { cache: "reload" })).catch(() => undefined)));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("frame-") && name !== FRAME) await caches.delete(name);
    await self.clients.claim();
  })());
});

/** Forgets the pages on the device, but those of one account. */
async function forget(but = "") {
  for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== but) await caches.delete(name);
}

async function fromFrame(request) {
  const frame = await caches.open(FRAME);
  const known = await frame.match(request);
  if (known) return known;
  const answer = await fetch(request).catch(async () => (await frame.match(request, { ignoreSearch: true })) || Response.error());
  if (answer.ok && new URL(request.url).search === `?v=${VERSION}`) await frame.put(request, answer.clone());
  return answer;
}

/** Puts a page on the device, with the moment by this device's clock, for the account it was made for. */
async function store(path, answer) {
  const account = answer.headers.get("X-Suda-Account");
  if (!account || !answer.ok) return;
  await forget(PAGES + account);
  const pages = await caches.open(PAGES + account);
  const headers = new Headers(answer.headers);
  headers.set("X-Kept", String(Date.now()));
  await pages.delete(path);
  await pages.put(path, new Response(await answer.blob(), { status: 200, headers }));
  for (const old of (await pages.keys()).slice(0, -MOST)) await pages.delete(old);
}

/** The page from the device; its clocks go on from where they were, and it says when it was made. */
async function fromDevice(path) {
  const kept = await caches.match(path, { ignoreVary: true });
  if (!kept) return null;
  const since = Date.now() - Number(kept.headers.get("X-Kept"));
  const page = (await kept.text()).replace(/data-now="(\d+)"/, (_all, then) => `data-now="${Number(then) + since}" data-kept="${then}"`);
  return new Response(page, { status: 200, headers: kept.headers });
}

async function page(event) {
  const path = new URL(event.request.url).pathname;
  const network = fetch(event.request).then(async (answer) => {
    if (answer.status === 401 || (path === "/signin" && answer.ok)) await forget();
    else if (KEPT.test(path) && answer.ok && event.request.method === "GET") event.waitUntil(store(path, answer.clone()));
    return answer;
  });
  network.catch(() => undefined);
  if (event.request.method !== "GET") return network;
  let timer;
  const late = new Promise((good) => { timer = setTimeout(good, PATIENCE, null); });
  try {
    const answer = await Promise.race([network, late]);
    if (answer) return answer;
    return (await fromDevice(path)) || (await network);
  } catch {
    return (await fromDevice(path)) || (await caches.match(OFFLINE)) || Response.error();
  } finally {
    clearTimeout(timer);
  }
}

/** The parts of a form for one answer, kept while there was network: without it a question that hangs on this answer can still be asked. */
async function parts(event) {
  const request = event.request.clone();
  const path = new URL(event.request.url).pathname;
  try {
    return await fetch(event.request);
  } catch {
    const sent = new URLSearchParams(await request.text());
    for (const [name, value] of sent) {
      const kept = value && (await caches.match(`${path}?${new URLSearchParams({ [name]: value })}`));
      if (kept) return kept;
    }
    return Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(fromFrame(request));
  else if (request.method === "POST" && url.pathname === "/signout") event.respondWith(forget().then(() => fetch(request)));
  else if (request.method === "POST" && url.pathname.endsWith("/state")) event.respondWith(parts(event));
  else if (request.mode === "navigate") event.respondWith(page(event));
});

/** Fetches pages beforehand, those the person is likely to need where there is no network. */
async function fetchAhead(paths) {
  for (const path of paths.filter((each) => KEPT.test(each))) {
    const known = await caches.match(path, { ignoreVary: true });
    if (known && Date.now() - Number(known.headers.get("X-Kept")) < 300000) continue;
    const answer = await fetch(path, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected) await store(path, answer);
  }
}

self.addEventListener("message", (event) => {
  if (event.data?.flush) event.waitUntil(flush(true));
  if (Array.isArray(event.data?.ahead)) event.waitUntil(fetchAhead(event.data.ahead));
  if (event.data?.forget) event.waitUntil(forget());
});

self.addEventListener("sync", (event) => {
  event.waitUntil(flush().then(({ left }) => { if (left === "later") throw new Error("no network yet"); }));
});

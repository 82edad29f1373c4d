// Keeps the live page moving: asks for its state every two seconds and puts in what changed.
(function () {
  "use strict";
  var EVERY = 2000, LOST_AFTER = 6000;
  var rows = document.getElementById("rows"), strip = document.getElementById("strip"), rail = document.getElementById("rail");
  var tabs = document.getElementById("tabs"), empty = document.getElementById("empty"), held = document.getElementById("held");
  var pause = document.getElementById("pause"), line = document.getElementById("line"), full = document.getElementById("full");
  var etag = "", paused = false, waiting = null, lastGood = Date.now(), lastTime = document.getElementById("clock").textContent;

  function node(html) {
    var box = document.createElement("template");
    box.innerHTML = html.trim();
    return box.content.firstElementChild;
  }

  function has(id) { return rows.querySelector('[data-id="' + CSS.escape(id) + '"]'); }

  function putRows(list, first) {
    var keep = {};
    list.forEach(function (item) { keep[item.id] = true; });
    Array.from(rows.children).forEach(function (old) { if (!keep[old.dataset.id]) { old.remove(); } });
    list.forEach(function (item, place) {
      var old = has(item.id);
      if (!old) {
        old = node(item.html);
        if (!first) { old.classList.add("arrives"); }
        rows.insertBefore(old, rows.children[place] || null);
      } else if (old.dataset.version !== item.version) {
        var fresh = node(item.html), inside = old.contains(document.activeElement);
        old.replaceWith(fresh);
        if (inside) { fresh.querySelector("a").focus(); }
        old = fresh;
      }
      old.dataset.version = item.version;
      if (rows.children[place] !== old) { rows.insertBefore(old, rows.children[place] || null); }
    });
  }

  function put(state) {
    strip.innerHTML = state.strip;
    tabs.innerHTML = state.tabs;
    if (!rail.contains(document.activeElement)) { rail.innerHTML = state.rail; }
    empty.innerHTML = state.empty;
    putRows(state.rows, false);
    held.hidden = true;
    window.suda.tick();
  }

  function got(state) {
    if (!paused) { put(state); return; }
    waiting = state;
    var fresh = state.rows.filter(function (item) { return !has(item.id); }).length;
    held.hidden = fresh === 0;
    held.textContent = held.dataset.words.replace("{count}", fresh);
  }

  function setLine() {
    var away = Date.now() - lastGood, lost = away > LOST_AFTER;
    line.classList.toggle("bad", lost);
    line.classList.toggle("good", !lost);
    var words = lost ? line.dataset.lost.replace("{seconds}", Math.round(away / 1000)).replace("{time}", lastTime) : line.dataset.well;
    if (line.lastElementChild.textContent !== words) { line.lastElementChild.textContent = words; }
    window.suda.lost(lost);
  }

  function ask() {
    var headers = { Accept: "application/json" };
    if (etag) { headers["If-None-Match"] = etag; }
    fetch("/live/state?tab=" + encodeURIComponent(rows.dataset.tab), { headers: headers, cache: "no-store" })
      .then(function (answer) {
        if (answer.status === 401) { window.location.reload(); return null; }
        if (answer.status !== 304 && !answer.ok) { throw new Error("state " + answer.status); }
        lastGood = Date.now();
        window.suda.serverTime(Number(answer.headers.get("X-Suda-Now")));
        lastTime = document.getElementById("clock").textContent;
        etag = answer.headers.get("ETag") || etag;
        return answer.status === 304 ? null : answer.json();
      })
      .then(function (state) { if (state) { got(state); } })
      .catch(function () { /* the chip says it: setLine below */ })
      .then(function () { setLine(); setTimeout(ask, document.hidden ? EVERY * 5 : EVERY); });
  }

  function release() { if (waiting) { put(waiting); waiting = null; } held.hidden = true; }

  pause.addEventListener("click", function () {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.querySelector("span").textContent = paused ? pause.dataset.resume : pause.dataset.pause;
    if (!paused) { release(); }
  });
  held.addEventListener("click", release);
  full.addEventListener("click", function () {
    if (document.fullscreenElement) { document.exitFullscreen(); } else { document.documentElement.requestFullscreen(); }
  });
  setInterval(setLine, 1000);
  setTimeout(ask, EVERY);
})();

// Counts every clock on the page on the server's time; never on this machine's own, which may be wrong.
(function () {
  "use strict";
  var offset = Number(document.body.dataset.now) - Date.now();
  var lost = false;

  function span(ms) {
    var s = Math.max(0, Math.floor(ms / 1000)), h = Math.floor(s / 3600), m = Math.floor((s % 3600) / 60);
    var two = function (n) { return (n < 10 ? "0" : "") + n; };
    if (h >= 48) {
      var en = document.documentElement.lang === "en", days = Math.floor(h / 24), rest = h % 24;
      return days + (en ? " d" : " 天") + (rest ? " " + rest + (en ? " h" : " 小时") : "");
    }
    return h ? h + ":" + two(m) + ":" + two(s % 60) : m + ":" + two(s % 60);
  }

  function setLook(node, look, names) {
    names.forEach(function (name) { node.classList.toggle(name, name === look); });
  }

  function tick() {
    var now = Date.now() + offset;
    document.querySelectorAll(".ring[data-due]").forEach(function (ring) {
      var left = Number(ring.dataset.due) - now, whole = Number(ring.dataset.span);
      var text = ring.querySelector("b"), arc = ring.querySelector(".arc");
      if (lost) { text.textContent = "—"; return; }
      // A clock that is still whole shows its last second as 0:01, a late one counts up from 0:00.
      text.textContent = span(left > 0 ? left + 999 : -left);
      arc.setAttribute("stroke-dashoffset", left <= 0 ? 0 : 100 - 100 * Math.min(left / whole, 1));
      setLook(ring, left <= 0 ? "red" : left < whole / 4 ? "orange" : "blue", ["red", "orange", "blue"]);
      var row = ring.closest(".row-item");
      if (row) { row.classList.toggle("over", left <= 0); }
    });
    document.querySelectorAll("[data-left]").forEach(function (node) {
      var left = Number(node.dataset.left) - now, whole = Number(node.dataset.span);
      if (lost) { node.textContent = "—"; return; }
      node.textContent = left > 0 ? span(left + 999) : node.dataset.over.replace("{time}", span(-left));
      setLook(node, left <= 0 ? "bad" : left < whole / 4 ? "hot" : "calm", ["bad", "hot", "calm"]);
    });
    var rows = document.getElementById("rows");
    document.querySelectorAll("[data-call]").forEach(function (node) {
      var left = Math.ceil((Number(node.dataset.call) - now) / 1000), soon = left <= 75;
      node.classList.toggle("hot", soon);
      node.classList.toggle("quiet", !soon);
      node.querySelector("span").textContent = !lost && soon && left > 0 && rows ? rows.dataset.soon.replace("{seconds}", left) : rows ? rows.dataset.later : "";
    });
    var clock = document.getElementById("clock");
    if (clock && !lost) {
      clock.textContent = new Date(now).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour12: false });
    }
  }

  window.suda = {
    tick: tick,
    span: span,
    serverTime: function (ms) { offset = ms - Date.now(); },
    lost: function (is) { lost = is; tick(); }
  };
  tick();
  setInterval(tick, 250);
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) { button.hidden = true; return; } // only over HTTPS or on this machine
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        button.classList.add("good");
        setTimeout(function () { button.classList.remove("good"); }, 1500);
      });
    });
  });
  document.addEventListener("keydown", function (event) {
    var find = document.getElementById("q"), on = document.activeElement;
    if (event.key === "/" && find && !/^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName)) { event.preventDefault(); find.focus(); }
  });
})();

// The course of an import: the bar and the counts follow the server, and the page comes anew when it is through.
const EVERY = 1000; // ms
const course = document.getElementById("i-course");
const bar = course?.querySelector(".i-bar");
const says = (template, parts) => template.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
const plain = (number) => number.toLocaleString("en-US");

function draw(seen) {
  if (!bar) return;
  bar.setAttribute("aria-valuenow", seen.done);
  bar.setAttribute("aria-valuemax", seen.total);
  bar.firstElementChild.style.transform = `scaleX(${seen.total ? seen.done / seen.total : 0})`;
  document.getElementById("i-now").textContent = says(course.dataset.now, { done: plain(seen.done), total: plain(seen.total) });
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = plain(seen[place.dataset.count]);
}

/** The jobs process has taken it: the page says so in its own words. */
function begun() {
  course.dataset.state = "running";
  for (const place of [course.querySelector(".i-state span"), document.querySelector("h1 + .tag")]) place.textContent = course.dataset.running;
  document.getElementById("i-queued")?.remove();
}

async function look() {
  const said = document.getElementById("i-said");
  try {
    const answer = await fetch(course.dataset.url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const seen = await answer.json();
    draw(seen);
    if (seen.state === "running" && course.dataset.state === "queued") begun();
    said.textContent = "";
    const waits = (state) => ["queued", "running"].includes(state);
    if (seen.state !== course.dataset.state && !(waits(seen.state) && waits(course.dataset.state))) return location.reload();
  } catch {
    said.textContent = course.dataset.trouble;
  }
  setTimeout(look, EVERY);
}

if (course) {
  const [done, total] = bar ? [Number(bar.getAttribute("aria-valuenow")), Number(bar.getAttribute("aria-valuemax"))] : [0, 0];
  if (bar) bar.firstElementChild.style.transform = `scaleX(${total ? done / total : 0})`;
  setTimeout(look, EVERY);
}

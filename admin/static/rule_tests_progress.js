// Goes on counting, a moment at a time, and shows the figures when all tickets are counted.
const box = document.querySelector("[data-progress]");
const bar = box?.querySelector("progress");
const said = box?.querySelector("[role=status]");

async function go() {
  const answer = await fetch(box.dataset.progress, { credentials: "same-origin" });
  if (!answer.ok) { location.reload(); return; }
  const { done, total, finished } = await answer.json();
  if (finished) { location.reload(); return; }
  bar.max = total;
  bar.value = done;
  said.textContent = box.dataset.words.replace("{done}", done).replace("{total}", total);
  setTimeout(go, 50); // lets other requests through
}

if (box) go();

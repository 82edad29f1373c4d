// The knowledge base in the dialog of an answer: found while one types, taken by one press, and what is filled in stays editable.
// Without this file the same buttons send the form, and the server lists and fills in.

const SOON = 300; // ms after the last key
const LINE = 60; // characters of an answer on one line

export function known(dialog) {
  let timer = 0;
  let asked = 0;
  const firsts = new WeakMap(); // the list as the server made it for the appeal's own words
  const shelfOf = () => dialog.querySelector("#e-known");
  const listOf = (shelf) => shelf.querySelector("#e-known-list");
  const say = (shelf, words) => { shelf.querySelector("#e-known-said").textContent = words; };

  function rowOf(shelf, one) {
    const row = shelf.querySelector("#e-known-row").content.firstElementChild.cloneNode(true);
    const button = row.querySelector("button");
    row.querySelector("b").textContent = one.title;
    row.querySelector("p").textContent = one.answer.replace(/\s+/g, " ").slice(0, LINE);
    button.value = one.code;
    button.dataset.title = one.title;
    button.dataset.answer = one.answer;
    button.setAttribute("aria-label", `${shelf.dataset.use} ${one.title}`);
    return row;
  }

  async function look(shelf) {
    clearTimeout(timer);
    const mine = ++asked;
    const list = listOf(shelf);
    if (!firsts.has(shelf)) firsts.set(shelf, [...list.children]);
    const q = shelf.querySelector("#e-known-q").value.trim();
    if (!q) {
      list.replaceChildren(...firsts.get(shelf));
      return say(shelf, list.children.length ? "" : shelf.dataset.none);
    }
    try {
      const answer = await fetch(`/knowledge/search?${new URLSearchParams({ q, category: shelf.dataset.category })}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (mine !== asked || !shelf.isConnected) return; // a later question is on its way
      list.replaceChildren(...found.map((one) => rowOf(shelf, one)));
      say(shelf, found.length ? shelf.dataset.found.replace("{count}", found.length) : shelf.dataset.none);
    } catch {
      if (mine === asked && shelf.isConnected) say(shelf, shelf.dataset.trouble);
    }
  }

  /** Fills in the answer so that Ctrl+Z brings back what stood there; the hidden field says what it rests on. */
  function take(shelf, button) {
    const chosen = shelf.querySelector("#e-known-chosen");
    shelf.querySelector("input[name=knowledge]").value = button.value;
    chosen.hidden = !button.value;
    const box = dialog.querySelector("textarea[name=answer_words]");
    if (!button.value) {
      say(shelf, "");
      return box?.focus();
    }
    chosen.querySelector("b").textContent = `${button.value} · ${button.dataset.title}`;
    say(shelf, shelf.dataset.filled);
    if (!box) return;
    box.focus();
    box.select();
    if (!document.execCommand("insertText", false, button.dataset.answer)) box.value = button.dataset.answer;
  }

  dialog.addEventListener("input", (event) => {
    if (event.target.id !== "e-known-q" || event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(look, SOON, shelfOf());
  });
  dialog.addEventListener("compositionend", (event) => {
    if (event.target.id !== "e-known-q") return;
    clearTimeout(timer);
    timer = setTimeout(look, SOON, shelfOf());
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=knowledge_pick]");
    if (!button) return;
    event.preventDefault();
    take(shelfOf(), button);
  });
  dialog.addEventListener("keydown", (event) => {
    const shelf = shelfOf();
    if (!shelf?.contains(event.target) || event.isComposing) return;
    const field = shelf.querySelector("#e-known-q");
    const stops = [field, ...listOf(shelf).querySelectorAll("button")];
    const here = stops.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && here >= 0) {
      event.preventDefault();
      stops[here + step]?.focus();
    } else if (event.key === "Enter" && event.target === field && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      look(shelf);
    } else if (event.key === "Escape" && here >= 0 && (here > 0 || field.value)) { // first out of the search, only then out of the dialog
      event.preventDefault();
      if (here === 0) {
        field.value = "";
        look(shelf);
      }
      field.focus();
    }
  });
}

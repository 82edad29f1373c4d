// A form that is filled in: parts that answers call for appear at once (the server decides which), long lists can be searched by typing.
// Without this file everything works still, with the button "continue".

const form = document.querySelector("form[data-state]");
const SOON = 350; // ms after the last key

/** The parts of a body by their name, in order. */
const partsOf = (body, kind) => new Map([...body.querySelectorAll(`[data-${kind}]`)].map((one) => [one.dataset[kind], one]));

/** Makes `here` hold the parts that `wanted` holds, in its order. What stands is never moved: a move would break off what is being typed. */
function settle(here, wanted, kind, aside, appeared) {
  const old = partsOf(here, kind);
  const now = partsOf(wanted, kind);
  for (const [name, gone] of old) {
    if (now.has(name)) continue;
    for (const field of kind === "page" ? partsOf(gone, "field").values() : [gone]) aside.set(field.dataset.field, field); // it may come back
    gone.remove();
  }
  let last = null;
  for (const [name, fresh] of now) {
    let part = old.get(name);
    if (part) {
      part.className = part.className.replace(/ f-(page-)?revealed/g, "") + (/ f-(page-)?revealed/.exec(fresh.className)?.[0] || "");
      if (kind === "page") {
        part.querySelector(".f-page-head").replaceChildren(...fresh.querySelector(".f-page-head").childNodes);
        settle(part.querySelector(".f-grid"), fresh.querySelector(".f-grid"), "field", aside, appeared);
      }
    } else {
      part = fresh;
      if (kind === "page") {
        for (const [id, field] of partsOf(fresh, "field")) {
          if (aside.has(id)) field.replaceWith(aside.get(id));
          aside.delete(id);
        }
        appeared.push(...partsOf(fresh, "field").values());
      } else {
        part = aside.get(name) || fresh;
        aside.delete(name);
        appeared.push(part);
      }
      if (last) last.after(part);
      else here.prepend(part);
    }
    last = part;
  }
}

const labelOf = (field) => (field.querySelector("legend, label")?.firstChild?.textContent || "").trim();

function live(form) {
  const body = form.querySelector("#f-body");
  const watch = new Set(form.dataset.watch.split(" "));
  const trouble = form.querySelector("#f-trouble");
  const aside = new Map();
  let timer = 0;
  let asking = null;

  async function ask() {
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(form.dataset.state, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content, Accept: "text/html" },
        signal: mine.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine.signal.aborted) return;
      const appeared = [];
      settle(body, page.body, "page", aside, appeared);
      appeared.forEach(searchable);
      trouble.textContent = "";
      form.querySelector("#f-live").textContent = appeared.length ? form.dataset.nowAsked + appeared.map(labelOf).join("、") : "";
      form.classList.add("f-live");
      if (appeared.some((one) => watch.has(one.dataset.field) && new FormData(form).get(one.dataset.field))) ask(); // an answer came back: ask what hangs on it
    } catch (error) {
      if (error.name === "AbortError") return;
      trouble.textContent = form.dataset.offline;
      form.classList.remove("f-live"); // the button "continue" comes back
    }
  }

  form.classList.add("f-live");
  const heard = (event) => {
    if (!watch.has(event.target.name) || event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, event.target.matches("textarea, input[type=text], input[type=tel]") ? SOON : 0);
  };
  form.addEventListener("input", heard);
  form.addEventListener("compositionend", heard); // a word put together from pinyin is heard when it is whole
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector("#f-send"));
    else if (event.key === "Enter" && event.target.matches("input:not([type=file])")) event.preventDefault(); // a half-filled form is not sent by Enter
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
}

/** Turns a long list into a box to type into (ARIA combobox); the list itself stays and is what is sent. */
function searchable(root) {
  for (const select of root.querySelectorAll("select[data-search]")) {
    if (select.closest(".f-combo")) continue;
    const box = document.createElement("div");
    box.className = "f-combo";
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const options = [...select.options].filter((one) => one.value);
    const saidOf = (option) => option.dataset.path || option.textContent;
    select.replaceWith(box);
    box.append(input, list, select);
    Object.assign(input, { className: "form-control", id: select.id, autocomplete: "off", placeholder: select.dataset.search });
    Object.assign(list, { id: `${select.id}-list`, hidden: true });
    list.setAttribute("role", "listbox");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": list.id }))
      input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"])
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    select.id = "";
    select.hidden = true;
    let at = -1;
    const rows = () => [...list.querySelectorAll("[role=option]")];
    const showChosen = () => { input.value = select.value ? saidOf(select.selectedOptions[0]) : ""; };
    const close = () => {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (value) => {
      select.value = value;
      showChosen();
      close();
      select.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const light = (next) => {
      const all = rows();
      if (!all.length) return;
      at = (next + all.length) % all.length;
      all.forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
      input.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    };
    const open = (words) => {
      const wanted = words.trim().toLowerCase().split(/[\s›/>]+/).filter(Boolean);
      const found = options.filter((one) => wanted.every((word) => saidOf(one).toLowerCase().includes(word)));
      // a name itself before names that only lie beneath one that fits
      found.sort((a, b) => Number(wanted.some((w) => b.value.toLowerCase().includes(w))) - Number(wanted.some((w) => a.value.toLowerCase().includes(w))));
      list.replaceChildren(...found.slice(0, 60).map((one, place) => {
        const row = document.createElement("li");
        row.id = `${list.id}-${place}`;
        row.dataset.value = one.value;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.append(one.value);
        const path = document.createElement("small");
        path.textContent = saidOf(one);
        if (path.textContent !== one.value) row.append(path);
        return row;
      }));
      if (!found.length) {
        const none = document.createElement("li");
        none.className = "f-combo-none";
        none.textContent = select.dataset.none;
        list.append(none);
      }
      list.hidden = false;
      at = -1;
      input.setAttribute("aria-expanded", "true");
    };
    select.addEventListener("change", showChosen); // chosen from elsewhere on the page
    input.addEventListener("input", (event) => { event.stopPropagation(); open(input.value); });
    input.addEventListener("click", () => { input.select(); open(""); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open("");
        light(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
      } else if (event.key === "Enter" && !event.ctrlKey && !list.hidden) {
        event.preventDefault();
        const row = rows()[at < 0 ? 0 : at];
        if (row) choose(row.dataset.value);
      } else if (event.key === "Escape") {
        showChosen();
        close();
      }
    });
    input.addEventListener("blur", () => {
      if (!input.value.trim() && select.value) choose("");
      else showChosen();
      close();
    });
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) choose(row.dataset.value);
    });
    showChosen();
  }
}

if (form) {
  searchable(form);
  live(form);
  document.getElementById("f-summary")?.focus();
}

// Offers names while one types, in fields that name another row; without this script one types the whole name.
const WAIT = 180; // milliseconds after the last key

for (const field of document.querySelectorAll("input[data-lookup]")) {
  const list = document.getElementById(field.getAttribute("list"));
  if (!list) continue;
  const base = window.location.pathname.replace(/\/(new|edit|leaf|change|password)\/$/, "/");
  let timer = 0;
  let asked = "";
  const offer = async () => {
    const word = field.value.trim();
    if (word === asked) return;
    asked = word;
    const answer = await fetch(`${base}ajax/lookup/?name=${field.dataset.lookup}&query=${encodeURIComponent(word)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || field.value.trim() !== word) return;
    list.replaceChildren(
      ...(await answer.json()).map(([value, about]) => Object.assign(document.createElement("option"), { value, label: about ? `${value} · ${about}` : value })),
    );
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => offer().catch(() => list.replaceChildren()), WAIT);
  };
  field.addEventListener("input", later);
  field.addEventListener("focus", later);
}

// The first field that is wrong, else the first one, takes the cursor.
(document.querySelector(".o-wrong input, .o-wrong select, .o-wrong textarea") ?? document.querySelector(".o-form .o-input"))?.focus();

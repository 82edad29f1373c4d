// What keeps people out who use the page at 200 % zoom or by keyboard alone; evaluated in the page by tests/web/page_checks.py.
// Lines of text, one a finding. The page must have had a key pressed, so that a script's focus shows as the keyboard's does.
(() => {
  const ACTIVE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=true]";
  // One stop of Tab leads into these; arrow keys go on inside.
  const ROVING = "[role=tablist], [role=menu], [role=menubar], [role=grid], [role=treegrid], [role=listbox], [role=radiogroup], [role=tree], [role=toolbar]";
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const named = (one) => `<${one.tagName.toLowerCase()}${one.id ? `#${one.id}` : ""}${[...one.classList].map((name) => `.${name}`).join("")}> ${(one.getAttribute("aria-label") || one.textContent || one.name || "").trim().replace(/\s+/g, " ").slice(0, 24)}`;
  const controls = (root = document) => [...root.querySelectorAll(ACTIVE)].filter((one) => seen(one) && !one.matches(":disabled") && !one.closest("[inert]"));
  const label = (one) => one.labels?.[0] ?? null;
  const tiny = (box) => box.width < 5 || box.height < 5;

  /** What is drawn for the control: itself, or the label of a field that is hidden behind its label. */
  const drawn = (one) => {
    const own = one.getBoundingClientRect();
    return label(one) && (tiny(own) || getComputedStyle(one).opacity === "0" || getComputedStyle(one).clipPath !== "none") ? label(one) : one;
  };

  const ring = (style) => [
    style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0 ? "" : `${style.outlineWidth} ${style.outlineColor}`,
    style.boxShadow, style.borderColor, style.backgroundColor, style.content === "normal" ? "" : style.content,
  ].join("|");
  const looks = (one) => {
    const parts = new Set([one, drawn(one), ...(drawn(one) === one ? [] : drawn(one).querySelectorAll("*")), ...(one.nextElementSibling ? [one.nextElementSibling] : [])]);
    if (one.parentElement) parts.add(one.parentElement);
    return [...parts].flatMap((part) => [null, "::before", "::after"].map((pseudo) => ring(getComputedStyle(part, pseudo)))).join("\n");
  };
  const known = new WeakSet();
  /** True when the control, which has the focus, or what is drawn for it looks otherwise than without. Takes the focus away when it is not plain to see. */
  const shows = (one) => {
    if (known.has(one)) return true;
    known.add(one);
    const own = getComputedStyle(one);
    if (own.outlineStyle !== "none" && parseFloat(own.outlineWidth) >= 1 && drawn(one) === one) return true;
    const with_ = looks(one);
    one.blur();
    return looks(one) !== with_;
  };

  /** True when at least half of it can be seen and pressed where the page stands now. */
  const open = (one) => {
    const whole = drawn(one);
    const boxes = [...whole.getClientRects()].sort((a, b) => b.width * b.height - a.width * a.height);
    const box = boxes[0] ?? whole.getBoundingClientRect();
    let free = 0;
    let all = 0;
    for (const across of [0.1, 0.5, 0.9]) for (const down of [0.15, 0.5, 0.85]) {
      const [x, y] = [box.left + box.width * across, box.top + box.height * down];
      if (box.height > innerHeight && (y < 0 || y >= innerHeight)) continue; // taller than the window: what is there counts
      all += 1;
      const hit = document.elementFromPoint(x, y);
      if (hit && (whole.contains(hit) || one.contains(hit) || hit.contains(whole) && hit.matches("label, summary, a, button") || hit.closest("label")?.control === one)) free += 1;
    }
    return free * 2 >= all || (box.height > innerHeight / 3 && free > 0); // where one begins to write in a tall field is enough
  };

  function focused(of) {
    const found = [];
    for (const one of of) {
      if (one.tabIndex < 0) continue;
      one.focus();
      if (document.activeElement !== one) { found.push(`the focus does not stay: ${named(one)}`); continue; }
      if (!open(one)) found.push(`covered or cut off when focused: ${named(one)}`);
      if (!shows(one)) found.push(`focus is not seen: ${named(one)}`);
    }
    document.activeElement?.blur?.();
    return found;
  }

  function reached(of) {
    const found = [];
    for (const one of of) {
      if (one.tabIndex > 0) found.push(`jumps the order (tabindex ${one.tabIndex}): ${named(one)}`);
      if (one.tabIndex >= 0 || one.closest("[aria-hidden=true]") || one.matches("[role=alert], [role=status], main, h1, h2, dialog")) continue;
      const group = one.closest(ROVING);
      if (!group || !controls(group).some((other) => other.tabIndex === 0)) found.push(`not reached by Tab: ${named(one)}`);
    }
    return found;
  }

  /** Boxes that show their controls in another order than Tab takes them. */
  function reordered() {
    return [...document.querySelectorAll("body *")].filter((box) => {
      if (!box.children.length || !seen(box)) return false;
      const style = getComputedStyle(box);
      if (!/flex|grid/.test(style.display)) return false;
      const with_ = [...box.children].filter((child) => seen(child) && (child.matches(ACTIVE) || controls(child).length));
      return with_.length > 1 && (style.readingFlow ?? "normal") === "normal" && (/reverse/.test(style.flexDirection) || new Set(with_.map((child) => getComputedStyle(child).order)).size > 1);
    }).map((box) => `shown in another order than Tab takes: ${named(box)}`);
  }

  /** What invites the mouse and is nothing for the keyboard. */
  function mouseOnly() {
    return [...document.querySelectorAll("main *")].filter((one) => seen(one) && getComputedStyle(one).cursor === "pointer" && getComputedStyle(one.parentElement).cursor !== "pointer"
      && !one.closest(`${ACTIVE}, label, option, [role=option], [role=row]`) && !one.querySelector(ACTIVE)).map((one) => `for the mouse alone: ${named(one)}`);
  }

  function hasSkip() {
    const first = controls().find((one) => one.tabIndex >= 0);
    if (!document.querySelector("body > aside, body > header, body > nav a ~ a")) return []; // nothing to skip
    const ok = first?.matches("a.skip") && document.querySelector(first.getAttribute("href"))?.matches("main");
    return ok ? [] : [`the skip link does not come first: ${first ? named(first) : "-"}`];
  }

  /** The stops Tab should make, top to bottom; of radio buttons that belong together one is a stop. */
  function stops() {
    const groups = new Set();
    return controls().filter((one) => {
      if (one.tabIndex < 0) return false;
      if (one.type !== "radio") return true;
      const group = `${one.form?.id} ${one.name}`;
      return !groups.has(group) && groups.add(group);
    });
  }

  let heard = null;
  /** Puts the keyboard before the first thing of the page. */
  function top() {
    const before = document.createElement("span");
    before.tabIndex = -1;
    document.body.prepend(before);
    before.focus();
    before.remove();
  }

  window.keyboard = {
    controls, named, open, top,
    /** What opens a dialog, one of a kind: those that only differ in their number open the same. */
    openers() {
      const kinds = new Set();
      return controls().filter((one) => {
        const kind = (one.dataset.focus || one.id || one.textContent).replace(/\d+/g, "#");
        return one.getAttribute("aria-haspopup") === "dialog" && !kinds.has(kind) && kinds.add(kind);
      });
    },
    /** From now on every stop is noted; answers how often to press Tab: a date has several stops of its own. */
    listen() {
      top();
      heard = [];
      document.addEventListener("focusin", (event) => heard.push(event.target));
      return stops().length + 4 * document.querySelectorAll("input[type=date], input[type=datetime-local], input[type=time]").length;
    },
    heard() {
      const group = (one) => (one.type === "radio" ? `${one.form?.id} ${one.name}` : one);
      const reached = new Set(heard.map(group));
      const found = stops().filter((one) => !reached.has(group(one))).map((one) => `Tab did not come to: ${named(one)}`);
      const first = heard.indexOf(heard[0], 1); // the second time round begins here
      const round = first > 0 ? heard.slice(0, first) : heard;
      round.forEach((one, place) => {
        const before = round[place - 1];
        if (before && one.isConnected && before.isConnected && !before.closest(".strip, .stream-head") && one.compareDocumentPosition(before) & Node.DOCUMENT_POSITION_FOLLOWING) found.push(`Tab goes back: from ${named(before)} to ${named(one)}`);
      });
      return found;
    },
    all() {
      const found = [...hasSkip(), ...reached(controls()), ...focused(controls()), ...reordered(), ...mouseOnly()];
      for (const details of document.querySelectorAll("details:not([open])")) {
        if (!seen(details)) continue;
        details.open = true;
        const inside = controls(details).filter((one) => one !== details.querySelector("summary"));
        found.push(...reached(inside), ...focused(inside));
        details.open = false;
      }
      scrollTo(0, 0);
      return [...new Set(found)];
    },
    zoomed() {
      const root = document.scrollingElement;
      const found = root.scrollWidth > root.clientWidth + 1 ? [`scrolls sideways: ${root.scrollWidth} px in ${root.clientWidth}: ${wide()}`] : [];
      for (const one of document.querySelectorAll("body *")) {
        if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || one.closest(".visually-hidden, option, [aria-hidden=true] svg") || !seen(one)) continue;
        const size = parseFloat(getComputedStyle(one).fontSize);
        if (size < 12) found.push(`words of ${size} px: ${named(one)}`);
      }
      for (const one of controls()) {
        const box = drawn(one).getBoundingClientRect();
        for (let around = one.parentElement; around && around !== document.body; around = around.parentElement) {
          const style = getComputedStyle(around);
          if (style.position === "fixed") break;
          if (/auto|scroll/.test(style.overflowX)) break; // its own box scrolls
          if (!/hidden|clip/.test(style.overflowX) || around.matches(".visually-hidden")) continue;
          const frame = around.getBoundingClientRect();
          const shown = Math.min(box.right, frame.right) - Math.max(box.left, frame.left);
          if (shown < Math.min(box.width - 2, 24)) found.push(`cut off by ${named(around)}: ${named(one)}`);
        }
      }
      return [...new Set(found)];
    },
    /** What moves although less movement was asked for. */
    moving() {
      const slow = (list) => list.split(",").some((one) => parseFloat(one) * (one.trim().endsWith("ms") ? 1 : 1000) > 10);
      return [...document.querySelectorAll("html, body *")].flatMap((one) => [null, "::before", "::after"].map((pseudo) => [one, getComputedStyle(one, pseudo)]))
        .filter(([, style]) => slow(style.transitionDuration) || style.animationName !== "none" && slow(style.animationDuration) || style.scrollBehavior === "smooth").map(([one]) => `moves though less movement is asked for: ${named(one)}`)
        .filter((one, place, all) => all.indexOf(one) === place);
    },
  };

  function wide() {
    return [...document.querySelectorAll("body *")].filter((one) => seen(one) && one.getBoundingClientRect().right > document.scrollingElement.clientWidth + 1).slice(-3).map(named).join(", ");
  }
})();

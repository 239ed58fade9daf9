"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const root = document.documentElement;
  const tools = one("#tools"), query = one("#query"), diff = one("#diff"), opener = one("#open");

  // A row of the table and its transcript share a number and are shown or hidden together.
  const details = new Map(all("details.conversation").map((d) => [d.dataset.row, d]));
  const rows = all("tr[data-row]").map((tr) => ({
    tr,
    details: details.get(tr.dataset.row),
    state: tr.dataset.state.split(" "),
    text: null,
  }));
  const hiddenColumns = new Set();

  const visibleStates = (row) => row.state.filter((s, i) => s !== "-" && !hiddenColumns.has(i));
  const modes = {
    all: () => true,
    failing: (row) => visibleStates(row).some((s) => !/^(passed|skipped)-/.test(s)),
    differs: (row) => new Set(visibleStates(row)).size > 1,
  };
  const textOf = (row) => {
    row.text ??= (row.tr.textContent + "\n" + (row.details?.textContent ?? "")).toLowerCase();
    return row.text;
  };

  function filter() {
    const mode = one("input[name=mode]:checked").value;
    const words = query.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const hit = modes[mode](row) && (!words || textOf(row).includes(words));
      row.tr.hidden = !hit;
      if (row.details) row.details.hidden = !hit;
      shown += hit;
    }
    one("#count").value = shown === rows.length ? "" : `${shown} of ${rows.length} shown`;
    one("#nothing").hidden = shown > 0 || rows.length === 0;
  }

  function showColumns() {
    hiddenColumns.clear();
    for (const box of all("input[name=column]")) if (!box.checked) hiddenColumns.add(+box.value);
    for (const cell of all("[data-column]")) {
      cell.hidden = hiddenColumns.has(+cell.dataset.column);
    }
    for (const input of all("input[name=mode]")) {
      one("b", input.parentElement).textContent = rows.filter(modes[input.value]).length;
    }
    filter();
  }

  // Word diff -----------------------------------------------------------------------------
  // Chinese and Japanese write no spaces: there, a character is a word.
  const WORD = /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}_]+|./gsu;
  const LARGEST = 6e6;

  /** Runs [kind, text] that turn a into b; kind is "same", "del" or "ins". */
  function changes(a, b) {
    let start = 0, endA = a.length, endB = b.length;
    while (start < endA && start < endB && a[start] === b[start]) start++;
    while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) endA--, endB--;
    const runs = [["same", a.slice(0, start).join("")]];
    const m = endA - start, n = endB - start, width = n + 1;
    const add = (kind, word) => {
      const last = runs[runs.length - 1];
      if (last[0] === kind) last[1] += word;
      else runs.push([kind, word]);
    };
    if (m * n > LARGEST) {
      add("del", a.slice(start, endA).join(""));
      add("ins", b.slice(start, endB).join(""));
    } else {
      const longest = new Uint16Array((m + 1) * width);
      for (let i = m - 1; i >= 0; i--) {
        for (let j = n - 1; j >= 0; j--) {
          longest[i * width + j] = a[start + i] === b[start + j]
            ? longest[(i + 1) * width + j + 1] + 1
            : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
        }
      }
      let i = 0, j = 0;
      while (i < m || j < n) {
        if (i < m && j < n && a[start + i] === b[start + j]) add("same", a[start + i++]), j++;
        else if (j === n || (i < m && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) add("del", a[start + i++]);
        else add("ins", b[start + j++]);
      }
    }
    add("same", a.slice(endA).join(""));
    return readable(runs);
  }

  /** The same runs, with changes joined across what they share by mere chance: "of", a space. */
  function readable(runs) {
    const groups = [{ same: "", del: "", ins: "" }];
    for (const [kind, text] of runs) {
      let group = groups[groups.length - 1];
      if (kind === "same" && (group.del || group.ins)) groups.push(group = { same: "", del: "", ins: "" });
      group[kind] += text;
    }
    const size = (group) => Math.max(group.del.length, group.ins.length);
    const joined = [groups[0]];
    for (const group of groups.slice(1)) {
      const last = joined[joined.length - 1];
      if (group.same.length <= Math.min(size(last), size(group)) && !group.same.includes("\n\n")) {
        last.del += group.same + group.del;
        last.ins += group.same + group.ins;
      } else joined.push(group);
    }
    return joined.flatMap((g) => [["same", g.same], ["del", g.del], ["ins", g.ins]]).filter((run) => run[1]);
  }

  const original = new WeakMap();
  function compare(conversation) {
    for (const turn of all(".turn", conversation)) {
      const answers = all(":scope > .sides > .answer", turn);
      const texts = new Map(answers.map((a) => [a.dataset.column, one(":scope > .reply .text", a)]));
      for (const pre of texts.values()) {
        if (!pre) continue;
        if (!original.has(pre)) original.set(pre, pre.textContent);
        pre.textContent = original.get(pre);
      }
      const base = diff.value && texts.get(diff.value);
      if (!base) continue;
      const words = original.get(base).match(WORD) ?? [];
      for (const pre of texts.values()) {
        if (!pre || pre === base) continue;
        pre.replaceChildren(...changes(words, original.get(pre).match(WORD) ?? []).map(([kind, text]) => {
          if (kind === "same") return text;
          const mark = document.createElement(kind);
          mark.textContent = text;
          return mark;
        }));
      }
    }
  }
  const compareOpen = () => details.forEach((d) => d.open && compare(d));

  // Wiring --------------------------------------------------------------------------------
  const theme = document.createElement("button");
  const themes = ["", "light", "dark"];
  function paint(name) {
    if (name) root.dataset.theme = name;
    else delete root.dataset.theme;
    theme.textContent = `Theme: ${name || "auto"}`;
  }
  function nextTheme() {
    const name = themes[(themes.indexOf(root.dataset.theme ?? "") + 1) % 3];
    paint(name);
    try { localStorage.setItem("harness-theme", name); } catch { /* private windows keep nothing */ }
  }
  let kept = "";
  try { kept = localStorage.getItem("harness-theme") ?? ""; } catch { /* as above */ }
  theme.type = "button";
  theme.className = "theme";
  theme.addEventListener("click", nextTheme);
  paint(themes.includes(kept) ? kept : "");
  one("header.top").before(theme);

  let waiting = 0;
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("change", (event) => {
    if (event.target.name === "mode") filter();
    else if (event.target.name === "column") showColumns();
    else if (event.target === diff) compareOpen();
  });
  query.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  opener.addEventListener("click", () => {
    const open = opener.textContent === "Open all";
    for (const row of rows) if (row.details && !row.tr.hidden) row.details.open = open;
    opener.textContent = open ? "Close all" : "Open all";
  });
  for (const d of details.values()) {
    d.addEventListener("toggle", () => { if (d.open && diff?.value) compare(d); });
  }

  const menu = one(".menu");
  document.addEventListener("click", (event) => {
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  function step(direction) {
    const summaries = rows.filter((r) => r.details && !r.tr.hidden).map((r) => one("summary", r.details));
    if (!summaries.length) return;
    const at = summaries.indexOf(document.activeElement);
    const next = summaries[Math.min(summaries.length - 1, Math.max(0, at + direction))];
    next.focus();
    next.scrollIntoView({ block: "center" });
  }
  function choose(mode) {
    one(`input[name=mode][value=${mode}]`).checked = true;
    filter();
  }
  const keys = {
    "/": () => { query.focus(); query.select(); },
    j: () => step(1), k: () => step(-1),
    a: () => choose("all"), f: () => choose("failing"), d: () => choose("differs"),
    t: nextTheme,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      document.activeElement?.blur();
      if (menu) menu.open = false;
    }
    if (event.target.matches("input[type=search], select, textarea")) return;
    const action = keys[event.key];
    if (action) { event.preventDefault(); action(); }
  });
  tools.hidden = false;
  one(".keys").hidden = false;
})();

"use strict";
(function () {
  const data = JSON.parse(document.getElementById("places").textContent);
  const buttons = document.querySelectorAll("[data-choose]");

  /* Languages: the place on the page stays, by what was last above the bar, and so does the regency or site picked. */
  const landmarks = "h2, h3, .caption, figure";
  const bar = document.querySelector(".switch");
  const versions = new Map([...document.querySelectorAll("[data-language]")].map((one) => [one.dataset.language, one]));
  let shown = [...versions.keys()].find((language) => !versions.get(language).hidden);
  function lastOnTop(selector) {
    const edge = 2 * bar.getBoundingClientRect().bottom;
    return [...versions.get(shown).querySelectorAll(selector)]
      .filter((one) => one.getClientRects().length && one.getBoundingClientRect().top < edge).pop();
  }
  function choose(language) {
    if (language === shown) return;
    const [from, to] = [versions.get(shown), versions.get(language)];
    const all = (version, selector) => [...version.querySelectorAll(selector)];
    const mark = lastOnTop(landmarks);
    const top = mark && mark.getBoundingClientRect().top;
    const { kind, id, figure } = pickers[shown].picked();
    versions.forEach((version) => { version.hidden = version !== to; });
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.choose === language)));
    document.documentElement.lang = language;
    document.title = to.dataset.title;
    pickers[language].pick(kind, id, all(to, "figure")[all(from, "figure").indexOf(figure)]);
    all(to, ".frame > .scroll").forEach(measure); // while hidden they had no size
    const same = mark && all(to, landmarks)[all(from, landmarks).indexOf(mark)];
    shown = language;
    if (!same) return;
    for (let at = same.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    scrollBy({ top: same.getBoundingClientRect().top - top, behavior: "instant" });
  }
  buttons.forEach((button) => button.addEventListener("click", () => {
    choose(button.dataset.choose);
    const section = lastOnTop("h2");
    history.replaceState(null, "", "#" + (section ? section.id : shown)); // kept on loading again, and in a link
  }));
  /* A link to a part of the other language, and the way back to one: its language comes with it. */
  function asked() { return location.hash.slice(1).split("-")[0]; }
  function follow() {
    choose(asked());
    const target = document.getElementById(location.hash.slice(1));
    if (target) target.scrollIntoView({ behavior: "instant" });
  }
  const opening = shown;
  addEventListener("hashchange", () => {
    if (!location.hash) choose(opening);
    else if (versions.has(asked()) && asked() !== shown) follow();
  });

  /* Sorting: by number where cells carry one, what has none at the end; otherwise as the language sorts. */
  function key(row, column) {
    const cell = row.cells[column];
    if ("value" in cell.dataset) return cell.dataset.value === "" ? NaN : Number(cell.dataset.value);
    return cell.textContent.trim();
  }
  function compare(a, b, sign, language) {
    if (typeof a === "number" && typeof b === "number") {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
      return sign * (a - b);
    }
    return sign * String(a).localeCompare(String(b), language, { numeric: true });
  }
  document.querySelectorAll("table:has(.sort)").forEach((table) => {
    const language = table.closest("[data-language]").lang;
    table.querySelectorAll("thead th").forEach((head, column) => {
      const button = head.querySelector(".sort");
      if (button) button.addEventListener("click", () => {
        const numeric = column > 0 && table.classList.contains("numbers");
        const now = head.getAttribute("aria-sort");
        const next = now ? (now === "ascending" ? "descending" : "ascending") : numeric ? "descending" : "ascending";
        table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", next);
        const body = table.tBodies[0];
        const sign = next === "ascending" ? 1 : -1;
        [...body.rows].sort((a, b) => compare(key(a, column), key(b, column), sign, language))
          .forEach((row) => body.append(row));
      });
    });
  });

  /* Tables that are wider than their place scroll in it, with a shade where there is more; others keep their heading in
     sight while the page scrolls. */
  function measure(scroll) {
    const table = scroll.firstElementChild;
    if (!scroll.clientWidth) return;
    const fits = table.scrollWidth <= scroll.clientWidth + 1;
    scroll.classList.toggle("fits", fits);
    scroll.tabIndex = fits ? -1 : 0;
    const left = scroll.scrollWidth - scroll.clientWidth - scroll.scrollLeft;
    scroll.parentElement.classList.toggle("more", !fits && left > 2);
  }
  const sizes = new ResizeObserver((found) => found.forEach((one) => measure(one.target)));
  document.querySelectorAll(".frame > .scroll").forEach((scroll) => {
    sizes.observe(scroll);
    scroll.addEventListener("scroll", () => measure(scroll), { passive: true });
  });

  /* One regency or one site: its figures stand beside what they were picked with, a list or a map. */
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  function scrollTo(part, block) { part.scrollIntoView({ behavior: still ? "auto" : "smooth", block: block }); }
  /* What stands under its value, as in the other tables: an interval with its mark, or half the width of one. */
  const apart = /(\(-?(?:Rp\s)?\d[^()]*\d[^()]*\)(?:\u00a0[\u00b0\u2248])?|\u00b1[\d.,]+%?)/;
  function rowOf(texts) {
    const row = document.createElement("tr");
    texts.forEach((text, column) => {
      const cell = document.createElement(column ? "td" : "th");
      if (texts.length === 1) {
        cell.scope = "colgroup";
        cell.colSpan = 4;
        cell.className = "group";
      } else if (!column) cell.scope = "row";
      const pieces = column ? text.replace(/(?<=Rp) | (?=[\u00b0\u2248])/g, "\u00a0").split(apart) : [text];
      pieces.forEach((piece, place) => {
        if (place % 2 === 0) return cell.append(piece);
        const part = document.createElement("span");
        part.className = piece.startsWith("(") ? "ends" : "half";
        part.textContent = piece;
        cell.append(part);
      });
      row.append(cell);
    });
    return row;
  }
  const pickers = {};
  document.querySelectorAll("[data-places]").forEach((part) => {
    const language = part.dataset.places;
    const chosen = part.querySelector("[data-chosen]");
    const back = chosen.querySelector("[data-back]");
    const selects = [...part.querySelectorAll("select")];
    let now = { kind: "regency", id: "", figure: null };
    function pick(kind, id, figure) {
      const place = data[language][kind].find((one) => one.id === id);
      selects.forEach((select) => { select.value = place && select.dataset.kind === kind ? id : ""; });
      now = { kind: kind, id: id, figure: figure };
      back.hidden = !figure;
      chosen.hidden = !place;
      if (figure) figure.querySelector(".scroll").after(chosen);
      else part.append(chosen);
      if (!place) return;
      chosen.querySelector(".caption").textContent = place.name;
      chosen.querySelector("tbody").replaceChildren(...place.rows.map(rowOf));
      measure(chosen.querySelector(".scroll"));
    }
    function pickAndShow(kind, id, figure) {
      pick(kind, id, figure);
      if (!chosen.hidden) scrollTo(chosen, "nearest");
    }
    selects.forEach((select) => select.addEventListener("change", () => pickAndShow(select.dataset.kind, select.value)));
    back.addEventListener("click", () => { if (now.figure) scrollTo(now.figure, "start"); });
    pickers[language] = { pick: pick, pickAndShow: pickAndShow, picked: () => now };
  });

  /* The numbers of a figure, as a file that a spreadsheet of the language opens: a byte order mark says that it is UTF-8,
     codes stay texts, and in Indonesian semicolons stand between cells and commas before decimals. */
  const numbers = JSON.parse(document.getElementById("numbers").textContent);
  const codes = JSON.parse(document.getElementById("codes").textContent);
  function cellsOf(text) {
    const rows = [[]];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
      rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (end === "") break;
      if (end !== ",") rows.push([]);
    }
    return rows.filter((row) => row.length > 1 || row[0]);
  }
  function written(text, name, language) {
    if (codes.includes(name)) return /^\d+(\.\d+)+$/.test(text) ? '="' + text + '"' : text;
    return language === "id" && /^-?\d+\.\d+(e[-+]?\d+)?$/.test(text) ? text.replace(".", ",") : text;
  }
  function forSpreadsheet(text, language) {
    const [head, ...rows] = cellsOf(text);
    const all = [head, ...rows.map((row) => row.map((cell, column) => written(cell, head[column], language)))];
    const [between, quoted] = language === "id" ? [";", /[";\r\n]/] : [",", /[",\r\n]/];
    const quote = (cell) => quoted.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell;
    return "\ufeff" + all.map((row) => row.map(quote).join(between) + "\r\n").join("");
  }
  document.querySelectorAll("[data-save]").forEach((button) => button.addEventListener("click", () => {
    const link = document.createElement("a");
    const text = forSpreadsheet(numbers[button.dataset.save], button.closest("[data-language]").lang);
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = button.dataset.save + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }));

  /* Maps: one panel alone, and the key under it. Print shows all of them. */
  const narrow = matchMedia("(max-width: 40rem)");
  function cornersOf(part) {
    const ends = part.querySelector("path").getAttribute("d").match(/-?[\d.]+/g).map(Number);
    const [x, y] = [ends.filter((_, i) => i % 2 === 0), ends.filter((_, i) => i % 2)].map((all) => all.sort((a, b) => a - b));
    return { x: x[0], y: y[0], width: x.at(-1) - x[0], height: y.at(-1) - y[0] };
  }
  function boxOf(part) {
    const { x, y, width, height } = cornersOf(part);
    return [x, y, width, height].join(" ");
  }
  let count = 0;
  function again(svg) {
    const all = svg.querySelector(":scope > g");
    if (!all.id) all.id = svg.closest("[data-language]").lang + "-drawn-" + count++;
    const use = document.createElementNS(svg.namespaceURI, "use");
    use.setAttribute("href", "#" + all.id);
    return use;
  }
  function keyOf(svg) {
    const part = svg.querySelector("[id$='-key']");
    if (!part) return null;
    const key = svg.cloneNode(false);
    key.setAttribute("viewBox", boxOf(part));
    key.setAttribute("aria-hidden", "true");
    key.classList.add("key");
    key.style.maxWidth = "100%";
    key.append(again(svg));
    svg.after(key);
    return key;
  }
  document.querySelectorAll("svg.figure:has([id*='-view-'])").forEach((svg) => {
    const whole = svg.getAttribute("viewBox");
    const key = keyOf(svg);
    const choices = [...svg.closest("figure").querySelectorAll(".views button")];
    const panels = [...svg.querySelectorAll("[id*='-view-']")].map((part) => part.id);
    function show(name) {
      const part = name && document.getElementById(name);
      svg.setAttribute("viewBox", part ? boxOf(part) : whole);
      svg.classList.toggle("one", Boolean(part));
      if (!key) return;
      key.classList.toggle("shown", Boolean(part));
      /* Its letters are as large as those of the panel. */
      if (part) key.style.width = `calc(min(44rem, 100%) * ${key.viewBox.baseVal.width / cornersOf(part).width})`;
    }
    /* What the buttons say; a map of one panel has none, and leaves out the room beside it where there is little. */
    function chosen() {
      if (!choices.length) return narrow.matches ? panels[0] : "";
      return choices.find((one) => one.getAttribute("aria-pressed") === "true").dataset.view;
    }
    choices.forEach((button) => button.addEventListener("click", () => {
      choices.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      show(button.dataset.view);
    }));
    function choosePanel() {
      if (narrow.matches && chosen() === "") (choices.find((one) => one.dataset.name === "after") || choices[1]).click();
      else show(chosen());
    }
    choosePanel();
    narrow.addEventListener("change", choosePanel);
    addEventListener("beforeprint", () => show(""));
    addEventListener("afterprint", () => show(chosen()));
  });

  /* Phones: panels that stand side by side are shown one under the other, each with the labels that it shares. */
  function piece(svg, parts) {
    const whole = document.createElementNS(svg.namespaceURI, "svg");
    const size = { width: 0, height: 0 };
    parts.forEach(({ part, x, y }) => {
      const box = cornersOf(part);
      const inner = document.createElementNS(svg.namespaceURI, "svg");
      Object.entries({ x: x, y: y, width: box.width, height: box.height, viewBox: boxOf(part) })
        .forEach(([name, value]) => inner.setAttribute(name, value));
      inner.append(again(svg));
      whole.append(inner);
      size.width = Math.max(size.width, x + box.width);
      size.height = Math.max(size.height, y + box.height);
    });
    whole.setAttribute("viewBox", [0, 0, size.width, size.height].join(" "));
    whole.style.maxWidth = 1.4 * size.width + "px";
    return whole;
  }
  function stack(svg) {
    const panels = [...svg.querySelectorAll("[id*='-panel-']")];
    if (panels.length < 2 || svg.parentElement.querySelector(".stack")) return;
    const stacked = document.createElement("div");
    stacked.className = "stack";
    stacked.setAttribute("aria-hidden", "true");
    const legend = svg.querySelector("[id$='-legend']");
    if (legend) stacked.append(piece(svg, [{ part: legend, x: 0, y: 0 }]));
    panels.forEach((panel) => {
      const [left, below] = ["left", "below"].map((name) => document.getElementById(panel.id.replace("-panel-", `-${name}-`)));
      const { height } = cornersOf(panel);
      const x = left ? cornersOf(left).width : 0;
      const parts = [{ part: panel, x: x, y: 0 }];
      if (left) parts.push({ part: left, x: 0, y: cornersOf(left).y - cornersOf(panel).y });
      if (below) parts.push({ part: below, x: x, y: height });
      stacked.append(piece(svg, parts));
    });
    svg.after(stacked);
  }
  function fold() {
    document.querySelectorAll("details.phone").forEach((part) => { part.open = !narrow.matches; });
    if (narrow.matches) document.querySelectorAll("svg.figure:not(.key)").forEach(stack);
  }
  fold();
  narrow.addEventListener("change", fold);
  addEventListener("beforeprint", () => document.querySelectorAll("details.phone").forEach((part) => { part.open = true; }));
  addEventListener("afterprint", fold);

  /* Maps: a value on hovering or touching, and a regency or site picked by pressing it. */
  const tip = document.querySelector(".tip");
  document.querySelectorAll("svg.figure g > title").forEach((title) => {
    const part = title.parentNode;
    part.dataset.tip = title.textContent;
    title.remove();
    const named = part.id.match(/-(area|site)-[a-z]+-(.+)$/);
    const kind = named && { area: "regency", site: "site" }[named[1]];
    const places = kind && data[part.closest("[data-language]").dataset.language][kind];
    if (places && places.some((one) => one.id === named[2])) part.dataset.pick = kind + " " + named[2];
  });
  function hover(event) {
    const part = event.target.closest && event.target.closest("[data-tip]");
    tip.hidden = !part;
    if (!part) return;
    tip.textContent = part.dataset.tip;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4)) + "px";
    tip.style.top = (event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18) + "px";
  }
  ["pointermove", "pointerdown"].forEach((name) => document.addEventListener(name, hover));
  addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
  document.addEventListener("click", (event) => {
    const part = event.target.closest("[data-pick]");
    if (!part) return;
    const [kind, id] = part.dataset.pick.split(" ");
    pickers[part.closest("[data-language]").dataset.language].pickAndShow(kind, id, part.closest("figure"));
  });

  /* Without a language in its address, the page opens in that of the report. */
  if (versions.has(asked())) follow();
})();

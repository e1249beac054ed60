"use strict";
(function () {
  const data = JSON.parse(document.getElementById("places").textContent);
  const buttons = document.querySelectorAll("[data-choose]");

  /* Languages: the place on the page stays, by the section that is on top. */
  function choose(language) {
    const top = [...document.querySelectorAll(".language:not([hidden]) h2")]
      .filter((heading) => heading.getBoundingClientRect().top < 120).pop();
    document.querySelectorAll("[data-language]").forEach((part) => {
      part.hidden = part.dataset.language !== language;
      if (!part.hidden) document.title = part.dataset.title;
    });
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.choose === language)));
    document.documentElement.lang = language;
    const same = top && document.getElementById(top.id.replace(/^[a-z]+-/, language + "-"));
    if (same) same.scrollIntoView({ behavior: "instant" });
  }
  buttons.forEach((button) => button.addEventListener("click", () => {
    choose(button.dataset.choose);
    history.replaceState(null, "", "#" + button.dataset.choose); // kept on loading again, and in a link that is passed on
  }));
  const asked = location.hash.slice(1).split("-")[0];
  if (asked in data) {
    choose(asked);
    const target = document.getElementById(location.hash.slice(1));
    if (target) target.scrollIntoView({ behavior: "instant" });
  }

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

  /* One regency or one site. */
  document.querySelectorAll("[data-places]").forEach((part) => {
    const table = part.querySelector("table.place");
    const selects = part.querySelectorAll("select");
    selects.forEach((select) => select.addEventListener("change", () => {
      selects.forEach((other) => { if (other !== select) other.value = ""; });
      const place = data[part.dataset.places][select.dataset.kind].find((one) => one.id === select.value);
      table.hidden = !place;
      if (!place) return;
      table.caption.textContent = place.name;
      table.tBodies[0].replaceChildren(...place.rows.map((texts) => {
        const row = document.createElement("tr");
        texts.forEach((text, column) => {
          const cell = document.createElement(column ? "td" : "th");
          if (!column) cell.scope = "row";
          cell.textContent = text;
          row.append(cell);
        });
        return row;
      }));
    }));
  });

  /* The numbers of a figure, as a file. */
  const numbers = JSON.parse(document.getElementById("numbers").textContent);
  document.querySelectorAll("[data-save]").forEach((button) => button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([numbers[button.dataset.save]], { type: "text/csv" }));
    link.download = button.dataset.save + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }));

  /* Maps: one panel alone, and the key under it. Print shows all of them. */
  const narrow = matchMedia("(max-width: 40rem)").matches;
  function boxOf(part) {
    const ends = part.querySelector("path").getAttribute("d").match(/-?[\d.]+/g).map(Number);
    const [x, y] = [ends.filter((_, i) => i % 2 === 0), ends.filter((_, i) => i % 2)].map((all) => all.sort((a, b) => a - b));
    return [x[0], y[0], x.at(-1) - x[0], y.at(-1) - y[0]].join(" ");
  }
  function keyOf(svg) {
    const part = svg.querySelector("[id$='-key']");
    const all = svg.querySelector(":scope > g");
    if (!part) return null;
    all.id = part.id + "-all";
    const key = svg.cloneNode(false);
    key.setAttribute("viewBox", boxOf(part));
    key.setAttribute("aria-hidden", "true");
    key.classList.add("key");
    const use = document.createElementNS(svg.namespaceURI, "use");
    use.setAttribute("href", "#" + all.id);
    key.append(use);
    svg.after(key);
    return key;
  }
  document.querySelectorAll(".views").forEach((group) => {
    const svg = group.parentElement.querySelector("svg.figure");
    const whole = svg.getAttribute("viewBox");
    const key = keyOf(svg);
    const choices = [...group.querySelectorAll("button")];
    function show(name) {
      const part = name && document.getElementById(name);
      svg.setAttribute("viewBox", part ? boxOf(part) : whole);
      svg.classList.toggle("one", Boolean(part));
      if (key) key.classList.toggle("shown", Boolean(part));
    }
    function chosen() { return choices.find((one) => one.getAttribute("aria-pressed") === "true").dataset.view; }
    choices.forEach((button) => button.addEventListener("click", () => {
      choices.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      show(button.dataset.view);
    }));
    if (narrow) (choices.find((one) => one.dataset.name === "after") || choices[0]).click();
    addEventListener("beforeprint", () => show(""));
    addEventListener("afterprint", () => show(chosen()));
  });

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
    const select = part.closest("[data-language]").querySelector(`select[data-kind="${kind}"]`);
    select.value = id;
    select.dispatchEvent(new Event("change"));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    select.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "center" });
  });
})();

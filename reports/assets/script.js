"use strict";
// Comfort only: everything on the page is there without it.

function sortBy(table, column, descending) {
  const rows = [...table.tBodies[0].rows];
  const head = table.tHead.rows[0].cells[column];
  const signs = (text) => -(text.split("✕").length * 100 + text.split("∅").length);
  const key = (row) => (head.dataset.dtypes ? signs(row.cells[column].textContent) : row.cells[column].innerText.replace(/#$/, "").trim());
  const number = (text) => (/^[–\d]/.test(text) ? parseFloat(text.replace(/[,%\s]/g, "")) : NaN);
  const keyed = rows.map((row) => [key(row), row]);
  const numeric = head.classList.contains("n");
  const sign = descending ? -1 : 1;
  keyed.sort(([a], [b]) => {
    if (head.dataset.dtypes) return sign * (a - b); // what differs most first
    if (!numeric) return sign * a.localeCompare(b, "en");
    const [x, y] = [number(a), number(b)];
    if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y); // what has no number comes last either way
    return sign * (x - y);
  });
  table.tBodies[0].append(...keyed.map(([, row]) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if ("unsorted" in head.dataset) return;
    const button = document.createElement("button");
    button.type = "button";
    const shown = head.querySelector(".of") ?? head;
    button.textContent = shown.textContent;
    shown.replaceChildren(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const descending = before ? before === "ascending" : head.classList.contains("n");
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortBy(table, column, descending);
    });
  });
}

function filter(id) {
  const words = document.querySelector(`[data-search="${id}"]`).value.toLowerCase().split(/\s+/).filter(Boolean);
  const select = document.querySelector(`[data-status="${id}"]`);
  const items = document.querySelectorAll(`#${id} [data-name]`);
  let shown = 0;
  for (const item of items) {
    const name = item.dataset.name.toLowerCase();
    const found = words.every((word) => name.includes(word));
    item.hidden = !(found && (!select || !select.value || item.dataset.status === select.value));
    shown += !item.hidden;
  }
  for (const group of document.querySelectorAll(`#${id} > tbody, #${id} > .op`)) {
    group.hidden = !group.querySelector("[data-name]:not([hidden])");
  }
  const note = document.querySelector(`[data-shown="${id}"]`);
  note.textContent = shown === items.length ? "" : `${shown} of ${items.length}`;
}

for (const tools of document.querySelectorAll(".tools:not([data-matrix], [data-phases])")) {
  tools.hidden = false;
  const id = tools.querySelector("[data-search]").dataset.search;
  tools.addEventListener("input", () => filter(id));
}

for (const box of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const code = box.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1600);
  });
  box.append(button);
}

function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.hidden) target.hidden = false;
  for (let up = target.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();

for (const age of document.querySelectorAll("[data-age]")) {
  const minutes = Math.round((Date.now() - Date.parse(age.dataset.age)) / 60000);
  if (minutes < 0) continue;
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  age.textContent = days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
  age.nextElementSibling.textContent = "now";
}

const SIGNS = { "✕": "differs", "∅": "absent", "✓": "agrees", "·": "silent" };
const worst = (signs) => Object.keys(SIGNS).find((sign) => signs.includes(sign));

for (const tools of document.querySelectorAll("[data-matrix]")) {
  const table = document.getElementById(tools.dataset.matrix);
  const dtypes = [...table.tHead.rows[0].cells].map((head) => head.dataset.dtypes?.split(" "));
  const rows = [...table.tBodies[0].rows].map((row) => [row, [...row.cells].map((cell) => cell.textContent)]);
  const get = (name) => tools.querySelector(`[data-${name}]`).value;
  tools.hidden = false;
  tools.addEventListener("input", () => {
    const words = get("search").toLowerCase().split(/\s+/).filter(Boolean);
    const [family, state, dtype] = [get("family"), get("state"), get("dtype")];
    let shown = 0;
    for (const [row, texts] of rows) {
      const signs = texts.map((text, at) => (!dtypes[at] ? "" : dtype ? text[dtypes[at].indexOf(dtype)] ?? "" : text)).join("");
      const found = worst(signs);
      const name = texts[0].toLowerCase();
      row.hidden = !(
        words.every((word) => name.includes(word)) && (!family || texts.at(-1) === family)
        && (state ? (SIGNS[found] ?? (dtype ? "" : "silent")) === state : !dtype || found)
      );
      shown += !row.hidden;
    }
    tools.querySelector("output").textContent = shown === rows.length ? "" : `${shown} of ${rows.length}`;
  });
  table.addEventListener("pointerover", ({ target }) => {
    const cell = target.closest("td[aria-label]");
    if (!cell || cell.title) return;
    const named = dtypes[cell.cellIndex];
    const found = {};
    [...cell.textContent].forEach((sign, at) => SIGNS[sign] && (found[sign] ??= []).push(named[at]));
    cell.title = Object.entries(found).map(([sign, ones]) => `${SIGNS[sign]}: ${ones.join(", ")}`).join("\n") || "none";
  });
}

for (const choice of document.querySelectorAll("[data-phases]")) {
  choice.hidden = false;
  choice.addEventListener("input", ({ target }) => {
    const table = choice.parentElement.querySelector("table.timings");
    if (target.value) table.dataset.phase = target.value;
    else delete table.dataset.phase;
  });
}

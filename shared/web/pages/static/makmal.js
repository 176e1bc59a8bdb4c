// What every page gains where scripts run; each works without. No page needs more than the attributes named here.
//   textarea[data-words][data-counter]   counts words as they are typed
//   form[data-keep="name"]               keeps what is typed in this browser until it is recorded
//   [data-live="address"]                opens a line of what is recorded; [data-on="TypeA TypeB"] inside it are drawn anew
//   [data-key="j"]                       a key of the keyboard that presses or focuses it; a fold is opened, and its first field focused
//   .drop                                takes files that are dropped on it
"use strict";

function words(text) {
  return (text.match(/\S+/g) || []).length;
}

function count(area) {
  const shown = document.getElementById(area.dataset.counter);
  if (!shown) return;
  const many = words(area.value);
  const least = Number(area.dataset.words);
  shown.textContent = shown.dataset.one.replace("{count}", many).replace("{least}", least);
  shown.classList.toggle("enough", many >= least);
}

// Kept input is dropped when the server says, on the next page, that it is recorded: that page then has no such form filled.
const KEPT = "makmal:kept:";

function fields(form) {
  return Array.from(form.elements).filter((one) => one.name && !one.name.startsWith("_") && one.type !== "file" && one.type !== "password");
}

function keep(form) {
  const said = {};
  for (const one of fields(form)) {
    if ((one.type === "checkbox" || one.type === "radio") && !one.checked) continue;
    (said[one.name] = said[one.name] || []).push(one.value);
  }
  try {
    localStorage.setItem(KEPT + form.dataset.keep, JSON.stringify({ said, base: form.dataset.base || "" }));
  } catch { /* a full or forbidden store keeps nothing; the form still works */ }
}

function restore(form) {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(KEPT + form.dataset.keep) || "null");
  } catch { return; }
  if (!kept || kept.base !== (form.dataset.base || "") || form.dataset.typed) return;
  const used = {};
  for (const one of fields(form)) {
    const values = kept.said[one.name];
    if (one.type === "checkbox" || one.type === "radio") one.checked = Boolean(values && values.includes(one.value));
    else if (values) {
      const n = used[one.name] = (used[one.name] ?? -1) + 1;
      if (values[n] !== undefined) one.value = values[n];
    }
  }
  form.dispatchEvent(new CustomEvent("restored", { bubbles: true }));
}

let told = 0; // the last position of which any line has told; pieces that are asked for wait for it

document.addEventListener("htmx:configRequest", (event) => {
  if (told) event.detail.headers["Makmal-Told"] = String(told);
});

function live(room) {
  const line = new EventSource(room.dataset.live);
  let waiting = 0;
  const met = new Set();
  line.addEventListener("recorded", (event) => {
    const happened = JSON.parse(event.data);
    met.add(happened.type);
    told = Math.max(told, happened.position);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      for (const piece of room.querySelectorAll("[data-on]"))
        if (piece.dataset.on.split(" ").some((type) => type === "*" || met.has(type))) window.htmx.trigger(piece, "refresh");
      met.clear();
    }, 250);
  });
  const state = room.querySelector("[data-line]");
  if (state) {
    line.addEventListener("open", () => { state.textContent = state.dataset.open; state.className = "badge good"; });
    line.addEventListener("error", () => { state.textContent = state.dataset.broken; state.className = "badge warn"; });
  }
  window.addEventListener("pagehide", () => line.close());
}

function begin(root) {
  for (const area of root.querySelectorAll("textarea[data-words]")) count(area);
  for (const form of root.querySelectorAll("form[data-keep]")) restore(form);
  for (const room of root.querySelectorAll("[data-live]")) live(room);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-words]")) count(event.target);
  const form = event.target.closest("form[data-keep]");
  if (form) keep(form);
});

document.addEventListener("restored", (event) => {
  for (const area of event.target.querySelectorAll("textarea[data-words]")) count(area);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; } // a second press while the first is under way
  if (form.matches("form[data-keep]")) try { localStorage.removeItem(KEPT + form.dataset.keep); } catch { /* as above */ }
  if (form.method === "post") { form.dataset.sent = "yes"; window.setTimeout(() => delete form.dataset.sent, 8000); }
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) target.focus();
  else target.click();
  // At once, so that what is typed next goes into the fold's first field.
  const fold = target.matches("summary") && target.closest("details[open]");
  if (fold) fold.querySelector("textarea, input:not([type=hidden])")?.focus();
});

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const place = event.target.closest ? event.target.closest(".drop") : null;
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    const input = place.querySelector("input[type=file]");
    if (kind === "drop" && input && event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

// A menu that is wider than the phone shows where one is.
const here = document.querySelector(".places [aria-current]");
if (here) {
  const row = here.closest(".wide");
  row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

begin(document);

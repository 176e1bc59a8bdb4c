// The form of an innovation: saves itself while somebody writes, and sends documents with their progress. Without it the
// buttons do the same.
//   form[data-autosave]   is saved a moment after each change; its [data-state] says so, its _version moves on
//   form[data-upload]     is sent with progress; what comes back takes the place of the page
"use strict";

const QUIET = 1200; // milliseconds without a change after which it is saved
const AGAIN = 5000; // after which it is tried again over a bad line

function autosave(form) {
  const state = form.querySelector("[data-state]");
  const version = form.elements._version;
  let waiting = 0, changes = 0, saved = 0, under_way = false, pressed = null;

  async function save() {
    window.clearTimeout(waiting);
    if (under_way || saved === changes || form.dataset.sent) return;
    const upto = changes;
    under_way = true;
    state.textContent = form.dataset.saving;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { "Makmal-Autosave": "1" }, redirect: "error" });
      if (answer.status === 401) { state.textContent = form.dataset.signedOut; return; }
      const told = await answer.json();
      state.textContent = told.state;
      if (!answer.ok) return;
      saved = upto;
      version.value = form.dataset.base = told.version;
      try { localStorage.removeItem(KEPT + form.dataset.keep); } catch { /* nothing is kept then */ }
      if (saved !== changes) keep(form);
    } catch {
      state.textContent = form.dataset.unsaved;
      waiting = window.setTimeout(save, AGAIN);
    } finally {
      under_way = false;
      if (pressed) form.requestSubmit(pressed);
      else if (saved !== changes && saved === upto) waiting = window.setTimeout(save, QUIET);
    }
  }

  function changed() {
    changes += 1;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(save, QUIET);
  }

  form.addEventListener("input", changed);
  form.addEventListener("restored", changed);
  window.addEventListener("online", () => save());
  // A page that does not come back after the button was pressed still finds everything here; once saved, the version differs.
  document.addEventListener("submit", (event) => { if (event.target === form && saved !== changes) keep(form); });
  // A button that is pressed while it is being saved waits for that: it would name a version that is no more.
  form.addEventListener("submit", (event) => {
    if (!under_way) return;
    event.preventDefault();
    event.stopPropagation();
    pressed = event.submitter;
  });
  try {
    if (JSON.parse(localStorage.getItem(KEPT + form.dataset.keep) || "{}").base === form.dataset.base) changed();
  } catch { /* nothing is kept then */ }
}

function sending(form) {
  const state = form.querySelector("[data-state]");
  const bar = form.querySelector("[data-progress]");
  const file = form.querySelector("input[type=file]");

  function tooLarge() {
    const chosen = file.files[0];
    const wrong = Boolean(chosen && chosen.size > Number(form.dataset.largest));
    state.textContent = wrong ? form.dataset.tooLarge : chosen ? chosen.name : "";
    return wrong;
  }

  file.addEventListener("change", tooLarge);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation(); // the frame's guard against a second press would wait for a page that never leaves
    if (form.dataset.sent || (file.files.length && tooLarge())) return;
    form.dataset.sent = "yes";
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (told) => {
      if (!told.lengthComputable) return;
      bar.hidden = false;
      bar.value = Math.floor((100 * told.loaded) / told.total);
      state.textContent = form.dataset.sending.replace("{part}", bar.value);
    });
    request.addEventListener("load", () => show(request));
    request.addEventListener("error", () => { state.textContent = form.dataset.broken; bar.hidden = true; delete form.dataset.sent; });
    request.send(new FormData(form));
  });

  function show(request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    if (!main) { state.textContent = form.dataset.broken; delete form.dataset.sent; return; }
    if (request.status < 400) window.history.pushState({}, "", request.responseURL);
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
    start(main);
    const told = main.querySelector("[role=alert], [role=status]");
    main.focus();
    if (told) told.scrollIntoView({ block: "center" });
  }
}

function start(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) autosave(form);
  for (const form of root.querySelectorAll("form[data-upload]")) sending(form);
}

window.addEventListener("popstate", () => window.location.reload());
// On a phone the steps are wider than the screen: the one that one is at is shown.
const step = document.querySelector(".steps [aria-current]");
if (step) step.closest(".steps").scrollLeft = step.offsetLeft - step.closest(".steps").offsetLeft - 24;
start(document);

// A juror's sheet saves itself. Each change is kept in this browser under a key of its own until the server has answered for it,
// and is sent again under the same key: over a bad line nothing is lost, and nothing is recorded twice. What an earlier visit could
// not send is sent from any page that loads this file.
//   [data-juror]                     whose browser this is, for now; it holds the line [data-state] with its words
//   form[data-scores]                a sheet that he may write; input[data-weight] its scores, [data-sum] what they add up to
"use strict";

(() => {
  const desk = document.querySelector("[data-juror]");
  const form = document.querySelector("form[data-scores]");
  if (!desk) return;
  const state = desk.querySelector("[data-state]");
  const store = "makmal:scores:" + desk.dataset.juror + ":";
  const lang = document.documentElement.lang;
  const here = form ? new URL(form.action).pathname : "";
  const wrong = new Set(); // refused as they are: not sent again before they change
  let timer = 0;
  let sending = false;

  const say = (name, words = {}) => {
    let text = state.dataset[name];
    for (const [key, value] of Object.entries(words)) text = text.replace("{" + key + "}", value);
    state.textContent = text;
    state.classList.toggle("refused", name === "refused");
  };
  const read = (address) => { try { return JSON.parse(localStorage.getItem(store + address) || "null"); } catch { return null; } };
  const write = (address, kept) => { try { kept ? localStorage.setItem(store + address, JSON.stringify(kept)) : localStorage.removeItem(store + address); } catch { /* a full or forbidden store: the form still sends */ } };
  const waiting = () => { try { return Object.keys(localStorage).filter((name) => name.startsWith(store)).map((name) => name.slice(store.length)); } catch { return []; } };
  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const token = () => document.querySelector("input[name=_token]").value;

  function keep(todo) {
    const fields = {};
    for (const one of form.elements) if (/^(score|comment)-/.test(one.name)) fields[one.name] = one.value;
    write(here, { key: key(), fields, todo, version: form.elements._version.value });
  }

  async function send(address) {
    const kept = read(address);
    if (!kept || wrong.has(kept.key)) return true;
    const body = new URLSearchParams({ ...kept.fields, do: kept.todo, _key: kept.key, _version: kept.version, _token: token() });
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
    } catch { return false; }
    if (answer.status >= 500 || answer.status === 429) return false;
    const told = await answer.json().catch(() => ({}));
    const now = read(address);
    const same = now && now.key === kept.key;
    if (answer.ok) {
      if (address === here && form) form.elements._version.value = told.version;
      if (now && !same) write(address, { ...now, version: told.version });
      else write(address, null);
      if (same && told.waiting.length) { wrong.add(kept.key); write(address, kept); say("half"); }
      else if (same || !now) say("saved", { time: new Date().toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" }) });
      if (same && kept.todo === "submit" && address === here) window.location.assign(told.next);
      return true;
    }
    wrong.add(kept.key);
    say("refused", { why: (lang === "id" ? told.detail_id : told.detail) || answer.statusText });
    if (same && kept.todo === "submit") { // it stays typed, and is saved with the next change
      const later = { ...kept, key: key(), todo: "save" };
      wrong.add(later.key);
      write(address, later);
      if (address === here) (Array.from(form.querySelectorAll("input[data-weight]")).find((one) => !one.value.trim() || one.hasAttribute("aria-invalid")) || state).focus();
    }
    return true;
  }

  async function sendAll() {
    if (sending) return;
    sending = true;
    window.clearTimeout(timer);
    let reached = true;
    for (const address of waiting()) {
      if (address === here) say("saving");
      reached = await send(address) && reached;
    }
    sending = false;
    if (!reached) { say("kept"); timer = window.setTimeout(sendAll, 5000); return; }
    if (form && (read(here) || {}).key && !wrong.has(read(here).key)) timer = window.setTimeout(sendAll, 300); // typed meanwhile
  }

  function look() { // at what is typed: which scores are none, and what they come to
    let sum = 0, weights = 0, all = true;
    for (const one of form.querySelectorAll("input[data-weight]")) {
      const text = one.value.trim().replace(",", ".");
      const number = Number(text);
      const sound = text !== "" && number >= 0 && number <= 100;
      if (text !== "" && !sound) one.setAttribute("aria-invalid", "true"); else one.removeAttribute("aria-invalid");
      all = all && sound;
      sum += sound ? number * Number(one.dataset.weight) : 0;
      weights += Number(one.dataset.weight);
    }
    const shown = form.querySelector("[data-sum]");
    if (shown) shown.textContent = all ? new Intl.NumberFormat(lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(sum / weights) : "–";
  }

  if (form) {
    const kept = read(here); // from a visit that ended before the line came back
    if (kept) for (const [name, value] of Object.entries(kept.fields)) if (form.elements[name] && value) form.elements[name].value = value;
    look();
    form.addEventListener("input", () => {
      keep("save");
      look();
      window.clearTimeout(timer);
      timer = window.setTimeout(sendAll, 900);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      keep(event.submitter && event.submitter.value === "submit" ? "submit" : "save");
      sendAll();
    });
    // Keyboard: Enter leads from score to score, arrows change a score, Escape leaves a field (then n, p and s work).
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target.matches("input, textarea")) { event.target.blur(); return; }
      if (!event.target.matches("input[data-weight]")) return;
      const scores = Array.from(form.querySelectorAll("input[data-weight]"));
      const at = scores.indexOf(event.target);
      if (event.key === "Enter") {
        event.preventDefault();
        const to = scores[at + (event.shiftKey ? -1 : 1)] || form.querySelector("button[value=submit]");
        to.focus();
        if (to.select) to.select();
      } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        const number = Number(event.target.value.replace(",", ".")) || 0;
        const by = (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 5 : 1);
        event.target.value = String(Math.min(100, Math.max(0, number + by)));
        event.target.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
  }
  window.addEventListener("online", sendAll);
  if (waiting().length) sendAll();
})();

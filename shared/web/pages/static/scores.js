// A juror's sheet saves itself. Each change is kept in this browser under a key of its own until the server has answered for it,
// and is sent again under the same key: over a bad line nothing is lost, and nothing is recorded twice.
"use strict";

for (const form of document.querySelectorAll("form[data-scores]")) {
  const store = "makmal:scores:" + form.dataset.scores;
  const state = form.querySelector("[data-state]");
  let timer = 0;
  let sending = false;

  const say = (name, words = {}) => {
    let text = state.dataset[name];
    for (const [key, value] of Object.entries(words)) text = text.replace("{" + key + "}", value);
    state.textContent = text;
  };
  const read = () => { try { return JSON.parse(localStorage.getItem(store) || "null"); } catch { return null; } };
  const write = (kept) => { try { kept ? localStorage.setItem(store, JSON.stringify(kept)) : localStorage.removeItem(store); } catch { /* a full store */ } };
  const typed = () => {
    const fields = {};
    for (const one of form.elements) if (/^(score|comment)-/.test(one.name)) fields[one.name] = one.value;
    return fields;
  };
  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function send() {
    const kept = read();
    if (!kept || sending) return;
    sending = true;
    say("saving");
    const body = new URLSearchParams({ ...kept.fields, _key: kept.key, _token: form.elements._token.value, do: "save" });
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
      if (answer.ok) {
        const now = read();
        if (now && now.key === kept.key) write(null);
        say("saved", { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) });
      } else if (answer.status >= 500 || answer.status === 429) later();
      else {
        const problem = await answer.json().catch(() => ({}));
        say("refused", { why: (document.documentElement.lang === "id" ? problem.detail_id : problem.detail) || answer.statusText });
      }
    } catch { later(); }
    sending = false;
    const next = read();
    if (next && next.key !== kept.key) send();
  }

  function later() {
    say("kept");
    window.clearTimeout(timer);
    timer = window.setTimeout(send, 5000);
  }

  form.addEventListener("input", () => {
    write({ key: key(), fields: typed(), base: form.dataset.base });
    window.clearTimeout(timer);
    timer = window.setTimeout(send, 900);
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    later();
  });
  window.addEventListener("online", send);

  const kept = read(); // from a visit that ended before the line came back
  if (kept) {
    for (const [name, value] of Object.entries(kept.fields)) if (form.elements[name] && value) form.elements[name].value = value;
    send();
  }
}

// The screener's page: Esc leaves a field, so that the keys work again; what the checklist comes to is said as it is ticked.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("input, textarea, select")) event.target.blur();
});

for (const form of document.querySelectorAll("form[data-checklist]")) {
  const verdict = form.querySelector("[data-verdict]");
  if (!verdict) continue;
  const say = () => {
    const criteria = Array.from(form.querySelectorAll("input[name=criterion]"));
    const met = criteria.filter((one) => one.checked).length;
    if (form.querySelector("input[name=against]:checked")) verdict.textContent = verdict.dataset.against;
    else if (met === criteria.length) verdict.textContent = verdict.dataset.yes;
    else verdict.textContent = verdict.dataset.no.replace("{met}", met).replace("{all}", criteria.length);
  };
  form.addEventListener("change", say);
  say();
}

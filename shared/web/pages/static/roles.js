// Institutions by name where their codes are typed: offered from registration's public list once somebody comes to the field.
//   input[list][data-institutions="address"]   takes a code, or several with spaces between them
"use strict";

{
  const known = {};

  const offer = (input, all) => {
    const list = document.getElementById(input.getAttribute("list"));
    const before = input.value.match(/^(?:.*[\s,])?/)[0];
    if (!list || (list.dataset.before === before && list.children.length)) return;
    list.dataset.before = before;
    list.replaceChildren(...all.map((one) => {
      const option = document.createElement("option");
      option.value = before + one.institution;
      option.label = `${one.institution} · ${one.name}`;
      return option;
    }));
  };

  const fill = async (event) => {
    const input = event.target;
    if (!input.matches || !input.matches("input[data-institutions]")) return;
    const address = input.dataset.institutions;
    known[address] = known[address] || fetch(address).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
    offer(input, await known[address]);
  };

  document.addEventListener("focusin", fill);
  document.addEventListener("input", fill);
}

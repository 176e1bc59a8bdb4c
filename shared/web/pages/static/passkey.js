// Passkeys. Loaded in the head without waiting, so that what only some browsers can do is there or not there from the first look.
//   form[data-passkey="get" or "create"]   asks data-options what to ask the device for, and sends what the device answers
"use strict";

if (window.isSecureContext && window.PublicKeyCredential && navigator.credentials) document.documentElement.classList.add("passkeys");

{
  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (known) => (known || []).map((one) => ({ ...one, id: octets(one.id) }));

  const answer = async (kind, asked) => {
    const publicKey = { ...asked, challenge: octets(asked.challenge) };
    if (kind === "create") {
      publicKey.user = { ...asked.user, id: octets(asked.user.id) };
      publicKey.excludeCredentials = listed(asked.excludeCredentials);
    } else publicKey.allowCredentials = listed(asked.allowCredentials);
    const made = await navigator.credentials[kind]({ publicKey });
    const response = made.response;
    const said = { challenge: asked.challenge, id: made.id, client_data: text(response.clientDataJSON) };
    if (kind === "create") {
      said.attestation = text(response.attestationObject);
      said.transports = response.getTransports ? response.getTransports().join(" ") : "";
    } else {
      said.authenticator_data = text(response.authenticatorData);
      said.signature = text(response.signature);
      said.user_handle = response.userHandle ? text(response.userHandle) : "";
    }
    return said;
  };

  const send = (form, said) => {
    for (const [name, value] of Object.entries(said)) {
      const field = form.elements[`passkey_${name}`] || form.appendChild(document.createElement("input"));
      field.type = "hidden";
      field.name = `passkey_${name}`;
      field.value = value;
    }
    if (form.elements.passkey_password) form.elements.passkey_password.disabled = true; // it has served
    form.submit();
  };

  const why = (form, error) => {
    if (error instanceof DOMException && error.name === "InvalidStateError") return form.dataset.known;
    if (error instanceof DOMException && error.name === "SecurityError") return form.dataset.away;
    return error instanceof TypeError ? form.dataset.line : form.dataset.cancelled;
  };

  const begin = async (form) => {
    const place = form.querySelector("[data-said]");
    place.textContent = "";
    try {
      const asked = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const options = (asked.headers.get("content-type") || "").includes("json") ? await asked.json() : {};
      if (!asked.ok) { place.textContent = options.refused || form.dataset.line; return; }
      send(form, await answer(form.dataset.passkey, options));
    } catch (error) {
      place.textContent = why(form, error);
    } finally {
      delete form.dataset.busy;
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-passkey]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    begin(form);
  }, true);
}

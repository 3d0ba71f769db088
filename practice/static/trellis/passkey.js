// Passkeys: asks the browser for one and sends what it says. Without it, the forms stay hidden.
(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };

  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const create = async (form, { publicKey }) => {
    const alone = form.elements.passwordless;
    if (alone && alone.checked) {
      publicKey.authenticatorSelection = {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      };
    }
    return navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: known(publicKey.excludeCredentials),
      },
    });
  };

  const get = async (form, { publicKey }) =>
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: known(publicKey.allowCredentials),
      },
    });

  const ways = { create, get };

  const said = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  const options = async (form) => {
    if (form.dataset.options) {
      const given = JSON.parse(document.getElementById(form.dataset.options).textContent);
      return given.creation_options || given.request_options;
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const field = form.elements.credential;
      const status = form.querySelector("[data-passkey-status]");
      status.textContent = "";
      try {
        field.value = said(await ways[form.dataset.passkey](form, await options(form)));
      } catch {
        status.textContent = status.dataset.failed;
        return;
      }
      form.submit();
    });
  }
})();

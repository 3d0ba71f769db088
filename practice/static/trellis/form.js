// Errors take the focus; a form is sent once.
(() => {
  const AGAIN_AFTER = 10000;

  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  const buttons = (form) => [...form.elements].filter((element) => element.type === "submit");

  const ready = (form) => {
    delete form.dataset.sending;
    for (const button of buttons(form)) {
      if (!button.hasAttribute("aria-busy")) continue;
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  };

  const sending = (form) => {
    form.dataset.sending = "";
    for (const button of buttons(form)) {
      if (button.disabled) continue;
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
    }
    setTimeout(() => ready(form), AGAIN_AFTER);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-again")) return;
    if ("sending" in form.dataset) {
      event.preventDefault();
      return;
    }
    // Afterwards: a disabled button would not send its name, and another script may say no.
    setTimeout(() => {
      if (!event.defaultPrevented) sending(form);
    });
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sending]").forEach(ready);
  });
})();

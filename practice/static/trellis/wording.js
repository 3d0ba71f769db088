// The words of a message: how it looks follows what is typed. Without this, "Show it" does it.
(() => {
  const form = document.querySelector("form[data-wording]");
  const seen = document.querySelector("[data-seen]");
  if (!form || !seen) return;
  const PAUSE_IN_TYPING = 500;
  let typing = 0;
  let asked = 0; // counts the questions: only the answer to the last one is shown

  const look = async () => {
    const mine = ++asked;
    const body = new FormData(form);
    body.set("act", "preview");
    try {
      const answer = await fetch(window.location.href, {
        method: "POST",
        body,
        headers: { "X-Preview": "1" },
        credentials: "same-origin",
        redirect: "error",
      });
      if (answer.ok && mine === asked) seen.innerHTML = await answer.text();
    } catch {
      // What was shown last stays; the button still asks the server.
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(look, PAUSE_IN_TYPING);
  });
  form.querySelector("[data-look]").hidden = true;
})();

// What a client will receive, said anew as the choice changes. Without this, a button says it.
(() => {
  const box = document.querySelector("[data-dry-run]");
  const form = document.getElementById("schedule");
  if (!box || !form) return;
  const button = document.querySelector("[data-dry-run-show]");
  const status = document.querySelector("[data-dry-run-status]");
  const PAUSE_IN_TYPING = 350;
  const NOT_OF_THE_SCHEDULE = ["csrfmiddlewaretoken", "once", "seen", "acknowledged"];

  let timer = 0;
  let asked = null;

  const address = () => {
    const fields = new URLSearchParams(new FormData(form));
    for (const name of NOT_OF_THE_SCHEDULE) fields.delete(name);
    return `${box.dataset.dryRun}?${fields}`;
  };

  const say = async () => {
    if (asked) asked.abort();
    const mine = (asked = new AbortController());
    box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address(), {
        credentials: "same-origin",
        redirect: "error", // signed out meanwhile: the button leads to the sign-in
        signal: mine.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      box.innerHTML = await answer.text();
      const first = box.querySelector("[data-dry-run-says]");
      status.textContent = first ? first.textContent : "";
      button.hidden = true;
    } catch (error) {
      if (mine.signal.aborted) return;
      button.hidden = false;
    }
    box.removeAttribute("aria-busy");
  };

  button.hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(say, PAUSE_IN_TYPING);
  });
  // A browser that comes back to this page fills in what was chosen before.
  window.addEventListener("pageshow", (event) => event.persisted && say());
})();

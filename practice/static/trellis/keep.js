// Keeps each answer on the server while the client goes on, and says "Kept" only when it is true.
// data-keep: the form is sent on every change. data-warn: only warns about leaving what was typed.
(() => {
  const form = document.querySelector("form[data-keep], form[data-warn]");
  if (!form) return;
  const keeps = form.hasAttribute("data-keep");
  const status = form.querySelector("[data-kept]");
  const stuck = form.querySelector("[data-stuck]");
  const address = form.getAttribute("action") || window.location.href;
  const PAUSE_IN_TYPING = 800;
  const PATIENCE = 15000; // for one answer of the server
  const FAREWELL = 3000; // before going on to another page
  const FIRST_WAIT = 2000;
  const LONGEST_WAIT = 30000;

  let changed = 0; // counts what the client did
  let wanted = 0; // up to here it is to be kept
  let kept = 0; // up to here the server has it
  let flight = null; // one at a time: the order on the server is the order on the screen
  let carrying = null;
  let going = false; // the form itself is on its way
  let waiting = false; // ... as soon as what is in flight has landed
  let typing = 0;
  let wake = () => {};

  const left = () => document.documentElement.classList.contains("left");

  const say = (state, words = "") => {
    if (!status) return;
    status.dataset.state = state;
    status.textContent = words;
    if (stuck) stuck.hidden = state !== "stuck";
  };

  const after = (time) => new Promise((done) => setTimeout(done, time));

  const rest = (time) => new Promise((done) => {
    wake = done;
    setTimeout(done, time);
  });

  // 204 is kept, 422 is a sentence of the server, 5xx and silence may pass; anything else won't.
  const post = async () => {
    const ends = new AbortController();
    const timer = setTimeout(() => ends.abort(), PATIENCE);
    try {
      const answer = await fetch(address, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Keep": "1" },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: true,
        signal: ends.signal,
      });
      if (answer.status === 204) return { state: "kept" };
      if (answer.status === 422) return { state: "refused", words: await answer.text() };
      const mayPass = answer.status >= 500 || answer.status === 408 || answer.status === 429;
      return { state: mayPass ? "again" : "stuck" };
    } catch {
      return { state: "again" };
    } finally {
      clearTimeout(timer);
    }
  };

  const carry = async () => {
    let wait = FIRST_WAIT;
    while (kept < wanted && !going && !left()) {
      const change = changed;
      flight = post();
      const { state, words } = await flight;
      flight = null;
      if (state === "kept") {
        kept = change;
        wait = FIRST_WAIT;
        if (kept === changed) say("kept", status.dataset.wordsKept);
      } else if (state === "again") {
        say("again", status.dataset.wordsAgain);
        await rest(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      } else {
        if (change !== changed) continue;
        say(state, words || status.dataset.wordsStuck);
        return;
      }
    }
  };

  const keep = () => {
    clearTimeout(typing);
    wanted = changed;
    wake();
    if (!keeps || kept === changed) return Promise.resolve();
    carrying ||= carry().finally(() => {
      carrying = null;
    });
    return carrying;
  };

  form.addEventListener("input", (event) => {
    changed += 1;
    going = false;
    if (!keeps) return;
    if (status.dataset.state !== "again") say("");
    clearTimeout(typing);
    if (event.target.matches("[type=radio], [type=checkbox], select")) keep();
    else typing = setTimeout(keep, PAUSE_IN_TYPING);
  });
  form.addEventListener("change", keep);
  window.addEventListener("online", () => wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !left()) keep();
  });

  // What is in flight lands first: an older answer must not arrive after a newer one.
  form.addEventListener("submit", (event) => {
    clearTimeout(typing);
    going = true;
    if (!flight) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    Promise.race([flight, after(FAREWELL)]).then(() => {
      flight = null;
      waiting = false;
      form.requestSubmit(event.submitter);
    });
  });

  form.querySelectorAll("a[data-after-keeping]").forEach((link) => {
    link.hidden = false;
    link.addEventListener("click", async (event) => {
      if (kept === changed || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      await Promise.race([keep(), after(FAREWELL)]);
      window.location.assign(link.href);
    });
  });

  // Leave this page never asks whether one is sure.
  window.addEventListener("beforeunload", (event) => {
    if (kept === changed || going || left()) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();

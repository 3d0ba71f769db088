// Keeps each answer on the server while the client goes on, and says "Kept" only when it is true.
// data-keep: the form is sent on every change. data-unkept: there is something in it that was not.
// An answer that asks for help leads to it at once: the server says where, in the header X-Then.
(() => {
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const status = form.querySelector("[data-kept]");
  const stuck = form.querySelector("[data-stuck]");
  const both = form.querySelector("[data-both]"); // leads to the answer here and in another window
  const address = form.getAttribute("action") || window.location.href;
  const PAUSE_IN_TYPING = 800;
  const PATIENCE = 15000; // for one answer of the server
  const FAREWELL = 3000; // before going on to another page
  const FIRST_WAIT = 2000;
  const LONGEST_WAIT = 30000;
  const LIGHT = 15000; // characters that a browser still sends when the page is gone already
  const MOVES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];

  // The questions that were touched on this page, for another tab may have the others; null: all.
  let touched = form.hasAttribute("data-unkept") ? null : new Set();
  let changed = touched ? 0 : 1; // counts what the client did
  let wanted = 0; // up to here it is to be kept
  let kept = 0; // up to here the server has it
  let flight = null; // one at a time: the order on the server is the order on the screen
  let carrying = null;
  let going = false; // the form itself is on its way
  let waiting = false; // ... as soon as what is in flight has landed
  let typing = 0;
  let then = ""; // where the server wants the client to go
  let moves = false; // from answer to answer, by keys: the one that is left behind is meant
  let wake = () => {};

  const left = () => document.documentElement.classList.contains("left");

  const say = (state, words = "") => {
    if (!status) return;
    status.dataset.state = state;
    status.textContent = words;
    if (stuck) stuck.hidden = state !== "stuck";
    if (both) both.hidden = state !== "both";
  };

  const after = (time) => new Promise((done) => setTimeout(done, time));

  const rest = (time) => new Promise((done) => {
    wake = done;
    setTimeout(done, time);
  });

  // 204 is kept, 422 is a sentence of the server, 409 one about another window, 413 is too much; 5xx and silence may pass, anything
  // else won't.
  const post = async () => {
    const ends = new AbortController();
    const timer = setTimeout(() => ends.abort(), PATIENCE);
    const body = new FormData(form);
    const length = [...body.values()].reduce((sum, value) => sum + value.length, 0);
    touched?.forEach((name) => body.append("touched", name));
    try {
      const answer = await fetch(address, {
        method: "POST",
        body,
        headers: { "X-Keep": "1" },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: length < LIGHT,
        signal: ends.signal,
      });
      then = answer.headers.get("X-Then") || then;
      if (answer.status === 204) return { state: "kept" };
      if (answer.status === 422) return { state: "refused", words: await answer.text() };
      if (answer.status === 409) {
        const words = await answer.text();
        return { state: words ? "both" : "stuck", words };
      }
      if (answer.status === 413) return { state: "refused", words: status.dataset.wordsLarge };
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
        if (then) wanted = changed;
        if (kept === changed) say("kept", status.dataset.wordsKept);
      } else if (state === "again") {
        say("again", status.dataset.wordsAgain);
        await rest(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      } else {
        if (change !== changed) continue;
        say(state, words || status.dataset.wordsStuck);
        break;
      }
    }
    if (then && !going && !left()) {
      going = true;
      window.location.assign(then);
    }
  };

  const keep = () => {
    clearTimeout(typing);
    wanted = changed;
    wake();
    if (kept === changed) return Promise.resolve();
    carrying ||= carry().finally(() => {
      carrying = null;
    });
    return carrying;
  };

  // A question with parts has a name for each of them: "steps-0-ask" is one of steps.
  const touch = (element) => {
    const name = element.name || element.closest(".field")?.querySelector("[name]")?.name;
    if (!name) touched = null;
    touched?.add(name.split("-")[0]);
  };

  const later = () => {
    clearTimeout(typing);
    typing = setTimeout(keep, PAUSE_IN_TYPING);
  };

  form.addEventListener("keydown", (event) => {
    moves = MOVES.includes(event.key) && !event.target.matches("[type=text], textarea");
  });
  form.addEventListener("pointerdown", () => {
    moves = false;
  });

  form.addEventListener("input", (event) => {
    changed += 1;
    going = false;
    touch(event.target);
    if (status.dataset.state !== "again") say("");
    if (moves) clearTimeout(typing);
    else if (event.target.matches("[type=radio], [type=checkbox], select")) keep();
    else later();
  });
  form.addEventListener("change", () => {
    if (!moves) keep();
  });
  form.addEventListener("focusout", (event) => {
    const stays = event.relatedTarget && event.relatedTarget.name === event.target.name;
    if (!stays && kept !== changed) keep();
  });
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
      if (!then) window.location.assign(link.href);
    });
  });

  // Leave this page never asks whether one is sure.
  window.addEventListener("beforeunload", (event) => {
    if (kept === changed || going || left()) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();

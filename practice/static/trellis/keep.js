// Keeps each answer on the server while one goes on, and says "Kept" only when it is true.
// data-keep: the form is kept on every change. data-hold: only its own button sends it.
// data-unkept: there is something in it that was not kept.
// A form, or a link with data-after-keeping, goes on only when the server has answered: without a
// connection, or signed out, what was written stays on this page and nowhere else in the browser.
(() => {
  const form = document.querySelector("form[data-keep], form[data-hold]");
  if (!form) return;
  const status = form.querySelector("[data-kept]");
  const stuck = form.querySelector("[data-stuck]");
  const both = form.querySelector("[data-both]"); // leads to the answer here and in another window
  const out = form.querySelector("[data-out]");
  const other = form.querySelector("[data-other]");
  const main = form.closest("main");
  const { title } = document;
  const keeps = form.hasAttribute("data-keep");
  const words = status.dataset;
  const address = form.getAttribute("action") || window.location.href;
  const PAUSE_IN_TYPING = 800;
  const PATIENCE = 15000; // for one answer of the server
  const SLOW = 4000; // by then the page says that it still waits
  const FIRST_WAIT = 2000;
  const LONGEST_WAIT = 30000;
  const OUT_WAIT = 15000; // until it is tried again: somebody may have signed in beside
  const UNTIL_WOKEN = 2 ** 31 - 1; // nobody else's session is kept alive by asking
  const LIGHT = 15000; // characters that a browser still sends when the page is gone already
  const MOVES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];

  // The questions that were touched on this page, for another tab may have the others; null: all.
  let touched = form.hasAttribute("data-unkept") ? null : new Set();
  let changed = touched ? 0 : 1; // counts what was done here
  let wanted = 0; // up to here it is to be kept
  let kept = 0; // up to here the server has it
  let tried = 0; // up to here it was sent once; what is sent again by itself is no act of anybody's
  let since = new Date(); // what was done from then on is not kept
  let held = null; // the button or the link that goes on as soon as the server has answered
  let carrying = null; // one request at a time: the order on the server is the order on the screen
  let going = false; // on the way to another page
  let native = false; // ... by the form itself: the page that comes back is for reading
  let typing = 0;
  let help = ""; // an answer that asks for help leads to it at once: the server says where
  let moves = false; // from answer to answer, by keys: the one that is left behind is meant
  let isIdle = false;
  let wake = () => {};

  const left = () => document.documentElement.classList.contains("left");
  const isDone = () => kept === changed;

  const say = (state, text = "") => {
    const all = held && state === "again" ? `${text} ${words.wordsHeld}` : text;
    if (status.textContent !== all) status.textContent = all;
    status.dataset.state = state;
    if (stuck) stuck.hidden = state !== "stuck";
    if (both) both.hidden = state !== "both";
    out.hidden = state !== "out";
  };

  const rest = (time) => new Promise((done) => {
    wake = done;
    setTimeout(done, time);
  });

  // Whoever signs in gets a new one, so this page's may be an old one. The server is told for whom
  // the page was made: what stands here never becomes somebody else's.
  const token = () => {
    const cookie = document.cookie.match(/(?:^|; )(?:__Host-)?c=([^;]+)/);
    return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
  };

  // 204 is kept or sent, 422 is a sentence of the server, 409 one about another window, 413 is too
  // much; 5xx and silence may pass.
  const meaning = async (answer, sent) => {
    const { status: code, headers } = answer;
    const then = headers.get("X-Then") || "";
    if (code === 413) return { state: "refused", text: words.wordsLarge };
    if (!headers.has("X-Keep")) return { state: "again", text: words.wordsAgain };
    if (code === 204) return { state: "kept", then };
    if (code === 422) return { state: "refused", text: await answer.text() };
    if (code === 409) {
      const text = await answer.text();
      if (text) return { state: "both", text };
    }
    if (code === 401) return { state: "out" };
    if (code === 412) return { state: "other" };
    const mayPass = code >= 500 || code === 408 || code === 429;
    if (mayPass || (code === 403 && token() !== sent)) return { state: "again", text: words.wordsAgain };
    return { state: "stuck", text: words.wordsStuck, sent };
  };

  // What was touched is kept; what is sent, by ``button``, is sent whole.
  const post = async (button) => {
    const ends = new AbortController();
    const timer = setTimeout(() => ends.abort(), PATIENCE);
    const slow = setTimeout(() => say("again", words.wordsSlow), SLOW);
    const sent = token();
    const body = new FormData(form);
    body.set("csrfmiddlewaretoken", sent);
    const length = [...body.values()].reduce((sum, value) => sum + value.length, 0);
    const isKept = button === undefined;
    const isAct = !isIdle && tried !== changed;
    if (isKept) tried = changed;
    if (isKept) touched?.forEach((name) => body.append("touched", name));
    if (button?.name) body.append(button.name, button.value);
    try {
      const answer = await fetch(address, {
        method: "POST",
        body,
        headers: { "X-Who": words.who, ...(isKept && { "X-Keep": isAct ? "1" : "idle" }) },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: length < LIGHT,
        signal: ends.signal,
      });
      return await meaning(answer, sent);
    } catch {
      return { state: "again", text: ends.signal.aborted ? words.wordsSlow : words.wordsOffline };
    } finally {
      clearTimeout(timer);
      clearTimeout(slow);
    }
  };

  const go = (url) => {
    going = true;
    window.location.assign(url);
  };

  const letGo = () => {
    held?.element?.removeAttribute("aria-busy");
    held = null;
  };

  const settle = (change) => {
    kept = change;
    since = new Date();
    if (isDone()) say(keeps ? "kept" : "", keeps ? words.wordsKept : "");
  };

  const showOut = () => {
    const time = since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const text = isDone() ? words.wordsOutKept : words.wordsOut.replace("{time}", time);
    say("out", text);
  };

  // Nothing of it is for whoever sits here now. If the first one comes back, it is kept after all.
  const cover = (covered) => {
    if (main.classList.contains("covered") === covered) return;
    main.classList.toggle("covered", covered);
    other.hidden = !covered;
    document.title = covered ? "Trellis" : title;
    if (covered) other.focus();
  };
  main.prepend(other);

  // Whatever is held goes on, or the form shows what is wrong with it.
  const goOn = ({ state, then, text, sent }, { element, href }) => {
    if (state === "kept") go(href || then || window.location.href);
    else if (href) window.location.assign(href); // the browser asks first
    else if (state === "refused") say(state, text);
    else {
      native = true;
      form.elements.csrfmiddlewaretoken.value = sent; // just proved to be of the same sign-in
      form.requestSubmit(element);
    }
  };

  // One request. True when nothing is to be done any more, else how long to wait for the next.
  const attempt = async (wait) => {
    const [change, pressed] = [changed, held];
    const answer = await post(pressed && !pressed.href ? pressed.element : undefined);
    if (left()) return true;
    const isUnknown = ["again", "out"].includes(answer.state);
    if (!isUnknown) cover(answer.state === "other");
    if (answer.state === "again") say("again", answer.text);
    if (answer.state === "out") showOut();
    if (answer.state === "again") return wait;
    if (answer.state === "out") return OUT_WAIT;
    if (answer.state === "other") return UNTIL_WOKEN;
    if (answer.state === "kept") settle(change);
    if (answer.then && (!pressed || pressed.href)) {
      help = answer.then;
      wanted = changed;
      letGo();
    }
    if (change !== changed || pressed !== held) return 0;
    if (held) {
      goOn(answer, held);
      letGo();
      return true;
    }
    if (answer.state !== "kept") say(answer.state, answer.text);
    return answer.state !== "kept";
  };

  const carry = async () => {
    let wait = FIRST_WAIT;
    while ((held || kept < wanted) && !going && !left()) {
      const next = await attempt(wait);
      if (next === true) break;
      if (next) await rest(next);
      wait = next ? Math.min(wait * 2, LONGEST_WAIT) : FIRST_WAIT;
    }
    if (help && !going && !left()) go(help);
  };

  const run = () => {
    wake();
    carrying ||= carry().finally(() => {
      carrying = null;
    });
  };

  const keep = () => {
    clearTimeout(typing);
    if (!keeps) return;
    wanted = changed;
    if (!isDone()) run();
  };

  const hold = (what) => {
    clearTimeout(typing);
    letGo();
    held = what;
    held.element?.setAttribute("aria-busy", "true");
    run();
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
    if (isDone()) since = new Date();
    changed += 1;
    isIdle = false;
    touch(event.target);
    if (held || !["again", "out"].includes(status.dataset.state)) say("");
    letGo(); // whoever still changes something does not want to be taken away
    if (moves) clearTimeout(typing);
    else if (event.target.matches("[type=radio], [type=checkbox], select")) keep();
    else later();
  });
  form.addEventListener("change", () => {
    if (!moves) keep();
  });
  form.addEventListener("focusout", (event) => {
    const stays = event.relatedTarget && event.relatedTarget.name === event.target.name;
    if (!stays && !isDone()) keep();
  });
  for (const event of ["online", "focus"]) window.addEventListener(event, () => wake());
  document.addEventListener("trellis:idle", () => {
    isIdle = true; // sent by the clock: the sign-in lasts no longer for it (practice/idle.py)
    keep();
  });
  document.addEventListener("visibilitychange", () => {
    if (left()) return;
    if (document.visibilityState === "hidden") keep();
    else wake();
  });

  form.addEventListener("submit", (event) => {
    if (native) {
      [native, going] = [false, true];
      return;
    }
    event.preventDefault();
    hold({ element: event.submitter });
  });

  form.querySelectorAll("a[data-after-keeping]").forEach((link) => {
    link.hidden = false;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (isDone() && navigator.onLine) return;
      event.preventDefault();
      if (held?.element === link) window.location.assign(link.href);
      else hold({ element: link, href: link.href });
    });
  });

  window.addEventListener("pageshow", () => {
    going = false;
  });

  // Leave this page never asks whether one is sure.
  window.addEventListener("beforeunload", (event) => {
    if (isDone() || going || left()) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();

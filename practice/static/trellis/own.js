// The editor of own activities: keeps the open part while it is typed, says what the server says
// about it, and shows the preview anew. Without this everything works by its buttons.
(() => {
  const form = document.querySelector("form[data-own]");
  if (!form) return;
  const status = form.querySelector("[data-kept]");
  const note = form.querySelector("[data-elsewhere]");
  const frame = document.querySelector("iframe[data-preview]");
  const saves = form.elements.saves;
  const PAUSE_IN_TYPING = 800;
  const PATIENCE = 15000; // for one answer of the server
  const FAREWELL = 3000; // before going on to another page
  const FIRST_WAIT = 2000;
  const LONGEST_WAIT = 30000;
  const FOCUS = "own-focus"; // the name of the field that has the focus after the next page load

  let changed = 0; // counts what was typed
  let kept = 0; // up to here the server has it
  let flight = null; // one at a time: the order on the server is the order on the screen
  let carrying = null;
  let leaving = false; // on the way to another page, by a button
  let waiting = false; // ... as soon as what is in flight has landed
  let refused = false; // this cannot be kept as it is: the next change is tried again
  let newer = null; // how often it was kept in another tab
  let seen = null; // how far down the preview was before it was loaded anew
  let typing = 0;
  let wake = () => {};

  const after = (time) => new Promise((done) => setTimeout(done, time));

  const rest = (time) => new Promise((done) => {
    wake = done;
    setTimeout(done, time);
  });

  const say = (state, words = "") => {
    if (!status) return;
    status.dataset.state = state;
    status.textContent = words;
  };

  const post = async () => {
    const ends = new AbortController();
    const timer = setTimeout(() => ends.abort(), PATIENCE);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Keep": "1" },
        credentials: "same-origin",
        redirect: "manual",
        signal: ends.signal,
      });
      const mayPass = answer.status >= 500 || answer.status === 408 || answer.status === 429;
      const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      return { status: answer.status, mayPass, news: isOurs ? await answer.json() : {} };
    } catch {
      return { status: 0, mayPass: true, news: {} };
    } finally {
      clearTimeout(timer);
    }
  };

  const replace = (place, html) => {
    if (!place || html === undefined) return;
    const focused = document.activeElement;
    const mark = place.contains(focused) && (focused.value || focused.getAttribute("href"));
    const open = [...place.querySelectorAll("details")].map((each) => each.open);
    place.innerHTML = html;
    place.querySelectorAll("details").forEach((each, index) => {
      each.open = Boolean(open[index]);
    });
    if (!mark) return;
    const again = [...place.querySelectorAll("button, a")].find(
      (each) => mark === (each.value || each.getAttribute("href")),
    );
    if (again) again.focus();
  };

  const tell = (says) => {
    for (const [name, html] of Object.entries(says || {})) {
      const place = form.querySelector(`[data-says="${name}"]`);
      if (place && place.innerHTML !== html) place.innerHTML = html;
      const field = form.elements[name];
      if (!(field instanceof HTMLElement)) continue;
      if (html.includes("own-fault")) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  };

  const show = (news) => {
    saves.value = news.saves;
    tell(news.says);
    if (!waiting) {
      replace(document.querySelector("[data-outline]"), news.outline);
      replace(document.querySelector("[data-state]"), news.state);
    }
    if (!frame) return;
    seen = frame.contentWindow.scrollY;
    frame.contentWindow.location.reload();
  };

  // The open question in sight, at first; then wherever somebody has scrolled to. The frame alone
  // is scrolled: a fragment in its address would move this page as well.
  const settle = () => {
    const place = frame.contentDocument.getElementById(frame.dataset.shows || "");
    const top = seen ?? (place ? place.getBoundingClientRect().top - 16 : 0);
    frame.contentWindow.scrollTo(0, top);
  };
  if (frame) frame.addEventListener("load", settle);

  const carry = async () => {
    let wait = FIRST_WAIT;
    while (kept < changed && !leaving && newer === null && !refused) {
      const change = changed;
      flight = post();
      const { status: code, mayPass, news } = await flight;
      flight = null;
      if (code === 200 && news.saves !== undefined) {
        kept = change;
        wait = FIRST_WAIT;
        show(news);
        if (kept === changed) say("kept", form.dataset.wordsKept);
      } else if (code === 409 && note) {
        newer = news.saves;
        note.hidden = false;
        say("stuck");
      } else if (mayPass) {
        say("again", form.dataset.wordsAgain);
        await rest(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      } else {
        if (change !== changed) continue;
        refused = true;
        tell(news.says);
        say("stuck", news.words || form.dataset.wordsStuck);
      }
    }
  };

  const keep = () => {
    clearTimeout(typing);
    wake();
    if (kept === changed) return Promise.resolve();
    carrying ||= carry().finally(() => {
      carrying = null;
    });
    return carrying;
  };

  const ready = () => Promise.race([keep(), after(FAREWELL)]);

  form.addEventListener("input", (event) => {
    changed += 1;
    leaving = false;
    refused = false;
    if (newer !== null) return;
    say("");
    clearTimeout(typing);
    if (event.target.matches("[type=radio], [type=checkbox], select")) return;
    typing = setTimeout(keep, PAUSE_IN_TYPING);
  });

  // A choice that decides which fields there are needs a new page.
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-decides]")) {
      keep();
      return;
    }
    sessionStorage.setItem(FOCUS, event.target.name);
    form.requestSubmit();
  });

  // What is in flight lands first: an older text must not arrive after a newer one.
  form.addEventListener("submit", (event) => {
    clearTimeout(typing);
    leaving = true;
    if (!flight) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    Promise.race([carrying, after(FAREWELL)]).then(() => {
      flight = null;
      waiting = false;
      form.requestSubmit(event.submitter);
    });
  });

  document.addEventListener("submit", (event) => {
    if (event.target.hasAttribute("data-leaves")) leaving = true;
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-after-keeping]");
    if (!link || kept === changed) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = link.href;
    await ready();
    window.location.assign(url);
  });

  if (note) {
    note.querySelector("[data-keep-mine]").addEventListener("click", () => {
      saves.value = newer;
      newer = null;
      note.hidden = true;
      keep();
    });
  }

  window.addEventListener("online", () => wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });

  // Coming back by the browser's own button: what this page knows may be old.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  window.addEventListener("beforeunload", (event) => {
    if (kept === changed || leaving || document.documentElement.classList.contains("left")) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // Of a column of a table, only what its kind of answer needs.
  const fit = (column) => {
    const kind = column.querySelector("select").value;
    const shown = { answers: kind === "choice", lowest: false, highest: false };
    shown.lowest = shown.highest = ["rating", "slider", "number"].includes(kind);
    for (const [name, isShown] of Object.entries(shown)) {
      const field = column.querySelector(`.own-field-${name}`);
      if (field) field.hidden = !isShown;
    }
  };
  form.querySelectorAll("[data-column]").forEach((column) => {
    fit(column);
    column.querySelector("select").addEventListener("change", () => fit(column));
  });

  // The open part stands in sight of a long list.
  const list = document.querySelector(".own-outline");
  const here = list && list.querySelector("[aria-current]");
  if (here && getComputedStyle(list).overflowY === "auto") {
    list.scrollTop = here.offsetTop - list.offsetTop - list.clientHeight / 2;
  }

  const wanted = sessionStorage.getItem(FOCUS);
  sessionStorage.removeItem(FOCUS);
  if (wanted && form.elements[wanted] instanceof HTMLElement) form.elements[wanted].focus();
})();

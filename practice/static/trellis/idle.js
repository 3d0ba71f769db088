// When nobody is there any more, the page is blanked and the sign-in takes its place.
// The clock of the server decides: it is asked before anything is said, for another tab, or an
// answer that was kept meanwhile, may have gone on. Asking keeps nothing alive (X-Keep is not sent).
// Nothing is stored here; tabs only tell each other to look.
(() => {
  const dialog = document.querySelector("[data-idle]");
  if (!dialog || window.top !== window) return;
  const page = document.documentElement;
  const stay = dialog.querySelector("form");
  const { left, ask, signIn } = dialog.dataset;
  const WARNING = 60; // seconds before the end
  const JUST_NOW = 120; // seconds: whoever typed since then is there
  const PATIENCE = 5000;
  const others = new BroadcastChannel("trellis");

  let ends = 0; // by the clock on the wall: it goes on while a machine sleeps
  let timer = 0;
  let over = false;
  let blanked = false; // by us, and not by Leave this page
  let typed = -Infinity;
  let before = null; // what had the focus

  // Leave this page has its own way: nothing of ours may come between.
  const isLeft = () => page.classList.contains("left") && !blanked;

  const secondsLeft = () => (ends - Date.now()) / 1000;

  const wait = () => {
    clearTimeout(timer);
    const seconds = secondsLeft() - (dialog.open ? 0 : WARNING);
    timer = setTimeout(look, Math.max(1, seconds) * 1000);
  };

  const lasts = (seconds) => {
    ends = Date.now() + seconds * 1000;
  };

  const blank = () => {
    blanked ||= !page.classList.contains("left");
    page.classList.add("left");
  };

  const show = () => {
    if (blanked) page.classList.remove("left");
    blanked = false;
  };

  const end = () => {
    if (over) return;
    over = true;
    blank();
    document.title = "Trellis";
    others.postMessage("look");
    const here = window.location.pathname + window.location.search;
    window.location.replace(`${signIn}?next=${encodeURIComponent(here)}`);
  };

  // Nothing is seen while the server is asked, when it should have been over by now.
  const look = async () => {
    if (over || isLeft()) return;
    if (secondsLeft() <= 0) blank();
    let state = null;
    try {
      const answer = await fetch(ask, {
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.ok) state = await answer.json();
    } catch {
      // The server cannot be reached: what this page knows holds.
    }
    if (over || isLeft()) return;
    if (state) lasts(state.left);
    if (secondsLeft() <= 0) {
      end();
      return;
    }
    show();
    if (secondsLeft() > WARNING + 1) close();
    else if (state && !state.is_last && Date.now() - typed < JUST_NOW * 1000) goOn();
    else if (state) warn(state.is_last);
    wait();
  };

  const warn = (isLast) => {
    if (dialog.open) return;
    document.dispatchEvent(new CustomEvent("trellis:idle"));
    dialog.querySelectorAll("[data-idle-last]").forEach((each) => {
      each.hidden = (each.dataset.idleLast === "yes") !== isLast;
    });
    before = document.activeElement;
    dialog.show(); // not in front of everything: Leave this page stays within reach
    stay.querySelector("button").focus();
  };

  const close = () => {
    if (!dialog.open) return;
    const had = dialog.contains(document.activeElement);
    dialog.close();
    if (had) before?.focus();
  };

  const goOn = async () => {
    close();
    typed = -Infinity;
    try {
      await fetch(stay.action, {
        method: "POST",
        body: new FormData(stay),
        credentials: "same-origin",
        redirect: "manual",
      });
    } catch {
      // Asked below: if it did not arrive, the question comes again.
    }
    others.postMessage("look");
    look();
  };

  stay.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.isTrusted) goOn();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isTrusted && event.key === "Escape") goOn();
  });
  document.addEventListener("input", (event) => {
    if (event.isTrusted) typed = Date.now();
  });

  // A machine that slept, a tab that was asleep, a page that the browser kept.
  const back = () => {
    if (document.visibilityState === "visible" && secondsLeft() <= WARNING) look();
  };
  window.addEventListener("focus", back);
  window.addEventListener("pageshow", back);
  document.addEventListener("visibilitychange", back);

  others.addEventListener("message", look);
  // Signed out or left here: the other tabs look as soon as the server knows.
  let leaves = false;
  document.addEventListener("submit", (event) => {
    leaves = event.target.hasAttribute("data-sign-out");
  });
  window.addEventListener("pagehide", () => {
    if (leaves || page.classList.contains("left")) others.postMessage("look");
  });

  lasts(Number(left));
  wait();
})();

// Nothing of a page is left behind. Leave this page: blank at once, in every tab of ours, and a
// neutral site takes this page's place in the history, whatever becomes of our server meanwhile.
(() => {
  const page = document.documentElement;
  const WITHIN = 5000;
  const PATIENCE = 800; // for our server to end the session, before the other site is called
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("tabs") : null;

  const blank = () => {
    page.classList.add("left");
    document.title = "\u200b";
  };

  // What answered a form becomes an address like any other: nothing offers to send it once more.
  window.history.replaceState(window.history.state, "", window.location.href);

  // A page that a browser kept alive shows nothing until the server has been asked again.
  window.addEventListener("pagehide", (event) => {
    if (event.persisted) page.classList.add("left");
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    blank();
    window.location.reload();
  });

  // Signed out, or left, in one tab: the others show nothing either.
  tabs?.addEventListener("message", ({ data }) => {
    blank();
    if (data.to) window.location.replace(data.to);
    else setTimeout(() => window.location.reload(), PATIENCE);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) tabs?.postMessage({});
  });

  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const status = document.querySelector("[data-leave-status]");
  const to = link.dataset.leave;
  let presses = 0;
  let timer = 0;
  let alone = false;

  const leave = () => {
    if (page.classList.contains("left")) return;
    blank();
    const secure = window.location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `l=1; Path=/; SameSite=Lax${secure}`;
    tabs?.postMessage({ to });
    const go = () => window.location.replace(to);
    setTimeout(go, PATIENCE);
    fetch(link.href, { redirect: "manual", keepalive: true, cache: "no-store" }).then(go, go);
  };

  const tell = () => {
    link.dataset.presses = presses;
    if (status) status.textContent = [ "", status.dataset.two, status.dataset.one ][presses] || "";
  };

  const forget = () => {
    clearTimeout(timer);
    presses = 0;
    tell();
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  // Shift counts when it is pressed by itself: capital letters do not. Nothing else on a page may
  // swallow it, so it is heard first.
  const first = { capture: true };
  document.addEventListener("keydown", (event) => {
    alone = event.key === "Shift";
    if (!alone) forget();
  }, first);
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    if (presses === 3) {
      leave();
      return;
    }
    if (presses === 1) timer = setTimeout(forget, WITHIN);
    tell();
  }, first);

  // Where a keyboard on the screen, or a zoom by two fingers, pushes the top out of sight, the bar
  // with the button follows.
  const seen = window.visualViewport;
  const bar = link.closest("header");
  const follow = () => {
    bar.style.top = `${Math.max(0, Math.round(seen.offsetTop))}px`;
  };
  if (seen && bar) [ "resize", "scroll" ].forEach((name) => seen.addEventListener(name, follow));
})();

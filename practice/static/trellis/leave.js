// Leave this page: blank at once, then a neutral site takes this page's place in the history.
(() => {
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const page = document.documentElement;
  const status = document.querySelector("[data-leave-status]");
  const WITHIN = 5000;
  let presses = 0;
  let timer = 0;
  let alone = false;

  const blank = () => page.classList.add("left");

  const leave = () => {
    blank();
    document.title = "\u200b";
    window.location.replace(link.href);
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

  // Shift counts when it is pressed by itself: capital letters do not.
  document.addEventListener("keydown", (event) => {
    alone = event.key === "Shift";
    if (!alone) forget();
  });
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
  });

  // A page that a browser kept alive shows nothing until the server has been asked again.
  window.addEventListener("pagehide", (event) => {
    if (event.persisted) blank();
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    blank();
    window.location.reload();
  });
})();

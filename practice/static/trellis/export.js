// Fills the bar while a file is made, and shows the page anew when it is. Without this, a link does.
(() => {
  const line = document.querySelector("[data-progress]");
  if (!line) return;
  const bar = line.querySelector("progress");
  const words = line.querySelector("[data-progress-words]");
  const FIRST = 1000;
  const LONGEST = 10000;
  const GIVES_UP = 20 * 60 * 1000; // a page that nobody looks at any more

  const began = Date.now();
  let wait = FIRST;

  const look = async () => {
    try {
      const answer = await fetch(line.dataset.progress, {
        credentials: "same-origin",
        redirect: "error", // signed out meanwhile: the link leads to the sign-in
      });
      if (!answer.ok) return;
      const now = await answer.json();
      if (now.over) {
        window.location.reload();
        return;
      }
      if (now.max) {
        if (bar.value !== now.value) wait = FIRST;
        bar.max = now.max;
        bar.value = now.value;
        words.textContent = now.words;
      }
    } catch (error) {
      // No answer now; perhaps the next time.
    }
    wait = Math.min(wait * 1.5, LONGEST);
    if (Date.now() - began < GIVES_UP) setTimeout(look, wait);
  };

  setTimeout(look, FIRST);
})();

// A tap on an answer leads to the next question, for a client who has asked for that. Never a key:
// arrows go from answer to answer, and whoever uses them says "Next" themselves.
(() => {
  const form = document.querySelector("form[data-goes-on]");
  if (!form) return;
  const PAUSE = 350; // to see what was chosen
  let isTapped = false;
  let timer = 0;
  form.addEventListener("pointerdown", (event) => {
    isTapped = Boolean(event.target.closest(".choice-row, .mood-step, .rating-step, [type=radio]"));
  });
  form.addEventListener("keydown", () => {
    isTapped = false;
  });
  form.addEventListener("change", (event) => {
    clearTimeout(timer);
    if (!isTapped || !event.target.matches("[type=radio]")) return;
    timer = setTimeout(() => form.requestSubmit(), PAUSE);
  });
})();

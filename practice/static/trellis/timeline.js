// The marks of the timeline by keyboard, pointer and touch. A lane is one stop of the tabulator; the
// arrow keys go from mark to mark and from lane to lane. What a mark is stands in full below the
// drawing, with the way to where it comes from. Without this file each mark is a stop and a link.
(() => {
  const drawing = document.querySelector(".tl");
  if (!drawing) return;
  const scroller = drawing.querySelector(".tl-scroll");
  const panel = drawing.querySelector("[data-said]");
  const words = panel.querySelector("[data-said-words]");
  const middle = (mark) => {
    const box = mark.querySelector(".tl-hit, .tl-piece").getBoundingClientRect();
    return box.left + box.width / 2;
  };
  const lanes = [...drawing.querySelectorAll(".tl-lane")]
    .map((lane) => [...lane.querySelectorAll(".tl-mark")].sort((a, b) => middle(a) - middle(b)))
    .filter((marks) => marks.length);
  const laneOf = (mark) => lanes.findIndex((marks) => marks.includes(mark));
  let saying;
  let byTouch = false;
  let before; // what was said when the finger came down: it brings the focus with it

  const nearest = (marks, x) =>
    marks.reduce((best, mark) => (Math.abs(middle(mark) - x) <= Math.abs(middle(best) - x) ? mark : best));

  // One mark of each lane can be reached by Tab: the one that was looked at last, or the latest.
  const stopAt = (mark) => {
    for (const each of lanes[laneOf(mark)]) each.setAttribute("tabindex", each === mark ? "0" : "-1");
  };

  const say = (mark) => {
    if (saying) saying.classList.remove("is-said");
    saying = mark;
    mark.classList.add("is-said");
    words.textContent = mark.getAttribute("aria-label");
    panel.querySelector("a")?.remove();
    const url = mark.getAttribute("href");
    if (!url) return;
    const link = document.createElement("a");
    link.href = url;
    link.textContent = mark.matches(".tl-dot, .tl-gap") ? panel.dataset.trace : panel.dataset.open;
    panel.append(" ", link);
  };

  // The names stand over the left edge: what has the focus must not lie under them.
  const bringIntoView = (mark) => {
    const names = drawing.querySelector(".tl-name").getBoundingClientRect().right;
    const box = scroller.getBoundingClientRect();
    const x = middle(mark);
    if (x < names + 24) scroller.scrollLeft -= names + 24 - x;
    else if (x > box.right - 24) scroller.scrollLeft += x - box.right + 24;
  };

  const go = (mark) => {
    stopAt(mark);
    mark.focus({ preventScroll: true });
    bringIntoView(mark);
    mark.scrollIntoView({ block: "nearest", inline: "nearest" });
    bringIntoView(mark);
  };

  const goal = (mark, key) => {
    const lane = laneOf(mark);
    const marks = lanes[lane];
    const place = marks.indexOf(mark);
    return {
      ArrowLeft: () => marks[place - 1],
      ArrowRight: () => marks[place + 1],
      Home: () => marks[0],
      End: () => marks[marks.length - 1],
      ArrowUp: () => lanes[lane - 1] && nearest(lanes[lane - 1], middle(mark)),
      ArrowDown: () => lanes[lane + 1] && nearest(lanes[lane + 1], middle(mark)),
    }[key];
  };

  panel.hidden = false;
  for (const marks of lanes) {
    stopAt(marks[marks.length - 1]);
    for (const mark of marks) {
      mark.addEventListener("focus", () => {
        stopAt(mark);
        say(mark);
      });
      mark.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && say(mark));
      mark.addEventListener("keydown", (event) => {
        const find = !event.ctrlKey && !event.metaKey && !event.altKey && goal(mark, event.key);
        if (!find) return;
        event.preventDefault();
        const next = find();
        if (next) go(next);
      });
    }
    // A finger is wider than a mark: a tap means the nearest one. It says what it is; the second
    // tap on the same one follows its link.
    const plot = marks[0].closest("svg");
    plot.addEventListener("pointerdown", (event) => {
      byTouch = event.pointerType !== "mouse";
      before = saying;
    });
    plot.addEventListener("click", (event) => {
      if (!byTouch) return;
      const mark = event.target.closest(".tl-mark") || nearest(marks, event.clientX);
      if (mark === before && event.target.closest("a")) return;
      event.preventDefault();
      if (Math.abs(middle(mark) - event.clientX) < 32) say(mark);
    });
  }
})();

// What is looked for on every page. Each gives complaints in words; tests/journeys/looking.py asks.
({
  structure() {
    const found = [];
    const count = (what) => document.querySelectorAll(what).length;
    const { title } = document;
    const isClients = /^\/(me|l|s)\//.test(location.pathname);
    if (!title.trim()) found.push("it has no title");
    if (isClients && title !== "Trellis") found.push(`its title says: ${title}`);
    if (count("h1") !== 1) found.push(`it has ${count("h1")} first headings`);
    if (!document.documentElement.lang) found.push("it does not say its language");
    if (count("main") !== 1) found.push(`it has ${count("main")} main parts`);
    if (count("[style], style")) found.push("it has a style of its own");
    const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
    return [...found, ...new Set(twice.map((id) => `two have the id ${id}`))];
  },

  tooWide() {
    const page = document.documentElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const over = [...document.body.querySelectorAll("*")].filter((each) => {
      const box = each.getBoundingClientRect();
      if (box.width === 0 || box.right <= page.clientWidth + 1) return false;
      for (let up = each.parentElement; up; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== "visible") return false;
      }
      return true;
    });
    const names = over.slice(0, 3).map((each) => this.said(each));
    return [`${page.scrollWidth} wide in a window of ${page.clientWidth}: ${names.join(" | ")}`];
  },

  // Can everything have the focus, does it show, and is it there for the eye? What stands in a
  // drawing marks itself (timeline.css).
  focus(ring) {
    const found = [];
    for (const each of this.reached()) {
      if (each.closest("svg")) continue;
      each.focus({ preventScroll: true });
      const box = each.getBoundingClientRect();
      const around = [each, each.closest("label"), each.nextElementSibling, each.parentElement];
      const rings = around.filter(Boolean).map((one) => getComputedStyle(one)).some(
        (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= ring,
      );
      if (document.activeElement !== each) found.push(`cannot be reached: ${this.said(each)}`);
      else if (!rings) found.push(`shows no ring: ${this.said(each)}`);
      else if (box.width < 8 || box.height < 8) found.push(`hidden: ${this.said(each)}`);
    }
    document.activeElement.blur();
    return found;
  },

  // For a thumb. A link within a sentence is as high as its line.
  small(least) {
    const found = [];
    for (const each of this.reached()) {
      if (each.matches(".skip") || getComputedStyle(each).display === "inline") continue;
      const isTicked = each.matches("[type=checkbox], [type=radio]");
      const box = ((isTicked && each.labels[0]) || each).getBoundingClientRect();
      const size = `${Math.round(box.width)} x ${Math.round(box.height)}`;
      if (box.width > 1 && Math.min(box.height, box.width) + 0.5 < least) {
        found.push(`${size}: ${this.said(each)}`);
      }
    }
    return found;
  },

  reached() {
    const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    return [...document.querySelectorAll(kinds)].filter(
      (each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }),
    );
  },

  said: (each) => each.outerHTML.replace(/\s+/g, " ").slice(0, 110),
})

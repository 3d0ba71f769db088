// Today is searched while one types, among the rows that are there: nothing goes to the server or into
// the address until a link is followed, which takes the words along. Enter goes to the first row that
// is left, Escape clears. Without this file the form asks the server, and "show all" opens a page.
(() => {
  const search = document.querySelector("[data-search]");
  const rows = [...document.querySelectorAll("[data-row]:not([data-fold])")];
  const folds = [...document.querySelectorAll("[data-fold]")];
  const left = document.querySelector("[data-left]");
  const none = document.querySelector("[data-none]");
  const elsewhere = document.querySelector("[data-elsewhere]");
  if (!search || !rows.length) return;

  const text = new Map(
    rows.map((row) => {
      const parts = row.querySelectorAll(".row-state, .row-name, .row-reason");
      return [row, [...parts].map((part) => part.textContent).join(" ").toLowerCase()];
    }),
  );
  const keepers = document.querySelectorAll(".counts a, [data-fold] a, [data-elsewhere] a");
  let told;

  const tell = (found) => {
    clearTimeout(told);
    told = setTimeout(() => {
      left.textContent = search.value.trim()
        ? left.dataset.words.replace("{n}", found).replace("{all}", rows.length)
        : "";
    }, 400);
  };

  const narrow = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of rows) {
      const has = wanted.every((word) => text.get(row).includes(word));
      found += has;
      row.hidden = !has || (!wanted.length && "folded" in row.dataset);
    }
    for (const fold of folds) fold.hidden = wanted.length > 0;
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-row]:not([hidden])");
    }
    none.hidden = found > 0;
    elsewhere.hidden = !wanted.length;
    for (const link of keepers) {
      const url = new URL(link.href);
      if (wanted.length) url.searchParams.set("q", search.value.trim());
      else url.searchParams.delete("q");
      link.href = url;
    }
    tell(found);
  };

  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (search.value) {
      search.value = "";
      narrow();
    } else search.blur();
  });
  search.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = rows.find((row) => !row.hidden);
    if (first) first.querySelector("[data-row-open]").focus();
  });

  for (const fold of folds) {
    fold.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const opened = rows.filter((row) => row.dataset.folded === fold.dataset.fold);
      for (const row of opened) {
        delete row.dataset.folded;
        row.hidden = false;
      }
      folds.splice(folds.indexOf(fold), 1);
      fold.remove();
      opened[0].querySelector("[data-row-open]").focus();
    });
  }
})();

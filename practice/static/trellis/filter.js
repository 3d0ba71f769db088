// A choice made by mouse or touch shows its effect at once. Whoever goes through the choices with
// the keyboard, and whoever types words, presses Enter or Show.
(() => {
  document.querySelectorAll("form[data-filter]").forEach((form) => {
    let byKeys = false;
    form.addEventListener("keydown", (event) => {
      byKeys = true;
      if (event.key === "Enter" && event.target.matches("select")) form.requestSubmit();
    });
    form.addEventListener("pointerdown", () => (byKeys = false));
    form.addEventListener("change", (event) => {
      if (!byKeys && event.target.matches("select, [type=checkbox]")) form.requestSubmit();
    });
    // What was left empty is not asked for, and need not stand in the address.
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
  });
  // On a phone the counts stand in one line that can be pushed sideways.
  const chosen = document.querySelector("form[data-filter] + .counts [aria-current]");
  if (chosen) chosen.scrollIntoView({ block: "nearest", inline: "center" });
})();

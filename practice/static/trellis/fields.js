// Fields that are easier with a script; without it they are numbers, radio buttons and plain posts.
// Every change goes through the form's own fields as `input` and `change`, so keep.js hears of it.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const fill = (words, values) =>
    words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

  const changed = (element) => {
    element.dispatchEvent(new Event("input", { bubbles: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const isOn = (control) => /^(radio|checkbox)$/.test(control.type);
  const controls = (root) => all("input:not([type=hidden]), select, textarea", root);
  const isFilled = (control) => (isOn(control) ? control.checked : control.value.trim() !== "");

  const empty = (root) => {
    for (const control of controls(root)) {
      if (isOn(control)) control.checked = false;
      else if (control.type !== "range") control.value = "";
    }
  };

  // Whatever draws itself from a field does so again on this event, which nobody else hears.
  const redraw = (root) => {
    for (const part of [root, ...all("[data-clears], [data-slide], [data-split]", root)]) {
      part.dispatchEvent(new Event("redraw"));
    }
  };

  // A radio button cannot be let go of: "Clear" does it.
  const clears = (group) => {
    const button = group.querySelector(":scope > [data-clear]");
    const draw = () => {
      button.hidden = !controls(group).some(isFilled);
    };
    button.addEventListener("click", () => {
      controls(group)[0].focus();
      empty(group);
      draw();
      changed(group);
    });
    group.addEventListener("input", draw);
    group.addEventListener("redraw", draw);
    draw();
  };

  // The number carries the answer. The slider has no thumb until it was touched: it suggests none.
  const slides = (slide) => {
    const { by, low, high, question, wordsUnset, wordsAt } = slide.dataset;
    const number = slide.querySelector("input");
    const clear = slide.querySelector("[data-clear]");
    const unset = slide.querySelector("[data-unset-words]");
    const ends = { [low]: "[data-low-words]", [high]: "[data-high-words]" };
    const range = document.createElement("input");
    Object.assign(range, { type: "range", className: "slide-range", autocomplete: "off" });
    Object.assign(range, { min: low, max: high, step: by });
    range.setAttribute("aria-label", question);
    number.before(range);

    const inWords = (value) => {
      const end = ends[value] && slide.querySelector(ends[value]);
      return end ? end.textContent.trim() : fill(wordsAt, { n: value });
    };
    const draw = () => {
      const typed = number.value.trim();
      const isSet = typed !== "" && !Number.isNaN(Number(typed));
      range.toggleAttribute("data-unset", !isSet);
      range.value = isSet ? typed : (Number(low) + Number(high)) / 2;
      range.setAttribute("aria-valuetext", isSet ? inWords(typed) : wordsUnset);
      unset.hidden = typed !== "";
      if (clear) clear.hidden = typed === "";
    };
    const take = () => {
      number.value = range.value;
      draw();
    };
    range.addEventListener("input", take);
    // A touch just where the slider stands moves nothing, and still is an answer.
    range.addEventListener("click", () => {
      if (number.value !== "") return;
      take();
      changed(number);
    });
    number.addEventListener("input", draw);
    slide.addEventListener("redraw", draw);
    if (clear) {
      clear.addEventListener("click", () => {
        number.value = "";
        draw();
        range.focus();
        changed(number);
      });
    }
    draw();
  };

  // What is left to share out is said, and can be given to the one part that is still empty.
  const splits = (split) => {
    const whole = Number(split.dataset.split);
    const total = split.querySelector("[data-total]");
    const rest = split.querySelector("[data-rest]");
    const numbers = all("input:not([type=range])", split);
    const labelOf = (number) => number.closest("[data-part]").querySelector("label").textContent;
    let still = null;

    const draw = () => {
      const left = numbers.reduce((sum, number) => sum - (Number(number.value) || 0), whole);
      const blank = numbers.filter((number) => number.value === "");
      const { wordsStart, wordsLeft, wordsOver, wordsWhole } = split.dataset;
      let words = fill(left > 0 ? wordsLeft : wordsOver, { n: Math.abs(left) });
      if (left === 0) words = wordsWhole;
      if (blank.length === numbers.length) words = wordsStart;
      if (total.textContent !== words) total.textContent = words;
      still = blank.length === 1 && left > 0 && left < whole ? blank[0] : null;
      rest.hidden = !still;
      if (still) rest.textContent = fill(rest.dataset.words, { n: left, part: labelOf(still) });
    };
    rest.addEventListener("click", () => {
      const number = still;
      number.value = numbers.reduce((sum, each) => sum - (Number(each.value) || 0), whole);
      number.focus();
      changed(number);
    });
    split.addEventListener("input", draw);
    split.addEventListener("redraw", draw);
    draw();
  };

  // An answer, or a way not to answer: what is done last holds, and taking it back brings all back.
  const skips = (field) => {
    const answer = field.querySelector("[data-answer]");
    const ways = all("[data-skip] input", field);
    const neither = ways.find((way) => way.value === "");
    let before = null;

    const draw = () => {
      neither.closest("label").hidden = neither.checked;
    };
    const store = () => controls(answer).map((each) => (isOn(each) ? each.checked : each.value));
    const restore = () => {
      controls(answer).forEach((control, place) => {
        if (isOn(control)) control.checked = before[place];
        else control.value = before[place];
      });
    };
    field.querySelector("[data-skip]").addEventListener("input", () => {
      if (neither.checked && before) restore();
      else if (!neither.checked && controls(answer).some(isFilled)) before = store();
      if (!neither.checked) empty(answer);
      redraw(answer);
      draw();
    });
    answer.addEventListener("input", () => {
      if (!controls(answer).some((each) => each.type !== "range" && isFilled(each))) return;
      neither.checked = true;
      before = null;
      draw();
    });
    draw();
  };

  // Rows: the list of fieldsets is the answer; their order is the order of their hidden fields.
  const rows = (field) => {
    const { rows: name, fewest, most, wordsRow } = field.dataset;
    const list = field.querySelector("[data-list]");
    const add = field.querySelector("[data-add]");
    const full = field.querySelector("[data-full]");
    const undo = field.querySelector("[data-undo]");
    const status = field.querySelector("[data-status]");
    let gone = null;

    const each = () => all(":scope > [data-row]", list);
    const called = (row) => fill(wordsRow, { n: each().indexOf(row) + 1 });
    const say = (words, row) => {
      status.textContent = fill(words, { row });
    };

    const blank = () => {
      const used = all(`input[name="${name}-row"]`, list).map((input) => Number(input.value));
      const number = Math.max(-1, ...used, gone ? gone.number : -1) + 1;
      const copy = field.querySelector("[data-blank]").content.cloneNode(true);
      for (const element of all("*", copy)) {
        for (const { name: key, value } of [...element.attributes]) {
          if (value.includes("__row__")) element.setAttribute(key, value.replaceAll("__row__", number));
        }
      }
      return copy.querySelector("[data-row]");
    };

    const put = (row) => {
      list.append(row);
      enhance(row);
    };

    const draw = () => {
      const present = each();
      present.forEach((row, place) => {
        for (const words of all("[data-row-name]", row)) words.textContent = called(row);
        const [up, down] = [row.querySelector("[data-up]"), row.querySelector("[data-down]")];
        if (up) up.disabled = place === 0;
        if (down) down.disabled = place === present.length - 1;
      });
      add.hidden = present.length >= Number(most);
      full.hidden = !add.hidden;
      undo.hidden = !gone;
    };

    // "Undo" stands where the row was.
    const remove = (row) => {
      const said = called(row);
      const place = each().indexOf(row);
      const number = Number(row.querySelector(`input[name="${name}-row"]`).value);
      gone = controls(row).some(isFilled) ? { row, number, place } : null;
      row.before(undo);
      row.remove();
      while (each().length < Number(fewest)) put(blank());
      undo.querySelector("[data-undo-words]").textContent = fill(field.dataset.wordsRemoved, { row: said });
      draw();
      say(field.dataset.wordsRemoved, said);
      if (gone) undo.querySelector("button").focus();
      else (each()[place] || each()[place - 1]).focus();
    };

    const move = (row, button, other) => {
      const place = each().indexOf(row);
      if (button.matches("[data-up]")) each()[place - 1].before(row);
      else each()[place + 1].after(row);
      draw();
      (button.disabled ? other : button).focus();
      say(field.dataset.wordsMoved, called(row));
    };

    add.addEventListener("click", (event) => {
      event.preventDefault();
      const row = blank();
      put(row);
      draw();
      controls(row)[0].focus();
      say(field.dataset.wordsAdded, called(row));
      changed(list);
    });

    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[type=submit]");
      if (!button) return;
      event.preventDefault();
      const row = button.closest("[data-row]");
      const [up, down] = [row.querySelector("[data-up]"), row.querySelector("[data-down]")];
      if (button.matches("[data-remove]")) remove(row);
      else move(row, button, button === up ? down : up);
      changed(list);
    });

    undo.querySelector("button").addEventListener("click", () => {
      const { row, place } = gone;
      gone = null;
      if (each()[place]) each()[place].before(row);
      else list.append(row);
      // The empty row that took its place goes again, where there is no room for both.
      const spare = each().find((other) => other !== row && !controls(other).some(isFilled));
      if (each().length > Number(most) && spare) spare.remove();
      draw();
      controls(row)[0].focus();
      say(field.dataset.wordsBack, called(row));
      changed(list);
    });
    draw();
  };

  // What is asked on a condition comes and goes; the server decides again with what is sent.
  const conditions = (form) => {
    const rules = all("[data-show-if]", form).map((words) => {
      const hint = words.closest(".form-text");
      const rule = JSON.parse(words.dataset.showIf);
      const found = { ...rule, field: words.closest(".field"), says: words.dataset.words };
      words.remove();
      if (!hint.textContent.trim()) hint.remove();
      return found;
    });
    if (!rules.length) return;
    const status = document.createElement("p");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    form.append(status);

    const answers = (name) => {
      const skip = form.querySelector(`[name="${name}-skip"]:checked`);
      if (skip && skip.value) return [];
      return all(`[name="${name}"]`, form)
        .filter((control) => !isOn(control) || control.checked)
        .map((control) => control.value.trim())
        .filter((value) => value !== "");
    };
    const isMet = (rule) => {
      const given = answers(rule.item);
      if (rule.equals) return given.some((value) => rule.equals.map(String).includes(value));
      return given.some((value) => {
        const number = Number(value);
        return number >= (rule.at_least ?? -Infinity) && number <= (rule.at_most ?? Infinity);
      });
    };
    const draw = () => {
      const away = new Set();
      const came = [];
      for (const rule of rules) {
        const shown = !away.has(rule.item) && isMet(rule);
        if (!shown) away.add(rule.shows);
        if (shown && rule.field.hidden) came.push(rule.says);
        rule.field.hidden = !shown;
      }
      for (const heading of all("[data-section]", form)) {
        const below = [];
        let next = heading.nextElementSibling;
        while (next && !next.matches("[data-section]")) {
          if (next.matches(".field")) below.push(next);
          next = next.nextElementSibling;
        }
        heading.hidden = below.length > 0 && below.every((field) => field.hidden);
      }
      return came;
    };
    draw();
    form.addEventListener("input", () => {
      const came = draw();
      if (came.length) status.textContent = came.join(" ");
    });
  };

  const enhance = (root) => {
    all("[data-clears]", root).forEach(clears);
    all("[data-slide]", root).forEach(slides);
    all("[data-split]", root).forEach(splits);
    all("[data-or-skip]", root).forEach(skips);
    all("[data-rows]", root).forEach(rows);
  };

  enhance(document);
  all("form").forEach(conditions);
})();

"""What keeps a draft from being published, each in a sentence at the field that it is about.

The real definition judges. Its reasons speak of ids and keys that nobody here has typed, so each
is said again in the words of the editor; what has no sentence of its own gets a general one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError

from assessments.definitions import WITH_ROWS, Definition, Fault, Item, Metric, Scale, Section
from assessments.definitions.parts import Place
from assessments.definitions.rules import faults

from .building import built, mended
from .content import Content
from .history import History, Saying, against_history

# Fields of the panels that are no pieces; whatever else a definition has belongs to "about".
PANELS = {
    "intro": "frame",
    "thanks": "frame",
    "for_clinicians": "clinicians",
    "caution": "clinicians",
    "prompts": "clinicians",
    "themes": "clinicians",
}
# What the format calls a key, and the field of the editor that it comes from.
FIELDS = {
    "options": "answers",
    "show_if": "show_on",
    "as_log": "way",
    "layout": "way",
    "minimum": "lowest",
    "maximum": "highest",
    "rows": "table",
}
PIECES: dict[str, tuple[str, str, type[BaseModel]]] = {
    "items": ("item", "id", Item),
    "scales": ("scale", "code", Scale),
    "metrics": ("metric", "code", Metric),
    "sections": ("section", "id", Section),
}

# A reason of the definition, and how it is said here.
SAID: list[tuple[re.Pattern[str], Promise]] = [
    (re.compile(pattern), words)
    for pattern, words in [
        (r"needs items\.$", _("There is no question yet. Add one.")),
        (r"needs sections\.$", _("There is nothing to read yet. Add a section.")),
        (r"^Every item is withdrawn", _("No question would be asked. Add one.")),
        (r"has no text\.$", _("Write what is asked here.")),
        (
            r"names no list of options|leave no choice",
            _("Write at least two answers, one on each line."),
        ),
        (r"names no groups", _("Write at least two groups, one on each line.")),
        (r"^The options .* twice", _("The same answer, or the same number, stands there twice.")),
        (r"is a scale, so .* must be a number", _("Each answer needs a number: “0 = Never”.")),
        (r"must be a code", _("Take these lines away and write them anew.")),
        (r"has no columns", _("Name at least one column.")),
        (
            r"has column .* twice",
            _("Two columns have the same name behind the scenes. Add it anew."),
        ),
        (r"in its rows\.$", _("A column cannot be answered in this way.")),
        (
            r"^The first column of .* must be a line",
            _("The first column of steps is what the step is: a short line."),
        ),
        (r"not below its maximum", _("The smallest number has to be below the largest.")),
        (r"does not reach its maximum", _("In these steps the largest number is never met.")),
        (r"can have 1 to 20 rows", _("A table can have 1 to 20 rows.")),
        (
            r"more than eleven buttons",
            _("More than eleven buttons do not fit on a phone. Make it a slider, or shorter."),
        ),
        (
            r"needs either equals or a bound",
            _("Choose the answers at which this question is shown."),
        ),
        (
            r"not an earlier item",
            _("The question that decides about this one stands below it, or is gone."),
        ),
        (r"is shown by .* which is withdrawn", _("The question that decides is no longer asked.")),
        (
            r"cannot be shown by a|needs a number to be shown by",
            _("The answer to that question cannot decide about this one. Choose another."),
        ),
        (r"would ever show item", _("No answer to that question would ever show this one.")),
        (
            r"waits for .* does not offer",
            _("It waits for an answer that is no longer there. Choose again."),
        ),
        (
            r"in (alerts|critical), which is not among its answers",
            _("An answer that was to reach you is no longer there. Choose again."),
        ),
        (r"^Scale .* needs items", _("Choose at least one question for this scale.")),
        (r"names item .* not in this file", _("The question that this is about is gone.")),
        (
            r"^Scale .* cannot score",
            _("One of these questions has no number as its answer. Leave it out."),
        ),
        (
            r"mixes items of different ranges",
            _(
                "These questions have different ranges of numbers. Take those with the same "
                "answers, or the total with no answer missing."
            ),
        ),
        (
            r"would be scored with no answer at all",
            _("That many answers cannot be missing: there would be none left."),
        ),
        (r"asks for more answers than it has", _("Fewer answers than that can be there.")),
        (r"^Scale .* states (minimum|maximum)", _("The numbers of these questions do not fit.")),
        (r"^Metric .* needs an item", _("Choose the question that is counted.")),
        (r"^Metric .* needs an after", _("Choose the question that comes after.")),
        (r"^Metric .* needs an of", _("Choose the answers that count.")),
        (
            r"^Metric .* cannot use",
            _("This cannot be counted from that question. Choose another one."),
        ),
        (
            r"compares items of different ranges",
            _("Before and after need questions with the same range of numbers."),
        ),
        (r"counts .* not among the answers", _("An answer that counts is no longer there.")),
        (r"^Row (\d+) has", _("One row of the table has more or fewer cells than the first line.")),
        (r"cannot have", _("This has no place in what you are writing. Take it away.")),
    ]
]
# What pydantic finds in a single value.
FOUND: dict[str, Promise] = {
    "string_too_short": _("This is still empty."),
    "missing": _("This is still empty."),
    "int_type": _("Type a whole number."),
    "too_short": _("This needs at least two columns and one row."),
    "greater_than_equal": _("This number is too small."),
    "less_than_equal": _("This number is too large."),
}
MINUTES = _("Say how many minutes it takes: 1 to 90.")
TOO_LONG = _("This has %(n)s characters. At most %(most)s fit here.")
LABEL_TOO_LONG = _("One answer has %(n)s characters. At most %(most)s fit on a phone.")
MOST = 480  # fields of one page; DATA_UPLOAD_MAX_NUMBER_FIELDS is 500
GENERAL = _("Something here does not fit together yet.")


def faults_of(content: Content, history: History = History()) -> list[Saying]:  # noqa: B008
    """All that keeps it from being published, in the order of the editor, none of it twice."""
    raw = built(content)
    found = [*_of_values(content, raw), *_of_pieces(content, raw)]
    # Whatever else is wrong is said at the same time: of values that would do.
    definition = mended(raw)
    if definition is not None:
        found += _of_rules(content, definition, found)
        found += against_history(definition, history)
        found += _of_one_page(definition)
    return sorted(dict.fromkeys(found), key=lambda each: _order(content, each))


def _of_values(content: Content, raw: dict[str, Any]) -> Iterator[Saying]:
    try:
        Definition.published(raw)
    except ValidationError as error:
        for details in error.errors():
            yield _saying(content, details["loc"], _words_for(details))


def _of_pieces(content: Content, raw: dict[str, Any]) -> Iterator[Saying]:
    """Each piece by itself: a definition as a whole would say only the first."""
    for key, (_part, _name, model) in PIECES.items():
        for place, piece in enumerate(raw.get(key, ())):
            try:
                model.model_validate(piece)
            except ValidationError as error:
                for details in error.errors():
                    cause = details.get("ctx", {}).get("error")
                    if isinstance(cause, Fault):
                        at = (key, place, *details["loc"], *_place(cause))
                        yield _saying(content, at, _said(cause.reason))


def _place(fault: Fault) -> Place:
    """What its kind needs is missing in the field for it, not in its kind."""
    missing = {"options": "list of options", "groups": "no groups", "columns": "no columns"}
    found = [key for key, words in missing.items() if words in fault.reason]
    return (found[0],) if found and fault.place == ("kind",) else fault.place


def _of_rules(
    content: Content, definition: Definition, of_pieces: Iterable[Saying]
) -> list[Saying]:
    """What holds between the pieces. Of a field that is wrong by itself nothing more is said."""
    found: list[Saying] = []
    wrong = {(each.part, each.field) for each in of_pieces}
    try:
        for fault in faults(definition):
            found.append(_saying(content, fault.place, _said(fault.reason)))
    except (ValueError, LookupError, TypeError):
        # A rule may lean on what is broken already; that was said.
        if not found and not wrong:
            raise
    return [each for each in found if (each.part, each.field) not in wrong]


def _words_for(details: Any) -> str:
    found = details.get("ctx", {})
    if details["loc"] == ("minutes",):
        return str(MINUTES)
    if details["type"] == "string_too_long":
        words = LABEL_TOO_LONG if "label" in details["loc"] else TOO_LONG
        return words % {"n": len(details["input"]), "most": found["max_length"]}
    return str(FOUND.get(details["type"], GENERAL))


def _of_one_page(definition: Definition) -> Iterator[Saying]:
    """A page of which more comes back than a server takes is lost, and what was typed with it."""
    if definition.layout == "page" and sum(map(_fields_of(definition), definition.asked())) > MOST:
        words = _("This is too much for one page. Ask less, allow fewer rows, or ask in steps.")
        yield Saying("about", "way", str(words))


def _fields_of(definition: Definition) -> Callable[[Item], int]:
    """How many fields come back of a question at most, with its name where keep.js says it."""

    def most(item: Item) -> int:
        if item.kind in WITH_ROWS:
            return item.maximum * (2 * len(item.columns) + 1)
        return max(len(definition.choices(item)), 1) + 2

    return most


def _said(reason: str) -> str:
    return str(next((words for pattern, words in SAID if pattern.search(reason)), GENERAL))


def _saying(content: Content, place: Place, words: str) -> Saying:
    """The same, at the part and the field of the editor that it is about."""
    key = place[0] if place else "kind"
    if key in PIECES and len(place) > 1 and isinstance(place[1], int):
        part, name, _model = PIECES[key]
        named = content[key][place[1]][name]
        return Saying(f"{part}-{named}", _field(place[2:]), words)
    if key == "options" and len(place) > 1:
        return _at_the_list(content, str(place[1]), words)
    if key in ("kind", "items", "sections"):
        return Saying("add", "", words)
    return Saying(PANELS.get(str(key), "about"), FIELDS.get(str(key), str(key)), words)


def _field(place: Iterable[str | int]) -> str:
    """Of a piece. Whatever is wrong inside of the columns is said at the columns."""
    keys = [part for part in place if isinstance(part, str)]
    if not keys:
        return ""
    return FIELDS.get(keys[0], keys[0])


def _at_the_list(content: Content, name: str, words: str) -> Saying:
    """At the first question that has this list of answers, or a column with it."""
    for item in content["items"]:
        for key, field in (("options", "answers"), ("groups", "groups")):
            if item.get(key) == name:
                return Saying(f"item-{item['id']}", field, words)
        if any(column.get("options") == name for column in item.get("columns") or ()):
            return Saying(f"item-{item['id']}", "columns", words)
    return Saying("about", "", words)


def _order(content: Content, saying: Saying) -> tuple[int, int]:
    """As the editor shows its parts: about, frame, clinicians, then the pieces in their order."""
    panels = ["about", "frame", "clinicians", "add"]
    if saying.part in panels:
        return panels.index(saying.part), 0
    part, _dash, named = saying.part.partition("-")
    order = [("item", "items"), ("section", "sections"), ("scale", "scales"), ("metric", "metrics")]
    for rank, (each, key) in enumerate(order, start=len(panels)):
        if each == part:
            name = PIECES[key][1]
            names = [piece.get(name) for piece in content.get(key, ())]
            return rank, names.index(named) if named in names else 0
    return 99, 0

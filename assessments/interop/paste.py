"""Words that were copied from somewhere: a question a line, or numbered ones, and their answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assessments.definitions import ItemKind, Option

from .gathering import Gathering, LeftOut, coded
from .reading import Reading, Unreadable
from .words import line, short

EXAMPLE = "0 Not yet | 1 Now and then | 2 Often"
_NUMBERED = re.compile(r"\(?(\d{1,3})\s*[.):]\s*(\S.*)")
_NUMBERED_LOOSELY = re.compile(r"\(?(\d{1,3})(?:\s*[.):]\s*|\s+)(\S.*)")
_BULLET = re.compile(r"[-*•\u2013]\s+(\S.*)")
_ANSWER = re.compile(r"(-?\d{1,4})(?:\s*[=:.)\u2013-]\s*|\s+)(\S.*)")
_RIGHTS = re.compile(r"©|\(c\)\s|\bcopyright\b|\ball rights reserved\b", re.IGNORECASE)

Options = tuple[Option, ...]


def read(text: str, *, answers: str = "", title: str = "", language: str | None = None) -> Reading:
    """Questions and answers. Raises Unreadable.

    ``answers`` is a line such as ``0 Not yet | 1 Now and then``. A line of that form in the text
    holds for what comes after it; the first one also for what comes before.
    """
    gathering = Gathering("paste", title=title, language=language or "en")
    lines = [line(each) for each in text.splitlines()]
    options = _answers(line(answers), marks="|;,")
    if answers.strip() and options is None:
        raise Unreadable(f"The answers should be a line like this one: {EXAMPLE}")
    first = next(filter(None, map(_answers, lines)), None)
    _questions(gathering, lines, options or first)
    if not language:
        gathering.note("", "Pasted words do not say their language. English was assumed.")
    gathering.scoring.append("Pasted words bring no scoring: by themselves they stay unscored.")
    return gathering.reading()


def _questions(gathering: Gathering, lines: Sequence[str], options: Options | None) -> None:
    numbered = _numbering(lines)
    question: list[str] = []
    count = 0

    def end() -> None:
        nonlocal count
        if question:
            count += 1
            _ask(gathering, count, " ".join(question), options)
            question.clear()

    for each in lines:
        found = numbered.fullmatch(each) if numbered else None
        if not each:
            end()
        elif of_next := _answers(each):
            end()
            options = of_next
        elif _RIGHTS.search(each):
            end()
            gathering.rights(each)
        elif found:
            end()
            question.append(found[2])
        elif not numbered:
            bullet = _BULLET.fullmatch(each)
            question.append(bullet[1] if bullet else each)
            end()
        elif question:
            question.append(each)  # it goes on in the next line
        else:
            gathering.words(each)
    end()


def _numbering(lines: Sequence[str]) -> re.Pattern[str] | None:
    """How the questions are numbered, if they are: 1, 2, 3 without a dot only in that order."""
    lines = [each for each in lines if not _answers(each)]
    loose = [int(found[1]) for each in lines if (found := _NUMBERED_LOOSELY.fullmatch(each))]
    if len(loose) > 1 and loose == list(range(loose[0], loose[0] + len(loose))):
        return _NUMBERED_LOOSELY
    return _NUMBERED if sum(bool(_NUMBERED.fullmatch(each)) for each in lines) > 1 else None


def _answers(written: str, marks: str = "|") -> Options | None:
    """The options of a line, or None when it is no line of answers."""
    for mark in marks:
        parts = [part.strip() for part in written.split(mark) if part.strip()]
        found = [_ANSWER.fullmatch(part) for part in parts]
        if len(parts) > 1 and all(found):
            pairs = [(each[1], each[2]) for each in found if each]
            try:
                return coded(pairs)[1]
            except LeftOut as reason:
                raise Unreadable(f"The line “{short(written)}”: {reason}") from reason
    return None


def _ask(gathering: Gathering, number: int, words: str, options: Options | None) -> None:
    if options is None:
        raise Unreadable(f"Please add a line with the answers, like this one: {EXAMPLE}")
    try:
        gathering.ask(f"item {number}", ItemKind.SCALE, words, options=options)
    except LeftOut as reason:
        gathering.leave_out(f"item {number}", f"{reason} It is left out.")

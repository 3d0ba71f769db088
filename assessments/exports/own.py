"""What a client takes with them: what they sent or kept to themselves, in words, with what was
written back to them.

Of numbers only what their care team shows them (``doing``). Nothing that was written about them is
in it: no notes, no points, no alerts, no safety checks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from assessments.doing import doing_of
from assessments.models import Export
from assessments.reports.paper import paper_of, typeset
from assessments.reports.quotes import is_from_right
from assessments.review import AnswerInWords, in_words
from assessments.timeline.words import day_in_words
from practice.csv_cells import csv_of

from .records import Record
from .work import Work


@dataclass(frozen=True)
class Line:
    """One answer of theirs; ``question`` is only numbered where its words may not leave."""

    day: date
    title: str
    question: str
    words: str


def write_own_table(work: Work, out) -> None:
    """A row an answer, and a row a note to them."""
    out.write(written_answers(work))


def written_answers(work: Work) -> bytes:
    heading = (_("Day"), _("What"), _("Question"), _("Answer"))
    rows = [(line.day, line.title, line.question, line.words) for line in _lines(work)]
    notes = [(day, title, who, words) for day, title, who, words in _notes(work.export)]
    return csv_of([heading, *rows, *notes])


def write_own_to_read(work: Work, out) -> None:
    client, now = work.export.client, work.clock()
    entries: dict[tuple[date, str, int], dict] = {}
    for place, lines in enumerate(_entries(work)):
        for line in lines:
            key = (line.day, line.title, place)
            when = day_in_words(line.day)
            entry = entries.setdefault(key, {"title": line.title, "when": when, "answers": []})
            if line.words:
                from_right = is_from_right(line.words)
                answer = {"question": line.question, "words": line.words, "from_right": from_right}
                entry["answers"].append(answer)
    made = day_in_words(client.local_day(now))
    told = {
        "language": translation.get_language(),
        "client_language": client.language,
        "paper": paper_of(client.practice.time_zone),
        "title": _("My answers"),
        "practice": "",
        "confidential": _("Private"),
        "page": _("Page {n} of {m}"),
        "foot": [client.initials, made, _("Private")],
        "facts": [[_("Of"), client.preferred_name], [_("Made on"), made]],
        "what_it_is": _("This is what you sent and what you kept to yourself. It is no diagnosis."),
        "words": {"summary": _("What was written to me"), "quotes": _("What I have done")},
        "summary": _summary(work.export, now),
        "limits": "",
        "scales": [],
        "homework": None,
        "logs": [],
        "goals": None,
        "quotes": list(entries.values()),
    }
    out.write(typeset(told, made_at=now))


def _summary(export: Export, now: datetime) -> list[dict]:
    """Groups of a title and its sentences."""
    notes = [
        [f"{title}, {day_in_words(day)}, {who}", words] for day, title, who, words in _notes(export)
    ]
    courses = []
    for shown in doing_of(export.client, now=now).shown:
        if shown.label:
            courses.append([shown.title, shown.label])
        courses += [[each.title, " ".join(each.sentences)] for each in shown.courses]
    none = [["", _("Nothing yet.")]]
    found = [{"title": _("From my clinician"), "sentences": notes or none}]
    if courses:
        found.append({"title": _("What my clinician shows me"), "sentences": courses})
    return found


def _notes(export: Export) -> Iterator[tuple[date, str, str, str]]:
    """Day, what it is about, who wrote it, and the words to the client."""
    client = export.client
    written = client.feedback.select_related("response__version", "created_by").order_by("sent_at")
    for each in written:
        title = each.response.version.definition.title
        yield client.local_day(each.sent_at), title, each.created_by.name, each.words


def _lines(work: Work) -> Iterator[Line]:
    for lines in _entries(work):
        yield from lines


def _entries(work: Work) -> Iterator[list[Line]]:
    """The answers of one response after the other, the oldest first. What was only read has a line
    without words."""
    work.begin(work.scope.count)
    day_of = work.export.client.local_day
    for batch in work.scope.batches():
        for record in batch:
            day = record.response.filled_on or day_of(record.response.ended_at)
            yield _of_one(record, day)
        work.step(len(batch))


def _of_one(record: Record, day: date) -> list[Line]:
    definition = record.words.definition
    answers = record.response.answers
    found = [
        Line(day, definition.title, *_said(record, each, answers.get(each.item.id)))
        for each in in_words(definition, answers)
        if not each.is_empty
    ]
    return found or [Line(day, definition.title, "", "")]


def _said(record: Record, each: AnswerInWords, answer) -> tuple[str, str]:
    """The question and what was said; of an instrument whose words belong to somebody else, the
    number of the question and the number that was chosen."""
    numbered = _("Question %(number)s") % {"number": each.number or ""}
    if record.words.may_leave:
        return each.item.text or numbered, each.words
    return numbered, str(answer) if isinstance(answer, int) else each.words

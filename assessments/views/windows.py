"""A page of answering as one of several windows: what it was opened with, and what it is told."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions import Elsewhere, Tab
from assessments.definitions import Definition
from assessments.review import AnswerInWords, in_words
from practice.ids import uuid7

HERE, THERE = "here", "there"
LONGEST = 40  # characters of a name that a page gives itself


@dataclass(frozen=True)
class TwoAnswers:
    """The answer that stands, the one that was given here, and when the first was given."""

    there: AnswerInWords
    here: AnswerInWords
    at: datetime


def tab_of(request) -> Tab | None:
    """The window that a form was posted from; None for one that does not say."""
    page, seen = request.POST.get("_page", ""), request.POST.get("_seen", "")
    if not page or len(page) > LONGEST or not (seen.isdecimal() and len(seen) < 9):
        return None
    return Tab(page=page, seen=int(seen))


def chosen_here(request, answers: dict) -> tuple[dict, list[str]]:
    """What is left to keep of ``answers`` after what the client chose of two, and the questions
    where they have not chosen yet."""
    taken = dict(each.rpartition(":")[::2] for each in request.POST.getlist("_take"))
    both = [item_id for item_id in request.POST.getlist("_both") if item_id in answers]
    undecided = [item_id for item_id in both if taken.get(item_id) not in (HERE, THERE)]
    left = {item_id for item_id in both if taken.get(item_id) != HERE}
    return {key: value for key, value in answers.items() if key not in left}, undecided


def window(request, draft, **more) -> dict:
    """For the template: what the page was opened with. Opened anew, it is another one; shown again
    with what was typed, it has still not shown what came from elsewhere since."""
    tab = tab_of(request) or Tab(page=str(uuid7()), seen=draft.change if draft else 0)
    return {"page": tab.page, "seen": tab.seen} | more


def window_after(request, draft, answers: dict, undecided: list[str]) -> dict:
    """The same after a post that met another window: two answers to each such question."""
    found = {each.item_id: each for each in draft.elsewhere}
    for item_id in undecided:
        if item_id not in found:
            at = draft.changes.get(item_id, (0, "", timezone.now().isoformat()))[2]
            stands = draft.answers.get(item_id)
            found[item_id] = Elsewhere(item_id, stands, datetime.fromisoformat(at))
    definition = draft.version.definition
    two = [_two(definition, draft.answers, each, answers) for each in found.values()]
    return window(request, draft, two_answers=two, seen=draft.change)


def _two(definition: Definition, kept: dict, elsewhere: Elsewhere, given: dict) -> TwoAnswers:
    item_id = elsewhere.item_id
    here = kept | {item_id: given.get(item_id)}
    return TwoAnswers(
        there=_of(definition, kept | {item_id: elsewhere.answer}, item_id),
        here=_of(definition, here, item_id),
        at=elsewhere.at,
    )


def _of(definition: Definition, answers: dict, item_id: str) -> AnswerInWords:
    """As it would be asked alone: another answer may have closed its question meanwhile."""
    item = definition.item(item_id).model_copy(update={"show_if": None})
    alone = definition.model_copy(update={"items": (item,)})
    return in_words(alone, answers)[0]


def told_in_background() -> HttpResponse:
    """The answer to keep.js: nothing was overwritten, and the page can show both."""
    words = _("Not kept: you answered this in another window too. Look at both and choose one.")
    return HttpResponse(words, status=409, content_type="text/plain; charset=utf-8")

"""What a form of one page is about: which entry, of which version, and what stands in it."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from assessments import actions
from assessments.definitions import TAKEN, Definition, ItemKind, is_empty, unfit_answer
from assessments.models import Occurrence, Response
from practice.ids import uuid7

CSRF = "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Page:
    """What one form is about: one entry, and what is kept of it so far."""

    occurrence: Occurrence
    definition: Definition
    draft: Response | None
    number: int  # of the entry; it decides only where the page does not say ``once``
    once: UUID | None  # the entry that the page was opened for, and has or will have this name
    begun: dict  # what the form is filled in with

    @property
    def which(self) -> dict:
        return {"once": self.once} if self.once else {"number": self.number}


def is_of_before(request, occurrence, definition) -> bool:
    """Whether the page is of an older version, with answers to what is not asked any more. What
    it says is then kept as of that one: no word is lost, nor an answer that asks for somebody.
    """
    said = {name for name, value in request.POST.items() if not is_empty(value)}
    given = {name.partition("-")[0] for name in said if not name.startswith("_")}
    left = given - {item.id for item in definition.asked()} - TAKEN - {CSRF}
    version = actions.version_that_asked(occurrence, left) if left else None
    return version is not None and _begun_as(request, occurrence, version)


def _begun_as(request, occurrence, version) -> bool:
    once = _once(request)
    number = None if once else _number(request)
    which = {"once": once, "number": number, "version": version}
    try:
        actions.keep(occurrence, {}, **which, by=request.user, now=timezone.now())
    except (actions.AlreadySent, actions.NotOpen):
        return False
    return True


def page_of(request, occurrence, definition, draft) -> Page:
    last = (
        Response.objects.mine(request.user)
        .ended()
        .filter(occurrence__assignment=occurrence.assignment_id)
        .order_by("-done_at", "-number")
        .first()
    )
    if draft is not None:
        number = draft.number
    elif last is None:
        number = 1
    elif last.occurrence_id == occurrence.pk and last.number:
        number = last.number + 1
    else:
        number = actions.next_number(occurrence)
    sent = _number(request)
    number = number if sent is None else sent
    begun = _remembered(definition, last) | (draft.answers if draft else {})
    once = _once(request) if request.method == "POST" else draft.pk if draft else uuid7()
    return Page(occurrence, definition, draft, number, once, begun)


def _once(request) -> UUID | None:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return None


def _number(request) -> int | None:
    sent = request.POST.get("number", "")
    return int(sent) if sent.isdecimal() and len(sent) < 6 else None


def _remembered(definition, last) -> dict:
    """A log is of today, and what its definition says comes back from the entry before."""
    if not definition.as_log:
        return {}
    today = timezone.localdate().isoformat()
    kept = {item.id: today for item in definition.asked() if item.kind is ItemKind.DATE}
    for item in definition.asked() if last else ():
        answer = last.answers.get(item.id)
        # The entry before may be of an older version.
        if item.remembered and not is_empty(answer) and not unfit_answer(definition, item, answer):
            kept[item.id] = answer
    return kept

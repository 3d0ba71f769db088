"""An activity page by page as a client meets it, for whoever chooses or writes it.

Nothing is kept and nothing can be sent: a page stands in a frame of one of ours, its headers
forbid it to send a form anywhere, and its way on is a link.
"""

from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin

from .definitions import Condition, Definition, Item, ItemKind, Kind
from .forms import AnswerForm, SharingForm
from .forms.folding import parts_of
from .models import Sharing
from .review import example_of
from .way import Way, section_of


def framed(view):
    """A preview: our own pages may show it in a frame, and no form in it leads anywhere."""
    headers = csp_replace({"frame-ancestors": [SELF], "form-action": [NONE]})
    return wraps(view)(xframe_options_sameorigin(headers(view)))


def preview_of(definition: Definition, at: str | None) -> dict[str, Any]:
    """What preview.html shows at place ``at``.

    0 is the first page, with the whole of a reading or of a form on one page; in steps, question
    n stands at n. The last place is the thanks. Nothing, or what is no place, is where a client
    begins: for an exercise that is gated, with the question whether now is a safe time.
    """
    asked = definition.asked()
    in_steps = definition.kind is not Kind.READING and definition.layout == "steps"
    last = len(asked) + 1 if in_steps else 1
    asks_first = definition.gated and definition.kind is Kind.EXERCISE
    place = min(int(at), last) if at and at.isdecimal() and len(at) < 6 else None
    context = {"definition": definition, "at": place or 0, "last": last, "asks_first": asks_first}
    context["idle"] = None  # the page around the frame asks whether somebody is still there
    if place is None and asks_first:
        return context | {"page": "safe_time", "on": 0}
    if context["at"] == last:
        return context | {"page": "thanks"}
    if in_steps and place:
        return context | {"page": "step"} | _question(definition, asked, place)
    example = example_of(definition)
    if definition.kind is Kind.READING:
        return context | {"page": "text"}
    if in_steps:
        return context | {"page": "begin", "example": example}
    return context | {"page": "entry", "example": example} | _whole(definition)


def _question(definition: Definition, asked: tuple[Item, ...], number: int) -> dict[str, Any]:
    """One question, as somebody meets it whose answers lead to it."""
    item = asked[number - 1]
    answers = _leading_to(item, {each.id: each for each in asked[: number - 1]})
    way = Way(definition, answers)
    form = AnswerForm(None, definition=definition, items=(item,), kept=answers)
    return {
        "form": form,
        "field": form[item.id],
        "section": section_of(definition, item),
        "place": way.place(number),
        "total": way.total,
        "most": max(way.most(number), way.total),
    }


def _whole(definition: Definition) -> dict[str, Any]:
    """Everything on one page; a log is of today."""
    today = timezone.localdate().isoformat()
    dates = [item.id for item in definition.asked() if item.kind is ItemKind.DATE]
    kept = dict.fromkeys(dates, today) if definition.as_log else {}
    form = AnswerForm(None, definition=definition, items=definition.asked(), kept=kept)
    sharing = SharingForm(definition=definition, chosen=Sharing.SEND)
    return {"form": form, "parts": parts_of(form), "number": 1, "sharing": sharing}


def _leading_to(item: Item, before: dict[str, Item]) -> dict[str, Any]:
    """Answers after which ``item`` is asked. What cannot be met in a draft stays unmet."""
    condition = item.show_if
    if condition is None or condition.item not in before:
        return {}
    on = before.pop(condition.item)
    return _leading_to(on, before) | {on.id: _that_meets(condition, on)}


def _that_meets(condition: Condition, on: Item) -> Any:
    if condition.equals:
        value = condition.equals[0]
        return [value] if on.kind is ItemKind.CHOICES else value
    return condition.at_most if condition.at_least is None else condition.at_least

"""What pages say about change. The sentences are those of ``assessments.progress.words``."""

from django import template
from django.utils import formats
from django.utils.text import Truncator
from django.utils.translation import ngettext

from assessments.change import Verdict
from assessments.models import Rule
from assessments.progress import words

register = template.Library()

# The kinds of _components/state.html.
STATES = {
    Verdict.RECOVERED: "done",
    Verdict.IMPROVED: "done",
    Verdict.DETERIORATED: "worse",
    Verdict.WORSE_BY_CONVENTION: "worse",
    Verdict.BETTER_BY_CONVENTION: "done",
}

register.filter("verdict", words.verdict)
register.filter("move_meaning", words.meaning)
register.filter("yardstick", words.yardstick_words)
register.filter("boundary", words.boundary_words)
register.filter("source_in_words", words.source_words)
register.filter("move_notes", words.notes)
register.filter("points", words.number)
register.filter("signed", words.signed)


@register.simple_tag
def limits_of_a_verdict() -> str:
    return str(words.LIMITS_OF_A_VERDICT)


@register.filter
def verdict_state(move) -> str:
    return STATES.get(move.change.verdict, "info") if move.is_two else "info"


@register.filter
def rule_in_words(rule) -> str:
    return str(Rule(rule).label)


@register.filter
def move_point(move) -> str:
    """As a point to raise: what it is, and from where to where."""
    if not move.is_two or move.last.value is None:
        return move.scale.title
    return f"{move.scale.title}: {words.number(move.first.value)} → {words.number(move.last.value)}"


@register.filter
def brought_point(brought) -> str:
    """As a point to raise: what it is, of which day, and how it begins."""
    client = brought.response.client
    day = formats.date_format(brought.response.submitted_at.astimezone(client.zone), "j M")
    words = " ".join(brought.words[0].words.split()) if brought.words else ""
    point = f"{brought.definition.title}, {day}"
    return f"{point}: “{Truncator(words).chars(120)}”" if words else point


@register.filter
def homework_in_words(work) -> str:
    """“3 kept, 1 partly; 2 not answered; one opened”."""
    parts = [", ".join(f"{n} {label.lower()}" for label, n in work.kept.items())]
    if work.missed:
        parts.append(
            ngettext(
                "%(n)s was due and is not answered",
                "%(n)s were due and are not answered",
                work.missed,
            )
            % {"n": work.missed}
        )
    if work.waiting:
        parts.append(
            ngettext("%(n)s is still open", "%(n)s are still open", work.waiting)
            % {"n": work.waiting}
        )
    if work.opened:
        parts.append(
            ngettext("%(n)s was opened", "%(n)s were opened", work.opened) % {"n": work.opened}
        )
    if work.unanswered:
        parts.append(
            ngettext("%(n)s not talked about yet", "%(n)s not talked about yet", work.unanswered)
            % {"n": work.unanswered}
        )
    return "; ".join(filter(None, parts))

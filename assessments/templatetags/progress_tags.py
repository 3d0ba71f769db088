"""What pages say about change. The sentences are those of ``assessments.progress.words``."""

from django import template

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

register.filter("move_sentence", words.sentence)
register.filter("yardstick", words.yardstick_words)
register.filter("boundary", words.boundary_words)
register.filter("move_notes", words.notes)
register.filter("points", words.number)
register.filter("signed", words.signed)


@register.filter
def verdict(move) -> str:
    """In one or two words."""
    if not move.is_two:
        return str(words.VERDICTS[Verdict.NOT_COMPUTABLE])
    return str(words.VERDICTS[move.change.verdict])


@register.filter
def verdict_state(move) -> str:
    return STATES.get(move.change.verdict, "info") if move.is_two else "info"


@register.filter
def rule_in_words(rule) -> str:
    return str(Rule(rule).label)

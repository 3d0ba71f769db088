"""What pages say about work, answers and numbers."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import review, schedule, schedule_words, scoring
from assessments.definitions import ItemKind
from assessments.forms.drawn import question
from assessments.models import Activity
from assessments.models.reminders import Outcome
from assessments.progress.words import number

register = template.Library()

# The kinds of _components/state.html.
OUTCOMES = {
    Outcome.SENT: "done",
    Outcome.FAILED: "worse",
    Outcome.SUPPRESSED: "info",
    Outcome.UNKNOWN: "partly",
}
# The ruler of a score, in its own units.
RULER_LEFT, RULER_WIDTH, MOST_TICKS = 10, 140, 10


register.filter("question", question)


@register.filter
def answered(steps) -> int:
    return sum(step.occurrence.answered_at is not None for step in steps)


@register.filter
def schedule_in_words(assignment) -> str:
    """“Every week on Monday, from 6:00, 4 times”."""
    when = schedule.parse(assignment.schedule)
    return schedule_words.in_words(when, today=timezone.localdate())


@register.filter
def day_for(moment, client):
    """The day that the client's calendar shows."""
    return client.local_day(moment) if moment else None


@register.simple_tag
def sent_by_occurrence(client) -> dict:
    """What this client has sent, newest first, by the occurrence it answers. One statement."""
    found = defaultdict(list)
    for response in client.responses.submitted().defer("answers").order_by("-submitted_at"):
        found[response.occurrence_id].append(response)
    return found


@register.simple_tag
def unread_of(client) -> int:
    return client.responses.unread().count()


@register.filter
def raises_alert(answers, item) -> bool:
    """Whether what was answered to ``item`` is one of the answers that raise an alert."""
    return answers.get(item.id) in (*item.critical, *item.alerts)


@register.filter
def own_words(response) -> list:
    """What the client has written in it, each answer with its question."""
    return review.own_words(response.version.definition, response.answers)


@register.filter
def is_past(moment) -> bool:
    return moment <= timezone.now()


@register.filter
def delivery_kind(reminder) -> str:
    return OUTCOMES[reminder.outcome]


@register.filter
def kind_in_words(definition) -> str:
    if definition.as_log:
        return _("Log")
    return Activity.Kind(definition.kind).label


@register.filter
def choices_of(definition, item) -> tuple:
    return definition.choices(item)


@register.filter
def is_written(item) -> bool:
    return item.kind in (ItemKind.LINE, ItemKind.TEXT, ItemKind.NUMBER, ItemKind.DATE)


@register.filter
def metric_in_words(metric) -> str:
    """One process measure of a single entry; empty when it was not answered."""
    if metric.kind == "tally":
        return ", ".join(line.label for line in metric.tally if line.count)
    if metric.value is None or metric.kind == "count":
        return ""
    if metric.kind == "change" and round(metric.value, 1) == 0:
        return _("the same")
    if metric.kind == "change" and metric.value > 0:
        return _("%(n)s higher") % {"n": number(metric.value, 1)}
    if metric.kind == "change" and metric.value < 0:
        return _("%(n)s lower") % {"n": number(-metric.value, 1)}
    if metric.kind == "share":
        return _("Yes") if metric.value else _("No")
    return " ".join(filter(None, (number(metric.value), metric.unit)))


@register.filter
def practice_in_words(metric) -> str:
    """One process measure over all entries, always with how many stand behind it."""
    if metric.kind == "count":
        return str(metric.n)
    if not metric.n:
        return _("nothing yet")
    if metric.kind == "tally":
        counts = " · ".join(f"{line.label} {line.count}" for line in metric.tally)
        return _("%(counts)s (of %(n)s)") % {"counts": counts, "n": metric.n}
    if metric.kind == "share":
        return _("%(share)s %% (of %(n)s)") % {"share": number(metric.value, 0), "n": metric.n}
    words = metric_in_words(metric)
    if metric.kind == "sum":
        counted = ngettext(
            "%(words)s in all (%(n)s entry)", "%(words)s in all (%(n)s entries)", metric.n
        )
    elif metric.kind == "most":
        counted = ngettext(
            "up to %(words)s (%(n)s entry)", "up to %(words)s (%(n)s entries)", metric.n
        )
    else:
        counted = ngettext(
            "%(words)s (%(n)s entry)", "%(words)s on average (%(n)s entries)", metric.n
        )
    return counted % {"words": words, "n": metric.n}


@register.inclusion_tag("assessments/_score.html")
def score_line(definition, scale, score) -> dict:
    """One scale of one response: a ruler with a mark, the same in words, and what is published
    about such a number. ``score`` is a row, or a ScaleScore that was not kept."""
    line = {"scale": scale, "score": score, "expected": score.answered + score.missing}
    line |= {"definition": definition, "is_mixed": not same_direction(definition)}
    line["why"] = why_no_value(definition, scale, score)
    line["readings"] = _readings(definition, scale, score.value)
    if scale is None:
        return line | {"value": number(score.value) if score.value is not None else ""}
    span = scale.maximum - scale.minimum
    if span <= MOST_TICKS:
        line["ticks"] = [_place(each, scale) for each in range(scale.minimum, scale.maximum + 1)]
    if score.value is not None:
        line["at"] = _place(score.value, scale)
        line["value"] = number(score.value)
        if line["readings"] and score.value != score.value.to_integral_value():
            # The bands go by the rounded number: it has to stand beside them.
            line["rounded"] = number(score.value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        line["word"] = _word(definition, scale, score.value)
    return line


def _readings(definition, scale, value) -> list:
    """(interpretation, its band, cut-offs that are reached, cut-offs that are not), of a published
    instrument: an own tool has no bands, whatever its definition may say."""
    if scale is None or value is None or not definition.is_validated:
        return []
    readings = []
    for each in definition.interpretations_of(scale):
        reached = scoring.cutoffs_reached(each, scale, value)
        others = [cutoff for cutoff in each.cutoffs if cutoff not in reached]
        readings.append((each, scoring.band_of(each, value), reached, others))
    return readings


def why_no_value(definition, scale, score) -> str:
    """Why a scale has no number, in words; empty when it has one."""
    if score.value is not None:
        return ""
    reason = score.trace.get("not_computed")
    if reason == "never_imputed":
        missing = {line["item"] for line in score.trace["items"] if line["missing"]}
        ids = missing.intersection(scale.never_impute) if scale else missing
        return ngettext(
            "item %(items)s is missing, and it is never estimated",
            "items %(items)s are missing, and they are never estimated",
            len(ids),
        ) % {"items": item_numbers(definition, ids)}
    return {
        "nothing_answered": _("nothing was answered"),
        "undecided": _("what is missing could change it"),
    }.get(reason, _("too few to say"))


def item_numbers(definition, ids) -> str:
    """“3 and 9”: where items stand among those asked; one that is asked no longer has its id."""
    asked = [item.id for item in definition.asked()]
    known = [str(number) for number, item_id in enumerate(asked, start=1) if item_id in ids]
    return get_text_list(known + sorted(set(ids).difference(asked)), _("and"))


@register.filter
def same_direction(definition) -> str:
    """What a higher number means on every scale; empty when it is not the same on all."""
    directions = {scale.higher_is for scale in definition.scales}
    return directions.pop() if len(directions) == 1 else ""


def _place(value, scale) -> int:
    share = (value - scale.minimum) / (scale.maximum - scale.minimum)
    return round(RULER_LEFT + RULER_WIDTH * share)


def _word(definition, scale, value) -> str:
    """What the answer with this number is called, when a number still means an answer."""
    if scale.method != "mean" or scale.reverse:
        return ""
    item = definition.item(scale.items[0])
    if item.kind != ItemKind.SCALE:
        return ""
    return next((option.label for option in definition.choices(item) if option.value == value), "")

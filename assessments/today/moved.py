"""Reasons that come of scores: who got reliably worse, and what is worth reviewing together."""

from collections import defaultdict

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import ActivityVersion, ReviewRules, Rule
from assessments.progress import Prompt, moves_of, prompts_of
from assessments.progress.words import reason_words

from .reason import Reason

MISSED = 2


def to_review(clients, episodes, rules: ReviewRules) -> list[Reason]:
    """Of these episodes. Reliable deterioration first, then what is not on track by another rule;
    each as long as nobody has noted it."""
    moves = [move for found in moves_of(clients, episodes).values() for move in found]
    prompts = [prompt for prompt in prompts_of(moves, rules) if prompt.note is None]
    prompts.sort(key=lambda prompt: (prompt.rule != Rule.WORSE, prompt.move.last.taken_at))
    return [_review_reason(prompt) for prompt in prompts]


def _review_reason(prompt: Prompt) -> Reason:
    move = prompt.move
    is_worse = prompt.rule == Rule.WORSE
    page = reverse("assessments:timeline", args=[move.client.pk])
    return Reason(
        kind="worse" if is_worse else "review",
        word=_("Worse") if is_worse else _("Review"),
        client=move.client,
        sentence=reason_words(move, prompt.rule),
        when=move.last.taken_at,
        url=f"{page}#change",
        action=_("Timeline"),
        act_url=reverse(
            "assessments:review_note",
            args=[move.client.pk, prompt.rule, move.last.activity_id, move.last.scale],
        ),
        act_word=_("Noted"),
    )


def missed_measures(clients, rules, known, overdue) -> list[Reason]:
    """Two measures of a published instrument missed, and no other row says so yet."""
    if Rule.MISSED not in rules.on:
        return []
    missed = defaultdict(list)
    for occurrence in overdue:
        if occurrence.goes_on and occurrence.client_id not in known:
            missed[occurrence.client_id].append(occurrence)
    several = {pk: rows for pk, rows in missed.items() if len(rows) >= MISSED}
    published = _published({row.activity_id for rows in several.values() for row in rows})
    found = []
    for pk, rows in several.items():
        measures = [row.due_at for row in rows if row.activity_id in published]
        if len(measures) >= MISSED:
            found.append(_missed_reason(clients[pk], measures))
    return found


def _published(activities: set) -> set:
    if not activities:
        return set()
    versions = ActivityVersion.objects.filter(activity__among=activities).published_instruments()
    return set(versions.values_list("activity", flat=True))


def _missed_reason(client, due: list) -> Reason:
    return Reason(
        kind="review",
        word=_("Review"),
        client=client,
        sentence=_("%(n)s measures were missed (rule R4)") % {"n": len(due)},
        when=min(due),
        url=reverse("assessments:contact", args=[client.pk]),
        action=_("What was sent"),
        act_url=reverse("assessments:missed_note", args=[client.pk]),
        act_word=_("Noted"),
    )

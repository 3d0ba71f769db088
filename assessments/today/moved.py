"""Reasons that come of scores: who got reliably worse, and what is worth reviewing together."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import ActivityVersion, Occurrence, ReviewRules, Rule
from assessments.progress import Prompt, moves_of, prompts_of
from assessments.progress.words import reason_words

from .reason import Reason


def to_review(clients, rules: ReviewRules) -> list[Reason]:
    """Reliable deterioration first, then what is not on track by another rule; each as long as
    nobody has noted it."""
    moves = [move for found in moves_of(clients).values() for move in found]
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


def missed_measures(clients, rules, known, now) -> list[Reason]:
    """Two measures of a published instrument missed, and no other row says so yet."""
    if Rule.MISSED not in rules.on:
        return []
    rows = (
        Occurrence.objects.overdue(now)
        .filter(
            client__in=clients,
            assignment__episode__closed_at__isnull=True,
            noted_at__isnull=True,
            assignment__activity__in=ActivityVersion.objects.filter(
                practice__in={client.practice_id for client in clients.values()}
            )
            .published_instruments()
            .values("activity"),
        )
        .values_list("client_id")
        .annotate(n=Count("pk"), since=Min("due_at"))
        .filter(n__gte=2)
    )
    return [
        Reason(
            kind="review",
            word=_("Review"),
            client=clients[pk],
            sentence=_("%(n)s measures were missed (rule R4)") % {"n": n},
            when=since,
            url=reverse("assessments:contact", args=[pk]),
            action=_("What was sent"),
            act_url=reverse("assessments:missed_note", args=[pk]),
            act_word=_("Noted"),
        )
        for pk, n, since in rows
        if pk not in known
    ]

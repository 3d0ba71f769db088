"""What the care team has looked at, and which rules a practice has switched on."""

from django.db import transaction

from assessments.models import ReviewNote, ReviewRules
from assessments.progress import Prompt
from practice import audit
from practice.actions import change_settings


@transaction.atomic
def note_review(prompts: list[Prompt], *, by, now) -> list[ReviewNote]:
    """The care team knows of these: they leave Today until there is a newer score."""
    noted = []
    for prompt in prompts:
        move = prompt.move
        note, is_new = ReviewNote.objects.get_or_create(
            client_id=move.client.pk,
            activity_id=move.last.activity_id,
            scale=move.last.scale,
            about=move.last.about,
            rule=prompt.rule,
            up_to=move.last.taken_at,
            taken_back_at=None,
            defaults={
                "practice_id": move.client.practice_id,
                "noted_at": now,
                "created_by": by,
            },
        )
        if is_new:
            noted.append(note)
    for note in noted:
        audit.record("review.noted", note, by=by, detail={"rule": note.rule})
    return noted


@transaction.atomic
def forget_review(note: ReviewNote, *, by, now) -> None:
    """Take ``note_review`` back: it stands on Today again."""
    if ReviewNote.objects.standing().filter(pk=note.pk).update(taken_back_at=now):
        audit.record("review.forgotten", note, by=by, detail={"rule": note.rule})


def change_rules(practice, *, by, **fields) -> ReviewRules:
    rules, _changed = change_settings(
        ReviewRules, practice, action="review_rules.changed", by=by, **fields
    )
    return rules

"""What the care team has looked at, and which rules a practice has switched on."""

from django.db import transaction

from assessments.models import ReviewNote, ReviewRules
from assessments.progress import Prompt
from practice import audit
from practice.models import Practice


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


@transaction.atomic
def change_rules(practice, *, by, **fields) -> ReviewRules:
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)  # two owners, one row
    rules = ReviewRules.of_practice(practice.pk)
    changed = sorted(name for name, value in fields.items() if getattr(rules, name) != value)
    for name, value in fields.items():
        setattr(rules, name, value)
    if rules._state.adding:
        rules.created_by = by
    rules.save()
    audit.record("review_rules.changed", rules, by=by, detail={"fields": changed})
    return rules

"""The practice's own words for its messages."""

from django.db import transaction

from assessments.models import MessageWording
from assessments.reminders.messages import trellis_words
from assessments.reminders.wording import Words
from practice import audit
from practice.models import Practice


@transaction.atomic
def change_wording(practice, *, place: dict, words: Words, by, now) -> MessageWording | None:
    """From now on messages of this kind say ``words``; ``place`` is language, channel, wording and
    kind. Trellis's own words need no row: None."""
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)  # two people, one row
    if words == trellis_words(**place):
        _drop(practice, place, by=by)
        return None
    row, _is_new = MessageWording.objects.update_or_create(
        practice=practice,
        **place,
        defaults={
            "subject": words.subject,
            "body": words.body,
            "changed_at": now,
            "created_by": by,  # who wrote what stands there now; the trail knows the others
        },
    )
    audit.record("message_wording.changed", row, by=by, detail=place)
    return row


@transaction.atomic
def drop_wording(practice, *, place: dict, by) -> None:
    """Back to Trellis's words."""
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    _drop(practice, place, by=by)


def _drop(practice, place, *, by) -> None:
    row = MessageWording.objects.filter(practice=practice, **place).first()
    if row is not None:
        audit.record("message_wording.dropped", row, by=by, detail=place)
        row.delete()

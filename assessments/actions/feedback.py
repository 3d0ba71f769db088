"""What comes back to the client: words about a response, and that it was talked about."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from assessments.models import Feedback, Response
from assessments.models.responses import BROUGHT
from practice import audit

from .programs import feedback_given


@transaction.atomic
def give_feedback(response: Response, words: str, *, once: UUID, by, now) -> Feedback:
    """Sent at once, to the portal; a step of a program that waited for it is given.

    ``once`` names this comment: a second click sends nothing more.
    """
    feedback, is_new = Feedback.objects.get_or_create(
        pk=once,
        response=response,
        defaults={
            "practice_id": response.practice_id,
            "client_id": response.client_id,
            "words": words,
            "sent_at": now,
            "created_by": by,
        },
    )
    if is_new:
        feedback_given(response, by=by, now=now)
        audit.record("feedback.sent", feedback, by=by)
    return feedback


@transaction.atomic
def see_feedback(client, *, by, now) -> int:
    """The client has opened what was written to them."""
    seen = Feedback.objects.unseen().filter(client=client).update(seen_at=now)
    if seen:
        audit.record("feedback.seen", client, by=by)
    return seen


@transaction.atomic
def mark_discussed(response: Response, *, by, now) -> None:
    """It was talked about in a session; once more, if the client has brought it once more."""
    untalked = Response.objects.submitted().filter(
        BROUGHT | Q(discussed_at__isnull=True), pk=response.pk
    )
    if untalked.update(discussed_at=now, discussed_by=by):
        audit.record("response.discussed", response, by=by)


@transaction.atomic
def forget_discussed(response: Response, *, by) -> None:
    """Take ``mark_discussed`` back."""
    talked = Response.objects.filter(pk=response.pk, discussed_at__isnull=False)
    if talked.update(discussed_at=None, discussed_by=None):
        audit.record("response.not_discussed", response, by=by)

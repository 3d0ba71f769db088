"""What of somebody who leaves the practice hangs on this floor."""

from assessments.models import ActivityDraft, BackUp
from clients.actions import NobodyTakes

from .exports import delete_exports_of


def needs_no_heir(*, person) -> bool:
    """Whether nothing of theirs here goes on with somebody else."""
    return not ActivityDraft.objects.mine(person).exists()


def staff_left(*, person, heir, by, now) -> None:
    """They stand in for nobody and nobody for them; files they asked for are gone; what they were
    writing for the library goes on with ``heir``. Raises NobodyTakes when there is none for it."""
    backs_up = BackUp.objects.current()
    backs_up.filter(clinician=person).update(ended_at=now)
    backs_up.filter(back_up=person).update(ended_at=now)
    if heir is not None:
        _pass_drafts(person, heir)
    elif not needs_no_heir(person=person):
        raise NobodyTakes
    delete_exports_of(person, by=by, now=now)


def _pass_drafts(person, heir) -> None:
    """Of one activity ``heir`` may have a draft already: then theirs becomes something new."""
    drafts = ActivityDraft.objects.mine(person)
    own = ActivityDraft.objects.mine(heir).filter(activity__isnull=False).values("activity")
    drafts.filter(activity__in=own).update(activity=None)
    drafts.update(created_by=heir)

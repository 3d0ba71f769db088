"""What becomes of homework and figures when a client takes back what they agreed to."""

from assessments.models import Alert, Assignment, PracticePicture

from .alerts import raise_alert
from .schedules import pause_assignment


def care_withdrawn(*, client, by, now) -> None:
    """The hook of ``clients``. Nothing new opens, no message leaves, and the care team hears of it
    by an alert. What was paused here goes on when a clinician resumes it: they talk first."""
    asking = Assignment.objects.asking(now).filter(client=client, paused_at=None)
    for assignment in asking.order_by("pk"):
        pause_assignment(assignment, by=by, now=now)
    raise_alert(client, Alert.Kind.CONSENT, by=by, now=now)


def picture_withdrawn(*, client, now) -> None:
    """The hook of ``clients``. The next picture is without them, and it is made now: what was taken
    back at noon does not stand there until the night."""
    PracticePicture.objects.filter(practice=client.practice_id).update(asked_at=now)

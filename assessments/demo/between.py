"""What goes back and forth with one client: a mark for the session, words, and a course shown."""

from datetime import datetime, timedelta

from assessments import actions
from assessments.models import Activity
from clients.models import Client
from practice.ids import uuid7

SHOWN = ("patterns-check", "phq-9")
WORDS = "You said it calmly, and it was kept. What helped you that evening?"


def bring_and_show(client: Client, *, by, now: datetime) -> None:
    """Of the limit log the newest entry waits for the session; the one before was talked about."""
    log = client.responses.submitted().filter(version__activity__slug="limit-log")
    newest, before = log.order_by("-submitted_at")[:2]
    yesterday = now - timedelta(days=1)
    actions.bring(before, by=client.user, now=yesterday)
    actions.mark_discussed(before, by=by, now=yesterday + timedelta(hours=2))
    actions.give_feedback(before, WORDS, once=uuid7(), by=by, now=yesterday + timedelta(hours=3))
    actions.bring(newest, by=client.user, now=now - timedelta(minutes=40))
    for activity in Activity.objects.filter(practice=client.practice_id, slug__in=SHOWN):
        actions.share_progress(client, activity, by=by, now=yesterday)

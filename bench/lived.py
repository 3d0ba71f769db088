"""One client of each practice whose course is lived through by the verbs, a week for each way to
answer: ``history`` copies these weeks for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from assessments import actions, reminders, schedule
from assessments.definitions import Definition
from assessments.models import ActivityVersion, Occurrence
from clients import actions as care
from clients.models import Agreement, Client
from practice.actions import open_practice
from practice.models import Practice, User

from . import people, screener

# Published, with a number for reliable change. Their words do not come with Trellis: so that they
# can be answered in the portal, each question has some of ours here.
MEASURES = ("gad-7", "phq-9", "who-5")
LEVELS = 4  # all questions of a week answered with 0, 1, 2 or 3
LATE = 2  # in that week only after a reminder
WAITING = LEVELS  # and a week that nobody has answered
POINTS = 40  # answered weeks of one client; one more is open
WEEKS_AGO = POINTS + 2
SHORTLY = timedelta(minutes=10)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
NEVER_YES = "phq9_9"  # about self-harm: it would ask for somebody today


@dataclass(frozen=True)
class Lived:
    """Whose course it is, who looks after them, and when each week of it began."""

    practice: Practice
    clinician: User
    client: Client
    weeks: list[datetime]


def live(names: Iterable[str]) -> list[Lived]:
    return [_live(name) for name in names]


def _live(name: str) -> Lived:
    now = timezone.now()
    practice = open_practice(
        name=f"Practice {name}",
        time_zone="UTC",
        language="en",
        help_text="Call 112 at any hour.",
        owner_name=f"Olga {name}",
        owner_email=f"owner@{name}.example",
        password=name * 8,
    )
    by = practice.users.get()
    day = (now - WEEKS_AGO * WEEK).date()
    begins = datetime.combine(day, time(7), tzinfo=now.tzinfo)
    client = people.join(by, begins - DAY, f"model@{name}.example")
    care.answer_consent(
        client, Agreement.PICTURE, number=1, agrees=True, by=client.user, now=begins
    )
    client.leave_page_shown_at = begins
    client.save(update_fields=["leave_page_shown_at"])
    for version in [_published(practice, slug, now=begins - DAY) for slug in MEASURES]:
        actions.assign(
            client,
            version.activity,
            when=schedule.Weekly(starts_on=day + DAY, times=LEVELS + 1),
            definition=version.definition,
            by=by,
            now=begins,
        )
    weeks = sorted(set(Occurrence.objects.filter(client=client).values_list("opens_at", flat=True)))
    for level, opens_at in enumerate(weeks):
        _week(client, by, level, opens_at)
    return Lived(practice, by, client, weeks)


def _published(practice: Practice, slug: str, *, now: datetime) -> ActivityVersion:
    theirs = ActivityVersion.objects.filter(practice=practice, activity__slug=slug).newest().get()
    return screener.publish(practice, _with_words(theirs.definition), now=now)


def _with_words(definition: Definition) -> Definition:
    items = tuple(
        item.model_copy(update={"text": f"Sentence {number} was true for me."})
        for number, item in enumerate(definition.items, start=1)
    )
    return definition.model_copy(update={"slug": f"bench-{definition.slug}", "items": items})


def _week(client: Client, by: User, level: int, opens_at: datetime) -> None:
    """What is sent in it (no more than one message), the answers, somebody who reads them, and a
    session."""
    asked = Occurrence.objects.filter(client=client, opens_at=opens_at)
    is_late = level == LATE
    reminders.sweep(clock=lambda: opens_at + SHORTLY)
    if is_late:
        reminders.sweep(clock=lambda: asked[0].due_at + SHORTLY)
    for occurrence in asked if level != WAITING else ():
        at, user = opens_at + (4 * DAY if is_late else DAY / 2), client.user
        definition = actions.current_version(occurrence).definition
        answers = {
            item.id: 0 if item.id == NEVER_YES else min(level, definition.range_of(item)[1])
            for item in definition.asked()
        }
        actions.keep(occurrence, answers, by=user, now=at)
        response = actions.submit(occurrence, by=user, now=at + SHORTLY)
        actions.mark_read(response, by=by, now=at + DAY)
        User.objects.filter(pk=user.pk).update(last_login=at)
    at = opens_at + 3 * DAY
    session = care.book_session(client, by=by, starts_at=at, now=opens_at)
    if level != WAITING:
        care.settle_session(session, outcome="attended", by=by, now=at + timedelta(hours=1))

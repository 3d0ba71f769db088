"""The session sheet: one page before a session, made when it is asked for and so never stale."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from clients.models import Session

from .definitions import Definition
from .models import Alert, Feedback, Occurrence, Response
from .models.responses import BROUGHT
from .portal import newest_versions
from .progress import Move, moves_of
from .review import AnswerInWords, own_words

GOALS = "my-goals"
MOST_QUESTIONS = 5


@dataclass(frozen=True)
class Homework:
    """One activity since the last session. ``kept`` counts entries of a log by what became of the
    limit; ``waiting`` is asked now and not answered, ``missed`` was due and is not answered."""

    definition: Definition
    responses: list[Response]  # newest first
    waiting: int
    missed: int
    opened: int  # looked at or begun, not sent
    kept: dict[str, int]

    @property
    def unanswered(self) -> int:
        """Of what was sent, what got no word yet and was not talked about."""
        return sum(not each.has_words and each.discussed_at is None for each in self.responses)


@dataclass(frozen=True)
class Brought:
    """What the client marked for the session, of whatever day, and has not talked about yet."""

    response: Response
    definition: Definition
    words: list[AnswerInWords]  # what they wrote, whole


@dataclass(frozen=True)
class Goal:
    """In the client's own words, 0 to 10; ``before`` is of the entry before, if the words are the
    same."""

    words: str
    now: int
    before: int | None


@dataclass(frozen=True)
class Sheet:
    session: Session
    since: datetime  # the last session that was attended, or the beginning of the episode
    is_first: bool
    brought: list[Brought]  # in the client's own words, the newest first
    alerts: list[Alert]  # open, or raised since
    moves: list[Move]  # as they stand now
    homework: list[Homework]
    unopened: list[Feedback]  # words to the client that they have not opened yet
    goals: list[Goal]
    questions: list[str]


def sheet_of(session: Session, *, now: datetime) -> Sheet:
    """All that came in between the last attended session and ``session``."""
    client = session.client
    last = (
        client.sessions.filter(
            episode=session.episode_id, attended_at__isnull=False, starts_at__lt=session.starts_at
        )
        .order_by("-starts_at")
        .first()
    )
    since = last.starts_at if last else session.episode.opened_at
    # Of a session that is over, what came later belongs to the sheet of the next one.
    until = min(now, session.starts_at + timedelta(minutes=session.minutes))
    homework = _homework(session, since, until)
    return Sheet(
        session=session,
        since=since,
        is_first=last is None,
        brought=_brought(session, until),
        alerts=list(
            Alert.objects.filter(
                Q(closed_at__isnull=True) | Q(raised_at__gte=since, raised_at__lt=until),
                client=client,
            )
            .order_by("-raised_at")
            .defer("note")
        ),
        moves=moves_of({client.pk: client}, [session.episode_id]).get(client.pk, []),
        homework=homework,
        unopened=list(
            Feedback.objects.unseen()
            .filter(client=client, response__episode=session.episode_id, sent_at__lt=until)
            .defer("words", "response__answers")
            .select_related("response__version")
            .order_by("-sent_at")
        ),
        goals=goals_in(_newest_goals(client, until)),
        questions=_questions(homework),
    )


def note_words_shown(session, *, now) -> None:
    """What stands on the sheet in the client's own words is no longer theirs to take back."""
    own = Q(version__activity__slug=GOALS) | BROUGHT
    rows = Response.objects.filter(own, client=session.client_id, episode=session.episode_id)
    ids = list(rows.submitted().filter(shown_at__isnull=True).values_list("pk", flat=True))
    # By id, without a join: what its client takes back at this very moment is looked at once more.
    if ids:
        Response.objects.filter(pk__in=ids).note_shown(now)


def _brought(session, until) -> list[Brought]:
    rows = (
        Response.objects.brought()
        .filter(client=session.client, episode=session.episode_id, brought_at__lt=until)
        .select_related("version", "client")
        .order_by("-submitted_at")
    )
    return [
        Brought(row, row.version.definition, own_words(row.version.definition, row.answers))
        for row in rows
    ]


def _homework(session, since, until) -> list[Homework]:
    """What was sent since, and what is asked and was not: by activity, the newest first."""
    responses: dict[UUID, list[Response]] = defaultdict(list)
    definitions: dict[UUID, Definition] = {}
    sent = (
        Response.objects.submitted()
        .filter(
            client=session.client,
            episode=session.episode_id,
            submitted_at__gte=since,
            submitted_at__lt=until,
        )
        .select_related("version")
        .annotate(has_words=Exists(Feedback.objects.filter(response=OuterRef("pk"))))
        .order_by("-submitted_at")
    )
    for response in sent:
        activity_id = response.version.activity_id
        responses[activity_id].append(response)
        definitions.setdefault(activity_id, response.version.definition)
    asked = list(_asked(session.client, since, until))
    missing = {row.assignment.activity_id for row in asked} - definitions.keys()
    definitions |= {pk: version.definition for pk, version in newest_versions(missing).items()}
    counts: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in asked:
        state = "missed" if row.is_missed else "waiting"
        counts[row.assignment.activity_id][state] += 1
        counts[row.assignment.activity_id]["opened"] += row.touched_at is not None
    order = [*responses, *(pk for pk in counts if pk not in responses)]
    return [
        Homework(
            definition=definitions[pk],
            responses=responses[pk],
            waiting=counts[pk]["waiting"],
            missed=counts[pk]["missed"],
            opened=counts[pk]["opened"],
            kept=_kept(definitions[pk], responses[pk]),
        )
        for pk in order
    ]


def _asked(client, since, until):
    """Unanswered: open then, or overdue since the last session."""
    overdue = Occurrence.objects.overdue(until).filter(client=client, due_at__gte=since)
    still_open = (
        Occurrence.objects.waiting()
        .open(until)
        .filter(client=client, put_away_at__isnull=True, assignment__paused_at__isnull=True)
    )
    return (
        Occurrence.objects.filter(
            Q(pk__in=overdue.values("pk")) | Q(pk__in=still_open.values("pk")), client=client
        )
        .annotate(is_missed=Exists(overdue.filter(pk=OuterRef("pk"))))
        .select_related("assignment")
    )


def _kept(definition: Definition, responses: list[Response]) -> dict[str, int]:
    """By the words of the answer, where an entry says whether something was kept."""
    if not any(item.id == "kept" for item in definition.items):
        return {}
    counted: dict[str, int] = defaultdict(int)
    for response in responses:
        answer = response.answers.get("kept")
        if answer:
            counted[response.version.definition.label_of(definition.item("kept"), answer)] += 1
    return dict(counted)


def _newest_goals(client, until) -> list[Response]:
    return list(
        Response.objects.submitted()
        .filter(client=client, version__activity__slug=GOALS, submitted_at__lt=until)
        .order_by("-submitted_at")[:2]
    )


def goals_in(rows: Sequence[Response]) -> list[Goal]:
    """Of the first of ``rows``, beside the second; a goal that was reworded is another goal, and
    nothing is compared."""
    if not rows:
        return []
    before = {}
    if len(rows) > 1:
        before = dict(_rated(rows[1].answers))
    return [Goal(words, number, before.get(words)) for words, number in _rated(rows[0].answers)]


def _rated(answers) -> list[tuple[str, int]]:
    pairs = ((answers.get(f"goal_{n}"), answers.get(f"now_{n}")) for n in (1, 2, 3))
    return [(words, number) for words, number in pairs if words and isinstance(number, int)]


def _questions(homework: list[Homework]) -> list[str]:
    """From the activities' own prompts: one of each in turn, of what came in first."""
    sources = [list(each.definition.prompts) for each in homework if each.responses]
    found: list[str] = []
    for place in range(max(map(len, sources), default=0)):
        found += [prompts[place] for prompts in sources if place < len(prompts)]
    return list(dict.fromkeys(found))[:MOST_QUESTIONS]

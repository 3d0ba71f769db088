"""Sixteen weeks of a practice, lived through in order: each day's sessions, answers and mail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import transaction
from django.test.utils import override_settings

from assessments import actions, reminders, schedule
from assessments.definitions import Definition, Item, ItemKind
from assessments.models import ActivityVersion, Occurrence
from assessments.scoring import DECLINED, NOT_APPLICABLE
from clients import actions as care
from clients.models import Agreement, Client, PortalLink
from practice.actions import add_staff, open_practice
from practice.models import Practice

from .between import bring_and_show
from .people import LEARNED, LIMITS, ON_PAPER_EVERY, SEED, STAFF, WEEKS, Person, people

DAY = timedelta(days=1)
ZONE = "Europe/Berlin"
PERSONAL_CODE = "2580"
HELP_TEXT = (
    "Nobody reads this portal in real time.\n"
    "If you are in danger now, call 112.\n"
    "To talk to somebody at any hour: 116 123 (free, day and night)."
)


@dataclass
class Part:
    """A person of the story with the client they have become."""

    person: Person
    random: Random
    client: Client | None = None
    began: datetime | None = None
    joined: bool = False
    copies: int = 0  # entered from paper


def make_practice(
    *, now: datetime, password: str, say: Callable[[str], None] = lambda line: None
) -> Practice:
    """Open the practice and live through the weeks until ``now``. History is not mailed again."""
    staff = _open(password)
    story = Story(staff, now=now)
    # What was sent in the past of this story never left: the mail of the demo begins today.
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        for number, day in enumerate(story.days()):
            if number % 28 == 0:
                say(f"Living through the weeks: {day:%-d %B}")
            with transaction.atomic():
                story.live(day)
            story.post(day)
    first = story.parts[0]
    bring_and_show(first.client, by=staff[first.person.clinician], now=now)
    return staff[0].practice


def _open(password: str) -> list:
    (name, email, _roles), *others = STAFF
    practice = open_practice(
        name="Practice at the Mill",
        time_zone=ZONE,
        language="en",
        help_text=HELP_TEXT,
        owner_name=name,
        owner_email=email,
        password=password,
    )
    owner = practice.users.get()
    return [owner] + [
        add_staff(practice, name=name, email=email, password=password, roles=roles, by=owner)
        for name, email, roles in others
    ]


class Story:
    def __init__(self, staff, *, now: datetime):
        self.staff = staff
        self.now = now
        self.parts = [
            Part(person, Random(SEED + n))  # noqa: S311 # 2026-11-29: a story, not a secret
            for n, person in enumerate(people())
        ]
        self.versions = {
            version.definition.slug: version
            for version in ActivityVersion.objects.filter(practice=staff[0].practice)
            .newest()
            .select_related("activity")
        }

    def days(self) -> Iterator[date]:
        today = self.now.date()
        for back in range(WEEKS * 7, -1, -1):
            yield today - back * DAY

    def live(self, day: date) -> None:
        today = self.now.date()
        for part in self.parts:
            begins = today - part.person.weeks * 7 * DAY
            if day == begins:
                self._begin(part, day)
            elif day > begins:
                self._session(part, day)
                self._answer(part, day)
                self._plot(part, (today - day).days, day)

    def post(self, day: date) -> None:
        """The mail of that day; today's is left to the real worker."""
        if day >= self.now.date():
            return
        at = datetime.combine(day, time(17, 30), UTC)
        reminders.sweep(clock=lambda: at)

    def _at(self, part: Part, day: date, clock: time) -> datetime:
        moment = datetime.combine(day, clock, ZoneInfo(part.person.zone)).astimezone(UTC)
        return min(moment, self.now)

    def _begin(self, part: Part, day: date) -> None:
        person, by = part.person, self.staff[part.person.clinician]
        at = part.began = self._at(part, day, time(9, 30))
        part.client = care.add_client(
            by=by,
            preferred_name=person.name,
            pronouns=person.pronouns,
            email=person.email,
            language="en",
            time_zone=person.zone,
            contact=person.contact,
            now=at,
        )
        if person.plot == "new":
            return
        outcome = "caution" if person.plot == "caution" else "clear"
        note = (
            "Partner reads some messages; evenings only by agreement." if outcome != "clear" else ""
        )
        care.record_safety_check(part.client, by=by, outcome=outcome, note=note, now=at)
        care.invite(part.client, by=by, now=at)
        self._assign(part, "patterns-check", 1, at)
        self._join(part, at + timedelta(hours=2))

    def _join(self, part: Part, at: datetime) -> None:
        if part.person.plot == "never_answered":
            return
        token = care.issue_links([part.client], now=at)[part.client.pk]
        link = PortalLink.objects.by_token(token).select_related("client").get()
        care.accept_invitation(link, code=PERSONAL_CODE, now=at)
        part.client.refresh_from_db()
        self._agree(part, at)
        part.client.leave_page_shown_at = at
        part.client.save(update_fields=["leave_page_shown_at"])
        part.joined = True

    def _agree(self, part: Part, at: datetime) -> None:
        """To be read by all; to be counted by two of three."""
        for kind, agrees in ((Agreement.CARE, True), (Agreement.PICTURE, part.person.counts)):
            care.answer_consent(
                part.client, kind, number=1, agrees=agrees, by=part.client.user, now=at
            )

    def _assign(self, part: Part, slug: str, times: int, at: datetime) -> None:
        version = self.versions[slug]
        if version.definition.gated and not actions.gate(part.client).is_open:
            return
        day = at.astimezone(ZoneInfo(part.person.zone)).date()
        when = (
            schedule.Once(due_on=day + 4 * DAY)
            if times == 1
            else schedule.Weekly(starts_on=day, times=times)
        )
        actions.assign(
            part.client,
            version.activity,
            when=when,
            definition=version.definition,
            by=self.staff[part.person.clinician],
            now=at,
            acknowledged=True,
        )

    def _session(self, part: Part, day: date) -> None:
        """Weekly sessions; what is assigned grows with them."""
        weekday, clock = part.person.slot
        if day.weekday() != weekday or part.person.plot == "new":
            return
        by = self.staff[part.person.clinician]
        starts_at = datetime.combine(day, clock, ZoneInfo(ZONE)).astimezone(UTC)
        if starts_at > self.now:
            return
        session = care.book_session(part.client, by=by, starts_at=starts_at, now=starts_at)
        outcome = part.random.choices(("attended", "missed", "cancelled"), (90, 6, 4))[0]
        care.settle_session(session, outcome=outcome, by=by, now=starts_at + timedelta(hours=1))
        count = part.client.sessions.count()
        at = starts_at + timedelta(hours=1)
        if count % ON_PAPER_EVERY == 1 and part.copies < len(part.person.on_paper):
            self._enter_paper(part, day, at)
        if count == 2:
            self._assign(part, "limit-plan", 1, at)
            self._assign(part, "strengths-check", 1, at)
        if count == 3:
            self._assign(part, "limit-log", 8, at)
        if count % 3 == 1 and count > 1:
            self._assign(part, "patterns-check", 1, at)
        if count == 4:
            self._assign(part, "limits-and-closeness", 1, at)

    def _enter_paper(self, part: Part, day: date, at: datetime) -> None:
        """A PHQ-9 that was filled in before the session, entered by number after it. Item 9, about
        self-harm, is 0 in all of them."""
        total = part.person.on_paper[part.copies]
        part.copies += 1
        is_whole = isinstance(total, int)
        left, answers = (total if is_whole else 5), {}
        for number in range(1, 9 if is_whole else 5):
            answers[f"phq9_{number}"] = min(3, left)
            left -= answers[f"phq9_{number}"]
        if is_whole:
            answers["phq9_9"] = 0
        actions.enter_paper(
            part.client,
            self.versions["phq-9"],
            answers,
            filled_on=day,
            by=self.staff[part.person.clinician],
            now=min(at, self.now),
        )

    def _answer(self, part: Part, day: date) -> None:
        if not part.joined or part.random.random() > 0.25:
            return
        at = self._at(part, day, time(18, part.random.randrange(60)))
        person = part.person
        user = part.client.user
        opened = Occurrence.objects.open(at).filter(client=part.client, put_away_at__isnull=True)
        is_on_hold = actions.is_on_hold(part.client.pk)
        for occurrence in opened.select_related("assignment__activity").order_by("opens_at", "pk"):
            slug = occurrence.assignment.activity.slug
            definition = self.versions[slug].definition
            if occurrence.answered_at and not definition.as_log:
                continue
            if definition.gated and is_on_hold:
                continue
            if part.random.random() > person.adherence * (0.8 if definition.as_log else 1):
                continue
            if definition.gated and definition.kind == "exercise" and not occurrence.safe_time_at:
                actions.say_safe_time(occurrence, by=user, now=at)
            self._do(part, occurrence, definition, at)
        get_user_model().objects.filter(pk=user.pk).update(last_login=at)

    def _do(self, part: Part, occurrence, definition: Definition, at: datetime) -> None:
        answers = self._answers(part, definition, at)
        user = part.client.user
        if definition.as_log:
            number = actions.next_number(occurrence)
            response = actions.add_entry(occurrence, answers, number=number, by=user, now=at)
        else:
            actions.keep(occurrence, answers, by=user, now=at)
            response = actions.submit(occurrence, by=user, now=at)
        if (self.now - at) > 4 * DAY:
            actions.mark_read(response, by=self.staff[part.person.clinician], now=at + DAY)

    def _answers(self, part: Part, definition: Definition, at: datetime) -> dict:
        fortnights = (at - part.began).days / 14
        level = part.person.start + part.person.drift * fortnights
        if definition.slug == "strengths-check":
            level = 4 - level
        answers = {
            item.id: _answer(part.random, definition, item, level, at)
            for item in definition.asked()
        }
        if "limit" in answers:
            answers["kind"], answers["limit"] = part.random.choice(LIMITS)
        return answers

    def _plot(self, part: Part, days_left: int, day: date) -> None:
        plot, by = part.person.plot, self.staff[part.person.clinician]
        if plot == "hold" and days_left == 5:
            note = "A door was broken last night. We talk by phone first."
            at = self._at(part, day, time(11))
            care.record_safety_check(part.client, by=by, outcome="hold", note=note, now=at)
        if plot == "wants_to_talk" and days_left == 0:
            at = self.now - timedelta(minutes=25)
            log = part.client.assignments.filter(activity__slug="limit-log").first()
            occurrence = log.occurrences.open(at).first() if log else None
            if occurrence is not None:
                actions.ask_to_talk(occurrence, by=part.client.user, now=at)
        if days_left == 0 and plot != "new":
            self._book_next(part)

    def _book_next(self, part: Part) -> None:
        weekday, clock = part.person.slot
        today = self.now.date()
        for ahead in range(1, 8):
            day = today + ahead * DAY
            if day.weekday() == weekday:
                starts_at = datetime.combine(day, clock, ZoneInfo(ZONE)).astimezone(UTC)
                by = self.staff[part.person.clinician]
                care.book_session(part.client, by=by, starts_at=starts_at, now=self.now)


def _answer(random: Random, definition: Definition, item: Item, level: float, at: datetime):
    """A plausible answer; sometimes none, because people leave things out."""
    options = definition.choices(item)
    if item.kind == ItemKind.SCALE:
        if random.random() < 0.05:
            return random.choice((NOT_APPLICABLE, DECLINED, None))
        wanted = round(level + random.uniform(-0.7, 0.7))
        return min(max(wanted, 0), 4)
    if item.kind == ItemKind.CHOICE:
        return random.choice([each for each in options if each.value not in item.alerts]).value
    if item.kind == ItemKind.CHOICES:
        return [random.choice(options).value]
    if item.kind in (ItemKind.RATING, ItemKind.NUMBER):
        after = item.id.endswith("after")
        return min(max(round(level * 2 - 2 * after + random.uniform(-1, 1)), 0), item.maximum)
    if item.kind == ItemKind.DATE:
        return at.date().isoformat()
    return random.choice(LEARNED)

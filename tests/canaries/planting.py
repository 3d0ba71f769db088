"""Words that are found nowhere else, put wherever somebody may write about a client."""

import secrets
import string
from datetime import timedelta

from assessments import actions
from assessments.definitions import SCORABLE
from assessments.models import ActivityVersion
from clients import actions as care
from clients.models import PortalLink
from practice.ids import uuid7
from tests.conftest import WHOLE_DAY, agree, answer_all, give, make_staff

LINE = "A short line"  # what tests answer where words are asked for
FEW = 100
UNANSWERED = "strengths-check"
WORDY = ("text", "line", "ladder", "rows")


class Words:
    """Each is new. ``mark`` begins the words that nobody but the care team may read, ``addresses``
    those by which people sign in, which are searched for one by one."""

    def __init__(self) -> None:
        letters = [secrets.choice(string.ascii_lowercase) for _ in range(24)]
        self.mark, self.addresses = "zq" + "".join(letters[:12]), "xq" + "".join(letters[12:])
        self.count = self.mails = 0

    def __call__(self) -> str:
        self.count += 1
        return f"{self.mark}{self.count:04}ü"

    def address(self) -> str:
        self.mails += 1
        return f"{self.addresses}{self.mails:04}@client.example"

    def instead_of(self, answers):
        """A new one in the place of each line that a test would answer."""
        if isinstance(answers, dict):
            return {key: self.instead_of(value) for key, value in answers.items()}
        if isinstance(answers, list):
            return [self.instead_of(each) for each in answers]
        return self() if answers == LINE else answers


def activities_in_words(practice):
    newest = ActivityVersion.objects.filter(practice=practice).newest().select_related("activity")
    for version in newest:
        items = version.definition.asked()
        if any(str(item.kind) in WORDY for item in items if item.kind not in SCORABLE):
            yield version.activity.slug


def plant(words: Words, clinician, *, wanted: int, now) -> list:
    """Through the verbs, all that there can be about so many clients as it takes. They are in care,
    and wait for messages."""
    supervisor = make_staff(clinician.practice, "Sue", "supervisor")
    slugs = sorted(activities_in_words(clinician.practice))
    actions.change_alert_policy(
        clinician.practice, by=clinician, silence=False, phrases=f"{words()}\n{words()}", now=now
    )
    planted: list = []
    while words.count < wanted:
        client = _person(words, clinician, now=now)
        _clinical(words, client, clinician, supervisor, now=now, first=not planted)
        for slug in slugs if wanted > FEW else slugs[len(planted) % 6 :: 6]:
            _answers(words, client, slug, clinician, now=now)
        give(client, UNANSWERED, by=clinician, now=now)
        planted.append(client)
    return planted


def invited(words, clinician, *, now):
    client = care.add_client(
        by=clinician,
        preferred_name=f"{words().capitalize()} {words().capitalize()}",
        pronouns=words()[:20],
        email=words.address(),
        language="en",
        time_zone="UTC",
        contact=WHOLE_DAY | {"others_see_device": words()},
        now=now,
    )
    care.record_safety_check(client, by=clinician, outcome="clear", note=words(), now=now)
    care.invite(client, by=clinician, now=now)
    return client


def _person(words, clinician, *, now):
    client = invited(words, clinician, now=now)
    token = care.issue_links([client], now=now)[client.pk]
    link = PortalLink.objects.by_token(token).select_related("client").get()
    care.accept_invitation(link, code="2580", now=now)
    client.refresh_from_db()
    agree(client, now=now)
    return client


def _clinical(words, client, clinician, supervisor, *, now, first):
    session = care.book_session(
        client, by=clinician, starts_at=now + timedelta(days=1 + words.count), now=now
    )
    facts = {"opened_at": now, "now": now}
    care.write_on_session(
        session, page=uuid7(), by=clinician, points=words(), note=words(), **facts
    )
    plan = {part: words() for part in ("signs", "helps", "people", "place")}
    care.write_plan(client, page=uuid7(), by=client.user, **plan, **facts)
    care.share_plan(client, by=client.user, now=now)
    care.say_who_sees(client, said={"phone": words()}, by=client.user, now=now)
    care.give_reason(client, why="other", words=words(), by=supervisor, now=now)
    other = words.address()
    care.ask_for_address(client, email=other, note_to_old=False, by=client.user, now=now)
    if first:  # of one whose care has ended
        gone = _person(words, clinician, now=now)
        care.close_episode(gone, by=clinician, reason=words(), now=now)


def _answers(words, client, slug, clinician, *, now):
    assignment = give(client, slug, by=clinician, now=now, acknowledged=True)
    occurrence = assignment.occurrences.earliest("opens_at")
    version = actions.current_version(occurrence)
    answers = words.instead_of(answer_all(version))
    if version.definition.layout == "page":
        response = actions.add_entry(occurrence, answers, once=uuid7(), by=client.user, now=now)
    else:
        actions.keep(occurrence, answers, by=client.user, now=now)
        response = actions.submit(occurrence, by=client.user, now=now)
    actions.give_feedback(response, words(), once=uuid7(), by=clinician, now=now)
    for alert in occurrence.alerts.filter(closed_at__isnull=True):
        actions.act_on_alert(alert, by=clinician, acted="other", words=words(), now=now)
        actions.close_alert(alert, by=clinician, note=words(), now=now)

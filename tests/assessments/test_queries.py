"""How many statements a page costs: one literal number, with 1 row and with 3.

Everything counts that the connection sends in a request of somebody who is signed in: the session,
who they are, savepoints (in life BEGIN and COMMIT) and the audit line.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions
from assessments.actions.library import LIBRARY
from assessments.definitions import load_library
from assessments.models import Activity, ActivityVersion, Delivery, Reminder, Response
from clients import actions as care
from tests.conftest import (
    ENTRY,
    NOW,
    answer_all,
    as_user,
    clear,
    give,
    join,
    make_client,
    measure,
    send,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)

TODAY = 15
SUPERVISED = 17  # two for whose clients they are
CASELOAD = 6
# Three are episodes, words to the client and homework; two: what the client is shown, and who may.
TIMELINE = 26
# Two of these two, on the first visit of a day: whether and that it was looked at, for the client.
WORK = 16
CONTACT = 36
# Who reads while somebody is away; whether to ask again how they may be reached; what they agreed
# to; their path.
PORTAL = 13
STEP = 3
KEEP = 8
REVIEW = 3
SUBMIT = 10
WHOLE = 3
SEND_WHOLE = 11  # two of these begin and end the transaction
ENTRY_FORM = 6
ENTRIES = 4


def statements(browser, url, form=None):
    """Of one request that goes well; the very first one also fills what a process remembers."""
    with CaptureQueriesContext(connection) as sent:
        response = browser.get(url) if form is None else browser.post(url, form)
    assert response.status_code in (200, 302), response.status_code
    return len(sent), [each["sql"][:120] for each in sent]


def a_life(clinician, name):
    """A client with everything that a page could show: answers, entries, sessions, an alert, and
    something missed since the last answer."""
    client = join(make_client(clinician, name), by=clinician)
    clear(client, by=clinician)
    before = NOW - 6 * DAY
    sent = give(client, "strengths-check", by=clinician, now=before).occurrences.get()
    send(sent, by=client.user, now=before)
    log = give(client, "limit-log", by=clinician, times=3, now=before).occurrences.get(number=1)
    actions.add_entry(log, ENTRY, number=1, by=client.user, now=before)
    give(client, "patterns-check", by=clinician, now=before, due_in_days=1)
    plan = give(client, "limit-plan", by=clinician).occurrences.get()
    actions.ask_to_talk(plan, by=client.user, now=NOW)
    care.book_session(client, by=clinician, starts_at=NOW + timedelta(hours=3), now=NOW)
    measure(client, 9, by=clinician, days_ago=9)
    measure(client, 16, by=clinician, days_ago=2)
    session = care.book_session(client, by=clinician, starts_at=NOW - 7 * DAY, now=NOW)
    care.settle_session(session, outcome="attended", by=clinician, now=NOW)
    return client


@pytest.mark.parametrize("clients", [1, 3])
class TestListsOfClients:
    @pytest.fixture(autouse=True)
    def _people(self, clinician, clients):
        for name in ("Ada", "Bo", "Cy")[:clients]:
            a_life(clinician, name)

    def test_today(self, clinician, clients):
        browser, url = as_user(clinician), reverse("assessments:today")
        shown = {reason.kind for reason in browser.get(url).context["today"].reasons}
        assert shown == {"alert", "worse", "silent", "unread", "session"}
        assert statements(browser, url)[0] == TODAY

    def test_caseload(self, clinician, clients):
        browser, url = as_user(clinician), reverse("clients:caseload")
        assert len(browser.get(url).context["page"]) == clients
        assert statements(browser, url)[0] == CASELOAD


@pytest.mark.parametrize("clients", [1, 30, 300])
def test_a_large_caseload_asks_no_more(clinician, supervisor, clients):
    """One of ten got worse, and all of them are in care."""
    a_life(clinician, "Ada")
    for n in range(1, clients):
        client = make_client(clinician, f"Client {n}")
        if n % 10 == 0:
            measure(client, 9, by=clinician, days_ago=9)
            measure(client, 16, by=clinician, days_ago=2)
    browser = as_user(clinician)
    url = reverse("assessments:today")
    page = browser.get(url).context["today"]
    assert page.counts["worse"] == 1 + (clients - 1) // 10
    assert page.others == clients - page.counts["worse"]
    assert statements(browser, url)[0] == TODAY
    assert statements(browser, reverse("clients:caseload"))[0] == CASELOAD
    supervising = as_user(supervisor)
    supervising.get(url)
    assert statements(supervising, url)[0] == SUPERVISED


@pytest.mark.parametrize("times", [1, 3])
class TestPagesOfOneClient:
    @pytest.fixture
    def lived(self, clinician, times):
        client = a_life(clinician, "Sam Ortega")
        for n in range(times):
            now = NOW - DAY + n * timedelta(minutes=10)
            send(
                give(client, "strengths-check", by=clinician, now=now).occurrences.get(),
                by=client.user,
                now=now,
            )
            log = client.occurrences.filter(assignment__activity__slug="limit-log").earliest(
                "opens_at"
            )
            actions.add_entry(log, ENTRY, number=n + 2, by=client.user, now=now)
            give(client, "patterns-check", by=clinician)
            care.book_session(client, by=clinician, starts_at=NOW + (n + 1) * DAY, now=NOW)
            reminder = Reminder.objects.create(
                practice=client.practice,
                client=client,
                kind="news",
                planned_for=now,
                settled_at=now,
                outcome="sent",
            )
            Delivery.objects.create(
                practice=client.practice,
                client=client,
                reminder=reminder,
                channel="email",
                attempt=1,
                message_id=str(n),
                address="a@b.example",
            )
        client.leave_page_shown_at = NOW
        client.save(update_fields=["leave_page_shown_at"])
        return client

    def test_timeline(self, lived, clinician, times):
        browser, url = as_user(clinician), reverse("assessments:timeline", args=[lived.pk])
        browser.get(url)
        assert statements(browser, url)[0] == TIMELINE

    def test_work(self, lived, clinician, times):
        url = reverse("assessments:work", args=[lived.pk])
        assert statements(as_user(clinician), url)[0] == WORK

    def test_contact(self, lived, clinician, times):
        url = reverse("assessments:contact", args=[lived.pk])
        assert statements(as_user(clinician), url)[0] == CONTACT

    def test_portal(self, lived, times):
        assert statements(as_user(lived.user), reverse("assessments:portal"))[0] == PORTAL

    def test_entries_of_a_log(self, lived, times):
        log = lived.occurrences.filter(assignment__activity__slug="limit-log").earliest("opens_at")
        browser, url = as_user(lived.user), reverse("assessments:entries", args=[log.pk])
        assert len(browser.get(url).context["entries"]) == times + 1
        assert statements(browser, url)[0] == ENTRIES


def of_sixteen_items():
    """The screener of the library with twice as many items and scales."""
    short = next(each for each in load_library(LIBRARY).activities if each.slug == "patterns-check")
    items = [
        item.model_copy(update={"id": f"{item.id}{copy}"}) for copy in "ab" for item in short.items
    ]
    scales = [
        scale.model_copy(
            update={"code": f"{scale.code}_{copy}", "items": (f"{scale.items[0]}{copy}",)}
        )
        for copy in "ab"
        for scale in short.scales
    ]
    update = {"slug": "sixteen", "items": tuple(items), "scales": tuple(scales)}
    return short.model_copy(update=update)


def publish(practice, definition):
    activity = Activity.objects.create(
        practice=practice, slug=definition.slug, kind=definition.kind
    )
    ActivityVersion.objects.create(
        practice=practice,
        activity=activity,
        number=1,
        digest=definition.digest(),
        content=definition.dump(),
        published_at=NOW,
    )


@pytest.mark.parametrize(("slug", "items"), [("patterns-check", 8), ("sixteen", 16)])
class TestAScreener:
    @pytest.fixture
    def occurrence(self, joined, clinician, practice, slug):
        publish(practice, of_sixteen_items())
        occurrence = give(joined, slug, by=clinician).occurrences.get()
        answers = answer_all(actions.current_version(occurrence))
        actions.keep(occurrence, answers, by=joined.user, now=NOW)
        return occurrence

    def test_submit(self, occurrence, joined, items):
        url = reverse("assessments:review", args=[occurrence.pk])
        number, sent = statements(as_user(joined.user), url, {})
        response = Response.objects.get()
        assert response.submitted_at
        assert response.scores.count() == len(response.answers) == items
        assert number == SUBMIT, "\n".join(sent)

    def test_submit_of_a_client_who_came_by_a_link(self, occurrence, joined, items):
        """Without the mark that a second factor was used, as clients really are."""
        browser = Browser()
        browser.force_login(joined.user)
        session = browser.session
        session["personal_code_given"] = True
        session.save()
        url = reverse("assessments:review", args=[occurrence.pk])
        assert statements(browser, url, {})[0] == SUBMIT

    def test_all_on_one_page_answered_and_sent(self, joined, clinician, practice, slug, items):
        publish(practice, of_sixteen_items())
        occurrence = give(joined, slug, by=clinician).occurrences.get()
        url, browser = reverse("assessments:whole", args=[occurrence.pk]), as_user(joined.user)
        statements(browser, url)  # the first one that opens it notes that, and reads its version
        assert statements(browser, url)[0] == WHOLE
        answers = answer_all(actions.current_version(occurrence))
        number, sent = statements(browser, url, answers | {"send": "1"})
        response = Response.objects.get()
        assert response.submitted_at
        assert response.scores.count() == len(response.answers) == items
        assert number == SEND_WHOLE, "\n".join(sent)

    def test_review(self, occurrence, joined, items):
        url = reverse("assessments:review", args=[occurrence.pk])
        assert statements(as_user(joined.user), url)[0] == REVIEW

    def test_a_question_and_its_answer(self, occurrence, joined, items):
        url = reverse("assessments:step", args=[occurrence.pk, 2])
        browser = as_user(joined.user)
        assert statements(browser, url)[0] == STEP
        item = Response.objects.get().version.definition.asked()[1].id
        assert statements(browser, url, {item: "1"})[0] == KEEP


def test_a_form_on_one_page(joined, clinician):
    log = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    actions.say_safe_time(log, by=joined.user, now=NOW)
    url = reverse("assessments:entry", args=[log.pk])
    assert statements(as_user(joined.user), url)[0] == ENTRY_FORM


def test_the_portals_first_page_is_light(joined, clinician):
    """At most 60 kB over the wire: what the page itself weighs; its files are in the journeys."""
    a = as_user(joined.user)
    a.post(reverse("clients:welcome_done"))
    for slug in ("patterns-check", "strengths-check", "limit-log", "limits-and-closeness"):
        give(joined, slug, by=clinician)
    response = a.get(reverse("assessments:portal"), headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 10_000

"""What is the client's own: path, readings, what they sent, who looked, and their file."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import actions, exports
from assessments.models import Export, ProgramVersion
from assessments.opened import KINDS
from assessments.path import Place, paths_of
from assessments.readings import FOR_ANYBODY
from clients import actions as care
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import NOW, agree, as_user, clear, freshly, give, measure, reads, send
from tests.pdf import Pdf

from .test_queries import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
READ, SENT, OPENED, FILE = (
    reverse(f"assessments:{name}") for name in ("readings", "sent", "opened", "own_file")
)


@pytest.fixture
def browser(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return as_user(joined.user)


def start(client, *, by, slug="limits-first"):
    versions = ProgramVersion.objects.assignable().filter(practice=client.practice_id)
    version = versions.get(program__slug=slug)
    return actions.assign_program(client, version, by=by, now=NOW)


def places(client):
    [path] = paths_of(client, now=NOW)
    return [step.place for step in path.steps]


class TestPath:
    def test_what_is_done_what_is_open_and_what_waits_for_the_clinician(self, joined, clinician):
        program = start(joined, by=clinician)
        reading = program.steps.get(step=0).occurrences.get()
        actions.keep(reading, {}, by=joined.user, now=NOW)
        actions.submit(reading, by=joined.user, now=NOW)
        assert places(joined)[0] is Place.DONE
        assert places(joined)[2:6] == [Place.HERE, Place.TO_COME, Place.TO_COME, Place.TO_COME]
        actions.give_next(program, 4, by=clinician, now=NOW)
        assert places(joined)[4:6] == [Place.HERE, Place.WAITS]  # the plan waits for feedback

    def test_under_a_hold_a_gated_step_waits_without_a_name_and_nothing_says_why(
        self, joined, clinician, browser
    ):
        actions.give_next(start(joined, by=clinician), 5, by=clinician, now=NOW)
        step = paths_of(joined, now=NOW)[0].steps[5]
        assert step.place is Place.HERE
        clear(joined, by=clinician, outcome="hold")
        held = paths_of(joined, now=NOW)[0].steps[5]
        assert (held.place, held.occurrence_id) == (Place.WAITS, None)
        page = browser.get(reverse("assessments:path")).content.decode()
        assert held.title in page
        assert step.title not in page
        assert not [word for word in ("hold", "safety check") if word in page.lower()]

    def test_the_first_page_shows_it_small(self, joined, clinician, browser):
        start(joined, by=clinician)
        home = browser.get(reverse("assessments:portal"))
        [glance] = home.context["home"].paths
        assert glance.places.count(Place.HERE) == 2
        assert "one at a time" in home.content.decode()


class TestReadings:
    def test_given_ones_are_there_before_and_after_reading(self, joined, clinician, browser):
        occurrence = give(joined, "limits-and-closeness", by=clinician).occurrences.get()
        again = reverse("assessments:reading", args=["limits-and-closeness"])
        assert [each.occurrence_id for each in browser.get(READ).context["readings"].open] == [
            occurrence.pk
        ]
        browser.post(reverse("assessments:begin", args=[occurrence.pk]))
        found = browser.get(READ).context["readings"]
        assert [each.slug for each in found.read] == ["limits-and-closeness"]
        assert browser.get(again).status_code == 200

    def test_for_anybody_there_are_these_and_no_others(self, joined, browser):
        found = browser.get(READ).context["readings"].for_anybody
        assert {each.slug for each in found} == set(FOR_ANYBODY)
        assert not any(each.definition.gated for each in found)
        for slug in ("when-not-safe", "steps-to-take", "limit-plan"):
            assert browser.get(reverse("assessments:reading", args=[slug])).status_code == 404

    def test_nothing_asked_leaves_one_gentle_door(self, joined, browser):
        page = browser.get(reverse("assessments:portal")).content.decode()
        assert READ in page


def test_a_log_stands_near_the_top_of_the_first_page(joined, clinician, browser):
    for slug in ("patterns-check", "strengths-check"):
        give(joined, slug, by=clinician, due_in_days=1)
    give(joined, "limit-log", by=clinician, times=2)
    tasks = browser.get(reverse("assessments:portal")).context["home"].now
    assert tasks[1].definition.as_log


def test_what_was_sent_is_listed_and_found_by_its_name(joined, clinician, browser):
    send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
    measure(joined, 9, by=clinician, days_ago=2)
    assert len(browser.get(SENT).context["page"]) == 2
    found = browser.get(SENT, {"q": "phq"}).context["page"]
    assert [row.version.activity.slug for row in found] == ["phq-9"]
    assert "on paper" in browser.get(SENT).content.decode()


class TestWhoOpened:
    def test_each_person_once_a_day_with_their_role_and_no_safety_check(
        self, joined, clinician, supervisor, browser
    ):
        sent = send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
        reader = as_user(clinician)
        for name in ("clients:record", "assessments:timeline", "assessments:work"):
            reader.get(reverse(name, args=[joined.pk]))
            reader.get(reverse(name, args=[joined.pk]))
        reader.get(reverse("assessments:response", args=[sent.pk]))
        reads(supervisor, joined)
        as_user(supervisor).get(reverse("clients:record", args=[joined.pk]))
        page = browser.get(OPENED)
        looked = {(each.name, each.role): each.what for each in page.context["looked"]}
        assert looked == {
            ("Clara", "Clinician"): [
                "read what you sent",
                "looked at your answers over time",
                "looked at your record",
            ],
            ("Sue", "Supervisor"): ["looked at your record"],
        }
        assert AuditEvent.objects.filter(action="safety_check.recorded").exists()
        assert "safety" not in page.content.decode().lower()

    def test_what_is_told_is_never_about_safety_or_alerts(self):
        told = {action for actions_ in KINDS.values() for action in actions_}
        assert not {action for action in told if action.startswith(("safety", "alert", "plan"))}

    def test_a_file_of_the_caseload_stands_there_too(self, joined, clinician, browser):
        send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
        actions.ask_for_export(
            None, kind="tables", with_words=False, once=uuid7(), by=clinician, now=NOW
        )
        exports.make_next(clock=lambda: NOW)
        [looked] = browser.get(OPENED).context["looked"]
        assert looked.what == ["made a file with your answers"]

    def test_a_page_is_written_down_once_a_day(self, joined, clinician, clock):
        url = reverse("assessments:work", args=[joined.pk])
        rows = AuditEvent.objects.filter(action="work.read")
        for _ in range(3):
            as_user(clinician).get(url)
        assert rows.count() == 1
        clock.shift(DAY)
        as_user(clinician).get(url)
        assert rows.count() == 2


class TestFile:
    @pytest.fixture
    def given(self, joined, clinician):
        sent = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
        entry = {"limit": "No calls after nine", "said": "yes", "kept": "partly"}
        response = actions.add_entry(sent, entry, number=1, by=joined.user, now=NOW)
        actions.give_feedback(response, "Well held", once=uuid7(), by=clinician, now=NOW)
        session = care.book_session(joined, by=clinician, starts_at=NOW + DAY, now=NOW)
        care.write_on_session(
            session, page=uuid7(), opened_at=NOW, by=clinician, now=NOW, note="Sam seems tired"
        )
        return response

    def ask(self, browser, kind, code="2580"):
        once = browser.get(FILE).context["form"].initial["once"]
        return browser.post(FILE, {"kind": kind, "once": once, "code": code})

    def test_without_the_code_nothing_is_made(self, given, browser):
        assert self.ask(browser, "own_table", code="1111").status_code == 200
        assert not Export.objects.exists()

    @pytest.mark.parametrize("kind", ["own_table", "own_read"])
    def test_it_holds_what_is_theirs_and_nothing_that_was_written_about_them(
        self, given, browser, kind
    ):
        page = self.ask(browser, kind).url
        assert exports.make_next(clock=lambda: NOW)
        assert "Download" in browser.get(page).content.decode()
        file = browser.post(f"{page}take/")
        assert file["Content-Disposition"].startswith('attachment; filename="file-2026')
        text = Pdf(file.content).text if kind == "own_read" else file.content.decode("utf-8-sig")
        assert "No calls after nine" in text
        assert "Well held" in text
        assert "tired" not in text
        if kind == "own_table":
            rows = list(csv.reader(io.StringIO(text)))
            assert rows[0] == ["Day", "What", "Question", "Answer"]

    def test_it_is_gone_after_an_hour_and_no_clinician_hears_of_it(
        self, given, browser, clinician, clock
    ):
        page = self.ask(browser, "own_table").url
        exports.make_next(clock=lambda: NOW)
        export = Export.objects.get()
        assert freshly(clinician).get(f"/data/{export.pk}/").status_code == 404
        assert actions.empty_exports(now=NOW + timedelta(minutes=59)) == 0
        assert actions.empty_exports(now=NOW + timedelta(minutes=61)) == 1
        clock.shift(timedelta(minutes=61))
        browser = as_user(given.client.user)  # long signed out
        gone = browser.post(f"{page}take/", {"code": "2580"})
        assert gone.url == FILE

    def test_the_code_is_asked_again_when_it_was_given_a_while_ago(self, given, browser, clock):
        page = self.ask(browser, "own_table").url
        exports.make_next(clock=lambda: NOW)
        clock.shift(timedelta(minutes=11))
        refused = browser.post(f"{page}take/", {"code": "0000"})
        assert refused.headers.get("Content-Disposition") is None
        assert browser.post(f"{page}take/", {"code": "2580"})["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize("times", [1, 3])
class TestCosts:
    @pytest.fixture(autouse=True)
    def _lived(self, joined, clinician, browser, times):
        agree(joined)
        for n in range(times):
            now = NOW - (n + 1) * DAY
            send(
                give(joined, "strengths-check", by=clinician, now=now).occurrences.get(),
                by=joined.user,
                now=now,
            )
            give(joined, ("limits-and-closeness", "side-by-side", "can-it-change")[n], by=clinician)
            start(
                joined, by=clinician, slug=("limits-first", "room-for-needs", "finding-myself")[n]
            )
        for name in ("clients:record", "assessments:timeline", "assessments:work")[:times]:
            as_user(clinician).get(reverse(name, args=[joined.pk]))

    @pytest.mark.parametrize(
        ("name", "number"),
        [("path", 6), ("readings", 4), ("sent", 4), ("opened", 6), ("things", 2)],
    )
    def test_a_list_costs_the_same_however_long_it_is(self, browser, name, number, times):
        assert statements(browser, reverse(f"assessments:{name}"))[0] == number

"""What moved, through the pages: verdicts, what stands beside them, and who hears of it."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from assessments.actions.library import LIBRARY
from assessments.definitions import Definition, load_library
from assessments.models import ActivityVersion, Response, ReviewNote
from assessments.progress import moves_of
from clients import actions as care
from clients.models import Episode
from practice.models import AuditEvent
from tests.assessments.made import publish
from tests.conftest import NOW, as_user, clear, give, join, make_client, phq9, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
REVERSED = (2, 3)
START, LATER = date(2026, 11, 2), date(2026, 11, 16)


def core10(total):
    """Answers of the CORE-10 with this total; none to item 6, which is about safety, but 0."""
    answers, left = {}, total
    for number in (1, 2, 3, 4, 5, 7, 8, 9, 10):
        part = min(4, left)
        left -= part
        answers[f"core10_{number}"] = 4 - part if number in REVERSED else part
    assert left == 0
    return answers | {"core10_6": 0}


def core10_as_it_comes():
    library = load_library(LIBRARY)
    return next(each for each in library.activities if each.slug == "core-10").dump()


def typed(answers, day):
    return {
        "filled_on": day.isoformat(),
        "gaps": "on",
        **{f"item-{k}": str(v) for k, v in answers.items()},
    }


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


def enter(browser, client, answers, day, slug="core-10"):
    """Through the page for a paper copy, as a clinician does it."""
    sent = browser.post(reverse("assessments:paper", args=[client.pk, slug]), typed(answers, day))
    assert sent.status_code == 302, sent.context["form"].errors
    return Response.objects.latest("created_at")


def page(browser, client):
    return browser.get(reverse("assessments:timeline", args=[client.pk]))


def changes(browser, client):
    """The words of the section about change."""
    html = page(browser, client).content.decode()
    section = re.search(r'<section id="change".*?</section>', html, re.S)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", section).split()).replace(" ,", ",")


def today(browser):
    return browser.get(reverse("assessments:today")).context["today"].reasons


def newest(practice, slug):
    return ActivityVersion.objects.filter(practice=practice, activity__slug=slug).newest().get()


class TestPublishedVectors:
    """Section 2.4 of the design: CORE-10, clinical 19.7 (7.7), functional 4.7 (4.8), r .90."""

    @pytest.mark.parametrize(
        ("before", "after", "verdict", "shown"),
        [
            (22, 14, "Improved CORE-10 total 22, at the start → 14, now", r"RC .2\.32"),
            (22, 9, "Recovered CORE-10 total 22", "over the cut-off from the clinical side"),
            (15, 10, "No reliable change", "It was crossed, but not by a reliable change."),
            (9, 22, "Worse by more than measurement error.", r"RC \+3\.78"),
        ],
    )
    def test_hold_on_the_timeline(self, browser, client_in_care, before, after, verdict, shown):
        enter(browser, client_in_care, core10(before), START)
        enter(browser, client_in_care, core10(after), LATER)
        words = changes(browser, client_in_care)
        assert verdict in words
        assert re.search(shown, words)
        assert "It takes 6 points, as published; SD 7.7, reliability 0.9 (alpha), z 1.645" in words
        assert "Cut-off 11, as published." in words
        assert "Barkham et al. 2013" in words
        assert "Primary-care counselling, United Kingdom" in words

    @pytest.mark.parametrize(
        ("z", "needs"), [("1.96", "6.75"), ("1.645", "5.66")], ids=["95 %", "90 %"]
    )
    def test_computed_where_nothing_was_published(
        self, browser, practice, client_in_care, z, needs
    ):
        content = core10_as_it_comes()
        content["changes"][0] |= {"threshold": None, "cutoff": None, "z": z}
        content |= {"slug": "core-computed", "title": "CORE, computed"}
        publish(practice, Definition(**content))
        enter(browser, client_in_care, core10(22), START, "core-computed")
        enter(browser, client_in_care, core10(14), LATER, "core-computed")
        words = changes(browser, client_in_care)
        assert f"It takes {needs} points, as computed" in words
        assert "Cut-off 10.46, computed (c of Jacobson and Truax)." in words
        assert "Improved" in words
        assert "Recovered" not in words

    def test_where_higher_is_better_the_signs_are_the_other_way_round(
        self, browser, client_in_care
    ):
        low = {f"who5_{n}": 1 for n in range(1, 6)}
        high = {f"who5_{n}": 4 for n in range(1, 6)}
        enter(browser, client_in_care, low, START, "who-5")
        enter(browser, client_in_care, high, LATER, "who-5")
        words = changes(browser, client_in_care)
        assert "Better, by a rule of thumb" in words
        assert "Improved" not in words


class TestNotComputable:
    def test_one_score_so_far(self, browser, client_in_care):
        enter(browser, client_in_care, core10(22), START)
        assert "One score so far: a change needs two." in changes(browser, client_in_care)

    def test_no_complete_score_yet(self, browser, client_in_care):
        answers = core10(22)
        del answers["core10_1"]
        enter(browser, client_in_care, answers, START)
        enter(browser, client_in_care, answers, LATER)
        words = changes(browser, client_in_care)
        assert "Nothing to compare with yet: no score of this episode is complete." in words

    def test_a_newest_score_without_a_value(self, browser, client_in_care):
        enter(browser, client_in_care, core10(22), START)
        enter(browser, client_in_care, {"core10_1": 2}, LATER)
        assert "Not computable CORE-10 total One of the two has no score." in changes(
            browser, client_in_care
        )

    def test_other_questions(self, browser, practice, client_in_care):
        enter(browser, client_in_care, core10(22), START)
        content = core10_as_it_comes()
        content["scales"][0]["reverse"] = []
        publish(practice, Definition(**content))
        enter(browser, client_in_care, core10(9), LATER)
        words = changes(browser, client_in_care)
        assert "The two were not asked the same questions." in words

    def test_a_reflection_tool_gets_no_verdict(self, browser, joined, clinician):
        for day in (4, 2):
            given = give(joined, "patterns-check", by=clinician, now=NOW - day * DAY)
            send(given.occurrences.get(), by=joined.user, now=NOW - day * DAY, value=day)
        words = changes(browser, joined)
        assert "nothing is judged" in words
        assert "mproved" not in words

    def test_a_prorated_score_is_provisional(self, browser, client_in_care):
        enter(browser, client_in_care, core10(20), START)
        answers = core10(9)
        del answers["core10_10"]
        enter(browser, client_in_care, answers, LATER)
        words = changes(browser, client_in_care)
        assert "Provisional: a score was estimated from incomplete answers." in words


class TestBaseline:
    def moves(self, client):
        return moves_of({client.pk: client})[client.pk]

    def test_it_never_moves(self, browser, client_in_care):
        for total, day in ((20, START), (8, START + DAY), (22, LATER)):
            enter(browser, client_in_care, core10(total), day)
        [move] = self.moves(client_in_care)
        assert (move.first.value, move.last.value) == (20, 22)
        assert move.change.difference == 2

    def test_the_first_complete_one_counts(self, browser, client_in_care):
        answers = core10(20)
        del answers["core10_1"]
        enter(browser, client_in_care, answers, START)
        enter(browser, client_in_care, core10(18), START + DAY)
        enter(browser, client_in_care, core10(9), LATER)
        [move] = self.moves(client_in_care)
        assert move.first.value == 18

    def test_a_new_episode_has_its_own(self, browser, client_in_care, clinician):
        enter(browser, client_in_care, core10(30), START)
        old = client_in_care.episodes.get()
        Episode.objects.filter(pk=old.pk).update(closed_at=NOW)
        Episode.objects.create(
            practice=client_in_care.practice, client=client_in_care, opened_at=NOW
        )
        enter(browser, client_in_care, core10(12), NOW.date())
        [move] = self.moves(client_in_care)
        assert move.first.value == move.last.value == 12

    def test_one_that_came_after_the_first_session_says_so(
        self, browser, client_in_care, clinician
    ):
        at = NOW - 10 * DAY
        session = care.book_session(client_in_care, by=clinician, starts_at=at, now=at)
        care.settle_session(session, outcome="attended", by=clinician, now=NOW)
        enter(browser, client_in_care, core10(22), NOW.date() - 3 * DAY)
        enter(browser, client_in_care, core10(9), NOW.date())
        assert "The first score was taken after the first session" in changes(
            browser, client_in_care
        )

    def test_one_of_the_day_of_the_first_session_is_none_too_late(
        self, browser, client_in_care, clinician
    ):
        at = NOW - 10 * DAY
        session = care.book_session(client_in_care, by=clinician, starts_at=at, now=at)
        care.settle_session(session, outcome="attended", by=clinician, now=NOW)
        enter(browser, client_in_care, core10(22), at.date())
        enter(browser, client_in_care, core10(9), NOW.date())
        assert not self.moves(client_in_care)[0].is_late


class TestToday:
    @pytest.fixture
    def worse(self, browser, client_in_care):
        enter(browser, client_in_care, phq9(9), START, "phq-9")
        enter(browser, client_in_care, phq9(16), LATER, "phq-9")
        return client_in_care

    def test_says_who_got_reliably_worse_and_why(self, browser, worse):
        [reason] = today(browser)
        assert (reason.kind, reason.client) == ("worse", worse)
        assert reason.sentence == (
            "PHQ-9 total is 7 higher than at the start of this episode (reliable: 6)"
        )
        assert reason.url == reverse("assessments:timeline", args=[worse.pk]) + "#change"

    def test_until_it_is_noted_and_again_when_that_is_taken_back(self, browser, worse, clinician):
        [reason] = today(browser)
        assert browser.post(reason.act_url).url == reverse("assessments:today")
        assert browser.post(reason.act_url).status_code == 302  # a second click notes nothing more
        assert today(browser) == []
        note = ReviewNote.objects.get()
        assert (note.rule, note.created_by) == ("R1", clinician)
        assert "Noted by Clara" in changes(browser, worse)
        browser.post(reason.act_url, {"undo": "1"})
        assert [each.kind for each in today(browser)] == ["worse"]
        assert AuditEvent.objects.filter(action__startswith="review.").count() == 2

    def test_a_newer_score_brings_it_back(self, browser, worse):
        [reason] = today(browser)
        browser.post(reason.act_url)
        enter(browser, worse, phq9(17), LATER + DAY, "phq-9")
        [reason] = today(browser)
        assert "8 higher" in reason.sentence

    @pytest.mark.parametrize("who", ["colleague", "supervisor", "owner", "stranger"])
    def test_only_the_care_team_notes(self, request, browser, worse, who):
        [reason] = today(browser)
        other = as_user(request.getfixturevalue(who))
        assert other.post(reason.act_url).status_code in (403, 404)
        assert not ReviewNote.objects.exists()

    def test_nothing_is_noted_that_no_rule_says(self, browser, worse):
        activity = newest(worse.practice, "phq-9").activity_id
        url = reverse("assessments:review_note", args=[worse.pk, "R2", activity, "phq9_total"])
        assert browser.post(url).status_code == 404

    def test_a_loss_from_the_best_score(self, browser, client_in_care):
        for total, day in ((20, START), (9, START + DAY), (17, LATER)):
            enter(browser, client_in_care, phq9(total), day, "phq-9")
        [reason] = today(browser)
        assert (reason.kind, reason.sentence) == (
            "review",
            "PHQ-9 total is 8 above its best (reliable: 6; rule R3)",
        )

    def test_no_gain_by_the_sixth_session(self, browser, client_in_care, clinician):
        enter(browser, client_in_care, phq9(16), START, "phq-9")
        enter(browser, client_in_care, phq9(14), LATER, "phq-9")
        for n in range(6):
            assert today(browser) == []
            at = NOW - (8 - n) * DAY
            session = care.book_session(client_in_care, by=clinician, starts_at=at, now=at)
            care.settle_session(session, outcome="attended", by=clinician, now=NOW)
        [reason] = today(browser)
        assert reason.sentence == "PHQ-9 total: no reliable improvement by session 6 (rule R2)"

    def test_but_not_of_somebody_below_the_cut_off(self, browser, client_in_care, clinician):
        enter(browser, client_in_care, phq9(11), START, "phq-9")
        enter(browser, client_in_care, phq9(9), LATER, "phq-9")
        for n in range(6):
            at = NOW - (8 - n) * DAY
            session = care.book_session(client_in_care, by=clinician, starts_at=at, now=at)
            care.settle_session(session, outcome="attended", by=clinician, now=NOW)
        assert today(browser) == []

    def test_a_closed_episode_asks_for_nothing(self, browser, worse):
        worse.episodes.update(closed_at=NOW)
        assert today(browser) == []

    def test_nor_does_one_before_the_one_that_is_open(self, browser, worse):
        assert [each.kind for each in today(browser)] == ["worse"]
        worse.episodes.update(closed_at=NOW)
        Episode.objects.create(practice=worse.practice, client=worse, opened_at=NOW)
        assert today(browser) == []
        enter(browser, worse, phq9(5), NOW.date(), "phq-9")
        assert today(browser) == []  # it is the first of a course that has just begun


class TestRules:
    ON = {"worse": "on", "no_gain": "on", "lost": "on", "missed": "on", "by_session": "6"}

    @pytest.fixture
    def rules(self):
        return reverse("assessments:review_rules")

    def test_the_owner_switches_one_off(self, owner, clinician, client_in_care, rules):
        browser = as_user(clinician)
        enter(browser, client_in_care, phq9(9), START, "phq-9")
        enter(browser, client_in_care, phq9(16), LATER, "phq-9")
        form = {name: value for name, value in self.ON.items() if name not in ("worse", "lost")}
        assert as_user(owner).post(rules, form).status_code == 302
        assert today(browser) == []
        assert "Deteriorated" in changes(browser, client_in_care)  # a verdict is no rule
        assert as_user(owner).post(rules, self.ON).status_code == 302
        assert len(today(browser)) == 1
        assert AuditEvent.objects.filter(action="review_rules.changed").count() == 2

    def test_a_session_that_makes_no_sense_is_refused(self, owner, rules):
        sent = as_user(owner).post(rules, self.ON | {"by_session": "1"})
        assert sent.status_code == 200
        assert "by_session" in sent.context["form"].errors

    @pytest.mark.parametrize("who", ["clinician", "supervisor"])
    def test_nobody_else_does(self, request, rules, who):
        assert as_user(request.getfixturevalue(who)).get(rules).status_code == 404


def test_the_chart_has_bands_and_limits_only_for_what_is_published(browser, joined, clinician):
    enter(browser, joined, phq9(9), START, "phq-9")
    enter(browser, joined, phq9(16), LATER, "phq-9")
    given = give(joined, "strengths-check", by=clinician, now=NOW - DAY)
    send(given.occurrences.get(), by=joined.user, now=NOW - DAY)
    lanes = {lane.code: lane for lane in page(browser, joined).context["timeline"].lanes}
    phq = lanes["phq-9-phq9_total"]
    assert len(phq.grounds) == 5
    assert {line.label for line in phq.lines} == {
        "cut-off 10",
        "reliably better from 3",
        "reliably worse from 15",
    }
    others = [lane for code, lane in lanes.items() if code.startswith("strengths")]
    assert others
    assert not any(lane.grounds or lane.lines for lane in others)


class TestMissedMeasures:
    @pytest.fixture
    def measured(self, practice, clinician):
        """Somebody who can be asked a measure, and whom a message still reaches."""
        content = core10_as_it_comes() | {"slug": "core-words", "title": "CORE with words"}
        for item in content["items"]:
            item["text"] = "How was it?"
        publish(practice, Definition(**content))
        client = join(make_client(clinician, "Ada"), by=clinician)
        clear(client, by=clinician)
        return client

    def miss(self, client, clinician, times):
        for n in range(times):
            give(client, "core-words", by=clinician, now=NOW - (9 - n) * DAY, due_in_days=1)

    def test_two_come_up(self, browser, measured, clinician):
        self.miss(measured, clinician, 2)
        [reason] = today(browser)
        assert (reason.kind, reason.sentence) == ("review", "2 measures were missed (rule R4)")
        browser.post(reason.act_url)
        assert today(browser) == []

    def test_not_those_of_an_episode_that_is_over(self, browser, measured, clinician):
        self.miss(measured, clinician, 2)
        measured.episodes.update(closed_at=NOW)
        Episode.objects.create(practice=measured.practice, client=measured, opened_at=NOW)
        assert "review" not in [reason.kind for reason in today(browser)]

    def test_one_does_not(self, browser, measured, clinician):
        self.miss(measured, clinician, 1)
        assert today(browser) == []

    def test_nobody_stands_there_twice_for_the_same(self, browser, measured, clinician):
        measured.email = ""
        measured.save(update_fields=["email"])
        self.miss(measured, clinician, 3)
        assert [reason.kind for reason in today(browser)] == ["silent"]

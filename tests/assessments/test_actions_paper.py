"""A copy filled in on paper: of the day on it, never asked for in the portal, entered once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assessments import actions, reminders, schedule
from assessments.actions.paper import WrongDay, enter_paper
from assessments.actions.respond import Unfit
from assessments.models import Alert, Assignment, Occurrence, Reminder, Response, Score
from assessments.portal import home_of
from clients.models import Episode
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import NOW, clear, give, make_client, send

from . import made

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
THEN = date(2026, 11, 3)
FILLED = {"whom": "family", "went": "yes", "far": 4, "who": "Nobody", "tired": 8}


@pytest.fixture
def version(practice):
    return made.publish(practice, made.walk())


def enter(client, version, answers=FILLED, *, by, filled_on=THEN, now=NOW, once=None):
    return enter_paper(client, version, answers, filled_on=filled_on, by=by, now=now, once=once)


class TestWhatIsStored:
    def test_a_response_of_that_day_that_counts_as_read(self, joined, clinician, version):
        response = enter(joined, version, by=clinician)
        response.refresh_from_db()
        assert (response.mode, response.filled_on) == ("paper", THEN)
        assert (response.submitted_at, response.started_at, response.created_by) == (
            NOW,
            NOW,
            clinician,
        )
        assert (response.read_at, response.read_by) == (NOW, clinician)
        assert (response.answers, response.version, response.number) == (FILLED, version, 1)
        assert response.episode == joined.episodes.get()

    def test_its_scores_are_of_midday_on_the_clients_clock(self, clinician, practice, version):
        client = make_client(clinician, zone="Asia/Tokyo")
        enter(client, version, by=clinician)
        scores = {score.scale: score for score in Score.objects.all()}
        assert (scores["tired"].value, scores["far"].value) == (8, 4)
        midday = datetime(2026, 11, 3, 3, tzinfo=UTC)
        assert {(score.taken_at, score.about) for score in scores.values()} == {(midday, "family")}

    def test_a_score_of_this_morning_does_not_lie_ahead(self, joined, clinician, version):
        enter(joined, version, by=clinician, filled_on=NOW.date())  # 10:00 on the client's clock
        assert set(Score.objects.values_list("taken_at", flat=True)) == {NOW}

    def test_an_assignment_that_is_over_and_an_occurrence_that_is_answered(
        self, joined, clinician, version
    ):
        occurrence = enter(joined, version, by=clinician).occurrence
        assignment = occurrence.assignment
        assert (assignment.assigned_at, assignment.ended_at, assignment.created_by) == (
            NOW,
            NOW,
            clinician,
        )
        assert assignment.activity == version.activity
        assert schedule.parse(assignment.schedule) == schedule.Once(due_on=None)
        assert (occurrence.answered_at, occurrence.number) == (NOW, 1)

    def test_it_is_on_record_who_entered_it(self, joined, clinician, version):
        response = enter(joined, version, by=clinician)
        event = AuditEvent.objects.get(action="response.entered")
        assert (event.actor, event.record_id, event.client_id) == (
            clinician,
            response.pk,
            joined.pk,
        )
        assert event.detail == {}
        assert not AuditEvent.objects.filter(action="response.submitted").exists()

    def test_nothing_is_asked_in_the_portal_and_nobody_is_reminded(
        self, joined, clinician, practice, version
    ):
        log = made.publish(practice, made.walk_on_a_page(as_log=True))
        planned = list(Reminder.objects.values())
        for each in (version, log):
            enter(joined, each, by=clinician)
        home = home_of(joined, now=NOW)
        assert (home.now, home.put_away, home.done) == ([], [], 0)
        assert list(Reminder.objects.values()) == planned
        reminders.plan([joined.pk], now=NOW)
        assert not Reminder.objects.planned().exists()
        with pytest.raises(actions.NotOpen):
            actions.add_entry(
                Occurrence.objects.get(assignment__activity=log.activity),
                {"went": "no"},
                number=2,
                by=joined.user,
                now=NOW,
            )

    def test_it_needs_neither_the_portal_nor_a_safety_check(self, clinician, practice):
        client = make_client(clinician, "Not Invited")
        gated = made.publish(practice, made.walk().model_copy(update={"gated": True}))
        assert enter(client, gated, by=clinician).client == client

    def test_an_instrument_without_its_words_is_entered_by_number(
        self, joined, clinician, practice
    ):
        definition = made.walk()
        items = tuple(item.model_copy(update={"text": ""}) for item in definition.items)
        skeleton = definition.model_copy(update={"items": items})
        assert not skeleton.has_text
        enter(joined, made.publish(practice, skeleton), by=clinician)
        assert Score.objects.get(scale="tired").value == 8

    def test_what_was_answered_in_the_portal_stays(self, joined, clinician, version):
        sent = send(give(joined, "patterns-check", by=clinician).occurrences.get(), by=joined.user)
        enter(joined, version, by=clinician)
        sent.refresh_from_db()
        assert (sent.mode, sent.filled_on, sent.read_at) == ("portal", None, None)


class TestWhatIsAskedNow:
    """In the portal or on paper, it is answered once."""

    @pytest.fixture
    def asked(self, joined, clinician, version):
        return give(joined, version.activity.slug, by=clinician).occurrences.get()

    def test_a_copy_answers_it_and_nobody_is_reminded(self, joined, clinician, version, asked):
        response = enter(joined, version, by=clinician, filled_on=NOW.date())
        asked.refresh_from_db()
        assert (response.occurrence, asked.answered_at, asked.withdrawn_at) == (asked, NOW, None)
        assert response.scores.count() == 2
        assert Assignment.objects.count() == 1
        reminders.plan([joined.pk], now=NOW)
        assert not Reminder.objects.planned().exists()
        assert home_of(joined, now=NOW).now == []

    def test_a_second_click_enters_nothing_twice(self, joined, clinician, version, asked):
        once = uuid7()
        entered = [
            enter(joined, version, by=clinician, filled_on=NOW.date(), once=once) for _ in range(2)
        ]
        assert entered[0] == entered[1]
        assert (Response.objects.count(), Assignment.objects.count()) == (1, 1)

    def test_nor_does_an_old_page_answer_what_was_asked_later(self, joined, clinician, version):
        once = uuid7()
        first = enter(joined, version, by=clinician, filled_on=NOW.date(), once=once)
        asked = give(joined, version.activity.slug, by=clinician).occurrences.get()
        assert enter(joined, version, by=clinician, filled_on=NOW.date(), once=once) == first
        asked.refresh_from_db()
        assert asked.answered_at is None

    def test_one_from_before_it_was_asked_does_not_answer_it(
        self, joined, clinician, version, asked
    ):
        enter(joined, version, by=clinician, filled_on=NOW.date() - DAY)
        asked.refresh_from_db()
        assert asked.answered_at is None

    def test_nor_when_the_client_has_begun_it(self, joined, clinician, version, asked):
        actions.keep(asked, {"went": "yes"}, by=joined.user, now=NOW)
        response = enter(joined, version, by=clinician, filled_on=NOW.date())
        asked.refresh_from_db()
        assert response.occurrence != asked
        assert asked.answered_at is None

    def test_of_what_is_asked_every_week_it_answers_this_weeks(self, joined, clinician, version):
        weekly = give(joined, version.activity.slug, by=clinician, times=3)
        enter(joined, version, by=clinician, filled_on=NOW.date())
        answered = [row.answered_at for row in weekly.occurrences.order_by("number")]
        assert answered == [NOW, None, None]

    def test_the_name_of_another_copy_is_refused(self, joined, clinician, version, asked):
        other = make_client(clinician, "Other")
        taken = enter(other, version, by=clinician)
        with pytest.raises(actions.AlreadySent):
            enter(joined, version, by=clinician, filled_on=NOW.date(), once=taken.pk)


class TestTheDay:
    @pytest.mark.parametrize(
        "day", [date(2026, 11, 19), date(9999, 12, 31), date(1899, 12, 31), date(1, 1, 1)]
    )
    def test_one_to_come_or_of_another_century_is_refused(self, joined, clinician, version, day):
        with pytest.raises(WrongDay):
            enter(joined, version, by=clinician, filled_on=day)
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize("day", [date(2026, 11, 18), date(1900, 1, 1)])
    def test_today_and_long_ago_are_not(self, joined, clinician, version, day):
        assert enter(joined, version, by=clinician, filled_on=day).filled_on == day

    @pytest.mark.parametrize(
        ("zone", "is_there_yet"), [("Pacific/Auckland", True), ("America/Chicago", False)]
    )
    def test_today_is_the_clients(self, clinician, version, zone, is_there_yet):
        client = make_client(clinician, zone=zone)
        evening = datetime(2026, 11, 18, 14, tzinfo=UTC)  # in Auckland the 19th has begun
        day = date(2026, 11, 19)
        if is_there_yet:
            enter(client, version, by=clinician, filled_on=day, now=evening)
            assert set(Score.objects.values_list("taken_at", flat=True)) == {evening}
        else:
            with pytest.raises(WrongDay):
                enter(client, version, by=clinician, filled_on=day, now=evening)


class TestTheAnswers:
    def test_a_paper_copy_has_gaps(self, joined, clinician, version):
        response = enter(
            joined, version, {"went": "yes", "who": "", "met": None, "far": 3}, by=clinician
        )
        assert response.answers == {"went": "yes", "far": 3}

    def test_but_something_stands_on_it(self, joined, clinician, version):
        with pytest.raises(actions.NotComplete):
            enter(joined, version, {"who": "", "went": None}, by=clinician)
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"far": 11}, "out_of_range"),
            ({"whom": "perhaps"}, "not_offered"),
            ({"why": "Rain"}, "not_asked"),  # they went
            ({"made_up": 1}, "not_asked"),
        ],
        ids=str,
    )
    def test_what_the_definition_refuses_is_refused(
        self, joined, clinician, version, wrong, reason
    ):
        with pytest.raises(Unfit) as refused:
            enter(joined, version, FILLED | wrong, by=clinician)
        assert refused.value.reasons == dict.fromkeys(wrong, reason)
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize(("dark", "kinds"), [("yes", ["critical"]), ("no", [])])
    def test_one_that_asks_for_somebody_raises_its_alert(
        self, joined, clinician, version, dark, kinds
    ):
        occurrence = enter(joined, version, FILLED | {"dark": dark}, by=clinician).occurrence
        found = Alert.objects.open().filter(occurrence=occurrence, client=joined)
        assert [(alert.kind, alert.seen_at) for alert in found] == [(kind, None) for kind in kinds]


class TestOnce:
    def test_a_second_click_enters_nothing_twice(self, joined, clinician, version):
        once = uuid7()
        first = enter(joined, version, FILLED | {"dark": "yes"}, by=clinician, once=once)
        assert enter(joined, version, FILLED, by=clinician, now=NOW + DAY, once=once) == first
        assert (Response.objects.count(), Assignment.objects.count()) == (1, 1)
        assert (Score.objects.count(), Alert.objects.count()) == (2, 1)
        assert AuditEvent.objects.filter(action="response.entered").count() == 1

    def test_without_a_name_it_is_another_copy(self, joined, clinician, version):
        for day in (THEN, THEN + DAY):
            enter(joined, version, by=clinician, filled_on=day)
        assert Response.objects.count() == 2

    def test_the_name_of_something_else_finds_nothing(self, joined, clinician, version):
        other = make_client(clinician, "Other")
        clear(other, by=clinician)
        entered = enter(other, version, by=clinician).occurrence.assignment
        for taken in (entered, give(joined, "patterns-check", by=clinician)):
            with pytest.raises(actions.AlreadySent):
                enter(joined, version, by=clinician, once=taken.pk)
        assert Response.objects.count() == 1


def test_nobody_is_entered_whose_care_has_ended(joined, clinician, version):
    joined.episodes.update(closed_at=NOW)
    with pytest.raises(Episode.DoesNotExist):
        enter(joined, version, by=clinician)

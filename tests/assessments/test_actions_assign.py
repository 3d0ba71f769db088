"""A clinician's decision, its gate and its windows."""

from datetime import date, timedelta

import pytest

from assessments import actions, schedule
from assessments.actions.assign import NoText
from assessments.models import Assignment, Occurrence, Reminder
from assessments.portal import home_of
from practice.models import AuditEvent
from tests.conftest import ENTRY, NOW, clear, give, join, make_client, send

from . import made

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GATED = ["patterns-check", "limit-plan", "limit-log"]
FREE = ["strengths-check", "limits-and-closeness"]


class TestTheGate:
    @pytest.mark.parametrize("slug", GATED)
    def test_without_a_check_nothing_gated_is_assigned(self, client_in_care, clinician, slug):
        with pytest.raises(actions.Gated, match="needs a safety check first"):
            give(client_in_care, slug, by=clinician)
        assert not Assignment.objects.exists()
        assert not Occurrence.objects.exists()

    @pytest.mark.parametrize("slug", FREE)
    def test_what_is_not_gated_needs_no_check(self, client_in_care, clinician, slug):
        assert give(client_in_care, slug, by=clinician).safety_check is None

    def test_a_hold_closes_it_even_when_acknowledged(self, client_in_care, clinician):
        clear(client_in_care, by=clinician, outcome="hold")
        with pytest.raises(actions.Gated, match="hold"):
            give(client_in_care, "limit-log", by=clinician, acknowledged=True)

    def test_a_caution_needs_its_note_to_be_acknowledged(self, client_in_care, clinician):
        check = clear(client_in_care, by=clinician, outcome="caution")
        with pytest.raises(actions.Gated, match="caution"):
            give(client_in_care, "limit-log", by=clinician)
        given = give(client_in_care, "limit-log", by=clinician, acknowledged=True)
        assert given.safety_check == check

    def test_the_newest_check_counts(self, client_in_care, clinician):
        clear(client_in_care, by=clinician, outcome="hold", now=NOW)
        newest = clear(client_in_care, by=clinician, outcome="clear", now=NOW + DAY)
        assert give(client_in_care, "limit-log", by=clinician).safety_check == newest
        clear(client_in_care, by=clinician, outcome="hold", now=NOW + 2 * DAY)
        with pytest.raises(actions.Gated):
            give(client_in_care, "limit-log", by=clinician)

    def test_the_check_of_another_client_opens_nothing(self, client_in_care, clinician):
        clear(make_client(clinician, "Other"), by=clinician)
        with pytest.raises(actions.Gated):
            give(client_in_care, "limit-log", by=clinician)


class TestAssigning:
    def test_the_windows_of_the_schedule_are_stored(self, clinician):
        client = make_client(clinician, zone="America/Chicago")
        clear(client, by=clinician)
        given = give(client, "limit-log", by=clinician, times=4)
        expected = schedule.windows(
            schedule.Weekly(starts_on=date(2026, 11, 18), times=4),
            assigned_at=NOW,
            zone=client.zone,
        )
        rows = given.occurrences.order_by("number")
        assert [(row.number, row.opens_at, row.due_at, row.expires_at) for row in rows] == [
            (w.number, w.opens_at, w.due_at, w.expires_at) for w in expected
        ]
        assert schedule.parse(given.schedule) == schedule.Weekly(
            starts_on=date(2026, 11, 18), times=4
        )

    def test_who_decided_what_and_when_is_on_record(self, joined, clinician):
        given = give(joined, "patterns-check", by=clinician)
        assert (given.created_by, given.assigned_at) == (clinician, NOW)
        assert given.episode == joined.episodes.get()
        event = AuditEvent.objects.get(action="assignment.made")
        assert (event.actor, event.record_id, event.client_id) == (clinician, given.pk, joined.pk)

    def test_the_client_will_hear_of_it(self, joined, clinician):
        give(joined, "patterns-check", by=clinician)
        reminder = Reminder.objects.get()
        assert (reminder.kind, reminder.planned_for) == ("news", NOW)

    def test_one_who_was_not_invited_hears_nothing(self, client_in_care, clinician):
        give(client_in_care, "strengths-check", by=clinician)
        assert not Reminder.objects.exists()

    @pytest.mark.parametrize("times", [1, 3, 52])
    def test_the_number_of_statements_does_not_depend_on_the_weeks(
        self, joined, clinician, times, django_assert_num_queries
    ):
        give(joined, "strengths-check", by=clinician)
        with django_assert_num_queries(32):  # three of them: never the same twice
            give(joined, "strengths-check", by=clinician, times=times)


class TestWithoutItsWords:
    """A published instrument whose text the practice has not brought."""

    @pytest.fixture
    def skeleton(self):
        definition = made.walk()
        items = tuple(
            item.model_copy(update={"text": ""}) if item.id == "tired" else item
            for item in definition.items
        )
        return definition.model_copy(update={"items": items})

    def test_it_is_assigned_to_nobody(self, joined, clinician, skeleton):
        with pytest.raises(NoText):
            made.ask(joined, skeleton, by=clinician)
        assert not Assignment.objects.exists()
        assert not Occurrence.objects.exists()

    def test_with_its_words_it_is(self, joined, clinician):
        assert made.ask(joined, made.walk(), by=clinician).client == joined


class TestEnding:
    def test_what_was_answered_stays_and_the_rest_is_withdrawn(self, joined, clinician):
        given = give(joined, "strengths-check", by=clinician, times=3)
        first = given.occurrences.get(number=1)
        send(first, by=joined.user)
        actions.end_assignment(given, by=clinician, now=NOW + DAY)
        rows = given.occurrences.order_by("number")
        assert [row.withdrawn_at for row in rows] == [None, NOW + DAY, NOW + DAY]
        given.refresh_from_db()
        assert given.ended_at == NOW + DAY
        assert given not in Assignment.objects.running()
        assert AuditEvent.objects.get(action="assignment.ended").actor == clinician

    def test_a_log_with_entries_takes_no_more_of_them(self, joined, clinician):
        given = give(joined, "limit-log", by=clinician, times=2)
        log = given.occurrences.get(number=1)
        actions.add_entry(log, ENTRY, number=1, by=joined.user, now=NOW)
        assert [task.occurrence for task in home_of(joined, now=NOW).now] == [log]
        actions.end_assignment(given, by=clinician, now=NOW + DAY)
        assert home_of(joined, now=NOW + DAY).now == []
        with pytest.raises(actions.NotOpen):
            actions.add_entry(log, ENTRY, number=2, by=joined.user, now=NOW + DAY)
        assert joined.responses.submitted().count() == 1

    def test_nobody_is_reminded_of_it_any_more(self, joined, clinician):
        given = give(joined, "strengths-check", by=clinician)
        assert Reminder.objects.planned().exists()
        actions.end_assignment(given, by=clinician, now=NOW)
        assert not Reminder.objects.planned().exists()


class TestWhatWasMissed:
    @pytest.fixture
    def missed(self, joined, clinician):
        given = give(joined, "strengths-check", by=clinician, due_in_days=1)
        return given.occurrences.get()

    def test_it_is_noted_and_can_be_forgotten(self, missed, joined, clinician):
        later = NOW + 3 * DAY
        actions.note_missed(joined, by=clinician, now=later)
        missed.refresh_from_db()
        assert missed.noted_at == later
        actions.note_missed(joined, by=clinician, now=later + DAY)
        missed.refresh_from_db()
        assert missed.noted_at == later  # the first time is the fact
        actions.forget_missed(joined, by=clinician)
        missed.refresh_from_db()
        assert missed.noted_at is None
        actions_done = AuditEvent.objects.filter(action__startswith="missed")
        assert set(actions_done.values_list("action", flat=True)) == {
            "missed.noted",
            "missed.forgotten",
        }

    def test_what_is_not_due_yet_is_not_noted(self, missed, joined, clinician):
        actions.note_missed(joined, by=clinician, now=NOW)
        missed.refresh_from_db()
        assert missed.noted_at is None

    def test_other_clients_are_left_alone(self, missed, clinician):
        other = join(make_client(clinician, "Other"), by=clinician)
        actions.note_missed(other, by=clinician, now=NOW + 3 * DAY)
        missed.refresh_from_db()
        assert missed.noted_at is None

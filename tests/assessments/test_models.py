from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from assessments.models import (
    Activity,
    ActivityDraft,
    ActivityVersion,
    Alert,
    AlertCall,
    AlertPolicy,
    Assignment,
    BackUp,
    Delivery,
    Export,
    Feedback,
    MessageWording,
    Occurrence,
    PracticePicture,
    Program,
    ProgramAssignment,
    ProgramVersion,
    Reminder,
    ReminderItem,
    Response,
    ReviewNote,
    ReviewRules,
    Score,
    SharedProgress,
    TextPermission,
)
from clients import actions as care
from tests.conftest import NOW, constraints_of, give, join, make_client, reads, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Scene:
    """One of everything, and ways to make a second one that differs in one point."""

    def __init__(self, client, clinician):
        self.client, self.clinician = client, clinician
        self.assignment = give(client, "patterns-check", by=clinician)
        self.occurrence = self.assignment.occurrences.get()
        self.response = send(self.occurrence, by=client.user)
        self.score = self.response.scores.first()
        Reminder.objects.all().delete()

    @property
    def about(self):
        return {"practice_id": self.client.practice_id, "client": self.client}

    def activity(self, **facts):
        values = {"practice_id": self.client.practice_id, "slug": "new", "kind": "exercise"}
        return Activity.objects.create(**values | facts)

    def version(self, **facts):
        version = self.response.version
        values = {
            "practice_id": version.practice_id,
            "activity": version.activity,
            "number": version.number,
            "digest": "x",
            "content": {},
            "published_at": NOW,
        }
        return ActivityVersion.objects.create(**values | facts)

    def permission(self, **facts):
        values = {
            "practice_id": self.client.practice_id,
            "version": self.response.version,
            "basis": "written",
            "holder": "The owner",
            "words": "You may.",
            "checked_on": NOW.date(),
        }
        return TextPermission.objects.create(**values | facts)

    def export(self, **facts):
        values = {
            "practice_id": self.client.practice_id,
            "created_by": self.clinician,
            "kind": "tables",
            "with_words": False,
            "asked_at": NOW,
            "file": None,
        }
        return Export.objects.create(**values | facts)

    def two_drafts_of_an_activity(self):
        for _ in range(2):
            ActivityDraft.objects.create(
                practice_id=self.client.practice_id,
                activity=self.assignment.activity,
                created_by=self.clinician,
                content={},
                saved_at=NOW,
            )

    def two_programs(self):
        for _ in range(2):
            Program.objects.create(practice_id=self.client.practice_id, slug="new")

    def two_program_versions(self):
        program = Program.objects.create(practice_id=self.client.practice_id, slug="new")
        for _ in range(2):
            ProgramVersion.objects.create(
                practice_id=self.client.practice_id,
                program=program,
                number=1,
                digest="x",
                content={},
                published_at=NOW,
            )

    def occurrence_with(self, **facts):
        values = self.about | {"assignment": self.assignment, "number": 9, "opens_at": NOW}
        return Occurrence.objects.create(**values | facts)

    def program_assignment(self, **facts):
        version = ProgramVersion.objects.filter(practice=self.client.practice_id).first()
        values = {"episode": self.assignment.episode, "version": version, "assigned_at": NOW}
        return ProgramAssignment.objects.create(**self.about | values | facts)

    def two_assignments_of_a_step(self):
        step = {"program": self.program_assignment(), "step": 0}
        for _ in range(2):
            Assignment.objects.create(
                **self.about,
                **step,
                episode=self.assignment.episode,
                activity=self.assignment.activity,
                schedule=self.assignment.schedule,
                assigned_at=NOW,
            )

    def two_occurrences_of_a_session(self):
        session = care.book_session(self.client, by=self.clinician, starts_at=NOW + DAY, now=NOW)
        self.occurrence_with(session=session)
        self.occurrence_with(session=session, number=78)

    def wording(self, **facts):
        values = {"language": "en", "channel": "email", "wording": "discreet", "kind": "news"}
        values |= {"practice_id": self.client.practice_id, "body": "{link}", "changed_at": NOW}
        return MessageWording.objects.create(**values | facts)

    def review_note(self, **facts):
        values = self.about | {"rule": "R1", "scale": "total", "up_to": NOW, "noted_at": NOW}
        values |= {"activity": self.response.version.activity}
        return ReviewNote.objects.create(**values | facts)

    def two_review_notes(self):
        self.review_note()
        self.review_note()

    def feedback(self, **facts):
        values = self.about | {"response": self.response, "words": "Well", "sent_at": NOW}
        return Feedback.objects.create(**values | facts)

    def shared(self, **facts):
        values = self.about | {"activity": self.response.version.activity, "shared_at": NOW}
        return SharedProgress.objects.create(**values | facts)

    def two_shared(self):
        self.shared()
        self.shared()

    def rules(self, **facts):
        return ReviewRules.objects.create(practice_id=self.client.practice_id, **facts)

    def two_pictures(self):
        for _time in range(2):
            PracticePicture.objects.create(practice_id=self.client.practice_id)

    def two_rules(self):
        self.rules()
        self.rules()

    def two_wordings(self):
        self.wording()
        self.wording()

    def response_with(self, **facts):
        values = self.about | {
            "episode": self.response.episode,
            "occurrence": self.occurrence,
            "version": self.response.version,
            "number": 2,
            "started_at": NOW,
            "saved_at": NOW,
        }
        return Response.objects.create(**values | facts)

    def two_drafts(self):
        self.response_with(number=2)
        self.response_with(number=3)

    def score_with(self, **facts):
        values = self.about | {
            "response": self.response,
            "scale": "another",
            "answered": 1,
            "missing": 0,
            "engine": "1",
            "taken_at": NOW,
        }
        return Score.objects.create(**values | facts)

    def alert(self, **facts):
        values = self.about | {
            "occurrence": self.occurrence,
            "kind": "talk_first",
            "raised_at": NOW,
        }
        return Alert.objects.create(**values | facts)

    def two_alerts(self, **facts):
        self.alert(**facts)
        self.alert(**facts)

    def call(self, alert=None, **facts):
        values = self.about | {
            "alert": alert or self.alert(),
            "person": self.clinician,
            "called_as": "team",
            "due_at": NOW,
            "next_at": NOW,
        }
        return AlertCall.objects.create(**values | facts)

    def two_calls(self):
        alert = self.alert()
        self.call(alert)
        self.call(alert)

    def policy(self, **facts):
        return AlertPolicy.objects.create(practice=self.client.practice, **facts)

    def stands_in(self, **facts):
        values = {"clinician": self.clinician, "back_up": self.client.user, "since": NOW}
        return BackUp.objects.create(practice=self.client.practice, **values | facts)

    def reminder(self, **facts):
        values = self.about | {"kind": "news", "planned_for": NOW}
        return Reminder.objects.create(**values | facts)

    def two_reminders(self):
        self.reminder()
        self.reminder()

    def two_items(self):
        reminder = self.reminder()
        for _ in range(2):
            ReminderItem.objects.create(
                practice_id=self.client.practice_id,
                reminder=reminder,
                occurrence=self.occurrence,
                is_nudge=False,
            )

    def delivery(self, **facts):
        values = self.about | {"channel": "email", "attempt": 1, "message_id": str(uuid4())}
        values |= {"reminder": Reminder.objects.first() or self.reminder(), "address": "a@b.c"}
        return Delivery.objects.create(**values | facts)

    def two_deliveries(self, **facts):
        self.delivery(**facts)
        self.delivery(**facts)

    def two_deliveries_of_one_message(self):
        self.delivery(message_id="<the.same@id>")
        self.delivery(message_id="<the.same@id>", attempt=2)


BROKEN = {
    "activity_slug_once": [lambda scene: scene.activity(slug="patterns-check")],
    "activity_kind_known": [lambda scene: scene.activity(kind="quiz")],
    "version_number_once": [lambda scene: scene.version()],
    "draft_one_per_activity_and_author": [lambda scene: scene.two_drafts_of_an_activity()],
    "permission_basis_known": [lambda scene: scene.permission(basis="hearsay")],
    "permission_expires_after_checked": [
        lambda scene: scene.permission(expires_on=(NOW - DAY).date())
    ],
    "program_slug_once": [lambda scene: scene.two_programs()],
    "program_version_once": [lambda scene: scene.two_program_versions()],
    "assignment_ended_after_assigned": [
        lambda scene: Assignment.objects.update(ended_at=NOW - DAY)
    ],
    "assignment_scheduled_after_assigned": [
        lambda scene: Assignment.objects.update(scheduled_at=NOW - DAY)
    ],
    "assignment_step_of_a_program": [
        lambda scene: Assignment.objects.update(step=0),
        lambda scene: Assignment.objects.update(program=scene.program_assignment()),
    ],
    "assignment_step_once": [lambda scene: scene.two_assignments_of_a_step()],
    "program_assignment_ended_after": [lambda scene: scene.program_assignment(ended_at=NOW - DAY)],
    "occurrence_once_per_session": [lambda scene: scene.two_occurrences_of_a_session()],
    "occurrence_reminder_asked_by": [
        lambda scene: scene.occurrence_with(remind_at=NOW),
        lambda scene: scene.occurrence_with(remind_by=scene.clinician),
    ],
    "occurrence_number_once": [lambda scene: scene.occurrence_with(number=1)],
    "occurrence_due_after_opens": [lambda scene: scene.occurrence_with(due_at=NOW - DAY)],
    "occurrence_expires_after_opens": [
        lambda scene: scene.occurrence_with(expires_at=NOW - DAY),
        lambda scene: scene.occurrence_with(expires_at=NOW),
    ],
    "response_once": [lambda scene: scene.response_with(number=1)],
    "response_one_draft": [lambda scene: scene.two_drafts()],
    "response_paper_has_its_day": [
        lambda scene: scene.response_with(mode="paper", submitted_at=NOW),
        lambda scene: scene.response_with(mode="paper", filled_on=NOW.date()),
        lambda scene: scene.response_with(filled_on=NOW.date()),
        lambda scene: scene.response_with(mode="fax"),
    ],
    "response_private_or_sent": [
        lambda scene: scene.response_with(kept_to_self_at=NOW, submitted_at=NOW),
        lambda scene: scene.response_with(kept_to_self_at=NOW, brought_at=NOW),
    ],
    "response_finished_is_private": [
        lambda scene: scene.response_with(finished_at=NOW, kept_to_self_at=NOW),
        lambda scene: scene.response_with(finished_at=NOW, number=None),
        lambda scene: scene.response_with(number=None),
    ],
    "response_shown_after_submitted": [lambda scene: scene.response_with(shown_at=NOW)],
    "response_read_after_submitted": [lambda scene: scene.response_with(read_at=NOW)],
    "score_once_per_scale": [lambda scene: scene.score_with(scale=scene.score.scale)],
    "score_never_from_nothing": [lambda scene: scene.score_with(value=Decimal(0), answered=0)],
    "alert_one_open_per_kind": [lambda scene: scene.two_alerts()],
    "alert_one_open_of_a_client": [lambda scene: scene.two_alerts(occurrence=None)],
    "alert_acted_on_by_somebody": [
        lambda scene: scene.alert(acted="phoned", acted_at=NOW),
        lambda scene: scene.alert(acted_by=scene.clinician),
        lambda scene: scene.alert(acted="sang", acted_at=NOW, acted_by=scene.clinician),
        lambda scene: scene.alert(acted="met", acted_at=NOW - DAY, acted_by=scene.clinician),
    ],
    "alert_call_once": [lambda scene: scene.two_calls()],
    "alert_call_ended_with_outcome": [
        lambda scene: scene.call(ended_at=NOW),
        lambda scene: scene.call(outcome="sent", began_at=NOW),
        lambda scene: scene.call(ended_at=NOW, outcome="eaten"),
    ],
    "alert_call_sent_after_it_began": [lambda scene: scene.call(ended_at=NOW, outcome="sent")],
    "alert_call_claim_has_lease": [
        lambda scene: scene.call(claim=uuid4()),
        lambda scene: scene.call(lease_until=NOW),
    ],
    "alert_policy_one": [lambda scene: (scene.policy(), scene.policy())],
    "alert_policy_sane": [
        lambda scene: scene.policy(urgent_back_up=0),
        lambda scene: scene.policy(urgent_back_up=31),
        lambda scene: scene.policy(back_up=481),
        lambda scene: scene.policy(owner=7 * 24 * 60 + 1),
    ],
    "back_up_one": [lambda scene: (scene.stands_in(), scene.stands_in())],
    "back_up_never_themselves": [lambda scene: scene.stands_in(back_up=scene.clinician)],
    "back_up_ended_later": [lambda scene: scene.stands_in(ended_at=NOW - DAY)],
    "alert_closed_by_somebody": [
        lambda scene: scene.alert(closed_at=NOW),
        lambda scene: scene.alert(closed_at=NOW - DAY, closed_by=scene.clinician),
    ],
    "reminder_one_planned": [lambda scene: scene.two_reminders()],
    "reminder_settled_with_outcome": [
        lambda scene: scene.reminder(settled_at=NOW),
        lambda scene: scene.reminder(outcome="sent"),
        lambda scene: scene.reminder(settled_at=NOW, outcome="eaten"),
    ],
    "reminder_claim_has_lease": [
        lambda scene: scene.reminder(claim=uuid4()),
        lambda scene: scene.reminder(lease_until=NOW),
    ],
    "reminder_item_once": [lambda scene: scene.two_items()],
    "delivery_by_message": [lambda scene: scene.two_deliveries_of_one_message()],
    "delivery_once_per_attempt": [lambda scene: scene.two_deliveries()],
    "delivery_ended_with_outcome": [
        lambda scene: scene.delivery(ended_at=NOW, began_at=NOW),
        lambda scene: scene.delivery(outcome="sent"),
        lambda scene: scene.delivery(ended_at=NOW, outcome="sent"),
        lambda scene: scene.delivery(began_at=NOW, ended_at=NOW, outcome="eaten"),
    ],
    "delivery_final_when_failed": [
        lambda scene: scene.delivery(is_final=True),
        lambda scene: scene.delivery(began_at=NOW, ended_at=NOW, outcome="sent", is_final=True),
    ],
    "export_kind_known": [lambda scene: scene.export(kind="other")],
    "export_until_after_from": [
        lambda scene: scene.export(from_day=NOW.date(), until_day=(NOW - DAY).date())
    ],
    "export_claim_has_lease": [
        lambda scene: scene.export(claim=uuid4()),
        lambda scene: scene.export(lease_until=NOW),
        lambda scene: scene.export(claim=uuid4(), lease_until=NOW, done_at=NOW, emptied_at=NOW),
    ],
    "export_failed_says_why": [
        lambda scene: scene.export(failed_at=NOW),
        lambda scene: scene.export(why="broke"),
        lambda scene: scene.export(failed_at=NOW, why="other"),
        lambda scene: scene.export(failed_at=NOW, why="broke", done_at=NOW, file=b"x"),
    ],
    "export_done_within_total": [lambda scene: scene.export(done=2, total=1)],
    "export_file_while_kept": [
        lambda scene: scene.export(file=b"x"),
        lambda scene: scene.export(done_at=NOW),
        lambda scene: scene.export(file=b"x", done_at=NOW, emptied_at=NOW),
    ],
    "feedback_seen_after_sent": [lambda scene: scene.feedback(seen_at=NOW - DAY)],
    "response_discussed_after_submitted": [
        lambda scene: scene.response_with(discussed_at=NOW),
    ],
    "response_brought_after_begun": [
        lambda scene: scene.response_with(brought_at=NOW - DAY),
    ],
    "shared_progress_once": [lambda scene: scene.two_shared()],
    "shared_progress_taken_back_later": [lambda scene: scene.shared(taken_back_at=NOW - DAY)],
    "review_note_once": [lambda scene: scene.two_review_notes()],
    "review_note_rule_known": [lambda scene: scene.review_note(rule="R9")],
    "review_note_taken_back_later": [lambda scene: scene.review_note(taken_back_at=NOW - DAY)],
    "practice_picture_one": [lambda scene: scene.two_pictures()],
    "review_rules_one": [lambda scene: scene.two_rules()],
    "review_rules_session_sane": [
        lambda scene: scene.rules(by_session=1),
        lambda scene: scene.rules(by_session=51),
    ],
    "message_wording_one": [lambda scene: scene.two_wordings()],
    "message_wording_subject_of_mail": [
        lambda scene: scene.wording(channel="sms", subject="Trellis")
    ],
}


@pytest.fixture
def scene(joined, clinician):
    return Scene(joined, clinician)


def test_each_constraint_of_this_app_is_provoked_here():
    assert set(BROKEN) == constraints_of("assessments")


@pytest.mark.parametrize(
    ("name", "breaking"), [(name, each) for name, tries in BROKEN.items() for each in tries]
)
def test_the_database_refuses(name, breaking, scene):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        breaking(scene)


class TestWhatDoesNotChange:
    @pytest.mark.parametrize(
        "change",
        [
            lambda rows: rows.update(content={}),
            lambda rows: rows.update(number=99),
            lambda rows: rows.update(published_at=NOW),
            lambda rows: rows.delete(),
        ],
        ids=["content", "number", "date", "delete"],
    )
    def test_a_published_version(self, practice, change):
        # A version nothing points at: the trigger refuses, not a foreign key.
        rows = ActivityVersion.objects.filter(activity__slug="limits-and-closeness")
        assert rows.count() == 1
        with pytest.raises(IntegrityError, match="these rows do not change"), transaction.atomic():
            change(rows)

    def test_a_published_program(self, practice):
        rows = ProgramVersion.objects.filter(program__slug="limits-first")
        assert rows.count() == 1
        with pytest.raises(IntegrityError, match="these rows do not change"), transaction.atomic():
            rows.update(content={})

    def test_a_permission(self, scene):
        scene.permission()
        with pytest.raises(IntegrityError, match="these rows do not change"), transaction.atomic():
            TextPermission.objects.update(words="You may do more.")

    def test_a_score_and_how_a_response_came_in(self, scene):
        for model, facts in ((Score, {"value": 1}), (Response, {"mode": "paper"})):
            rows = model.objects.filter(client=scene.client)
            with (
                pytest.raises(IntegrityError, match="these rows do not change"),
                transaction.atomic(),
            ):
                rows.update(**facts)

    @pytest.mark.parametrize(
        "field", ["answers", "submitted_at", "version", "occurrence", "client"]
    )
    def test_a_submitted_response(self, scene, clinician, field):
        other = {
            "answers": {"giving_1": 0},
            "submitted_at": None,
            "version": ActivityVersion.objects.exclude(pk=scene.response.version_id).first(),
            "occurrence": scene.occurrence_with(),
            "client": make_client(clinician, "Other"),
        }
        setattr(scene.response, field, other[field])
        with pytest.raises(IntegrityError, match="these rows do not change"), transaction.atomic():
            scene.response.save(update_fields=[field])

    def test_a_submitted_response_can_be_read(self, scene, clinician):
        Response.objects.filter(pk=scene.response.pk).update(read_at=NOW, read_by=clinician)
        scene.response.refresh_from_db()
        assert (scene.response.read_at, scene.response.read_by) == (NOW, clinician)

    def test_a_draft_can_be_changed(self, scene):
        draft = scene.response_with()
        draft.answers = {"giving_1": 4}
        draft.save(update_fields=["answers"])
        draft.refresh_from_db()
        assert draft.answers == {"giving_1": 4}


class TestWhose:
    def test_rows_are_read_by_those_who_may_read_the_client(
        self, scene, clinician, colleague, supervisor, owner, stranger
    ):
        scene.alert()
        scene.reminder()
        reads(supervisor, scene.client)
        readers = [clinician, supervisor]
        others = [colleague, owner, stranger, scene.client.user]
        for model in (Assignment, Occurrence, Response, Score, Alert, Reminder):
            assert [model.objects.of(user).exists() for user in readers] == [True, True]
            assert [model.objects.of(user).exists() for user in others] == [False] * 4

    def test_a_draft_belongs_to_the_client_alone(self, scene, clinician, supervisor):
        draft = scene.response_with()
        reads(supervisor, scene.client)
        assert draft not in Response.objects.of(clinician)
        assert draft not in Response.objects.of(supervisor)
        assert draft in Response.objects.mine(scene.client.user)

    def test_what_is_mine_is_mine_alone(self, scene, clinician):
        other = join(make_client(clinician, "Other"), by=clinician)
        for model in (Occurrence, Response):
            assert model.objects.mine(scene.client.user).count() == 1
            assert not model.objects.mine(other.user).exists()
            assert not model.objects.mine(clinician).exists()

    def test_a_library_belongs_to_its_practice(self, scene, clinician, stranger):
        for model in (Activity, ActivityVersion, Program, ProgramVersion):
            mine, theirs = model.objects.of(clinician), model.objects.of(stranger)
            assert mine.count() == theirs.count() > 1
            assert not set(mine) & set(theirs)


class TestWhatIsOpen:
    @pytest.mark.parametrize(
        ("facts", "is_open"),
        [
            ({}, True),
            ({"opens_at": NOW + DAY}, False),
            ({"expires_at": NOW + DAY}, True),
            ({"opens_at": NOW - DAY, "expires_at": NOW}, False),
            ({"opens_at": NOW - DAY, "expires_at": NOW, "touched_at": NOW - DAY}, False),
            ({"opens_at": NOW - DAY, "expires_at": NOW, "touched_at": NOW}, True),
            ({"touched_at": NOW - 3 * DAY, "expires_at": NOW + DAY}, True),
            ({"withdrawn_at": NOW}, False),
            ({"answered_at": NOW}, True),
            ({"put_away_at": NOW}, True),
        ],
        ids=str,
    )
    def test_the_row_and_the_query_say_the_same(self, scene, facts, is_open):
        row = scene.occurrence_with(**facts)
        assert row.is_open(NOW) is is_open
        assert Occurrence.objects.open(NOW).filter(pk=row.pk).exists() is is_open

    @pytest.mark.parametrize(
        ("facts", "missed"),
        [
            ({"due_at": NOW - DAY}, True),
            ({"due_at": NOW - DAY, "expires_at": NOW - timedelta(hours=1)}, True),
            ({"due_at": NOW}, False),
            ({"due_at": None}, False),
            ({"due_at": NOW - DAY, "answered_at": NOW}, False),
            ({"due_at": NOW - DAY, "withdrawn_at": NOW}, False),
        ],
        ids=str,
    )
    def test_missed_is_due_and_not_answered(self, scene, facts, missed):
        row = scene.occurrence_with(opens_at=NOW - 2 * DAY, **facts)
        assert Occurrence.objects.missed(NOW).filter(pk=row.pk).exists() is missed


def test_equal_content_is_parsed_once_whoever_holds_it(practice, stranger):
    one, other = ActivityVersion.objects.filter(activity__slug="patterns-check")
    assert one.practice != other.practice
    assert one.definition is other.definition

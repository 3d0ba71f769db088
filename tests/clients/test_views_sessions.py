"""Sessions that move, and episodes of care that end."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments.models import Assignment, Occurrence, Reminder
from clients import actions
from tests.conftest import NOW, as_user, give, make_client, reads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)


def page(name, *args):
    return reverse(f"clients:{name}", args=args)


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


class TestMovingASession:
    WHEN = {"day": "2026-12-03", "at": "16:30", "minutes": "80"}

    @pytest.fixture
    def session(self, client_in_care, clinician):
        return actions.book_session(client_in_care, by=clinician, starts_at=NOW + 2 * DAY, now=NOW)

    def move(self, session, user, **changes):
        url = page("session_move", session.client_id, session.pk)
        return as_user(user).post(url, self.WHEN | changes)

    def test_the_form_begins_with_when_it_is(self, session, clinician):
        url = page("session_move", session.client_id, session.pk)
        response = as_user(clinician).get(url)
        text = response.content.decode()
        assert 'value="2026-11-20"' in text
        assert 'value="11:00"' in text  # in Berlin
        assert "What is asked before or after it moves along." in text

    def test_it_moves(self, session, clinician):
        response = self.move(session, clinician)
        assert response.url == page("sessions", session.client_id)
        session.refresh_from_db()
        assert session.starts_at == NOW.replace(month=12, day=3, hour=15, minute=30)
        assert session.minutes == 80

    def test_a_time_that_is_taken_is_said_at_the_field(self, session, clinician, client_in_care):
        other = NOW.replace(month=12, day=3, hour=15, minute=30)
        actions.book_session(client_in_care, by=clinician, starts_at=other, now=NOW)
        response = self.move(session, clinician)
        assert errors(response) == {"at": ["There is a session at this time already."]}
        session.refresh_from_db()
        assert session.starts_at == NOW + 2 * DAY

    def test_to_where_it_is_already(self, session, clinician):
        response = self.move(session, clinician, day="2026-11-20", at="11:00", minutes="50")
        assert response.status_code == 302

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"day": "9999-12-31"}, "day"), ({"at": "26:00"}, "at"), ({"minutes": "4"}, "minutes")],
    )
    def test_a_wrong_input_moves_nothing(self, session, clinician, wrong, field):
        assert list(errors(self.move(session, clinician, **wrong))) == [field]
        session.refresh_from_db()
        assert session.starts_at == NOW + 2 * DAY

    @pytest.mark.parametrize("outcome", ["attended", "missed", "cancelled"])
    def test_what_is_over_stays_where_it_was(self, session, clinician, outcome):
        actions.settle_session(session, outcome=outcome, by=clinician, now=NOW)
        assert self.move(session, clinician).status_code == 404

    def test_only_the_care_team_moves_it(
        self, session, colleague, supervisor, stranger, client_in_care, clinician
    ):
        for person in (colleague, supervisor, stranger):
            assert self.move(session, person).status_code == 404
        session.client = make_client(clinician, "Other")
        assert self.move(session, clinician).status_code == 404

    def test_the_list_leads_there(self, session, clinician, supervisor):
        url = page("session_move", session.client_id, session.pk)
        there = page("sessions", session.client_id)
        assert url in as_user(clinician).get(there).content.decode()
        reads(supervisor, session.client)
        read = as_user(supervisor).get(there)
        assert read.status_code == 200
        assert url not in read.content.decode()


class TestClosingAnEpisode:
    def close(self, client, user, **form):
        return as_user(user).post(page("episode_close", client.pk), {"reason": "Done"} | form)

    def test_it_is_asked_once_and_says_what_happens(self, joined, clinician):
        text = as_user(clinician).get(page("episode_close", joined.pk)).content.decode()
        assert "Nothing is asked of them any more" in text
        assert "No message leaves" in text
        assert joined.episodes.get().closed_at is None

    def test_nothing_is_asked_any_more_and_no_message_leaves(self, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        assert self.close(joined, clinician).url == page("record", joined.pk)
        episode = joined.episodes.get()
        assert episode.closed_at is not None
        assert episode.close_reason == "Done"
        assert not Assignment.objects.running().exists()
        assert not Occurrence.objects.waiting().exists()
        assert not Reminder.objects.planned().exists()

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
    def test_it_needs_a_reason_of_a_line(self, joined, clinician, reason):
        assert list(errors(self.close(joined, clinician, reason=reason))) == ["reason"]
        assert joined.episodes.get().closed_at is None

    def test_twice_is_once(self, joined, clinician):
        self.close(joined, clinician)
        closed_at = joined.episodes.get().closed_at
        assert self.close(joined, clinician).url == page("record", joined.pk)
        assert joined.episodes.get().closed_at == closed_at
        response = as_user(clinician).get(page("episode_close", joined.pk))
        assert response.url == page("record", joined.pk)

    def test_only_the_care_team_closes_it(self, joined, colleague, supervisor, stranger):
        for person in (colleague, supervisor, stranger, joined.user):
            assert self.close(joined, person).status_code == 404
        assert joined.episodes.get().closed_at is None

    def test_the_record_leads_there_while_it_is_open(self, joined, clinician, supervisor):
        url, record = page("episode_close", joined.pk), page("record", joined.pk)
        assert url in as_user(clinician).get(record).content.decode()
        reads(supervisor, joined)
        read = as_user(supervisor).get(record)
        assert read.status_code == 200
        assert url not in read.content.decode()
        self.close(joined, clinician)
        assert url not in as_user(clinician).get(record).content.decode()

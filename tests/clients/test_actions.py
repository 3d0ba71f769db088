"""Verbs about people in care; how the pages call them is in test_views_*."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from assessments.models import Reminder
from clients import actions
from clients.models import PortalLink, SafeContact
from practice.models import AuditEvent, User
from tests.conftest import NOW, WHOLE_DAY, join, make_client

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def happened(client):
    events = AuditEvent.objects.filter(client_id=client.pk).order_by("number")
    return list(events.values_list("action", flat=True))


class TestTakingSomebodyIntoCare:
    def test_all_that_care_needs_is_there_at_once(self, clinician):
        client = make_client(clinician, email=" Sam@Mail.EXAMPLE ")
        assert client.email == "sam@mail.example"
        member = client.care_team.get()
        assert (member.clinician, member.is_primary, member.since) == (clinician, True, NOW)
        assert client.episodes.get().opened_at == NOW
        assert client.safe_contacts.get().confirmed_at == NOW
        assert (client.user, client.invited_at) == (None, None)
        assert happened(client) == ["client.added"]

    def test_nothing_is_sent_to_them(self, client_in_care):
        assert not Reminder.objects.exists()
        assert mail.outbox == []

    def test_nothing_is_left_of_one_who_could_not_be_added(self, clinician):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_client(clinician, contact={"hours_from": time(20), "hours_until": time(9)})
        assert not SafeContact.objects.exists()
        assert not AuditEvent.objects.filter(action="client.added").exists()


class TestHowTheyMayBeReached:
    def test_a_new_word_replaces_the_old_one_which_stays_as_history(
        self, client_in_care, clinician
    ):
        later = NOW + DAY
        old = client_in_care.safe_contacts.get()
        new = actions.confirm_contact(
            client_in_care, by=clinician, now=later, **WHOLE_DAY | {"most_reminders": 0}
        )
        old.refresh_from_db()
        assert (old.replaced_at, old.most_reminders) == (later, 2)
        assert list(client_in_care.safe_contacts.current()) == [new]
        assert happened(client_in_care)[-1] == "contact.confirmed"

    def test_stopping_messages_keeps_everything_else(self, client_in_care, clinician):
        said = {
            "weekdays": [2, 4],
            "hours_from": time(10),
            "hours_until": time(11),
            "wording": "plain",
            "most_reminders": 1,
            "spacing_days": 5,
            "first_days": -1,
            "paused_from": date(2026, 12, 20),
            "others_see_device": "My partner, at night",
            "paused_until": date(2026, 12, 24),
        }
        actions.confirm_contact(
            client_in_care,
            by=clinician,
            now=NOW + DAY,
            **{"channel": "email", "then_channels": ["sms"]} | said,
        )
        stopped = actions.stop_messages(client_in_care, by=None, now=NOW + 2 * DAY)
        assert (stopped.channel, stopped.then_channels) == ("none", [])
        assert {name: getattr(stopped, name) for name in said} == said

    def test_stopping_takes_back_what_was_planned(self, client_in_care, clinician):
        actions.invite(client_in_care, by=clinician, now=NOW)
        assert Reminder.objects.planned().count() == 1
        actions.stop_messages(client_in_care, by=None, now=NOW)
        assert not Reminder.objects.exists()

    def test_an_invitation_waits_for_the_hours_that_are_safe(self, clinician):
        client = make_client(
            clinician,
            zone="America/Chicago",
            contact={"hours_from": time(18), "hours_until": time(20)},
        )
        actions.invite(client, by=clinician, now=NOW)
        planned = Reminder.objects.get()
        assert planned.kind == "invitation"
        assert planned.planned_for.astimezone(client.zone).timetz().hour == 18
        assert happened(client)[-1] == "client.invited"

    def test_a_hold_takes_back_what_was_planned(self, client_in_care, clinician):
        actions.invite(client_in_care, by=clinician, now=NOW)
        actions.record_safety_check(
            client_in_care, by=clinician, outcome="hold", note="why", now=NOW
        )
        assert not Reminder.objects.planned().exists()
        actions.record_safety_check(
            client_in_care, by=clinician, outcome="clear", note="", now=NOW + DAY
        )
        assert Reminder.objects.planned().count() == 1


class TestSessions:
    def test_one_is_booked_in_the_open_episode(self, client_in_care, clinician):
        session = actions.book_session(
            client_in_care, by=clinician, starts_at=NOW, minutes=30, now=NOW
        )
        assert session.episode == client_in_care.episodes.get()
        assert (session.clinician, session.minutes, session.outcome) == (clinician, 30, "to_come")

    def test_saying_again_what_became_of_it_corrects_it(self, client_in_care, clinician):
        session = actions.book_session(client_in_care, by=clinician, starts_at=NOW, now=NOW)
        for outcome in ("missed", "attended"):
            actions.settle_session(session, outcome=outcome, by=clinician, now=NOW + DAY)
        session.refresh_from_db()
        assert (session.outcome, session.missed_at) == ("attended", None)
        assert happened(client_in_care)[-2:] == ["session.missed", "session.attended"]


class TestLinks:
    def test_an_invitation_lives_for_days_and_a_later_link_for_an_hour(self, client_in_care):
        assert actions.link_life(client_in_care) == 14 * DAY
        client_in_care.user_id, client_in_care.personal_code = client_in_care.pk, "hashed"
        assert actions.link_life(client_in_care) == timedelta(hours=1)

    def test_a_newer_link_kills_the_older_one(self, client_in_care):
        old = actions.issue_links([client_in_care], now=NOW)[client_in_care.pk]
        new = actions.issue_links([client_in_care], now=NOW + DAY)[client_in_care.pk]
        assert not PortalLink.objects.by_token(old).get().is_live(NOW + DAY)
        assert PortalLink.objects.by_token(new).get().is_live(NOW + DAY)

    @pytest.mark.parametrize("clients", [1, 3])
    def test_links_are_issued_for_many_at_once(self, clinician, clients, django_assert_num_queries):
        rows = [make_client(clinician, f"Client {n}") for n in range(clients)]
        with django_assert_num_queries(2):
            tokens = actions.issue_links(rows, now=NOW)
        assert len(set(tokens.values())) == clients

    def link(self, client):
        token = actions.issue_links([client], now=NOW)[client.pk]
        return PortalLink.objects.by_token(token).select_related("client__user").get()

    def test_joining_makes_an_account_without_a_name_or_a_password(self, client_in_care):
        user = actions.accept_invitation(self.link(client_in_care), code="2580", now=NOW)
        client_in_care.refresh_from_db()
        assert client_in_care.user == user
        assert (user.email, user.name, user.roles) == (client_in_care.email, "", frozenset())
        assert not user.has_usable_password()
        assert "2580" not in client_in_care.personal_code
        assert happened(client_in_care)[-1] == "client.joined"

    def test_two_tabs_join_once(self, client_in_care):
        link = self.link(client_in_care)
        other_tab = PortalLink.objects.select_related("client").get(pk=link.pk)
        assert actions.accept_invitation(link, code="2580", now=NOW) is not None
        assert actions.accept_invitation(other_tab, code="1379", now=NOW) is None
        assert User.objects.filter(email=client_in_care.email).count() == 1

    def test_an_address_that_signs_in_already_spends_no_link(self, clinician):
        client = make_client(clinician, email=clinician.email)
        link = self.link(client)
        assert actions.accept_invitation(link, code="2580", now=NOW) is None
        link.refresh_from_db()
        assert link.used_at is None

    def test_two_tabs_open_a_link_once(self, joined):
        link = self.link(joined)
        assert actions.open_link(link, code="2580", now=NOW) == joined.user
        assert actions.open_link(link, code="2580", now=NOW) is None

    def test_wrong_codes_are_counted_up_to_five(self, joined):
        link = self.link(joined)
        for _ in range(7):
            assert actions.open_link(link, code="0000", now=NOW) is None
        link.refresh_from_db()
        assert link.wrong_codes == 5
        assert actions.open_link(link, code="2580", now=NOW) is None
        assert happened(joined).count("link.wrong_code") == 7

    def test_a_client_who_never_set_a_code_is_opened_by_none(self, client_in_care, clinician):
        join(client_in_care, by=clinician)
        client_in_care.personal_code = ""
        client_in_care.save(update_fields=["personal_code"])
        assert actions.open_link(self.link(client_in_care), code="", now=NOW) is None

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from clients.models import (
    Absence,
    AddressChange,
    CareTeam,
    ChannelStop,
    Client,
    Consent,
    ConsentWording,
    Cover,
    EmergencyOpening,
    Episode,
    ErasureRequest,
    LegalHold,
    OwnPlan,
    PortalLink,
    ReminderPolicy,
    RetentionNotice,
    RetentionPolicy,
    SafeContact,
    SafetyCheck,
    SafetyPolicy,
    Session,
    SupervisionReason,
)
from clients.models.portal import client_id_to_stop, hash_of, stop_token
from practice.models import User
from tests.conftest import NOW, constraints_of, make_client, reads, without_trigger

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def about(client, **facts):
    return {"practice_id": client.practice_id, "client": client} | facts


def team(client, clinician, **facts):
    return CareTeam.objects.create(**about(client, clinician=clinician, since=NOW) | facts)


def contact(client, **facts):
    values = about(client, channel="email", confirmed_at=NOW, replaced_at=NOW) | facts
    return SafeContact.objects.create(**values)


def stop(client, **facts):
    values = about(client, channel="sms", why="bounced", stopped_at=NOW) | facts
    return ChannelStop.objects.create(**values)


def two_stops(client):
    stop(client)
    stop(client)


def policy(client, **facts):
    return ReminderPolicy.objects.create(practice_id=client.practice_id, **facts)


def two_policies(client):
    policy(client)
    policy(client)


def session(client, clinician, **facts):
    values = about(client, episode=client.episodes.get(), clinician=clinician, starts_at=NOW)
    return Session.objects.create(**values | facts)


def at_one_time(client, clinician):
    session(client, clinician)
    session(client, clinician)


def absence(clinician, **facts):
    values = {"practice": clinician.practice, "starts_at": NOW, "ends_at": NOW + DAY}
    return Absence.objects.create(clinician=clinician, **values | facts)


def two_covers(clinician, other, client):
    away = absence(clinician)
    for _ in range(2):
        Cover.objects.create(
            practice=clinician.practice, absence=away, client=client, covering=other
        )


def reason(client, by, **facts):
    values = about(client, why="session", given_at=NOW, until_at=NOW + DAY, created_by=by)
    return SupervisionReason.objects.create(**values | facts)


def wording(client, **facts):
    values = {"kind": "care", "number": 7, "words": "Yes?", "published_at": NOW}
    return ConsentWording.objects.create(practice_id=client.practice_id, **values | facts)


def consent(client, number=7, **facts):
    values = about(client, kind="care", wording=wording(client, number=number), agreed_at=NOW)
    return Consent.objects.create(**values | facts)


def two_consents(client):
    consent(client)
    consent(client, number=8)


def address(client, **facts):
    values = about(client, email="new@client.example", asked_at=NOW) | facts
    return AddressChange.objects.create(**values)


def two_addresses(client):
    address(client)
    address(client)


def safety_policy(client, **facts):
    return SafetyPolicy.objects.create(practice_id=client.practice_id, **facts)


def two_safety_policies(client):
    safety_policy(client)
    safety_policy(client)


def retention(client, **facts):
    return RetentionPolicy.objects.create(practice_id=client.practice_id, **facts)


def two_retentions(client):
    retention(client)
    retention(client)


def held(client, **facts):
    return LegalHold.objects.create(**about(client, reason="A claim", since=NOW) | facts)


def two_holds(client):
    held(client)
    held(client)


def to_erase(client, **facts):
    return ErasureRequest.objects.create(**about(client, why="wish", asked_at=NOW) | facts)


def two_requests(client):
    to_erase(client)
    to_erase(client)


def noticed(client, **facts):
    values = about(client, stage="week", due_on=NOW.date(), told_at=NOW)
    return RetentionNotice.objects.create(**values | facts)


def two_notices(client):
    noticed(client)
    noticed(client)


def emergency(client, by, *, hours):
    EmergencyOpening.objects.create(
        practice_id=client.practice_id,
        client=client,
        created_by=by,
        opened_at=NOW,
        until_at=NOW + timedelta(hours=hours),
    )


BROKEN = {
    "emergency_of_somebody_for_an_hour": [
        lambda c, by, other: emergency(c, by, hours=2),
        lambda c, by, other: emergency(c, by, hours=0),
        lambda c, by, other: emergency(c, None, hours=1),
    ],
    "retention_policy_one": [lambda c, by, other: two_retentions(c)],
    "retention_policy_sane": [
        lambda c, by, other: retention(c, years=0),
        lambda c, by, other: retention(c, years=101),
        lambda c, by, other: retention(c, grace_days=366),
    ],
    "legal_hold_one": [lambda c, by, other: two_holds(c)],
    "legal_hold_lifted_by_somebody": [
        lambda c, by, other: held(c, lifted_at=NOW),
        lambda c, by, other: held(c, lifted_at=NOW - DAY, lifted_by=by),
        lambda c, by, other: held(c, lifted_by=by),
    ],
    "erasure_request_one": [lambda c, by, other: two_requests(c)],
    "erasure_request_why_known": [lambda c, by, other: to_erase(c, why="whim")],
    "erasure_request_taken_back_later": [lambda c, by, other: to_erase(c, taken_back_at=NOW - DAY)],
    "retention_notice_once": [lambda c, by, other: two_notices(c)],
    "retention_notice_stage_known": [lambda c, by, other: noticed(c, stage="soon")],
    "address_change_one_open": [lambda c, by, other: two_addresses(c)],
    "address_change_one_end": [
        lambda c, by, other: address(c, taken_back_at=NOW, confirmed_at=NOW),
        lambda c, by, other: address(c, taken_back_at=NOW, declined_at=NOW),
        lambda c, by, other: address(c, confirmed_at=NOW, declined_at=NOW),
    ],
    "safety_policy_one": [lambda c, by, other: two_safety_policies(c)],
    "safety_policy_weeks_sane": [
        lambda c, by, other: safety_policy(c, contact_weeks=0),
        lambda c, by, other: safety_policy(c, contact_weeks=26),
        lambda c, by, other: safety_policy(c, check_weeks=53),
    ],
    "care_team_once_per_clinician": [lambda c, by, other: team(c, by, is_primary=False)],
    "care_team_one_primary": [lambda c, by, other: team(c, other)],
    "care_team_until_after_since": [
        lambda c, by, other: team(c, other, is_primary=False, until=NOW - DAY)
    ],
    "episode_one_open": [lambda c, by, other: Episode.objects.create(**about(c, opened_at=NOW))],
    "episode_closed_after_opened": [
        lambda c, by, other: Episode.objects.create(**about(c, opened_at=NOW, closed_at=NOW - DAY))
    ],
    "safe_contact_one": [lambda c, by, other: contact(c, replaced_at=None)],
    "safe_contact_hours_in_order": [
        lambda c, by, other: contact(c, hours_from=time(20), hours_until=time(9)),
        lambda c, by, other: contact(c, hours_from=time(9), hours_until=time(9)),
    ],
    "safe_contact_weekdays_iso": [
        lambda c, by, other: contact(c, weekdays=[0]),
        lambda c, by, other: contact(c, weekdays=[1, 8]),
    ],
    "safe_contact_channel_known": [lambda c, by, other: contact(c, channel="pigeon")],
    "safe_contact_policy_sane": [
        lambda c, by, other: contact(c, most_reminders=6),
        lambda c, by, other: contact(c, spacing_days=0),
        lambda c, by, other: contact(c, spacing_days=31),
        lambda c, by, other: contact(c, first_days=-8),
        lambda c, by, other: contact(c, first_days=8),
    ],
    "safe_contact_then_known": [
        lambda c, by, other: contact(c, then_channels=["pigeon"]),
        lambda c, by, other: contact(c, then_channels=["none"]),
        lambda c, by, other: contact(c, channel="none", then_channels=["sms"]),
    ],
    "safe_contact_pause_in_order": [
        lambda c, by, other: contact(
            c, paused_from=date(2026, 12, 2), paused_until=date(2026, 12, 1)
        ),
    ],
    "channel_stop_one_standing": [lambda c, by, other: two_stops(c)],
    "channel_stop_known": [
        lambda c, by, other: stop(c, channel="none"),
        lambda c, by, other: stop(c, why="bored"),
    ],
    "channel_stop_lifted_after": [lambda c, by, other: stop(c, lifted_at=NOW - DAY)],
    "reminder_policy_one": [lambda c, by, other: two_policies(c)],
    "reminder_policy_hours": [
        lambda c, by, other: policy(c, hours_from=time(20), hours_until=time(9)),
        lambda c, by, other: policy(c, weekdays=[0]),
    ],
    "reminder_policy_sane": [
        lambda c, by, other: policy(c, most_reminders=6),
        lambda c, by, other: policy(c, spacing_days=0),
        lambda c, by, other: policy(c, first_days=8),
        lambda c, by, other: policy(c, missed_in_a_row=0),
        lambda c, by, other: policy(c, missed_in_a_row=21),
        lambda c, by, other: policy(c, unread_days=0),
        lambda c, by, other: policy(c, unread_days=91),
    ],
    "safety_check_known": [
        lambda c, by, other: SafetyCheck.objects.create(**about(c, outcome="fine", checked_at=NOW))
    ],
    "session_one_outcome": [
        lambda c, by, other: session(c, by, attended_at=NOW, missed_at=NOW),
        lambda c, by, other: session(c, by, attended_at=NOW, cancelled_at=NOW),
        lambda c, by, other: session(c, by, missed_at=NOW, cancelled_at=NOW),
    ],
    "session_minutes_sane": [
        lambda c, by, other: session(c, by, minutes=4),
        lambda c, by, other: session(c, by, minutes=481),
    ],
    "session_once_per_time": [lambda c, by, other: at_one_time(c, by)],
    "absence_ends_after_start": [lambda c, by, other: absence(by, ends_at=NOW)],
    "cover_one_for_all": [lambda c, by, other: two_covers(by, other, None)],
    "cover_one_per_client": [lambda c, by, other: two_covers(by, other, c)],
    "supervision_reason_known": [lambda c, by, other: reason(c, by, why="nosy")],
    "supervision_reason_of_somebody_for_a_time": [
        lambda c, by, other: reason(c, None),
        lambda c, by, other: reason(c, by, until_at=NOW),
    ],
    "consent_wording_once": [lambda c, by, other: [wording(c) for _twice in range(2)]],
    "consent_wording_known": [
        lambda c, by, other: wording(c, kind="all"),
        lambda c, by, other: wording(c, number=0),
    ],
    "consent_one_standing": [lambda c, by, other: two_consents(c)],
    "consent_yes_or_no": [
        lambda c, by, other: consent(c, agreed_at=None),
        lambda c, by, other: consent(c, declined_at=NOW),
    ],
    "consent_withdrawn_after_agreed": [lambda c, by, other: consent(c, withdrawn_at=NOW - DAY)],
    "consent_kind_known": [lambda c, by, other: consent(c, kind="all")],
    "own_plan_shared_once_written": [
        lambda c, by, other: OwnPlan.objects.create(**about(c, shared_at=NOW))
    ],
    "portal_link_tries": [
        lambda c, by, other: PortalLink.objects.create(
            **about(c, token_hash=b"x", expires_at=NOW, wrong_codes=6)
        )
    ],
}


def test_each_constraint_of_this_app_is_provoked_here():
    assert set(BROKEN) == constraints_of("clients")


@pytest.mark.parametrize(
    ("name", "breaking"), [(name, each) for name, tries in BROKEN.items() for each in tries]
)
def test_the_database_refuses(name, breaking, client_in_care, clinician, colleague):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        breaking(client_in_care, clinician, colleague)


def test_what_is_not_said_is_left_to_the_practice(client_in_care):
    silent = contact(client_in_care, most_reminders=None, spacing_days=None, first_days=None)
    assert SafeContact.objects.filter(pk=silent.pk, first_days__isnull=True).exists()


def test_a_channel_can_be_stopped_again_when_the_first_stop_was_lifted(client_in_care):
    stop(client_in_care, lifted_at=NOW)
    stop(client_in_care, channel="email")
    again = stop(client_in_care)
    assert set(ChannelStop.objects.standing()) == {again, ChannelStop.objects.get(channel="email")}


@pytest.mark.parametrize(
    ("channel", "others", "ways"),
    [
        ("email", [], ("email",)),
        ("sms", ["email"], ("sms", "email")),
        ("email", ["email", "sms"], ("email", "sms")),
        ("none", [], ()),
    ],
)
def test_the_ways_to_a_client_have_an_order(channel, others, ways):
    assert SafeContact(channel=channel, then_channels=others).channels == ways


def test_a_practice_without_a_policy_of_its_own_has_one_that_holds(practice, stranger):
    ReminderPolicy.objects.create(practice=practice, most_reminders=4)
    assert ReminderPolicy.of_practice(practice.pk).most_reminders == 4
    assert ReminderPolicy.of_practice(stranger.practice_id).most_reminders == 2


def test_a_token_belongs_to_one_link(client_in_care):
    PortalLink.objects.create(**about(client_in_care, token_hash=b"x", expires_at=NOW))
    with pytest.raises(IntegrityError, match="token_hash"), transaction.atomic():
        PortalLink.objects.create(**about(client_in_care, token_hash=b"x", expires_at=NOW))


def test_an_account_belongs_to_one_client(joined, clinician):
    other = make_client(clinician, "Other")
    with pytest.raises(IntegrityError, match="user_id"), transaction.atomic():
        Client.objects.filter(pk=other.pk).update(user=joined.user)


@pytest.fixture
def everybody(clinician, colleague, supervisor, owner, stranger):
    return {
        "mine": make_client(clinician, "Mine"),
        "a colleague's": make_client(colleague, "Theirs"),
        "elsewhere": make_client(stranger, "Elsewhere"),
    }


class TestWhoseClients:
    def read_by(self, user):
        return {client.preferred_name for client in Client.objects.of(user)}

    def written_by(self, user):
        return {client.preferred_name for client in Client.objects.cared_for_by(user)}

    def test_a_clinician_reads_and_writes_about_their_caseload(self, everybody, clinician):
        assert (self.read_by(clinician), self.written_by(clinician)) == ({"Mine"}, {"Mine"})

    def test_a_supervisor_lists_the_practice_reads_with_a_reason_and_writes_about_nobody(
        self, everybody, supervisor
    ):
        listed = {client.preferred_name for client in Client.objects.listed_for(supervisor)}
        assert (listed, self.read_by(supervisor)) == ({"Mine", "Theirs"}, set())
        reads(supervisor, everybody["mine"])
        assert self.read_by(supervisor) == {"Mine"}
        assert self.written_by(supervisor) == set()

    def test_an_owner_who_sees_no_clients_reads_nothing(self, everybody, owner):
        assert (self.read_by(owner), self.written_by(owner)) == (set(), set())

    def test_another_practice_is_another_world(self, everybody, stranger):
        assert (self.read_by(stranger), self.written_by(stranger)) == ({"Elsewhere"},) * 2

    def test_a_client_reads_nobody_as_staff_would(self, everybody, joined):
        assert (self.read_by(joined.user), self.written_by(joined.user)) == (set(), set())
        assert list(Client.objects.myself(joined.user)) == [joined]

    def test_staff_are_nobody_in_the_portal(self, everybody, clinician):
        assert not Client.objects.myself(clinician).exists()

    def test_care_that_ended_is_not_read_any_more(self, everybody, clinician):
        without_trigger("clients_careteam", "care_team_no_orphan")
        CareTeam.objects.filter(clinician=clinician).update(until=NOW + DAY)
        assert (self.read_by(clinician), self.written_by(clinician)) == (set(), set())

    def test_a_role_that_ended_opens_nothing(self, everybody, clinician):
        without_trigger("practice_membership", "membership_no_orphan")
        clinician.memberships.update(ended_at=NOW)
        clinician = User.objects.get(pk=clinician.pk)  # a request reads who asks anew
        assert (self.read_by(clinician), self.written_by(clinician)) == (set(), set())

    def test_in_care_are_those_with_an_open_episode(self, everybody):
        Episode.objects.filter(client=everybody["mine"]).update(closed_at=NOW + DAY)
        names = {client.preferred_name for client in Client.objects.in_care()}
        assert names == {"Theirs", "Elsewhere"}


@pytest.mark.parametrize(
    ("name", "initials"), [("Sam Ortega", "S. O."), ("sam", "S."), ("Ana María López", "A. M.")]
)
def test_initials_are_all_that_an_alert_says(name, initials):
    assert Client(preferred_name=name).initials == initials


@pytest.mark.parametrize(("days", "week"), [(0, 1), (6, 1), (7, 2), (70, 11)])
def test_the_week_of_an_episode_counts_from_one(days, week):
    assert Episode(opened_at=NOW).week(NOW + timedelta(days=days)) == week


@pytest.mark.parametrize("outcome", ["attended", "missed", "cancelled"])
def test_what_became_of_a_session_is_what_its_facts_say(outcome):
    assert Session(**{f"{outcome}_at": NOW}).outcome == outcome
    assert Session(**{f"{outcome}_at": NOW}).outcome_words == outcome.capitalize()


def test_a_session_of_which_nothing_is_known_is_to_come():
    assert (Session().outcome, Session().outcome_words) == ("to_come", "To come")


def test_a_link_lives_until_it_is_used_replaced_tried_too_often_or_old():
    live = {"expires_at": NOW + DAY}
    assert PortalLink(**live).is_live(NOW)
    assert PortalLink(**live, wrong_codes=4).is_live(NOW)
    for dead in (
        {"used_at": NOW},
        {"replaced_at": NOW},
        {"wrong_codes": 5},
        {"expires_at": NOW},
    ):
        assert not PortalLink(**live | dead).is_live(NOW)


def test_a_token_is_not_stored_as_it_is(client_in_care):
    PortalLink.objects.create(**about(client_in_care, token_hash=hash_of("t"), expires_at=NOW))
    assert PortalLink.objects.by_token("t").exists()
    assert not PortalLink.objects.by_token("T").exists()
    assert bytes(PortalLink.objects.get().token_hash) != b"t"


def test_a_stop_token_stops_one_client_and_cannot_be_made_up(client_in_care):
    token = stop_token(client_in_care.pk)
    assert client_id_to_stop(token) == str(client_in_care.pk)
    for wrong in ("", "x", token[:-1], token + "x", f"{client_in_care.pk}:x:y"):
        assert client_id_to_stop(wrong) is None


def test_only_what_is_ahead_and_not_cancelled_is_to_come(client_in_care, clinician):
    ahead = session(client_in_care, clinician, starts_at=NOW + DAY)
    session(client_in_care, clinician, starts_at=NOW + 2 * DAY, cancelled_at=NOW)
    session(client_in_care, clinician, starts_at=NOW - DAY)
    assert list(Session.objects.to_come(NOW)) == [ahead]


def test_a_client_lives_on_their_own_clock():
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert noon.astimezone(Client(time_zone="America/Chicago").zone).hour == 7

"""For how long each kind of row is kept, who is told before it goes, and that it does go."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import OperationalError
from django.utils.module_loading import import_string

from assessments.models import Export
from assessments.tasks import look_after_records, look_after_records_of
from clients import actions
from clients.keeping import due_by, kept_of, notices
from clients.keeping.kinds import IN_WORDS
from clients.models import Client, Episode, PortalLink, RetentionNotice, RetentionPolicy
from clients.retention import SURE, WORDS, laws, years_after, years_before
from practice import walls
from practice.forgetting import OURS, STAYS, SWEPT, hanging_on
from practice.models import Erased, Knock, SignIn
from tests.conftest import NOW, as_user, join, make_client
from tests.whole import close

DAY = timedelta(days=1)


def years_ago(years, *, and_days=0):
    """So that care ended on this day of an earlier year, and some days after it."""
    return NOW.replace(year=NOW.year - years) + and_days * DAY


@pytest.fixture
def ended(clinician):
    """Ten years are over in six days."""
    client = make_client(clinician)
    close(client, by=clinician)
    at = years_ago(10, and_days=6)
    client.episodes.update(opened_at=at - DAY, closed_at=at)
    return client


def by_itself(practice, owner, *, since=NOW - 90 * DAY):
    actions.change_retention(practice, by=owner, now=since, by_itself=True)


# -- each model has its rule, and each rule is carried out ----------------------------------------


def test_every_model_goes_with_its_client_or_is_swept_or_stays_for_a_reason():
    hanging = {each.label for each in hanging_on(Client)} | {Client._meta.label}
    models = {m._meta.label for app in OURS for m in apps.get_app_config(app).get_models()}
    assert models == hanging | SWEPT.keys() | STAYS.keys()
    assert not STAYS.keys() & (hanging | SWEPT.keys())
    assert all(STAYS.values())
    assert IN_WORDS.keys() == {each.label for each in hanging_on(Client)}


def old_link(client):
    old = {"token_hash": b"old", "expires_at": NOW - 91 * DAY}
    new = {"token_hash": b"new", "expires_at": NOW - 89 * DAY}
    for facts in (old, new):
        PortalLink.objects.create(practice=client.practice, client=client, **facts)
    return lambda: not client.portal_links.filter(token_hash=b"old").exists()


def old_knock(client):
    times = {"asked_at": NOW - 2 * DAY, "due_at": NOW - 2 * DAY, "expires_at": NOW - DAY}
    knock = Knock(kind="code", mark=b"m" * 32, **times)
    knock.seal({"to": "somebody@client.example", "network": None})
    knock.save()
    return lambda: not Knock.objects.exists()


def old_sign_in(client):
    as_user(client.user)
    SignIn.objects.update(created_at=NOW - 5 * DAY, acted_at=NOW - 5 * DAY)
    return lambda: not SignIn.objects.exists()


def old_file(client):
    facts = {"kind": "tables", "with_words": False, "asked_at": NOW - 2 * DAY}
    made = Export.objects.create(
        **facts,
        practice=client.practice,
        client=client,
        done_at=NOW - 2 * DAY,
        file=b"x",
        created_by=client.user,
    )
    return lambda: Export.objects.get(pk=made.pk).file is None


OLD = {
    "clients.PortalLink": old_link,
    "practice.Knock": old_knock,
    "practice.SignIn": old_sign_in,
    "assessments.Export": old_file,
}


@pytest.mark.usefixtures("clock")
def test_what_lasts_for_days_is_swept_by_the_task_that_its_rule_names(client_in_care, clinician):
    join(client_in_care, by=clinician)
    assert OLD.keys() == SWEPT.keys()
    for label, task in SWEPT.items():
        is_gone = OLD[label](client_in_care)
        assert not is_gone(), label
        with walls.nowhere():  # where each task begins
            import_string(task)()
        assert is_gone(), label
    assert client_in_care.portal_links.filter(token_hash=b"new").exists()


@pytest.mark.usefixtures("clock")
def test_under_a_hold_links_stay_too(client_in_care, owner):
    is_gone = old_link(client_in_care)
    actions.hold(client_in_care, reason="A claim", by=owner, now=NOW)
    import_string(SWEPT["clients.PortalLink"])()
    assert not is_gone()


# -- the laws and the calendar ---------------------------------------------------------------------


def test_each_law_has_its_source_and_says_how_sure_it_is():
    assert {law.sure for law in laws().values()} <= set(SURE)
    for law in laws().values():
        assert law.how_sure
        assert {str(law.place), str(law.note)} <= set(WORDS)
        assert bool(law.source) == bool(law.years), law.id
        assert law.checked <= date(2026, 12, 31)
    assert laws()["de"].years == 10


@pytest.mark.parametrize(
    ("ended", "years", "due"),
    [
        (date(2016, 3, 1), 10, date(2026, 3, 1)),
        (date(2016, 2, 29), 10, date(2026, 3, 1)),
        (date(2016, 2, 29), 20, date(2036, 2, 29)),
    ],
)
def test_years_are_those_of_the_calendar(ended, years, due):
    assert years_after(ended, years) == due
    assert years_before(due, years) >= ended
    assert years_before(due - DAY, years) < ended


def test_whoever_is_in_care_is_not_due_however_old_their_first_episode_is(ended, clinician):
    policy = RetentionPolicy.of_practice(ended.practice_id)
    assert kept_of(ended, now=NOW).due_on == (NOW + 6 * DAY).date()
    assert list(due_by(ended.practice, policy, (NOW + 5 * DAY).date())) == []
    assert list(due_by(ended.practice, policy, (NOW + 6 * DAY).date())) == [ended]
    ended.episodes.create(practice=ended.practice, client=ended, opened_at=NOW)
    assert list(due_by(ended.practice, policy, (NOW + 6 * DAY).date())) == []
    assert kept_of(ended, now=NOW).due_on is None


def test_years_count_from_a_session_that_was_held_after_the_episode_was_closed(ended, clinician):
    shared = {"practice": ended.practice, "client": ended, "clinician": clinician}
    shared["episode"] = ended.episodes.get()
    ended.sessions.create(**shared, starts_at=years_ago(8), missed_at=NOW)
    assert kept_of(ended, now=NOW).due_on == (NOW + 6 * DAY).date()
    ended.sessions.create(**shared, starts_at=years_ago(9), attended_at=NOW)
    assert kept_of(ended, now=NOW).due_on == NOW.date().replace(year=NOW.year + 1)
    policy = RetentionPolicy.of_practice(ended.practice_id)
    assert list(due_by(ended.practice, policy, (NOW + 6 * DAY).date())) == []


# -- who is told, and what goes by itself ----------------------------------------------------------


def test_owner_and_clinician_are_told_once_a_stage_without_a_name(
    ended, practice, owner, clinician, mailoutbox
):
    for _again in range(2):
        notices.look_at(practice.pk, now=NOW)
    assert {mail.to[0] for mail in mailoutbox} == {owner.email, clinician.email}
    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        assert ended.preferred_name not in mail.subject + mail.body
    assert [row.stage for row in RetentionNotice.objects.all()] == ["week"]
    notices.look_at(practice.pk, now=NOW + 6 * DAY)
    assert [row.stage for row in RetentionNotice.objects.order_by("told_at")] == ["week", "due"]
    assert len(mailoutbox) == 4


def test_nothing_goes_by_itself_unless_the_practice_says_so(ended, practice):
    for days in (0, 10, 400):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert Client.objects.filter(pk=ended.pk).exists()


def test_what_goes_by_itself_goes_a_month_after_the_first_word(
    ended, practice, owner, clock, monkeypatch
):
    monkeypatch.setattr(look_after_records_of, "delay", look_after_records_of)  # no broker here
    by_itself(practice, owner)
    for days in (0, 29, 2):
        assert Client.objects.filter(pk=ended.pk).exists()
        clock.shift(days * DAY)
        with walls.nowhere():  # where each task begins
            look_after_records()
    erased = Erased.objects.get(pk=ended.pk)
    assert (erased.why, erased.created_by) == ("over", None)


def test_switching_it_on_deletes_nothing_within_a_month(ended, practice, owner):
    notices.look_at(practice.pk, now=NOW)
    by_itself(practice, owner, since=NOW + 40 * DAY)
    notices.look_at(practice.pk, now=NOW + 41 * DAY)
    assert Client.objects.filter(pk=ended.pk).exists()


def test_whoever_switches_it_on_late_is_told_anew_and_from_which_day_on(
    ended, practice, owner, mailoutbox
):
    for days in (0, 6):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert "An owner of the practice decides" in mailoutbox[0].body
    by_itself(practice, owner, since=NOW + 300 * DAY)
    mailoutbox.clear()
    for days in (331, 331, 360):
        notices.look_at(practice.pk, now=NOW + days * DAY)
        assert Client.objects.filter(pk=ended.pk).exists()
    assert len(mailoutbox) == 2  # the owner and the clinician, once
    for mail in mailoutbox:
        assert "erased without asking" in mail.body
        assert "can go on 14 Nov 2027" in mail.body
        assert "decides" not in mail.body
    notices.look_at(practice.pk, now=NOW + 361 * DAY)
    assert Erased.objects.filter(pk=ended.pk).exists()


def test_nothing_goes_in_the_run_that_tells_of_it(ended, practice, owner, mailoutbox):
    by_itself(practice, owner)
    for days in (-60, 6):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert "can go on 24 Nov 2026" in mailoutbox[-1].body
    assert Client.objects.filter(pk=ended.pk).exists()
    notices.look_at(practice.pk, now=NOW + 6 * DAY + timedelta(hours=1))
    assert Erased.objects.filter(pk=ended.pk).exists()


def test_a_notice_that_nobody_took_is_tried_again_and_nothing_goes_by_it(
    ended, practice, owner, mailoutbox, settings
):
    by_itself(practice, owner)
    takes = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.practice.test_knocks.Refuses"
    for days in (0, 6, 40):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert not RetentionNotice.objects.exists()
    settings.EMAIL_BACKEND = takes
    for days in (41, 70):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert len(mailoutbox) == 2
    assert Client.objects.filter(pk=ended.pk).exists()


def test_where_no_owner_is_active_nobody_is_told_and_nothing_goes(
    ended, practice, owner, mailoutbox
):
    by_itself(practice, owner)
    practice.users.filter(pk=owner.pk).update(is_active=False)
    for days in (0, 40):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert not mailoutbox
    assert Client.objects.filter(pk=ended.pk).exists()


def was_to_be_forgotten(client, owner):
    actions.ask_for_erasure(client, why="wish", words="", by=owner, now=NOW)
    actions.take_back_erasure(client, by=owner, now=NOW + 38 * DAY)


def was_held(client, owner):
    actions.hold(client, reason="A claim", by=owner, now=NOW)
    actions.lift_hold(client, by=owner, now=NOW + 38 * DAY)


@pytest.mark.parametrize("once", [was_to_be_forgotten, was_held])
def test_whoever_was_to_be_kept_once_goes_by_an_owner_alone(
    ended, practice, owner, once, mailoutbox
):
    by_itself(practice, owner)
    notices.look_at(practice.pk, now=NOW)
    once(ended, owner)
    for days in (39, 40, 400):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert Client.objects.filter(pk=ended.pk).exists()
    assert "An owner of the practice decides" in mailoutbox[-1].body
    assert kept_of(ended, now=NOW + 400 * DAY).why == "over"
    with pytest.raises(actions.NeedsAPerson):
        actions.erase_client(ended, by=None, now=NOW + 400 * DAY)
    assert actions.erase_client(ended, by=owner, now=NOW + 400 * DAY)


def test_what_is_in_the_way_of_one_keeps_no_other(ended, clinician, practice, owner, monkeypatch):
    other = make_client(clinician, "Otto Other")
    close(other, by=clinician)
    Episode.objects.filter(client=other).update(opened_at=years_ago(12), closed_at=years_ago(11))
    by_itself(practice, owner)
    notices.look_at(practice.pk, now=NOW)
    erase = notices.erase_client

    def crossed(client, **facts):
        if client == other:
            raise OperationalError("deadlock detected")
        return erase(client, **facts)

    monkeypatch.setattr(notices, "erase_client", crossed)
    for days in (6, 31):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert list(Client.objects.all()) == [other]


def test_under_a_hold_nobody_is_told_and_nothing_goes(ended, practice, owner, mailoutbox):
    by_itself(practice, owner)
    actions.hold(ended, reason="A claim", by=owner, now=NOW)
    for days in (0, 31, 400):
        notices.look_at(practice.pk, now=NOW + days * DAY)
    assert Client.objects.filter(pk=ended.pk).exists()
    assert not mailoutbox
    assert not RetentionNotice.objects.exists()

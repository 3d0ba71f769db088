"""A client goes from one clinician to another, and a clinician leaves: nobody is left alone."""

import threading
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from assessments.actions import own, set_back_up
from assessments.models import ActivityDraft, ActivityVersion, BackUp
from assessments.today.page import today_of
from clients import actions as care
from clients.models import CareTeam, Client, Session
from practice.models import AuditEvent, Membership, SignIn, User
from practice.parting import NotAtWork
from tests.conftest import (
    NOW,
    as_user,
    freshly,
    give,
    make_client,
    make_practice,
    make_staff,
)

DAY = timedelta(days=1)


def primary(client):
    return client.care_team.current().get(is_primary=True).clinician


def book(client, by, hours=24):
    starts_at = NOW + timedelta(hours=hours)
    return care.book_session(client, by=by, starts_at=starts_at, now=NOW)


def leaves(person, to, *, by, takers=None):
    theirs = CareTeam.objects.current().filter(clinician=person, is_primary=True)
    everybody = dict.fromkeys(theirs.values_list("client_id", flat=True), to)
    return care.leave_practice(person, takers=everybody | (takers or {}), heir=to, by=by, now=NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestOneClient:
    def test_it_is_handed_over_with_the_sessions_to_come(
        self, client_in_care, clinician, colleague
    ):
        before, ahead = book(client_in_care, clinician, -24), book(client_in_care, clinician)
        page = reverse("clients:hand_over", args=[client_in_care.pk])
        sent = as_user(clinician).post(page, {"to": str(colleague.pk)})
        assert sent.url == reverse("clients:caseload")
        assert primary(client_in_care) == colleague
        assert not Client.objects.of(clinician).exists()
        before.refresh_from_db()
        ahead.refresh_from_db()
        assert (before.clinician, ahead.clinician) == (clinician, colleague)

    def test_whoever_was_first_may_stay(self, client_in_care, clinician, colleague):
        session = book(client_in_care, clinician)
        care.hand_over(client_in_care, to=colleague, stays=True, by=clinician, now=NOW)
        session.refresh_from_db()
        assert session.clinician == clinician
        assert set(Client.objects.cared_for_by(clinician)) == {client_in_care}
        assert client_in_care.care_team.current().count() == 2

    def test_today_says_so_until_it_was_read(self, client_in_care, clinician, colleague):
        care.hand_over(client_in_care, to=colleague, stays=False, by=clinician, now=NOW)
        browser = as_user(colleague)
        assert today_of(colleague, now=NOW).handed == [("Clara", 1)]
        assert (
            "Handed over from Clara: 1 client."
            in browser.get(reverse("assessments:today")).content.decode()
        )
        browser.post(reverse("clients:handed_over"))
        assert today_of(colleague, now=NOW).handed == []
        record = browser.get(reverse("clients:record", args=[client_in_care.pk]))
        assert "handed over from Clara" in record.content.decode()

    def test_a_private_note_does_not_go_along(self, client_in_care, clinician, colleague):
        session = book(client_in_care, clinician)
        care.write_on_session(
            session, page=session.pk, opened_at=NOW, by=clinician, now=NOW, note="Between us"
        )
        care.hand_over(client_in_care, to=colleague, stays=False, by=clinician, now=NOW)
        page = as_user(colleague).get(reverse("assessments:sheet", args=[session.pk]))
        assert "note" not in page.context["form"].fields
        assert "Between us" not in page.content.decode()

    def test_somebody_joins_and_leaves_and_the_first_one_cannot_just_go(
        self, client_in_care, clinician, colleague
    ):
        browser = as_user(clinician)
        browser.post(
            reverse("clients:team_join", args=[client_in_care.pk]), {"member": str(colleague.pk)}
        )
        assert set(Client.objects.cared_for_by(colleague)) == {client_in_care}
        first, second = client_in_care.care_team.current().order_by("-is_primary")
        for row in (first, second):
            browser.post(reverse("clients:team_leave", args=[client_in_care.pk, row.pk]))
        assert list(client_in_care.care_team.current()) == [first]

    def test_nobody_outside_changes_a_team_nor_lets_somebody_elsewhere_in(
        self, client_in_care, clinician, colleague, stranger, owner
    ):
        page = reverse("clients:hand_over", args=[client_in_care.pk])
        for person in (colleague, stranger, owner):
            assert as_user(person).post(page, {"to": str(colleague.pk)}).status_code == 404
        for person in (stranger, owner):  # who do not care for anybody here
            sent = as_user(clinician).post(page, {"to": str(person.pk)})
            assert list(sent.context["form"].errors) == ["to"]
        assert primary(client_in_care) == clinician


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestLeaving:
    @pytest.fixture
    def three(self, clinician):
        return [make_client(clinician, name) for name in ("Ada", "Bo", "Cy")]

    def page(self, person):
        return reverse("clients:staff_leave", args=[person.pk])

    def test_everything_goes_over_and_they_are_out_at_once(
        self, three, clinician, colleague, owner, practice
    ):
        dora = make_staff(practice, "Dora", "clinician")
        TOTP.activate(clinician, generate_totp_secret())
        set_back_up(colleague, clinician, by=owner, now=NOW)
        ahead = book(three[0], clinician)
        other = make_client(colleague, "Dee")
        clash = book(other, colleague)
        given = give(three[0], "strengths-check", by=clinician)
        version = ActivityVersion.objects.get(practice=practice, activity__slug="limit-log")
        own.adapt(version, by=clinician, now=NOW)
        theirs = as_user(clinician)
        assert theirs.get(reverse("assessments:today")).status_code == 200
        form = {"heir": str(colleague.pk), str(three[2].pk): str(dora.pk)}
        sent = freshly(owner).post(self.page(clinician), form, follow=True)
        text = sent.content.decode()
        assert "Clara has left. 3 clients are handed over. 1 session goes with them." in text
        when = date_format(timezone.localtime(clash.starts_at, practice.zone), "l j F Y, H:i")
        assert f"Carl has two sessions at this time: {when}." in text
        assert [primary(client) for client in three] == [colleague, colleague, dora]
        ahead.refresh_from_db()
        assert (ahead.clinician, ahead.starts_at) == (colleague, clash.starts_at)
        assert theirs.get(reverse("assessments:today")).status_code == 302
        assert not SignIn.objects.filter(user=clinician).exists()
        gone = User.objects.get(pk=clinician.pk)
        assert (gone.is_active, gone.roles) == (False, frozenset())
        assert not Authenticator.objects.filter(user=clinician).exists()
        assert not BackUp.objects.current().exists()
        assert ActivityDraft.objects.get().created_by == colleague
        given.refresh_from_db()
        assert (given.ended_at, given.created_by) == (None, clinician)
        assert today_of(colleague, now=NOW).handed == [("Clara", 2)]
        assert AuditEvent.objects.filter(action="care_team.handed_over").count() == 3

    def test_a_client_for_whom_nobody_was_chosen_stops_all_of_it(
        self, three, clinician, colleague, owner
    ):
        before = list(CareTeam.objects.values_list("clinician", "until"))
        sent = freshly(owner).post(self.page(clinician), {str(three[0].pk): str(colleague.pk)})
        assert list(sent.context["form"].errors) == ["heir"]
        with pytest.raises(care.NobodyTakes):
            care.leave_practice(
                clinician, takers={three[0].pk: colleague}, heir=colleague, by=owner, now=NOW
            )
        assert list(CareTeam.objects.values_list("clinician", "until")) == before

    def test_an_error_of_the_database_half_way_leaves_nothing_done(
        self, three, clinician, colleague, owner, monkeypatch
    ):
        def broken(*args, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

        monkeypatch.setattr("clients.actions.leaving.close_account", broken)
        with pytest.raises(Exception, match="division by zero"), transaction.atomic():
            leaves(clinician, colleague, by=owner)
        assert [primary(client) for client in three] == [clinician] * 3
        assert Membership.objects.current().filter(user=clinician).exists()

    def test_drafts_for_the_library_want_somebody_too(self, clinician, colleague, owner, practice):
        version = ActivityVersion.objects.get(practice=practice, activity__slug="limit-log")
        own.adapt(version, by=clinician, now=NOW)
        asked = freshly(owner).post(self.page(clinician), {"heir": ""})
        assert "Choose who takes over" in str(asked.context["form"].errors["heir"])
        with pytest.raises(care.NobodyTakes):
            leaves(clinician, None, by=owner)
        assert User.objects.get(pk=clinician.pk).is_active
        freshly(owner).post(self.page(clinician), {"heir": str(colleague.pk)})
        assert ActivityDraft.objects.get().created_by == colleague

    def test_the_last_owner_stays(self, owner, clinician):
        assert "There is no other owner" in freshly(owner).get(self.page(owner)).content.decode()
        with pytest.raises(care.LastOwner):
            leaves(owner, clinician, by=owner)

    def test_nobody_of_elsewhere_leaves_or_takes_over(self, three, clinician, stranger, owner):
        assert freshly(owner).get(self.page(stranger)).status_code == 404
        sent = freshly(owner).post(self.page(clinician), {"heir": str(stranger.pk)})
        assert "heir" in sent.context["form"].errors
        assert freshly(clinician).get(self.page(clinician)).status_code == 404

    def test_it_wants_a_fresh_sign_in(self, clinician, owner):
        sent = as_user(owner).get(self.page(clinician))
        assert sent.url.startswith(reverse("account_reauthenticate"))

    def test_whoever_left_takes_nobody_into_care_with_a_form_that_was_open(
        self, clinician, colleague, owner
    ):
        client = make_client(clinician)
        leaves(clinician, colleague, by=owner)
        with pytest.raises(NotAtWork):
            make_client(clinician, "Too late")
        with pytest.raises(NotAtWork):
            book(client, clinician)
        assert list(Client.objects.all()) == [client]

    def test_a_role_with_a_caseload_does_not_end(self, client_in_care, clinician, colleague):
        def may_end(user, role="clinician"):
            return care.may_end_role(user=user, role=role, now=NOW)

        assert not may_end(clinician)
        assert may_end(colleague)
        assert may_end(clinician, "owner")
        care.join_team(client_in_care, member=colleague, by=clinician, now=NOW)
        ahead = book(client_in_care, colleague)
        assert not may_end(colleague)
        care.leave_team(client_in_care, member=colleague, by=clinician, now=NOW)
        assert not may_end(colleague)
        care.settle_session(ahead, outcome="cancelled", by=clinician, now=NOW)
        assert may_end(colleague)


@pytest.mark.django_db
class TestTheDatabaseRefuses:
    def committed(self, act, *about):
        act(*about)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @pytest.mark.parametrize(
        "act",
        [
            lambda client, by: client.care_team.update(until=NOW),
            lambda client, by: client.care_team.update(is_primary=False),
            lambda client, by: by.memberships.update(ended_at=NOW),
            lambda client, by: type(by).objects.filter(pk=by.pk).update(is_active=False),
        ],
    )
    def test_somebody_in_care_for_whom_nobody_is_there(self, client_in_care, clinician, act):
        with (
            pytest.raises(IntegrityError, match="nobody is first responsible"),
            transaction.atomic(),
        ):
            self.committed(act, client_in_care, clinician)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two connections: each act runs in a thread of its own and commits."""

    def together(self, *acts):
        came = threading.Barrier(len(acts))
        said = [None] * len(acts)

        def run(n, act):
            try:
                came.wait()
                act()
                said[n] = "done"
            except Exception as error:  # noqa: BLE001 - whatever it says is what is asked
                said[n] = type(error).__name__
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return said

    def test_of_two_owners_who_send_each_other_away_one_stays(self):
        practice = make_practice()
        one = practice.users.get()
        two = make_staff(practice, "Two", "owner", "clinician")
        said = self.together(
            lambda: leaves(one, two, by=two),
            lambda: leaves(two, one, by=one),
        )
        assert sorted(said) == ["NotAtWork", "done"]
        assert practice.users.filter(is_active=True).count() == 1

    def test_whoever_leaves_while_adding_a_client_leaves_nobody_alone(self):
        practice = make_practice(also_clinician=False)
        owner = practice.users.get()
        clara, carl = (make_staff(practice, name, "clinician") for name in ("Clara", "Carl"))
        said = self.together(
            lambda: make_client(clara, "New"),
            lambda: leaves(clara, carl, by=owner),
        )
        assert "done" in said
        assert set(said) <= {"done", "NotAtWork", "NobodyTakes"}
        for row in CareTeam.objects.current():
            row.clinician.refresh_from_db()
            assert row.clinician.is_active
        assert not Session.objects.filter(clinician__is_active=False).exists()

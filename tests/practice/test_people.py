"""Who works here: invited, in which roles, and back in without their phone."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as Browser
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients import actions as care
from practice import actions, knocks
from practice.models import AuditEvent, Knock, SignIn, StaffInvitation, User
from tests.conftest import NOW, PASSWORD, as_user, freshly, make_staff
from tests.journeys.conftest import link_in
from tests.practice.test_knocks import _shape

pytestmark = pytest.mark.django_db

INVITE = {"email": "Nora@new.example", "roles": ["clinician", "supervisor"]}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
JOIN = {"name": "Nora New", "time_zone": "Europe/Vienna", "password": "four words in a row"}


def invite(owner, form=INVITE):
    """The link that came by mail."""
    freshly(owner).post(reverse("staff_invite"), form)
    knocks.answer_all()
    return link_in(mail.outbox[-1].body, "/i/")


def invite_by(owner, email):
    invitation, _token = actions.invite_staff(
        owner.practice, email=email, roles=["owner"], by=owner, now=NOW
    )
    return invitation


def roles_end(owner, *, by):
    actions.change_roles(owner, roles=["clinician"], by=by, now=NOW)


def leaves(owner, *, by):
    care.leave_practice(owner, takers={}, heir=None, by=by, now=NOW)


class TestInvitation:
    def test_somebody_comes_to_work_here(self, clock, owner):
        link = invite(owner)
        letter = mail.outbox[-1]
        assert (letter.to, letter.subject) == (["nora@new.example"], "An invitation")
        browser = Browser()
        for _scanner in range(3):
            assert Browser().get(link).status_code == 200
        assert browser.post(link, JOIN).url == reverse("home")
        nora = User.objects.get(email="nora@new.example")
        assert (nora.name, nora.time_zone, nora.practice) == (
            "Nora New",
            "Europe/Vienna",
            owner.practice,
        )
        assert nora.roles == {"clinician", "supervisor"}
        assert nora.memberships.first().created_by == owner
        # The second factor at once, without the password that was chosen a moment ago.
        assert browser.get("/today/").url == reverse("mfa_activate_totp")
        assert browser.get(reverse("mfa_activate_totp")).status_code == 200

    def test_a_link_opens_once(self, clock, owner):
        link = invite(owner)
        Browser().post(link, JOIN)
        assert Browser().get(link).status_code == 410
        assert Browser().post(link, JOIN | {"name": "Another"}).status_code == 410

    def test_a_newer_one_three_days_and_withdrawal_end_it(self, clock, owner):
        first = invite(owner)
        invitation = StaffInvitation.objects.get()
        freshly(owner).post(reverse("staff_invitation_again", args=[invitation.pk]))
        knocks.answer_all()
        second = link_in(mail.outbox[-1].body, "/i/")
        assert [Browser().post(each, JOIN).status_code for each in (first,)] == [410]
        assert Browser().get(second).status_code == 200
        clock.shift(timedelta(days=3))
        assert Browser().post(second, JOIN).status_code == 410
        freshly(owner).post(reverse("staff_invitation_again", args=[invitation.pk]))
        knocks.answer_all()
        third = link_in(mail.outbox[-1].body, "/i/")
        freshly(owner).post(reverse("staff_invitation_withdraw", args=[invitation.pk]))
        assert Browser().post(third, JOIN).status_code == 410
        assert not User.objects.filter(email="nora@new.example").exists()

    @pytest.mark.parametrize("how", [roles_end, leaves])
    def test_none_outlives_that_its_sender_is_an_owner(self, clock, owner, how):
        second = make_staff(owner.practice, "Second", "owner")
        _mine, stays = (invite_by(each, f"{each.pk}@new.example") for each in (owner, second))
        taken_over = invite_by(owner, "c@new.example")
        actions.send_staff_invitation_again(taken_over, by=second, now=NOW)
        how(owner, by=second)
        assert set(StaffInvitation.objects.open()) == {stays, taken_over}
        assert AuditEvent.objects.filter(action="staff_invitation.withdrawn").count() == 1

    def test_whoever_is_no_owner_any_more_lets_nobody_in(self, clock, owner):
        link = invite(owner)
        make_staff(owner.practice, "Second", "owner")
        owner.memberships.update(ended_at=NOW)
        assert Browser().post(link, JOIN).status_code == 410
        assert not User.objects.filter(email="nora@new.example").exists()

    def test_a_weak_password_is_not_taken_and_uses_nothing_up(self, clock, owner):
        link = invite(owner)
        page = Browser().post(link, JOIN | {"password": "short"})
        assert "password" in page.context["form"].errors
        assert Browser().get(link).status_code == 200

    def test_it_is_no_way_to_ask_who_is_in_care(self, clock, owner, joined):
        """The page says and does the same, and sends nothing; a worker finds out."""
        browser = freshly(owner)
        before = len(mail.outbox)
        seen = []
        for email in (joined.user.email, "nobody@new.example"):
            form = INVITE | {"email": email}
            with CaptureQueriesContext(connection) as asked:
                page = browser.post(reverse("staff_invite"), form)
            page = browser.get(page.url)
            words = [str(message) for message in page.context["messages"]]
            seen.append((words, [_shape(each["sql"]) for each in asked], Knock.objects.count()))
            knocks.answer_all()
            Knock.objects.all().delete()
        assert seen[0] == seen[1]
        assert [letter.to for letter in mail.outbox[before:]] == [["nobody@new.example"]]

    def test_who_works_here_is_not_invited_again(self, clock, owner, clinician):
        form = INVITE | {"email": clinician.email}
        page = freshly(owner).post(reverse("staff_invite"), form)
        assert page.context["form"].errors == {
            "email": ["Somebody with this address works here already."]
        }

    def test_a_mail_server_that_is_down_keeps_nobody_waiting(self, clock, owner):
        with override_settings(EMAIL_BACKEND=SMTP, EMAIL_PORT=1):
            freshly(owner).post(reverse("staff_invite"), INVITE)
            knocks.answer_all()
        assert mail.outbox == []
        clock.shift(timedelta(seconds=20))
        knocks.answer_all()
        assert [letter.to for letter in mail.outbox] == [["nora@new.example"]]

    def test_what_is_withdrawn_before_the_mail_leaves_is_not_sent(self, clock, owner):
        freshly(owner).post(reverse("staff_invite"), INVITE)
        actions.withdraw_staff_invitation(StaffInvitation.objects.get(), by=owner, now=NOW)
        knocks.answer_all()
        assert mail.outbox == []


class TestRoles:
    def change(self, owner, person, *roles):
        return freshly(owner).post(reverse("person", args=[person.pk]), {"roles": roles, "x": ""})

    def test_they_change_at_once_and_leave_a_trace(self, clock, owner, clinician):
        browser = as_user(clinician)
        self.change(owner, clinician, "supervisor")
        assert User.objects.get(pk=clinician.pk).roles == {"supervisor"}
        assert browser.get(reverse("clients:client_add")).status_code == 404
        ended = clinician.memberships.get(role="clinician")
        assert ended.ended_at is not None
        trail = AuditEvent.objects.filter(detail__role__in=("clinician", "supervisor"), actor=owner)
        assert list(trail.order_by("number").values_list("action", "detail__role")) == [
            ("membership.ended", "clinician"),
            ("membership.began", "supervisor"),
        ]

    def test_afterwards_an_owner_is_where_they_may_be(self, clock, owner, clinician):
        make_staff(owner.practice, "Second", "owner")
        assert self.change(owner, clinician, "supervisor").url == reverse("people")
        assert self.change(owner, owner, "owner", "clinician").url == reverse("people")
        assert self.change(owner, owner, "clinician").url == reverse("home")

    def test_a_practice_always_has_an_owner(self, clock, owner):
        page = self.change(owner, owner, "clinician")
        assert "A practice needs an owner" in page.content.decode()
        second = make_staff(owner.practice, "Second", "owner")
        assert self.change(owner, owner, "clinician").status_code == 302
        assert User.objects.get(pk=owner.pk).roles == {"clinician"}
        with pytest.raises(actions.AnOwnerIsNeeded):
            actions.change_roles(second, roles=["clinician"], by=second, now=NOW)

    def test_work_is_handed_over_before_a_role_ends(self, clock, owner, clinician, settings):
        settings.HOOKS = settings.HOOKS | {"may_end_role": ["tests.practice.test_people.never"]}
        page = self.change(owner, clinician, "supervisor")
        assert "Hand those over first" in page.content.decode()
        assert User.objects.get(pk=clinician.pk).roles == {"clinician"}

    def test_somebody_has_at_least_one(self, clock, owner, clinician):
        page = self.change(owner, clinician)
        assert page.context["form"].errors == {"roles": ["Choose at least one role."]}


def never(**facts):
    return False


class TestSecondFactor:
    def test_an_owner_lets_them_set_up_a_new_one(self, clock, owner, clinician):
        TOTP.activate(clinician, generate_totp_secret())
        RecoveryCodes.activate(clinician)
        theirs = as_user(clinician)
        freshly(owner).post(reverse("second_factor_reset", args=[clinician.pk]))
        assert not Authenticator.objects.filter(user=clinician).exists()
        assert theirs.get("/today/").status_code == 302
        assert not SignIn.objects.of(clinician).exists()
        assert [letter.to for letter in mail.outbox] == [[clinician.email], [owner.email]]
        event = AuditEvent.objects.get(action="second_factor.reset")
        assert (event.actor, event.record_id) == (owner, clinician.pk)
        browser = Browser()
        browser.post(reverse("account_login"), {"login": clinician.email, "password": PASSWORD})
        assert browser.get("/today/").url == reverse("mfa_activate_totp")

    def test_not_ones_own(self, clock, owner):
        TOTP.activate(owner, generate_totp_secret())
        freshly(owner).post(reverse("second_factor_reset", args=[owner.pk]))
        assert Authenticator.objects.filter(user=owner).exists()

    def test_whoever_has_the_server_can_help_an_owner(self, clock, owner, joined):
        TOTP.activate(owner, generate_totp_secret())
        call_command("second_factor_reset", owner.email.upper())
        assert not Authenticator.objects.filter(user=owner).exists()
        assert AuditEvent.objects.get(action="second_factor.reset").actor is None
        assert [letter.to for letter in mail.outbox] == [[owner.email]]
        with pytest.raises(CommandError):
            call_command("second_factor_reset", joined.user.email)

    def test_spare_codes_are_put_away_before_anything_else(self, clock, clinician):
        TOTP.activate(clinician, generate_totp_secret())
        RecoveryCodes.activate(clinician)
        browser = Browser()
        browser.force_login(clinician)
        assert browser.get("/today/").url == reverse("mfa_view_recovery_codes")
        browser.post(reverse("codes_kept"))
        assert browser.get("/today/").status_code == 200

    def test_one_spare_code_lets_in_and_says_how_many_are_left(self, clock, clinician):
        TOTP.activate(clinician, generate_totp_secret())
        codes = RecoveryCodes.activate(clinician)
        actions.keep_codes(clinician, now=NOW + timedelta(seconds=9))
        browser = Browser()
        browser.post(reverse("account_login"), {"login": clinician.email, "password": PASSWORD})
        code = codes.get_unused_codes()[0]
        page = browser.post(reverse("mfa_authenticate"), {"code": code}, follow=True)
        assert "You used a spare code. 9 are left." in page.content.decode()


class TestFresh:
    @pytest.mark.parametrize("page", ["staff_invite", "person", "second_factor_reset"])
    def test_what_reaches_far_asks_who_it_is(self, clock, owner, clinician, page):
        url = reverse(page, args=[] if page == "staff_invite" else [clinician.pk])
        for answer in (as_user(owner).get(url), as_user(owner).post(url, INVITE)):
            assert answer.url.startswith(reverse("account_reauthenticate"))
        assert not StaffInvitation.objects.exists()

    def test_whoever_has_just_signed_in_is_not_asked_again(self, clock, owner):
        browser = Browser()
        browser.force_login(owner)
        session = browser.session
        session["second_factor"] = True
        session.save()
        assert browser.get(reverse("staff_invite")).status_code == 200
        clock.shift(timedelta(minutes=6))
        other = reverse("person", args=[owner.pk])
        assert browser.get(other).url.startswith("/accounts/reauthenticate/")

    def test_a_hash_that_is_renewed_meanwhile_signs_nobody_out(self, clock, owner, monkeypatch):
        browser, before = as_user(owner), owner.password
        monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 2)
        browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        owner.refresh_from_db()
        assert owner.password != before
        assert browser.get(reverse("staff_invite")).status_code == 200

    def test_what_was_typed_for_long_on_a_page_opened_so_is_not_lost(self, clock, owner):
        browser = freshly(owner)
        browser.get(reverse("staff_invite"))
        clock.shift(timedelta(minutes=10))
        assert browser.post(reverse("staff_invite"), INVITE).url == reverse("people")
        assert browser.get(reverse("staff_invite")).url.startswith("/accounts/reauthenticate/")

    def test_a_second_page_opened_so_leaves_the_first_open(self, clock, owner, clinician):
        browser = freshly(owner)
        for page in (reverse("staff_invite"), reverse("person", args=[clinician.pk])):
            assert browser.get(page).status_code == 200
        clock.shift(timedelta(minutes=10))
        assert browser.post(reverse("staff_invite"), INVITE).url == reverse("people")

    def test_it_stays_open_for_an_hour(self, clock, owner):
        browser = freshly(owner)
        browser.get(reverse("staff_invite"))
        for _step in range(6):
            clock.shift(timedelta(minutes=10, seconds=1))
            browser.get(reverse("people"), headers={"accept": "text/html"})
        answer = browser.post(reverse("staff_invite"), INVITE)
        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_a_safety_check_is_not_opened_by_whoever_sits_down(
        self, clock, clinician, client_in_care
    ):
        url = reverse("clients:safety_check", args=[client_in_care.pk])
        assert as_user(clinician).get(url).url.startswith("/accounts/reauthenticate/")
        as_user(clinician).post(url, {"outcome": "hold", "note": "words"})
        assert not client_in_care.safety_checks.exists()
        assert freshly(clinician).get(url).status_code == 200

    def test_nor_do_its_notes_stand_on_the_record(self, clock, clinician, client_in_care):
        care.record_safety_check(
            client_in_care, outcome="hold", note="He reads her mail.", by=clinician, now=NOW
        )
        record = as_user(clinician).get(reverse("clients:record", args=[client_in_care.pk]))
        assert "Read the note" in record.content.decode()
        assert "He reads her mail." not in record.content.decode()
        page = reverse("clients:safety_check", args=[client_in_care.pk])
        assert "He reads her mail." in freshly(clinician).get(page).content.decode()


@pytest.mark.parametrize("staff", [1, 3])
def test_the_page_costs_the_same_however_many_work_here(
    clock, owner, staff, django_assert_num_queries
):
    for n in range(staff):
        make_staff(owner.practice, f"Ada{n}", "clinician", "supervisor")
        actions.invite_staff(
            owner.practice, email=f"a{n}@new.example", roles=["owner"], by=owner, now=NOW
        )
    browser = as_user(owner)
    browser.get(reverse("people"))
    with django_assert_num_queries(5):
        page = browser.get(reverse("people"))
    assert len(page.context["people"]) == staff + 1


def test_the_page_shows_who_works_there_and_nobody_else(clock, owner, clinician, stranger, joined):
    gone = make_staff(owner.practice, "Gone", "clinician")
    gone.memberships.update(ended_at=NOW)
    page = as_user(owner).get(reverse("people"))
    assert list(page.context["people"]) == [clinician, owner]

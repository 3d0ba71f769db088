"""What opens the portal, and what closes it again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients import actions
from clients.access import CODE_GIVEN
from clients.models import PortalLink
from practice.models import AuditEvent
from tests.assessments.reminders.helpers import in_threads
from tests.conftest import NOW, WHOLE_DAY, as_user, clear, freshly, join, make_client

pytestmark = pytest.mark.django_db

PORTAL = "/me/"
WHO = {"preferred_name": "Sam", "pronouns": "", "language": "en", "time_zone": "UTC"}


def link_for(client, now=NOW):
    token = actions.issue_links([client], now=now)[client.pk]
    return PortalLink.objects.by_token(token).select_related("client").get()


def by_mailed_code(client):
    """A browser that came in with a code from a mail: signed in, and nothing more."""
    browser = as_user(client.user)
    session = browser.session
    del session[CODE_GIVEN]
    session.save()
    return browser


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_joined", [False, True], ids=["joining", "opening"])
def test_a_link_is_used_while_the_next_message_is_written(clinician, has_joined):
    client = make_client(clinician)
    if has_joined:
        join(client, by=clinician)
    link, is_written = link_for(client), threading.Event()

    def write_the_next():
        with transaction.atomic():
            actions.issue_links([client], now=NOW)
            is_written.set()
            assert any(somebody_waits_for_us() for _look in range(20_000))

    def use_it():
        is_written.wait(10)
        use = actions.open_link if has_joined else actions.accept_invitation
        return use(link, code="2580", now=NOW)

    assert in_threads(write_the_next, use_it) == [None, None]  # it was replaced; nobody hangs


class TestThePersonalCode:
    def test_a_mailbox_alone_opens_nothing(self, joined):
        browser = by_mailed_code(joined)
        assert browser.get(PORTAL).url == reverse("clients:own_code")
        answer = browser.post(reverse("clients:own_code"), {"code": "0000"})
        assert "That is not the code" in answer.content.decode()
        assert browser.get(PORTAL).url == reverse("clients:own_code")
        browser.post(reverse("clients:own_code"), {"code": "2580"})
        assert CODE_GIVEN in browser.session

    def test_help_is_there_before_any_code(self, joined):
        answer = by_mailed_code(joined).get(reverse("assessments:help"))
        assert "tel:112" in answer.content.decode()

    def test_after_too_many_wrong_ones_not_even_the_right_one_opens_for_an_hour(self, joined):
        for _ in range(10):
            assert not actions.is_own_code(joined, code="0000", by=joined.user, now=NOW)
        assert not actions.is_own_code(joined, code="2580", by=joined.user, now=NOW)

    def test_twenty_wrong_ones_shut_it_for_the_day_and_the_record_says_so(
        self, joined, clinician, clock
    ):
        """Ten an hour for ever would find a birthday in two days, and nobody would hear of it."""
        record = reverse("clients:record", args=[joined.pk])
        for hour in range(2):
            clock.move_to(NOW + timedelta(hours=2 * hour))
            assert "Too many wrong" not in as_user(clinician).get(record).content.decode()
            for _ in range(10):
                by_mailed_code(joined).post(reverse("clients:own_code"), {"code": "0000"})
        assert "Too many wrong" in as_user(clinician).get(record).content.decode()
        clock.move_to(NOW + timedelta(hours=20))
        browser = by_mailed_code(joined)
        answer = browser.post(reverse("clients:own_code"), {"code": "2580"})
        assert "until tomorrow" in answer.content.decode()
        assert AuditEvent.objects.filter(action="code.shut").count() == 1
        clock.move_to(NOW + timedelta(hours=27))
        browser = by_mailed_code(joined)
        assert browser.post(reverse("clients:own_code"), {"code": "2580"}).url == PORTAL

    def test_a_new_code_has_all_its_tries(self, joined, clinician):
        for _ in range(10):
            actions.is_own_code(joined, code="0000", by=joined.user, now=NOW)
        actions.forget_code(joined, by=clinician, now=NOW)
        user = actions.accept_invitation(link_for(joined), code="7302", now=NOW)
        assert actions.is_own_code(joined, code="7302", by=user, now=NOW)

    def test_staff_have_no_such_page(self, clinician):
        assert as_user(clinician).get(reverse("clients:own_code")).status_code == 404

    def test_a_forgotten_one_is_chosen_anew_with_a_new_link(self, joined, clinician):
        old = link_for(joined)
        browser = as_user(joined.user)
        actions.forget_code(joined, by=clinician, now=NOW)
        joined.refresh_from_db()
        assert not joined.has_joined
        assert actions.open_link(old, code="2580", now=NOW) is None
        assert browser.get(PORTAL).url.startswith(reverse("account_login"))
        user = joined.user
        assert actions.accept_invitation(link_for(joined), code="7302", now=NOW) == user
        joined.refresh_from_db()
        assert actions.is_own_code(joined, code="7302", by=user, now=NOW)


class TestSomebodyElseBecomesTheClient:
    """Where links go, and what they ask for, do not change on one day."""

    LATER = NOW + timedelta(hours=25)

    def new_code(self, clinician, client):
        return freshly(clinician).post(reverse("clients:client_new_code", args=[client.pk]))

    def test_no_new_code_is_sent_to_where_the_practice_has_just_moved_them(
        self, joined, clinician, clock
    ):
        actions.change_client(joined, by=clinician, now=NOW, email="new@client.example")
        assert self.new_code(clinician, joined).url == reverse("clients:record", args=[joined.pk])
        joined.refresh_from_db()
        assert joined.has_joined
        clock.move_to(self.LATER)
        self.new_code(clinician, joined)
        joined.refresh_from_db()
        assert not joined.has_joined

    def test_nor_is_one_chosen_where_they_were_moved_after_it_was_sent(
        self, joined, clinician, clock
    ):
        self.new_code(clinician, joined)
        joined.refresh_from_db()
        actions.change_client(joined, by=clinician, now=NOW, email="new@client.example")
        token = actions.issue_links([joined], now=NOW)[joined.pk]
        page, form = reverse("clients:link", args=[token]), {"code": "7302", "again": "7302"}
        for answer in (Browser().get(page), Browser().post(page, form)):
            assert "opens tomorrow" in answer.content.decode()
        link = PortalLink.objects.by_token(token).get()
        assert actions.accept_invitation(link, code="7302", now=NOW) is None
        clock.move_to(self.LATER)
        assert Browser().post(page, form).url == PORTAL

    def test_another_number_is_another_way_too(self, joined, clinician, clock):
        how = WHOLE_DAY | {"channel": "sms"}
        actions.confirm_contact(joined, by=clinician, now=NOW, phone="+49301234567", **how)
        with pytest.raises(actions.HasMoved):
            actions.forget_code(joined, by=clinician, now=NOW)

    def test_what_goes_nowhere_else_does_not_count(self, joined, clinician, clock):
        said = {"preferred_name": "Sam O.", "email": joined.email, "phone": joined.phone}
        actions.change_client(joined, by=clinician, now=NOW, **said)
        event = AuditEvent.objects.filter(action="client.changed").latest("number")
        assert event.detail == {"fields": ["preferred_name"]}
        actions.confirm_contact(joined, by=joined.user, now=NOW, phone="+49301234567", **WHOLE_DAY)
        assert not actions.forget_code(joined, by=clinician, now=NOW).personal_code

    def test_each_takes_a_fresh_sign_in(self, joined, clinician):
        for name in ("client_change", "client_new_code"):
            url = reverse(f"clients:{name}", args=[joined.pk])
            answer = as_user(clinician).post(url, {"email": "new@client.example"})
            assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_who_covers_for_a_colleague_does_neither(self, joined, clinician, colleague, clock):
        day = NOW.date()
        actions.take_absence(
            clinician,
            first_day=day,
            last_day=day,
            covers={None: colleague},
            tells_clients=False,
            by=clinician,
            now=NOW,
        )
        assert self.new_code(colleague, joined).status_code == 404
        record = freshly(colleague).get(reverse("clients:record", args=[joined.pk]))
        assert "for a new code" not in record.content.decode()
        page, browser = reverse("clients:client_change", args=[joined.pk]), freshly(colleague)
        assert "email" not in browser.get(page).context["form"].fields
        sent = {"preferred_name": "Sam O.", "email": "x@y.example"}
        assert browser.post(page, sent | {"language": "en", "time_zone": "UTC"}).status_code == 302
        was = joined.email
        joined.refresh_from_db()
        assert (joined.preferred_name, joined.email) == ("Sam O.", was)


class TestWhatCloses:
    def is_live(self, link):
        link.refresh_from_db()
        return link.is_live(NOW)

    def test_another_address_closes_what_the_old_one_could_open(self, joined, clinician):
        link, browser = link_for(joined), as_user(joined.user)
        actions.change_client(joined, by=clinician, now=NOW, email="new@client.example", **WHO)
        assert not self.is_live(link)
        assert browser.get(PORTAL).url.startswith(reverse("account_login"))

    def test_an_invitation_to_a_wrong_address_opens_nothing_once_it_is_corrected(
        self, client_in_care, clinician
    ):
        link = link_for(client_in_care)
        actions.change_client(
            client_in_care, by=clinician, now=NOW, email="right@client.example", **WHO
        )
        assert actions.accept_invitation(link, code="7302", now=NOW) is None
        client_in_care.refresh_from_db()
        assert client_in_care.user is None

    def test_the_same_address_closes_nothing(self, joined, clinician):
        link = link_for(joined)
        actions.change_client(joined, by=clinician, now=NOW, email=joined.email, **WHO)
        assert self.is_live(link)

    def test_no_messages_and_hold_close_the_links_that_are_under_way(self, joined, clinician):
        link = link_for(joined)
        actions.confirm_contact(joined, by=clinician, now=NOW, **WHOLE_DAY | {"channel": "none"})
        assert not self.is_live(link)
        link = link_for(joined)
        clear(joined, by=clinician, outcome="hold", now=NOW + timedelta(hours=1))
        assert not self.is_live(link)


class TestTwice:
    def test_the_same_form_sent_twice_adds_one_client(self, clinician):
        browser = as_user(clinician)
        form = browser.get(reverse("clients:client_add")).context["form"]
        data = {
            "once": str(form["once"].value()),
            "preferred_name": "Sam",
            "language": "en",
            "time_zone": "UTC",
            "channel": "none",
            "hours_from": "09:00",
            "hours_until": "20:00",
            "wording": "discreet",
            "most_reminders": 2,
            "spacing_days": 2,
        }
        answers = [browser.post(reverse("clients:client_add"), data) for _ in range(2)]
        assert answers[0].url == answers[1].url
        assert clinician.caseload.count() == 1

    def test_an_address_that_somebody_signs_in_with_is_not_invited(self, clinician):
        client = make_client(clinician, email=clinician.email)
        answer = as_user(clinician).post(reverse("clients:client_invite", args=[client.pk]))
        assert answer.url == reverse("clients:client_change", args=[client.pk])
        client.refresh_from_db()
        assert client.invited_at is None


def test_strangers_are_asked_to_sign_in_first():
    assert Browser().get(reverse("clients:own_code")).url.startswith(reverse("account_login"))

"""The clinician's pages about people in care."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from assessments.models import Reminder
from clients import actions
from clients.models import Client, SafetyCheck, Session
from tests.conftest import NOW, as_user, freshly, make_client

ONE_LINE = "A name stands on one line: please leave out line breaks and control characters."

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
NOT_OFFERED = "is not one of the available choices."
REQUIRED = "This field is required."

ADD = {
    "preferred_name": "Sam Ortega",
    "pronouns": "they/them",
    "email": "sam@mail.example",
    "language": "en",
    "time_zone": "Europe/Berlin",
    "channel": "email",
    "weekdays": ["1", "2", "3", "4", "5"],
    "hours_from": "09:00",
    "hours_until": "17:00",
    "wording": "discreet",
    "most_reminders": "2",
    "spacing_days": "2",
    "others_see_device": "",
}
CONTACT = {name: ADD[name] for name in list(ADD)[5:]} | {"paused_until": ""}


def page(name, *args):
    return reverse(f"clients:{name}", args=args)


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


class TestAddingAClient:
    def test_the_client_is_on_the_caseload_and_may_be_reached_as_they_said(self, clinician):
        response = as_user(clinician).post(page("client_add"), ADD)
        client = Client.objects.cared_for_by(clinician).get()
        assert response.url == client.get_absolute_url()
        assert (client.preferred_name, client.pronouns) == ("Sam Ortega", "they/them")
        assert (client.email, client.time_zone) == ("sam@mail.example", "Europe/Berlin")
        contact = client.safe_contacts.get()
        assert (contact.weekdays, contact.channel) == ([1, 2, 3, 4, 5], "email")
        assert (contact.hours_from, contact.hours_until) == (time(9), time(17))
        assert client.created_by == clinician

    def test_the_form_begins_with_the_clock_of_the_clinician(self, clinician):
        form = as_user(clinician).get(page("client_add")).context["form"]
        assert form["time_zone"].value() == "Europe/Berlin"
        assert form["wording"].value() == "discreet"

    def test_no_messages_needs_neither_an_address_nor_days(self, clinician):
        form = ADD | {"channel": "none", "email": "", "weekdays": []}
        as_user(clinician).post(page("client_add"), form)
        assert Client.objects.get().safe_contacts.get().channel == "none"

    @pytest.mark.parametrize(
        ("wrong", "expected"),
        [
            ({"preferred_name": ""}, {"preferred_name": [REQUIRED]}),
            ({"preferred_name": "   "}, {"preferred_name": [REQUIRED]}),
            (
                {"preferred_name": "x" * 81},
                {"preferred_name": ["Ensure this value has at most 80 characters (it has 81)."]},
            ),
            (
                {"preferred_name": "Sam\0"},
                {
                    "preferred_name": [
                        ONE_LINE,
                        "Null characters are not allowed.",
                    ]
                },
            ),
            (
                {"pronouns": "x" * 41},
                {"pronouns": ["Ensure this value has at most 40 characters (it has 41)."]},
            ),
            ({"email": "sam"}, {"email": ["Enter a valid email address."]}),
            ({"email": ""}, {"email": ["Give an address, or choose another way."]}),
            (
                {"language": "tlh"},
                {"language": ["Select a valid choice. tlh is not one of the available choices."]},
            ),
            (
                {"time_zone": "Middle/Earth"},
                {
                    "time_zone": [
                        "Select a valid choice. Middle/Earth is not one of the available choices."
                    ]
                },
            ),
            (
                {"channel": "pigeon"},
                {"channel": ["Select a valid choice. pigeon is not one of the available choices."]},
            ),
            ({"channel": ""}, {"channel": [REQUIRED]}),
            ({"weekdays": []}, {"weekdays": ["Choose at least one day, or choose no messages."]}),
            (
                {"weekdays": ["8"]},
                {
                    "weekdays": [
                        "Select a valid choice. 8 is not one of the available choices.",
                        "Choose at least one day, or choose no messages.",
                    ]
                },
            ),
            ({"hours_from": "25:00"}, {"hours_from": ["Enter a valid time."]}),
            (
                {"hours_until": "09:00"},
                {"hours_until": ["Choose a time after the first one, on the same day."]},
            ),
            (
                {"hours_until": "03:00"},
                {"hours_until": ["Choose a time after the first one, on the same day."]},
            ),
            ({"wording": ""}, {"wording": [REQUIRED]}),
            *(
                ({name: wrong}, {name: [f"Select a valid choice. {wrong} {NOT_OFFERED}"]})
                for name, wrong in (
                    ("most_reminders", "6"),
                    ("most_reminders", "-1"),
                    ("most_reminders", "two"),
                    ("spacing_days", "0"),
                    ("spacing_days", "31"),
                    ("first_days", "8"),
                )
            ),
            (
                {"others_see_device": "x" * 1001},
                {
                    "others_see_device": [
                        "Ensure this value has at most 1000 characters (it has 1001)."
                    ]
                },
            ),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_a_wrong_input_has_its_sentence_and_stores_nothing(self, clinician, wrong, expected):
        response = as_user(clinician).post(page("client_add"), ADD | wrong)
        assert errors(response) == expected
        for sentences in expected.values():
            assert sentences[0] in response.content.decode()
        assert not Client.objects.exists()

    def test_what_was_typed_is_still_there_after_a_mistake(self, clinician):
        form = ADD | {"email": "sam", "others_see_device": "My partner"}
        response = as_user(clinician).post(page("client_add"), form)
        text = response.content.decode()
        assert 'value="Sam Ortega"' in text
        assert 'value="sam"' in text
        assert "My partner" in text

    def test_owner_and_practice_never_come_from_the_form(self, clinician, stranger):
        forged = ADD | {"practice": str(stranger.practice_id), "created_by": str(stranger.pk)}
        as_user(clinician).post(page("client_add"), forged)
        client = Client.objects.get()
        assert (client.practice, client.created_by) == (clinician.practice, clinician)


class TestTheCaseload:
    def names(self, response):
        return [row.client.preferred_name for row in response.context["page"]]

    def test_it_is_in_the_order_of_names_and_shows_what_a_row_needs(self, clinician, colleague):
        for name in ("berta", "Ada", "Çelik"):
            make_client(clinician, name)
        make_client(colleague, "Not mine")
        ada = next(c for c in Client.objects.of(clinician) if c.preferred_name == "Ada")
        actions.book_session(ada, by=clinician, starts_at=NOW + DAY, now=NOW)
        response = as_user(clinician).get(page("caseload"))
        assert self.names(response) == ["Ada", "berta", "Çelik"]
        row = response.context["page"][0]
        assert (row.week, row.next_session_at, row.clinician) == (1, NOW + DAY, clinician)
        assert row.contact == ada.safe_contacts.get()
        assert "Not mine" not in response.content.decode()

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [("ADA", ["Ada Lovelace"]), ("mail.ex", ["Bo"]), (" ", ["Ada Lovelace", "Bo"]), ("%", [])],
    )
    def test_it_is_searched_by_name_and_address(self, clinician, wanted, found):
        make_client(clinician, "Ada Lovelace")
        make_client(clinician, "Bo", email="bo@mail.example")
        response = as_user(clinician).get(page("caseload"), {"q": wanted})
        assert self.names(response) == found

    @pytest.mark.parametrize("number", ["2", "99", "0", "x", ""])
    def test_a_page_that_is_not_there_is_the_nearest_one(self, client_in_care, clinician, number):
        response = as_user(clinician).get(page("caseload"), {"page": number})
        assert self.names(response) == ["Sam Ortega"]

    def test_a_supervisor_sees_everybody_of_the_practice(
        self, client_in_care, supervisor, colleague, stranger
    ):
        make_client(colleague, "Theirs")
        make_client(stranger, "Elsewhere")
        assert self.names(as_user(supervisor).get(page("caseload"))) == ["Sam Ortega", "Theirs"]

    def test_an_empty_one_says_what_to_do(self, clinician):
        text = as_user(clinician).get(page("caseload")).content.decode()
        assert page("client_add") in text


class TestInviting:
    def test_the_message_is_planned_and_the_page_says_so(self, client_in_care, clinician):
        response = as_user(clinician).post(page("client_invite", client_in_care.pk), follow=True)
        assert "Invited. The message leaves at an hour that is safe" in response.content.decode()
        assert Reminder.objects.planned().get().kind == "invitation"
        client_in_care.refresh_from_db()
        assert client_in_care.invited_at is not None

    def test_without_an_address_it_says_what_is_missing(self, clinician):
        client = make_client(clinician, email="", contact={"channel": "none"})
        response = as_user(clinician).post(page("client_invite", client.pk), follow=True)
        assert "Add an e-mail address first." in response.content.decode()
        client.refresh_from_db()
        assert client.invited_at is None

    def test_it_is_not_done_by_looking(self, client_in_care, clinician):
        browser = as_user(clinician)
        assert browser.get(page("client_invite", client_in_care.pk)).status_code == 405


class TestChangingHowTheyMayBeReached:
    def test_the_form_shows_what_was_said_last(self, client_in_care, clinician):
        form = as_user(clinician).get(page("contact_change", client_in_care.pk)).context["form"]
        assert form["weekdays"].value() == [1, 2, 3, 4, 5, 6, 7]
        assert form["most_reminders"].value() == 2

    def test_a_change_is_kept(self, client_in_care, clinician):
        form = CONTACT | {"paused_until": "2026-12-24", "most_reminders": "0"}
        response = as_user(clinician).post(page("contact_change", client_in_care.pk), form)
        assert response.url == reverse("assessments:contact", args=[client_in_care.pk])
        contact = client_in_care.safe_contacts.current().get()
        assert (contact.paused_until, contact.most_reminders) == (date(2026, 12, 24), 0)

    @pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
    def test_a_pause_to_the_end_of_time_is_a_pause(self, client_in_care, clinician, day):
        actions.invite(client_in_care, by=clinician, now=NOW)
        form = CONTACT | {"paused_until": day}
        response = as_user(clinician).post(page("contact_change", client_in_care.pk), form)
        assert response.status_code == 302
        follow = as_user(clinician).get(response.url)
        assert follow.status_code == 200

    def test_mail_to_nobody_is_refused(self, clinician):
        client = make_client(clinician, email="", contact={"channel": "none"})
        response = as_user(clinician).post(page("contact_change", client.pk), CONTACT)
        assert errors(response) == {"channel": ["There is no e-mail address for this client."]}
        assert client.safe_contacts.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"hours_until": "08:00"}, "hours_until"), ({"weekdays": []}, "weekdays")],
    )
    def test_a_wrong_input_changes_nothing(self, client_in_care, clinician, wrong, field):
        browser = as_user(clinician)
        response = browser.post(page("contact_change", client_in_care.pk), CONTACT | wrong)
        assert list(errors(response)) == [field]
        assert client_in_care.safe_contacts.count() == 1


class TestTheSafetyCheck:
    @pytest.mark.parametrize(
        ("outcome", "note"), [("clear", ""), ("caution", "evenings"), ("hold", "call first")]
    )
    def test_it_is_kept_and_leads_to_assigning(self, client_in_care, clinician, outcome, note):
        form = {"outcome": outcome, "note": note} | ({"sure": "on"} if outcome == "hold" else {})
        response = freshly(clinician).post(page("safety_check", client_in_care.pk), form)
        assert response.url == reverse("assessments:assign", args=[client_in_care.pk])
        check = client_in_care.safety_checks.get()
        assert (check.outcome, check.note, check.created_by) == (outcome, note, clinician)

    @pytest.mark.parametrize(
        ("form", "expected"),
        [
            ({}, {"outcome": [REQUIRED]}),
            (
                {"outcome": "hold", "note": " ", "sure": "on"},
                {"note": ["Say why, for whoever reads this after you."]},
            ),
            (
                {"outcome": "hold", "note": "call first"},
                {"sure": ["Please read what hold does today, and confirm it here."]},
            ),
            ({"outcome": "caution"}, {"note": ["Say why, for whoever reads this after you."]}),
            (
                {"outcome": "fine"},
                {"outcome": ["Select a valid choice. fine is not one of the available choices."]},
            ),
        ],
        ids=str,
    )
    def test_a_wrong_input_has_its_sentence(self, client_in_care, clinician, form, expected):
        response = freshly(clinician).post(
            page("safety_check", client_in_care.pk), form or {"x": 1}
        )
        assert errors(response) == expected
        assert not SafetyCheck.objects.exists()

    def test_earlier_ones_stay_and_the_newest_is_first(self, client_in_care, clinician):
        for n, outcome in enumerate(("clear", "hold")):
            actions.record_safety_check(
                client_in_care, by=clinician, outcome=outcome, note="why", now=NOW + n * DAY
            )
        checks = freshly(clinician).get(page("safety_check", client_in_care.pk)).context["checks"]
        assert [check.outcome for check in checks] == ["hold", "clear"]


class TestSessions:
    FORM = {"day": "2026-11-20", "at": "14:00", "minutes": "50"}

    def book(self, browser, client, **changed):
        return browser.post(page("sessions", client.pk), self.FORM | changed)

    def test_one_is_booked_on_the_clock_of_the_clinician(self, client_in_care, clinician):
        response = self.book(as_user(clinician), client_in_care)
        assert response.url == page("sessions", client_in_care.pk)
        session = Session.objects.get()
        assert session.starts_at.isoformat() == "2026-11-20T13:00:00+00:00"
        assert (session.clinician, session.minutes) == (clinician, 50)

    def test_the_same_time_twice_is_refused_with_a_sentence(self, client_in_care, clinician):
        browser = as_user(clinician)
        self.book(browser, client_in_care)
        response = self.book(browser, client_in_care)
        assert errors(response) == {"at": ["There is a session at this time already."]}
        assert Session.objects.count() == 1

    def test_the_time_of_a_cancelled_one_is_free(self, client_in_care, clinician):
        browser = as_user(clinician)
        self.book(browser, client_in_care)
        actions.settle_session(Session.objects.get(), outcome="cancelled", by=clinician, now=NOW)
        assert self.book(browser, client_in_care).status_code == 302
        assert Session.objects.count() == 2

    @pytest.mark.parametrize(
        ("wrong", "expected"),
        [
            ({"day": ""}, {"day": [REQUIRED]}),
            ({"day": "Friday"}, {"day": ["Enter a valid date."]}),
            ({"at": "26:00"}, {"at": ["Enter a valid time."]}),
            (
                {"minutes": "4"},
                {"minutes": ["Ensure this value is greater than or equal to 5."]},
            ),
            (
                {"minutes": "481"},
                {"minutes": ["Ensure this value is less than or equal to 480."]},
            ),
        ],
        ids=str,
    )
    def test_a_wrong_input_has_its_sentence(self, client_in_care, clinician, wrong, expected):
        response = self.book(as_user(clinician), client_in_care, **wrong)
        assert errors(response) == expected
        assert not Session.objects.exists()

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_a_year_typed_wrongly_is_refused_with_a_sentence(self, client_in_care, clinician, day):
        response = self.book(as_user(clinician), client_in_care, day=day, at="00:00")
        assert list(errors(response)) == ["day"]

    @pytest.mark.parametrize("outcome", ["attended", "missed", "cancelled"])
    def test_what_became_of_it_is_said(self, client_in_care, clinician, outcome):
        session = actions.book_session(client_in_care, by=clinician, starts_at=NOW - DAY, now=NOW)
        url = page("session_settle", client_in_care.pk, session.pk)
        assert as_user(clinician).post(url, {"outcome": outcome}).status_code == 302
        session.refresh_from_db()
        assert session.outcome == outcome

    @pytest.mark.parametrize("form", [{}, {"outcome": "eaten"}])
    def test_something_else_changes_nothing(self, client_in_care, clinician, form):
        session = actions.book_session(client_in_care, by=clinician, starts_at=NOW - DAY, now=NOW)
        url = page("session_settle", client_in_care.pk, session.pk)
        assert as_user(clinician).post(url, form).status_code == 302
        session.refresh_from_db()
        assert session.outcome == "to_come"

    def test_a_cancelled_one_does_not_come_back_beside_another(self, client_in_care, clinician):
        first = actions.book_session(client_in_care, by=clinician, starts_at=NOW - DAY, now=NOW)
        actions.settle_session(first, outcome="cancelled", by=clinician, now=NOW)
        actions.book_session(client_in_care, by=clinician, starts_at=NOW - DAY, now=NOW)
        url = page("session_settle", client_in_care.pk, first.pk)
        response = as_user(clinician).post(url, {"outcome": "attended"}, follow=True)
        assert "There is a session at this time already." in response.content.decode()
        first.refresh_from_db()
        assert first.outcome == "cancelled"

    def test_a_session_is_settled_only_through_its_own_client(self, client_in_care, clinician):
        other = make_client(clinician, "Other")
        session = actions.book_session(other, by=clinician, starts_at=NOW - DAY, now=NOW)
        url = page("session_settle", client_in_care.pk, session.pk)
        assert as_user(clinician).post(url, {"outcome": "missed"}).status_code == 404


def test_the_record_says_who_this_is_and_what_was_checked(client_in_care, clinician):
    actions.record_safety_check(
        client_in_care, by=clinician, outcome="caution", note="Evenings only", now=NOW
    )
    text = as_user(clinician).get(page("record", client_in_care.pk)).content.decode()
    assert client_in_care.email in text
    assert "they/them" in text
    assert "Evenings only" not in text  # it stands behind one's password
    assert "Caution" in text

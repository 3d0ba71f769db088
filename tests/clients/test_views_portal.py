"""The ways into the portal and out of it. A link alone opens nothing and tells nothing."""

import re
from datetime import time, timedelta

import pytest
from django.contrib.sessions.models import Session as WebSession
from django.test import Client as Browser
from django.urls import reverse

from clients import actions
from clients.models import PortalLink
from clients.models.portal import stop_token
from practice.models import Practice, User
from tests.conftest import NOW, WHOLE_DAY, as_user, join, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
PORTAL = reverse("assessments:portal")
NEEDED = "Please type the digits here."


def address(client, now=NOW):
    token = actions.issue_links([client], now=now)[client.pk]
    return reverse("clients:link", args=[token])


def who(browser):
    return browser.session.get("_auth_user_id")


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


class TestJoining:
    def test_with_a_code_of_ones_own_the_client_is_in(self, client_in_care, client):
        url = address(client_in_care)
        assert client.get(url).status_code == 200
        response = client.post(url, {"code": "2580", "again": "2580"})
        client_in_care.refresh_from_db()
        assert response.url == PORTAL
        assert who(client) == str(client_in_care.user_id)

    def test_the_page_before_the_code_names_nobody(self, client_in_care, client):
        text = client.get(address(client_in_care)).content.decode()
        for told in ("Sam", "Ortega", "Mill", "Clara", client_in_care.email):
            assert told not in text

    @pytest.mark.parametrize(
        ("code", "again", "expected"),
        [
            ("", "", {"code": [NEEDED], "again": [NEEDED]}),
            ("123", "123", {"code": ["Use 4 to 8 digits, nothing else."]}),
            ("258013795", "258013795", {"code": ["Use 4 to 8 digits, nothing else."]}),
            ("25a0", "25a0", {"code": ["Use 4 to 8 digits, nothing else."]}),
            ("٢٥٨٠", "٢٥٨٠", {"code": ["Use 4 to 8 digits, nothing else."]}),
            *(
                (weak, weak, {"code": ["This one is easy to guess. Mix the digits a little."]})
                for weak in ("0000", "1234", "9876", "77777777", "23456789")
            ),
            ("2580", "2581", {"again": ["The two codes are not the same."]}),
        ],
    )
    def test_a_weak_or_wrong_code_has_its_sentence(
        self, client_in_care, client, code, again, expected
    ):
        url = address(client_in_care)
        assert errors(client.post(url, {"code": code, "again": again})) == expected
        client_in_care.refresh_from_db()
        assert (client_in_care.user, who(client)) == (None, None)
        assert client.post(url, {"code": "2580", "again": "2580"}).url == PORTAL

    def test_a_code_is_never_written_back_into_the_page(self, client_in_care, client):
        response = client.post(address(client_in_care), {"code": "1379", "again": "1378"})
        assert "1379" not in response.content.decode()

    def test_an_address_that_signs_in_already_is_not_told(self, clinician, client):
        taken = make_client(clinician, "Other", email=clinician.email)
        response = client.post(address(taken), {"code": "2580", "again": "2580"})
        assert response.status_code == 410
        assert clinician.email not in response.content.decode()
        assert who(client) is None

    def test_whoever_was_signed_in_on_this_device_is_not_any_more(self, client_in_care, clinician):
        browser = as_user(clinician)
        browser.post(address(client_in_care), {"code": "2580", "again": "2580"})
        client_in_care.refresh_from_db()
        assert who(browser) == str(client_in_care.user_id)
        assert "second_factor" not in browser.session


class TestEntering:
    def test_with_the_right_code_the_client_is_in(self, joined, client):
        response = client.post(address(joined), {"code": " 2580 "})
        assert (response.url, who(client)) == (PORTAL, str(joined.user_id))

    def test_a_wrong_one_has_a_sentence_and_another_try(self, joined, client):
        url = address(joined)
        response = client.post(url, {"code": "2581"})
        assert errors(response) == {"code": ["That is not the code. Please try again."]}
        assert who(client) is None
        assert client.post(url, {"code": "2580"}).url == PORTAL

    def test_an_empty_one_is_not_counted(self, joined, client):
        assert errors(client.post(address(joined), {"code": ""})) == {"code": [NEEDED]}
        assert PortalLink.objects.latest("id").wrong_codes == 0

    def test_a_client_whose_account_was_closed_stays_out(self, joined, client):
        User.objects.filter(pk=joined.user_id).update(is_active=False)
        client.post(address(joined), {"code": "2580"})
        assert client.get(PORTAL).status_code == 302
        assert client.get(PORTAL).url.startswith(reverse("account_login"))


def five_wrong_codes(client, browser):
    url = address(client)
    for _ in range(5):
        browser.post(url, {"code": "9999"})
    return url


def used(client, browser):
    url = address(client)
    Browser().post(url, {"code": "2580"})
    return url


def replaced(client, browser):
    url = address(client)
    address(client)
    return url


SPENT = {
    "unknown": lambda client, browser: reverse("clients:link", args=["no-such-token"]),
    "strange": lambda client, browser: "/l/%F0%9F%99%82%00/",
    "expired": lambda client, browser: address(client, NOW - DAY),
    "used": used,
    "replaced": replaced,
    "tried five times": five_wrong_codes,
}


class TestSpentLinks:
    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("why", SPENT)
    def test_all_show_the_same_page_and_reveal_nothing(self, joined, client, why, method):
        url = SPENT[why](joined, client)
        response = getattr(client, method)(url, {"code": "2580"})
        never = reverse("clients:link", args=["never-was"])
        unknown = Browser().get(never)
        assert (response.status_code, unknown.status_code) == (410, 410)
        tokens = [address.split("/")[2] for address in (url, never)]
        said = [
            re.sub(r'value="\w{64}"', "", page.content.decode()).replace(token, "…")
            for page, token in zip((response, unknown), tokens, strict=True)
        ]
        assert said[0] == said[1]
        assert who(client) is None

    def test_the_fifth_wrong_code_shows_it_at_once(self, joined, client):
        url = address(joined)
        codes = [client.post(url, {"code": "9999"}).status_code for _ in range(5)]
        assert codes == [200, 200, 200, 200, 410]

    def test_an_invitation_that_was_used_is_spent_too(self, client_in_care, client):
        url = address(client_in_care)
        client.post(url, {"code": "2580", "again": "2580"})
        assert Browser().get(url).status_code == 410

    @pytest.mark.parametrize(("days", "status"), [(13, 200), (14, 410)])
    def test_an_invitation_lives_for_fourteen_days(
        self, client_in_care, client, clock, days, status
    ):
        url = address(client_in_care)
        clock.shift(days * DAY)
        assert client.get(url).status_code == status

    @pytest.mark.parametrize(("minutes", "status"), [(59, 200), (60, 410)])
    def test_a_later_link_lives_for_an_hour(self, joined, client, clock, minutes, status):
        url = address(joined)
        clock.shift(timedelta(minutes=minutes))
        assert client.get(url).status_code == status

    def test_looking_at_a_link_does_not_spend_it(self, joined, client):
        url = address(joined)
        assert [client.get(url).status_code for _ in range(3)] == [200] * 3
        assert client.head(url).status_code == 200


STOP = {"stop": "yes"}


class TestStoppingMessages:
    def url(self, client):
        return reverse("clients:stop", args=[stop_token(client.pk)])

    def test_looking_stops_nothing_because_scanners_look(self, client_in_care, client):
        response = client.get(self.url(client_in_care))
        assert (response.status_code, response.context["is_stopped"]) == (200, False)
        assert client_in_care.safe_contacts.current().get().channel == "email"

    def test_the_button_does_without_signing_in(self, client_in_care, client):
        response = client.post(self.url(client_in_care), STOP)
        assert response.context["is_stopped"] is True
        contact = client_in_care.safe_contacts.current().get()
        assert (contact.channel, contact.created_by) == ("none", None)
        assert who(client) is None

    def test_a_form_sent_off_without_its_button_stops_nothing(self, client_in_care, client):
        for form in ({}, {"csrfmiddlewaretoken": "x"}):
            assert client.post(self.url(client_in_care), form).context["is_stopped"] is False
        one_click = {"List-Unsubscribe": "One-Click"}
        assert client.post(self.url(client_in_care), one_click).context["is_stopped"] is True

    def test_a_second_click_changes_nothing(self, client_in_care, client):
        for _ in range(2):
            assert client.post(self.url(client_in_care), STOP).status_code == 200
        assert client_in_care.safe_contacts.count() == 2
        assert client.get(self.url(client_in_care)).context["is_stopped"] is True

    @pytest.mark.parametrize("days", [0, 80])
    def test_the_link_of_a_message_stops_them_too_even_when_it_opens_nothing_any_more(
        self, client_in_care, client, days
    ):
        token = actions.issue_links([client_in_care], now=NOW - days * DAY)[client_in_care.pk]
        url = reverse("clients:stop", args=[token])
        assert client.get(url).context["is_stopped"] is False
        assert client.post(url, STOP).context["is_stopped"] is True
        assert client_in_care.safe_contacts.current().get().channel == "none"
        assert not PortalLink.objects.filter(used_at__isnull=False).exists()

    def test_the_page_that_asks_for_a_code_leads_to_it(self, client_in_care, clinician, client):
        url = address(client_in_care)
        assert f'href="{url.replace("/l/", "/s/")}"' in client.get(url).content.decode()
        url = address(join(client_in_care, by=clinician))
        assert f'href="{url.replace("/l/", "/s/")}"' in client.get(url).content.decode()

    def test_the_page_names_nobody(self, client_in_care, client):
        text = client.get(self.url(client_in_care)).content.decode()
        for told in ("Sam", "Mill", "Clara", client_in_care.email):
            assert told not in text

    @pytest.mark.parametrize("token", ["x", "a:b:c", "🙂"])
    def test_a_token_that_was_made_up_shows_the_spent_page(self, client_in_care, client, token):
        response = client.post(reverse("clients:stop", args=[token]), STOP)
        assert response.status_code == 410
        assert client_in_care.safe_contacts.current().get().channel == "email"


class TestLeaving:
    def test_the_session_ends_and_a_neutral_page_takes_its_place(self, joined):
        Practice.objects.update(leave_url="https://weather.example/today")
        browser = as_user(joined.user)
        response = browser.get(reverse("clients:leave"))
        assert (response.status_code, response["Location"]) == (
            302,
            "https://weather.example/today",
        )
        assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        assert response["Cache-Control"] == "no-store"
        assert not WebSession.objects.exists()
        assert browser.get(PORTAL).url.startswith(reverse("account_login"))

    def test_it_works_for_somebody_whose_session_has_ended_already(self, client, practice):
        response = client.get(reverse("clients:leave"))
        assert response["Location"] == "https://www.bbc.com/weather"
        assert response["Clear-Site-Data"]

    def test_every_page_of_the_portal_has_the_plain_link(self, joined):
        browser = as_user(joined.user)
        browser.post(reverse("clients:welcome_done"))
        for name in ("assessments:portal", "assessments:help", "clients:contact_own"):
            response = browser.get(reverse(name))
            assert f'href="{reverse("clients:leave")}"' in response.content.decode()
            assert "no-store" in response["Cache-Control"]
            assert "<title>Trellis</title>" in response.content.decode()

    def test_the_rehearsal_keeps_the_client_signed_in(self, joined):
        browser = as_user(joined.user)
        page = browser.get(reverse("clients:welcome")).content.decode()
        assert f'href="{reverse("clients:leave_rehearsal")}"' in page
        assert browser.get(reverse("clients:leave_rehearsal")).status_code == 200
        assert browser.get(reverse("assessments:help")).status_code == 200


class TestTheFirstVisit:
    def test_it_explains_how_to_leave_and_then_never_again(self, joined):
        browser = as_user(joined.user)
        assert browser.get(PORTAL).url == reverse("clients:welcome")
        assert "history" in browser.get(reverse("clients:welcome")).content.decode()
        assert browser.post(reverse("clients:welcome_done")).url == PORTAL
        assert browser.get(PORTAL).status_code == 200

    def test_reading_alone_is_not_having_understood(self, joined):
        browser = as_user(joined.user)
        browser.get(reverse("clients:welcome"))
        assert browser.get(reverse("clients:welcome_done")).status_code == 405
        assert browser.get(PORTAL).status_code == 302


class TestHowTheClientMayBeReached:
    FORM = {
        name: value
        for name, value in WHOLE_DAY.items()
        if name not in ("hours_from", "hours_until")
    } | {"hours_from": "10:00", "hours_until": "12:00", "paused_until": ""}

    def test_the_client_says_it_themself(self, joined):
        browser = as_user(joined.user)
        response = browser.post(reverse("clients:contact_own"), self.FORM | {"channel": "none"})
        assert response.url == PORTAL
        contact = joined.safe_contacts.current().get()
        assert (contact.channel, contact.created_by) == ("none", joined.user)

    WIDER = (
        {"weekdays": [1, 2], "wording": "plain"},
        {"hours_until": "23:59"},
        {"hours_from": "06:00"},
        {"weekdays": [1, 2, 3]},
    )

    @pytest.mark.parametrize("wider", WIDER, ids=str)
    def test_what_reaches_further_takes_the_personal_code(self, client_in_care, clinician, wider):
        narrow = {"weekdays": [1, 2], "hours_from": time(10), "hours_until": time(12)}
        actions.confirm_contact(client_in_care, by=clinician, now=NOW, **WHOLE_DAY | narrow)
        sam = join(client_in_care, by=clinician)
        browser, url = as_user(sam.user), reverse("clients:contact_own")
        form, before = self.FORM | {"weekdays": [1, 2]} | wider, sam.safe_contacts.count()
        for typed in ({}, {"code": "9999"}):
            page = browser.post(url, form | typed)
            assert list(errors(page)) == ["code"]
            assert 'name="code"' in page.content.decode()
        assert sam.safe_contacts.count() == before
        assert browser.post(url, form | {"code": "2580"}).url == PORTAL
        assert sam.safe_contacts.count() == before + 1

    def test_who_else_sees_the_phone_is_kept_and_never_shown(self, client_in_care, clinician):
        contact = {"others_see_device": "Unmistakable husband"}
        actions.confirm_contact(client_in_care, by=clinician, now=NOW, **WHOLE_DAY | contact)
        browser = as_user(join(client_in_care, by=clinician).user)
        page = browser.get(reverse("clients:contact_own"))
        assert "Unmistakable" not in page.content.decode()
        browser.post(reverse("clients:contact_own"), self.FORM)
        last = client_in_care.safe_contacts.current().get()
        assert last.others_see_device == "Unmistakable husband"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"hours_until": "09:00"}, "hours_until"), ({"weekdays": []}, "weekdays")],
    )
    def test_a_wrong_input_has_its_sentence_and_changes_nothing(self, joined, wrong, field):
        response = as_user(joined.user).post(reverse("clients:contact_own"), self.FORM | wrong)
        assert list(errors(response)) == [field]
        assert joined.safe_contacts.count() == 1

"""Asked again, who may look, and whom to call. Nothing in the portal says why it is asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clients import actions, helplines
from clients.models import ChannelStop, SafetyPolicy, WhoSees
from practice.models import AuditEvent
from tests.conftest import NOW, WHOLE_DAY, as_user, freshly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
PORTAL, STILL = reverse("assessments:portal"), reverse("clients:contact_still")
CARD = "Is this still right for you?"


@pytest.fixture
def browser(joined):
    joined.leave_page_shown_at = NOW - 2 * DAY  # it is no first visit
    joined.save(update_fields=["leave_page_shown_at"])
    return as_user(joined.user)


def asks(browser) -> bool:
    return CARD in browser.get(PORTAL).content.decode()


def seen(client) -> dict:
    return {"seen": str(client.safe_contacts.current().get().pk)}


class TestIsThisStillRight:
    def test_what_the_clinician_entered_is_asked_until_the_client_has_said_it(
        self, joined, browser
    ):
        assert asks(browser)
        before = joined.safe_contacts.current().get()
        assert browser.post(STILL, seen(joined)).url == PORTAL
        now = joined.safe_contacts.current().get()
        assert (now.created_by, now.channel) == (joined.user, before.channel)
        assert now.others_see_device == before.others_see_device
        before.refresh_from_db()
        assert before.replaced_at == now.confirmed_at
        assert not asks(browser)

    def test_after_the_weeks_of_the_practice_it_is_asked_once_more(
        self, joined, browser, owner, clock
    ):
        browser.post(STILL, seen(joined))
        clock.shift(11 * 7 * DAY)
        assert not asks(as_user(joined.user))
        actions.change_safety_policy(
            owner.practice,
            leave_url=owner.practice.leave_url,
            contact_weeks=10,
            check_weeks=12,
            country="",
            hidden_help=[],
            by=owner,
        )
        assert asks(as_user(joined.user))

    def test_later_is_quiet_for_a_week(self, joined, browser, clock):
        browser.post(STILL, seen(joined) | {"later": "1"})
        assert joined.safe_contacts.count() == 1
        assert not asks(browser)
        clock.shift(8 * DAY)
        assert asks(as_user(joined.user))

    def test_what_changed_meanwhile_or_is_stopped_is_looked_at_first(
        self, joined, browser, clinician
    ):
        old = seen(joined)
        actions.confirm_contact(joined, by=clinician, now=NOW, **WHOLE_DAY | {"channel": "none"})
        assert browser.post(STILL, old).url == reverse("clients:contact_own")
        ChannelStop.objects.create(
            practice=joined.practice,
            client=joined,
            channel="email",
            why="complained",
            stopped_at=NOW,
        )
        assert browser.post(STILL, seen(joined)).url == reverse("clients:contact_own")
        assert joined.channel_stops.standing().exists()
        assert joined.safe_contacts.count() == 2

    def test_the_clinician_sees_that_it_is_old(self, joined, clinician, clock):
        url = reverse("clients:record", args=[joined.pk])
        assert "They have not said so in the portal yet." in page(as_user(clinician), url)
        clock.shift(13 * 7 * DAY)
        text = page(as_user(clinician), url)
        assert "Time to ask again." in text
        assert "Old: time for a new one." in text  # the safety check


def page(browser, url) -> str:
    return browser.get(url).content.decode()


class TestWhoCanSee:
    URL = reverse("clients:who_sees")

    def test_what_they_say_is_for_the_care_team_and_is_never_shown_again(
        self, joined, browser, clinician, supervisor
    ):
        said = {"phone": "somebody", "mail": "", "words": "Unmistakable husband"}
        assert browser.post(self.URL, said).url == PORTAL
        row = WhoSees.objects.get()
        assert (row.said, row.created_by) == (
            {"phone": "somebody", "words": "Unmistakable husband"},
            joined.user,
        )
        for url in (self.URL, PORTAL, reverse("clients:contact_own")):
            assert "Unmistakable" not in page(browser, url)
        record = reverse("clients:record", args=[joined.pk])
        assert "Unmistakable" in page(as_user(clinician), record)
        assert "Unmistakable" not in page(as_user(supervisor), record)
        assert "Unmistakable" not in str(AuditEvent.objects.values_list("detail", flat=True))

    def test_nothing_said_keeps_nothing(self, browser):
        response = browser.post(self.URL, {"phone": ""})
        assert response.context["form"].non_field_errors()
        assert not WhoSees.objects.exists()

    def test_the_page_says_what_to_do_and_names_no_one_as_a_danger(self, browser):
        text = page(browser, self.URL).lower()
        for word in ("lock screen", "private window", "find my phone", "cloud", "library"):
            assert word in text
        for word in ("abuse", "violen", "partner", "danger", "afraid", "fear"):
            assert word not in text


class TestWhomToCall:
    def test_the_practices_own_text_stands_first_then_its_country(self, browser):
        text = page(browser, reverse("assessments:help"))
        assert (
            text.index("tel:112") < text.index("Numbers in Germany") < text.index("0800 111 0 111")
        )
        assert 'href="tel:08001110111"' in text
        assert "Sam" not in text

    def test_another_country_is_one_link_away_and_a_line_can_be_left_out(self, browser, owner):
        url = reverse("assessments:help")
        assert "116 123" in page(browser, f"{url}?in=gb")
        form = {
            "place": "https://www.wikipedia.org/",
            "contact_weeks": "12",
            "check_weeks": "12",
            "country": "GB",
        }
        assert freshly(owner).post(reverse("clients:safety_policy"), form).status_code == 302
        hide = form | {"hidden_help": ["gb-samaritans"]}
        assert freshly(owner).post(reverse("clients:safety_policy"), hide).status_code == 302
        text = page(browser, url)
        assert "Numbers in United Kingdom" in text
        assert "116 123" not in text

    def test_it_opens_without_signing_in_and_does_not_say_which_practice(self, client, practice):
        response = client.get(
            reverse("clients:help"), headers={"accept-language": "de-DE,en;q=0.5"}
        )
        text = response.content.decode()
        assert "Numbers in Germany" in text
        assert response["Cache-Control"] == "no-store"
        assert practice.name not in text
        assert practice.help_text not in text

    def test_every_line_has_a_number_a_source_and_a_day(self):
        ids = set()
        for country in helplines.countries().values():
            for line in country.lines:
                ids.add(line.id)
                assert line.kind in helplines.KINDS
                assert {line.whom, line.hours, country.name} - {""} <= set(helplines.WORDS)
                assert line.source.startswith("http")
                assert line.checked.year >= 2026
                assert all(helpline_is_dialled(number) for number in line.numbers)
        assert len(ids) == sum(len(each.lines) for each in helplines.countries().values())

    @pytest.mark.parametrize(
        ("zone", "code"),
        [
            ("Europe/Berlin", "DE"),
            ("America/Indiana/Knox", "US"),
            ("Australia/Perth", "AU"),
            ("Asia/Tokyo", ""),
        ],
    )
    def test_the_time_zone_says_the_country(self, zone, code):
        assert helplines.country_of_zone(zone) == code


def helpline_is_dialled(number: str) -> bool:
    return 3 <= sum(each.isdigit() for each in number) <= 15


class TestSafetyInThePortal:
    URL = reverse("clients:safety_policy")
    FORM = {
        "place": "own",
        "own_place": "https://weather.example/",
        "contact_weeks": "8",
        "check_weeks": "20",
        "country": "",
    }

    def test_the_owner_chooses_and_it_counts(self, owner):
        assert freshly(owner).post(self.URL, self.FORM).url == self.URL
        owner.practice.refresh_from_db()
        policy = SafetyPolicy.of_practice(owner.practice_id)
        assert (owner.practice.leave_url, policy.contact_weeks, policy.check_weeks) == (
            "https://weather.example/",
            8,
            20,
        )

    @pytest.mark.parametrize(
        "wrong", ["", "http://weather.example/", "javascript:alert(1)", "https://"]
    )
    def test_an_address_that_is_not_safe_is_refused(self, owner, wrong):
        response = freshly(owner).post(self.URL, self.FORM | {"own_place": wrong})
        assert list(response.context["form"].errors) == ["own_place"]
        owner.practice.refresh_from_db()
        assert owner.practice.leave_url == "https://www.bbc.com/weather"

    @pytest.mark.parametrize("wrong", [{"contact_weeks": 0}, {"check_weeks": 53}])
    def test_weeks_are_sane_in_the_database_too(self, practice, wrong):
        with pytest.raises(IntegrityError, match="safety_policy_weeks_sane"), transaction.atomic():
            SafetyPolicy.objects.create(practice=practice, **wrong)

    def test_one_row_a_practice(self, practice):
        SafetyPolicy.objects.create(practice=practice)
        with pytest.raises(IntegrityError, match="safety_policy_one"), transaction.atomic():
            SafetyPolicy.objects.create(practice=practice)

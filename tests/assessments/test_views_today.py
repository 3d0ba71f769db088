"""Today as a page: searched, narrowed, folded, and over several caseloads."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments.models import Alert
from clients import actions as care
from clients.models import CareTeam
from tests.conftest import NOW, as_user, make_client, make_staff, without_trigger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/today/"


def booked(clinician, name, hours=2):
    """Somebody with one reason to be on Today: a session whose sheet nobody has read."""
    client = make_client(clinician, name)
    care.book_session(client, by=clinician, starts_at=NOW + timedelta(hours=hours), now=NOW)
    return client


def seen(browser, **query):
    """The names of the rows that are not hidden, in their order."""
    html = browser.get(URL, query).content.decode()
    return re.findall(
        r'<li class="row-card"(?![^>]* hidden)[^>]*>.*?row-name"[^>]*>([^<]+)<', html, re.S
    )


class TestSearch:
    @pytest.fixture
    def browser(self, clinician):
        booked(clinician, "Sam Ortega")
        booked(clinician, "Maya Klein", hours=3)
        return as_user(clinician)

    @pytest.mark.parametrize(
        ("words", "names"),
        [
            ("", ["Sam Ortega", "Maya Klein"]),
            ("MAYA", ["Maya Klein"]),
            ("sheet ortega", ["Sam Ortega"]),  # each word, in the name or in the sentence
            ("ortega klein", []),
        ],
    )
    def test_without_a_script_the_server_narrows(self, browser, words, names):
        assert seen(browser, q=words) == names

    def test_the_counts_stay_those_of_all(self, browser):
        page = browser.get(URL, {"q": "maya", "only": "session"})
        assert page.context["today"].counts["session"] == 2
        html = page.content.decode()
        assert "Shown: 1 of 2" in html
        assert "?only=session&amp;q=maya" in html

    def test_nothing_found_says_so_and_leads_to_all_clients(self, browser):
        html = browser.get(URL, {"q": "zz"}).content.decode()
        assert re.search(r"<div data-none\s*>", html)
        assert f'href="{reverse("clients:caseload")}?q=zz"' in html
        assert not re.search(r"<div data-none\s*>", browser.get(URL).content.decode())


class TestALongList:
    @pytest.fixture
    def browser(self, clinician):
        for n in range(13):
            booked(clinician, f"Client {n:02}", hours=1 + n)
        return as_user(clinician)

    def test_it_folds_and_its_kind_alone_does_not(self, browser):
        assert len(seen(browser)) == 10
        html = browser.get(URL).content.decode()
        assert '<a href="?only=session" data-row-open>Show all 13 sessions</a>' in html
        assert len(seen(browser, only="session")) == 13

    def test_what_is_searched_for_is_found_behind_the_fold(self, browser):
        assert seen(browser, q="client 12") == ["Client 12"]

    def test_an_alert_is_never_folded(self, browser, clinician):
        for client in clinician.caseload.all():
            Alert.objects.create(
                practice_id=client.practice_id,
                client_id=client.client_id,
                kind=Alert.Kind.TALK_FIRST,
                raised_at=NOW,
            )
        assert len(seen(browser)) == 13 + 10


class TestSeveralCaseloads:
    @pytest.fixture
    def ann(self, practice):
        """Sees clients, and reads those of the others."""
        return make_staff(practice, "Ann", "clinician", "supervisor")

    @pytest.fixture(autouse=True)
    def _clients(self, clinician, colleague, ann):
        booked(clinician, "Of Clara")
        booked(colleague, "Of Carl", hours=3)
        booked(ann, "Of Ann", hours=4)

    def headings(self, browser, **query):
        html = browser.get(URL, query).content.decode()
        return re.findall(r'<h2 id="group-\d+">\s*([^<]+?)\s*<span class="count-of">(\d+)<', html)

    def test_the_rows_stand_by_clinician_ones_own_first(self, ann, supervisor):
        assert self.headings(as_user(ann)) == [("Mine", "1"), ("Carl", "1"), ("Clara", "1")]
        assert self.headings(as_user(supervisor)) == [("Ann", "1"), ("Carl", "1"), ("Clara", "1")]
        assert seen(as_user(ann)) == ["Of Ann", "Of Carl", "Of Clara"]

    def test_one_may_choose_whose(self, ann, clinician, colleague):
        browser = as_user(ann)
        assert seen(browser, clinician="mine") == ["Of Ann"]
        assert seen(browser, clinician=clinician.pk) == ["Of Clara"]
        assert self.headings(browser, clinician=clinician.pk) == []
        assert len(seen(browser, clinician="nonsense")) == 3
        page = browser.get(URL, {"clinician": colleague.pk})
        assert page.context["today"].counts["session"] == 1
        assert "?only=session&amp;clinician=" + str(colleague.pk) in page.content.decode()

    def test_mine_is_whom_i_look_after_also_as_the_second(self, ann, clinician):
        with_clara = clinician.caseload.get()
        CareTeam.objects.create(
            practice=ann.practice,
            client_id=with_clara.client_id,
            clinician=ann,
            is_primary=False,
            since=NOW,
        )
        assert seen(as_user(ann), clinician="mine") == ["Of Clara", "Of Ann"]

    def test_one_for_whom_nobody_is_responsible_is_there_too(self, supervisor, clinician):
        """From before the database refused it."""
        without_trigger("clients_careteam", "care_team_no_orphan")
        clinician.caseload.update(until=NOW)
        assert self.headings(as_user(supervisor))[-1] == ("Nobody is first responsible", "1")

    def test_a_clinician_has_nothing_to_choose_and_sees_no_other(self, clinician, colleague):
        assert seen(as_user(clinician), clinician=colleague.pk) == ["Of Clara"]
        assert "Whose clients" not in as_user(clinician).get(URL).content.decode()

    def test_a_supervisor_deals_with_nothing(self, supervisor):
        assert (
            'method="post" action="/clients/' not in as_user(supervisor).get(URL).content.decode()
        )

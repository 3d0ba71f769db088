"""Two windows on the same answers: neither overwrites the other, and the later one sees both."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from assessments import actions
from assessments.actions import Tab
from assessments.models import Alert, Occurrence, Response
from clients.models import Client
from practice.ids import uuid7
from tests.conftest import (
    ENTRY,
    NOW,
    answer_all,
    as_user,
    clear,
    give,
    join,
    make_client,
    make_practice,
)

from . import made
from .test_actions_respond import ask, at_the_same_time
from .test_feedback import text_of

MINUTE = timedelta(minutes=1)
KEEPER = {"X-Keep": "1"}


def opened(browser, url):
    """The window that a page says it is, as its form would post it."""
    html = browser.get(url).content.decode()
    names = {"_page", "_seen", "once", "item"}
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    return {name: value for name, value in found if name in names}


@pytest.fixture
def me(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return as_user(joined.user)


@pytest.mark.django_db
class TestOneQuestion:
    @pytest.fixture
    def screener(self, joined, clinician):
        return give(joined, "patterns-check", by=clinician).occurrences.get()

    @pytest.fixture
    def url(self, screener):
        return reverse("assessments:step", args=[screener.pk, 1])

    def item(self, screener):
        return actions.current_version(screener).definition.asked()[0].id

    def test_the_later_window_is_told_and_shown_both(self, me, screener, url, clock):
        item, first, later = self.item(screener), opened(me, url), opened(me, url)
        me.post(url, first | {item: "1"})
        page = text_of(me.post(url, later | {item: "3"}))
        assert "You answered this in another window too" in page
        assert "Nothing was overwritten" in page
        assert Response.objects.get().answers == {item: 1}
        assert page.index("Rarely") < page.index("Often")  # the one that stands comes first

    @pytest.mark.parametrize(("take", "kept"), [("here", 3), ("there", 1)])
    def test_one_click_chooses(self, me, screener, url, clock, take, kept):
        item, first, later = self.item(screener), opened(me, url), opened(me, url)
        me.post(url, first | {item: "1"})
        me.post(url, later | {item: "3"})
        choosing = later | {item: "3", "_both": item, "_seen": "1"}
        assert "Nothing was overwritten" in text_of(me.post(url, choosing))  # not chosen yet
        assert me.post(url, choosing | {"_take": f"{item}:{take}"}).status_code == 302
        assert Response.objects.get().answers == {item: kept}

    def test_the_background_says_so_and_keeps_nothing(self, me, screener, url, clock):
        item, first, later = self.item(screener), opened(me, url), opened(me, url)
        assert me.post(url, first | {item: "1"}, headers=KEEPER).status_code == 204
        told = me.post(url, later | {item: "3"}, headers=KEEPER)
        assert (told.status_code, "another window" in told.content.decode()) == (409, True)
        assert Response.objects.get().answers == {item: 1}

    def test_the_same_answer_twice_and_a_change_of_ones_own_are_no_conflict(
        self, me, screener, url, clock
    ):
        item, first, later = self.item(screener), opened(me, url), opened(me, url)
        for value in ("1", "2"):  # its own answer of before, though the page shows none
            assert me.post(url, first | {item: value}, headers=KEEPER).status_code == 204
        assert me.post(url, later | {item: "2"}, headers=KEEPER).status_code == 204
        assert opened(me, url)["_seen"] == "2"

    def test_another_question_does_not_stand_in_the_way(self, me, screener, url, clock):
        first, other = opened(me, url), reverse("assessments:step", args=[screener.pk, 2])
        later = opened(me, other)
        asked = actions.current_version(screener).definition.asked()
        me.post(url, first | {asked[0].id: "1"})
        assert me.post(other, later | {asked[1].id: "2"}).status_code == 302
        assert Response.objects.get().answers == {asked[0].id: 1, asked[1].id: 2}

    def test_an_older_list_is_not_sent(self, me, screener, joined, clock):
        answers = answer_all(actions.current_version(screener))
        actions.keep(screener, answers, by=joined.user, now=NOW)
        url = reverse("assessments:review", args=[screener.pk])
        seen = opened(me, url)["_seen"]
        item = self.item(screener)
        actions.keep(screener, {item: 4}, by=joined.user, now=NOW + MINUTE)
        page = me.post(url, {"_seen": seen}, follow=True)
        assert "You changed an answer in another window meanwhile." in text_of(page)
        assert not Response.objects.submitted().exists()
        me.post(url, {"_seen": opened(me, url)["_seen"]})
        assert Response.objects.submitted().get().changes == {}


@pytest.mark.django_db
def test_a_page_shown_again_has_not_seen_what_came_since(me, joined, clinician, clock):
    walk = ask(joined, made.walk(), by=clinician)
    url = reverse("assessments:whole", args=[walk.pk])
    here = opened(me, url)
    actions.keep(walk, {"went": "no"}, tab=Tab("there", 0), by=joined.user, now=NOW)
    again = me.post(url, here | {"tired": "12", "went": "no"})
    assert again.context["window"]["seen"] == 0
    told = me.post(url, here | {"went": "yes", "touched": "went"}, headers=KEEPER)
    assert told.status_code == 409


@pytest.mark.django_db
class TestAnAnswerThatAsksForSomebody:
    def test_it_is_heard_though_another_answer_stands(self, joined, clinician):
        walk = ask(joined, made.walk(), by=clinician)
        actions.keep(walk, {"dark": "no"}, tab=Tab("one", 0), by=joined.user, now=NOW)
        draft = actions.keep(walk, {"dark": "yes"}, tab=Tab("two", 0), by=joined.user, now=NOW)
        assert [each.item_id for each in draft.elsewhere] == ["dark"]
        assert Response.objects.get().answers == {"dark": "no"}
        assert Alert.objects.get().kind == Alert.Kind.CRITICAL


@pytest.mark.django_db
class TestALog:
    @pytest.fixture
    def log(self, joined, clinician):
        occurrence = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
        actions.say_safe_time(occurrence, by=joined.user, now=NOW)
        return occurrence

    @pytest.fixture
    def url(self, log):
        return reverse("assessments:entry", args=[log.pk])

    def test_two_windows_add_two_entries(self, me, url, clock):
        first, later = opened(me, url), opened(me, url)
        me.post(url, first | ENTRY)
        me.post(url, later | ENTRY | {"limit": "No lending of money"})
        limits = Response.objects.submitted().order_by("number").values_list("number", flat=True)
        assert list(limits) == [1, 2]
        assert {row.answers["limit"] for row in Response.objects.all()} == {
            "No calls after nine",
            "No lending of money",
        }

    @pytest.mark.parametrize("sharing", ["send", "myself"])
    def test_a_double_click_is_one_entry(self, me, url, clock, sharing):
        form = opened(me, url) | ENTRY | {"for_session": sharing}
        for _ in range(2):
            page = me.post(url, form, follow=True)
        assert "This entry was kept already. Once is enough." in text_of(page)
        assert Response.objects.count() == 1

    def test_what_is_being_written_elsewhere_stays_as_it_is(self, me, url, clock):
        first, later = opened(me, url), opened(me, url)
        half = {"limit": "No calls", "touched": "limit"}
        assert me.post(url, first | half, headers=KEEPER).status_code == 204
        other = {"limit": "No lending of money", "touched": "limit"}
        told = me.post(url, later | other, headers=KEEPER)
        assert (told.status_code, "entry of its own" in told.content.decode()) == (422, True)
        me.post(url, later | ENTRY)
        assert Response.objects.drafts().get().answers == {"limit": "No calls"}
        assert Response.objects.submitted().get().answers["limit"] == ENTRY["limit"]

    def test_phone_and_desk_on_one_entry(self, me, url, log, joined, clock):
        actions.keep(log, {"limit": "No calls"}, by=joined.user, now=NOW)
        phone, desk = opened(me, url), opened(as_user(joined.user), url)
        assert phone["once"] == desk["once"]
        me.post(url, phone | {"limit": "No calls at night", "touched": "limit"}, headers=KEEPER)
        page = text_of(me.post(url, desk | ENTRY))
        assert "No calls at night" in page
        assert "No calls after nine" in page
        assert not Response.objects.submitted().exists()
        choosing = desk | ENTRY | {"_both": "limit", "_seen": "2", "_take": "limit:here"}
        me.post(url, choosing)
        assert Response.objects.drafts().get().answers["limit"] == "No calls after nine"
        me.post(url, opened(me, url) | ENTRY)
        assert Response.objects.submitted().count() == 1


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    @pytest.fixture
    def user(self):
        clinician = make_practice().users.get()
        client = join(make_client(clinician), by=clinician)
        clear(client, by=clinician)
        give(client, "patterns-check", by=clinician)
        give(client, "limit-log", by=clinician, times=1)
        return client.user

    def occurrence(self, slug):
        return Occurrence.objects.select_related("assignment").get(assignment__activity__slug=slug)

    def test_of_two_answers_one_stands_and_the_other_is_told(self, user):
        results = at_the_same_time(
            *(
                lambda n=n: actions.keep(
                    self.occurrence("patterns-check"),
                    {"giving_1": n},
                    tab=Tab(f"window {n}", 0),
                    by=user,
                    now=NOW,
                )
                for n in (1, 2)
            )
        )
        told = [row for row in results if row.elsewhere]
        (kept,) = (row for row in results if not row.elsewhere)
        assert len(told) == 1
        assert Response.objects.get().answers == kept.answers
        assert told[0].elsewhere[0].answer == kept.answers["giving_1"]

    def test_two_new_entries_are_two(self, user):
        results = at_the_same_time(
            *(
                lambda: actions.add_entry(
                    self.occurrence("limit-log"), ENTRY, once=uuid7(), by=user, now=NOW
                )
                for _ in range(2)
            )
        )
        assert sorted(row.number for row in results) == [1, 2]

    def test_of_taking_back_and_reading_one_wins(self, user):
        """And if it was taken back, whoever would read it gets nothing."""
        clinician = Client.objects.get().created_by
        for n in range(4):
            with connection.cursor():
                sent = actions.add_entry(
                    self.occurrence("limit-log"), ENTRY, once=uuid7(), by=user, now=NOW
                )
            taken, read = at_the_same_time(
                lambda sent=sent: actions.take_back(sent, by=user, now=NOW + MINUTE),
                lambda sent=sent: actions.mark_read(
                    Response.objects.get(pk=sent.pk), by=clinician, now=NOW + MINUTE
                ),
            )
            row = Response.objects.get(pk=sent.pk)
            if row.is_private:
                assert (taken, type(read)) == (None, actions.TakenBack), n
            else:
                assert (type(taken), read) == (actions.AlreadyRead, None), n

"""The practice picture: what it counts, what it hides, and that it is made once."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions, nightly, quality
from assessments.actions.paper import enter_paper
from assessments.models import ActivityVersion, Occurrence, PracticePicture, Reminder, ReminderItem
from assessments.picture import making
from assessments.picture.care import people_in_care, what_was_due
from assessments.picture.moved import what_moved
from assessments.picture.tools import how_tools_measure
from assessments.templatetags.picture_tags import WHY
from clients import actions as care
from practice import keys
from practice.celery import app
from practice.ids import uuid7
from practice.models import AuditEvent, DataKeyRow
from tests.conftest import (
    NOW,
    agree,
    as_user,
    give,
    join,
    make_client,
    make_practice,
    measure,
    send,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TOOL = "cheering-module"
ITEMS = ("cheering_1", "cheering_2", "cheering_3")


@pytest.fixture
def people(clinician):
    """As many as are asked for, without a way into the portal."""

    def make(number, now=NOW - 100 * DAY):
        found = [
            make_client(clinician, f"Xaver Person{n}", now=now, email=f"{uuid7()}@client.example")
            for n in range(number)
        ]
        for client in found:
            agree(client, now=now, counts=True)
        return found

    return make


@pytest.fixture
def tool(practice):
    return ActivityVersion.objects.filter(practice=practice, activity__slug=TOOL).get()


def filled_in(client, tool, values, *, by, days_ago):
    answers = {item: value for item, value in zip(ITEMS, values, strict=True) if value is not None}
    day = (NOW - days_ago * DAY).date()
    return enter_paper(client, tool, answers, filled_on=day, by=by, now=NOW)


def only_scale(practice):
    [found] = how_tools_measure(practice.pk)
    [scale] = found["scales"]
    return scale


def asked(clients, *, by, days_ago, slug="strengths-check"):
    """Due that many days ago."""
    then = NOW - days_ago * DAY
    return [
        give(client, slug, by=by, now=then - 2 * DAY, due_in_days=2).occurrences.get()
        for client in clients
    ]


def remind(occurrence):
    at = occurrence.due_at + DAY
    reminder = Reminder.objects.create(
        practice_id=occurrence.practice_id,
        client_id=occurrence.client_id,
        kind="nudge",
        planned_for=at,
        settled_at=at,
        outcome="sent",
    )
    ReminderItem.objects.create(
        practice_id=occurrence.practice_id, reminder=reminder, occurrence=occurrence, is_nudge=True
    )


def answer(occurrence, *, days_late=-1):
    Occurrence.objects.filter(pk=occurrence.pk).update(
        answered_at=occurrence.due_at + days_late * DAY
    )


class TestCare:
    def test_people_in_care_and_episodes_of_a_year(self, practice, clinician, people):
        some = people(12)
        people(1, now=NOW - 500 * DAY)
        for client in some[:6]:
            care.close_episode(client, by=clinician, reason="done", now=NOW - DAY)
        assert people_in_care(practice.pk, NOW) == {"in_care": 7, "began": 12, "ended": 6}

    def test_few_are_hidden_and_what_would_tell_how_many(self, practice, clinician, people):
        """Twelve began and nine are left: not to be worked out."""
        some = people(4)
        hidden = {"began": "withheld", "ended": "withheld"}
        assert people_in_care(practice.pk, NOW) == {"in_care": "few", **hidden}
        people(8)
        assert people_in_care(practice.pk, NOW) == {"in_care": 12, "began": 12, "ended": 0}
        for client in some[:3]:
            care.close_episode(client, by=clinician, reason="done", now=NOW - DAY)
        assert people_in_care(practice.pk, NOW) == {"in_care": 9, **hidden}


class TestWhatWasDue:
    @pytest.fixture
    def joined(self, clinician, people):
        return [join(client, by=clinician) for client in people(12)]

    def test_with_and_without_a_reminder(self, practice, clinician, joined):
        reminded = asked(joined, by=clinician, days_ago=20)
        before = asked(joined, by=clinician, days_ago=40)
        for occurrence in reminded:
            remind(occurrence)
        for occurrence in reminded[:5]:
            answer(occurrence, days_late=2)
        answer(reminded[5], days_late=8)  # too late to count
        for occurrence in before:
            answer(occurrence)
        asked(joined, by=clinician, days_ago=6)  # has not had its 7 days
        asked(joined, by=clinician, days_ago=91)
        found = what_was_due(practice.pk, NOW)
        assert found["rows"] == [
            {"reminded": True, "due": 12, "people": 12, "answered": 5, "not_answered": 7},
            {"reminded": False, "due": 12, "people": 12, "answered": 12, "not_answered": 0},
        ]
        # 12 within a day or so and 5 in four: the median is of all 17.
        assert (found["days"]["n"], found["days"]["people"]) == (17, 12)
        assert found["days"]["median"] == pytest.approx(1.5, abs=0.6)

    def test_where_a_row_hides_something_there_is_one_row_for_all(
        self, practice, clinician, joined
    ):
        """11 of 12 answered; one was reminded. With both rows, the rest would tell who."""
        occurrences = asked(joined, by=clinician, days_ago=20)
        remind(occurrences[0])
        for occurrence in occurrences:
            answer(occurrence)
        [row] = what_was_due(practice.pk, NOW)["rows"]
        assert row == {
            "reminded": None,
            "due": 12,
            "people": 12,
            "answered": 12,
            "not_answered": 0,
        }

    def test_who_answered_nothing_is_not_told_by_who_answered(self, practice, clinician, joined):
        """Two things were due to each. One person answered neither, and others not all."""
        first, second = (asked(joined, by=clinician, days_ago=days) for days in (20, 30))
        for occurrence in first[1:] + second[6:]:
            answer(occurrence)
        found = what_was_due(practice.pk, NOW)
        assert [row["people"] for row in found["rows"]] == [12]
        assert (found["days"]["n"], found["days"]["people"]) == (17, None)

    def test_nothing_of_it_is_counted_that_nobody_could_answer(self, practice, clinician, joined):
        """On paper, taken back, or of somebody who has no way in."""
        on_paper, *others = asked(joined[:7], by=clinician, days_ago=20)
        version = actions.current_version(on_paper)
        paper = {version.definition.asked()[0].id: 1}
        enter_paper(
            joined[0], version, paper, filled_on=NOW.date() - 20 * DAY, by=clinician, now=NOW
        )
        Occurrence.objects.filter(pk=others[0].pk).update(withdrawn_at=NOW)
        asked([make_client(clinician, "Not There")], by=clinician, days_ago=20)
        [row] = what_was_due(practice.pk, NOW)["rows"]
        assert (row["due"], row["not_answered"]) == (5, 5)


class TestWhatMoved:
    def test_each_person_counts_once_closed_episodes_too(self, practice, clinician, people):
        some = people(18)
        for client in some:
            measure(client, 18, by=clinician, days_ago=60)
        for client in some[:6]:
            measure(client, 4, by=clinician, days_ago=8)  # recovered, over the cut-off
        for client in some[6:12]:
            measure(client, 25 - 1, by=clinician, days_ago=8)  # reliably worse
        for client in some[:3]:
            care.close_episode(client, by=clinician, reason="done", now=NOW)
        version = ActivityVersion.objects.get(practice=practice, activity__slug="phq-9")
        for client in people(5):  # none of theirs is complete
            enter_paper(
                client, version, {"phq9_1": 1}, filled_on=NOW.date() - DAY, by=clinician, now=NOW
            )
        [line] = what_moved(practice.pk, NOW)
        assert (line["tool"], line["scale"], line["people"]) == ("PHQ-9", "PHQ-9 total", 23)
        assert line["counts"] == {
            "recovered": 6,
            "improved": 0,
            "no_reliable_change": 0,
            "deteriorated": 6,
            "not_computable": 5,
            "once": 6,
        }

    def test_a_few_are_hidden_with_the_next_that_would_tell(self, practice, clinician, people):
        some = people(13)
        for client in some:
            measure(client, 18, by=clinician, days_ago=60)
        measure(some[0], 24, by=clinician, days_ago=8)
        for client in some[1:7]:
            measure(client, 18, by=clinician, days_ago=8)
        [line] = what_moved(practice.pk, NOW)
        assert line["people"] == 13
        assert line["counts"]["deteriorated"] == "withheld"
        assert line["counts"]["recovered"] == 0
        hidden = [kind for kind, count in line["counts"].items() if count == "withheld"]
        assert hidden == ["no_reliable_change", "deteriorated", "once"]  # six and six: alike


class TestTools:
    def test_one_response_of_each_person_makes_the_figures(self, practice, clinician, people, tool):
        """The first with everything there; what somebody sends again is no second person."""
        random = np.random.default_rng(4)
        level = random.integers(0, 4, size=32)
        rows = np.clip(level[:, None] + random.integers(0, 2, size=(32, 3)), 0, 4).tolist()
        for client, row in zip(people(32), rows, strict=True):
            filled_in(client, tool, row, by=clinician, days_ago=30)
        filled_in(client, tool, [0, 4, 0], by=clinician, days_ago=5)
        scale = only_scale(practice)
        own = quality.alpha(rows)
        assert (scale["n"], scale["items"]) == (32, 3)
        assert scale["alpha"] == {
            "value": round(own.value, 2),
            "low": round(own.low, 2),
            "high": round(own.high, 2),
            "why": None,
        }
        assert scale["omega"]["value"] == round(quality.omega(rows).value, 2)
        assert scale["spread"]["mean"] == round(np.mean(rows), 1)
        assert scale["left_out"]["responses"] == 33
        assert (scale["left_out"]["people"], scale["answered"]) == (32, 100)
        assert (scale["pairs"], scale["retest"]["why"]) == (0, "few_responses")

    def test_what_is_left_out_is_counted_by_its_kind(self, practice, clinician, people, tool):
        for place, client in enumerate(people(15)):
            left_out = "_declined" if place < 5 else None if place < 10 else 2
            filled_in(client, tool, [1, 2, left_out], by=clinician, days_ago=30)
        scale = only_scale(practice)
        assert (scale["n"], scale["left_out"]["with_gaps"]) == (5, 10)
        assert scale["answered"] == round(100 * 35 / 45)
        assert scale["left_out"]["kinds"] == {
            "not_answered": 5,
            "not_applicable": 0,
            "declined": 5,
            "not_shown": 0,
        }

    def test_answers_of_very_many_people_do_not_ask_for_a_key_each(
        self, practice, clinician, people, tool, monkeypatch
    ):
        """More than there are among the newest keys, which is all that is asked for unasked."""
        monkeypatch.setattr(keys, "MOST_AT_ONCE", 2)
        asked = []
        for more in (3, 6):
            for client in people(more):
                filled_in(client, tool, [1, 2, 3], by=clinician, days_ago=30)
            keys.forget()
            with CaptureQueriesContext(
                connection,
            ) as queries:
                how_tools_measure(practice.pk)
            asked.append(len(queries))
        assert asked == [3, 3]

    def test_how_many_left_something_out_is_hidden_when_they_are_few(
        self, practice, clinician, people, tool
    ):
        for place, client in enumerate(people(12)):
            filled_in(client, tool, [1, 2, 3 if place else None], by=clinician, days_ago=30)
        scale = only_scale(practice)
        assert (scale["n"], scale["left_out"], scale["answered"]) == (11, None, 97)

    def test_where_one_scale_hides_it_no_other_scale_of_the_tool_tells(
        self, practice, clinician, people
    ):
        """Who answers a tool answers all of its scales: the people of the one less those of the
        other would be who left something out."""
        version = ActivityVersion.objects.get(practice=practice, activity__slug="strengths-check")
        asked = [item.id for item in version.definition.asked()]
        for place, client in enumerate(people(12)):
            answers = dict.fromkeys(asked[place == 0 :], 2)
            day = NOW.date() - 30 * DAY
            enter_paper(client, version, answers, filled_on=day, by=clinician, now=NOW)
        [found] = how_tools_measure(practice.pk)
        assert [scale["n"] for scale in found["scales"]][:2] == [11, 12]
        assert {scale["left_out"] for scale in found["scales"]} == {None}

    def test_two_scores_make_a_pair_when_they_came_3_to_14_days_apart(
        self, practice, clinician, people, tool
    ):
        for place, client in enumerate(people(30)):
            for days_ago in (60, 60 - (2, 7, 14, 15, 40)[place % 5]):
                filled_in(client, tool, [1, 2, place % 4], by=clinician, days_ago=days_ago)
        scale = only_scale(practice)
        assert (scale["n"], scale["pairs"]) == (30, 12)

    def test_who_was_erased_is_left_out_and_keeps_back_nobody_elses(
        self, practice, clinician, people, tool
    ):
        clients = people(6)
        for client in clients:
            filled_in(client, tool, (1, None, 2), by=clinician, days_ago=3)
            filled_in(client, tool, (1, 2, 2), by=clinician, days_ago=2)
        DataKeyRow.objects.filter(subject=clients[0].pk).delete()
        keys.forget()
        assert only_scale(practice)["n"] == 5

    def test_each_reason_has_its_words(self):
        assert set(WHY) == set(quality.Why)


class TestMaking:
    def test_asked_twice_it_is_made_once(self, practice, owner):
        making.make_next(now=NOW)
        for seconds in (10, 20):
            now = NOW + timedelta(seconds=seconds)
            actions.ask_for_picture(practice, by=owner, now=now)
        assert AuditEvent.objects.filter(action="picture.asked").count() == 1
        later = NOW + timedelta(seconds=30)
        assert [making.make_next(now=later) for _ring in range(3)] == [True, False, False]
        assert PracticePicture.objects.get().made_at == later

    def test_one_that_is_being_made_is_in_nobody_elses_hands(self, practice):
        ours = making._claim(NOW)
        assert making._claim(NOW + timedelta(seconds=5)) is None
        theirs = making._claim(NOW + timedelta(minutes=3))
        making._keep(ours, {"tools": []}, NOW)  # too late: it is somebody else's by now
        assert PracticePicture.objects.get().made_at is None
        making._keep(theirs, {"tools": []}, NOW)
        assert PracticePicture.objects.get().made_at == NOW

    def test_it_is_made_every_night_for_every_practice(self, practice):
        make_practice("Elsewhere", "other@elsewhere.example")

        def made(now):
            return [making.make_next(now=now) for _ring in range(3)]

        assert made(NOW) == [True, True, False]
        assert made(NOW + timedelta(hours=12)) == [False] * 3
        assert made(NOW + DAY) == [True, True, False]

    def test_one_that_cannot_be_made_is_not_in_the_way_of_the_others(self, practice, monkeypatch):
        make_practice("Elsewhere", "other@elsewhere.example")

        def fails(practice_id):
            if practice_id == practice.pk:
                raise ValueError
            return []

        monkeypatch.setattr(making, "how_tools_measure", fails)
        for minutes in (0, 10, 20):
            try:
                making.make_next(now=NOW + timedelta(minutes=minutes))
            except ValueError:
                continue
        made = dict(PracticePicture.objects.values_list("practice__name", "made_at"))
        assert made["At the Mill"] is None
        assert made["Elsewhere"] is not None

    def test_the_ring_by_name_rings_this(self):
        assert nightly.make_pictures.name in app.tasks
        assert nightly.make_pictures.name == "assessments.nightly.make_pictures"


@pytest.mark.usefixtures("clock")
class TestPage:
    @pytest.fixture
    def browser(self, owner):
        return as_user(owner)

    def test_before_one_is_made_it_says_so_and_can_be_asked_for(
        self, browser, practice, monkeypatch
    ):
        rung = []
        monkeypatch.setattr("assessments.tasks.ring_for_picture", lambda: rung.append(1))
        url = reverse("assessments:practice_picture")
        assert "There is no picture yet." in browser.get(url).content.decode()
        after = browser.post(url, follow=True).content.decode()
        assert "A new one is being made." in after
        assert "Make a new one now" not in after
        assert rung == [1]

    def test_it_names_nobody(self, browser, practice, clinician, people, tool):
        """With something that could leak."""
        for client in people(2):
            measure(client, 18, by=clinician, days_ago=60)
            filled_in(client, tool, [1, 2, 3], by=clinician, days_ago=30)
        making.make_next(now=NOW)
        html = browser.get(reverse("assessments:practice_picture")).content.decode()
        assert "fewer than 5" in html
        assert "Being glad for each other" in html
        assert "Xaver" not in html
        assert clinician.name not in html

    def test_it_costs_as_much_with_many_as_with_one(
        self, browser, practice, clinician, people, tool
    ):
        counts = []
        making.make_next(now=NOW)  # the practice has its key from then on
        for number in (1, 3):
            for client in people(number):
                measure(client, 18, by=clinician, days_ago=60)
                filled_in(client, tool, [1, 2, 3], by=clinician, days_ago=30)
            PracticePicture.objects.all().delete()
            making.make_next(now=NOW)  # what never changes, a process reads once
            PracticePicture.objects.all().delete()
            with CaptureQueriesContext(connection) as making_it:
                making.make_next(now=NOW)
            with CaptureQueriesContext(connection) as looking:
                browser.get(reverse("assessments:practice_picture"))
            counts.append((len(making_it), len(looking)))
        assert counts[0] == counts[1]
        assert counts[0][1] <= 5


def test_a_real_answer_in_the_portal_counts(practice, clinician, client_in_care):
    """Through the verbs, and not by hand as above."""
    joined = join(client_in_care, by=clinician)
    [occurrence] = asked([joined], by=clinician, days_ago=20)
    send(occurrence, by=joined.user, now=occurrence.due_at - DAY)
    [row] = what_was_due(practice.pk, NOW)["rows"]
    assert row["people"] == "few"

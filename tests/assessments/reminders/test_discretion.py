"""Discreet words name nothing clinical, and nobody."""

import pytest
from django.conf import settings

from assessments.models import Reminder
from assessments.reminders.discretion import Names, Why, names_of, tells
from assessments.reminders.messages import how_it_works, trellis_words
from clients.models import WAYS
from tests.conftest import make_staff

NOBODY = Names({}, frozenset())


def found(text, names=NOBODY, language="en"):
    return [
        (tell.word, tell.line, tell.why) for tell in tells(text, language=language, names=names)
    ]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize("channel", WAYS)
@pytest.mark.parametrize("kind", Reminder.Kind.values)
def test_what_trellis_says_tells_nothing(language, channel, kind):
    words = trellis_words(language, channel, "discreet", kind)
    how = [how_it_works(language, is_joining) for is_joining in (True, False)]
    assert found("\n".join([words.subject, words.body, *how]), language=language) == []


@pytest.mark.parametrize(
    "word",
    [
        "therapy", "Therapist", "THERAPEUTIC", "thérapie", "psychology", "psychiatrist",
        "counsellor",
        "counseling", "clinic", "clinician", "depression", "depressed", "anxiety", "anxious",
        "codependency", "session", "sessions", "screener", "questionnaire", "exercise", "exercises",
        "boundary", "boundaries", "patient", "patients", "appointment", "treatment", "mental",
        "health", "healthy", "abuse", "abusive", "partner", "partners", "homework", "recovery",
        "PHQ", "husband", "trauma", "diagnosis", "mood", "limits",
    ],
)  # fmt: skip
def test_a_word_that_tells_is_found_wherever_it_stands(word):
    assert found(f"Hello\nyour “{word}”, please") == [(word, 2, Why.SUBJECT)]


@pytest.mark.parametrize(
    "text",
    [
        "Something is waiting for you.",
        "Patiently sentimental tunes for a carefree Testarossa",
        "A page is ready: {link}\nEnough of these: {stop}",
        "",
        "Have a look when you have five minutes. Until 12:30?",
    ],
)
def test_harmless_words_pass(text):
    assert found(text) == []


def test_a_placeholder_is_no_word():
    assert found("{session} {practice}") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("see www.mill-house.example now", "www.mill-house.example"),
        ("https://mill", "https://mill"),
        ("write to anna@mill.example", "anna@mill.example"),
    ],
)
def test_an_address_shows_who_sends(text, word):
    assert found(text) == [(word, 1, Why.ADDRESS)]


@pytest.mark.parametrize("number", ["+49 30 1234567", "030/123456", "555-0123-99"])
def test_a_phone_number_shows_who_sends(number):
    assert found(f"Call {number} now") == [(number, 1, Why.NUMBER)]


@pytest.mark.django_db
class TestNamesOfThePractice:
    def test_its_name_its_people_and_its_titles_tell(self, practice, clinician):
        names = names_of(practice)
        assert found("from the mill", names) == [("mill", 1, Why.PRACTICE)]
        assert found("Greetings,\nCLARA", names) == [("CLARA", 2, Why.PERSON)]
        titles = [title for title in names.titles if len(title) > 1]
        title = " ".join(titles[0]).capitalize()
        whys = {why for _word, _line, why in found(f"Now: {title}!", names)}
        assert Why.TITLE in whys

    def test_short_words_of_a_name_tell_nothing(self, practice):
        assert found("Look at the page of today", names_of(practice)) == []

    def test_a_practice_may_be_called_as_trellis_speaks(self, practice):
        practice.name = "Waiting Room"
        practice.save(update_fields=["name"])
        words = trellis_words("en", "email", "discreet", "news")
        assert found(words.body, names_of(practice)) == []
        assert found("the room", names_of(practice)) == [("room", 1, Why.PRACTICE)]

    def test_another_practice_is_not_asked(self, practice, stranger):
        assert found("from elsewhere or the mill", names_of(stranger.practice)) == [
            ("elsewhere", 1, Why.PRACTICE)
        ]

    def test_whoever_worked_here_once_is_known_to_clients(self, practice):
        gone = make_staff(practice, "Gonzalo", "clinician")
        gone.memberships.update(ended_at=practice.created_at)
        assert found("Gonzalo", names_of(practice)) == [("Gonzalo", 1, Why.PERSON)]

    def test_clients_are_not_listed(self, joined):
        assert "ortega" not in names_of(joined.practice).words

    @pytest.mark.parametrize("people", [1, 3])
    def test_it_asks_three_times(self, practice, people, django_assert_num_queries):
        for n in range(people):
            make_staff(practice, f"P{n}", "clinician")
        with django_assert_num_queries(3):
            names_of(practice)


def test_each_finding_is_a_sentence():
    [tell] = tells("one\ntwo therapy", language="en", names=NOBODY)
    assert str(tell) == "“therapy” (line 2) lets others guess what this is about."

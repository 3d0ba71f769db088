"""What a clinician finds in the library."""

import pytest

from assessments.actions.library import LIBRARY
from assessments.browsing import (
    SECTIONS,
    THEMES,
    Card,
    Wanted,
    cards_of,
    languages_of,
    shelf_of,
    takes_paper,
)
from assessments.definitions import load_library
from assessments.definitions.parts import Theme
from tests.assessments.made import publish, walk

LOADED = load_library(LIBRARY)
ACTIVITIES = {each.slug: each for each in LOADED.activities}
PROGRAMS = {each.slug: each for each in LOADED.programs}


def card(slug, *, is_own=False, **changes):
    definition = ACTIVITIES[slug].model_copy(update=changes)
    return Card(definition, f"/{slug}/", is_own, definition.gated, definition.minutes)


def program(slug, *, gated=False):
    return Card(PROGRAMS[slug], f"/{slug}/", False, gated, None)


def fitting(wanted, *cards):
    return [each.definition.slug for each in cards if wanted.fits(each)]


@pytest.mark.parametrize(
    ("found", "section"),
    [
        (card("patterns-check"), "screener"),
        (card("limit-plan"), "exercise"),
        (card("limit-log"), "log"),
        (card("limits-and-closeness"), "reading"),
        (card("phq-9"), "instrument"),
        (program("limits-first"), "program"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_it_stands(found, section):
    assert found.section == section
    assert section in SECTIONS


def test_every_theme_has_its_words():
    assert set(THEMES) == set(Theme.__args__)


class TestWords:
    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("", ["limit-log", "phq-9"]),
            ("LIMIT", ["limit-log"]),
            ("limit log", ["limit-log"]),
            ("log limit", ["limit-log"]),
            ("limit depression", []),
            ("depression", ["phq-9"]),
            ("phq-9", ["phq-9"]),
            ("phq9", ["phq-9"]),
            ("Spitzer", ["phq-9"]),
            ("discomfort did I feel", ["limit-log"]),
            ("zzz", []),
        ],
    )
    def test_all_of_them_somewhere_in_what_it_says(self, words, found):
        assert fitting(Wanted(words=words), card("limit-log"), card("phq-9")) == found

    def test_a_theme_a_heading_a_construct_and_a_step(self):
        assert fitting(Wanted(words="give and take"), card("patterns-check")) == ["patterns-check"]
        section = ACTIVITIES["side-by-side"].sections[0].heading
        assert fitting(Wanted(words=section), card("side-by-side")) == ["side-by-side"]
        construct = ACTIVITIES["patterns-check"].scales[0].construct
        assert fitting(Wanted(words=construct), card("patterns-check")) == ["patterns-check"]
        assert fitting(Wanted(words="limit log"), program("limits-first")) == ["limits-first"]


class TestFilters:
    def test_theme(self):
        found = fitting(Wanted(theme="limits"), card("limit-log"), card("phq-9"))
        assert found == ["limit-log"]

    @pytest.mark.parametrize(
        ("minutes", "found"),
        [
            ("5", ["limit-log"]),
            ("10", ["limit-log", "limit-plan"]),
            ("", ["limit-log", "limit-plan", "limits-first"]),
        ],
    )
    def test_minutes_are_of_activities(self, minutes, found):
        """A program takes weeks: it is never over in ten minutes."""
        cards = [
            card("limit-log", minutes=5),
            card("limit-plan", minutes=10),
            program("limits-first"),
        ]
        assert fitting(Wanted(minutes=minutes), *cards) == found

    @pytest.mark.parametrize(
        ("gate", "found"),
        [
            ("yes", ["limit-log", "limits-first"]),
            ("no", ["phq-9"]),
            ("", ["limit-log", "phq-9", "limits-first"]),
        ],
    )
    def test_gate(self, gate, found):
        cards = [card("limit-log"), card("phq-9"), program("limits-first", gated=True)]
        assert fitting(Wanted(gate=gate), *cards) == found

    def test_language(self):
        cards = [card("limit-log"), card("phq-9", language="de")]
        assert fitting(Wanted(language="de"), *cards) == ["phq-9"]
        assert languages_of(cards) == ["de", "en"]

    def test_own(self):
        cards = [card("limit-log"), card("phq-9", is_own=True)]
        assert fitting(Wanted(own=True), *cards) == ["phq-9"]

    def test_all_together(self):
        cards = [card("limit-log"), card("limit-plan"), card("phq-9")]
        wanted = Wanted(words="limit", theme="limits", minutes="5", gate="yes", language="en")
        assert fitting(wanted, *cards) == ["limit-log"]


class TestShelf:
    CARDS = (card("limit-log"), card("limit-plan"), card("phq-9"), card("gad-7"))

    def test_counts_do_not_depend_on_the_section_that_is_wanted(self):
        shelf = shelf_of(self.CARDS, Wanted(section="instrument"))
        assert shelf.counts == {"exercise": 1, "log": 1, "instrument": 2}
        assert list(shelf.sections) == ["instrument"]
        assert (shelf.found, shelf.total) == (2, 4)

    def test_but_on_everything_else(self):
        shelf = shelf_of(self.CARDS, Wanted(words="limit"))
        assert shelf.counts == {"exercise": 1, "log": 1, "instrument": 0}
        assert list(shelf.sections) == ["exercise", "log"]
        assert (shelf.found, shelf.total) == (2, 4)

    def test_a_section_that_is_not_there_finds_nothing(self):
        shelf = shelf_of(self.CARDS, Wanted(section="program"))
        assert (shelf.sections, shelf.found) == ({}, 0)

    def test_what_is_often_given_stands_in_front_and_in_its_place(self):
        shelf = shelf_of(self.CARDS, Wanted(), ["phq-9", "retired", "limit-log"])
        assert [each.definition.slug for each in shelf.often] == ["phq-9", "limit-log"]
        assert list(shelf.shown) == ["often", "exercise", "log", "instrument"]
        assert (shelf.found, shelf.total) == (4, 4)
        assert shelf.counts == {"exercise": 1, "log": 1, "instrument": 2}

    @pytest.mark.parametrize(
        "wanted", [Wanted(words="phq"), Wanted(section="log"), Wanted(own=True)]
    )
    def test_but_not_before_what_somebody_looks_for(self, wanted):
        shelf = shelf_of(self.CARDS, wanted, ["phq-9", "limit-log"])
        assert "often" not in shelf.shown

    def test_without_habits_there_is_no_heading_for_them(self):
        assert list(shelf_of(self.CARDS, Wanted()).shown) == ["exercise", "log", "instrument"]

    def test_an_empty_library(self):
        shelf = shelf_of([], Wanted())
        assert (shelf.counts, shelf.sections, shelf.total) == ({}, {}, 0)


@pytest.mark.parametrize(
    ("slug", "takes"),
    [
        ("phq-9", True),
        ("ccs", True),  # no scale, and no words: kept by number all the same
        ("patterns-check", True),
        ("which-is-which", False),  # a screener that scores nothing
        ("limit-log", False),
        ("limits-and-closeness", False),
    ],
)
def test_what_can_be_entered_from_paper(slug, takes):
    assert takes_paper(ACTIVITIES[slug]) is takes
    assert card(slug).takes_paper is takes


def test_a_program_is_not_entered_from_paper():
    assert not program("limits-first").takes_paper
    assert not program("limits-first").needs_paper


@pytest.mark.django_db
class TestCards:
    def test_all_of_the_practice_by_title(self, clinician):
        cards = cards_of(clinician)
        titles = [each.definition.title.casefold() for each in cards]
        assert titles == sorted(titles)
        slugs = {each.definition.slug for each in cards}
        assert slugs == set(ACTIVITIES) | set(PROGRAMS)

    def test_a_program_is_gated_when_one_of_its_steps_is(self, clinician):
        gated = {
            slug
            for slug, each in PROGRAMS.items()
            if any(ACTIVITIES[step.activity].gated for step in each.steps)
        }
        assert gated
        shown = {
            each.definition.slug
            for each in cards_of(clinician)
            if each.section == "program" and each.gated
        }
        assert shown == gated

    def test_the_newest_version_and_nobody_elses(self, clinician, practice, stranger):
        publish(practice, walk(title="A walk"))
        publish(practice, walk(title="A longer walk"))
        mine = [each.definition.title for each in cards_of(clinician)]
        theirs = [each.definition.title for each in cards_of(stranger)]
        assert "A longer walk" in mine
        assert "A walk" not in mine
        assert "A longer walk" not in theirs


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("boundaries", True),
        ("bound", True),
        ("li", False),  # begins limit, and is no word of its own
        ("note", True),
        ("LIMIT log", True),
        ("(", False),
    ],
)
def test_a_word_is_found_where_one_begins(words, found):
    assert card("limit-log").is_found_by(words) is found

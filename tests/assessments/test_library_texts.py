"""What clients read: plain, kind, own words, and never presuming (instruments.md 6.6).

Published instruments are other people's words, or wait for them; they are tested elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assessments.definitions import (
    REFLECTION_LABEL_CLIENT,
    REFLECTION_LABEL_CLINICIAN,
    WITH_ROWS,
    Definition,
    Item,
    ItemKind,
    Kind,
    Program,
    load_library,
)

ROOT = Path(__file__).resolve().parents[2]
WHOLE_LIBRARY = load_library(ROOT / "assessments" / "library")
LIBRARY = tuple(each for each in WHOLE_LIBRARY.activities if not each.is_validated)
PROGRAMS = WHOLE_LIBRARY.programs
AUTHORSHIP = (ROOT / "docs" / "authorship.md").read_text("utf-8")
SEEDS = ROOT.parent / "shared" / "seeds"  # lies beside the repository where it was built
DRAWINGS = set(
    re.findall(
        r'<symbol[^>]*\bid="([\w-]+)"',
        (ROOT / "practice" / "static" / "trellis" / "drawings.svg").read_text("utf-8"),
    )
)

SCREENERS = {
    "cheering-module",
    "need-or-want",
    "patterns-check",
    "patterns-reflection",
    "rescuing-module",
    "steering-module",
    "strengths-check",
    "strengths-reflection",
    "wellbeing-and-safety",
    "which-is-which",
}
# What is tried on a real person, or asks about saying no (instruments.md 6.7 and 6.8).
GATED = {"E1", "E2", "E3", "E14", "E15", "E16", "E20", "E22", "E28", "A5", "A8", "A9"}
# Whoever assigns these reads something first.
WITH_CAUTION = {"E15", "E16", "E22", "E23", "E28", "A9", "A10"}

PRESUMING = re.compile(
    r"""\b(
        he | she | him | his | hers | her | husbands? | wife | wives | boyfriends? | girlfriends?
      | spouses? | marriage | married | (my|your)\ (partner|children|kids|parents|mother|father)
      | god | church | pray\w*
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
BLAMING = re.compile(
    r"""\b(
        codependen\w* | enabl\w+ | victim\w* | toxic\w* | addict\w* | dysfunction\w* | needy
      | abus\w+ | disorder\w* | patholog\w* | normal\w* | abnormal\w* | crazy | insane
      | fail\w* | faults? | weak\w* | broken | lazy | selfish\w* | guilty
      | i\ (let|allow|choose|provoke|tolerate|put\ up\ with) | you\ (should|must|ought)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# A reading may explain these where it first uses them; an item or a button never can.
EXPLAINED = re.compile(r"codependen(cy|t)|boundary", re.IGNORECASE)
# A title and a summary stand on the first pages of a phone that somebody else may hold: nothing of
# illness, of a kind of help, of danger, or of doing something about a person they may be.
TELLING = re.compile(
    r"""\b(
        \w*codepend\w* | interdepend\w* | boundar\w+ | differentiation | assertive\w*
      | symptom\w* | diagnos\w+ | disorder\w* | trauma\w* | depress\w+ | anxi\w+ | suicid\w+
      | patients? | screen\w* | tests? | therap\w+ | counsel\w+ | coaching | cbt
      | couples? | (support|therapy)\ groups? | addict\w* | drink\w* | drugs? | alcohol
      | violen\w+ | abus\w+ | danger\w* | safe\w* | unsafe | afraid | fear\w* | scar(es?|ed|y)
      | threat\w* | hurt\w* | harm\w* | mistreat\w* | control\w* | rescu\w+ | enabl\w+
      | partners? | ex | break-?ups? | divorce\w* | separat\w+ | leav(e|es|ing)\ (home|someone|them)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
ABSOLUTE = re.compile(r"\b(always|never|every|everyone|nobody|no one|none)\b", re.IGNORECASE)
NEGATION = re.compile(
    r"\b(not|no|never|none|nothing|nobody|without|cannot|\w+n't)\b", re.IGNORECASE
)

activities = pytest.mark.parametrize("activity", LIBRARY, ids=lambda activity: activity.slug)
programs = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.slug)
all_own = pytest.mark.parametrize("own", [*LIBRARY, *PROGRAMS], ids=lambda own: own.slug)


def of_kind(kind: Kind) -> list[Definition]:
    return [activity for activity in LIBRARY if activity.kind is kind]


def with_columns(activity: Definition) -> Iterator[Item]:
    """Whatever asks something: the items, and the columns of their rows."""
    for item in activity.items:
        yield item
        yield from item.columns


def texts(own: Definition | Program) -> Iterator[str]:
    """Everything of an activity or a program that a client sees, but for its worked example."""
    yield from (own.title, own.summary)
    if isinstance(own, Program):
        yield from (step.why for step in own.steps)
        return
    yield from (own.intro, own.thanks)
    for item in with_columns(own):
        yield from (item.heading, item.text, item.hint, item.low, item.high)
    for options in own.options.values():
        yield from (option.label for option in options)
    yield from (scale.title for scale in own.scales)
    yield from (metric.title for metric in own.metrics)
    for section in own.sections:
        yield from (section.heading, section.body, *section.points)
        if section.table:
            yield from section.table.columns
            yield from (cell for row in section.table.rows for cell in row)


def example_texts(activity: Definition) -> Iterator[str]:
    """The story of the worked example, and what is written in it: not the codes of answers."""
    if activity.example is None:
        return
    yield activity.example.story
    for item_id, answer in activity.example.answers.items():
        yield from written(activity.item(item_id), answer)


def written(item: Item, answer: Any) -> Iterator[str]:
    if item.kind in (ItemKind.LINE, ItemKind.TEXT):
        yield answer
    if item.kind in WITH_ROWS:
        columns = {column.id: column for column in item.columns}
        for row in answer:
            for column, cell in row.items():
                yield from written(columns[column], cell)


def for_clinicians(own: Definition | Program) -> Iterator[str]:
    yield from (own.for_clinicians, own.caution)
    if isinstance(own, Definition):
        yield from own.prompts


def words(text: str) -> list[str]:
    straight = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.findall(r"[A-Za-z]+(?:'[A-Za-z]+)*|\d+", straight)


def sentences(text: str) -> list[str]:
    parts = re.split(r"[.!?:]+(?=[\s\"”]|$)|\n\s*\n", text)
    return [part for part in parts if words(part)]


@cache
def syllables(word: str) -> int:
    """Groups of vowels, less a silent end: errs by a little, and evenly, which is enough here."""
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    groups += len(re.findall(r"(?<![ctsg])i[ao](?!u)|iet|oing|eo(?!p)|ea$|[^aeiouy]ying", word))
    if re.search(r"[^aeiouyl]es?$|[^aeioutd]ed$|[aeiouy]le$", word) and groups > 1:
        groups -= 1 if not re.search(r"(ch|sh|s|x|z|c|g)es$", word) else 0
    return max(groups, 1)


def grade(text: str) -> float:
    """Flesch-Kincaid (Kincaid et al. 1975): school years needed to read it."""
    found, count = words(text), len(sentences(text))
    return 0.39 * len(found) / count + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def whole(own: Definition | Program) -> str:
    """The running text. Labels of a word or two would make anything look easy to read."""
    if isinstance(own, Program):
        return "\n\n".join([own.summary, *(step.why for step in own.steps)])
    parts = [own.summary, own.intro, own.thanks]
    parts += [text for item in with_columns(own) for text in (item.text, item.hint) if text]
    for section in own.sections:
        parts += [section.body, *section.points]
    return "\n\n".join(parts)


def hardest(own: Definition | Program) -> float:
    long = [text for text in texts(own) if len(words(text)) >= 30]
    return max(grade(text) for text in [whole(own), *long])


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1), ("give", 1), ("needed", 2), ("asked", 1), ("people", 2), ("quiet", 2),
        ("trying", 2), ("clinician", 3), ("little", 2), ("minutes", 2), ("changes", 2),
        ("interdependence", 5), ("feelings", 2), ("area", 3), ("times", 1), ("while", 1),
    ],
)  # fmt: skip
def test_the_syllable_counter_knows_common_words(word, count):
    assert syllables(word) == count


def test_the_grade_of_a_plain_and_of_a_hard_sentence():
    assert grade("The cat sat on the mat.") < 1
    assert grade("Interdependent relationships facilitate individual psychological autonomy.") > 15


class TestEveryText:
    @all_own
    def test_a_client_of_twelve_can_read_it(self, own):
        assert hardest(own) <= 6.9

    @all_own
    def test_the_stated_grade_is_that_of_its_hardest_text(self, own):
        assert own.provenance.reading_grade == max(1, round(hardest(own)))

    @all_own
    def test_no_sentence_is_longer_than_twenty_words(self, own):
        long = [s for text in texts(own) for s in sentences(text) if len(words(s)) > 20]
        assert long == []

    @all_own
    def test_no_word_presumes_who_somebody_is_or_lives_with(self, own):
        parts = [*texts(own), *for_clinicians(own)]
        assert [match[0] for text in parts for match in PRESUMING.finditer(text)] == []

    @all_own
    def test_no_word_blames_or_labels(self, own):
        found = [match[0] for text in texts(own) for match in BLAMING.finditer(text)]
        if own.kind == Kind.READING:
            found = [word for word in found if not EXPLAINED.fullmatch(word)]
        assert found == []

    @all_own
    def test_only_a_reading_says_boundary(self, own):
        says = any("boundar" in text.lower() for text in texts(own))
        assert not says or own.kind == Kind.READING

    @all_own
    def test_nothing_is_shouted(self, own):
        assert [text for text in texts(own) if "!" in text] == []

    @pytest.mark.parametrize(
        "own", [*WHOLE_LIBRARY.activities, *PROGRAMS], ids=lambda own: own.slug
    )
    def test_its_title_and_its_summary_tell_a_stranger_nothing(self, own):
        found = [match[0] for text in (own.title, own.summary) for match in TELLING.finditer(text)]
        assert found == []

    @pytest.mark.parametrize(
        "summary",
        [
            "Four questions about codependency.",
            "Plan a limit with a partner.",
            "For whoever is in couple therapy.",
            "What to do when closeness is not safe.",
            "Eight weeks after a break-up.",
        ],
    )
    def test_the_list_of_telling_words_finds_them(self, summary):
        assert TELLING.search(summary)

    @pytest.mark.parametrize(
        "word", ["codependent", "I let", "She", "failing", "Normal", "addiction"]
    )
    def test_the_list_of_unwanted_words_finds_them(self, word):
        sentence = f"Sometimes {word} people"
        assert BLAMING.search(sentence) or PRESUMING.search(sentence)


class TestEveryActivity:
    @activities
    def test_an_item_is_short_and_holds_no_absolute(self, activity):
        for item in with_columns(activity):
            assert len(words(item.text)) <= 14, item.text
            assert not ABSOLUTE.search(item.text), item.text
            assert len(NEGATION.findall(item.text)) <= 1, item.text

    @activities
    def test_it_ends_with_the_offer_to_whoever_is_afraid(self, activity):
        last = activity.thanks.split("\n\n")[-1]
        offer = "If any of this is because you are afraid of someone, that is not a flaw in you."
        assert offer in last
        assert last.endswith("under Help now.")

    @activities
    def test_a_rating_and_a_slider_have_words_at_both_ends(self, activity):
        for item in activity.items:
            has_ends = item.kind in (ItemKind.RATING, ItemKind.SLIDER)
            assert bool(item.low and item.high) == has_ends, item.id

    @activities
    def test_the_clinician_has_themes_and_something_to_ask(self, activity):
        assert activity.themes
        assert 2 <= len(activity.prompts) <= 3

    @activities
    def test_gates_are_where_the_design_puts_them(self, activity):
        """A reading asks nothing of anybody, whatever it is about."""
        concerns = {scale.construct.split()[0] for scale in activity.scales}
        if activity.kind is Kind.EXERCISE:
            concerns = set(activity.provenance.constructs) & {f"E{n}" for n in range(1, 30)}
        assert activity.gated == bool(GATED & concerns)

    @activities
    def test_what_can_go_wrong_is_said_before_it_is_assigned(self, activity):
        constructs = set(activity.provenance.constructs)
        if activity.gated or (activity.kind is not Kind.READING and WITH_CAUTION & constructs):
            assert activity.caution

    @activities
    def test_what_is_tried_on_a_person_asks_if_it_is_safe(self, activity):
        if activity.gated and activity.kind is Kind.EXERCISE:
            assert any(item.alerts for item in activity.items)

    @activities
    def test_safety_is_never_counted(self, activity):
        """An answer that calls for help is neither scored nor measured (domain.md, safety 7)."""
        safety = {item.id for item in activity.items if item.critical or item.alerts}
        scored = {item_id for scale in activity.scales for item_id in scale.all_items()}
        paths = [path for m in activity.metrics for path in (m.item, m.after) if path]
        assert safety & (scored | {path.partition(".")[0] for path in paths}) == set()


class TestProvenance:
    @all_own
    def test_it_names_its_seeds_and_its_rights(self, own):
        provenance = own.provenance
        assert provenance.seeds
        assert (provenance.author, provenance.validation) == ("Trellis contributors", "unvalidated")
        assert (provenance.licence.kind, provenance.licence.text) == ("OPEN", "CC BY 4.0")

    @activities
    def test_it_names_constructs_of_the_design(self, activity):
        known = re.compile(r"[AB]\d{1,2}|E\d{1,2}|wellbeing|safety")
        assert activity.provenance.constructs
        assert all(known.fullmatch(code) for code in activity.provenance.constructs)

    @activities
    def test_a_scale_names_a_construct_and_seeds_that_the_activity_names(self, activity):
        for scale in activity.scales:
            assert scale.construct.split()[0] in activity.provenance.constructs
            assert set(scale.seeds) <= set(activity.provenance.seeds)
            assert scale.seeds

    @activities
    def test_it_names_the_seeds_of_the_points_it_takes_up(self, activity):
        seeds = {point.code: set(point.seeds) for point in WHOLE_LIBRARY.points}
        covers = activity.provenance.covers
        assert covers
        assert len(set(covers)) == len(covers)
        strangers = [c for c in covers if not seeds[c] & set(activity.provenance.seeds)]
        assert strangers == []

    @activities
    def test_the_authorship_log_says_where_it_comes_from(self, activity):
        assert activity.slug in AUTHORSHIP
        if activity.kind is Kind.SCREENER:
            asked = [item.id for item in activity.items if item.id != activity.index_item]
            assert [item_id for item_id in asked if f"`{item_id}`" not in AUTHORSHIP] == []

    def test_every_point_of_the_seeds_is_taken_up_somewhere(self):
        covered = {code for activity in LIBRARY for code in activity.provenance.covers}
        assert [p.code for p in WHOLE_LIBRARY.points if p.code not in covered] == []

    def test_a_point_says_its_kind_in_its_code(self):
        for point in WHOLE_LIBRARY.points:
            assert point.code.split("-")[0] == point.kind


class TestScreeners:
    def test_all_are_there(self):
        assert {each.slug for each in of_kind(Kind.SCREENER)} == SCREENERS

    @pytest.mark.parametrize(
        ("slug", "constructs", "count", "higher_is", "recall"),
        [
            ("patterns-check", [f"A{n}" for n in range(1, 9)], 1, "worse", "past two weeks"),
            ("patterns-reflection", [f"A{n}" for n in range(1, 9)], 4, "worse", "past month"),
            ("strengths-check", [f"B{n}" for n in range(1, 8)], 1, "better", "past two weeks"),
            ("strengths-reflection", [f"B{n}" for n in range(1, 8)], 4, "better", "past month"),
            ("rescuing-module", ["A9"], 4, "worse", "past month"),
            ("steering-module", ["A10"], 3, "worse", "past month"),
            ("cheering-module", ["B8"], 3, "better", "past month"),
        ],
    )
    def test_each_construct_has_a_scale_of_its_own(
        self, slug, constructs, count, higher_is, recall
    ):
        screener = named(slug)
        asked = [item for item in screener.items if item.kind is ItemKind.SCALE]
        scored = [item_id for scale in screener.scales for item_id in scale.items]
        assert [scale.construct.split()[0] for scale in screener.scales] == constructs
        assert {len(scale.items) for scale in screener.scales} == {count}
        assert sorted(scored) == sorted(item.id for item in asked)
        for scale in screener.scales:
            assert (scale.minimum, scale.maximum, scale.method) == (0, 4, "mean")
            assert (scale.reverse, scale.max_missing) == ((), 0)
            assert scale.higher_is == higher_is
        assert all(item.can_skip for item in asked)
        assert recall in screener.intro

    @pytest.mark.parametrize("name", ["patterns", "strengths"])
    def test_a_short_form_is_part_of_its_long_form(self, name):
        long = {item.id: item for item in named(f"{name}-reflection").items}
        for item in named(f"{name}-check").items:
            same = long[item.id]
            assert (item.text, item.hint) == (same.text, same.hint)

    @pytest.mark.parametrize(
        "slug", sorted(SCREENERS - {"patterns-check", "strengths-check", "wellbeing-and-safety"})
    )
    def test_whom_it_is_about_is_asked_first(self, slug):
        screener = named(slug)
        first = screener.items[0]
        assert (first.id, first.required) == (screener.index_item, True)

    def test_a_long_form_shows_no_construct_as_a_block(self):
        for slug in ("patterns-reflection", "strengths-reflection"):
            names = [item.id.rpartition("_")[0] for item in named(slug).items[1:]]
            assert all(one != other for one, other in pairwise(names))

    def test_the_sorters_count_nothing(self):
        for slug in ("which-is-which", "need-or-want"):
            assert named(slug).scales == ()

    def test_the_seven_rows_of_the_table_are_cards(self):
        sorter = named("which-is-which")
        rows = ["contrast-talk", "contrast-sacrifice", "contrast-calming", "contrast-time-apart"]
        rows += ["contrast-giver-taker", "contrast-respect", "contrast-shared-roles"]
        assert len(sorter.choices(sorter.item("between"))) == 7
        assert set(rows) <= set(sorter.provenance.covers)
        assert "tells nothing apart" in sorter.for_clinicians

    def test_a_safety_question_offers_help_for_all_but_a_no(self):
        check = named("wellbeing-and-safety")
        safety = [item for item in check.items if item.critical]
        assert [item.id for item in safety] == ["unsafe", "living", "harm"]
        for item in safety:
            offered = {option.value for option in check.choices(item)}
            assert offered - set(item.critical) == {"no"}
            assert item.can_skip
            assert not item.required
        assert "no risk assessment" in check.for_clinicians
        assert "nobody watches in real time" in check.for_clinicians
        assert "declined" in check.for_clinicians
        assert check.caution


class TestExercises:
    def test_each_of_the_design_is_there_once(self):
        codes = [code for each in of_kind(Kind.EXERCISE) for code in each.provenance.constructs]
        found = Counter(code for code in codes if code.startswith("E"))
        assert found == Counter(f"E{n}" for n in range(1, 30))

    @pytest.mark.parametrize("exercise", of_kind(Kind.EXERCISE), ids=lambda each: each.slug)
    def test_it_has_an_example_that_answers_most_of_it(self, exercise):
        answers = exercise.example.answers
        assert len(answers) > len(exercise.shown(answers)) / 2

    @pytest.mark.parametrize("exercise", of_kind(Kind.EXERCISE), ids=lambda each: each.slug)
    def test_its_example_is_plain_and_kind(self, exercise):
        for text in example_texts(exercise):
            assert not BLAMING.search(text), text
            assert not PRESUMING.search(text), text
            assert [s for s in sentences(text) if len(words(s)) > 20] == []

    @pytest.mark.parametrize("exercise", of_kind(Kind.EXERCISE), ids=lambda each: each.slug)
    def test_it_measures_the_doing(self, exercise):
        kinds = [metric.kind for metric in exercise.metrics]
        assert kinds
        if {"E23", "E28"} & set(exercise.provenance.constructs):
            assert kinds == ["count"]

    @pytest.mark.parametrize("exercise", of_kind(Kind.EXERCISE), ids=lambda each: each.slug)
    def test_a_tired_client_can_send_it(self, exercise):
        required = [item for item in exercise.shown({}) if item.required]
        assert len(required) <= 3

    def test_an_entry_of_the_limit_log_needs_one_line_and_two_taps(self):
        log = named("limit-log")
        required = [item for item in log.items if item.required]
        assert [item.kind for item in required] == [
            ItemKind.LINE,
            ItemKind.CHOICE,
            ItemKind.CHOICE,
        ]
        assert log.items[0] == required[0]


class TestReadings:
    @pytest.mark.parametrize("reading", of_kind(Kind.READING), ids=lambda each: each.slug)
    def test_it_is_of_a_readable_length(self, reading):
        assert 250 <= len(words(whole(reading))) <= 900

    @pytest.mark.parametrize("reading", of_kind(Kind.READING), ids=lambda each: each.slug)
    def test_its_pictures_are_drawn(self, reading):
        named = {section.picture for section in reading.sections if section.picture}
        assert named <= DRAWINGS

    @pytest.mark.parametrize("reading", of_kind(Kind.READING), ids=lambda each: each.slug)
    def test_its_minutes_are_those_of_a_slow_reader(self, reading):
        """170 words a minute: a tired reader, perhaps in a second language."""
        count = sum(len(words(text)) for text in texts(reading))
        assert abs(reading.minutes - count / 170) <= 1


class TestPrograms:
    def test_there_are_some_and_they_use_the_library(self):
        used = {step.activity for program in PROGRAMS for step in program.steps}
        assert len(PROGRAMS) >= 5
        assert used <= {activity.slug for activity in WHOLE_LIBRARY.activities}

    @programs
    def test_each_step_tells_the_client_why(self, program):
        assert all(step.why for step in program.steps)

    @programs
    def test_one_that_holds_gated_work_says_what_to_look_at_first(self, program):
        gated = [step.activity for step in program.steps if named(step.activity).gated]
        assert not gated or program.caution


def named(slug: str) -> Definition:
    return next(each for each in WHOLE_LIBRARY.activities if each.slug == slug)


def test_the_label_of_unvalidated_tools():
    assert grade(REFLECTION_LABEL_CLIENT) <= 6.9
    assert not BLAMING.search(REFLECTION_LABEL_CLIENT)
    assert all(len(words(s)) <= 20 for s in sentences(REFLECTION_LABEL_CLIENT))
    for claim in ("Not validated", "no norms", "not a diagnosis", "just be chance"):
        assert claim in REFLECTION_LABEL_CLINICIAN


def runs(text: str, length: int = 7) -> set[tuple[str, ...]]:
    plain = [word.lower() for word in words(text)]
    return {tuple(plain[n : n + length]) for n in range(len(plain) - length + 1)}


@pytest.fixture(scope="module")
def seed_runs():
    if not SEEDS.is_dir():
        pytest.skip("the seeds are not part of the repository")
    found = {run for path in SEEDS.glob("*.txt") for run in runs(path.read_text("utf-8"))}
    assert found
    return found


class TestSeedsAreNotCopied:
    """No seven words in a row that also stand in a seed."""

    @all_own
    def test_in_an_activity_or_a_program(self, own, seed_runs):
        parts = [*texts(own), *for_clinicians(own)]
        if isinstance(own, Definition):
            parts += example_texts(own)
        assert [run for text in parts for run in runs(text) & seed_runs] == []

    def test_in_what_is_said_about_them(self, seed_runs):
        parts = [REFLECTION_LABEL_CLIENT, REFLECTION_LABEL_CLINICIAN]
        parts += [AUTHORSHIP, *(point.text for point in WHOLE_LIBRARY.points)]
        assert [run for text in parts for run in runs(text) & seed_runs] == []

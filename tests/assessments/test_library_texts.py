"""What clients read: plain, kind, own words, and never presuming (instruments.md 6.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessments.definitions import (
    REFLECTION_LABEL_CLIENT,
    REFLECTION_LABEL_CLINICIAN,
    Definition,
    ItemKind,
    Kind,
    load_library,
)

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = load_library(ROOT / "assessments" / "library")
SEEDS = ROOT.parent / "shared" / "seeds"  # lies beside the repository where it was built

BANNED = re.compile(
    r"""\b(
        codependen\w* | enabl\w+ | victim\w* | toxic\w* | addict\w* | dysfunction\w* | needy
      | abus\w+ | disorder\w* | patholog\w* | normal\w* | abnormal\w* | crazy | insane
      | fail\w* | faults? | weak\w* | broken | lazy | selfish\w* | guilty
      | i\ (let|allow|choose|provoke|tolerate|put\ up\ with)
      | he | she | him | his | hers | her | husbands? | wife | wives | boyfriends? | girlfriends?
      | spouses? | marriage | married | my\ (partner|children|kids|parents|mother|father)
      | god | church | pray\w*
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# A reading may explain these where it first uses them; an item or a button never can.
EXPLAINED = re.compile(r"codependency|boundary", re.IGNORECASE)
ABSOLUTE = re.compile(r"\b(always|never|every|everyone|nobody|no one|none)\b", re.IGNORECASE)
NEGATION = re.compile(
    r"\b(not|no|never|none|nothing|nobody|without|cannot|\w+n't)\b", re.IGNORECASE
)

activities = pytest.mark.parametrize("activity", LIBRARY, ids=lambda activity: activity.slug)


def texts(activity: Definition) -> Iterator[str]:
    """Everything of an activity that a client sees."""
    yield from (activity.title, activity.summary, activity.intro, activity.thanks)
    for item in activity.items:
        yield from (item.text, item.hint, item.low, item.high)
    for options in activity.options.values():
        yield from (option.label for option in options)
    yield from (scale.title for scale in activity.scales)
    yield from (metric.title for metric in activity.metrics)
    for section in activity.sections:
        yield from (section.heading, section.body)


def words(text: str) -> list[str]:
    straight = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.findall(r"[A-Za-z]+(?:'[A-Za-z]+)*|\d+", straight)


def sentences(text: str) -> list[str]:
    parts = re.split(r"[.!?:]+(?=[\s\"”]|$)|\n\s*\n", text)
    return [part for part in parts if words(part)]


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


def whole(activity: Definition) -> str:
    """The running text. Labels of a word or two would make anything look easy to read."""
    parts = [activity.summary, activity.intro, activity.thanks]
    parts += [text for item in activity.items for text in (item.text, item.hint) if text]
    parts += [section.body for section in activity.sections]
    return "\n\n".join(parts)


def hardest(activity: Definition) -> float:
    long = [text for text in texts(activity) if len(words(text)) >= 30]
    return max(grade(text) for text in [whole(activity), *long])


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


@activities
def test_a_client_of_twelve_can_read_it(activity):
    assert hardest(activity) <= 6.9


@activities
def test_the_stated_grade_is_that_of_its_hardest_text(activity):
    assert activity.provenance.reading_grade == max(1, round(hardest(activity)))


@activities
def test_no_sentence_is_longer_than_twenty_words(activity):
    long = [s for text in texts(activity) for s in sentences(text) if len(words(s)) > 20]
    assert long == []


@activities
def test_an_item_is_short_and_holds_no_absolute(activity):
    for item in activity.items:
        assert len(words(item.text)) <= 14, item.text
        assert not ABSOLUTE.search(item.text), item.text
        assert len(NEGATION.findall(item.text)) <= 1, item.text


@activities
def test_no_word_blames_labels_or_presumes(activity):
    found = [match[0] for text in texts(activity) for match in BANNED.finditer(text)]
    if activity.kind is Kind.READING:
        found = [word for word in found if not EXPLAINED.fullmatch(word)]
    assert found == []


@activities
def test_only_a_reading_says_boundary(activity):
    says = any("boundar" in text.lower() for text in texts(activity))
    assert not says or activity.kind is Kind.READING


@pytest.mark.parametrize("word", ["codependent", "I let", "She", "failing", "Normal", "addiction"])
def test_the_list_of_unwanted_words_finds_them(word):
    assert BANNED.search(f"Sometimes {word} people")


@activities
def test_it_names_its_seeds_and_constructs_and_its_rights(activity):
    provenance = activity.provenance
    assert provenance.seeds
    assert all(re.fullmatch(r"[AB]\d|E\d{1,2}", code) for code in provenance.constructs)
    assert provenance.constructs
    assert (provenance.author, provenance.validation) == ("Trellis contributors", "unvalidated")
    assert (provenance.licence.kind, provenance.licence.text) == ("OPEN", "CC BY 4.0")


@activities
def test_a_scale_names_a_construct_and_seeds_that_the_activity_names(activity):
    for scale in activity.scales:
        assert scale.construct.split()[0] in activity.provenance.constructs
        assert set(scale.seeds) <= set(activity.provenance.seeds)
        assert scale.seeds


@activities
def test_it_ends_with_the_offer_to_whoever_is_afraid(activity):
    last = activity.thanks.split("\n\n")[-1]
    offer = "If any of this is because you are afraid of someone, that is not a flaw in you."
    assert offer in last
    assert last.endswith("under Help now.")


@activities
def test_whatever_is_tried_on_a_person_or_asks_about_saying_no_is_gated(activity):
    gated = {"A5", "A8", "A9"} & {scale.construct.split()[0] for scale in activity.scales}
    tried = {"E1", "E2"} & set(activity.provenance.constructs)
    assert activity.gated == bool(gated or tried)


@activities
def test_a_rating_has_words_at_both_ends(activity):
    for item in activity.items:
        assert bool(item.low and item.high) == (item.kind is ItemKind.RATING)


def test_a_short_form_has_one_item_and_one_scale_for_each_construct():
    checks = {a.slug: a for a in LIBRARY if a.kind is Kind.SCREENER}
    for slug, constructs, higher_is in [
        ("patterns-check", [f"A{n}" for n in range(1, 9)], "worse"),
        ("strengths-check", [f"B{n}" for n in range(1, 8)], "better"),
    ]:
        check = checks.pop(slug)
        assert [scale.construct.split()[0] for scale in check.scales] == constructs
        assert [scale.items for scale in check.scales] == [(item.id,) for item in check.items]
        assert {scale.higher_is for scale in check.scales} == {higher_is}
        assert {(s.minimum, s.maximum, s.reverse, s.method) for s in check.scales} == {
            (0, 4, (), "mean")
        }
        assert all(item.can_skip for item in check.items)
        assert "past two weeks" in check.intro
    assert checks == {}


def test_a_log_entry_needs_one_line_and_two_taps():
    log = next(activity for activity in LIBRARY if activity.as_log)
    required = [item for item in log.items if item.required]
    assert [item.kind for item in required] == [ItemKind.LINE, ItemKind.CHOICE, ItemKind.CHOICE]
    assert log.items[0] == required[0]


def test_the_reading_is_of_a_readable_length():
    reading = next(activity for activity in LIBRARY if activity.kind is Kind.READING)
    assert 350 <= sum(len(words(section.body)) for section in reading.sections) <= 500


def test_the_label_of_unvalidated_tools():
    assert grade(REFLECTION_LABEL_CLIENT) <= 6.9
    assert not BANNED.search(REFLECTION_LABEL_CLIENT)
    assert all(len(words(s)) <= 20 for s in sentences(REFLECTION_LABEL_CLIENT))
    for claim in ("Not validated", "no norms", "not a diagnosis", "just be chance"):
        assert claim in REFLECTION_LABEL_CLINICIAN


def runs(text: str, length: int = 7) -> set[tuple[str, ...]]:
    plain = [word.lower() for word in words(text)]
    return {tuple(plain[n : n + length]) for n in range(len(plain) - length + 1)}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not part of the repository")
def test_no_seven_words_in_a_row_are_from_a_seed():
    seeds = {run for path in SEEDS.glob("*.txt") for run in runs(path.read_text("utf-8"))}
    assert seeds
    own = [REFLECTION_LABEL_CLIENT, REFLECTION_LABEL_CLINICIAN]
    own += [(ROOT / "docs" / "authorship.md").read_text("utf-8")]
    for activity in LIBRARY:
        own += [*texts(activity), activity.for_clinicians]
    assert [run for text in own for run in runs(text) & seeds] == []

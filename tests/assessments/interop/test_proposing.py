"""On a skeleton, or on its own: what an import would publish."""

import pytest

from assessments import interop
from assessments.actions.library import LIBRARY
from assessments.definitions import Definition, load_library
from assessments.instruments import with_text_of

from .builders import (
    answered,
    choice,
    chose,
    loinc,
    often,
    questionnaire,
    read,
    response,
    skeleton,
    two_questions,
)
from .test_fhir_response import TOTAL
from .test_paste import ANSWERS

WORDS = ["I sat down.", "I stood up.", "I lay down."]


def coded(n=3, weights=(0, 1, 2), panel="9999-9", **rest):
    items = [
        choice(f"/{place}", WORDS[place - 1], often(weights), code=loinc(f"{1000 + place}-1"))
        for place in range(1, n + 1)
    ]
    return questionnaire(*items, code=loinc(panel) if panel else [], **rest)


def propose(resource, *given, skeletons=None, into=None):
    found = read(resource, *given) if isinstance(resource, dict) else resource
    known = [skeleton()] if skeletons is None else skeletons
    return interop.propose(found, skeletons=known, into=into)


def says(proposal, words):
    return any(words in str(note) for note in proposal.not_understood)


def pasted(lines=WORDS, answers=ANSWERS):
    return interop.read_paste("\n".join(lines), answers=answers, language="en")


def refused(*arguments, **options):
    with pytest.raises(interop.DoesNotFit) as error:
        propose(*arguments, **options)
    return error.value.reason


class TestOnASkeleton:
    def test_by_its_own_code(self):
        proposal = propose(coded(copyright="© Nobody"))
        assert (proposal.onto, proposal.in_order, proposal.sums) == ("sat-3", False, ())
        found, bare = proposal.definition, skeleton()
        assert [item.text for item in found.items] == WORDS
        assert [item.id for item in found.items] == ["sat_1", "sat_2", "sat_3"]
        assert found.has_text
        kept = ("slug", "title", "scales", "provenance", "interpretations", "changes", "gated")
        assert {key: getattr(found, key) for key in kept} == {
            key: getattr(bare, key) for key in kept
        }
        assert (found.summary, found.thanks) == ("3 questions.", "Thank you.")
        assert proposal.understood[0] == "Laid onto SAT-3 by their codes."
        assert not any("unscored" in each for each in proposal.understood)
        assert proposal.not_understood == ()

    def test_by_the_codes_of_its_items_whatever_their_order(self):
        resource = coded(panel=None)
        resource["item"].reverse()
        assert [item.text for item in propose(resource).definition.items] == WORDS

    def test_the_one_with_most_items(self):
        small = skeleton(2, slug="sat-2").model_copy(update={"loinc": "1-1"})
        proposal = propose(coded(panel=None), skeletons=[small, skeleton()])
        assert proposal.onto == "sat-3"
        assert propose(coded(2, panel=None), skeletons=[small, skeleton()]).onto == "sat-2"

    def test_another_code_is_another_instrument(self):
        resource = questionnaire(choice("1", "I sang."), code=loinc("5-5"))
        assert propose(resource).onto == ""

    def test_one_of_our_own_when_somebody_says_so(self):
        proposal = propose(coded(), into="own")
        assert (proposal.onto, proposal.definition.slug) == ("", "own-how-the-week-went")
        assert len(proposal.sums) == 1

    def test_by_order_only_when_it_was_named(self):
        assert propose(pasted(), skeletons=[skeleton(loincs=False)]).onto == ""
        proposal = propose(pasted(), skeletons=[skeleton(loincs=False)], into="sat-3")
        assert (proposal.onto, proposal.in_order) == ("sat-3", True)
        assert [item.text for item in proposal.definition.items] == WORDS
        assert [item.kind for item in proposal.definition.items] == ["scale"] * 3
        assert proposal.understood[0] == "Laid onto SAT-3 by their order."

    def test_by_order_past_what_is_no_question_of_it(self):
        resource = questionnaire(
            {"linkId": "n", "type": "date", "text": "Today is"},
            *[choice(str(n), words) for n, words in enumerate(WORDS)],
        )
        proposal = propose(resource, into="sat-3")
        assert [item.text for item in proposal.definition.items] == WORDS
        assert says(proposal, "n: It is not part of SAT-3. It is left out.")

    def test_an_order_that_the_codes_contradict(self):
        resource = coded(panel=None)
        resource["item"].append(choice("x", "And more."))
        resource["item"][0]["code"] = []
        resource["item"] = resource["item"][1:] + resource["item"][:1]
        del resource["item"][2]
        assert refused(resource, into="sat-3") == (
            "The codes of the file say another order than that of SAT-3."
        )

    def test_more_questions_than_it_has(self):
        resource = coded()
        resource["item"].append(choice("x", "And more?"))
        proposal = propose(resource)
        assert proposal.onto == "sat-3"
        assert says(proposal, "x: It is not part of SAT-3. It is left out.")

    @pytest.mark.parametrize(
        ("lines", "why"),
        [
            (WORDS[:2], "There are 2 questions in the file, and SAT-3 has 3 that count."),
            ([*WORDS, "More."], "There are 4 questions in the file, and SAT-3 has 3 that count."),
        ],
    )
    def test_another_number_of_questions(self, lines, why):
        assert refused(pasted(lines), into="sat-3") == why

    @pytest.mark.parametrize(
        ("answers", "why"),
        [
            ("1 No | 2 So | 3 Yes", "item 1 is answered with 1, 2, 3; SAT-3 needs 0, 1, 2."),
            ("0 No | 1 Yes", "item 1 is answered with 0, 1; SAT-3 needs 0, 1, 2."),
        ],
    )
    def test_other_numbers_are_never_made_to_fit(self, answers, why):
        assert refused(pasted(answers=answers), into="sat-3") == why

    def test_answers_without_numbers_do_not_fit(self):
        resource = coded(weights=(None,) * 3)
        assert refused(resource, into="sat-3") == (
            "/1 is answered with words; SAT-3 needs 0, 1, 2."
        )

    def test_by_its_codes_but_it_does_not_fit(self):
        proposal = propose(coded(weights=(1, 2, 3)))
        assert proposal.onto == ""
        assert says(
            proposal,
            "By its codes this is SAT-3, but: /1 is answered with 1, 2, 3; SAT-3 needs 0, 1, 2. "
            "It stays on its own.",
        )

    def test_what_is_turned_round_in_the_file_is_not_turned_twice(self):
        turned = skeleton(reverse=["sat_2"])
        resource = coded()
        resource["item"][1]["answerOption"] = often((2, 1, 0))
        assert "the other way round than the rest" in refused(
            resource, skeletons=[turned], into="sat-3"
        )
        assert propose(coded(), skeletons=[turned]).onto == "sat-3"

    def test_one_that_does_not_take_words(self):
        kept = skeleton(licence="DATA_ONLY")
        for into in (None, "sat-3"):
            assert "does not want its words on a screen" in refused(
                coded(), skeletons=[kept], into=into
            )

    def test_one_that_is_not_here(self):
        assert refused(coded(), into="phq-99") == (
            "There is no published instrument phq-99 here that takes words."
        )

    def test_words_around_the_questions(self):
        introduced = skeleton(intro="Of the skeleton")
        resource = coded()
        assert propose(resource, skeletons=[introduced]).definition.intro == "Of the skeleton"
        resource["item"].insert(0, {"linkId": "d", "type": "display", "text": "Of the file"})
        resource["item"].append({"linkId": "e", "type": "display", "text": "At the end"})
        found = propose(resource, skeletons=[introduced]).definition
        assert (found.intro, found.thanks) == ("Of the file", "At the end\n\nThank you.")

    def test_in_another_language(self):
        assert propose(coded(language="de")).definition.language == "de"


class TestWhatASkeletonCanDoWithout:
    EXTRA = {"id": "sat_hard", "kind": "number", "minimum": 0, "maximum": 2, "loinc": "1099-1"}

    def with_extra(self, **extra):
        return skeleton(extra=[self.EXTRA | extra])

    def test_a_question_that_counts_nowhere_may_be_missing(self):
        proposal = propose(coded(), skeletons=[self.with_extra()])
        assert [item.withdrawn for item in proposal.definition.items] == [False] * 3 + [True]
        assert proposal.definition.has_text
        assert says(proposal, "SAT-3 also has sat_hard, which counts nowhere. It is not asked.")

    def test_and_stays_so_when_the_library_is_synchronised(self):
        laid = propose(coded(), skeletons=[self.with_extra()]).definition
        assert with_text_of(laid, onto=self.with_extra()) == laid

    def test_also_by_order(self):
        bare = self.with_extra()
        proposal = propose(pasted(), skeletons=[bare], into="sat-3")
        assert [item.withdrawn for item in proposal.definition.items] == [False] * 3 + [True]
        whole = propose(pasted([*WORDS, "Was it hard?"]), skeletons=[bare], into="sat-3")
        assert whole.definition.items[3].text == "Was it hard?"

    @pytest.mark.parametrize("raises", [{"critical": (1,)}, {"alerts": (2,)}])
    def test_one_that_raises_an_alert_may_not(self, raises):
        proposal = propose(coded(), skeletons=[self.with_extra(**raises)])
        assert proposal.onto == ""
        assert says(proposal, "There are 3 questions in the file, and SAT-3 has 4 that count.")

    def test_its_answers_need_no_numbers(self):
        resource = coded()
        hard = choice("/h", "Was it hard?", often((None,) * 3), code=loinc("1099-1"))
        resource["item"].append(hard)
        proposal = propose(resource, skeletons=[self.with_extra()])
        item = proposal.definition.item("sat_hard")
        assert [option.value for option in proposal.definition.choices(item)] == [0, 1, 2]
        assert says(proposal, "/h: Its answers have no numbers. They count in no scale")

    def test_but_as_many_answers(self):
        resource = coded()
        hard = choice("/h", "Hard?", often((None,) * 3)[:2], code=loinc("1099-1"))
        resource["item"].append(hard)
        assert says(propose(resource, skeletons=[self.with_extra()]), "/h is answered with words")


class TestTotalsOnASkeleton:
    def test_compared_with_its_scale(self):
        resource = coded()
        resource["item"].append(TOTAL | {"code": loinc("9998-1")})
        given = response(
            *[answered(f"/{n}", valueCoding={"code": "most"}) for n in (1, 2, 3)],
            answered("t", valueDecimal=5),
        )
        proposal = propose(resource, given)
        assert [str(each) for each in proposal.comparisons] == [
            "SAT-3 total: the file says 5, but its answers add up to 6."
        ]

    def test_known_by_the_code_alone(self):
        resource = coded()
        resource["item"].append(
            {"linkId": "t", "type": "decimal", "text": "Ergebnis", "code": loinc("9998-1")}
        )
        given = response(
            *[chose(f"/{n}", "some") for n in (1, 2, 3)], answered("t", valueDecimal=3)
        )
        proposal = propose(resource, given)
        assert [each.agrees for each in proposal.comparisons] == [True]
        assert says(proposal, "t: It is not part of SAT-3. A result. It is not asked.")

    def test_the_skeleton_turns_items_round(self):
        resource = coded()
        resource["item"].append(TOTAL | {"code": loinc("9998-1")})
        given = response(
            *[chose(f"/{n}", "never") for n in (1, 2, 3)], answered("t", valueDecimal=2)
        )
        proposal = propose(resource, given, skeletons=[skeleton(reverse=["sat_2"])])
        assert proposal.comparisons[0].agrees


class TestOnItsOwn:
    def test_the_whole_of_it(self):
        proposal = propose(two_questions(copyright="© Nobody"))
        found = proposal.definition
        assert (found.slug, found.kind, found.title) == (
            "own-how-the-week-went",
            "screener",
            "How the week went",
        )
        assert found.provenance.validation == "unvalidated"
        assert found.provenance.licence.attribution == "© Nobody"
        assert found.scales == ()  # nobody has said yet what more of it means
        assert found.thanks.endswith("under Help now.")
        assert (found.minutes, found.gated) == (1, False)
        assert [each.items for each in proposal.sums] == [("q_1", "q_2")]
        assert Definition.published(found.dump()) == found

    @pytest.mark.parametrize("higher_is", ["better", "worse"])
    def test_a_sum_once_somebody_has_said_what_it_means(self, higher_is):
        proposal = propose(two_questions())
        found = interop.with_sums(proposal.definition, proposal.sums, higher_is)
        (scale,) = found.scales
        assert (scale.code, scale.method) == ("own_how_the_week_went_sum", "sum")
        assert (scale.minimum, scale.maximum, scale.higher_is) == (0, 4, higher_is)
        assert (found.interpretations, found.changes) == ((), ())
        assert found.items == proposal.definition.items

    def test_codes_of_scales_are_told_apart_also_when_titles_are_long(self):
        codes = set()
        for title in ("A very long title " * 3 + "one", "A very long title " * 3 + "two"):
            proposal = propose(two_questions(title=title))
            codes.add(interop.with_sums(proposal.definition, proposal.sums, "worse").scales[0].code)
        assert len(codes) == 2
        assert all(len(code) <= 40 for code in codes)

    @pytest.mark.parametrize(
        ("title", "number", "slug"),
        [
            ("How the week went", 1, "own-how-the-week-went"),
            ("How the week went", 2, "own-how-the-week-went-2"),
            ("日記", 1, "own-questions"),
            ("x" * 80, 3, "own-" + "x" * 54 + "-3"),
        ],
    )
    def test_slugs(self, title, number, slug):
        assert interop.own_slug(title, number) == slug

    def test_many_questions_take_longer(self):
        items = [choice(str(n), f"Sentence {n}.") for n in range(200)]
        assert propose(questionnaire(*items)).definition.minutes == 40


class TestTheShippedSkeletons:
    """Each takes words that fit, by order, and keeps all that counts."""

    @pytest.mark.parametrize(
        "bare",
        [
            each
            for each in load_library(LIBRARY).activities
            if each.is_validated and not each.has_text
        ],
        ids=lambda each: each.slug,
    )
    def test_words_can_be_laid_onto_it(self, bare):
        low, high = bare.range_of(bare.asked()[0])
        items = [item for item in bare.asked() if bare.range_of(item) == (low, high)]
        if len(items) < len(bare.asked()):
            pytest.skip("its questions are answered in different ways")
        answers = " | ".join(f"{n} Answer {n}" for n in range(low, high + 1))
        lines = [f"A sentence of ours, number {n}." for n in range(len(items))]
        proposal = propose(pasted(lines, answers), skeletons=[bare], into=bare.slug)
        found = proposal.definition
        assert found.has_text
        assert found.scales == bare.scales
        assert [item.critical for item in found.items] == [item.critical for item in bare.items]
        assert with_text_of(found, onto=bare) == found

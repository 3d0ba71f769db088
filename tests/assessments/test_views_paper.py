"""A copy that was filled in on paper, entered by number, and what the response page says of it."""

import re
from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assessments.actions.library import LIBRARY
from assessments.definitions import (
    DECLINED,
    NOT_APPLICABLE,
    SCORABLE,
    Category,
    Interpretation,
    Item,
    Scale,
    load_library,
    unfit_answer,
)
from assessments.forms import PaperForm
from assessments.forms.paper import NumberOnPaper, what_it_takes
from assessments.models import Activity, Alert, Assignment, Response
from practice.ids import uuid7
from tests.assessments.made import publish, walk
from tests.assessments.test_queries import statements
from tests.conftest import NOW, as_user, clear, give, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PHQ9 = [f"phq9_{n}" for n in range(1, 10)]
ITEMS = {item: f"item-{item}" for item in [*PHQ9, "phq9_difficulty"]}
DAY = "2026-11-02"
PAPER, ENTER = 10, 23  # statements; three are the word that it is kept, put into the session


def address(client, slug="phq-9"):
    return reverse("assessments:paper", args=[client.pk, slug])


def copy(*answers, day=DAY, **more):
    """A form of the PHQ-9, with the answers in their order; None and "" are gaps."""
    typed = dict(zip(ITEMS.values(), answers, strict=False))
    return {"filled_on": day, **{name: value or "" for name, value in typed.items()}, **more}


ALL_ONE = copy(*["1"] * 8, "0", "2")


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split()).replace(" ,", ",")


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def entered(browser, client, form, slug="phq-9"):
    """The response that a form becomes; the page it leads to is its own."""
    sent = browser.post(address(client, slug), form)
    assert sent.status_code == 302, sent.context["form"].errors
    response = Response.objects.latest("created_at")
    assert sent.url == reverse("assessments:response", args=[response.pk])
    return response


class TestWhoMay:
    def test_the_clinician_who_cares(self, browser, client_in_care):
        assert browser.get(address(client_in_care)).status_code == 200

    @pytest.mark.parametrize("who", ["colleague", "supervisor", "owner", "stranger"])
    def test_and_nobody_else(self, request, client_in_care, who):
        other = as_user(request.getfixturevalue(who))
        assert other.get(address(client_in_care)).status_code == 404
        assert other.post(address(client_in_care), ALL_ONE).status_code == 404
        assert not Response.objects.exists()

    def test_nor_the_client(self, joined):
        assert as_user(joined.user).post(address(joined), ALL_ONE).status_code == 404

    @pytest.mark.parametrize(
        "slug", ["limit-log", "limits-and-closeness", "which-is-which", "no-such", "limits-first"]
    )
    def test_only_what_is_scored(self, browser, client_in_care, slug):
        assert browser.get(address(client_in_care, slug)).status_code == 404

    def test_nothing_that_is_retired(self, browser, client_in_care, practice):
        Activity.objects.filter(practice=practice, slug="phq-9").update(retired_at=NOW)
        assert browser.get(address(client_in_care)).status_code == 404


class TestTheForm:
    def test_it_asks_for_a_day_and_a_number_for_each_item(self, browser, client_in_care):
        page = browser.get(address(client_in_care))
        form = page.context["form"]
        assert [name for name in form.fields if name != "once"] == ["filled_on", *ITEMS.values()]
        [part] = form.parts
        assert [row.number for row in part.rows] == list(range(1, 11))
        assert {row.field.help_text for row in part.rows} == {"0 to 3"}
        assert part.is_bare
        assert "Pfizer" in text_of(page)

    def test_its_day_is_not_guessed(self, browser, client_in_care):
        assert browser.get(address(client_in_care)).context["form"]["filled_on"].value() is None

    def test_where_there_are_words_they_stand_there(self, browser, client_in_care):
        form = browser.get(address(client_in_care, "patterns-check")).context["form"]
        [part] = form.parts
        assert not part.is_bare
        assert [option.label for option in part.key] == [
            "Never",
            "Rarely",
            "Sometimes",
            "Often",
            "Almost always",
        ]
        assert part.rows[0].field.help_text == "0 to 4, n or x"

    def test_a_choice_is_chosen_and_headings_part_the_rows(self, browser, client_in_care):
        form = browser.get(address(client_in_care, "patterns-reflection")).context["form"]
        assert form.parts[0].rows[0].field.field.choices[1][0] == "partner"
        assert [part.heading for part in form.parts][1:] == [
            "Part one of four",
            "Part two of four",
            "Part three of four",
            "Part four of four",
        ]

    def test_every_scored_screener_of_the_library_can_be_entered(self, browser, client_in_care):
        """With the lowest number everywhere, every one of them is stored as it was typed."""
        found = [
            each for each in load_library(LIBRARY).activities if each.scales or not each.has_text
        ]
        assert len(found) > 20
        for definition in found:
            form = browser.get(address(client_in_care, definition.slug)).context["form"]
            answers = {}
            for item in definition.asked():
                options = definition.choices(item)
                low = options[0].value if options else definition.range_of(item)[0]
                if item in definition.shown(answers):
                    answers[item.id] = low
            typed = {form.names[item_id]: str(value) for item_id, value in answers.items()}
            stored = entered(
                browser,
                client_in_care,
                {"filled_on": DAY, "gaps": "on", **typed},
                slug=definition.slug,
            )
            assert stored.answers == answers
            assert form.left_out == []


class TestWhatAnItemTakes:
    @pytest.fixture
    def of(self):
        library = {each.slug: each for each in load_library(LIBRARY).activities}

        def words(slug, **changes):
            definition = library[slug]
            item = definition.asked()[0].model_copy(update=changes)
            return what_it_takes(definition, item)

        return words

    def test_a_range(self, of):
        assert of("phq-9") == "0 to 3"

    def test_steps(self, of):
        assert of("phq-9", kind="slider", maximum=100, step=10) == "0 to 100 by 10"

    def test_two_numbers(self, of):
        assert of("phq-9", maximum=1) == "0 or 1"

    def test_a_scale_with_a_gap(self, of):
        library = {each.slug: each for each in load_library(LIBRARY).activities}
        check = library["patterns-check"]
        name = check.asked()[0].options
        few = tuple(option for option in check.options[name] if option.value != 1)
        gapped = check.model_copy(update={"options": {name: few}})
        assert what_it_takes(gapped, gapped.asked()[0]) == "0, 2, 3 or 4"

    @pytest.mark.parametrize(
        ("slug", "changes"),
        [
            ("phq-9", {}),
            ("wsas", {}),
            ("core-10", {}),
            ("patterns-check", {}),
            ("wellbeing-and-safety", {}),
            ("phq-9", {"kind": "slider", "minimum": -20, "maximum": 100, "step": 10}),
            ("phq-9", {"kind": "mood"}),
        ],
        ids=str,
    )
    def test_it_takes_what_the_definition_takes_and_nothing_else(self, slug, changes):
        definition = next(each for each in load_library(LIBRARY).activities if each.slug == slug)
        for item in definition.asked():
            if item.kind not in SCORABLE:
                continue
            item = item.model_copy(update=changes)
            field = NumberOnPaper(definition, item)
            for number in range(-25, 110):
                fits = unfit_answer(definition, item, number) is None
                assert cleaned(field, str(number)) == (number if fits else "refused")
            for typed, code in (("n", NOT_APPLICABLE), ("x", DECLINED)):
                fits = unfit_answer(definition, item, code) is None
                assert cleaned(field, typed) == (code if fits else "refused")


def cleaned(field, typed):
    try:
        return field.clean(typed)
    except ValidationError:
        return "refused"


class TestWrongInput:
    @pytest.mark.parametrize(
        "typed", ["4", "-1", "1.5", "1,5", "a", "n", "x", "1 2", "1_0", "9" * 40]
    )
    def test_a_number_that_is_not_allowed(self, browser, client_in_care, typed):
        form = ALL_ONE | {"item-phq9_3": typed}
        page = browser.post(address(client_in_care), form)
        assert errors(page) == {"item-phq9_3": ["Only 0 to 3 can stand here."]}
        assert f'value="{typed}"' in page.content.decode()
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize(("typed", "stored"), [(" 2 ", 2), ("02", 2), ("+1", 1), ("٣", 3)])
    def test_a_number_however_it_is_typed(self, browser, client_in_care, typed, stored):
        response = entered(browser, client_in_care, ALL_ONE | {"item-phq9_3": typed})
        assert response.answers["phq9_3"] == stored

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            ("", "Type the day that stands on the paper."),
            ("soon", "Choose a day, or type it like this: 2026-11-21."),
            ("2026-02-30", "Choose a day, or type it like this: 2026-11-21."),
            ("2026-11-19", "This day is still to come. Type the day on the paper."),
            ("9999-12-31", "This day is still to come. Type the day on the paper."),
            ("1899-12-31", "Please check the year."),
        ],
    )
    def test_a_day_that_cannot_be(self, browser, client_in_care, day, words):
        page = browser.post(address(client_in_care), ALL_ONE | {"filled_on": day})
        assert errors(page) == {"filled_on": [words]}
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize(("zone", "is_today"), [("Pacific/Auckland", True), ("UTC", False)])
    def test_today_is_the_clients(self, clinician, clock, zone, is_today):
        """At 13:00 UTC the next day has begun in Auckland."""
        clock.move_to(NOW.replace(hour=13))
        client = make_client(clinician, "Ana", zone=zone)
        form = ALL_ONE | {"filled_on": "2026-11-19"}
        page = as_user(clinician).post(address(client), form)
        assert (page.status_code == 302) is is_today

    def test_nothing_at_all(self, browser, client_in_care):
        page = browser.post(address(client_in_care), {"filled_on": DAY, "gaps": "on"})
        assert errors(page) == {"__all__": ["Type at least one answer."]}

    def test_an_item_that_is_asked_only_after_another_answer(self, browser, joined, practice):
        publish(practice, walk())
        form = {
            "filled_on": DAY,
            "item-went": "no",
            "item-far": "4",
            "item-tired": "3",
            "gaps": "on",
        }
        page = browser.post(address(joined, "walk"), form)
        words = "After the answer to item 2 this is not asked. Leave it empty."
        assert errors(page) == {"item-far": [words]}
        stored = entered(browser, joined, form | {"item-far": ""}, slug="walk")
        assert stored.answers == {"went": "no", "tired": 3}

    def test_a_break_in_a_line_is_a_blank(self, browser, joined, practice):
        publish(practice, walk())
        form = {"filled_on": DAY, "item-went": "yes", "item-who": "A dog\nand a cat", "gaps": "on"}
        stored = entered(browser, joined, form, slug="walk")
        assert stored.answers["who"] == "A dog and a cat"

    def test_a_choice_that_nobody_offered(self, browser, joined, practice):
        publish(practice, walk())
        page = browser.post(address(joined, "walk"), {"filled_on": DAY, "item-went": "perhaps"})
        assert list(errors(page)) == ["item-went"]

    def test_nothing_is_entered_without_an_episode(self, browser, client_in_care):
        client_in_care.episodes.update(closed_at=NOW)
        page = browser.post(address(client_in_care), ALL_ONE)
        assert errors(page) == {"__all__": ["No episode of care is open: open one first."]}


class TestGaps:
    def test_are_asked_about_once_and_stay_gaps(self, browser, client_in_care):
        form = copy("1", "", "1", "1", "1", "1", "1", "1", "0", "")
        page = browser.post(address(client_in_care), form)
        words = "Nothing is typed for items 2 and 10. Type them, or tick this."
        assert errors(page) == {"gaps": [words]}
        assert not Response.objects.exists()
        stored = entered(browser, client_in_care, form | {"gaps": "on"})
        assert set(stored.answers) == set(ITEMS) - {"phq9_2", "phq9_difficulty"}
        page = text_of(browser.get(reverse("assessments:response", args=[stored.pk])))
        assert "Item 2 Not answered" in page
        assert "Item 3 1" in page

    def test_a_single_one(self, browser, client_in_care):
        page = browser.post(address(client_in_care), ALL_ONE | {"item-phq9_2": " "})
        words = "Nothing is typed for item 2. Type it, or tick this."
        assert errors(page) == {"gaps": [words]}

    def test_are_not_asked_about_where_there_are_none(self, browser, client_in_care):
        assert "gaps" not in browser.get(address(client_in_care)).context["form"].fields
        page = browser.post(address(client_in_care), ALL_ONE | {"filled_on": ""})
        assert "gaps" not in page.context["form"].fields

    def test_what_is_not_asked_and_free_words_are_no_gaps(self, browser, joined, practice):
        """Of somebody who did not go for a walk, neither how far it was nor what was seen."""
        publish(practice, walk())
        form = {
            "item-whom": "friend",
            "item-went": "no",
            "item-dark": "no",
            "item-tired": "0",
            "filled_on": DAY,
        }
        assert entered(browser, joined, form, slug="walk").answers["tired"] == 0

    @pytest.mark.parametrize(
        ("typed", "stored"),
        [("n", "_na"), ("N/A", "_na"), ("na", "_na"), ("x", "_declined"), ("X ", "_declined")],
    )
    def test_a_way_not_to_answer_is_no_gap(self, browser, client_in_care, typed, stored):
        names = browser.get(address(client_in_care, "patterns-check")).context["form"].names
        form = dict.fromkeys(names.values(), "1") | {"filled_on": DAY}
        first = next(iter(names))
        response = entered(
            browser, client_in_care, form | {names[first]: typed}, slug="patterns-check"
        )
        assert response.answers[first] == stored


class TestOnce:
    def test_a_double_click_stores_once(self, browser, client_in_care):
        once = str(browser.get(address(client_in_care)).context["form"]["once"].value())
        first = entered(browser, client_in_care, ALL_ONE | {"once": once})
        again = browser.post(address(client_in_care), ALL_ONE | {"once": once}, follow=True)
        assert Response.objects.get() == first
        assert again.context["response"] == first
        assert "Entered." in text_of(again)
        assert first.occurrence.assignment_id == UUID(once)

    def test_it_is_on_the_page(self, browser, client_in_care):
        page = browser.get(address(client_in_care)).content.decode()
        assert '<input type="hidden" name="once"' in page

    @pytest.mark.parametrize("other", [{"item-phq9_1": "3"}, {"filled_on": "2026-11-03"}])
    def test_going_back_and_changing_it_is_said_to_change_nothing(
        self, browser, client_in_care, other
    ):
        form = ALL_ONE | {"once": str(uuid7())}
        entered(browser, client_in_care, form)
        again = browser.post(address(client_in_care), form | other, follow=True)
        assert "This was entered before, with other answers or another day." in text_of(again)
        assert Response.objects.get().answers["phq9_1"] == 1

    def test_one_that_names_something_else_enters_nothing(self, browser, joined, clinician):
        given = give(joined, "patterns-check", by=clinician)
        page = browser.post(address(joined), ALL_ONE | {"once": str(given.pk)})
        assert errors(page) == {"__all__": ["This page is out of date. Open it again."]}
        assert not Response.objects.exists()


class TestWhatBecomesOfIt:
    def test_it_stands_with_its_day_and_counts_as_read(self, browser, client_in_care, clinician):
        stored = entered(browser, client_in_care, ALL_ONE)
        assert (stored.mode, stored.filled_on) == (Response.Mode.PAPER, date(2026, 11, 2))
        assert (stored.read_by, stored.created_by) == (clinician, clinician)
        assert stored.answers == dict(zip(ITEMS, [1] * 8 + [0, 2], strict=True))

    def test_looking_at_the_scores_keeps_nothing(self, browser, client_in_care):
        page = browser.post(address(client_in_care), ALL_ONE | {"look": "1"})
        assert "Not entered yet: the scores as they will be" in text_of(page)
        assert "PHQ-9 total Depression severity 8 of 27" in text_of(page)
        assert "Mild (5 to 9)" in text_of(page)
        assert not Assignment.objects.exists()

    def test_looking_at_a_wrong_copy_shows_what_is_wrong(self, browser, client_in_care):
        page = browser.post(address(client_in_care), ALL_ONE | {"item-phq9_1": "9", "look": "1"})
        assert list(errors(page)) == ["item-phq9_1"]
        assert page.context["scores"] == []

    def test_an_answer_that_asks_for_somebody_is_said_at_once(self, browser, client_in_care):
        form = ALL_ONE | {"item-phq9_9": "1"}
        page = browser.post(address(client_in_care), form, follow=True)
        assert "there is an alert on Today" in text_of(page)
        assert Alert.objects.get().kind == Alert.Kind.CRITICAL

    def test_it_needs_no_safety_check(self, browser, client_in_care, clinician):
        clear(client_in_care, by=clinician, outcome="hold")
        names = browser.get(address(client_in_care, "patterns-check")).context["form"].names
        form = dict.fromkeys(names.values(), "1") | {"filled_on": DAY}
        assert entered(browser, client_in_care, form, slug="patterns-check").scores.count() == 8


class TestTheResponsePage:
    """What is said of a number: its band, whose numbers those are, and how far to trust them."""

    def page(self, browser, client, *answers, **more):
        stored = entered(browser, client, copy(*answers, gaps="on", **more))
        return text_of(browser.get(reverse("assessments:response", args=[stored.pk])))

    def test_a_whole_copy(self, browser, client_in_care):
        page = self.page(browser, client_in_care, *["2"] * 8, "0", "1")
        assert "16 of 27 answered 9 of 9" in page
        assert "Severity bands: Moderately severe (15 to 19)" in page
        assert "Patients of the NHS in England" in page
        assert "NHS Data Dictionary" in page
        assert "(seen in the source)" in page
        assert "Screening for major depressive disorder: 10 or more: look further" in page
        assert "Copyright © Pfizer Inc." in page
        assert "Filled in on paper 2 Nov, entered today, 11:00 by Clara" in page
        assert "first read" not in page
        assert "Reflection tool" not in page

    def test_a_threshold_that_is_not_reached(self, browser, client_in_care):
        page = self.page(browser, client_in_care, *["1"] * 8, "0", "1")
        assert "Screening for major depressive disorder: not reached: 10 or more" in page

    def test_an_estimate_says_so_and_by_which_rule(self, browser, client_in_care):
        page = self.page(browser, client_in_care, "", *["2"] * 7, "0", "1")
        assert "15.75 of 27 · 16 when rounded estimated: 8 of 9 answered" in page
        assert "estimated from the rest when up to 2 answers are missing, but never item 9" in page
        assert "Moderately severe (15 to 19)" in page

    @pytest.mark.parametrize(
        ("answers", "why"),
        [
            (["", "", "", *["2"] * 5, "0"], "answered 6 of 9: too few to say"),
            ([*["2"] * 8, ""], "answered 8 of 9: item 9 is missing, and it is never estimated"),
            ([*[""] * 9, "1"], "answered 0 of 9: nothing was answered"),
        ],
        ids=["three gaps", "item 9", "only the difficulty"],
    )
    def test_no_number_where_none_is_allowed(self, browser, client_in_care, answers, why):
        page = self.page(browser, client_in_care, *answers)
        assert f"No value {why}" in page
        assert "Severity bands" not in page

    def test_one_that_nobody_can_score_says_so(self, browser, client_in_care):
        """Which of its items are reversed is not known for certain, so no number is made."""
        page = browser.get(address(client_in_care, "dsi-r"))
        assert "See the scores first" not in text_of(page)
        form = dict.fromkeys(page.context["form"].names.values(), "3") | {"filled_on": DAY}
        stored = entered(browser, client_in_care, form, slug="dsi-r")
        page = text_of(browser.get(reverse("assessments:response", args=[stored.pk])))
        assert "Trellis does not score this one." in page
        assert "Skowron and Schmitt 2003" in page
        assert "Item 46 3" in page

    def test_an_own_tool_has_no_bands_whatever_its_definition_says(
        self, browser, client_in_care, practice
    ):
        """A version that says otherwise could only have been stored by force."""
        check = walk(slug="own-walk")
        said = Interpretation(
            scale="tired",
            name="Severity",
            population="Nobody",
            citation="Nowhere",
            evidence="V",
            bands=[{"start": 0, "below": 11, "label": "Alarming"}],
        )
        publish(practice, check.model_copy(update={"interpretations": (said,)}))
        form = {"filled_on": DAY, "item-went": "no", "item-tired": "4", "gaps": "on"}
        stored = entered(browser, client_in_care, form, slug="own-walk")
        page = text_of(browser.get(reverse("assessments:response", args=[stored.pk])))
        assert "4 of 10" in page
        assert "Reflection tool." in page
        assert "Alarming" not in page
        assert "Severity" not in page

    def test_a_scale_by_rule_has_no_single_item(self, browser, client_in_care, practice):
        """Its number is of categories: no answer has that name."""
        check = walk(slug="own-walk")
        by_rule = Scale(
            code="categories",
            title="Categories",
            construct="how many",
            method="rule",
            categories=[Category(title="Tired", items=["tired"], counts_from=3)],
            minimum=0,
            maximum=1,
            higher_is="worse",
        )
        publish(practice, check.model_copy(update={"scales": (by_rule,)}))
        form = {"filled_on": DAY, "item-went": "no", "item-tired": "4", "gaps": "on"}
        stored = entered(browser, client_in_care, form, slug="own-walk")
        page = text_of(browser.get(reverse("assessments:response", args=[stored.pk])))
        assert "Categories how many 1 of 1 answered 1 of 1" in page


class TestTheWayIn:
    def test_from_the_work_page_to_the_instruments(self, browser, client_in_care):
        page = browser.get(reverse("assessments:work", args=[client_in_care.pk]))
        chosen = reverse("assessments:assign", args=[client_in_care.pk]) + "?section=instrument"
        assert f'href="{chosen}"' in page.content.decode()
        assert f'href="{address(client_in_care)}"' in browser.get(chosen).content.decode()

    def test_not_for_a_supervisor(self, supervisor, client_in_care):
        page = as_user(supervisor).get(reverse("assessments:work", args=[client_in_care.pk]))
        assert "section=instrument" not in page.content.decode()

    def test_a_screener_with_words_is_chosen_or_entered(self, browser, client_in_care):
        page = browser.get(reverse("assessments:assign", args=[client_in_care.pk]))
        links = page.content.decode()
        assert f'href="{address(client_in_care, "strengths-check")}"' in links
        assert f'href="{address(client_in_care, "limit-log")}"' not in links
        assert f'href="{address(client_in_care, "which-is-which")}"' not in links

    def test_what_has_no_words_cannot_be_assigned(self, browser, client_in_care):
        choose = reverse("assessments:assignment_create", args=[client_in_care.pk, "phq-9"])
        assert browser.get(choose).url == address(client_in_care)


def test_what_no_number_is_for_is_left_out_and_said(browser, client_in_care, practice):
    sorting = Item(id="sorted", kind="sort", text="Sort these", options="dark", groups="went")
    check = walk(slug="own-walk")
    publish(practice, check.model_copy(update={"items": (*check.items, sorting)}))
    page = browser.get(address(client_in_care, "own-walk"))
    assert page.context["form"].left_out == [9]
    assert "Item 9 cannot be typed here." in text_of(page)


def test_an_item_cannot_be_mistaken_for_a_field_of_the_form(client_in_care, clinician, practice):
    items = [Item(id=name, kind="number", maximum=3, text="?") for name in ("gaps", "filled_on")]
    check = walk(slug="own-walk")
    scale = check.scales[0].model_copy(update={"items": ("gaps", "filled_on"), "maximum": 3})
    update = {"items": tuple(items), "scales": (scale,), "index_item": None, "example": None}
    version = publish(practice, check.model_copy(update=update))
    typed = {"filled_on": DAY, "item-gaps": "2", "item-filled_on": "1"}
    form = PaperForm(typed, client=client_in_care, version=version, by=clinician)
    assert form.is_valid(), form.errors
    assert form.answers() == {"gaps": 2, "filled_on": 1}


@pytest.mark.parametrize(("slug", "items"), [("phq-2", 2), ("k10", 10)])
def test_it_costs_the_same_however_many_items(browser, client_in_care, slug, items):
    url = address(client_in_care, slug)
    names = browser.get(url).context["form"].names
    assert len(names) == items
    assert statements(browser, url)[0] == PAPER
    form = dict.fromkeys(names.values(), "1") | {"filled_on": DAY}
    number, sent = statements(browser, url, form)
    assert number == ENTER, "\n".join(sent)

"""The library in the browser: finding, looking, and seeing it as a client will."""

import itertools
import re

import pytest
from django.template import Context, Template
from django.urls import reverse

from assessments.actions.library import LIBRARY
from assessments.coverage import SEEDS
from assessments.definitions import Kind, load_library
from assessments.models import Activity, Program, TextPermission
from tests.assessments.made import publish, walk, walk_on_a_page
from tests.assessments.test_queries import statements
from tests.conftest import NOW, as_user, clear

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOADED = load_library(LIBRARY)
ACTIVITIES = {each.slug: each for each in LOADED.activities}
EVERYTHING = len(LOADED.activities) + len(LOADED.programs)
# Statements; the assign page has the client's header with its five.
# Two of assigning, on the first visit of a day: whether and that it was looked at, for the client.
LIBRARY_PAGE, ASSIGN, ACTIVITY, PROGRAM, COVERAGE, PREVIEW = 4, 14, 4, 5, 2, 4
PAGES = [
    ("library", []),
    ("library_coverage", []),
    ("activity", ["limit-log"]),
    ("program", ["limits-first"]),
    ("preview", ["limit-log"]),
]


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def html_of(response):
    return response.content.decode()


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", html_of(response)).split())


def own(practice, number=1):
    """Activities that this practice made itself."""
    for n in range(number):
        version = publish(practice, walk(slug=f"own-walk-{n}", title=f"Walk {n}"))
        Activity.objects.filter(pk=version.activity_id).update(is_own=True)


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


@pytest.mark.parametrize(("name", "args"), PAGES)
class TestWhoMay:
    @pytest.mark.parametrize("who", ["clinician", "colleague", "supervisor"])
    def test_whoever_reads_about_clients(self, request, practice, name, args, who):
        assert as_user(request.getfixturevalue(who)).get(page(name, *args)).status_code == 200

    def test_not_the_owner_who_is_no_clinician(self, owner, name, args):
        assert as_user(owner).get(page(name, *args)).status_code == 404

    def test_not_a_client(self, joined, name, args):
        assert as_user(joined.user).get(page(name, *args)).status_code == 404

    def test_nothing_is_posted(self, browser, name, args):
        assert browser.post(page(name, *args)).status_code == 405


@pytest.mark.parametrize("name", ["activity", "preview"])
def test_what_a_practice_made_is_its_own(browser, practice, stranger, name):
    own(practice)
    assert browser.get(page(name, "own-walk-0")).status_code == 200
    assert as_user(stranger).get(page(name, "own-walk-0")).status_code == 404


@pytest.mark.parametrize("name", ["activity", "preview", "program"])
def test_what_is_not_there(browser, name):
    assert browser.get(page(name, "no-such")).status_code == 404


class TestFinding:
    def found(self, browser, **asked):
        response = browser.get(page("library"), asked)
        shelf = response.context["shelf"]
        return {entry.definition.slug for each in shelf.sections.values() for entry in each}

    def test_everything(self, browser):
        response = browser.get(page("library"))
        assert response.context["shelf"].found == EVERYTHING
        assert f"{EVERYTHING} all" in text_of(response)
        assert len(re.findall(r"data-row-open", html_of(response))) == EVERYTHING

    @pytest.mark.parametrize(
        ("asked", "some", "none"),
        [
            ({"q": "sleep"}, set(), {"limit-log"}),
            ({"q": "rosenberg"}, {"rses", "rses-maryland"}, {"phq-9"}),
            ({"section": "program"}, {"limits-first"}, {"limit-log"}),
            ({"theme": "family"}, {"family-roots"}, {"phq-9"}),
            ({"minutes": "5"}, {"limit-log"}, {"limits-first", "rediscover"}),
            ({"gate": "yes"}, {"limit-log"}, {"phq-9"}),
            ({"gate": "no"}, {"phq-9"}, {"limit-log"}),
            ({"q": "limit", "gate": "yes", "section": "log"}, {"limit-log"}, {"limit-plan"}),
        ],
        ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
    )
    def test_some_of_it(self, browser, asked, some, none):
        found = self.found(browser, **asked)
        assert some <= found
        assert not none & found
        assert len(found) < EVERYTHING

    @pytest.mark.parametrize("key", ["section", "theme", "minutes", "gate", "language"])
    def test_what_nobody_can_choose_is_passed_over(self, browser, key):
        assert len(self.found(browser, **{key: "<nonsense>"})) == EVERYTHING

    def test_what_is_typed_stays_and_is_escaped(self, browser):
        response = browser.get(page("library"), {"q": '"><b>', "theme": "limits"})
        assert 'value="&quot;&gt;&lt;b&gt;"' in html_of(response)
        assert '<option value="limits" selected>' in html_of(response)

    def test_very_long_words_are_passed_over(self, browser):
        assert len(self.found(browser, q="x" * 300)) == EVERYTHING

    def test_nothing_says_what_to_do(self, browser):
        response = browser.get(page("library"), {"q": "zzz"})
        assert "Nothing fits. Try fewer or other words, or take a filter away." in text_of(response)
        assert 'href="?">Show everything' in html_of(response)

    def test_an_empty_library_says_who_can_help(self, browser, practice):
        Activity.objects.filter(practice=practice).update(retired_at=NOW)
        Program.objects.filter(practice=practice).update(retired_at=NOW)
        response = browser.get(page("library"))
        assert "The library is empty." in text_of(response)
        assert "Search the library" not in text_of(response)

    def test_the_counts_keep_what_was_asked(self, browser):
        asked = {"q": "saying no", "gate": "yes", "section": "log", "theme": ""}
        response = browser.get(page("library"), asked)
        tag = Template("{% load library_tags %}{% sections_of shelf as counts %}")
        context = Context({"request": response.wsgi_request, "shelf": response.context["shelf"]})
        tag.render(context)
        everything, *sections = context["counts"]
        assert everything["url"] == "?q=saying+no&gate=yes"
        assert sum(count["number"] for count in sections) == everything["number"]
        [log] = [count for count in sections if count["current"]]
        assert log["url"] == "?q=saying+no&gate=yes&section=log"

    def test_what_was_made_here(self, browser, practice):
        assert "Only what we made ourselves" not in text_of(browser.get(page("library")))
        own(practice, 2)
        assert self.found(browser, own="on") == {"own-walk-0", "own-walk-1"}
        assert "made here" in text_of(browser.get(page("library"), {"own": "on"}))

    def test_languages_only_where_there_are_several(self, browser, practice):
        assert 'name="language"' not in html_of(browser.get(page("library")))
        publish(practice, walk(slug="own-gang").model_copy(update={"language": "de"}))
        publish(practice, walk(slug="own-tlh").model_copy(update={"language": "tlh"}))
        response = browser.get(page("library"))
        assert '<option value="de">Deutsch</option>' in html_of(response)
        assert '<option value="tlh">tlh</option>' in html_of(response)
        assert self.found(browser, language="de") == {"own-gang"}

    def test_a_retired_one_is_found_no_longer(self, browser, practice):
        Activity.objects.filter(practice=practice, slug="limit-log").update(retired_at=NOW)
        assert "limit-log" not in self.found(browser)
        response = browser.get(page("activity", "limit-log"))
        assert "it cannot be assigned any more" in text_of(response)

    def test_headings_stand_in_order(self, browser, client_in_care):
        for url in (
            page("library"),
            page("assign", client_in_care.pk),
            page("library_coverage"),
            page("activity", "phq-9"),
            page("program", "limits-first"),
        ):
            levels = [int(level) for level in re.findall(r"<h([1-6])", html_of(browser.get(url)))]
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


class TestChoosing:
    def shown(self, browser, client, **asked):
        return browser.get(page("assign", client.pk), asked)

    def test_the_same_search_for_a_client(self, browser, client_in_care):
        response = self.shown(browser, client_in_care, q="limit log")
        assert page("assignment_create", client_in_care.pk, "limit-log") not in html_of(response)
        assert "This needs a safety check first." in text_of(response)
        assert reverse("clients:safety_check", args=[client_in_care.pk]) in html_of(response)

    def test_with_a_clear_check_it_can_be_chosen(self, browser, client_in_care, clinician):
        clear(client_in_care, by=clinician)
        response = self.shown(browser, client_in_care, q="limit log")
        assert page("assignment_create", client_in_care.pk, "limit-log") in html_of(response)

    def test_programs_are_among_it(self, browser, client_in_care):
        shelf = self.shown(browser, client_in_care).context["shelf"]
        assert shelf.counts["program"] == len(LOADED.programs)
        assert shelf.total == EVERYTHING

    @pytest.mark.parametrize("who", ["colleague", "supervisor", "stranger"])
    def test_only_for_ones_own_client(self, request, client_in_care, who):
        other = as_user(request.getfixturevalue(who))
        assert self.shown(other, client_in_care).status_code == 404


class TestAnActivity:
    def test_a_published_instrument(self, browser):
        text = text_of(browser.get(page("activity", "phq-9")))
        assert "The words of this instrument are not part of Trellis." in text
        assert "9 items, 0 to 27 · higher is harder" in text
        assert "estimated from the rest when up to 2 answers are missing, but never item 9" in text
        assert "15–19 Moderately severe" in text  # noqa: RUF001
        assert "NHS Talking Therapies, England" in text
        assert "(seen second-hand)" in text
        assert "Standard deviation 5.5" in text
        assert "44249-1" in text
        assert "No permission required to reproduce, translate, display or distribute." in text
        assert "some answers show help at once and raise an alert" in text
        assert "Reflection tool" not in text

    def test_one_without_words_has_no_preview(self, browser):
        assert "<iframe" not in html_of(browser.get(page("activity", "phq-9")))
        assert "<iframe" in html_of(browser.get(page("activity", "limit-log")))

    def test_an_own_tool_carries_its_label_and_where_it_comes_from(self, browser):
        text = text_of(browser.get(page("activity", "patterns-check")))
        assert "Reflection tool." in text
        assert "Not validated: for looking at together" in text
        assert "A5 Difficulty with limits" in text
        assert "S2: Magazine article by K. Davis" in text
        assert "no score when an answer is missing" in text

    def test_a_scale_by_rule_and_a_band_with_decimals(self, browser, practice):
        definition = walk(slug="own-walk")
        tag = "{% load library_tags %}{{ scale|missing_rule:definition }}|{{ band|band_range }}"
        by_rule = definition.scales[0].model_copy(update={"method": "rule", "max_missing": 1})
        band = ACTIVITIES["phq-9"].interpretations[0].bands[0].model_copy(update={"start": 1.5})
        words = Template(tag).render(
            Context({"scale": by_rule, "definition": definition, "band": band})
        )
        rule, edges = words.split("|")
        assert rule == "a score as long as what is missing cannot change it"
        assert edges == "1.5 to below 5"

    def test_an_exercise_says_what_is_counted_and_what_comes_first(self, browser):
        text = text_of(browser.get(page("activity", "limit-log")))
        assert "Before you assign it:" in text
        assert "Discomfort, before to after Process measures: counted and never scored." in text
        assert "must be answered" in text

    def test_the_points_it_takes_up(self, browser):
        response = browser.get(page("activity", "which-is-which"))
        points = {point.code for point in response.context["points"]}
        assert points == set(ACTIVITIES["which-is-which"].provenance.covers)

    def test_its_versions_and_whose_words_it_has(self, browser, practice, clinician):
        publish(practice, walk(slug="own-walk", title="A walk"))
        version = publish(practice, walk(slug="own-walk", title="A longer walk"))
        TextPermission.objects.create(
            practice=practice,
            version=version,
            basis="written",
            holder="Whoever walks",
            words="Go ahead",
            checked_on=NOW.date(),
            expires_on=NOW.date(),
            source_format="paste",
            created_by=clinician,
        )
        text = text_of(browser.get(page("activity", "own-walk")))
        assert "A longer walk" in text
        assert "Versions 2" in text
        assert "We have the owner&#x27;s permission in writing · Whoever walks Go ahead" in text
        assert "until 18 Nov 2026" in text

    def test_every_one_of_the_library_opens(self, browser):
        found = {slug: browser.get(page("activity", slug)).status_code for slug in ACTIVITIES}
        assert set(found.values()) == {200}, found


class TestAProgram:
    def test_its_weeks_with_their_rules(self, browser):
        text = text_of(browser.get(page("program", "limits-first")))
        program = next(each for each in LOADED.programs if each.slug == "limits-first")
        gated = sum(ACTIVITIES[step.activity].gated for step in program.steps)
        assert f"{gated} of its steps need a safety check first." in text
        assert f"{program.weeks} weeks, {len(program.steps)} steps · Limits" in text
        assert "Plan a limit needs a safety check" in text
        assert "After your feedback on the step before" in text
        assert "3 days after the step before" in text

    def test_every_one_of_the_library_opens(self, browser):
        for each in LOADED.programs:
            weeks = browser.get(page("program", each.slug)).context["weeks"]
            assert [step for steps in weeks.values() for step, _row in steps] == list(each.steps)
            assert all(row for steps in weeks.values() for _step, row in steps)


class TestTheSources:
    def test_every_point_with_what_carries_it(self, browser):
        response = browser.get(page("library_coverage"))
        text = text_of(response)
        assert "Nothing" not in text
        for seed in SEEDS:
            points = sum(seed in point.seeds for point in LOADED.points)
            assert f"{points} points. All of them are taken up." in text
        links = set(re.findall(r'<a href="/library/([a-z-]+)/">', html_of(response)))
        assert links == {each.slug for each in LOADED.activities if each.provenance.covers}


class TestThePreview:
    """What a client sees, page by page, in a frame from which nothing leads out."""

    def shown(self, browser, slug, at=None):
        return browser.get(page("preview", slug), {} if at is None else {"at": at})

    def test_it_may_stand_in_our_frame_and_send_nothing(self, browser):
        response = self.shown(browser, "limit-log")
        policy = response["Content-Security-Policy"].split("; ")
        assert {"frame-ancestors 'self'", "form-action 'none'"} <= set(policy)
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        other = browser.get(page("activity", "limit-log"))
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"

    @pytest.mark.parametrize(
        "slug", ["limit-log", "limit-plan", "patterns-check", "side-by-side", "no-ladder"]
    )
    def test_nothing_in_it_leads_out(self, browser, slug):
        """Neither Leave this page nor sign-out: they would end the clinician's session."""
        for at in (None, "0", "1", "99"):
            html = html_of(self.shown(browser, slug, at))
            body = html[html.index("<body") :]
            addresses = set(re.findall(r'(?:href|action|src)="([^"]*)"', body))
            assert not {each for each in addresses if each[:4] not in ("?at=", "#con", "/sta")}
            assert "leave.js" not in html
            assert "keep.js" not in html
            assert "data-leave" not in html
            assert 'method="post"' not in html
            assert "csrfmiddlewaretoken" not in html

    def test_something_gated_begins_with_whether_it_is_safe_now(self, browser):
        assert "Is now a safe time?" in text_of(self.shown(browser, "limit-log"))
        assert "Is now a safe time?" not in text_of(self.shown(browser, "limit-log", "0"))
        assert "Is now a safe time?" not in text_of(self.shown(browser, "patterns-check"))

    def test_a_log_folds_away_what_is_not_needed(self, browser, practice):
        publish(practice, walk_on_a_page(as_log=True))
        response = self.shown(browser, "walk-page")
        (is_open, sections), (_folded, more) = response.context["parts"]
        assert is_open
        assert [field.name for _heading, part in sections for field in part] == ["whom"]
        assert [heading for heading, _part in more] == ["", "The walk", "From here"]
        assert "More, if you want" in text_of(response)

    def test_a_log_is_of_today_and_has_its_example(self, browser):
        response = self.shown(browser, "limit-log", "0")
        assert 'value="2026-11-18"' in html_of(response)
        assert "See an example" in text_of(response)

    def test_steps_one_by_one_and_then_the_thanks(self, browser):
        definition = ACTIVITIES["patterns-check"]
        text = text_of(self.shown(browser, "patterns-check"))
        assert definition.summary in text
        assert "This is a reflection tool." in text
        for number, item in enumerate(definition.asked(), start=1):
            response = self.shown(browser, "patterns-check", number)
            assert f"{number} of {len(definition.asked())}" in text_of(response)
            assert list(response.context["form"].fields) == [item.id]
        thanks = self.shown(browser, "patterns-check", len(definition.asked()) + 1)
        assert "Sent to their clinician" in text_of(thanks)
        assert "Thank you." in text_of(thanks)

    def test_a_question_that_depends_is_shown_as_after_the_answer(self, browser, practice):
        """Number 5 of the walk comes after a walk of some length."""
        publish(practice, walk(slug="own-walk"))
        response = self.shown(browser, "own-walk", 5)
        assert list(response.context["form"].fields) == ["met"]
        assert "5 of 7" in text_of(response)
        response = self.shown(browser, "own-walk", 6)
        assert list(response.context["form"].fields) == ["why"]
        assert "3 of 5" in text_of(response)
        assert '<h2 class="eyebrow">The walk</h2>' in html_of(response)

    def test_a_question_that_nobody_is_led_to_any_more_is_shown_too(self, browser, practice):
        """What it hung on is withdrawn, as it could be in a version of long ago."""
        definition = walk(slug="own-walk")
        whom, went, *rest = definition.items
        items = (whom, went.model_copy(update={"withdrawn": True}), *rest)
        publish(practice, definition.model_copy(update={"items": items}))
        response = self.shown(browser, "own-walk", 2)
        assert response.context["field"].name == "far"

    def test_a_form_on_one_page(self, browser, practice):
        publish(practice, walk_on_a_page())
        response = self.shown(browser, "walk-page")
        assert len(response.context["form"].fields) == 8
        assert "From here" in text_of(response)
        assert "A walk" in text_of(self.shown(browser, "walk-page", "0"))

    def test_a_reading_with_its_points_tables_and_drawings(self, browser):
        html = html_of(self.shown(browser, "side-by-side"))
        assert 'role="columnheader"' in html
        assert 'class="drawing"' in html
        assert "I have read this" in html
        reading = next(
            each for each in LOADED.activities if any(section.points for section in each.sections)
        )
        assert '<ul class="points">' in html_of(self.shown(browser, reading.slug))
        assert "That is all for now" in html_of(self.shown(browser, "side-by-side", "1"))

    @pytest.mark.parametrize("at", ["", "-1", "x", "1e3", "9" * 30, "٣", "²"])
    def test_a_place_that_is_none_is_no_fault(self, browser, at):
        assert self.shown(browser, "patterns-check", at).status_code == 200

    @pytest.mark.parametrize("kind", Kind)
    def test_every_page_of_every_activity_opens(self, browser, kind):
        there = [each for each in LOADED.activities if each.kind is kind and each.has_text]
        assert there
        for definition in there:
            in_steps = definition.layout == "steps" and kind is not Kind.READING
            last = len(definition.asked()) + 1 if in_steps else 1
            for at in range(last + 1):
                response = self.shown(browser, definition.slug, at)
                assert response.status_code == 200
                if in_steps and 0 < at < last:
                    assert response.context["field"].name == definition.asked()[at - 1].id


class TestStatements:
    @pytest.mark.parametrize("owned", [1, 3])
    def test_lists(self, browser, practice, client_in_care, owned):
        own(practice, owned)
        assert statements(browser, page("library"))[0] == LIBRARY_PAGE
        assert statements(browser, page("assign", client_in_care.pk))[0] == ASSIGN

    @pytest.mark.parametrize("slug", ["limit-log", "patterns-reflection", "phq-9"])
    def test_an_activity(self, browser, slug):
        assert statements(browser, page("activity", slug))[0] == ACTIVITY
        assert statements(browser, page("preview", slug))[0] == PREVIEW

    @pytest.mark.parametrize("versions", [1, 3])
    def test_an_activity_of_many_versions(self, browser, practice, clinician, versions):
        for n in range(versions):
            publish(practice, walk(slug="own-walk", title=f"Walk {n}"))
        assert statements(browser, page("activity", "own-walk"))[0] == ACTIVITY

    @pytest.mark.parametrize("slug", ["limits-first", "couple-check-ins"])
    def test_a_program(self, browser, slug):
        assert statements(browser, page("program", slug))[0] == PROGRAM

    def test_the_sources(self, browser):
        assert statements(browser, page("library_coverage"))[0] == COVERAGE

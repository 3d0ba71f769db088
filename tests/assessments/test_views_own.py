"""The editor of own activities: what is kept, what is said, and who may."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import authoring
from assessments.actions import own
from assessments.definitions import ItemKind
from assessments.models import Activity, ActivityDraft, ActivityVersion
from tests.assessments.test_actions_own import adapt, keep, newest, publish, titled
from tests.conftest import NOW, as_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EDITOR, EDITOR_OF_A_NEXT_VERSION, KEEP = 3, 4, 7
EMOJI, ARABIC, NUL = "\N{GRINNING FACE}", "ماذا أريد؟", "a\0b"


def address(name, *args, **asked):
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    url = reverse(f"assessments:{name}", args=args)
    return f"{url}?{query}" if query else url


def text_of(response):
    return " ".join(response.content.decode().split())


def fields_of(response):
    """What a browser would send of the form that stands on the page, without a button."""
    form = response.context["form"]
    found = {"saves": response.context["draft"].saves}
    parts = [form] if form is not None else []
    if getattr(form, "columns", None) is not None:
        parts += [form.columns.management_form, *form.columns]
    for part in parts:
        for field in part:
            value = field.value()
            if value is None or value is False or value == "" or field.field.disabled:
                continue
            if value is True:
                value = "on"
            found[field.html_name] = value
    return found


class Editor:
    """A draft as its author meets it in a browser without JavaScript."""

    def __init__(self, browser, draft):
        self.browser, self.draft = browser, draft

    def open(self, at=""):
        return self.browser.get(address("own_edit", self.draft.pk, at=at))

    def typed(self, at, **values):
        return fields_of(self.open(at)) | values

    def send(self, at, act="", **values):
        form = self.typed(at, **values) | ({"act": act} if act else {})
        return self.browser.post(address("own_edit", self.draft.pk, at=at), form)

    def keep(self, at, **values):
        """As own.js does."""
        form = self.typed(at, **values)
        return self.browser.post(
            address("own_edit", self.draft.pk, at=at), form, headers={"X-Keep": "1"}
        )

    def publish(self, at="", **values):
        form = self.typed(at, **values)
        return self.browser.post(address("own_publish", self.draft.pk, at=at), form)

    @property
    def content(self):
        self.draft.refresh_from_db()
        return self.draft.content

    def item(self, part):
        return authoring.piece_of(self.content, part)


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


@pytest.fixture
def plan(browser, clinician):
    return Editor(browser, adapt("limit-plan", clinician))


@pytest.fixture
def log(browser, clinician):
    return Editor(browser, adapt("limit-log", clinician))


@pytest.fixture
def screener(browser, clinician):
    return Editor(browser, adapt("patterns-check", clinician))


@pytest.fixture
def ours(clinician):
    draft = keep(adapt("limit-plan", clinician), titled("Our plan"), by=clinician)
    return publish(draft, by=clinician)


class TestBeginning:
    def test_what_is_to_be_written_is_chosen(self, browser):
        assert "What do you want to write?" in text_of(browser.get(address("own_new")))
        response = browser.post(address("own_new"), {"kind": "reading"})
        draft = ActivityDraft.objects.get()
        assert response.url == address("own_edit", draft.pk, at="about")
        assert draft.content["kind"] == "reading"

    @pytest.mark.parametrize("form", [{"kind": "poem"}, {"kind": ""}, {"x": "1"}])
    def test_a_kind_that_there_is_not_begins_nothing(self, browser, form):
        assert browser.post(address("own_new"), form).status_code == 200
        assert not ActivityDraft.objects.exists()

    def test_my_drafts_are_listed_and_nobody_elses(self, browser, plan, colleague):
        adapt("limit-log", colleague)
        own.begin_own("screener", by=plan.draft.created_by, now=NOW)
        text = text_of(browser.get(address("own_new")))
        assert "Plan a limit" in text
        assert "No title yet" in text
        assert "Limit log" not in text

    def test_what_was_imported_has_pages_of_its_own(self, browser, plan):
        plan.draft.source = {"sha256": "x"}
        plan.draft.save(update_fields=["source"])
        assert "Plan a limit" not in text_of(browser.get(address("own_new")))
        assert plan.open().status_code == 404

    def test_a_draft_is_thrown_away(self, browser, plan):
        response = browser.post(address("own_discard", plan.draft.pk), follow=True)
        assert "Thrown away." in text_of(response)
        assert not ActivityDraft.objects.exists()

    def test_nothing_is_said_of_empty_fields_before_anything_was_typed(self, browser, clinician):
        draft = own.begin_own("exercise", by=clinician, now=NOW)
        editor = Editor(browser, draft)
        assert "This is still empty." not in _part(editor.open("about"))
        editor.send("about", title="A plan")
        assert "This is still empty." in _part(editor.open("about"))


def _part(response):
    """Of the page, the form of the open part."""
    return re.search(r"<form[^>]* id=\"own\".*?</form>", text_of(response))[0]


class TestAdapting:
    def test_a_copy_of_the_librarys(self, browser, clinician):
        response = browser.post(address("own_adapt", "limit-plan"), follow=True)
        assert "Adapted from Plan a limit version 1 by Trellis contributors, CC BY 4.0" in text_of(
            response
        )
        again = browser.post(address("own_adapt", "limit-plan"), follow=True)
        assert "You began to change this before." in text_of(again)
        assert ActivityDraft.objects.count() == 1

    def test_the_next_version_of_ours(self, ours, colleague):
        response = as_user(colleague).post(address("own_adapt", ours.activity.slug), follow=True)
        assert "version 2, not published yet" in text_of(response)
        assert ActivityDraft.objects.get().activity == ours.activity

    def test_a_published_instrument_is_not_ours_to_change(self, browser, practice):
        versions = ActivityVersion.objects.filter(practice=practice).newest()
        slug = next(each.definition.slug for each in versions if each.definition.is_validated)
        response = browser.post(address("own_adapt", slug), follow=True)
        assert "These words belong to somebody else." in text_of(response)
        assert not ActivityDraft.objects.exists()

    def test_what_is_not_there_is_not_found(self, browser, ours, stranger):
        assert browser.post(address("own_adapt", "nothing")).status_code == 404
        slug = ours.activity.slug
        assert as_user(stranger).post(address("own_adapt", slug)).status_code == 404


class TestWhoMay:
    @pytest.fixture(params=["colleague", "stranger", "supervisor", "owner"])
    def other(self, request):
        return as_user(request.getfixturevalue(request.param))

    def test_a_draft_is_its_authors_alone(self, plan, other):
        for name in ("own_edit", "own_preview", "own_publish", "own_discard"):
            url = address(name, plan.draft.pk)
            found = {other.get(url).status_code, other.post(url, {"saves": "0"}).status_code}
            assert found <= {404, 405}, name
        assert plan.content["title"] == "Plan a limit"

    def test_a_client_sees_nothing_of_it(self, plan, joined):
        browser = as_user(joined.user)
        assert browser.get(address("own_edit", plan.draft.pk)).status_code == 404
        assert browser.get(address("own_new")).status_code == 404
        assert browser.post(address("own_adapt", "limit-plan")).status_code == 404

    def test_taking_out_of_use_is_for_clinicians_of_the_practice(
        self, ours, colleague, stranger, supervisor
    ):
        url = address("own_retire", ours.activity.slug)
        for person in (stranger, supervisor):
            assert as_user(person).post(url).status_code == 404
        response = as_user(colleague).post(url, follow=True)
        assert "Not in use any more." in text_of(response)
        assert not Activity.objects.assignable().filter(pk=ours.activity_id).exists()
        response = as_user(colleague).post(url, {"undo": "1"}, follow=True)
        assert "It is in use again." in text_of(response)
        assert Activity.objects.assignable().filter(pk=ours.activity_id).exists()

    def test_the_librarys_own_are_not_taken_out_of_use_here(self, browser):
        assert browser.post(address("own_retire", "limit-plan")).status_code == 404


class TestEveryPart:
    @pytest.mark.parametrize(
        "slug", ["limit-plan", "no-ladder", "patterns-reflection", "side-by-side", "whose-is-it"]
    )
    def test_each_opens_and_keeping_it_untouched_changes_nothing(self, browser, clinician, slug):
        editor = Editor(browser, adapt(slug, clinician))
        before = editor.content
        outline = editor.open().context["desk"].outline
        groups = (outline.panels, outline.items, outline.sections, outline.scales, outline.metrics)
        for entry in [entry for group in groups for entry in group]:
            response = editor.send(entry.part)
            assert response.status_code == 302, entry.part
            after = editor.content
            assert _plain(after) == _plain(before), entry.part

    def test_each_kind_of_question_can_be_added_and_typed_into(self, plan):
        for kind in ItemKind:
            response = plan.send("add", act=f"add:item-{kind}")
            part = re.search(r"at=(item-new_\d+)", response.url)[1]
            response = plan.send(part, text="How is it?", hint=EMOJI)
            assert response.status_code == 302, kind
            item = plan.item(part)
            assert (item["kind"], item["text"], item["hint"]) == (kind, "How is it?", EMOJI)
            assert plan.open(part).status_code == 200, kind

    def test_in_a_reading_nothing_is_asked(self, browser, clinician):
        editor = Editor(browser, adapt("side-by-side", clinician))
        assert editor.open("add").context["desk"].part == "about"
        page = text_of(editor.open("frame"))
        assert "After they have read it" in page
        assert "Add a question" not in page

    def test_a_part_that_is_not_there_leads_back(self, plan):
        for at in ("item-nobody", "scale-x", "x", "item-", "add-nobody", NUL, "about&at=x", "é"):
            assert plan.open(at).status_code in (200, 302), at


def _plain(content):
    """Without what is only written out: a default is the same as nothing."""
    text = json.dumps(content, sort_keys=True)
    empty = (None, "", [], {}, False, 0, 1, 10)

    def bare(value):
        if isinstance(value, dict):
            found = {key: bare(each) for key, each in value.items()}
            return {key: each for key, each in found.items() if each not in empty}
        return [bare(each) for each in value] if isinstance(value, list) else value

    return bare(json.loads(text))


class TestKeeping:
    def test_the_head(self, plan):
        plan.send("about", title="Our plan", summary="Ours.", minutes="15", way="page", gated="on")
        content = plan.content
        assert (content["title"], content["minutes"], content["layout"]) == ("Our plan", 15, "page")
        assert content["gated"] is True
        plan.send("about", way="log")
        assert (plan.content["as_log"], plan.content["layout"]) == (True, "page")

    def test_for_clinicians(self, plan):
        plan.send("clinicians", prompts="One?\n\nTwo?", themes=["limits", "family"])
        assert plan.content["prompts"] == ["One?", "Two?"]
        assert plan.content["themes"] == ["limits", "family"]

    def test_answers_are_lines_and_their_values_stay(self, plan):
        plan.send("item-safe", answers="Yes\nI am not sure\nNo, it does not feel safe\nLater")
        options = authoring.options_of(plan.content, plan.item("item-safe"))
        assert [(each["value"], each["label"]) for each in options] == [
            ("yes", "Yes"),
            ("unsure", "I am not sure"),
            ("no", "No, it does not feel safe"),
            ("later", "Later"),
        ]

    def test_an_alert_on_an_answer_that_is_gone_is_missed(self, plan):
        response = plan.keep("item-safe", answers="Yes\nI am not sure")
        assert (
            "An answer that was to reach you is no longer there."
            in response.json()["says"]["alerts"]
        )

    def test_a_screeners_answers_change_together_or_alone(self, screener):
        words = "0 = Not once\n4 = Daily"
        screener.send("item-giving_1", answers=words, same_answers="on")
        assert authoring.sharing(screener.content, "giving_1") == 7
        form = screener.typed("item-giving_1", answers="0 = Not at all\n4 = Daily")
        del form["same_answers"]
        screener.browser.post(address("own_edit", screener.draft.pk, at="item-giving_1"), form)
        labels = [
            authoring.options_of(screener.content, screener.item(part))[0]["label"]
            for part in ("item-giving_1", "item-needs_1")
        ]
        assert labels == ["Not at all", "Not once"]

    def test_a_condition_is_chosen_in_two_steps(self, plan):
        response = plan.send("item-limit", show_on="person")
        assert response.status_code == 302
        page = plan.open("item-limit")
        assert "Choose the answers at which this question is shown." in text_of(page)
        plan.send("item-limit", show_values=["partner", "family"])
        assert plan.item("item-limit")["show_if"] == {
            "item": "person", "equals": ["partner", "family"], "at_least": None, "at_most": None,
        }  # fmt: skip
        assert plan.open("item-limit").context["desk"].faults == []
        plan.send("item-limit", show_on="")
        assert plan.item("item-limit")["show_if"] is None

    def test_a_condition_on_a_number(self, plan):
        plan.send("item-safe", show_on="confidence")
        plan.send("item-safe", at_least="3")
        assert plan.item("item-safe")["show_if"] == {
            "item": "confidence", "equals": [], "at_least": 3, "at_most": None,
        }  # fmt: skip

    def test_only_earlier_questions_can_decide(self, plan):
        names = [
            key for key, _words in plan.open("item-limit").context["form"]["show_on"].field.choices
        ]
        assert names == ["", "person", "kind"]
        assert "show_on" not in plan.open("item-situation").context["form"].fields

    def test_another_kind_of_answer(self, plan):
        plan.send("item-limit", kind="choice")
        assert plan.item("item-limit")["kind"] == "choice"
        assert "Write at least two answers" in text_of(plan.open("item-limit"))

    def test_columns(self, plan):
        response = plan.send("add", act="add:item-rows")
        part = re.search(r"at=(item-new_\d+)", response.url)[1]
        plan.send(part, text="Who is there?", **{"columns-0-text": "Name"})
        page = plan.open(part)
        total = page.context["form"].columns.total_form_count()
        assert total == 2
        form = fields_of(page) | {
            "columns-1-text": "How close?",
            "columns-1-kind": "choice",
            "columns-1-answers": "Near\nFar",
        }
        plan.browser.post(address("own_edit", plan.draft.pk, at=part), form)
        columns = plan.item(part)["columns"]
        assert [(each["text"], each["kind"]) for each in columns] == [
            ("Name", "line"), ("How close?", "choice"),
        ]  # fmt: skip
        assert plan.open(part).context["desk"].faults == []
        plan.send(part, **{"columns-0-away": "on"})
        assert [each["text"] for each in plan.item(part)["columns"]] == ["How close?"]

    def test_a_scale(self, screener):
        response = screener.send("about", act="add:scale")
        part = re.search(r"at=(scale-new_\d+)", response.url)[1]
        form = {
            "title": "Saying it", "construct": "A5 and A8", "items": ["limits_1", "voice_1"],
            "reverse": ["voice_1", "giving_1"], "method": "sum", "higher_is": "worse",
            "max_missing": "0",
        }  # fmt: skip
        screener.send(part, **form)
        page = screener.open(part)
        assert page.context["desk"].faults == []
        version = publish(ActivityDraft.objects.get(), by=screener.draft.created_by)
        scale = version.definition.scales[-1]
        assert (scale.code, scale.items, scale.reverse) == (
            "own_saying_it", ("limits_1", "voice_1"), ("voice_1",),
        )  # fmt: skip
        assert (scale.minimum, scale.maximum) == (0, 8)

    def test_a_count(self, log):
        response = log.send("about", act="add:metric")
        part = re.search(r"at=(metric-new_\d+)", response.url)[1]
        log.send(part, kind="share", title="Limits I said")
        log.send(part, item="said")
        log.send(part, of=["yes"])
        assert log.open(part).context["desk"].faults == []
        metric = authoring.piece_of(log.content, part)
        assert (metric["kind"], metric["item"], metric["of"]) == ("share", "said", ["yes"])

    def test_a_section_with_points_and_a_table(self, browser, clinician):
        editor = Editor(browser, adapt("side-by-side", clinician))
        editor.send(
            "section-new_1", heading="One", body="Read.", points="a\nb", table="A | B\nc | d",
            picture="gate",
        )  # fmt: skip
        section = authoring.piece_of(editor.content, "section-new_1")
        assert section["points"] == ["a", "b"]
        assert section["table"] == {"columns": ["A", "B"], "rows": [["c", "d"]]}
        assert section["picture"] == "gate"

    @pytest.mark.parametrize("words", [EMOJI, ARABIC, "<script>alert(1)</script>", "{{ x }}", "%s"])
    def test_any_words_are_kept_and_shown_as_they_are(self, plan, words):
        plan.send("item-limit", text=words)
        assert plan.item("item-limit")["text"] == words
        text = plan.open("item-limit").content.decode()
        assert "<script>alert" not in text
        assert plan.publish("item-limit").status_code == 302
        version = newest(plan.draft.practice, Activity.objects.own().get().slug)
        assert version.definition.item("limit").text == words

    def test_a_nul_is_dropped(self, plan):
        plan.send("item-limit", text=NUL)
        assert plan.item("item-limit")["text"] == "ab"

    def test_what_is_too_long_for_a_client_is_kept_and_said(self, plan):
        news = plan.keep("item-limit", text="x" * 301).json()
        assert "This has 301 characters. At most 300 fit here." in news["says"]["text"]
        assert len(plan.item("item-limit")["text"]) == 301

    def test_what_is_too_long_to_be_kept_is_refused_and_stands_there(self, plan):
        words = "x" * 5001
        news = plan.keep("item-limit", text=words)
        assert news.status_code == 422
        assert "This has 5001 characters. At most 5000 can be kept." in news.json()["says"]["text"]
        response = plan.send("item-limit", text=words)
        assert response.status_code == 200
        assert words in response.content.decode()
        assert plan.item("item-limit")["text"] == "My limit, in my own words"

    def test_five_megabytes_are_refused_in_a_sentence(self, plan):
        form = {"saves": "0", "text": "x" * 5_000_000}
        response = plan.browser.post(address("own_edit", plan.draft.pk, at="item-limit"), form)
        assert response.status_code == 413
        assert "x" * 1000 not in text_of(response)

    STRANGE = (
        {"minutes": "soon"}, {"minutes": "9" * 30}, {"minutes": "1e3"}, {"minutes": "-1"},
        {"way": "dance"}, {"language": "../../etc"}, {"title": ["a", "b"]}, {"saves": "x"},
        {"saves": "9" * 400}, {"saves": ""}, {"act": "up:item-x"}, {"act": ":"},
        {"act": "add:item-telepathy"}, {"act": "back:item-limit"}, {"act": "format:disk"},
    )  # fmt: skip
    STRANGE_OF_A_QUESTION = (
        {"lowest": "x"}, {"lowest": "9" * 9}, {"lowest": "5", "highest": "1"}, {"step": "0"},
        {"show_on": "nobody"}, {"show_values": ["x"]}, {"kind": "telepathy"}, {"alerts": ["x"]},
    )  # fmt: skip

    @pytest.mark.parametrize("headers", [{"X-Keep": "1"}, {}])
    def test_nothing_that_is_sent_breaks_it(self, plan, headers):
        url = address("own_edit", plan.draft.pk, at="about")
        for form in self.STRANGE:
            sent = plan.typed("about") | form
            assert plan.browser.post(url, sent, headers=headers).status_code < 500, form
            assert plan.open().status_code == 200, form

    @pytest.mark.parametrize("part", ["item-confidence", "item-safe"])
    def test_nothing_that_is_sent_breaks_a_question(self, plan, part):
        for form in self.STRANGE_OF_A_QUESTION:
            assert plan.send(part, **form).status_code < 500, form
            assert plan.open(part).status_code == 200, form
            preview = plan.browser.get(address("own_preview", plan.draft.pk, at="1"))
            assert preview.status_code == 200, form

    @pytest.mark.parametrize("body", ['{"saves": 0, "title": {"a": [1]}}', "[" * 10_000, "null"])
    def test_json_is_no_form(self, plan, body):
        url = address("own_edit", plan.draft.pk, at="about")
        sent = plan.browser.post(url, body, content_type="application/json")
        assert sent.status_code < 500
        assert plan.content["title"] == "Plan a limit"


class TestActs:
    def order(self, editor):
        return [item["id"] for item in editor.content["items"]]

    def test_up_and_down_keep_what_was_typed_and_the_focus(self, plan):
        response = plan.send("item-limit", act="up:item-limit", text="My own limit")
        assert self.order(plan)[3:5] == ["limit", "kind"]
        assert plan.item("item-limit")["text"] == "My own limit"
        page = text_of(plan.browser.get(response.url))
        assert re.search(r'value="up:item-limit" autofocus', page)

    def test_at_the_top_the_focus_goes_to_the_other_way(self, plan):
        response = plan.send("", act="up:item-person")
        page = text_of(plan.browser.get(response.url))
        assert re.search(r'value="up:item-person" disabled', page)
        assert re.search(r'value="down:item-person" autofocus', page)

    def test_taken_away_and_put_back(self, plan):
        response = plan.send("item-limit", act="remove:item-limit")
        assert "limit" not in self.order(plan)
        assert response.url == address("own_edit", plan.draft.pk, at="item-say", then="away")
        page = text_of(plan.browser.get(response.url))
        assert "Put back" in page
        plan.send("item-say", act="back:item-limit")
        assert self.order(plan)[4] == "limit"

    def test_a_published_question_is_asked_no_longer(self, browser, ours, clinician):
        draft, _is_new = own.adapt(ours, by=clinician, now=NOW)
        editor = Editor(browser, draft)
        page = text_of(editor.open("item-limit"))
        assert "This question was published." in page
        assert "Ask it no longer" in page
        assert 'name="kind"' not in page
        editor.send("item-limit", act="remove:item-limit")
        assert editor.item("item-limit")["withdrawn"] is True
        assert "no longer asked" in text_of(editor.open())

    def test_a_duplicate_stands_below(self, plan):
        response = plan.send("item-person", act="twin:item-person")
        assert self.order(plan)[1:3] == ["person", "new_1"]
        assert response.url.endswith("at=item-new_1")

    def test_one_more_after_a_certain_one(self, plan):
        plan.send("add-person", act="add:item-text")
        assert self.order(plan)[1:3] == ["person", "new_1"]


class TestTwoTabs:
    def test_the_older_one_is_told_and_loses_nothing(self, plan):
        older = plan.typed("item-limit", text="From the older tab")
        plan.send("about", title="From the newer tab")
        url = address("own_edit", plan.draft.pk, at="item-limit")
        told = plan.browser.post(url, older)
        assert told.status_code == 409
        page = text_of(told)
        assert "This was changed in another tab or window." in page
        assert "From the older tab" in page
        assert plan.item("item-limit")["text"] == "My limit, in my own words"
        again = fields_of(told)
        assert again["saves"] == 1
        plan.browser.post(url, again)
        assert plan.item("item-limit")["text"] == "From the older tab"
        assert plan.content["title"] == "From the newer tab"

    def test_in_the_background_too(self, plan):
        older = plan.typed("item-limit", text="From the older tab")
        plan.send("about", title="From the newer tab")
        url = address("own_edit", plan.draft.pk, at="item-limit")
        told = plan.browser.post(url, older, headers={"X-Keep": "1"})
        assert (told.status_code, told.json()) == (409, {"saves": 1})

    def test_what_was_taken_away_there_comes_back_with_what_is_kept_here(self, plan):
        older = plan.typed("item-limit", text="From the older tab")
        plan.send("item-limit", act="remove:item-limit")
        url = address("own_edit", plan.draft.pk, at="item-limit")
        told = plan.browser.post(url, older, follow=True)
        assert "That was taken away in another tab." in text_of(told)
        told = plan.browser.post(url, older, headers={"X-Keep": "1"})
        assert told.status_code == 410

    def test_publishing_from_the_older_one_publishes_nothing(self, plan):
        older = plan.typed("about")
        plan.send("about", title="From the newer tab")
        told = plan.browser.post(address("own_publish", plan.draft.pk, at="about"), older)
        assert told.status_code == 409
        assert not Activity.objects.own().exists()

    def test_published_there_the_other_tab_is_led_to_what_came_of_it(self, plan):
        older = plan.typed("about")
        plan.publish("about")
        told = plan.browser.post(address("own_publish", plan.draft.pk, at="about"), older)
        assert told.url == Activity.objects.own().get().get_absolute_url()
        assert ActivityVersion.objects.filter(activity__is_own=True).count() == 1


class TestPublishing:
    def test_with_what_was_just_typed(self, plan):
        response = plan.publish("item-limit", text="My own limit")
        activity = Activity.objects.own().get()
        assert response.url == activity.get_absolute_url()
        assert activity.versions.get().definition.item("limit").text == "My own limit"
        page = text_of(plan.browser.get(response.url))
        assert "Published. It can be assigned now." in page

    def test_the_next_version_says_its_number(self, browser, ours, clinician):
        draft, _is_new = own.adapt(ours, by=clinician, now=NOW)
        response = Editor(browser, draft).publish("about", title="Another title")
        assert "Published as version 2." in text_of(browser.get(response.url))

    def test_nothing_new_says_so(self, browser, ours, clinician):
        draft, _is_new = own.adapt(ours, by=clinician, now=NOW)
        editor = Editor(browser, draft)
        response = editor.publish("about")
        assert "Nothing has changed since version 1" in text_of(browser.get(response.url))
        assert editor.open().status_code == 200

    def test_not_yet_leads_to_what_is_to_do(self, plan):
        response = plan.publish("item-limit", text="")
        assert response.url == address("own_edit", plan.draft.pk, at="item-limit")
        page = text_of(plan.browser.get(response.url))
        assert "Not published yet: 1 thing needs another look." in page
        assert "Write what is asked here." in page
        assert not Activity.objects.own().exists()

    def test_what_cannot_be_kept_is_not_published(self, plan):
        response = plan.publish("about", minutes="soon")
        assert response.status_code == 200
        assert "Type a whole number." in text_of(response)
        assert not Activity.objects.own().exists()

    def test_who_was_overtaken_is_asked(self, browser, ours, clinician, colleague):
        mine, _is_new = own.adapt(ours, by=clinician, now=NOW)
        theirs, _is_new = own.adapt(ours, by=colleague, now=NOW)
        publish(keep(theirs, titled("Theirs"), by=colleague), by=colleague)
        response = Editor(browser, mine).publish("about", title="Mine")
        assert response.status_code == 409
        assert "Carl published version 2 since you began" in text_of(response)
        form = {field.name: field.value() for field in response.context["form"]}
        response = browser.post(address("own_publish", mine.pk), form)
        assert response.url == ours.activity.get_absolute_url()
        titles = [each.definition.title for each in ours.activity.versions.order_by("number")]
        assert titles == ["Our plan", "Theirs", "Mine"]

    def test_and_asked_again_when_there_is_another_change(
        self, browser, ours, clinician, colleague
    ):
        mine, _is_new = own.adapt(ours, by=clinician, now=NOW)
        theirs, _is_new = own.adapt(ours, by=colleague, now=NOW)
        publish(keep(theirs, titled("Theirs"), by=colleague), by=colleague)
        editor = Editor(browser, mine)
        asked = editor.publish("about", title="Mine")
        form = {field.name: field.value() for field in asked.context["form"]}
        editor.send("about", title="Mine still")
        response = browser.post(address("own_publish", mine.pk), form, follow=True)
        assert "You changed it in another tab." in text_of(response)
        assert editor.content["title"] == "Mine still"


class TestThePage:
    def test_it_says_why_an_own_screener_has_no_bands(self, screener):
        assert "there are no bands, no cut-offs and no verdict on change" in text_of(
            screener.open()
        )

    def test_it_explains_the_gate_and_advises_it(self, plan):
        page = text_of(plan.open("about"))
        assert "it can be assigned only after a safety check" in page
        form = plan.typed("about")
        del form["gated"]
        plan.browser.post(address("own_edit", plan.draft.pk, at="about"), form)
        assert "a safety check first protects the client" in text_of(plan.open("about"))

    def test_a_scale_that_is_made_in_another_way_says_so(self, browser, clinician):
        version = publish(adapt("strengths-reflection", clinician), by=clinician)
        draft, _is_new = own.adapt(version, by=clinician, now=NOW)
        editor = Editor(browser, draft)
        part = f"scale-{version.definition.scales[0].code}"
        assert "begins anew" not in text_of(editor.open(part))
        editor.send(part, method="sum")
        assert "begins anew" in text_of(editor.open(part))

    def test_the_preview_stands_at_the_open_question(self, plan):
        assert "preview/?at=5" in text_of(plan.open("item-limit"))
        page = text_of(plan.browser.get(address("own_preview", plan.draft.pk, at="5")))
        assert "My limit, in my own words" in page

    def test_the_preview_may_stand_in_a_frame_of_ours(self, plan):
        response = plan.browser.get(address("own_preview", plan.draft.pk))
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]

    def test_nothing_of_it_is_typed_as_an_id(self, plan):
        page = re.sub(r"<[^>]*>", " ", plan.open("item-limit").content.decode())
        assert "new_" not in page
        assert "show_if" not in page


class TestStatements:
    """One literal number, with one question and with three."""

    @pytest.fixture(params=[1, 3])
    def editor(self, request, browser, clinician):
        draft = own.begin_own("exercise", by=clinician, now=NOW)
        editor = Editor(browser, draft)
        editor.send("about", title="A plan", summary="It.")
        editor.send("clinicians", for_clinicians="For us.")
        for _number in range(request.param):
            response = editor.send("add", act="add:item-choice")
            part = re.search(r"at=(item-new_\d+)", response.url)[1]
            editor.send(part, text="What?", answers="A\nB")
        return editor

    def statements(self, editor, at="", form=None):
        url = address("own_edit", editor.draft.pk, at=at)
        with CaptureQueriesContext(connection) as sent:
            response = (
                editor.browser.get(url)
                if form is None
                else editor.browser.post(url, form, headers={"X-Keep": "1"})
            )
        assert response.status_code == 200
        return len(sent), [each["sql"][:100] for each in sent]

    def test_the_editor(self, editor):
        count, sql = self.statements(editor, "item-new_1")
        assert count == EDITOR, sql

    def test_keeping(self, editor):
        form = editor.typed("item-new_1", text="What else?")
        count, sql = self.statements(editor, "item-new_1", form)
        assert count == KEEP, sql

    def test_the_editor_of_a_next_version(self, editor, clinician):
        draft = ActivityDraft.objects.get()
        for title in ("Two", "Three"):
            version = publish(draft, by=clinician)
            draft, _is_new = own.adapt(version, by=clinician, now=NOW)
            draft = keep(draft, titled(title), by=clinician)
        editor.draft = draft
        count, sql = self.statements(editor, "about")
        assert count == EDITOR_OF_A_NEXT_VERSION, sql

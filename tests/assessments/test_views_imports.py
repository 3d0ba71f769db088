"""The pages on which a practice brings the words of an instrument."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments import interop
from assessments.actions.imports import draft_import
from assessments.models import Activity, ActivityDraft, ActivityVersion
from assessments.views.imports import library_import
from tests.assessments.interop.builders import (
    answered,
    as_json,
    choice,
    chose,
    questionnaire,
    response,
    two_questions,
)
from tests.assessments.interop.test_fhir_response import TOTAL
from tests.assessments.test_actions_imports import ANSWERS, pasted
from tests.conftest import NOW, as_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

IMPORT = reverse("assessments:library_import")
PERMISSION = {
    "basis": "free",
    "holder": "Nobody",
    "words": "Anybody may use it.",
    "evidence": "",
    "checked_on": "2026-11-18",
    "expires_on": "",
    "summary": "Two short ones.",
}
OWN = PERMISSION | {"title": "The week", "higher_is": "worse"}


def page(name, draft):
    return reverse(f"assessments:{name}", args=[draft.pk])


def upload(resource, name="week.json"):
    data = resource if isinstance(resource, bytes) else as_json(resource)
    return SimpleUploadedFile(name, data)


def bring(browser, file=None, **fields):
    form = {"how": "file", "file": file or upload(two_questions())} | fields
    return browser.post(IMPORT, form)


def paste(browser, **fields):
    return browser.post(IMPORT, {"how": "paste", "text": "I sang.", "answers": ANSWERS} | fields)


def errors(found, how):
    assert found.status_code == 200
    form = found.context["forms"][how]
    return {name: list(each) for name, each in form.errors.items()}


def text_of(found):
    return found.content.decode()


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


@pytest.fixture
def draft(clinician):
    found = interop.read([interop.Source("week.json", as_json(two_questions()))])
    return draft_import(found, by=clinician, now=NOW)


@pytest.fixture
def words_for_phq(clinician):
    return draft_import(pasted(), by=clinician, now=NOW, into="phq-9")


class TestBringing:
    def test_a_file(self, browser, clinician):
        found = bring(browser)
        draft = ActivityDraft.objects.mine(clinician).get()
        assert found.url == page("import_preview", draft)
        assert (draft.source["name"], draft.source["format"]) == ("week.json", "fhir")
        assert draft.saved_at.date() == NOW.date()

    def test_with_a_response(self, browser, clinician):
        resource = questionnaire(choice("1", "I sang."), TOTAL)
        given = response(chose("1", "some"), answered("t", valueDecimal=4))
        bring(browser, upload(resource), response=upload(given, "answers.json"))
        draft = ActivityDraft.objects.mine(clinician).get()
        shown = text_of(browser.get(page("import_preview", draft)))
        assert "the file says 4, but its answers add up to 1" in shown
        assert "A difference" in shown

    def test_words(self, browser, clinician):
        paste(browser, title="The week", language="de")
        draft = ActivityDraft.objects.mine(clinician).get()
        assert (draft.content["title"], draft.content["language"]) == ("The week", "de")

    def test_onto_a_skeleton(self, browser, clinician):
        lines = "\n".join(f"{n}. A sentence of ours, number {n}." for n in range(1, 10))
        paste(browser, text=lines, into="phq-9")
        draft = ActivityDraft.objects.mine(clinician).get()
        assert (draft.source["onto"], draft.source["in_order"]) == ("phq-9", True)

    def test_the_skeleton_can_come_with_the_address(self, browser):
        found = browser.get(IMPORT, {"into": "phq-9"})
        assert '<option value="phq-9" selected>PHQ-9</option>' in text_of(found)

    @pytest.mark.parametrize(
        ("file", "why"),
        [
            (upload({"resourceType": "Patient"}), "This file is a Patient"),
            (upload(b"%PDF-1.7"), "This is a PDF."),
            (upload(b"PK\x03\x04"), "This zip file is damaged."),
        ],
    )
    def test_what_cannot_be_read_is_said_at_the_form(self, browser, file, why):
        found = bring(browser, file)
        assert why in errors(found, "file")["__all__"][0]
        assert "What you typed is still here" not in text_of(found)  # a file never is
        assert not ActivityDraft.objects.exists()

    def test_what_does_not_fit_is_said_at_the_form(self, browser):
        found = paste(browser, into="phq-9")
        assert errors(found, "paste")["__all__"] == [
            "There are 1 questions in the file, and PHQ-9 has 9 that count."
        ]
        assert found.context["forms"]["paste"]["text"].value() == "I sang."

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"text": ""}, "text"),
            ({"language": "Deutsch"}, "language"),
            ({"into": "patterns-check"}, "into"),
            ({"title": "x" * 81}, "title"),
        ],
    )
    def test_a_wrong_field(self, browser, fields, field):
        assert list(errors(paste(browser, **fields), "paste")) == [field]

    def test_without_a_file(self, browser):
        found = browser.post(IMPORT, {"how": "file"})
        assert list(errors(found, "file")) == ["file"]

    def test_neither(self, browser):
        assert browser.post(IMPORT, {"x": "1"}).status_code == 200

    def test_megabytes(self, browser, clinician, settings):
        """The wall in front of all pages is another matter (practice.middleware)."""
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "TooLarge" not in each]
        whole = as_json(two_questions())
        most = interop.LARGEST_FILE
        found = bring(browser, upload(whole + b" " * (most + 1 - len(whole))))
        assert "5.0\xa0MB is the most that is read." in errors(found, "file")["file"][0]
        assert bring(browser, upload(whole + b" " * (most - len(whole)))).status_code == 302

    def test_the_view_says_how_much_it_takes(self):
        assert library_import.largest_body > 2 * interop.LARGEST_FILE

    def test_what_waits_is_listed_for_whoever_brought_it(self, browser, draft, colleague):
        assert page("import_preview", draft) in text_of(browser.get(IMPORT))
        assert page("import_preview", draft) not in text_of(as_user(colleague).get(IMPORT))

    def test_an_owner_may_too(self, owner):
        found = bring(as_user(owner))
        assert found.status_code == 302
        # The library itself is not theirs to read.
        assert f'href="{reverse("assessments:library")}"' not in text_of(as_user(owner).get(IMPORT))


class TestThePreview:
    def test_what_it_says(self, browser, draft):
        shown = text_of(browser.get(page("import_preview", draft)))
        assert "2 questions: 2 with numbered answers." in shown
        assert "Everything in it was taken over." in shown
        assert "It becomes a questionnaire of your own, not validated." in shown
        assert f'src="{page("import_phone", draft)}"' in shown

    def test_what_was_not_understood(self, browser, clinician):
        resource = two_questions()
        resource["item"].append({"linkId": "<b>x</b>", "type": "attachment", "text": "x"})
        bring(browser, upload(resource))
        draft = ActivityDraft.objects.mine(clinician).get()
        shown = text_of(browser.get(page("import_preview", draft)))
        assert "<code>&lt;b&gt;x&lt;/b&gt;</code>" in shown
        assert "A question of the type attachment." in shown

    def test_the_phone_walks_through_it(self, browser, draft):
        first = browser.get(page("import_phone", draft), {"at": "1"})
        assert "I had time to sit down." in text_of(first)
        assert "On some days" in text_of(first)
        assert first["X-Frame-Options"] == "SAMEORIGIN"
        last = browser.get(page("import_phone", draft), {"at": "99"})
        assert "under Help now." in text_of(last)

    def test_words_for_a_skeleton(self, browser, words_for_phq):
        found = browser.get(page("import_preview", words_for_phq))
        shown = text_of(found)
        assert "The words for PHQ-9. Its scoring stays as it is." in shown
        assert "<code>phq9_9</code>" in shown
        form = found.context["form"]
        assert "title" not in form.fields
        assert "own" not in dict(form.fields["basis"].choices)
        assert form["holder"].value() == "Pfizer Inc."  # of its licence, to be checked
        assert form["checked_on"].value() == NOW.date()

    def test_which_count_the_other_way_round(self, browser, clinician):
        words = pasted(10)
        draft = draft_import(words, by=clinician, now=NOW, into="rses")
        shown = text_of(browser.get(page("import_preview", draft)))
        assert shown.count("counts the other way round") == 5


class TestPublishing:
    def test_one_of_our_own(self, browser, draft, clinician):
        found = browser.post(page("import_preview", draft), OWN, follow=True)
        version = ActivityVersion.objects.get(activity__is_own=True)
        assert found.redirect_chain == [(version.activity.get_absolute_url(), 302)]
        assert "Published. It can be assigned now." in text_of(found)
        assert (version.definition.title, version.created_by) == ("The week", clinician)
        assert version.definition.scales[0].higher_is == "worse"
        assert not ActivityDraft.objects.exists()

    def test_not_added_up(self, browser, draft):
        browser.post(page("import_preview", draft), OWN | {"higher_is": "none", "gated": "on"})
        found = ActivityVersion.objects.get(activity__is_own=True).definition
        assert (found.scales, found.gated) == ((), True)

    def test_the_words_of_a_skeleton(self, browser, words_for_phq):
        form = PERMISSION | {"in_order": "on"}
        found = browser.post(page("import_preview", words_for_phq), form, follow=True)
        assert "Published as version 2." in text_of(found)
        assert found.redirect_chain[0][0] == reverse("assessments:activity", args=["phq-9"])
        assert "A sentence of ours, number 1." in text_of(found)

    def test_what_was_matched_by_order_is_compared_first(self, browser, words_for_phq):
        found = browser.post(page("import_preview", words_for_phq), PERMISSION)
        assert list(found.context["form"].errors) == ["in_order"]
        assert ActivityDraft.objects.exists()

    def test_what_is_not_commercial_is_declared(self, browser, clinician):
        words = pasted(10, answers=f"{ANSWERS} | 4 All day")
        draft = draft_import(words, by=clinician, now=NOW, into="core-10")
        form = PERMISSION | {"in_order": "on", "basis": "licence"}
        found = browser.post(page("import_preview", draft), form)
        assert list(found.context["form"].errors) == ["non_commercial"]
        form |= {"non_commercial": "on"}
        assert browser.post(page("import_preview", draft), form).status_code == 302

    def test_the_same_again_says_so(self, browser, draft):
        browser.post(page("import_preview", draft), OWN)
        bring(browser)
        again = ActivityDraft.objects.get()
        found = browser.post(page("import_preview", again), OWN, follow=True)
        assert "These words were here already. Nothing has changed." in text_of(found)
        assert ActivityVersion.objects.filter(activity__is_own=True).count() == 1

    def test_a_second_click_leads_to_what_the_first_one_made(self, browser, draft):
        first = browser.post(page("import_preview", draft), OWN)
        second = browser.post(page("import_preview", draft), OWN)
        assert second.url == first.url
        assert ActivityVersion.objects.filter(activity__is_own=True).count() == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"basis": ""}, "basis"),
            ({"holder": ""}, "holder"),
            ({"words": ""}, "words"),
            ({"checked_on": ""}, "checked_on"),
            ({"checked_on": "2026-11-19"}, "checked_on"),
            ({"expires_on": "2026-11-17"}, "expires_on"),
            ({"higher_is": ""}, "higher_is"),
            ({"title": ""}, "title"),
            ({"summary": "x" * 301}, "summary"),
        ],
    )
    def test_without_what_is_needed_nothing_is_published(self, browser, draft, change, field):
        found = browser.post(page("import_preview", draft), OWN | change)
        assert list(found.context["form"].errors) == [field]
        assert not Activity.objects.own().exists()
        assert ActivityDraft.objects.filter(pk=draft.pk).exists()

    def test_what_the_verb_refuses_is_said_at_the_form(self, browser, words_for_phq, clinician):
        Activity.objects.filter(practice=clinician.practice, slug="phq-9").update(retired_at=NOW)
        form = OWN | {"in_order": "on"}
        found = browser.post(page("import_preview", words_for_phq), form)
        assert found.context["form"].non_field_errors() == [
            "This instrument is no longer in use here."
        ]

    def test_an_owner_who_sees_no_clients_stays_here(self, owner):
        browser = as_user(owner)
        bring(browser)
        found = browser.post(page("import_preview", ActivityDraft.objects.get()), OWN)
        assert found.url == IMPORT

    def test_thrown_away(self, browser, draft):
        found = browser.post(page("import_discard", draft), follow=True)
        assert "Thrown away." in text_of(found)
        assert not ActivityDraft.objects.exists()


class TestWhose:
    @pytest.fixture
    def knocks(self, draft):
        def knock(user):
            browser = as_user(user)
            return {
                browser.get(page("import_preview", draft)).status_code,
                browser.post(page("import_preview", draft), OWN).status_code,
                browser.get(page("import_phone", draft)).status_code,
                browser.post(page("import_discard", draft)).status_code,
            }

        return knock

    def test_a_draft_is_for_whoever_brought_it(
        self, knocks, owner, colleague, stranger, supervisor, draft
    ):
        for user in (owner, colleague, stranger, supervisor):
            assert knocks(user) == {404}
        assert ActivityDraft.objects.filter(pk=draft.pk).exists()

    def test_a_client_has_no_business_here(self, knocks, joined):
        assert knocks(joined.user) == {404}
        assert as_user(joined.user).get(IMPORT).status_code == 404

    def test_bringing_is_for_owners_and_clinicians(self, owner, colleague, stranger, supervisor):
        people = (owner, colleague, stranger, supervisor)
        statuses = [as_user(user).get(IMPORT).status_code for user in people]
        assert statuses == [200, 200, 200, 404]

    def test_what_was_published_does_not_open_the_door_to_others(self, draft, browser, colleague):
        browser.post(page("import_preview", draft), OWN)
        assert as_user(colleague).get(page("import_preview", draft)).status_code == 404

    def test_something_that_was_written_here_is_not_an_import(self, browser, clinician):
        written = ActivityDraft.objects.create(
            practice=clinician.practice, created_by=clinician, content={}, saved_at=NOW
        )
        assert browser.get(page("import_preview", written)).status_code == 404
        assert page("import_preview", written) not in text_of(browser.get(IMPORT))


@pytest.mark.parametrize("drafts", [1, 3])
def test_how_many_statements_the_pages_cost(browser, clinician, django_assert_num_queries, drafts):
    for n in range(drafts):
        draft = draft_import(pasted(9 + n), by=clinician, now=NOW, into="own")
    browser.get(IMPORT)  # what a process remembers
    with django_assert_num_queries(5):
        browser.get(IMPORT)
    with django_assert_num_queries(5):
        browser.get(page("import_preview", draft))

"""Files, pages and races that mean harm, or that nobody meant."""

import io
import json
import threading
import time
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from assessments import actions, authoring
from assessments.actions import own
from assessments.definitions import Definition
from assessments.interop import Source, Unreadable, read, read_paste
from assessments.interop.words import number
from assessments.models import ActivityDraft, ActivityVersion, Alert, Response
from tests.assessments.made import ask, publish, walk, walk_on_a_page
from tests.assessments.test_actions_own import adapt, keep, permission, titled
from tests.assessments.test_actions_own import publish as publish_draft
from tests.conftest import NOW, as_user, clear, make_practice

DUE = 10  # seconds of this process; what is quadratic takes minutes


@pytest.fixture
def soon():
    """Whatever comes of it, it comes soon."""
    began = time.process_time()
    yield
    assert time.process_time() - began < DUE


def questionnaire(*items, **rest):
    content = {"resourceType": "Questionnaire", "language": "en", "item": items, **rest}
    return Source("q.json", json.dumps(content).encode())


def dictionary(*rows):
    head = (
        "Variable / Field Name,Form Name,Field Type,Field Label,"
        '"Choices, Calculations, OR Slider Labels",'
        "Branching Logic (Show field only if...)\n"
    )
    return Source("d.csv", (head + "\n".join(rows)).encode())


LINE = {"linkId": "one", "type": "string", "text": "What is it?"}


class TestCharactersThatNoTextCanHold:
    @pytest.mark.parametrize("bad", ["\0", "a\ud800"])
    @pytest.mark.parametrize("key", ["type", "answerValueSet", "linkId", "text"])
    def test_wherever_they_stand(self, key, bad):
        other = {"linkId": "two", "type": "choice", "text": "Which?", key: bad}
        with pytest.raises(Unreadable, match="no text can hold"):
            read([questionnaire(LINE, other)])


@pytest.mark.usefixtures("soon")
class TestFilesThatKeepAServerBusy:
    def test_a_number_of_a_million_digits(self):
        assert number("1" * 10**6 + "e5000") is None
        assert number("1" * 10**6 + "x") is None

    def test_such_a_number_in_a_file(self):
        data = b'{"resourceType": "Questionnaire", "n": ' + b"1" * 10**6 + b"e5000}"
        with pytest.raises(Unreadable, match="number"):
            read([Source("q.json", data)])

    def test_words_that_begin_a_total_again_and_again(self):
        many = {"linkId": "two", "type": "integer", "text": "total " * 400_000}
        assert len(read([questionnaire(LINE, many)]).items) == 1

    def test_explanations_below_one_question(self):
        words = [{"linkId": f"w{n}", "type": "display", "text": f"{n}"} for n in range(20_000)]
        with pytest.raises(Unreadable):
            read([questionnaire({**LINE, "item": words})])

    def test_one_long_list_for_many_questions(self):
        concepts = [{"code": f"c{n}"} for n in range(30_000)]
        held = {
            "resourceType": "ValueSet",
            "id": "v",
            "compose": {"include": [{"system": "s", "concept": concepts}]},
        }
        ask = {"type": "choice", "text": "Which?", "answerValueSet": "#v"}
        items = [{**ask, "linkId": f"q{n}"} for n in range(1_000)]
        found = read([questionnaire(LINE, *items, contained=[held])])
        assert len(found.items) == 1
        assert len(found.not_understood) == 1_000

    def test_more_left_out_than_anybody_would_read(self):
        items = [{"linkId": f"q{n}", "type": "attachment", "text": "x"} for n in range(30_000)]
        with pytest.raises(Unreadable, match="Too much"):
            read([questionnaire(LINE, *items)])

    def test_parentheses_around_a_condition(self):
        wrapped = "(" * 990 + "[a] = '1'" + ")" * 990
        rows = ['a,f,radio,One?,"1, Yes|0, No",']
        rows += [f'b{n},f,text,And?,,"{wrapped}"' for n in range(300)]
        found = read([dictionary(*rows)])
        assert all(item.show_if is None for item in found.items)

    def test_a_few_parentheses_are_read(self):
        rows = ['a,f,radio,One?,"1, Yes|0, No",', "b,f,text,And?,,((([a] = '1')))"]
        assert read([dictionary(*rows)]).items[1].show_if.equals == (1,)

    def test_blanks_in_a_condition(self):
        rows = [f'b{n},f,text,And?,,"a{" " * 1_990}b"' for n in range(399)]
        assert len(read([dictionary(*rows)]).items) == 399

    def test_parentheses_around_a_sum(self):
        written = "(" * 60_000 + ")" * 60_000
        rows = [f'c{n},f,calc,Sum,"{written}",' for n in range(40)]
        with pytest.raises(Unreadable):
            read([dictionary(*rows)])

    def test_lines_of_pasted_words(self):
        with pytest.raises(Unreadable):
            read_paste("\n".join(["a"] * 50_000), answers="0 No | 1 Yes")


def workbook(**sheets):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


class TestWorkbooks:
    def test_one_long_list_for_many_questions(self, soon):
        survey = [("type", "name", "label"), ("text", "one", "What is it?")]
        survey += [("select_one big", f"q{n}", "Which?") for n in range(1_500)]
        choices = [("list_name", "name", "label")]
        choices += [("big", f"c{n}", f"Answer {n}") for n in range(2_000)]
        found = read([Source("f.xlsx", workbook(survey=survey, choices=choices))])
        assert len(found.items) == 1

    def test_groups_in_groups(self):
        survey = [("type", "name", "label")]
        survey += [("begin group", f"g{n}", "Group") for n in range(1_000)]
        with pytest.raises(Unreadable, match="deeply"):
            read([Source("f.xlsx", workbook(survey=[*survey, ("text", "a", "What?")]))])

    def test_a_sheet_under_another_name_declares_no_entities(self):
        plain = workbook(survey=[("type", "name", "label"), ("text", "a", "What is it?")])
        assert read([Source("f.xlsx", plain)]).items
        for encoding in ("utf-8", "utf-16"):
            with pytest.raises(Unreadable, match=r"entities|UTF-8"):
                read([Source("f.xlsx", hidden_entity(plain, encoding))])


def hidden_entity(data, encoding):
    """The same workbook, its sheet in a part that is not named as XML and declares an entity."""
    declared = '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY e "text">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                name, text = "xl/worksheets/sheet1.png", declared + text.partition("?>")[2]
            text = text.replace("sheet1.xml", "sheet1.png")
            new.writestr(name, text.encode(encoding if name.endswith("png") else "utf-8"))
    return out.getvalue()


# -- pages of an older version ---------------------------------------------------------------------


def without(definition, *item_ids):
    items = [
        item.model_copy(update={"withdrawn": True, "show_if": None})
        if item.id in item_ids
        else item
        for item in definition.items
    ]
    return Definition.published(definition.model_copy(update={"items": tuple(items)}).dump())


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestAPageOfAnOlderVersion:
    @pytest.fixture
    def asked(self, joined, clinician):
        return ask(joined, walk_on_a_page(as_log=True), by=clinician)

    @pytest.fixture
    def browser(self, joined):
        return as_user(joined.user)

    def entry(self, asked):
        return reverse("assessments:entry", args=[asked.pk])

    def renew(self, practice):
        publish(practice, without(walk_on_a_page(as_log=True), "why", "dark"))

    def test_what_was_typed_is_sent_as_it_was_asked(self, asked, browser, practice):
        self.renew(practice)
        typed = {"number": "1", "went": "no", "why": "Less rain", "tired": "3"}
        browser.post(self.entry(asked), typed)
        sent = Response.objects.submitted().get()
        assert sent.answers["why"] == "Less rain"
        assert sent.version.number == 1

    def test_an_answer_that_asks_for_somebody_is_heard(self, asked, browser, practice):
        self.renew(practice)
        sent = browser.post(self.entry(asked), {"number": "1", "went": "no", "dark": "yes"})
        assert sent.url == reverse("assessments:critical", args=[asked.pk])
        assert Alert.objects.filter(kind=Alert.Kind.CRITICAL).count() == 1

    def test_also_in_the_background(self, asked, browser, practice):
        self.renew(practice)
        typed = {"number": "1", "dark": "yes", "touched": "dark"}
        kept = browser.post(self.entry(asked), typed, headers={"X-Keep": "1"})
        assert kept.headers["X-Then"] == reverse("assessments:critical", args=[asked.pk])
        assert Response.objects.drafts().get().answers["dark"] == "yes"

    def test_nobody_begins_a_version_of_another_practice(self, asked, browser, practice, stranger):
        other = walk_on_a_page(as_log=True)
        publish(stranger.practice, other)
        self.renew(practice)
        browser.post(self.entry(asked), {"number": "1", "went": "no", "why": "Rain"})
        assert Response.objects.get().version.practice == practice

    def test_a_page_of_today_is_of_today(self, asked, browser, practice):
        self.renew(practice)
        browser.post(self.entry(asked), {"number": "1", "went": "no", "x": "1", "tired": "3"})
        assert Response.objects.submitted().get().version.number == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestPaperOfAnOlderVersion:
    def test_what_is_not_asked_any_more_is_not_dropped(self, client_in_care, clinician, practice):
        publish(practice, walk())
        publish(practice, without(walk(), "why"))
        url = reverse("assessments:paper", args=[client_in_care.pk, "walk"])
        form = {"filled_on": "2026-11-02", "item-went": "no", "item-why": "Rain", "gaps": "on"}
        shown = as_user(clinician).post(url, form)
        assert "The questions have changed" in shown.content.decode()
        assert not Response.objects.exists()
        del form["item-why"]
        assert as_user(clinician).post(url, form).status_code == 302


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestAnAnswerThatAsksForSomebodyTooLate:
    """The page stood open when a hold came, or when it was ended."""

    @pytest.fixture
    def browser(self, joined):
        return as_user(joined.user)

    def step(self, asked):
        ids = [item.id for item in walk().asked()]
        return reverse("assessments:step", args=[asked.pk, ids.index("dark") + 1])

    def held(self, joined, clinician, definition):
        gated = definition.model_copy(update={"gated": True})
        asked = ask(joined, gated, by=clinician)
        actions.say_safe_time(asked, by=joined.user, now=NOW)
        clear(joined, by=clinician, outcome="hold", now=NOW + timedelta(seconds=1))
        return asked

    @pytest.mark.parametrize("headers", [{}, {"X-Keep": "1"}])
    @pytest.mark.parametrize("is_page", [True, False])
    def test_on_hold(self, browser, joined, clinician, headers, is_page):
        asked = self.held(joined, clinician, walk_on_a_page() if is_page else walk())
        url = reverse("assessments:entry", args=[asked.pk]) if is_page else self.step(asked)
        form = {"item": "dark", "dark": "yes", "number": "1", "touched": "dark"}
        for _twice in range(2):
            sent = browser.post(url, form, headers=headers)
            panel = reverse("assessments:critical", args=[asked.pk])
            assert (sent.headers["X-Then"] if headers else sent.url) == panel
        assert Alert.objects.open().filter(kind=Alert.Kind.CRITICAL).count() == 1
        assert not Response.objects.exists()
        shown = browser.get(panel)
        assert "112" in shown.content.decode()
        assert shown.context["is_kept"] is False

    def test_ended(self, browser, joined, clinician):
        asked = ask(joined, walk(), by=clinician)
        actions.end_assignment(asked.assignment, by=clinician, now=NOW)
        sent = browser.post(self.step(asked), {"item": "dark", "dark": "unsure"})
        assert sent.url == reverse("assessments:critical", args=[asked.pk])
        assert Alert.objects.open().count() == 1

    def test_any_other_answer_is_not_kept(self, browser, joined, clinician):
        asked = self.held(joined, clinician, walk())
        sent = browser.post(self.step(asked), {"item": "dark", "dark": "no"})
        assert sent.status_code == 410
        assert not Alert.objects.exists()

    def test_nobody_else_can_raise_it(self, joined, clinician, stranger, colleague):
        asked = self.held(joined, clinician, walk())
        for other in (clinician, colleague, stranger):
            sent = as_user(other).post(self.step(asked), {"item": "dark", "dark": "yes"})
            assert sent.status_code == 404
        assert not Alert.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestWordsOfSomebodyElse:
    def test_a_draft_from_before_is_not_published_over_them(self, clinician):
        ours = keep(adapt("limit-plan", clinician), titled("Ours"), by=clinician)
        version = publish_draft(ours, by=clinician)
        draft = keep(adapt(version.activity.slug, clinician), titled("More"), by=clinician)
        permission(version, "written")
        with pytest.raises(own.NotOurs):
            publish_draft(draft, by=clinician)
        form = {"saves": draft.saves, "over": "1"}
        url = reverse("assessments:own_publish", args=[draft.pk])
        sent = as_user(clinician).post(url, form)
        assert sent.url == version.activity.get_absolute_url()
        assert version.activity.versions.count() == 1


class TestADraftThatIsGone:
    @pytest.mark.django_db
    @pytest.mark.usefixtures("clock")
    def test_what_was_typed_in_it_leads_nowhere(self, clinician, monkeypatch):
        draft = adapt("limit-plan", clinician)
        url = reverse("assessments:own_edit", args=[draft.pk])
        keep_draft = own.keep_draft

        def too_late(draft, change, **rest):
            ActivityDraft.objects.filter(pk=draft.pk).delete()
            return keep_draft(draft, change, **rest)

        monkeypatch.setattr(own, "keep_draft", too_late)
        form = {"saves": "0", "act": "add:item-line"}
        assert as_user(clinician).post(f"{url}?at=add", form).status_code == 404

    @pytest.mark.django_db(transaction=True)
    def test_two_clicks_at_once_publish_it_once(self, clock):
        user = make_practice().users.get()
        draft = keep(adapt("limit-plan", user), titled("Ours"), by=user)
        url = reverse("assessments:own_publish", args=[draft.pk])
        page = reverse("assessments:own_edit", args=[draft.pk])
        form = {"saves": draft.saves, "over": "1"}
        browsers = [as_user(user), as_user(user)]
        assert browsers[0].get(page).status_code == 200
        ready, found = threading.Barrier(2), []

        def click(browser):
            try:
                ready.wait()
                found.append(browser.post(url, form))
            finally:
                connection.close()

        clicks = [threading.Thread(target=click, args=[browser]) for browser in browsers]
        for each in clicks:
            each.start()
        for each in clicks:
            each.join()
        assert [sent.status_code for sent in found] == [302, 302]
        version = ActivityVersion.objects.get(activity__is_own=True)
        assert {sent.url for sent in found} == {version.activity.get_absolute_url()}


@pytest.mark.django_db
def test_more_than_a_server_takes_does_not_fit_on_one_page(clinician):
    draft = own.begin_own("exercise", by=clinician, now=NOW)
    content = authoring.updated(draft.content, "about", {"layout": "page"})
    for table in range(3):
        content, part = authoring.added(content, "item", kind="rows")
        content = authoring.updated(content, part, {"text": f"Table {table}", "maximum": 20})
        columns = [
            {"id": f"new_{table}{place}", "kind": "line", "text": f"Column {place}"}
            for place in range(8)
        ]
        content = authoring.with_columns(content, part.partition("-")[2], columns)
    faults = [(each.part, each.field) for each in authoring.faults_of(content)]
    assert ("about", "way") in faults
    in_steps = authoring.updated(content, "about", {"layout": "steps"})
    faults = [(each.part, each.field) for each in authoring.faults_of(in_steps)]
    assert ("about", "way") not in faults

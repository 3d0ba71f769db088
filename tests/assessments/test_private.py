"""Private until shared: what a client keeps to themselves, or takes back, is theirs alone."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions, exports
from assessments.definitions import Kind
from assessments.doing import doing_of
from assessments.models import Alert, AlertPolicy, Export, Response, Score
from assessments.portal import home_of
from assessments.reports.report import report_of
from assessments.sheet import note_words_shown
from clients import actions as care
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import ENTRY, NOW, answer_all, as_user, give, reads, send

from . import made
from .test_actions_respond import ask
from .test_feedback import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SECRET = "Nobody shall ever read this"


@pytest.fixture
def sam(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return joined


@pytest.fixture
def log(sam, clinician):
    occurrence = give(sam, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    actions.say_safe_time(occurrence, by=sam.user, now=NOW)
    return occurrence


@pytest.fixture
def session(sam, clinician):
    return care.book_session(sam, by=clinician, starts_at=NOW + timedelta(hours=4), now=NOW)


@pytest.fixture
def phone(sam):
    return as_user(sam.user)


def add(log, sharing="myself", *, words=SECRET, now=NOW):
    answers = ENTRY | {"limit": words}
    by = log.client.user
    return actions.add_entry(log, answers, once=uuid7(), sharing=sharing, by=by, now=now)


def mine(response):
    return reverse("assessments:mine", args=[response.pk])


class TestNobodyElseSeesIt:
    PAGES = ("timeline", "work", "contact", "calendar", "export_client")

    def seen(self, clinician, sam, session):
        """What the clinician reads on every page about Sam."""
        desk = as_user(clinician)
        urls = [reverse(f"assessments:{name}", args=[sam.pk]) for name in self.PAGES]
        urls += [reverse("assessments:today"), reverse("assessments:sheet", args=[session.pk])]
        urls += [reverse("assessments:timeline_taken", args=[sam.pk, "homework"])]
        urls += [reverse("clients:record", args=[sam.pk]), reverse("clients:caseload")]
        return [re.sub(r"<[^>]+>|\s+", " ", text_of(desk.get(url))) for url in urls]

    def test_no_page_is_another_one_for_it(self, clinician, sam, log, session):
        add(log, "send", words="Sent")
        self.seen(clinician, sam, session)  # what has been looked at once is not new any more
        before = self.seen(clinician, sam, session)
        add(log)
        after = self.seen(clinician, sam, session)
        assert after == before
        assert not any(SECRET in page for page in after)

    def test_nor_is_a_file(self, clinician, sam, log):
        add(log, "send", words="Sent")
        add(log)
        actions.ask_for_export(
            sam, kind="tables", with_words=True, once=uuid7(), by=clinician, now=NOW + MINUTE
        )
        exports.make_next(clock=lambda: NOW + MINUTE)
        with zipfile.ZipFile(io.BytesIO(bytes(Export.objects.get().file))) as tables:
            text = "".join(tables.read(name).decode() for name in tables.namelist())
        report = str(report_of(sam, by=clinician, now=NOW + MINUTE, with_words=True))
        for words in (text, report):
            assert "Sent" in words
            assert SECRET not in words

    def test_its_address_opens_for_nobody_but_its_client(self, clinician, phone, log):
        entry = add(log)
        url = reverse("assessments:response", args=[entry.pk])
        assert as_user(clinician).get(url).status_code == 404
        assert SECRET in text_of(phone.get(mine(entry)))

    def test_the_numbers_of_what_is_sent_have_no_gap(self, log):
        sent = [add(log, each) for each in ("send", "myself", "send")]
        assert [row.number for row in sent] == [1, None, 2]

    def test_the_trail_does_not_tell_of_it(self, log):
        add(log, "send")
        before = AuditEvent.objects.count()
        entry = add(log)
        actions.discard(entry, by=log.client.user)
        assert AuditEvent.objects.count() == before

    def test_no_phrase_is_looked_for_in_it(self, practice, owner, log):
        policy = {"phrases": "nobody shall ever", "worse": False, "silence": False}
        row = AlertPolicy.of_practice(practice.pk)
        row.phrases = policy["phrases"]
        row.save()
        add(log)
        assert not Alert.objects.exists()
        actions.share(Response.objects.get(), bring=False, by=log.client.user, now=NOW)
        assert Alert.objects.get().kind == Alert.Kind.PHRASE

    def test_an_answer_that_asks_for_somebody_is_told_all_the_same(self, sam, clinician):
        definition = made.walk().model_copy(update={"kind": Kind.EXERCISE, "layout": "page"})
        walk = ask(sam, definition, by=clinician)
        actions.add_entry(
            walk,
            {"went": "no", "dark": "yes"},
            once=uuid7(),
            sharing="myself",
            by=sam.user,
            now=NOW,
        )
        assert Response.objects.get().is_private
        assert Alert.objects.get().kind == Alert.Kind.CRITICAL


class TestItsClient:
    def test_it_counts_for_them(self, sam, log):
        add(log)
        home = home_of(sam, now=NOW + MINUTE)
        assert (home.done, home.now[0].entries) == (1, 1)
        (own,) = doing_of(sam, now=NOW + MINUTE).logs
        assert own.sentences[0].startswith("Once in the last four weeks")

    def test_what_was_asked_is_done(self, log):
        add(log)
        log.refresh_from_db()
        assert log.answered_at == NOW
        assert AuditEvent.objects.filter(action="occurrence.done").count() == 1

    def test_an_exercise_in_steps_is_kept_on_its_last_page(self, phone, sam, clinician):
        plan = give(sam, "thought-record", by=clinician).occurrences.get()
        answers = answer_all(actions.current_version(plan))
        actions.keep(plan, answers, by=sam.user, now=NOW)
        url = reverse("assessments:review", args=[plan.pk])
        assert "Keep it to myself" in text_of(phone.get(url))
        done = phone.post(url, {"for_session": "myself"}, follow=True)
        assert "Only you can read it." in text_of(done)
        assert Response.objects.get().is_private

    def test_a_screener_is_sent_whatever_is_posted(self, phone, sam, clinician):
        screener = give(sam, "strengths-check", by=clinician).occurrences.get()
        answers = answer_all(actions.current_version(screener))
        actions.keep(screener, answers, by=sam.user, now=NOW)
        url = reverse("assessments:review", args=[screener.pk])
        assert "Keep it to myself" not in text_of(phone.get(url))
        phone.post(url, {"for_session": "myself"})
        assert Response.objects.submitted().count() == 1

    def test_the_choice_is_kept_with_the_draft(self, phone, log):
        url = reverse("assessments:entry", args=[log.pk])
        touched = {"limit": "x", "for_session": "myself", "touched": ["limit", "for_session"]}
        phone.post(url, touched, headers={"X-Keep": "1"})
        assert phone.get(url).context["sharing"].initial == {"for_session": "myself"}

    def test_it_can_be_shared_later(self, phone, log, clinician):
        entry = add(log)
        phone.post(mine(entry), {"act": "bring"})
        entry.refresh_from_db()
        assert (entry.is_private, entry.is_brought, entry.number) == (False, True, 1)
        url = reverse("assessments:response", args=[entry.pk])
        assert SECRET in text_of(as_user(clinician).get(url))

    def test_and_thrown_away_after_one_question(self, phone, log):
        entry = add(log)
        assert "gone for good" in text_of(phone.post(mine(entry), {"act": "throw_away"}))
        phone.post(mine(entry), {"act": "throw_away", "sure": "1"})
        assert not Response.objects.exists()

    def test_who_took_back_that_the_team_reads_sends_nothing_and_keeps_it_all(
        self, phone, sam, log, clinician
    ):
        entry = add(log)
        plan = give(sam, "thought-record", by=clinician).occurrences.get()
        answers = answer_all(actions.current_version(plan))
        draft = actions.keep(plan, answers, by=sam.user, now=NOW)
        care.withdraw_consent(sam, "care", by=sam.user, now=NOW)
        agree = reverse("clients:agree")
        assert phone.post(mine(entry), {"act": "share"}).url == agree
        assert phone.post(reverse("assessments:review", args=[plan.pk])).url == agree
        with pytest.raises(actions.NotAgreed):
            add(log, "send")
        assert not Response.objects.submitted().exists()
        assert [*Response.objects.drafts()] == [draft]
        assert Response.objects.private().get() == entry

    def test_after_the_care_nothing_can_be_shared(self, phone, log, clinician):
        entry = add(log)
        care.close_episode(log.client, reason="done", by=clinician, now=NOW)
        assert "Send it to" not in text_of(phone.get(mine(entry)))
        assert phone.post(mine(entry), {"act": "share"}).status_code == 404


class TestTakingBack:
    def test_whole_with_its_scores_while_nobody_has_read_it(self, phone, sam, clinician):
        sent = send(give(sam, "strengths-check", by=clinician).occurrences.get(), by=sam.user)
        assert Score.objects.exists()
        assert "Take it back" in text_of(phone.get(mine(sent)))
        page = phone.post(mine(sent), {"act": "take_back"}, follow=True)
        assert "Only you can read it now." in text_of(page)
        sent.refresh_from_db()
        assert (sent.is_private, sent.finished_at) == (True, NOW)
        assert not Score.objects.exists()
        assert AuditEvent.objects.filter(action="response.taken_back").count() == 1

    def test_a_score_stands_on_the_day_of_its_answers_however_often_they_are_sent(
        self, sam, clinician
    ):
        sent = send(give(sam, "strengths-check", by=clinician).occurrences.get(), by=sam.user)
        for days in (1, 3):
            actions.take_back(sent, by=sam.user, now=NOW + days * DAY)
            sent.refresh_from_db()
            assert sent.finished_at == NOW
            actions.share(sent, bring=False, by=sam.user, now=NOW + (days + 1) * DAY)
            assert {score.taken_at for score in Score.objects.all()} == {NOW}
        sent.refresh_from_db()
        assert sent.submitted_at == NOW + 4 * DAY

    def read(self, clinician, supervisor, sent, session):
        desk, page = as_user(clinician), reverse("assessments:response", args=[sent.pk])
        return {
            "by the care team": lambda: desk.get(page),
            "by a supervisor": lambda: as_user(supervisor).get(page),
            "on the sheet": lambda: desk.get(reverse("assessments:sheet", args=[session.pk])),
            "in a file": lambda: self.file_of(sent.client, clinician),
        }

    def file_of(self, sam, clinician):
        actions.ask_for_export(
            sam, kind="tables", with_words=True, once=uuid7(), by=clinician, now=NOW + MINUTE
        )
        exports.make_next(clock=lambda: NOW + MINUTE)

    @pytest.mark.parametrize(
        "how", ["by the care team", "by a supervisor", "on the sheet", "in a file"]
    )
    def test_not_once_it_was_read(self, phone, log, clinician, supervisor, session, how):
        sent = add(log, "bring")
        reads(supervisor, sent.client)
        self.read(clinician, supervisor, sent, session)[how]()
        assert "Nobody has read it yet" not in text_of(phone.get(mine(sent)))
        page = phone.post(mine(sent), {"act": "take_back"}, follow=True)
        assert "It can't be taken back any more" in text_of(page).replace("&#x27;", "'")
        sent.refresh_from_db()
        assert sent.submitted_at is not None

    def test_not_under_a_legal_hold(self, phone, log, owner):
        sent = add(log, "send")
        care.hold(sent.client, reason="A claim", by=owner, now=NOW)
        page = phone.post(mine(sent), {"act": "take_back"}, follow=True)
        assert "This has to stay as you sent it for now." in text_of(page)
        sent.refresh_from_db()
        assert sent.submitted_at == NOW

    def test_a_sheet_that_is_made_meanwhile_looks_at_each_row_once_more(self, log, session):
        add(log, "bring")
        with CaptureQueriesContext(connection) as made_of:
            note_words_shown(session, now=NOW)
        (update,) = (each["sql"] for each in made_of if "UPDATE" in each["sql"])
        # Within a subquery PostgreSQL would not see that its client has just taken it back.
        assert "SELECT" not in update
        assert '"submitted_at" IS NOT NULL' in update
        assert Response.objects.get().shown_at == NOW

    def test_who_opens_it_too_late_finds_nothing(self, log, clinician):
        sent = add(log, "send")
        found = Response.objects.of(clinician).get(pk=sent.pk)
        actions.take_back(sent, by=log.client.user, now=NOW)
        with pytest.raises(actions.TakenBack):
            actions.mark_read(found, by=clinician, now=NOW)


class TestTheDatabaseHoldsIt:
    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ({"submitted_at": NOW, "finished_at": None, "number": 1}, "response_private_or_sent"),
            ({"brought_at": NOW}, "response_private_or_sent"),
            ({"kept_to_self_at": None}, "response_finished_is_private"),
            ({"number": 1}, "response_finished_is_private"),
            ({"kept_to_self_at": None, "shown_at": NOW}, "response_"),
        ],
    )
    def test_private_and_seen_cannot_both_be(self, log, change, constraint):
        entry = add(log)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Response.objects.filter(pk=entry.pk).update(**change)

    @pytest.mark.parametrize("column", ["read_at", "shown_at"])
    def test_what_was_read_cannot_become_private(self, log, clinician, column):
        sent = add(log, "send")
        fact = {column: NOW} | ({"read_by": clinician} if column == "read_at" else {})
        Response.objects.filter(pk=sent.pk).update(**fact)
        gone = {"submitted_at": None, "finished_at": NOW, "kept_to_self_at": NOW, "number": None}
        with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
            Response.objects.filter(pk=sent.pk).update(**gone)

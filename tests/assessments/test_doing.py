"""How I am doing: plain words, small pictures, and of screeners only what was chosen."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import actions
from assessments.actions.library import LIBRARY
from assessments.definitions import Definition, load_library
from assessments.doing import shown_scales
from assessments.models import Activity, ActivityVersion, Score, SharedProgress
from assessments.models.reminders import Reminder
from practice.models import AuditEvent
from tests.conftest import ENTRY, NOW, as_user, give, join, make_client, measure, reads, send

from .test_feedback import text_of
from .test_queries import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
HOW = 5
VERDICTS = ("Deteriorated", "Improved", "Recovered", "cut-off", "reliab", "Moderate", "depress")


@pytest.fixture
def sam(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return joined


@pytest.fixture
def phone(sam):
    return as_user(sam.user)


@pytest.fixture
def desk(clinician):
    return as_user(clinician)


def activity_of(client, slug):
    return Activity.objects.get(practice=client.practice_id, slug=slug)


def share_address(client, slug):
    return reverse("assessments:share", args=[client.pk, activity_of(client, slug).pk])


def share(client, slug, *, by, now=NOW):
    return actions.share_progress(client, activity_of(client, slug), by=by, now=now)


def answered(client, slug, value, *, by, now):
    given = give(client, slug, by=by, now=now - DAY).occurrences.get()
    return send(given, by=client.user, now=now, value=value)


def reworded(client, slug, labels):
    """A second version, with other words for the same answers."""
    first = ActivityVersion.objects.get(activity=activity_of(client, slug))
    content = json.dumps(first.content)
    for old, new in labels.items():
        content = content.replace(f'"label": "{old}"', f'"label": "{new}"')
    definition = Definition.published(json.loads(content))
    return ActivityVersion.objects.create(
        practice_id=client.practice_id,
        activity=first.activity,
        number=2,
        digest=definition.digest(),
        content=definition.dump(),
        published_at=NOW - 30 * DAY,
    )


def page(phone):
    return phone.get(reverse("assessments:how"))


class TestLogs:
    def test_they_are_counted_and_nothing_is_missed(self, phone, sam, clinician):
        log = give(sam, "limit-log", by=clinician, times=8, now=NOW - 40 * DAY)
        for days, kept, after in (
            (30, "kept", 2),
            (9, "kept", 4),
            (2, "kept", 2),
            (1, "partly", 0),
        ):
            at = NOW - days * DAY
            occurrence = log.occurrences.open(at).earliest("opens_at")
            answers = ENTRY | {"kept": kept, "before": 7, "after": after, "safe": "no"}
            number = actions.next_number(occurrence)
            actions.add_entry(occurrence, answers, number=number, by=sam.user, now=at)
        words = text_of(page(phone))
        assert "3 times in the last four weeks you wrote something down." in words
        assert "Of these: 2 kept and 1 partly." in words
        assert "Discomfort, before to after: 7, then 2 (of 10, on average of 3 times)." in words
        for shaming in ("missed", "overdue", "not answered", "not safe", "No calls after nine"):
            assert shaming not in words

    def test_with_nothing_yet_it_says_what_will_stand_here(self, phone):
        words = text_of(page(phone))
        assert "Nothing stands here yet." in words
        assert "it is always there" in words

    def test_an_old_entry_is_no_reproach(self, phone, sam, clinician):
        at = NOW - 40 * DAY
        log = give(sam, "limit-log", by=clinician, times=8, now=at).occurrences.open(at).first()
        actions.add_entry(log, ENTRY, number=1, by=sam.user, now=at)
        assert "Nothing new in the last four weeks. It is there" in text_of(page(phone))


class TestWhatIsShared:
    def test_nothing_of_a_screener_is_there_until_it_is(self, phone, sam, clinician):
        answered(sam, "patterns-check", 3, by=clinician, now=NOW - 60 * DAY)
        measure(sam, 9, by=clinician, days_ago=3)
        before = page(phone).content.decode()
        for word in ("Saying no", "How it has been", "PHQ", "often"):
            assert word not in before
        share(sam, "patterns-check", by=clinician)
        after = text_of(page(phone))
        assert "Saying no" in after
        assert "PHQ" not in after

    def test_answers_in_their_own_words_with_the_label(self, phone, sam, clinician):
        answered(sam, "patterns-check", 3, by=clinician, now=NOW - 60 * DAY)
        answered(sam, "patterns-check", 2, by=clinician, now=NOW - DAY)
        share(sam, "patterns-check", by=clinician)
        shown = page(phone)
        words = text_of(shown)
        sentence = "On 19 September you answered “often”, on 17 November “sometimes”."
        assert words.count(sentence) == 8
        assert "a tool for thinking and talking, not a test" in words
        assert "Never" in shown.content.decode()
        assert "Talk about them with Clara." in words

    def test_several_items_are_mostly(self, phone, sam, clinician):
        answered(sam, "patterns-reflection", 3, by=clinician, now=NOW - DAY)
        share(sam, "patterns-reflection", by=clinician)
        assert "On 17 November you answered mostly “often”." in text_of(page(phone))

    def test_an_answer_keeps_the_words_in_which_it_was_asked(self, phone, sam, clinician):
        answered(sam, "patterns-check", 3, by=clinician, now=NOW - 60 * DAY)
        reworded(sam, "patterns-check", {"Sometimes": "Now and then", "Often": "Every week"})
        answered(sam, "patterns-check", 2, by=clinician, now=NOW - DAY)
        share(sam, "patterns-check", by=clinician)
        sentence = "On 19 September you answered “often”, on 17 November “now and then”."
        assert text_of(page(phone)).count(sentence) == 8

    def test_a_published_instrument_gives_numbers_and_no_verdict(self, phone, sam, clinician):
        measure(sam, 9, by=clinician, days_ago=30)
        measure(sam, 16, by=clinician, days_ago=2)
        share(sam, "phq-9", by=clinician)
        shown = page(phone)
        words = text_of(shown)
        assert "On 19 October the number was 9, on 16 November 16: higher." in words
        assert "A higher number means that things were harder." in words
        assert "A number can move for many reasons. Talk about it with Clara." in words
        for verdict in VERDICTS:
            assert verdict.lower() not in shown.content.decode().lower().replace(
                "no study has checked", ""
            )

    def test_what_was_left_out_is_a_gap_and_no_number(self, phone, sam, clinician):
        given = give(sam, "patterns-check", by=clinician).occurrences.get()
        actions.keep(given, {"giving_1": 1, "limits_1": "_declined"}, by=sam.user, now=NOW)
        actions.submit(given, by=sam.user, now=NOW)
        share(sam, "patterns-check", by=clinician)
        words = text_of(page(phone))
        assert "You left this out so far." in words
        assert "18 November 2026: left out" in words
        assert Score.objects.filter(client=sam, value=None).count() == 7

    def test_taken_back_it_is_gone(self, phone, desk, sam, clinician):
        measure(sam, 9, by=clinician, days_ago=3)
        for _click in range(2):
            assert desk.post(share_address(sam, "phq-9")).status_code == 302
        assert AuditEvent.objects.filter(action="progress.shared").count() == 1
        assert "the number was 9" in text_of(page(phone))
        timeline = text_of(desk.get(reverse("assessments:timeline", args=[sam.pk])))
        assert "Shared since today" in timeline
        for _tab in range(2):
            desk.post(share_address(sam, "phq-9"), {"undo": "1"})
        assert AuditEvent.objects.filter(action="progress.taken_back").count() == 1
        assert "PHQ" not in page(phone).content.decode()
        share(sam, "phq-9", by=clinician)  # and can be shared once more
        assert SharedProgress.objects.count() == 2

    def test_it_stands_under_the_day_of_who_shared_it(self, sam, clinician, clock):
        """Half past midnight in Berlin, while Los Angeles still has the afternoon before."""
        measure(sam, 9, by=clinician, days_ago=3)
        sam.time_zone = "America/Los_Angeles"
        sam.save(update_fields=["time_zone"])
        clock.move_to(NOW.replace(hour=23, minute=30))
        desk = as_user(clinician)
        desk.post(share_address(sam, "phq-9"))
        timeline = text_of(desk.get(reverse("assessments:timeline", args=[sam.pk])))
        assert "Shared since today" in timeline

    def test_the_preview_says_what_the_client_reads(self, phone, desk, sam, clinician):
        measure(sam, 9, by=clinician, days_ago=3)
        preview = desk.get(share_address(sam, "phq-9"))
        assert not SharedProgress.objects.exists()
        assert "Show this course to Sam Ortega in the portal" in text_of(preview)
        share(sam, "phq-9", by=clinician)
        [shown] = page(phone).context["doing"].shown
        assert shown == preview.context["shown"]

    def test_nobody_is_sent_a_message_for_it(self, desk, sam, clinician):
        measure(sam, 9, by=clinician, days_ago=3)
        before = Reminder.objects.count()
        desk.post(share_address(sam, "phq-9"))
        assert Reminder.objects.count() == before

    def test_only_their_own_is_there(self, desk, sam, clinician):
        measure(sam, 9, by=clinician, days_ago=3)
        share(sam, "phq-9", by=clinician)
        other = as_user(join(make_client(clinician, "Other"), by=clinician).user)
        assert "Nothing stands here yet." in text_of(page(other))

    def test_what_nobody_was_scored_on_cannot_be_shown(self, desk, sam):
        assert desk.post(share_address(sam, "phq-9")).status_code == 404
        assert desk.post(share_address(sam, "limit-log")).status_code == 404

    def test_a_supervisor_looks_and_changes_nothing(self, sam, clinician, supervisor):
        measure(sam, 9, by=clinician, days_ago=3)
        reads(supervisor, sam)
        browser = as_user(supervisor)
        assert "Show this course" not in text_of(browser.get(share_address(sam, "phq-9")))
        assert browser.post(share_address(sam, "phq-9")).status_code == 404


class TestWhatMayBeShown:
    def definition(self, slug):
        return next(each for each in load_library(LIBRARY).activities if each.slug == slug)

    def test_all_constructs_of_a_profile_and_no_total(self):
        tool = self.definition("patterns-check")
        items = tuple(item.id for item in tool.items)
        total = tool.scales[0].model_copy(update={"code": "all", "items": items})
        with_total = tool.model_copy(update={"scales": (*tool.scales, total)})
        assert list(shown_scales(with_total)) == [scale.code for scale in tool.scales]

    def test_nothing_about_safety(self):
        tool = self.definition("wellbeing-and-safety")
        fear = next(item for item in tool.items if item.critical)
        scale = tool.scales[0].model_copy(update={"code": "fear", "items": ("sleep", fear.id)})
        with_fear = tool.model_copy(update={"scales": (*tool.scales, scale)})
        assert "fear" not in shown_scales(with_fear)
        assert len(shown_scales(with_fear)) == len(tool.scales)

    def test_the_total_of_a_published_instrument_but_not_its_item_about_harm(self):
        tool = self.definition("phq-9")
        alone = tool.scales[0].model_copy(update={"code": "harm", "items": ("phq9_9",)})
        assert list(shown_scales(tool.model_copy(update={"scales": (*tool.scales, alone)}))) == [
            scale.code for scale in tool.scales
        ]


@pytest.mark.parametrize("times", [1, 3])
def test_how_many_statements(phone, sam, clinician, times):
    for n in range(times):
        measure(sam, 9 + n, by=clinician, days_ago=9 - n)
        answered(sam, "patterns-check", 3, by=clinician, now=NOW - (n + 1) * DAY)
        log = give(sam, "limit-log", by=clinician, now=NOW - DAY).occurrences.get()
        actions.add_entry(log, ENTRY, number=1, by=sam.user, now=NOW)
    for slug in ("phq-9", "patterns-check")[: times + 1]:
        share(sam, slug, by=clinician)
    assert len(page(phone).context["doing"].shown) == 2
    assert statements(phone, reverse("assessments:how"))[0] == HOW

"""Drafts of own activities, and the versions that come of them."""

import threading

import pytest
from django.db import connection

from assessments import actions, authoring
from assessments.actions import own, sync_library
from assessments.models import Activity, ActivityDraft, ActivityVersion, TextPermission
from practice.models import AuditEvent
from tests.conftest import NOW, clear, give, join, make_client, make_practice, make_staff

pytestmark = pytest.mark.django_db


def newest(practice, slug):
    versions = ActivityVersion.objects.filter(practice=practice, activity__slug=slug)
    return versions.select_related("activity").order_by("-number").first()


def adapt(slug, by):
    draft, _is_new = own.adapt(newest(by.practice, slug), by=by, now=NOW)
    return draft


def keep(draft, change, *, by, saves=None):
    saves = draft.saves if saves is None else saves
    return own.keep_draft(draft, change, saves=saves, by=by, now=NOW)


def titled(title):
    return lambda content: authoring.updated(content, "about", {"title": title})


def worded(part, words):
    return lambda content: authoring.updated(content, part, {"text": words})


def publish(draft, *, by, **rest):
    return own.publish_draft(draft, saves=draft.saves, by=by, now=NOW, **rest)


@pytest.fixture
def ours(clinician):
    """A copy of the limit plan that the clinician has published."""
    draft = keep(adapt("limit-plan", clinician), titled("Our plan"), by=clinician)
    return publish(draft, by=clinician)


class TestBeginning:
    def test_something_new_is_its_authors(self, clinician, colleague, stranger):
        draft = own.begin_own("screener", by=clinician, now=NOW)
        assert draft.practice == clinician.practice
        assert list(ActivityDraft.objects.mine(clinician)) == [draft]
        assert not ActivityDraft.objects.mine(colleague).exists()
        assert not ActivityDraft.objects.mine(stranger).exists()

    def test_one_in_which_nothing_stands_yet_is_taken_again(self, clinician, colleague):
        first = own.begin_own("screener", by=clinician, now=NOW)
        assert own.begin_own("screener", by=clinician, now=NOW) == first
        assert own.begin_own("exercise", by=clinician, now=NOW) != first
        assert own.begin_own("screener", by=colleague, now=NOW) != first
        keep(first, titled("Begun"), by=clinician)
        assert own.begin_own("screener", by=clinician, now=NOW) != first

    def test_a_copy_that_was_begun_is_opened_again(self, clinician, colleague):
        draft, is_new = own.adapt(newest(clinician.practice, "limit-plan"), by=clinician, now=NOW)
        assert is_new
        again, is_new = own.adapt(newest(clinician.practice, "limit-plan"), by=clinician, now=NOW)
        assert (again, is_new) == (draft, False)
        assert own.begin_own("exercise", by=clinician, now=NOW) != draft
        assert adapt("limit-plan", colleague) != draft

    def test_any_clinician_can_change_what_is_ours(self, ours, colleague):
        draft, is_new = own.adapt(ours, by=colleague, now=NOW)
        assert (draft.activity, is_new) == (ours.activity, True)
        assert draft.content["desk"] == {"based_on": 1}
        assert own.adapt(ours, by=colleague, now=NOW) == (draft, False)

    def test_a_published_instrument_is_nobodys_to_reword(self, practice, clinician):
        slugs = [
            version.activity.slug
            for version in ActivityVersion.objects.filter(practice=practice).newest()
            if version.definition.is_validated
        ]
        assert slugs
        for slug in slugs:
            with pytest.raises(own.NotOurs):
                adapt(slug, clinician)

    @pytest.mark.parametrize(("basis", "may"), [("own", True), ("written", False), ("free", False)])
    def test_imported_words_are_changed_only_if_they_are_ours(self, ours, clinician, basis, may):
        permission(ours, basis)
        assert own.may_be_adapted(ours) == may


def permission(version, basis):
    return TextPermission.objects.create(
        practice=version.practice,
        version=version,
        basis=basis,
        holder="At the Mill",
        words="Ours",
        checked_on=NOW.date(),
        source_format="paste",
    )


class TestKeeping:
    def test_each_change_is_counted_and_what_changes_nothing_is_not(self, clinician):
        draft = adapt("limit-plan", clinician)
        draft = keep(draft, titled("Ours"), by=clinician)
        assert (draft.saves, draft.content["title"]) == (1, "Ours")
        assert keep(draft, titled("Ours"), by=clinician).saves == 1

    def test_the_older_of_two_tabs_is_told_and_nothing_is_lost(self, clinician):
        draft = adapt("limit-plan", clinician)
        keep(draft, titled("From the newer tab"), by=clinician)
        with pytest.raises(own.ChangedElsewhere) as told:
            keep(draft, worded("item-limit", "From the older tab"), by=clinician, saves=0)
        there = told.value.draft
        assert (there.saves, there.content["title"]) == (1, "From the newer tab")
        both = keep(there, worded("item-limit", "From the older tab"), by=clinician)
        assert both.content["title"] == "From the newer tab"
        assert authoring.piece_of(both.content, "item-limit")["text"] == "From the older tab"

    def test_what_raises_keeps_nothing(self, clinician):
        draft = adapt("limit-plan", clinician)
        with pytest.raises(authoring.Gone):
            keep(draft, lambda content: authoring.moved(content, "item-x", 1), by=clinician)
        draft.refresh_from_db()
        assert draft.saves == 0

    def test_nobody_else_keeps_anything_in_it(self, clinician, colleague):
        draft = adapt("limit-plan", clinician)
        with pytest.raises(ActivityDraft.DoesNotExist):
            keep(draft, titled("Theirs"), by=colleague)


class TestPublishing:
    def test_something_new_becomes_an_own_activity(self, ours, clinician, practice):
        activity = ours.activity
        assert (activity.slug, activity.kind) == ("own-our-plan-1", "exercise")
        assert (activity.is_own, activity.created_by) == (True, clinician)
        assert (ours.number, ours.published_at, ours.created_by) == (1, NOW, clinician)
        assert ours.definition.title == "Our plan"
        assert ours.definition.slug == "own-our-plan-1"
        assert not ActivityDraft.objects.exists()
        event = AuditEvent.objects.get(action="version.published")
        assert (event.record_id, event.actor, event.detail) == (ours.pk, clinician, {"number": 1})

    def test_the_library_leaves_it_alone(self, ours, practice):
        assert sync_library(practice) == []
        ours.activity.refresh_from_db()
        assert ours.activity.retired_at is None

    def test_the_same_title_twice_is_two_activities(self, ours, clinician):
        draft = keep(adapt("limit-plan", clinician), titled("Our plan"), by=clinician)
        assert publish(draft, by=clinician).activity.slug == "own-our-plan-2"

    def test_the_next_version_leaves_the_one_before_as_it_was(self, ours, colleague):
        before = ours.content
        draft, _is_new = own.adapt(ours, by=colleague, now=NOW)
        draft = keep(draft, worded("item-limit", "My limit"), by=colleague)
        second = publish(draft, by=colleague)
        assert (second.number, second.activity) == (2, ours.activity)
        assert second.definition.item("limit").text == "My limit"
        ours.refresh_from_db()
        assert ours.content == before

    def test_nothing_new_is_not_published(self, ours, clinician):
        draft, _is_new = own.adapt(ours, by=clinician, now=NOW)
        with pytest.raises(own.NothingNew) as told:
            publish(draft, by=clinician)
        assert told.value.number == 1
        assert ActivityDraft.objects.filter(pk=draft.pk).exists()

    def test_what_is_not_ready_is_refused_and_stays(self, clinician):
        draft = own.begin_own("exercise", by=clinician, now=NOW)
        with pytest.raises(own.NotReady) as told:
            publish(draft, by=clinician)
        assert {each.part for each in told.value.faults} == {"about", "clinicians", "add"}
        assert ActivityDraft.objects.filter(pk=draft.pk).exists()
        assert not Activity.objects.own().exists()

    def test_an_older_tab_publishes_nothing(self, clinician):
        draft = adapt("limit-plan", clinician)
        keep(draft, titled("Ours"), by=clinician)
        with pytest.raises(own.ChangedElsewhere):
            publish(draft, by=clinician)

    def test_who_was_overtaken_is_told_and_can_still_publish(self, ours, clinician, colleague):
        mine, _is_new = own.adapt(ours, by=clinician, now=NOW)
        mine = keep(mine, worded("item-limit", "Mine"), by=clinician)
        theirs, _is_new = own.adapt(ours, by=colleague, now=NOW)

        def more(content):
            content, part = authoring.added(content, "item", kind="line")
            return authoring.updated(content, part, {"text": "Anything else?"})

        second = publish(keep(theirs, more, by=colleague), by=colleague)
        with pytest.raises(own.Overtaken) as told:
            publish(mine, by=clinician)
        assert told.value.version == second
        third = publish(mine, by=clinician, over=2)
        assert third.number == 3
        assert third.definition.item("limit").text == "Mine"
        assert third.definition.item("anything_else").withdrawn

    def test_our_right_to_our_own_words_holds_for_the_next_version(self, ours, clinician):
        permission(ours, "own")
        draft, _is_new = own.adapt(ours, by=clinician, now=NOW)
        second = publish(keep(draft, titled("Other"), by=clinician), by=clinician)
        assert second.permission.words == "Ours"
        assert second.permission.pk != ours.permission.pk

    def test_what_was_begun_goes_on_with_its_own_version(self, ours, clinician):
        client = join(make_client(clinician), by=clinician)
        clear(client, by=clinician)
        occurrence = give(client, "own-our-plan-1", by=clinician).occurrences.get()
        kept = actions.keep(occurrence, {"limit": "No calls"}, by=client.user, now=NOW)
        draft, _is_new = own.adapt(ours, by=clinician, now=NOW)
        change = worded("item-limit", "Another question")
        second = publish(keep(draft, change, by=clinician), by=clinician)
        kept.refresh_from_db()
        assert kept.version == ours
        assert actions.current_version(occurrence) == second


class TestRetiring:
    def test_out_of_use_and_back(self, ours, clinician):
        activity = ours.activity
        own.retire(activity, by=clinician, now=NOW)
        own.retire(activity, by=clinician, now=NOW)
        assert not Activity.objects.assignable().filter(pk=activity.pk).exists()
        own.bring_back(activity, by=clinician)
        own.bring_back(activity, by=clinician)
        assert Activity.objects.assignable().filter(pk=activity.pk).exists()
        told = AuditEvent.objects.filter(action__startswith="activity.").order_by("number")
        assert [event.action for event in told] == ["activity.retired", "activity.back"]

    def test_a_version_that_is_published_is_in_use(self, ours, clinician):
        draft, _is_new = own.adapt(ours, by=clinician, now=NOW)
        own.retire(ours.activity, by=clinician, now=NOW)
        publish(keep(draft, titled("Ours again"), by=clinician), by=clinician)
        assert Activity.objects.assignable().filter(pk=ours.activity.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_get_two_names():
    practice = make_practice(also_clinician=False)
    people = [make_staff(practice, name, "clinician") for name in ("Ada", "Bo")]
    drafts = [keep(adapt("limit-plan", who), titled("Our plan"), by=who) for who in people]
    start = threading.Barrier(2)

    def run(draft, who):
        start.wait(timeout=10)
        try:
            publish(draft, by=who)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(drafts, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    slugs = Activity.objects.own().order_by("slug").values_list("slug", flat=True)
    assert list(slugs) == ["own-our-plan-1", "own-our-plan-2"]

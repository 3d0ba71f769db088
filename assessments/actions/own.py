"""Own activities: drafts that somebody writes, and the versions that come of them."""

from collections.abc import Callable

from django.db import transaction
from django.db.models.fields.json import KT

from assessments import authoring
from assessments.authoring import Content, History, Saying
from assessments.models import Activity, ActivityDraft, ActivityVersion, TextPermission
from practice import audit
from practice.models import Practice


class NotOurs(Exception):
    """The words of this one are not ours to change."""


class ChangedElsewhere(Exception):
    """The draft was changed in another tab since; ``draft`` is how it stands now."""

    def __init__(self, draft: ActivityDraft):
        super().__init__(draft.pk)
        self.draft = draft


class NotReady(Exception):
    """Something keeps it from being published; ``faults`` say what."""

    def __init__(self, faults: list[Saying]):
        super().__init__(len(faults))
        self.faults = faults


class NothingNew(Exception):
    """It says what version ``number`` says already."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


class Overtaken(Exception):
    """Somebody published ``version`` since this draft was begun."""

    def __init__(self, version: ActivityVersion):
        super().__init__(version.number)
        self.version = version


def history_of(activity: Activity | None) -> History:
    """What was published of it; nothing of something new. One statement."""
    if activity is None:
        return authoring.history_of([])
    versions = activity.versions.order_by("number")
    return authoring.history_of((each.number, each.definition) for each in versions)


def begin_own(kind: str, *, by, now) -> ActivityDraft:
    """A draft of something new. One of this kind in which nothing stands yet is taken again."""
    empty = (
        ActivityDraft.objects.mine(by)
        .annotate(what=KT("content__kind"), adapted=KT("content__desk__adapted"))
        .filter(saves=0, activity=None, what=kind, adapted__isnull=True, source={})
        .first()
    )
    if empty is not None:
        return empty
    content = authoring.begun(
        kind, language=by.practice.language, author=str(by), holder=by.practice.name
    )
    return _begin(content, by=by, now=now)


def adapt(version: ActivityVersion, *, by, now) -> tuple[ActivityDraft, bool]:
    """The draft in which ``by`` changes this: of an own activity its next version, of one of the
    library a copy. Also whether the draft is new. Raises NotOurs.

    A draft of the same that was begun before is opened again.
    """
    if not may_be_adapted(version):
        raise NotOurs
    definition, drafts = version.definition, ActivityDraft.objects.mine(by)
    if version.activity.is_own:
        draft, is_new = drafts.get_or_create(
            activity=version.activity,
            created_by=by,
            defaults={
                "practice_id": by.practice_id,
                "content": authoring.continued(definition, number=version.number),
                "saved_at": now,
            },
        )
        return draft, is_new
    copies = drafts.annotate(adapted=KT("content__desk__adapted"))
    draft = copies.filter(activity=None, adapted=definition.slug).order_by("-saved_at").first()
    if draft is not None:
        return draft, False
    content = authoring.copied(
        definition, number=version.number, author=str(by), holder=by.practice.name
    )
    return _begin(content, by=by, now=now), True


def may_be_adapted(version: ActivityVersion) -> bool:
    """Own words, or words under an open licence; a published instrument is nobody's to reword."""
    definition = version.definition
    if definition.is_validated:
        return False
    if not version.activity.is_own:
        return definition.provenance.licence.kind == "OPEN"
    permission = TextPermission.objects.filter(version=version).first()
    return permission is None or permission.basis == TextPermission.Basis.OWN


def _begin(content: Content, *, by, now) -> ActivityDraft:
    return ActivityDraft.objects.create(
        practice_id=by.practice_id, content=content, saved_at=now, created_by=by
    )


@transaction.atomic
def keep_draft(
    draft: ActivityDraft, change: Callable[[Content], Content], *, saves: int, by, now
) -> ActivityDraft:
    """Keep a change, under a lock. ``saves`` is how often the draft had been kept when the page
    was opened on which the change was made.

    Raises ChangedElsewhere when it was kept since, ActivityDraft.DoesNotExist when it is gone, and
    whatever ``change`` raises; then nothing is kept.
    """
    current = ActivityDraft.objects.mine(by).select_for_update().get(pk=draft.pk)
    current.activity = draft.activity
    if current.saves != saves:
        raise ChangedElsewhere(current)
    content = change(current.content)
    if content != current.content:
        current.content, current.saved_at = content, now
        current.saves += 1
        current.save(update_fields=["content", "saves", "saved_at"])
    return current


@transaction.atomic
def publish_draft(
    draft: ActivityDraft, *, saves: int, by, now, over: int | None = None
) -> ActivityVersion:
    """Make a version of a draft, and end the draft.

    ``over`` is the version that it may take the place of although it does not go on from it.
    Raises ActivityDraft.DoesNotExist when another click has ended it, ChangedElsewhere, NotOurs,
    NotReady, NothingNew, Overtaken.
    """
    current = ActivityDraft.objects.mine(by).select_for_update().get(pk=draft.pk)
    if current.saves != saves:
        raise ChangedElsewhere(current)
    activity = _locked(current.activity_id)
    newest = activity.versions.order_by("-number").first() if activity else None
    based_on = current.content.get("desk", {}).get("based_on")
    if newest is not None and not may_be_adapted(newest):
        raise NotOurs  # somebody has brought words since that are not
    if newest is not None and newest.number not in (based_on, over):
        raise Overtaken(newest)
    history = history_of(activity)
    if faults := authoring.faults_of(current.content, history):
        raise NotReady(faults)
    content = authoring.finished(current.content, history)
    if activity is None:
        activity = _new_activity(content, by=by)
    definition = authoring.definition_of(content, slug=activity.slug)
    if newest is not None and newest.digest == definition.digest():
        raise NothingNew(newest.number)
    version = ActivityVersion.following(
        newest,
        definition,
        by=by,
        now=now,
        pk=current.pk,  # so that a second click finds what the first one made
        practice_id=by.practice_id,
        activity=activity,
    )
    version.save(force_insert=True)
    bring_back(activity, by=by)  # whoever publishes it wants it in use
    if newest is not None:
        TextPermission.objects.carry(newest, version)
    current.delete()
    audit.record("version.published", version, by=by, detail={"number": version.number})
    return version


def _locked(activity_id) -> Activity | None:
    """Two who publish at once do so one after the other."""
    if activity_id is None:
        return None
    return Activity.objects.select_for_update().get(pk=activity_id)


def _new_activity(content: Content, *, by) -> Activity:
    # One after the other, so that two with the same title get two names.
    Practice.objects.select_for_update(no_key=True).get(pk=by.practice_id)
    slugs = Activity.objects.of(by).values_list("slug", flat=True)
    slug = authoring.slug_of(content, set(slugs))
    return Activity.objects.create(
        practice_id=by.practice_id, slug=slug, kind=content["kind"], is_own=True, created_by=by
    )


@transaction.atomic
def retire(activity: Activity, *, by, now) -> None:
    """Nobody assigns it any more; what is assigned goes on. Twice is once."""
    if Activity.objects.filter(pk=activity.pk, retired_at=None).update(retired_at=now):
        audit.record("activity.retired", activity, by=by)


@transaction.atomic
def bring_back(activity: Activity, *, by) -> None:
    """Take ``retire`` back."""
    if Activity.objects.filter(pk=activity.pk, retired_at__isnull=False).update(retired_at=None):
        audit.record("activity.back", activity, by=by)
    activity.retired_at = None

"""A practice brings the words of an instrument: a draft, and with a permission, a version."""

from dataclasses import asdict, dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assessments import interop
from assessments.definitions import Definition, Licence
from assessments.instruments import with_text_of
from assessments.models import Activity, ActivityDraft, ActivityVersion, TextPermission
from practice import audit
from practice.models import Practice

from .library import shipped
from .own import bring_back

Basis = TextPermission.Basis
MOST_OF_A_NAME = 100
# Of the licence classes, those that ask whoever uses the words to earn nothing with them.
NON_COMMERCIAL = frozenset({"OPEN_NC_ND", "OPEN_NC_SA"})


class NotImported(Exception):
    """Nothing was published: one sentence that says why."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Permission:
    """By what right the words are used. ``words`` are the licence, or what the owner wrote."""

    basis: str
    holder: str
    words: str
    checked_on: date
    evidence: str = ""
    expires_on: date | None = None
    non_commercial: bool = False  # declared: this practice earns nothing with it


@dataclass(frozen=True)
class Frame:
    """What a person says of it, because no file does.

    An instrument keeps its title and its scoring. Of an activity of its own ``higher_is`` is
    better, worse, or empty: then nothing is scored.
    """

    title: str = ""
    summary: str = ""
    higher_is: str = ""
    gated: bool = False


@dataclass(frozen=True)
class Imported:
    """``is_new`` is False when the same words had been published before."""

    version: ActivityVersion
    is_new: bool


def skeletons_of(practice) -> list[Definition]:
    """The published instruments in use here, without words, as this release ships them."""
    in_use = set(
        Activity.objects.filter(practice=practice, is_own=False)
        .assignable()
        .values_list("slug", flat=True)
    )
    return [
        each
        for each in shipped().activities
        if each.is_validated and not each.has_text and each.slug in in_use
    ]


@transaction.atomic
def draft_import(reading, *, by, now, practice=None, into=None) -> ActivityDraft:
    """What was read, kept until somebody publishes it or throws it away.

    The same file again takes the place of what it was before. ``practice`` is needed where
    nobody is signed in (``by`` is None). Raises interop.Unreadable.
    """
    practice = practice or by.practice
    proposal = interop.propose(reading, skeletons=skeletons_of(practice), into=into)
    ActivityDraft.objects.filter(
        practice=practice,
        created_by=by,
        activity__isnull=True,
        source__sha256=reading.sha256,
        source__format=reading.format,
    ).delete()
    return ActivityDraft.objects.create(
        practice=practice,
        created_by=by,
        content=proposal.definition.dump(),
        source=source_of(reading, proposal),
        saved_at=now,
    )


def source_of(reading, proposal) -> dict:
    """Plain JSON values: where it comes from, and what became of it. No answer of anybody."""
    return {
        "format": reading.format,
        "name": reading.name,
        "sha256": reading.sha256,
        "copyright": reading.copyright,
        "onto": proposal.onto,
        "in_order": proposal.in_order,
        "understood": list(proposal.understood),
        "not_understood": [asdict(note) for note in proposal.not_understood],
        "expressions": [asdict(note) for note in proposal.expressions],
        "comparisons": [
            {"says": str(each), "agrees": each.agrees} for each in proposal.comparisons
        ],
        "sums": [asdict(each) | {"items": list(each.items)} for each in proposal.sums],
    }


@transaction.atomic
def publish_import(draft, *, permission, by, now, frame=None) -> Imported:
    """The draft becomes a version, with the permission beside it; the draft is gone then.

    The version has the draft's own id, so that a second click finds what the first one made.
    Raises NotImported.
    """
    # One import at a time: two of one name must not both find that name free.
    Practice.objects.select_for_update(no_key=True).get(pk=draft.practice_id)
    if not ActivityDraft.objects.select_for_update().filter(pk=draft.pk).exists():
        raise NotImported(_("This was published or thrown away before."))
    _check(permission, today=now.astimezone(draft.practice.zone).date())
    said = frame or Frame()
    if draft.source["onto"]:
        imported = _on_a_skeleton(draft, permission, said, by=by, now=now)
    else:
        imported = _on_its_own(draft, permission, said, by=by, now=now)
    if not TextPermission.objects.filter(version=imported.version).exists():
        _record(permission, draft, imported.version, by=by)
    ActivityDraft.objects.filter(pk=draft.pk).delete()
    audit.record(
        "text.imported" if imported.is_new else "text.imported_again",
        imported.version,
        by=by,
        detail={
            "format": draft.source["format"],
            "sha256": draft.source["sha256"],
            "basis": permission.basis,
            "non_commercial": permission.non_commercial,
        },
    )
    return imported


def _check(permission, *, today) -> None:
    """Words without a right to them are not kept."""
    if permission.basis not in Basis.values:
        raise NotImported(_("Please say by what right you use these words."))
    if not permission.holder.strip() or not permission.words.strip():
        raise NotImported(_("Please name whose words they are, and what allows you to use them."))
    if permission.checked_on > today:
        raise NotImported(_("The day on which you checked lies ahead."))
    if permission.expires_on and permission.expires_on < today:
        raise NotImported(_("This permission has run out."))


def _record(permission, draft, version, *, by) -> None:
    row = TextPermission(
        practice=draft.practice,
        created_by=by,
        version=version,
        basis=permission.basis,
        holder=permission.holder,
        words=_words(permission, draft.source["copyright"]),
        evidence=permission.evidence,
        checked_on=permission.checked_on,
        expires_on=permission.expires_on,
        source_format=draft.source["format"],
        source_name=draft.source["name"],
        source_sha256=draft.source["sha256"],
    )
    try:
        row.clean_fields(exclude=["created_by", "expires_on"])
    except ValidationError as error:
        raise NotImported(error.messages[0]) from error
    row.save(force_insert=True)


def _words(permission, copyright_in_file: str) -> str:
    """What the permission rests on, with what the file itself says of its rights."""
    parts = [permission.words.strip()]
    if copyright_in_file:
        parts.append(_("The file says: %(words)s") % {"words": copyright_in_file})
    if permission.non_commercial:
        parts.append(_("Declared: this practice uses the words for nothing commercial."))
    return "\n\n".join(parts)


def _on_a_skeleton(draft, permission, frame, *, by, now) -> Imported:
    slug = draft.source["onto"]
    onto = next((each for each in skeletons_of(draft.practice) if each.slug == slug), None)
    if onto is None:
        raise NotImported(_("This instrument is no longer in use here."))
    _licence_allows(onto, permission)
    words = Definition.published(draft.content)
    if frame.summary:
        words = words.model_copy(update={"summary": frame.summary})
    definition = with_text_of(words, onto=onto)
    if definition is None:
        raise NotImported(
            _("%(title)s has changed meanwhile. Please bring the file again.")
            % {"title": onto.title}
        )
    activity = Activity.objects.select_for_update().get(practice=draft.practice, slug=slug)
    return _publish(activity, definition, draft=draft, by=by, now=now)


def _licence_allows(onto, permission) -> None:
    kind = onto.provenance.licence.kind
    if kind == "DATA_ONLY":
        raise NotImported(
            _("The owner of %(title)s does not want its words on a screen.") % {"title": onto.title}
        )
    if permission.basis == Basis.OWN:
        raise NotImported(_("The words of %(title)s are somebody else's.") % {"title": onto.title})
    if kind in NON_COMMERCIAL and not permission.non_commercial:
        raise NotImported(
            _("%(title)s is free for what is not commercial. Please confirm that yours is not.")
            % {"title": onto.title}
        )


def _on_its_own(draft, permission, frame, *, by, now) -> Imported:
    """As a new activity, or a new version of the one that an earlier import made of the same
    questions, so that one trend goes on."""
    definition = _framed(Definition.published(draft.content), permission, frame)
    for number in range(1, MOST_OF_A_NAME):
        slug = interop.own_slug(definition.title, number)
        named = _scored(definition.model_copy(update={"slug": slug}), draft, frame.higher_is)
        activity = Activity.objects.filter(practice=draft.practice, slug=slug).first()
        if activity is None:
            activity = Activity.objects.create(
                practice=draft.practice, created_by=by, slug=slug, kind=named.kind, is_own=True
            )
            return _publish(activity, named, draft=draft, by=by, now=now)
        if _is_the_same(activity, named):
            return _publish(activity, named, draft=draft, by=by, now=now)
    raise NotImported(_("There are too many questionnaires of this name. Please choose another."))


def _scored(definition, draft, higher_is) -> Definition:
    """With the sums that the file gives reason for, once somebody has said what they mean."""
    sums = [interop.Sum(**each | {"items": tuple(each["items"])}) for each in draft.source["sums"]]
    try:
        return interop.with_sums(definition, sums if higher_is else (), higher_is)
    except interop.Unreadable as error:
        raise NotImported(error.reason) from error


def _framed(definition, permission, frame) -> Definition:
    """With what a person said of it, and whose it is."""
    licence = Licence(
        kind="OPEN" if permission.basis in (Basis.FREE, Basis.OWN) else "SKELETON",
        holder=permission.holder,
        text=permission.words,
        attribution=definition.provenance.licence.attribution,
        evidence=permission.evidence,
        checked=permission.checked_on,
        modification="yes" if permission.basis == Basis.OWN else "unknown",
        expires=permission.expires_on,
    )
    provenance = definition.provenance.model_copy(
        update={"author": permission.holder, "licence": licence}
    )
    return definition.model_copy(
        update={
            "title": frame.title or definition.title,
            "summary": frame.summary or definition.summary,
            "gated": frame.gated,
            "provenance": provenance,
        }
    )


def _is_the_same(activity, definition) -> bool:
    """Whether an earlier import made it of the same questions, counted the same way."""
    newest = activity.versions.select_related("permission").order_by("-number").first()
    if newest is None or not hasattr(newest, "permission"):
        return False
    here = newest.definition
    return (
        [item.id for item in here.asked()] == [item.id for item in definition.items]
        and [(scale.code, scale.items, scale.higher_is) for scale in here.scales]
        == [(scale.code, scale.items, scale.higher_is) for scale in definition.scales]
        and with_text_of(definition, onto=here) is not None
    )


def _publish(activity, definition, *, draft, by, now) -> Imported:
    newest = activity.versions.order_by("-number").first()
    bring_back(activity, by=by)
    if newest is not None and newest.digest == definition.digest():
        return Imported(newest, is_new=False)
    version = ActivityVersion.following(
        newest,
        definition,
        by=by,
        now=now,
        pk=draft.pk,
        practice=draft.practice,
        activity=activity,
    )
    version.save(force_insert=True)
    return Imported(version, is_new=True)

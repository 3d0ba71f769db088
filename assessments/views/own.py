"""Writing an own activity: the drafts, the editor, and what is published from it."""

from django.contrib import messages
from django.db.models.fields.json import KT
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import authoring
from assessments.actions import own
from assessments.forms.own import BeginForm, OverForm
from assessments.models import Activity, ActivityDraft, ActivityVersion
from assessments.preview import framed, preview_of
from practice.access import staff
from practice.models import Role

from . import editor
from .editor import Desk, desk_of, drafts_of


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def own_new(request):
    """What is being written already, and what could be begun."""
    form = BeginForm(request.POST or None)
    if form.is_valid():
        draft = own.begin_own(form.cleaned_data["kind"], by=request.user, now=timezone.now())
        return redirect(Desk(draft, "").address(editor.FIRST))
    drafts = (
        drafts_of(request.user)
        .annotate(title=KT("content__title"), kind=KT("content__kind"))
        .defer("content")
        .order_by("-saved_at")
    )
    kinds = dict(Activity.Kind.choices)
    context = {"form": form, "drafts": [(draft, kinds.get(draft.kind)) for draft in drafts]}
    return render(request, "assessments/own_new.html", context)


@staff(Role.CLINICIAN)
@require_POST
def own_adapt(request, slug):
    """A draft of an own activity's next version, or of a copy of one of the library's."""
    found = get_object_or_404(Activity.objects.of(request.user), slug=slug)
    version = found.versions.select_related("activity").order_by("-number").first()
    try:
        draft, is_new = own.adapt(version, by=request.user, now=timezone.now())
    except own.NotOurs:
        messages.warning(request, _("These words belong to somebody else. We cannot change them."))
        return redirect(found)
    if not is_new:
        messages.info(request, _("You began to change this before. Here is how it stood."))
    return redirect(Desk(draft, "").address())


@staff(Role.CLINICIAN)
@require_POST
def own_retire(request, slug):
    """Out of use; the same address brings it back."""
    found = get_object_or_404(Activity.objects.of(request.user).own(), slug=slug)
    if "undo" in request.POST:
        own.bring_back(found, by=request.user)
        messages.success(request, _("It is in use again."))
    else:
        own.retire(found, by=request.user, now=timezone.now())
        messages.success(
            request, _("Not in use any more. What is assigned goes on, and you can bring it back.")
        )
    return redirect(found)


# -- what becomes of a draft ----------------------------------------------------------------------


@framed
@staff(Role.CLINICIAN)
@require_safe
def own_preview(request, draft_id):
    """The draft as a client would see it, as far as it goes."""
    draft = get_object_or_404(drafts_of(request.user), pk=draft_id)
    definition = authoring.presentable(draft.content)
    return render(
        request, "assessments/preview.html", preview_of(definition, request.GET.get("at"))
    )


@staff(Role.CLINICIAN)
@require_POST
def own_publish(request, draft_id):
    """A new version, or the sentences that say why not yet."""
    before = ActivityVersion.objects.of(request.user).filter(pk=draft_id, created_by=request.user)
    if published := before.select_related("activity").first():
        return redirect(published.activity)  # a second click
    desk = desk_of(request, draft_id)
    form = OverForm(request.POST)
    over = form.cleaned_data["over"] if form.is_valid() else None
    saves = editor.saves_in(request)
    try:
        if over is None:  # with what was typed on the page that the button stands on
            part = desk.form(request.POST)
            if part is not None and not part.is_valid():
                return editor.refused(request, desk, part)
            desk, _url = editor.kept(request, desk, part)
            saves = desk.draft.saves
        version = own.publish_draft(
            desk.draft, saves=saves, by=request.user, now=timezone.now(), over=over
        )
    except own.ChangedElsewhere as error:
        if over is not None:
            messages.warning(request, _("You changed it in another tab. Please look at it again."))
            return redirect(desk.address())
        return editor.elsewhere(request, desk.after(error.draft))
    except authoring.Gone:
        return redirect(desk.address())
    except ActivityDraft.DoesNotExist:  # by another click, at the same moment
        return redirect(get_object_or_404(before).activity)
    except own.NotOurs:
        messages.warning(request, _("These words belong to somebody else. We cannot change them."))
        return redirect(desk.draft.activity)
    except own.NotReady as error:
        messages.warning(request, _not_ready(error.faults))
        return redirect(desk.address(error.faults[0].part))
    except own.NothingNew as error:
        words = _("Nothing has changed since version %(n)s, so nothing was published.")
        messages.info(request, words % {"n": error.number})
        return redirect(desk.address())
    except own.Overtaken as error:
        return _overtaken(request, desk, error.version)
    messages.success(request, _published(version))
    return redirect(version.activity)


def _not_ready(faults) -> str:
    n = len(faults)
    words = ngettext(
        "Not published yet: %(n)s thing needs another look.",
        "Not published yet: %(n)s things need another look.",
        n,
    )
    return words % {"n": n}


def _published(version) -> str:
    if version.number == 1:
        return _("Published. It can be assigned now.")
    words = _("Published as version %(n)s. What was answered before keeps its version.")
    return words % {"n": version.number}


def _overtaken(request, desk, version):
    context = {
        "draft": desk.draft,
        "version": version,
        "back": desk.address(),
        "form": OverForm(initial={"over": version.number, "saves": desk.draft.saves}),
    }
    return render(request, "assessments/own_overtaken.html", context, status=409)


@staff(Role.CLINICIAN)
@require_POST
def own_discard(request, draft_id):
    get_object_or_404(drafts_of(request.user), pk=draft_id).delete()
    messages.success(request, _("Thrown away. What is published is as it was."))
    return redirect("assessments:own_new")

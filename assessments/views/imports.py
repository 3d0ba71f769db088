"""Bringing the words of an instrument: a file or pasted words, a look at them, a permission."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import imports
from assessments.definitions import Definition
from assessments.forms.imports import FileForm, PasteForm, PermissionForm
from assessments.interop import LARGEST_FILE
from assessments.models import ActivityDraft, ActivityVersion
from assessments.preview import framed, preview_of
from practice.access import READING, staff
from practice.models import Role

BRINGING = (Role.OWNER, Role.CLINICIAN)
FORMS = {"file": FileForm, "paste": PasteForm}


@staff(*BRINGING)
@require_http_methods(["GET", "POST"])
def library_import(request):
    """Two ways in: a file, or words that were copied."""
    how = request.POST.get("how")
    forms = {
        name: form(
            request.POST if name == how else None,
            request.FILES if name == how else None,
            by=request.user,
            initial={"into": request.GET.get("into", "")},
            auto_id=f"{name}_%s",
        )
        for name, form in FORMS.items()
    }
    if how in forms and forms[how].is_valid():
        return redirect("assessments:import_preview", forms[how].save().pk)
    context = {"forms": forms, "how": how, "drafts": _drafts(request)}
    return render(request, "assessments/import.html", context)


# Files come in with the form; practice.middleware lets no other body be this large.
library_import.largest_body = 2 * LARGEST_FILE + 256 * 1024


def _drafts(request):
    """What this person brought before and has neither published nor thrown away."""
    return [
        draft
        for draft in ActivityDraft.objects.mine(request.user).order_by("-saved_at")
        if "sha256" in draft.source
    ]


def _draft(request, draft_id) -> ActivityDraft:
    draft = get_object_or_404(ActivityDraft.objects.mine(request.user), pk=draft_id)
    if "sha256" not in draft.source:
        raise Http404  # something that was written here
    return draft


@staff(*BRINGING)
@require_http_methods(["GET", "POST"])
def import_preview(request, draft_id):
    """What was understood, what was not, how the client will see it; and by what right."""
    published = ActivityVersion.objects.of(request.user).filter(pk=draft_id).first()
    if published is not None and published.created_by_id == request.user.pk:
        return _there(request, published)  # a second click
    draft = _draft(request, draft_id)
    onto = next(
        (
            each
            for each in imports.skeletons_of(request.user.practice)
            if each.slug == draft.source["onto"]
        ),
        None,
    )
    form = PermissionForm(request.POST or None, draft=draft, onto=onto, by=request.user)
    if form.is_valid():
        try:
            imported = form.save()
        except imports.NotImported as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _published(imported))
            return _there(request, imported.version)
    definition = Definition.published(draft.content)
    context = {
        "draft": draft,
        "source": draft.source,
        "definition": definition,
        "onto": onto,
        "reversed": {item for scale in definition.scales for item in scale.reverse},
        "form": form,
    }
    return render(request, "assessments/import_preview.html", context)


def _published(imported) -> str:
    if not imported.is_new:
        return _("These words were here already. Nothing has changed.")
    n = imported.version.number
    return ngettext(
        "Published. It can be assigned now.",
        "Published as version %(n)s. What was answered before keeps its version.",
        n,
    ) % {"n": n}


def _there(request, version):
    """The page of the activity, for those who may read it."""
    if request.user.roles.intersection(READING):
        return redirect(version.activity)
    return redirect("assessments:library_import")


@framed
@staff(*BRINGING)
@require_safe
def import_phone(request, draft_id):
    """The frame of the preview, page by page."""
    definition = Definition.published(_draft(request, draft_id).content)
    page = preview_of(definition, request.GET.get("at"))
    return render(request, "assessments/preview.html", page)


@staff(*BRINGING)
@require_POST
def import_discard(request, draft_id):
    _draft(request, draft_id).delete()
    messages.success(request, _("Thrown away. The file itself is still where you have it."))
    return redirect("assessments:library_import")

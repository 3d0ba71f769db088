"""A client takes their answers with them: with their code once more, and for an hour."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions, tasks
from assessments.exports import FORMATS
from assessments.forms import OwnFileForm
from assessments.models import Export
from clients.access import client_only, has_just_given_code, note_code_given
from clients.forms import OwnCodeForm


@client_only
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_file(request):
    form = OwnFileForm(request.POST or None, client=request.client, by=request.user)
    code = _code_form(request)
    if form.is_valid() and _is_right(request, code):
        try:
            export = form.save()
        except IntegrityError as error:  # the name of what somebody else asked for
            raise Http404 from error
        tasks.ring_for_exports()
        return redirect(export)
    made = Export.objects.mine(request.user).full().order_by("-asked_at").first()
    context = {"form": form, "code": code, "made": made}
    return render(request, "assessments/own_file.html", context)


def _code_form(request) -> OwnCodeForm | None:
    """None for a few minutes after it was given: nobody types it twice in a row."""
    if has_just_given_code(request, timezone.now()):
        return None
    return OwnCodeForm(request.POST or None, client=request.client, by=request.user)


def _is_right(request, code: OwnCodeForm | None) -> bool:
    if code is None:
        return True
    if code.is_valid():
        note_code_given(request, timezone.now())
    return code.is_valid()


def _mine(request, export_id) -> Export:
    return get_object_or_404(Export.objects.mine(request.user), pk=export_id)


@client_only
@require_safe
def own_file_made(request, export_id):
    return _made_page(request, _mine(request, export_id), _code_form(request))


def _made_page(request, export: Export, code: OwnCodeForm | None):
    until = export.done_at and export.done_at + actions.OWN_KEPT
    context = {"export": export, "code": code, "until": until}
    return render(request, "assessments/own_file_made.html", context)


@client_only
@sensitive_post_parameters()
@require_POST
def own_file_take(request, export_id):
    export, code = _mine(request, export_id), _code_form(request)
    if not _is_right(request, code):
        return _made_page(request, export, code)
    try:
        file = actions.take_export(export, by=request.user, now=timezone.now())
    except actions.NotThere:
        messages.warning(request, _("This file is no longer there. Please ask again."))
        return redirect("assessments:own_file")
    made = FORMATS[export.kind]
    name = f"file-{timezone.localtime(export.done_at):%Y%m%d-%H%M}.{made.ending}"
    return HttpResponse(
        file,
        content_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@client_only
@require_POST
def own_file_delete(request, export_id):
    actions.delete_export(_mine(request, export_id), by=request.user, now=timezone.now())
    messages.success(request, _("Deleted here. What you downloaded stays on your device."))
    return redirect("assessments:own_file")

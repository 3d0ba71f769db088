"""Taking data out: asked for after a fresh sign-in, made by a worker, taken by whoever asked."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions, tasks
from assessments.exports import FORMATS
from assessments.forms import ArchiveForm, ExportForm
from assessments.models import Export
from clients.models import Client
from practice import audit
from practice.access import CARING, READING, ask_who_it_is, fresh, is_fresh, staff
from practice.idle import polled

LAST = 10


@staff(*READING)
@fresh
@require_http_methods(["GET", "POST"])
def export_client(request, client_id):
    client = get_object_or_404(Client.objects.taken_out_by(request.user), pk=client_id)
    audit.looked("record.read", client, by=request.user)
    return _ask(request, client)


@staff(*READING)
@fresh
@require_http_methods(["GET", "POST"])
def export_caseload(request):
    return _ask(request, None)


def _ask(request, client):
    last = list(
        Export.objects.mine(request.user).filter(client=client).order_by("-asked_at")[:LAST]
    )
    again = next((each for each in last if str(each.pk) == request.GET.get("again")), None)
    form = ExportForm(
        request.POST or None,
        client=client,
        by=request.user,
        again=again,
        kind=request.GET.get("kind", ""),
    )
    if form.is_valid():
        try:
            export = form.save()
        except IntegrityError as error:  # the name of what somebody else asked for
            raise Http404 from error
        tasks.ring_for_exports()
        return redirect(export)
    context = {"client": client, "form": form, "last": last}
    if client is None:
        context["people"] = Client.objects.taken_out_by(request.user).count()
    return render(request, "assessments/export_ask.html", context)


@staff(*CARING)
@fresh
@require_http_methods(["GET", "POST"])
def archive(request, client_id):
    """Everything about one client, for their care team: with notes and safety checks. Whoever
    stands in for a colleague reads it, and does not take it along."""
    of_own_team = {"care_team__clinician": request.user, "care_team__until": None}
    mine = Client.objects.cared_for_by(request.user).filter(**of_own_team)
    client = get_object_or_404(mine, pk=client_id)
    form = ArchiveForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        try:
            export = form.save()
        except IntegrityError as error:  # the name of what somebody else asked for
            raise Http404 from error
        tasks.ring_for_exports()
        return redirect(export)
    return render(request, "assessments/archive.html", {"client": client, "form": form})


def _mine(request, export_id) -> Export:
    found = Export.objects.mine(request.user).select_related("client")
    return get_object_or_404(found, pk=export_id)


@polled  # its script shows it anew when the file is made
@staff(*READING)
@require_safe
def export(request, export_id):
    found = _mine(request, export_id)
    readable = actions.may_read_all(found, request.user)
    context = {
        "export": found,
        "client": found.client if readable else None,
        "readable": readable,
        "until": found.done_at and found.done_at + actions.EXPORT_KEPT,
    }
    return render(request, "assessments/export.html", context)


@polled
@staff(*READING)
@require_safe
def export_progress(request, export_id):
    """For the bar. A page that is left open keeps no session alive."""
    found = _mine(request, export_id)
    return JsonResponse(
        {
            "value": found.done,
            "max": found.total,
            "words": _("%(done)s of %(total)s") % {"done": found.done, "total": found.total},
            "over": found.state not in ("waiting", "making"),
        }
    )


@staff(*READING)
@require_POST
def export_take(request, export_id):
    found = _mine(request, export_id)
    if not is_fresh(request):
        # Not back to here: the file would come, and the page with the password would stay.
        messages.info(request, _("Then you can download it."))
        return ask_who_it_is(found.get_absolute_url())
    try:
        file = actions.take_export(found, by=request.user, now=timezone.now())
    except actions.NotThere:
        messages.warning(request, _("This file is no longer there. Please ask again."))
        return redirect(found)
    made = FORMATS[found.kind]
    name = f"data-{timezone.localtime(found.done_at):%Y%m%d-%H%M}.{made.ending}"
    return HttpResponse(
        file,
        content_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@staff(*READING)
@require_POST
def export_delete(request, export_id):
    found = _mine(request, export_id)
    actions.delete_export(found, by=request.user, now=timezone.now())
    messages.success(request, _("Deleted. What you downloaded before stays where you put it."))
    return redirect(found)

"""How the client is doing: their own page, and what the care team shows them of it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.doing import doing_of, preview_of
from assessments.models import Activity, SharedProgress
from clients.access import client_only
from clients.models import Client
from practice import audit
from practice.access import READING, staff


@client_only
@require_safe
def how(request):
    doing = doing_of(request.client, now=timezone.now())
    return render(request, "assessments/how.html", {"doing": doing})


@staff(*READING)
@require_http_methods(["GET", "POST"])
def share(request, client_id, activity_id):
    """What the client would see of one screener. The care team shows it, and takes it back."""
    client = get_object_or_404(Client.objects.of(request.user), pk=client_id)
    activity = get_object_or_404(Activity.objects.of(request.user), pk=activity_id)
    cares = Client.objects.cared_for_by(request.user).filter(pk=client.pk).exists()
    shared = (
        SharedProgress.objects.of(request.user)
        .standing()
        .filter(client=client, activity=activity)
        .select_related("created_by")
        .first()
    )
    who = shared.created_by if shared else request.user
    now = timezone.now()
    shown = preview_of(client, activity.pk, who=who.first_name, now=now)
    if shown is None or (request.method == "POST" and not cares):
        raise Http404
    if request.method == "POST":
        _decide(request, client, activity, now)
        return redirect(f"{reverse('assessments:timeline', args=[client.pk])}#shown")
    audit.record("progress.previewed", client, by=request.user)
    context = {
        "client": client,
        "activity": activity,
        "shown": shown,
        "shared": shared,
        "cares": cares,
    }
    return render(request, "assessments/share.html", context)


def _decide(request, client, activity, now) -> None:
    if "undo" in request.POST:
        actions.take_back_progress(client, activity, by=request.user, now=now)
        messages.success(request, _("Taken back. They do not see it any more."))
    else:
        actions.share_progress(client, activity, by=request.user, now=now)
        messages.success(
            request, _("Shown. They find it in the portal; no message is sent for it.")
        )

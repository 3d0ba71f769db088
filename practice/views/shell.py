"""The frame: home, the first visit, and whether we are alive."""

import logging

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from practice import heartbeat, walls
from practice.access import READING, is_ours, let_in
from practice.actions import AlreadyOpen
from practice.forms import SetupForm
from practice.limits import may_try
from practice.models import Practice, Role, Theme

log = logging.getLogger(__name__)


@login_not_required
@require_safe
def home(request):
    """One address for everybody: it knows where each person begins."""
    if request.user.is_authenticated:
        roles = request.user.roles
        if not roles:
            return redirect("assessments:portal")
        if roles & READING:
            return redirect("assessments:today")
        if Role.OWNER in roles:
            return redirect("practice")
        return render(request, "practice/no_work.html")
    return redirect("account_login" if Practice.objects.is_any() else "setup")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def setup(request):
    """The first visit makes the practice and its owner; after that this page is not there."""
    if Practice.objects.is_any():
        raise Http404
    if not (settings.SETUP_CODE or settings.DEVELOPMENT):
        log.error("Nobody can set up the practice: set SETUP_CODE in the environment and restart.")
        raise Http404
    is_enough = request.method == "POST" and not may_try(request, "setup")
    form = SetupForm(None if is_enough else request.POST or None)
    if is_enough:
        messages.error(request, _("That was often in a short time. Please wait a little."))
    elif form.is_valid():
        try:
            practice = form.save()
        except AlreadyOpen:
            return redirect("account_login")
        walls.settle(practice.pk)
        let_in(request, practice.users.get())
        return redirect("home")
    return render(request, "practice/setup.html", {"form": form})


@require_POST
def theme(request):
    """Light, dark, or as the device is: kept with the person, so it needs no script."""
    chosen = request.POST.get("theme")
    if chosen not in Theme.values:
        raise Http404
    request.user.theme = chosen
    request.user.save(update_fields=["theme"])
    back = request.POST.get("next", "")
    return redirect(back if is_ours(request, back) else "home")


@login_not_required
def closed(request, key=None):
    raise Http404


@login_not_required
@require_safe
def live(request):
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def ready(request):
    """Ready when the database answers and something rings. It is about the whole, so it is for
    whoever looks after it; whether this process is of use is /healthz/live."""
    try:
        rings, words = heartbeat.report(timezone.now())
    except Error:
        return JsonResponse({"database": "does not answer"}, status=503)
    return JsonResponse({"database": "ok", **words}, status=200 if rings else 503)

"""A client's own plan for a hard hour."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clients import actions
from clients.access import client_only
from clients.forms import PlanForm

ELSEWHERE = gettext_lazy(
    "Something was written here in another window meanwhile. Copy what you typed, then open this "
    "page again: nothing was lost there."
)


@client_only
@require_http_methods(["GET", "POST"])
def plan(request):
    """Kept while one types (X-Keep) and by the button."""
    found = getattr(request.client, "own_plan", None)
    form = PlanForm(request.POST or None, client=request.client, plan=found, by=request.user)
    if request.method == "POST" and (written := _write(request, form)):
        return written
    return render(request, "clients/plan.html", {"form": form, "plan": found})


def _write(request, form) -> HttpResponse | None:
    """None: the page is shown again, with what was typed."""
    is_kept_meanwhile = "X-Keep" in request.headers
    if form.is_valid():
        try:
            form.save()
        except actions.WrittenElsewhere:
            form.add_error(None, ELSEWHERE)
        else:
            if is_kept_meanwhile:
                return HttpResponse(status=204)
            messages.success(request, _("Kept."))
            return redirect("clients:plan")
    if not is_kept_meanwhile:
        return None
    words = " ".join(word for found in form.errors.values() for word in found)
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")


@client_only
@require_POST
def plan_share(request):
    """The care team sees the plan, or nobody but the client does."""
    if "undo" in request.POST:
        actions.keep_plan(request.client, by=request.user)
        messages.success(request, _("Only you see it now."))
    else:
        actions.share_plan(request.client, by=request.user, now=timezone.now())
        messages.success(request, _("Shared. Your care team sees it from now on."))
    return redirect("clients:plan")

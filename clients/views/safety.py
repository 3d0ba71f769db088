"""Who can see this, whether it is still right, and help for whoever has not signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import actions
from clients.access import client_only
from clients.forms import SafetyPolicyForm, WhoSeesForm
from practice.access import fresh, staff
from practice.models import Role


@login_not_required
@require_safe
def help_now(request):
    """The numbers of a country, without a word about which practice that may be."""
    return render(request, "clients/help.html")


@client_only
@require_http_methods(["GET", "POST"])
def who_sees(request):
    form = WhoSeesForm(request.POST or None, client=request.client, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept. Only your care team reads it."))
        return redirect("assessments:portal")
    return render(request, "clients/who_sees.html", {"form": form})


@client_only
@require_POST
def contact_still(request):
    """The answer to "Is this still right for you?"."""
    now = timezone.now()
    if "later" in request.POST:
        actions.ask_later(request.client, by=request.user, now=now)
        return redirect("assessments:portal")
    try:
        seen = request.POST.get("seen", "")
        actions.say_still_right(request.client, seen=seen, by=request.user, now=now)
    except actions.NeedsALook:
        messages.info(request, _("Please look at this once more: something has changed."))
        return redirect("clients:contact_own")
    messages.success(request, _("Kept."))
    return redirect("assessments:portal")


@staff(Role.OWNER)
@fresh
@require_http_methods(["GET", "POST"])
def safety_policy(request):
    form = SafetyPolicyForm(request.POST or None, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return redirect("clients:safety_policy")
    return render(request, "clients/safety_policy.html", {"form": form})

"""Who looks after one client; and the word to whoever was handed some."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients import actions
from clients.forms import HandOverForm, JoinForm
from clients.models import CareTeam, Client
from practice import audit
from practice.access import staff
from practice.models import Role


def of_own_team(request, client_id) -> Client:
    """Whoever covers for a colleague has the caseload as their own, but does not give it away."""
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    if not client.care_team.current().filter(clinician=request.user).exists():
        raise Http404
    return client


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def hand_over(request, client_id):
    client = of_own_team(request, client_id)
    form = HandOverForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Handed over. They see it on Today."))
        mine = Client.objects.of(request.user).filter(pk=client.pk)
        return redirect("clients:record", client.pk) if mine else redirect("clients:caseload")
    context = {"client": client, "form": form}
    audit.looked("record.read", client, by=request.user)
    return render(request, "clients/hand_over.html", context)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def join(request, client_id):
    client = of_own_team(request, client_id)
    form = JoinForm(request.POST or None, client=client, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept. They have this client on their caseload now."))
        return redirect("clients:record", client.pk)
    audit.looked("record.read", client, by=request.user)
    return render(request, "clients/team_join.html", {"client": client, "form": form})


@staff(Role.CLINICIAN)
@require_POST
def leave(request, client_id, member_id):
    client = of_own_team(request, client_id)
    member = get_object_or_404(client.care_team.current(), pk=member_id)
    try:
        actions.leave_team(client, member=member.clinician, by=request.user, now=timezone.now())
    except actions.IsPrimary:
        messages.error(request, _("Hand over first: somebody is first responsible."))
        return redirect("clients:hand_over", client.pk)
    messages.success(request, _("Kept. They read this record no more."))
    mine = Client.objects.of(request.user).filter(pk=client.pk)
    return redirect("clients:record", client.pk) if mine else redirect("clients:caseload")


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def handed_over(request):
    """Whom I was handed, until I say that I have seen it."""
    rows = CareTeam.objects.handed_to(request.user).select_related("client", "taken_from")
    if request.method == "POST":
        actions.read_handover(request.user, now=timezone.now())
        return redirect("assessments:today")
    context = {"rows": sorted(rows, key=lambda row: row.client.preferred_name.casefold())}
    return render(request, "clients/handed_over.html", context)

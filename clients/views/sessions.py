"""Appointments of one client: booked, moved, and what became of them; and the end of care."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients import actions
from clients.forms import TIME_TAKEN, CloseEpisodeForm, MoveSessionForm, SessionForm
from clients.models import Client, Episode, Session
from practice import audit
from practice.access import READING, staff
from practice.models import Role


def _cared_for(request, client_id) -> Client:
    return get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)


@staff(*READING)
@require_http_methods(["GET", "POST"])
def sessions(request, client_id):
    client = get_object_or_404(Client.objects.of(request.user), pk=client_id)
    form = SessionForm(request.POST or None, client=client, by=request.user)
    if request.method == "POST":
        get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
        if form.is_valid() and form.save():
            messages.success(request, _("Booked."))
            return redirect("clients:sessions", client.pk)
    audit.looked("sessions.read", client, by=request.user)
    context = {
        "client": client,
        "form": form,
        "sessions": client.sessions.select_related("clinician").order_by("-starts_at"),
        "now": timezone.now(),
    }
    return render(request, "clients/sessions.html", context)


@staff(Role.CLINICIAN)
@require_POST
def session_settle(request, client_id, session_id):
    client = _cared_for(request, client_id)
    session = get_object_or_404(Session.objects.filter(client=client), pk=session_id)
    outcome = request.POST.get("outcome")
    if outcome in ("attended", "missed", "cancelled"):
        try:
            actions.settle_session(session, outcome=outcome, by=request.user, now=timezone.now())
        except actions.TimeTaken:
            messages.error(request, TIME_TAKEN)
        else:
            messages.success(request, _("Kept."))
    return redirect("clients:sessions", client.pk)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def session_move(request, client_id, session_id):
    """One of which nobody has said yet what became of it."""
    client = _cared_for(request, client_id)
    session = get_object_or_404(Session.objects.filter(client=client), pk=session_id)
    if session.outcome != "to_come":
        raise Http404
    form = MoveSessionForm(request.POST or None, client=client, by=request.user, session=session)
    if form.is_valid() and form.save():
        messages.success(request, _("Moved. Tell them yourself: Trellis does not."))
        return redirect("clients:sessions", client.pk)
    context = {"client": client, "form": form, "session": session}
    audit.looked("sessions.read", client, by=request.user)
    return render(request, "clients/session_move.html", context)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def episode_close(request, client_id):
    """Asked once, with what it does. One that is closed already leads back to the record."""
    client = _cared_for(request, client_id)
    episode = client.episodes.filter(closed_at__isnull=True).first()
    form = CloseEpisodeForm(request.POST or None, client=client, by=request.user)
    if episode is None:
        return redirect("clients:record", client.pk)
    if form.is_valid():
        try:
            form.save()
        except Episode.DoesNotExist:  # a second click
            pass
        else:
            messages.success(request, _("Closed. Nothing is asked of them any more."))
        return redirect("clients:record", client.pk)
    client.portal_closes_at = actions.closes_at(client, now=timezone.now())  # not kept yet
    context = {"client": client, "form": form, "episode": episode}
    audit.looked("record.read", client, by=request.user)
    return render(request, "clients/episode_close.html", context)

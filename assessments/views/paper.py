"""Entering what a client has filled in on paper."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import tasks
from assessments.actions import AlreadySent
from assessments.browsing import takes_paper
from assessments.forms import PaperForm
from assessments.models import ActivityVersion, Alert
from clients.models import Client
from practice import audit
from practice.access import staff
from practice.models import Role


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def paper(request, client_id, slug):
    """The numbers of one copy; "see the scores first" computes them and keeps nothing."""
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    versions = ActivityVersion.objects.of(request.user).assignable()
    version = get_object_or_404(versions, activity__slug=slug)
    if not takes_paper(version.definition):
        raise Http404
    form = PaperForm(request.POST or None, client=client, version=version, by=request.user)
    is_only_looking = "look" in request.POST
    if form.is_valid() and not is_only_looking:
        try:
            response = form.save()
        except (AlreadySent, IntegrityError):  # what the name is of is not seen from here
            form.add_error(None, _("This page is out of date. Open it again."))
        else:
            tasks.ring_for_alerts()
            _say_what_was_entered(request, form, response)
            return redirect("assessments:response", response.pk)
    context = {
        "client": client,
        "activity": version.activity,
        "definition": version.definition,
        "form": form,
        "scores": form.scores() if is_only_looking and form.is_valid() else [],
    }
    audit.looked("work.read", client, by=request.user)
    return render(request, "assessments/paper.html", context)


def _say_what_was_entered(request, form, response):
    """Whoever typed it learns at once of an alert, and of a first entry that stays as it was."""
    alerts = Alert.objects.of(request.user).open().filter(occurrence=response.occurrence_id)
    if response.answers != form.answers() or response.filled_on != form.cleaned_data["filled_on"]:
        words = _("This was entered before, with other answers or another day. That entry stays.")
        messages.warning(request, words)
    elif alerts.exists():
        words = _("Entered. An answer in it asks for somebody today: there is an alert on Today.")
        messages.warning(request, words)
    elif response.occurrence.withdrawn_at is None:
        messages.success(
            request, _("Entered. It answers what they were asked: nobody reminds them of it.")
        )
    else:
        messages.success(request, _("Entered."))

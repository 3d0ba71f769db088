"""What a client has done: who can see it, and what they may do with it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions, tasks
from assessments.models import Response
from assessments.review import in_words
from clients.access import client_only

from .doors import help_is_due, my_occurrence


@client_only
@require_http_methods(["GET", "POST"])
def mine(request, response_id):
    """One thing that is done, in their own words: sent and read or not yet, or theirs alone."""
    response = get_object_or_404(
        Response.objects.mine(request.user)
        .ended()
        .select_related("version", "episode", "occurrence__assignment__created_by"),
        pk=response_id,
    )
    if request.method == "POST":
        return _decided(request, response)
    definition = response.version.definition
    context = {
        "response": response,
        "definition": definition,
        "answers": [each for each in in_words(definition, response.answers) if not each.is_empty],
        "clinician": response.occurrence.assignment.created_by,
        "can_take_back": Response.objects.can_be_taken_back().filter(pk=response.pk).exists(),
        "can_share": response.is_private and response.episode.closed_at is None,
    }
    return render(request, "assessments/mine.html", context)


def _decided(request, response):
    act, by, now = request.POST.get("act"), request.user, timezone.now()
    if act == "take_back":
        return _taken_back(request, response, by, now)
    if act in ("share", "bring"):
        return _shared(request, response, act, by, now)
    if act == "throw_away" and response.is_private:
        if "sure" not in request.POST:
            return render(request, "assessments/throw_away.html", {"response": response})
        actions.discard(response, by=by)
        messages.success(request, _("Thrown away."))
        return redirect("assessments:portal")
    raise Http404


def _taken_back(request, response, by, now):
    try:
        actions.take_back(response, by=by, now=now)
    except actions.AlreadyRead:
        words = _("It can't be taken back any more: %(name)s may have read it already.")
        who = response.read_by or response.occurrence.assignment.created_by
        messages.warning(request, words % {"name": who.first_name or _("your clinician")})
    except actions.MustStay:
        messages.warning(
            request, _("This has to stay as you sent it for now. Your team knows why.")
        )
    else:
        messages.success(request, _("Taken back. Only you can read it now."))
    return redirect("assessments:mine", response.pk)


def _shared(request, response, act, by, now):
    try:
        sent = actions.share(response, bring=act == "bring", by=by, now=now)
    except actions.CareIsOver:
        raise Http404 from None
    except actions.NotAgreed:
        return redirect("clients:agree")
    if sent.asks_for_help:
        tasks.ring_for_alerts()
    messages.success(request, _("Sent."))
    return redirect("assessments:mine", response.pk)


@client_only
@require_safe
def entries(request, occurrence_id):
    """What the client has entered in this log, newest first."""
    occurrence = my_occurrence(request, occurrence_id)
    if help_is_due(request, occurrence):
        return redirect("assessments:critical", occurrence.pk)
    log = (
        Response.objects.mine(request.user)
        .ended()
        .filter(occurrence__assignment=occurrence.assignment_id)
        .select_related("version")
        .order_by("-done_at")[:50]
    )
    context = {
        "occurrence": occurrence,
        "definition": actions.current_version(occurrence).definition,
        "is_open": occurrence.is_open(timezone.now()),
        "entries": [(row, in_words(row.version.definition, row.answers)) for row in log],
    }
    return render(request, "assessments/entries.html", context)

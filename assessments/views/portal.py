"""The client's first pages: what is asked, what it is, and whether now is a safe time for it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions, tasks
from assessments.definitions import Kind
from assessments.portal import home_of
from assessments.review import example_of
from assessments.way import Way
from clients.access import any_client, client_only
from clients.agreements import Standing, standing_of
from practice import audit

from .doors import (
    HELP_DUE,
    asks_safe_time,
    closed,
    draft_and_definition,
    my_occurrence,
    put_away,
    puts_away,
)
from .liking import way_in


@client_only
@require_safe
def portal(request):
    client = request.client
    if client.leave_page_shown_at is None:
        return redirect("clients:welcome")
    standing = standing_of(client)
    if standing is Standing.ASK_FIRST:
        return redirect("clients:agree")
    context = {
        "client": client,
        "home": home_of(client, now=timezone.now()),
        "asks_anew": standing is Standing.ASK_ANEW,
    }
    return render(request, "assessments/portal.html", context)


@any_client
@require_safe
def help_now(request):
    return render(request, "assessments/help.html", {"client": request.client})


@client_only
@require_http_methods(["GET", "POST"])
def critical(request, occurrence_id):
    """At the moment of an answer that asks for somebody today: who answers at any hour.

    It opens whatever became of the occurrence; and it is over once the client has chosen where to
    go from here.
    """
    occurrence = my_occurrence(request, occurrence_id)
    due = request.session.get(HELP_DUE, {})
    ways = due.get(str(occurrence.pk), {})
    if request.method == "POST":
        if ways:
            rest = {pk: each for pk, each in due.items() if pk != str(occurrence.pk)}
            request.session[HELP_DUE] = rest
        return _after_help(request, occurrence, ways)
    if ways:
        audit.record("help.shown", occurrence, by=request.user)
    context = {
        "occurrence": occurrence,
        "can_change": bool(ways.get("back")),
        "is_sent": bool(ways.get("is_sent")),
        "is_kept": ways.get("is_kept", True),
    }
    return render(request, "assessments/critical.html", context)


def _after_help(request, occurrence, ways):
    if "stop" in request.POST:
        messages.success(request, _("Kept. You can go on any time."))
        return redirect("assessments:portal")
    if "change" in request.POST and ways.get("back"):
        return redirect(ways["back"])
    return redirect(ways.get("then") or reverse("assessments:begin", args=[occurrence.pk]))


@client_only
@require_http_methods(["GET", "POST"])
def begin(request, occurrence_id):
    """What this is and how long it takes; for something gated first: is now a safe time?"""
    occurrence = my_occurrence(request, occurrence_id)
    draft, definition = draft_and_definition(occurrence)
    context = {"occurrence": occurrence, "definition": definition, "draft": draft}
    elsewhere = closed(request, occurrence, definition)
    if elsewhere:
        return elsewhere
    if asks_safe_time(occurrence, definition, timezone.now()):
        return _ask_safe_time(request, occurrence, context)
    if puts_away(request, definition):
        return put_away(request, occurrence)
    if definition.kind == Kind.READING:
        return _read(request, occurrence, context)
    if definition.layout == "page":
        return redirect("assessments:entry", occurrence.pk)
    way = Way(definition, draft.answers if draft else {})
    first = way.first_unseen()
    start = way_in(request.client, occurrence, first)
    context |= {"first": first, "start": start, "example": example_of(definition)}
    return render(request, "assessments/begin.html", context)


def _ask_safe_time(request, occurrence, context):
    answer, now = request.POST.get("answer"), timezone.now()
    if answer == "yes":
        actions.say_safe_time(occurrence, by=request.user, now=now)
        return redirect("assessments:begin", occurrence.pk)
    if answer == "not_now":
        actions.put_away(occurrence, by=request.user, now=now)
        messages.success(request, _("Put away. It will wait for you."))
        return redirect("assessments:portal")
    if answer == "talk":
        actions.ask_to_talk(occurrence, by=request.user, now=now)
        tasks.ring_for_alerts()
        messages.success(request, _("Put away. Your clinician will see that you want to talk."))
        return redirect("assessments:portal")
    return render(request, "assessments/safe_time.html", context)


def _read(request, occurrence, context):
    if request.method == "POST":
        try:
            actions.keep(occurrence, {}, by=request.user, now=timezone.now())
            actions.submit(occurrence, by=request.user, now=timezone.now())
        except actions.AlreadySent:
            pass  # a second click: once is enough
        except actions.NotOpen:
            return render(request, "assessments/not_open.html", status=410)
        return redirect("assessments:done", occurrence.pk)
    return render(request, "assessments/reading.html", context)


@client_only
@require_POST
def take_out(request, occurrence_id):
    """Something that was put away comes back."""
    occurrence = my_occurrence(request, occurrence_id)
    actions.take_out(occurrence, by=request.user, now=timezone.now())
    return redirect("assessments:begin", occurrence.pk)

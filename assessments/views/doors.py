"""What every page about one occurrence asks first: is it mine, and may it be answered now?

And what comes before anything else: an answer that asks for somebody today leads to the people
who answer at any hour, whichever way the client was going.
"""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import actions, tasks
from assessments.definitions import Kind
from assessments.forms import AnswerForm
from assessments.models import Occurrence

SAFE_TIME = timedelta(hours=12)
# In the session: by occurrence, the addresses for going on and for changing the answer. It stands
# there until the client has been through the panel, so that a lost answer of the server, a second
# click or another tab cannot lead past it.
HELP_DUE = "help_due"
AWAY, TALK = "away", "talk"


def my_occurrence(request, occurrence_id) -> Occurrence:
    found = actions.mine(request.user, occurrence_id)
    if found is None:
        raise Http404
    return found


def draft_and_definition(occurrence):
    """The draft, if there is one, and the definition it answers or would answer."""
    draft = occurrence.draft
    version = draft.version if draft else actions.current_version(occurrence)
    return draft, version.definition


def in_steps(definition) -> None:
    """What is answered on one page has no steps."""
    if definition.layout == "page":
        raise Http404


def on_one_page(definition) -> None:
    if definition.layout != "page":
        raise Http404


def closed(request, occurrence, definition):
    """Where to go instead, when this can't be answered now; None when it can."""
    now = timezone.now()
    if request.method == "GET" and help_is_due(request, occurrence):
        return redirect("assessments:critical", occurrence.pk)
    if occurrence.answered_at and not definition.as_log:
        return redirect("assessments:done", occurrence.pk)
    if not occurrence.is_agreed:
        return redirect("clients:agree")
    if not occurrence.is_open(now) or actions.is_held_back(definition, occurrence):
        return render(request, "assessments/not_open.html", status=410)
    actions.touch(occurrence, now=now)
    return None


def not_now(request, occurrence, definition):
    """``closed``, or the question about a safe time when that has to be asked first."""
    elsewhere = closed(request, occurrence, definition)
    if elsewhere is None and asks_safe_time(occurrence, definition, timezone.now()):
        return redirect("assessments:begin", occurrence.pk)
    return elsewhere


def puts_away(request, definition) -> bool:
    """One of the buttons of _put_away.html, which only something gated has."""
    return definition.gated and request.POST.get("stop") in (AWAY, TALK)


def put_away(request, occurrence):
    """After what was typed is kept. An answer that asks for somebody today still leads to help."""
    now, talks = timezone.now(), request.POST["stop"] == TALK
    verb = actions.ask_to_talk if talks else actions.put_away_midway
    verb(occurrence, by=request.user, now=now)
    if talks:
        tasks.ring_for_alerts()
        words = _("Put away. Your clinician will see that you want to talk.")
    else:
        words = _("Put away. It will wait for you.")
    messages.success(request, words)
    return go_on(request, occurrence, reverse("assessments:portal"))


def heard_all_the_same(request, occurrence, draft, definition):
    """What is not open keeps nothing; but an answer that asks for somebody today raises its alert
    and leads to the panel. None when the page that was sent has no such answer."""
    given = {name.partition("-")[0] for name in request.POST}
    items = tuple(
        item.model_copy(update={"show_if": None, "required": False})
        for item in definition.asked()
        if item.critical and item.id in given
    )
    if not items or (occurrence.answered_at and not definition.as_log):
        return None
    alone = definition.model_copy(update={"items": items})
    form = AnswerForm(request.POST, definition=alone, items=items)
    form.full_clean()
    before = draft.answers if draft else {}
    if not actions.newly_critical(definition, form.answers(), before=before):
        return None
    actions.hear(occurrence, by=request.user, now=timezone.now())
    show_help_first(request, occurrence, then=reverse("assessments:portal"), is_kept=False)
    if "X-Keep" in request.headers:
        return kept_in_background(request, occurrence)
    return redirect("assessments:critical", occurrence.pk)


def asks_safe_time(occurrence, definition, now) -> bool:
    """Something gated is tried on a real person: a safe time is one of today, not of last week."""
    if not definition.gated or definition.kind != Kind.EXERCISE:
        return False
    said = occurrence.safe_time_at
    return said is None or said < now - SAFE_TIME


def show_help_first(
    request, occurrence, *, then: str, back: str = "", is_sent=False, is_kept=True
) -> None:
    """The panel comes next; from there one goes on to ``then``, or to ``back`` to change it.
    Meanwhile the practice is told."""
    tasks.ring_for_alerts()
    ways = {"then": then, "back": back, "is_sent": is_sent, "is_kept": is_kept}
    request.session[HELP_DUE] = request.session.get(HELP_DUE, {}) | {str(occurrence.pk): ways}


def help_is_due(request, occurrence) -> bool:
    return str(occurrence.pk) in request.session.get(HELP_DUE, {})


def go_on(request, occurrence, then: str):
    """To ``then``, or first to the panel."""
    if help_is_due(request, occurrence):
        return redirect("assessments:critical", occurrence.pk)
    return redirect(then)


def kept_in_background(request, occurrence):
    """The answer to keep.js: kept, and the page to go to at once, if there is one."""
    response = HttpResponse(status=204)
    if help_is_due(request, occurrence):
        response["X-Then"] = reverse("assessments:critical", args=[occurrence.pk])
    return response


def not_kept_in_background(words):
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")

"""What every page about one occurrence asks first: is it mine, and may it be answered now?"""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from assessments import actions
from assessments.definitions import Kind
from assessments.models import Occurrence

SAFE_TIME = timedelta(hours=12)


def my_occurrence(request, occurrence_id) -> Occurrence:
    occurrences = Occurrence.objects.mine(request.user).select_related("assignment")
    return get_object_or_404(occurrences, pk=occurrence_id)


def draft_and_definition(occurrence):
    """The draft, if there is one, and the definition it answers or would answer."""
    draft = occurrence.responses.drafts().select_related("version").first()
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
    if occurrence.answered_at and not definition.as_log:
        return redirect("assessments:done", occurrence.pk)
    if not occurrence.is_open(now) or (
        definition.gated and actions.is_on_hold(occurrence.client_id)
    ):
        return render(request, "assessments/not_open.html", status=410)
    return None


def not_now(request, occurrence, definition):
    """``closed``, or the question about a safe time when that has to be asked first."""
    elsewhere = closed(request, occurrence, definition)
    if elsewhere is None and asks_safe_time(occurrence, definition, timezone.now()):
        return redirect("assessments:begin", occurrence.pk)
    return elsewhere


def asks_safe_time(occurrence, definition, now) -> bool:
    """Something gated is tried on a real person: a safe time is one of today, not of last week."""
    if not definition.gated or definition.kind != Kind.EXERCISE:
        return False
    said = occurrence.safe_time_at
    return said is None or said < now - SAFE_TIME

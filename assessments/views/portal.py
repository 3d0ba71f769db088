"""The client's pages. Each finds its occurrence through whose it is; strangers get 404."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.definitions import Kind
from assessments.forms import AnswerForm
from assessments.models import Occurrence, Response
from assessments.portal import home_of
from assessments.review import in_words
from clients.access import client_only

SAFE_TIME = timedelta(hours=12)


@client_only
@require_safe
def portal(request):
    if request.client.leave_page_shown_at is None:
        return redirect("clients:welcome")
    home = home_of(request.client, now=timezone.now())
    return render(request, "assessments/portal.html", {"client": request.client, "home": home})


@client_only
@require_safe
def help_now(request):
    return render(request, "assessments/help.html", {"client": request.client})


def _mine(request, occurrence_id) -> Occurrence:
    occurrences = Occurrence.objects.mine(request.user).select_related("assignment")
    return get_object_or_404(occurrences, pk=occurrence_id)


def _draft_and_definition(occurrence):
    """The draft, if there is one, and the definition it answers or would answer."""
    draft = occurrence.responses.drafts().select_related("version").first()
    version = draft.version if draft else actions.current_version(occurrence)
    return draft, version.definition


def _closed(request, occurrence, definition):
    """Where to go instead, when this can't be answered now; None when it can."""
    now = timezone.now()
    if occurrence.answered_at and not definition.as_log:
        return redirect("assessments:done", occurrence.pk)
    if not occurrence.is_open(now):
        return render(request, "assessments/not_open.html", status=410)
    if _asks_safe_time(occurrence, definition, now):
        return redirect("assessments:begin", occurrence.pk)
    return None


def _asks_safe_time(occurrence, definition, now) -> bool:
    """Something gated is tried on a real person: a safe time is one of today, not of last week."""
    if not definition.gated or definition.kind != Kind.EXERCISE:
        return False
    said = occurrence.safe_time_at
    return said is None or said < now - SAFE_TIME


@client_only
@require_http_methods(["GET", "POST"])
def begin(request, occurrence_id):
    """What this is and how long it takes; for something gated first: is now a safe time?"""
    occurrence = _mine(request, occurrence_id)
    draft, definition = _draft_and_definition(occurrence)
    context = {"occurrence": occurrence, "definition": definition, "draft": draft}
    now = timezone.now()
    is_done = occurrence.answered_at and not definition.as_log
    if occurrence.is_open(now) and not is_done and _asks_safe_time(occurrence, definition, now):
        return _ask_safe_time(request, occurrence, context)
    elsewhere = _closed(request, occurrence, definition)
    if elsewhere:
        return elsewhere
    if definition.kind == Kind.READING:
        return _read(request, occurrence, context)
    if definition.layout == "page":
        return redirect("assessments:entry", occurrence.pk)
    context["first"] = _first_unanswered(definition, draft)
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
        messages.success(request, _("Put away. Your clinician will see that you want to talk."))
        return redirect("assessments:portal")
    return render(request, "assessments/safe_time.html", context)


def _read(request, occurrence, context):
    if request.method == "POST":
        actions.keep(occurrence, {}, by=request.user, now=timezone.now())
        actions.submit(occurrence, by=request.user, now=timezone.now())
        return redirect("assessments:done", occurrence.pk)
    return render(request, "assessments/reading.html", context)


def _first_unanswered(definition, draft) -> int:
    kept = draft.answers if draft else {}
    for number, item in enumerate(definition.asked(), start=1):
        if kept.get(item.id) is None:
            return number
    return len(definition.asked())


@client_only
@require_http_methods(["GET", "POST"])
def step(request, occurrence_id, number):
    """One question. Each answer is kept on the server before the next one is shown."""
    occurrence = _mine(request, occurrence_id)
    draft, definition = _draft_and_definition(occurrence)
    elsewhere = _closed(request, occurrence, definition)
    if elsewhere:
        return elsewhere
    asked = definition.asked()
    if not 1 <= number <= len(asked):
        raise Http404
    item = asked[number - 1]
    posted = request.POST if request.method == "POST" else None
    if posted is not None and posted.get("item", item.id) != item.id:
        messages.warning(request, _("The questions have changed. Your other answers are kept."))
        return redirect("assessments:begin", occurrence.pk)
    form = AnswerForm(
        posted, definition=definition, items=(item,), kept=draft.answers if draft else {}
    )
    if form.is_valid():
        return _keep_step(request, occurrence, form, number, len(asked))
    if posted is not None and "stop" in posted and posted.get(item.id, "") == "":
        return redirect("assessments:portal")  # there was nothing to keep
    if posted is not None and "X-Keep" in request.headers:
        return HttpResponse(form.errors[item.id][0], status=422, content_type="text/plain")
    context = {
        "occurrence": occurrence,
        "definition": definition,
        "form": form,
        "item": item,
        "number": number,
        "total": len(asked),
    }
    return render(request, "assessments/step.html", context)


def _keep_step(request, occurrence, form, number, total):
    try:
        actions.keep(occurrence, form.answers(), by=request.user, now=timezone.now())
    except actions.AlreadySent:
        return redirect("assessments:done", occurrence.pk)
    except (actions.NotAsked, actions.NotOpen):
        return render(request, "assessments/not_open.html", status=410)
    if "X-Keep" in request.headers:
        return HttpResponse(status=204)
    if "stop" in request.POST:
        messages.success(request, _("Kept. You can go on any time."))
        return redirect("assessments:portal")
    if number < total and "all" not in request.GET:
        return redirect("assessments:step", occurrence.pk, number + 1)
    return redirect("assessments:review", occurrence.pk)


@client_only
@require_http_methods(["GET", "POST"])
def review(request, occurrence_id):
    """All answers once more; sending is one transaction, and a second click changes nothing."""
    if request.method == "POST":
        return _send(request, occurrence_id)
    occurrence = _mine(request, occurrence_id)
    draft, definition = _draft_and_definition(occurrence)
    elsewhere = _closed(request, occurrence, definition)
    if elsewhere:
        return elsewhere
    if draft is None:
        return redirect("assessments:begin", occurrence.pk)
    context = {
        "occurrence": occurrence,
        "definition": definition,
        "answers": in_words(definition, draft.answers),
        "clinician": occurrence.assignment.created_by,
    }
    return render(request, "assessments/review.html", context)


def _send(request, occurrence_id):
    """Few statements: this is the page that must not fail a tired client."""
    occurrence = get_object_or_404(Occurrence.objects.mine(request.user), pk=occurrence_id)
    try:
        actions.submit(occurrence, by=request.user, now=timezone.now())
    except actions.AlreadySent:
        if occurrence.answered_at is None:
            return redirect("assessments:begin", occurrence.pk)
        messages.info(request, _("These answers were sent already. Once is enough."))
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    except actions.NotComplete:
        messages.warning(request, _("One answer is still needed. It is marked below."))
        return redirect("assessments:review", occurrence.pk)
    return redirect("assessments:done", occurrence.pk)


@client_only
@require_safe
def done(request, occurrence_id):
    """A plain thank-you and what happens next."""
    occurrence = _mine(request, occurrence_id)
    last = (
        occurrence.responses.submitted().select_related("version").order_by("-submitted_at").first()
    )
    if last is None:
        return redirect("assessments:begin", occurrence.pk)
    context = {
        "occurrence": occurrence,
        "definition": last.version.definition,
        "clinician": occurrence.assignment.created_by,
        "next_session": request.client.sessions.to_come(timezone.now()).first(),
    }
    return render(request, "assessments/done.html", context)


@client_only
@require_http_methods(["GET", "POST"])
def entry(request, occurrence_id):
    """One entry of a log, or a whole form, on one page."""
    occurrence = _mine(request, occurrence_id)
    definition = actions.current_version(occurrence).definition
    elsewhere = _closed(request, occurrence, definition)
    if elsewhere:
        return elsewhere
    number = actions.next_number(occurrence)
    posted = request.POST if request.method == "POST" else None
    last = occurrence.responses.submitted().order_by("-number").first()
    form = AnswerForm(
        posted, definition=definition, items=definition.asked(), kept=_remembered(definition, last)
    )
    if form.is_valid():
        sent = request.POST.get("number", "")
        number = int(sent) if sent.isdecimal() and len(sent) < 6 else number
        return _add_entry(request, occurrence, definition, form, number)
    context = {
        "occurrence": occurrence,
        "definition": definition,
        "form": form,
        "number": posted.get("number", number) if posted is not None else number,
    }
    return render(request, "assessments/entry.html", context)


def _remembered(definition, last) -> dict:
    """A log remembers the last choices (who, what kind), never words or numbers."""
    today = timezone.localdate().isoformat()
    kept = {item.id: today for item in definition.asked() if item.kind == "date"}
    if last is not None:
        kept |= {
            item.id: last.answers.get(item.id) for item in definition.asked() if item.remembered
        }
    return kept


def _add_entry(request, occurrence, definition, form, number):
    try:
        actions.add_entry(
            occurrence, form.answers(), number=number, by=request.user, now=timezone.now()
        )
    except actions.AlreadySent:
        messages.info(request, _("This entry was kept already. Once is enough."))
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    else:
        messages.success(request, _("Kept."))
    return redirect(f"assessments:{'entries' if definition.as_log else 'done'}", occurrence.pk)


@client_only
@require_safe
def entries(request, occurrence_id):
    """What the client has entered in this log, newest first."""
    occurrence = _mine(request, occurrence_id)
    log = (
        Response.objects.mine(request.user)
        .submitted()
        .filter(occurrence__assignment=occurrence.assignment_id)
        .select_related("version")
        .order_by("-submitted_at")[:50]
    )
    context = {
        "occurrence": occurrence,
        "definition": actions.current_version(occurrence).definition,
        "is_open": occurrence.is_open(timezone.now()),
        "entries": [(row, in_words(row.version.definition, row.answers)) for row in log],
    }
    return render(request, "assessments/entries.html", context)


@client_only
@require_POST
def take_out(request, occurrence_id):
    """Something that was put away comes back."""
    occurrence = _mine(request, occurrence_id)
    actions.take_out(occurrence, by=request.user, now=timezone.now())
    return redirect("assessments:begin", occurrence.pk)

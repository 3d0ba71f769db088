"""Answering: one question, all of them once more, thank you; and the entries of a log."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.forms import AnswerForm
from assessments.models import Occurrence, Response
from assessments.review import in_words
from clients.access import client_only

from .doors import draft_and_definition, in_steps, my_occurrence, not_now, on_one_page


@client_only
@require_http_methods(["GET", "POST"])
def step(request, occurrence_id, number):
    """One question. Each answer is kept on the server before the next one is shown."""
    occurrence = my_occurrence(request, occurrence_id)
    draft, definition = draft_and_definition(occurrence)
    in_steps(definition)
    elsewhere = not_now(request, occurrence, definition)
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
    occurrence = my_occurrence(request, occurrence_id)
    draft, definition = draft_and_definition(occurrence)
    in_steps(definition)
    elsewhere = not_now(request, occurrence, definition)
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
        in_steps(actions.current_version(occurrence).definition)
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
    occurrence = my_occurrence(request, occurrence_id)
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
    occurrence = my_occurrence(request, occurrence_id)
    definition = actions.current_version(occurrence).definition
    on_one_page(definition)
    elsewhere = not_now(request, occurrence, definition)
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
    return _entry_page(request, occurrence, definition, form, number)


def _entry_page(request, occurrence, definition, form, number):
    context = {
        "occurrence": occurrence,
        "definition": definition,
        "form": form,
        "number": request.POST.get("number", number),
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
    except actions.NotComplete as missing:
        return _asked_anew(request, occurrence, missing.items, number)
    else:
        messages.success(request, _("Kept."))
    return redirect(f"assessments:{'entries' if definition.as_log else 'done'}", occurrence.pk)


def _asked_anew(request, occurrence, missing, number):
    """The questions changed while the form was being sent: all that was typed stands there."""
    definition = actions.current_version(occurrence).definition
    form = AnswerForm(request.POST, definition=definition, items=definition.asked())
    for item_id in missing:
        if item_id not in form.errors:
            form.add_error(item_id, form.fields[item_id].error_messages["required"])
    return _entry_page(request, occurrence, definition, form, number)


@client_only
@require_safe
def entries(request, occurrence_id):
    """What the client has entered in this log, newest first."""
    occurrence = my_occurrence(request, occurrence_id)
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

"""Answering on one page: an entry of a log, or a whole form; and the entries of a log."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.definitions import TAKEN, Definition, ItemKind, is_empty, unfit_answer
from assessments.forms import AnswerForm, BringForm
from assessments.forms.folding import parts_of
from assessments.models import Occurrence, Response
from assessments.review import example_of, in_words
from clients.access import client_only

from .doors import (
    draft_and_definition,
    go_on,
    heard_all_the_same,
    help_is_due,
    kept_in_background,
    my_occurrence,
    not_kept_in_background,
    not_now,
    on_one_page,
    show_help_first,
)

CSRF = "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Page:
    """What one form is about: the entry with this number, and what is kept of it so far."""

    occurrence: Occurrence
    definition: Definition
    draft: Response | None
    number: int
    begun: dict  # what the form is filled in with


@client_only
@require_http_methods(["GET", "POST"])
def entry(request, occurrence_id):
    """One entry of a log, or a whole form, on one page. What is typed is kept until it is sent."""
    occurrence = my_occurrence(request, occurrence_id)
    draft, definition = draft_and_definition(occurrence)
    on_one_page(definition)
    elsewhere = not_now(request, occurrence, definition)
    if elsewhere:
        return heard_all_the_same(request, occurrence, draft, definition) or elsewhere
    posted = request.POST if request.method == "POST" else None
    if posted is not None and "anew" in posted:
        return _begin_anew(request, occurrence)
    if posted is not None and draft is None and _is_of_before(request, occurrence, definition):
        draft, definition = draft_and_definition(occurrence)
    page = _page_of(request, occurrence, definition, draft)
    form = AnswerForm(posted, definition=definition, items=definition.asked(), kept=page.begun)
    if posted is None or form.is_only_shaping:
        return _shown(request, page, form, is_unkept=posted is not None)
    if "X-Keep" not in request.headers and "stop" not in posted and form.is_valid():
        return _send(request, page, form)
    return _keep(request, page, form)


def _begin_anew(request, occurrence):
    actions.throw_away(occurrence, by=request.user, now=timezone.now())
    messages.info(request, _("Thrown away. Here is an empty page."))
    return redirect("assessments:entry", occurrence.pk)


def _is_of_before(request, occurrence, definition) -> bool:
    """Whether the page is of an older version, with answers to what is not asked any more. What
    it says is then kept as of that one: no word is lost, nor an answer that asks for somebody.
    """
    given = {name.partition("-")[0] for name, value in request.POST.items() if not is_empty(value)}
    left = given - {item.id for item in definition.asked()} - TAKEN - {CSRF}
    version = actions.version_that_asked(occurrence, left) if left else None
    return version is not None and _begun_as(request, occurrence, version)


def _begun_as(request, occurrence, version) -> bool:
    sent = request.POST.get("number", "")
    number = int(sent) if sent.isdecimal() and len(sent) < 6 else None
    try:
        actions.keep(
            occurrence, {}, number=number, version=version, by=request.user, now=timezone.now()
        )
    except (actions.AlreadySent, actions.NotOpen):
        return False
    return True


def _page_of(request, occurrence, definition, draft) -> Page:
    last = (
        Response.objects.mine(request.user)
        .submitted()
        .filter(occurrence__assignment=occurrence.assignment_id)
        .order_by("-submitted_at", "-number")
        .first()
    )
    if draft is not None:
        number = draft.number
    elif last is None or last.occurrence_id == occurrence.pk:
        number = last.number + 1 if last else 1
    else:
        number = actions.next_number(occurrence)
    sent = request.POST.get("number", "")
    if sent.isdecimal() and len(sent) < 6:
        number = int(sent)
    begun = _remembered(definition, last) | (draft.answers if draft else {})
    return Page(occurrence, definition, draft, number, begun)


def _remembered(definition, last) -> dict:
    """A log is of today, and what its definition says comes back from the entry before."""
    if not definition.as_log:
        return {}
    today = timezone.localdate().isoformat()
    kept = {item.id: today for item in definition.asked() if item.kind is ItemKind.DATE}
    for item in definition.asked() if last else ():
        answer = last.answers.get(item.id)
        # The entry before may be of an older version.
        if item.remembered and not is_empty(answer) and not unfit_answer(definition, item, answer):
            kept[item.id] = answer
    return kept


def _shown(request, page, form, *, is_unkept=False):
    context = {
        "occurrence": page.occurrence,
        "definition": page.definition,
        "form": form,
        "is_unkept": is_unkept,
        "parts": parts_of(form),
        "number": page.number,
        "draft": page.draft,
        "example": example_of(page.definition),
        "bring": BringForm(initial={BringForm.NAME: _bring(request, page)}),
    }
    return render(request, "assessments/entry.html", context)


def _bring(request, page) -> bool | None:
    """Whether the switch is on; None where this page did not touch it, as in ``_fitting``."""
    posted = request.POST
    if not posted:
        return bool(page.draft and page.draft.is_brought)
    if "touched" in posted and BringForm.NAME not in posted.getlist("touched"):
        return None
    return BringForm.NAME in posted


def _keep(request, page, form):
    """What fits is kept, whatever is missing beside it. Not sent: in the background, to stop here,
    or because something needs another look first."""
    answers, bring = _fitting(request, page, form), _bring(request, page)
    is_touched = page.draft is not None or bring or _is_touched(page, answers)
    try:
        if is_touched:
            actions.keep(
                page.occurrence,
                answers,
                number=page.number,
                bring=bring,
                by=request.user,
                now=timezone.now(),
            )
    except actions.AlreadySent:
        return _sent_before(request, page, form)
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    except (actions.NotAsked, actions.Unfit) as refused:
        return _asked_anew(request, page, refused)
    _help_if_critical(request, page, answers, then=request.path)
    if "X-Keep" in request.headers:
        return _said_to_keeper(request, page, form)
    if help_is_due(request, page.occurrence):
        return redirect("assessments:critical", page.occurrence.pk)
    if "stop" not in request.POST:
        return _shown(request, page, form)
    if is_touched:
        messages.success(request, _("Kept. You can go on any time."))
    return redirect("assessments:portal")


def _said_to_keeper(request, page, form):
    wrong = [words[0] for name, words in form.errors.items() if not _is_needed(form, name)]
    if wrong and not help_is_due(request, page.occurrence):
        return not_kept_in_background(wrong[0])
    return kept_in_background(request, page.occurrence)


def _fitting(request, page, form) -> dict:
    """Of what was posted, the answers to what is asked that are right by themselves.

    keep.js names what was touched on its page, so that two tabs do not undo each other.
    """
    wrong = {name for name in form.errors if not _is_needed(form, name)}
    answers = {name: answer for name, answer in form.answers().items() if name not in wrong}
    shown = {item.id for item in page.definition.shown(page.begun | answers)}
    if "touched" in request.POST:
        shown &= {name.partition("-")[0] for name in request.POST.getlist("touched")}
    return {name: answer for name, answer in answers.items() if name in shown}


def _is_needed(form, name) -> bool:
    """Nothing is wrong with it but that it is empty."""
    return form.has_error(name, "required")


def _is_touched(page, answers) -> bool:
    """Something stands there now, or what came back from the entry before was taken out."""
    before = page.begun
    return any(
        answer != before.get(name) and not (is_empty(answer) and is_empty(before.get(name)))
        for name, answer in answers.items()
    )


def _send(request, page, form):
    answers = form.answers()
    try:
        sent = actions.add_entry(
            page.occurrence,
            answers,
            number=page.number,
            bring=_bring(request, page),
            by=request.user,
            now=timezone.now(),
        )
    except actions.AlreadySent:
        return _sent_before(request, page, form)
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    except (actions.NotAsked, actions.Unfit) as refused:
        return _asked_anew(request, page, refused)
    if sent.asks_for_help:
        show_help_first(request, page.occurrence, then=_afterwards(page), is_sent=True)
    else:
        _help_if_critical(request, page, answers, then=_afterwards(page), is_sent=True)
    messages.success(request, _("Kept."))
    return go_on(request, page.occurrence, _afterwards(page))


def _afterwards(page) -> str:
    name = "entries" if page.definition.as_log else "done"
    return reverse(f"assessments:{name}", args=[page.occurrence.pk])


def _sent_before(request, page, form):
    """A second click; or a tab that was opened before another entry was sent, and holds another."""
    if "X-Keep" in request.headers:
        return HttpResponse(status=409)
    sent = page.occurrence.responses.submitted().filter(number=page.number).first()
    is_another = sent and page.definition.as_log and _fitting(request, page, form) != sent.answers
    if is_another and not help_is_due(request, page.occurrence):
        messages.info(
            request, _("Another entry was sent meanwhile. What you wrote here is not yet.")
        )
        number = actions.next_number(page.occurrence)
        return _shown(request, replace(page, number=number), form, is_unkept=True)
    messages.info(request, _("This entry was kept already. Once is enough."))
    return go_on(request, page.occurrence, _afterwards(page))


def _help_if_critical(request, page, answers, *, then, is_sent=False) -> None:
    before = page.draft.answers if page.draft else {}
    if actions.newly_critical(page.definition, answers, before=before):
        show_help_first(request, page.occurrence, then=then, is_sent=is_sent)


def _asked_anew(request, page, refused):
    """The questions changed while the form was being sent: all that was typed stands there."""
    draft, definition = draft_and_definition(page.occurrence)
    if "X-Keep" in request.headers:
        return HttpResponse(status=409)
    form = AnswerForm(request.POST, definition=definition, items=definition.asked())
    for item_id in getattr(refused, "reasons", {}):
        if item_id in form.fields and item_id not in form.errors:
            form.add_error(item_id, _("Please look at this answer once more."))
    return _shown(request, Page(page.occurrence, definition, draft, page.number, {}), form)


@client_only
@require_safe
def entries(request, occurrence_id):
    """What the client has entered in this log, newest first."""
    occurrence = my_occurrence(request, occurrence_id)
    if help_is_due(request, occurrence):
        return redirect("assessments:critical", occurrence.pk)
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

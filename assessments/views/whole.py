"""Answering what has steps on one page, for whoever likes that better."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import actions
from assessments.definitions import is_empty
from assessments.forms import AnswerForm
from assessments.way import Way
from clients.access import client_only

from .doors import (
    draft_and_definition,
    go_on,
    heard_all_the_same,
    help_is_due,
    in_steps,
    kept_in_background,
    my_occurrence,
    not_kept_in_background,
    not_now,
    put_away,
    puts_away,
    show_help_first,
)
from .fitting import fitting, says_something, wrong_words
from .liking import is_about_liking, liked
from .windows import chosen_here, tab_of, told_in_background, window, window_after


@client_only
@require_http_methods(["GET", "POST"])
def whole(request, occurrence_id):
    """All questions; what fits is kept, and the list of answers follows as it does after steps."""
    occurrence = my_occurrence(request, occurrence_id)
    draft, definition = draft_and_definition(occurrence)
    in_steps(definition)
    elsewhere = not_now(request, occurrence, definition)
    if elsewhere:
        return heard_all_the_same(request, occurrence, draft, definition) or elsewhere
    way = Way(definition, draft.answers if draft else {})
    posted = request.POST if request.method == "POST" else None
    form = AnswerForm(posted, definition=definition, items=way.asked, kept=way.answers)
    if posted is None or form.is_only_shaping:
        opened = window(request, draft)
        return _shown(request, occurrence, way, form, opened, is_unkept=posted is not None)
    if "send" in posted and (sent := _send(request, occurrence, way, form)):
        return sent
    kept = _keep(request, occurrence, way, form, draft)
    return put_away(request, occurrence) if puts_away(request, definition) else kept


def _shown(request, occurrence, way, form, opened, *, is_unkept=False):
    shown = [way.asked[number - 1] for number in way.numbers]
    context = {
        "occurrence": occurrence,
        "definition": way.definition,
        "form": form,
        "is_unkept": is_unkept,
        "window": opened,
        "answered": sum(not is_empty(way.answers.get(item.id)) for item in shown),
        "total": way.total,
        "most": way.most(1),
        "reader": _reader(occurrence, way.definition),
    }
    return render(request, "assessments/whole.html", context)


def _reader(occurrence, definition) -> str:
    """To whom it can be sent from here. Of an exercise its client first chooses who sees it."""
    if actions.may_stay_private(definition):
        return ""
    return occurrence.assignment.created_by.first_name or _("your clinician")


def _send(request, occurrence, way, form):
    """All of it at once, when every question has its answer. Else None: what fits is kept, and
    the list of answers follows, which says what is left."""
    answers, undecided = chosen_here(request, fitting(request, form))
    if undecided or not _is_complete(form, way, answers) or not _reader(occurrence, way.definition):
        return None
    by, now, then = request.user, timezone.now(), reverse("assessments:done", args=[occurrence.pk])
    try:
        sent = actions.send_whole(occurrence, answers, tab=tab_of(request), by=by, now=now)
    except actions.NotAgreed:
        return redirect("clients:agree")
    except (
        actions.AlreadySent,
        actions.KeptElsewhere,
        actions.NotAsked,
        actions.NotOpen,
        actions.Unfit,
    ):
        return None  # keeping it meets the same, and says so
    is_critical = actions.newly_critical(way.definition, answers, before=way.answers)
    if sent.asks_for_help or is_critical:
        show_help_first(request, occurrence, then=then, is_sent=True)
    return go_on(request, occurrence, then)


def _is_complete(form, way, answers) -> bool:
    return form.is_valid() and not _lacks(way.definition, {**way.answers, **answers})


def _lacks(definition, given) -> bool:
    return any(is_empty(given.get(item.id)) for item in definition.shown(given))


def _not_sent(definition, kept) -> str:
    if _lacks(definition, kept):
        return _("Not sent yet. Some questions have no answer: have a look, then send it.")
    return _("Not sent yet. You answered something in another window: have a look, then send it.")


def _keep(request, occurrence, way, form, draft):
    by, now = request.user, timezone.now()
    found = fitting(request, form)
    # What was left empty was not passed over: one who goes on by steps comes to it.
    given = {key: each for key, each in found.items() if key in way.answers or not is_empty(each)}
    answers, undecided = chosen_here(request, given)
    try:
        if draft or says_something(form, answers):
            draft = actions.keep(occurrence, answers, tab=tab_of(request), by=by, now=now)
    except actions.AlreadySent:
        return redirect("assessments:done", occurrence.pk)
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    except (actions.NotAsked, actions.Unfit):
        messages.warning(request, _("The questions have changed. Your other answers are kept."))
        return redirect("assessments:begin", occurrence.pk)
    if actions.newly_critical(way.definition, answers, before=way.answers):
        show_help_first(request, occurrence, then=request.path, back=request.path)
    if "X-Keep" in request.headers:
        return _said_to_keeper(request, occurrence, form, draft, undecided)
    if help_is_due(request, occurrence):
        return redirect("assessments:critical", occurrence.pk)
    if draft and (draft.elsewhere or undecided):
        opened = window_after(request, draft, given, undecided)
        return _shown(request, occurrence, Way(way.definition, draft.answers), form, opened)
    return _onwards(request, occurrence, way, form, draft)


def _said_to_keeper(request, occurrence, form, draft, undecided):
    if not help_is_due(request, occurrence):
        if wrong := wrong_words(form):
            return not_kept_in_background(wrong[0])
        if draft and (draft.elsewhere or undecided):
            return told_in_background()
    return kept_in_background(request, occurrence)


def _onwards(request, occurrence, way, form, draft):
    if "stop" in request.POST:
        if draft and not puts_away(request, way.definition):
            messages.success(request, _("Kept. You can go on any time."))
        return redirect("assessments:portal")
    if wrong_words(form):
        return _shown(request, occurrence, way, form, window(request, draft))
    if is_about_liking(request):
        now_shown = Way(way.definition, draft.answers if draft else {})
        return liked(request, occurrence, now_shown.first_unseen())
    if "_take" in request.POST:
        return redirect("assessments:whole", occurrence.pk)
    if draft is None:
        messages.info(request, _("Nothing is answered yet. One answer is enough to go on."))
        return redirect("assessments:whole", occurrence.pk)
    if "send" in request.POST:
        messages.info(request, _not_sent(way.definition, draft.answers))
    return redirect("assessments:review", occurrence.pk)

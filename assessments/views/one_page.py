"""Answering on one page: an entry of a log, or a whole form."""

from contextlib import contextmanager
from dataclasses import replace

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import actions
from assessments.forms import AnswerForm, SharingForm
from assessments.forms.folding import parts_of
from assessments.models import Sharing
from assessments.review import example_of
from clients.access import client_only
from practice.ids import uuid7

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
    put_away,
    puts_away,
    show_help_first,
)
from .fitting import fitting, says_something, wrong_words
from .page import is_of_before, page_of
from .windows import chosen_here, tab_of, told_in_background, window, window_after


@contextmanager
def _names_of_ours():
    """An entry of another practice is not seen from here: whoever sends its name finds nothing."""
    try:
        yield
    except IntegrityError as error:
        if "assessments_response_pkey" not in str(error):
            raise
        raise Http404 from error


@client_only
@require_http_methods(["GET", "POST"])
@_names_of_ours()
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
    if posted is not None and draft is None and is_of_before(request, occurrence, definition):
        occurrence = my_occurrence(request, occurrence_id)
        draft, definition = draft_and_definition(occurrence)
    page = page_of(request, occurrence, definition, draft)
    form = AnswerForm(posted, definition=definition, items=definition.asked(), kept=page.begun)
    if posted is None or form.is_only_shaping:
        return _shown(request, page, form, is_unkept=posted is not None)
    only_keeps = "X-Keep" in request.headers or not {"stop", "_take"}.isdisjoint(posted)
    if not only_keeps and "_both" not in posted and form.is_valid():
        return _send(request, page, form)
    kept = _keep(request, page, form)
    if puts_away(request, definition):
        return put_away(request, occurrence)
    return kept


def _begin_anew(request, occurrence):
    actions.throw_away(occurrence, by=request.user, now=timezone.now())
    messages.info(request, _("Thrown away. Here is an empty page."))
    return redirect("assessments:entry", occurrence.pk)


def _shown(request, page, form, *, is_unkept=False, opened=None):
    if page.definition.as_log and page.number > 1 and not form.is_bound:
        first = next(iter(form.fields.values()))
        first.widget.attrs["autofocus"] = True  # who comes again comes to write one line
    context = {
        "occurrence": page.occurrence,
        "definition": page.definition,
        "form": form,
        "is_unkept": is_unkept,
        "parts": parts_of(form),
        "number": page.number,
        "once": page.once,
        "draft": page.draft,
        "example": example_of(page.definition),
        "sharing": SharingForm(
            definition=page.definition,
            chosen=_sharing(request) or (page.draft.sharing if page.draft else Sharing.SEND),
            reader=page.occurrence.assignment.created_by.first_name,
        ),
        "window": opened or window(request, page.draft),
    }
    return render(request, "assessments/entry.html", context)


def _sharing(request) -> str | None:
    """What is to become of it; None where this page did not touch the switch, as in ``fitting``."""
    posted = request.POST
    if "touched" in posted and SharingForm.NAME not in posted.getlist("touched"):
        return None
    chosen = posted.get(SharingForm.NAME)
    return chosen if chosen in Sharing.values else None


def _keep(request, page, form):
    """What fits is kept, whatever is missing beside it. Not sent: in the background, to stop here,
    or because something needs another look first."""
    given, sharing = fitting(request, form), _sharing(request)
    answers, undecided = chosen_here(request, given)
    is_chosen = sharing not in (None, Sharing.SEND)
    is_touched = page.draft is not None or is_chosen or says_something(form, answers)
    draft = page.draft
    try:
        if is_touched:
            draft = actions.keep(
                page.occurrence,
                answers,
                **page.which,
                sharing=sharing,
                tab=tab_of(request),
                by=request.user,
                now=timezone.now(),
            )
    except actions.AlreadySent:
        return _sent_before(request, page, form)
    except actions.BegunElsewhere:
        return _beside_another(request, page, form, answers)
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    except (actions.NotAsked, actions.Unfit) as refused:
        return _asked_anew(request, page, refused)
    _help_if_critical(request, page, answers, then=request.path)
    is_between = draft is not None and bool(draft.elsewhere or undecided)
    if "X-Keep" in request.headers:
        return _said_to_keeper(request, page, form, is_between)
    if help_is_due(request, page.occurrence):
        return redirect("assessments:critical", page.occurrence.pk)
    if is_between:
        opened = window_after(request, draft, given, undecided)
        return _shown(request, replace(page, draft=draft), form, opened=opened)
    if "_take" in request.POST and not wrong_words(form):
        return redirect("assessments:entry", page.occurrence.pk)
    if "stop" not in request.POST:
        return _shown(request, replace(page, draft=draft), form)
    if is_touched and not puts_away(request, page.definition):
        messages.success(request, _("Kept. You can go on any time."))
    return redirect("assessments:portal")


def _said_to_keeper(request, page, form, is_between):
    wrong = wrong_words(form)
    if wrong and not help_is_due(request, page.occurrence):
        return not_kept_in_background(wrong[0])
    if is_between and not help_is_due(request, page.occurrence):
        return told_in_background()
    return kept_in_background(request, page.occurrence)


def _beside_another(request, page, form, answers):
    """Another entry is being written in another window: this one is its own, once it is added."""
    if actions.newly_critical(page.definition, answers, before={}):
        actions.hear(page.occurrence, by=request.user, now=timezone.now())
        show_help_first(request, page.occurrence, then=request.path, is_kept=False)
    words = _(
        "Not kept yet: another entry is being written in another window. “Add this” makes this "
        "one an entry of its own."
    )
    if "X-Keep" in request.headers:
        if help_is_due(request, page.occurrence):
            return kept_in_background(request, page.occurrence)
        return not_kept_in_background(words)
    messages.warning(request, words)
    return _shown(request, replace(page, draft=None), form, is_unkept=True)


def _send(request, page, form):
    answers = form.answers()
    try:
        sent = actions.add_entry(
            page.occurrence,
            answers,
            **page.which,
            sharing=_sharing(request),
            tab=tab_of(request),
            by=request.user,
            now=timezone.now(),
        )
    except actions.AlreadySent:
        return _sent_before(request, page, form)
    except actions.KeptElsewhere:
        return _keep(request, page, form)
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    except (actions.NotAsked, actions.Unfit) as refused:
        return _asked_anew(request, page, refused)
    if sent.asks_for_help:
        show_help_first(request, page.occurrence, then=_afterwards(page), is_sent=True)
    else:
        is_sent = not sent.is_private
        _help_if_critical(request, page, answers, then=_afterwards(page), is_sent=is_sent)
    messages.success(request, _("Kept to yourself.") if sent.is_private else _("Kept."))
    return go_on(request, page.occurrence, _afterwards(page))


def _afterwards(page) -> str:
    name = "entries" if page.definition.as_log else "done"
    return reverse(f"assessments:{name}", args=[page.occurrence.pk])


def _sent_before(request, page, form):
    """A second click; or a tab that was opened before another entry was sent, and holds another."""
    if "X-Keep" in request.headers:
        return HttpResponse(status=409)
    which = {"pk": page.once} if page.once else {"number": page.number}
    sent = page.occurrence.responses.ended().filter(**which).first()
    is_another = sent and page.definition.as_log and fitting(request, form) != sent.answers
    if is_another and not help_is_due(request, page.occurrence):
        messages.info(
            request, _("Another entry was sent meanwhile. What you wrote here is not yet.")
        )
        number = actions.next_number(page.occurrence)
        return _shown(request, replace(page, number=number, once=uuid7()), form, is_unkept=True)
    messages.info(request, _("This entry was kept already. Once is enough."))
    return go_on(request, page.occurrence, _afterwards(page))


def _help_if_critical(request, page, answers, *, then, is_sent=False) -> None:
    before = page.draft.answers if page.draft else {}
    if actions.newly_critical(page.definition, answers, before=before):
        show_help_first(request, page.occurrence, then=then, is_sent=is_sent)


def _asked_anew(request, page, refused):
    """The questions changed while the form was being sent: all that was typed stands there."""
    draft, definition = draft_and_definition(my_occurrence(request, page.occurrence.pk))
    if "X-Keep" in request.headers:
        return HttpResponse(status=409)
    form = AnswerForm(request.POST, definition=definition, items=definition.asked())
    for item_id in getattr(refused, "reasons", {}):
        if item_id in form.fields and item_id not in form.errors:
            form.add_error(item_id, _("Please look at this answer once more."))
    fresh = replace(page, definition=definition, draft=draft, begun={})
    return _shown(request, fresh, form)

"""Answering in steps: one question, all of them once more, thank you. ``whole`` is the same with
all questions on one page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.actions.respond import counting
from assessments.definitions import WITH_ROWS, ItemKind, unfit
from assessments.forms import AnswerForm, SharingForm
from assessments.forms.answers import BY_RADIO
from assessments.models import Sharing
from assessments.review import in_words
from assessments.way import Way, section_of, sections
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
from .liking import is_about_liking, liked
from .windows import chosen_here, tab_of, told_in_background, window, window_after

# Their answer is whole only when all its parts are there.
OF_PARTS = WITH_ROWS | {ItemKind.SPLIT, ItemKind.SORT}


@client_only
@require_http_methods(["GET", "POST"])
def step(request, occurrence_id, number):
    """One question. Each answer is kept on the server before the next one is shown."""
    occurrence = my_occurrence(request, occurrence_id)
    draft, definition = draft_and_definition(occurrence)
    in_steps(definition)
    elsewhere = not_now(request, occurrence, definition)
    if elsewhere:
        return heard_all_the_same(request, occurrence, draft, definition) or elsewhere
    way = Way(definition, draft.answers if draft else {})
    if not 1 <= number <= len(way.asked):
        raise Http404
    item = way.asked[number - 1]
    posted = request.POST if request.method == "POST" else None
    if posted is None and number not in way.numbers:
        return redirect(_next_page(request, occurrence, way, number))
    if posted is not None and posted.get("item", item.id) != item.id:
        messages.warning(request, _("The questions have changed. Your other answers are kept."))
        return redirect("assessments:begin", occurrence.pk)
    form = _form(posted, way, number)
    is_shaped = posted is not None and form.is_only_shaping
    if posted is not None and not is_shaped:
        answered = _answered(request, occurrence, way, form, number)
        if puts_away(request, definition):
            return put_away(request, occurrence)
        if answered:
            return answered
    opened = window(request, draft)
    return _step_page(request, occurrence, way, form, number, opened, is_unkept=is_shaped)


def _form(posted, way, number):
    """Of one question. One that another tab has closed meanwhile is heard as well: what was said
    is kept beside the rest, and set aside if it stays closed."""
    item, definition = way.asked[number - 1], way.definition
    if number not in way.numbers:
        item = item.model_copy(update={"show_if": None})
        definition = definition.model_copy(update={"items": (item,)})
    return AnswerForm(posted, definition=definition, items=(item,), kept=way.answers)


def _answered(request, occurrence, way, form, number):
    """What follows a posted answer; None when the question has to be asked once more."""
    item = way.asked[number - 1]
    if form.is_valid():
        return _keep_step(request, occurrence, way, form, number)
    if "X-Keep" in request.headers:
        if item.kind in OF_PARTS:
            return not_kept_in_background(_("Not kept yet: this answer is not whole yet."))
        return not_kept_in_background(form.errors[item.id][0])
    if not form.has_error(item.id, "required"):
        return None
    if "stop" in request.POST:
        return redirect("assessments:portal")  # there was nothing to keep
    return liked(request, occurrence, number) if is_about_liking(request) else None


def _step_page(request, occurrence, way, form, number, opened, *, is_unkept=False):
    item = way.asked[number - 1]
    context = {
        "occurrence": occurrence,
        "definition": way.definition,
        "form": form,
        "field": form[item.id],
        "is_unkept": is_unkept,
        "item": item,
        "section": section_of(way.definition, item),
        "place": way.place(number),
        "total": way.total,
        "most": way.most(number),
        "before": way.before(number),
        "window": opened,
        "can_go_on_by_itself": item.kind in BY_RADIO,
    }
    return render(request, "assessments/step.html", context)


def _keep_step(request, occurrence, way, form, number):
    given, by, now = form.answers(), request.user, timezone.now()
    answers, undecided = chosen_here(request, given)
    try:
        draft = actions.keep(occurrence, answers, tab=tab_of(request), by=by, now=now)
    except actions.AlreadySent:
        return redirect("assessments:done", occurrence.pk)
    except (actions.NotAsked, actions.NotOpen):
        return render(request, "assessments/not_open.html", status=410)
    except actions.Unfit:
        form.add_error(way.asked[number - 1].id, _("Please look at this answer once more."))
        return _answered(request, occurrence, way, form, number)
    now_shown = Way(way.definition, draft.answers)
    then = _next_page(request, occurrence, now_shown, number)
    if actions.newly_critical(way.definition, answers, before=way.answers):
        show_help_first(request, occurrence, then=then, back=request.get_full_path())
    if (draft.elsewhere or undecided) and not help_is_due(request, occurrence):
        if "X-Keep" in request.headers:
            return told_in_background()
        opened = window_after(request, draft, given, undecided)
        return _step_page(request, occurrence, way, form, number, opened)
    if "X-Keep" in request.headers:
        return kept_in_background(request, occurrence)
    if is_about_liking(request) and not help_is_due(request, occurrence):
        return liked(request, occurrence, number)
    if number not in now_shown.numbers:
        # Another tab has closed this question; what was said here is set aside with the draft.
        messages.info(
            request, _("That question is not asked any more, because another answer has changed.")
        )
    if request.POST.get("stop") == "1" and not help_is_due(request, occurrence):
        messages.success(request, _("Kept. You can go on any time."))
        return redirect("assessments:portal")
    return go_on(request, occurrence, then)


def _next_page(request, occurrence, way, number) -> str:
    """The next question; from the list of answers the next that nobody has seen, or the list."""
    following = way.after(number)
    if "all" in request.GET:
        following = next((n for n in way.numbers if n > number and _is_new(way, n)), None)
    if following is None:
        return reverse("assessments:review", args=[occurrence.pk])
    address = reverse("assessments:step", args=[occurrence.pk, following])
    return f"{address}?all" if "all" in request.GET else address


def _is_new(way, number) -> bool:
    """A question that came up through another answer and was never put to the client."""
    item = way.asked[number - 1]
    return item.show_if is not None and item.id not in way.answers


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
        "parts": _answers_in_parts(definition, draft.answers),
        "clinician": occurrence.assignment.created_by,
        "seen": draft.change,
        "sharing": _sharing(occurrence, definition, draft),
    }
    return render(request, "assessments/review.html", context)


def _sharing(occurrence, definition, draft) -> SharingForm | None:
    """Of an exercise the client chooses who sees it; a screener is sent."""
    if not actions.may_stay_private(definition):
        return None
    reader = occurrence.assignment.created_by.first_name
    return SharingForm(definition=definition, chosen=draft.sharing, reader=reader)


def _answers_in_parts(definition, answers) -> list:
    """(heading, [(answer in words, why it cannot be sent yet)]) of what is asked."""
    wrong = unfit(definition, counting(definition, answers))
    words = {each.item.id: each for each in in_words(definition, answers)}
    return [
        (heading, [(words[item.id], wrong.get(item.id, "")) for item in items])
        for heading, items in sections(definition, definition.shown(answers))
    ]


def _send(request, occurrence_id):
    """Few statements: this is the page that must not fail a tired client."""
    occurrence = my_occurrence(request, occurrence_id)
    if "stop" in request.POST:
        return _stopped(request, occurrence)
    sharing, seen = request.POST.get(SharingForm.NAME), request.POST.get("_seen", "")
    try:
        sent = actions.submit(
            occurrence,
            by=request.user,
            now=timezone.now(),
            sharing=sharing if sharing in Sharing.values else None,
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
        )
    except actions.KeptElsewhere:
        words = _("You changed an answer in another window meanwhile. This is the list as it is.")
        messages.warning(request, words)
        return redirect("assessments:review", occurrence.pk)
    except actions.AlreadySent:
        in_steps(actions.current_version(occurrence).definition)
        if occurrence.answered_at is None:
            return redirect("assessments:begin", occurrence.pk)
        messages.info(request, _("These answers were sent already. Once is enough."))
    except actions.NotAsked:
        raise Http404 from None
    except actions.NotAgreed:
        return redirect("clients:agree")
    except actions.NotOpen:
        return render(request, "assessments/not_open.html", status=410)
    except actions.Unfit as refused:
        messages.warning(request, _still_needed(len(refused.reasons)))
        return redirect("assessments:review", occurrence.pk)
    else:
        if sent.asks_for_help:
            then = reverse("assessments:done", args=[occurrence.pk])
            show_help_first(request, occurrence, then=then, is_sent=True)
    return redirect("assessments:done", occurrence.pk)


def _stopped(request, occurrence):
    _draft, definition = draft_and_definition(occurrence)
    is_done = occurrence.answered_at and not definition.as_log
    if puts_away(request, definition) and not is_done:
        return put_away(request, occurrence)
    return redirect("assessments:portal")


def _still_needed(n: int) -> str:
    return ngettext(
        "One answer is still needed. It is marked below.",
        "%(n)s answers are still needed. They are marked below.",
        n,
    ) % {"n": n}


@client_only
@require_safe
def done(request, occurrence_id):
    """A plain thank-you and what happens next."""
    occurrence = my_occurrence(request, occurrence_id)
    if help_is_due(request, occurrence):
        return redirect("assessments:critical", occurrence.pk)
    last = occurrence.responses.ended().select_related("version").order_by("-done_at").first()
    if last is None:
        return redirect("assessments:begin", occurrence.pk)
    context = {
        "occurrence": occurrence,
        "response": last,
        "definition": last.version.definition,
        "clinician": occurrence.assignment.created_by,
        "next_session": request.client.sessions.to_come(timezone.now()).first(),
    }
    return render(request, "assessments/done.html", context)

"""The session sheet: what came in, and what is written for the session."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import mark_discussed
from assessments.browsing import Wanted, cards_of, shelf_of
from assessments.forms import NextForm, SheetForm
from assessments.models import Assignment, Response
from assessments.sheet import note_words_shown, sheet_of
from clients import actions
from clients.models import Client, Session
from practice.access import READING, staff
from practice.ids import uuid7
from practice.models import Role

ELSEWHERE = gettext_lazy(
    "Something was written here in another window meanwhile. Copy what you typed, then open the "
    "sheet anew: nothing there was overwritten."
)


def _readable(request, session_id) -> Session:
    sessions = Session.objects.of(request.user).select_related("client", "episode", "clinician")
    return get_object_or_404(sessions, pk=session_id)


@staff(*READING)
@require_http_methods(["GET", "POST"])
def sheet(request, session_id):
    """Kept while one types (X-Keep) and by the button; a supervisor reads."""
    session = _readable(request, session_id)
    cares = Client.objects.cared_for_by(request.user).filter(pk=session.client_id).exists()
    now = timezone.now()
    if request.method == "POST":
        get_object_or_404(Client.objects.cared_for_by(request.user), pk=session.client_id)
        form = SheetForm(request.POST, session=session, by=request.user)
        if written := _write(request, form):
            return written
    else:
        form = SheetForm(
            session=session,
            by=request.user,
            initial={
                "points": session.points,
                "note": session.note,
                "page": uuid7(),
                "opened_at": now.isoformat(),
            },
        )
    actions.read_sheet(session, by=request.user, now=now)
    note_words_shown(session, now=now)
    context = {
        "session": session,
        "client": session.client,
        "sheet": sheet_of(session, now=now),
        "form": form if cares else None,
        "next": _next(request) if cares else None,
    }
    return render(request, "assessments/sheet.html", context)


def _next(request, *given) -> NextForm:
    often = Assignment.objects.of(request.user).often_by(request.user)
    return NextForm(*given, shelf=shelf_of(cards_of(request.user), Wanted(), often))


@staff(Role.CLINICIAN)
@require_safe
def sheet_next(request, session_id):
    """What was chosen, on the page that asks when; from there one comes back to the sheet."""
    session = _readable(request, session_id)
    get_object_or_404(Client.objects.cared_for_by(request.user), pk=session.client_id)
    card = _next(request, request.GET).card()
    if card is None:
        return redirect("assessments:assign", session.client_id)
    page = "program_assign" if card.is_program else "assignment_create"
    url = reverse(f"assessments:{page}", args=[session.client_id, card.definition.slug])
    return redirect(f"{url}?sheet={session.pk}")


def _write(request, form) -> HttpResponse | None:
    """None: the page is shown again, with what was typed."""
    is_kept_meanwhile = "X-Keep" in request.headers
    words = ""
    if form.is_valid():
        try:
            form.save()
        except actions.WrittenElsewhere:
            words = str(ELSEWHERE)
            form.add_error(None, words)
        else:
            if is_kept_meanwhile:
                return HttpResponse(status=204)
            messages.success(request, _("Kept."))
            return redirect("assessments:sheet", form.session.pk)
    if not is_kept_meanwhile:
        return None
    words = words or " ".join(word for found in form.errors.values() for word in found)
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")


@staff(Role.CLINICIAN)
@require_POST
def sheet_point(request, session_id):
    """One thing of the sheet becomes a point to raise."""
    session = _readable(request, session_id)
    get_object_or_404(Client.objects.cared_for_by(request.user), pk=session.client_id)
    text = " ".join(request.POST.get("point", "").split())[:300]
    if text:
        actions.add_point(session, text, by=request.user, now=timezone.now())
        messages.success(request, _("Added to what you want to raise."))
    return redirect("assessments:sheet", session.pk)


@staff(Role.CLINICIAN)
@require_POST
def sheet_discussed(request, session_id, response_id):
    """What the client brought was talked about: it leaves the sheet."""
    session = _readable(request, session_id)
    get_object_or_404(Client.objects.cared_for_by(request.user), pk=session.client_id)
    brought = get_object_or_404(
        Response.objects.of(request.user), client=session.client_id, pk=response_id
    )
    mark_discussed(brought, by=request.user, now=timezone.now())
    messages.success(
        request, _("Noted that you talked about it. Where it was sent, you can undo this.")
    )
    return redirect("assessments:sheet", session.pk)

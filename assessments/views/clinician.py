"""Today, the client's pages, and what is done from them."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions, scoring, tasks
from assessments.browsing import cards_of, shelf_of
from assessments.forms import AssignForm, FeedbackForm, LibraryForm
from assessments.models import ActivityVersion, Assignment, Response
from assessments.review import in_words
from assessments.today import EVERYBODY, KINDS, shown_of, today_of
from assessments.work import work_page
from clients.models import Client
from practice import audit
from practice.access import READING, staff
from practice.models import Role

from .afterwards import after_assigning
from .schedules import dry_run_in


@staff(*READING)
@require_safe
def today(request):
    page = today_of(request.user, now=timezone.now(), whose=request.GET.get("clinician", EVERYBODY))
    only = request.GET.get("only", "")
    only = only if only in KINDS else ""
    words = request.GET.get("q", "").strip()
    groups = shown_of(page, only=only, words=words)
    context = {
        "today": page,
        "only": only,
        "words": words,
        "groups": groups,
        "rows": sum(len(group.rows) for group in groups),
        "kept": {"only": only, "clinician": page.whose},
        "found": sum(row.is_found for group in groups for row in group.rows),
    }
    return render(request, "assessments/today.html", context)


def _readable(request, client_id) -> Client:
    return get_object_or_404(Client.objects.of(request.user), pk=client_id)


def _cared_for(request, client_id) -> Client:
    return get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)


@staff(*READING)
@require_safe
def work(request, client_id):
    client = _readable(request, client_id)
    audit.looked("work.read", client, by=request.user)
    context = {"client": client, "work": work_page(client, now=timezone.now())}
    return render(request, "assessments/work.html", context)


@staff(Role.CLINICIAN)
@require_safe
def assign(request, client_id):
    """Choose what; the next page asks when."""
    client = _cared_for(request, client_id)
    cards = cards_of(request.user)
    form = LibraryForm(request.GET, cards=cards)
    given = Assignment.objects.of(request.user)
    context = {
        "client": client,
        "form": form,
        "shelf": shelf_of(cards, form.wanted(), given.often_by(request.user)),
        "gate": actions.gate(client),
    }
    audit.looked("work.read", client, by=request.user)
    return render(request, "assessments/assign.html", context)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def assignment_create(request, client_id, slug):
    client = _cared_for(request, client_id)
    versions = ActivityVersion.objects.of(request.user).assignable()
    version = get_object_or_404(versions, activity__slug=slug)
    if not version.definition.has_text:
        return redirect("assessments:paper", client.pk, slug)
    form = AssignForm(request.POST or None, client=client, version=version, by=request.user)
    if form.is_valid() and "show" not in request.POST:
        try:
            assignment = form.save()
        except IntegrityError as error:  # the name of what was assigned to somebody else
            raise Http404 from error
        tasks.ring()
        messages.success(request, _assigned(assignment, client))
        return redirect(after_assigning(request, client))
    context = {
        "client": client,
        "activity": version.activity,
        "definition": version.definition,
        "running": Assignment.objects.asking(timezone.now())
        .filter(client=client, activity=version.activity_id)
        .order_by("-assigned_at")
        .first(),
        "form": form,
        "slug": slug,
        "afterwards": after_assigning(request, client),
        **dry_run_in(form),
    }
    audit.looked("work.read", client, by=request.user)
    return render(request, "assessments/assignment_create.html", context)


def _assigned(assignment, client) -> str:
    if not client.has_joined:
        return _("Assigned. It waits for them until they join the portal.")
    if assignment.occurrences.filter(opens_at__lte=timezone.now()).exists():
        return _("Assigned. They see it now.")
    return _("Assigned. They see it when it opens.")


@staff(Role.CLINICIAN)
@require_POST
def assignment_end(request, client_id, assignment_id):
    client = _cared_for(request, client_id)
    assignment = get_object_or_404(
        Assignment.objects.running().filter(client=client), pk=assignment_id
    )
    actions.end_assignment(assignment, by=request.user, now=timezone.now())
    messages.success(request, _("Ended. What was sent stays."))
    return redirect("assessments:work", client.pk)


@staff(Role.CLINICIAN)
@require_POST
def missed_note(request, client_id):
    """The clinician knows; the row leaves Today. The same button takes it back."""
    client = _cared_for(request, client_id)
    if "undo" in request.POST:
        actions.forget_missed(client, by=request.user)
        messages.success(request, _("It is back on Today."))
    else:
        actions.note_missed(client, by=request.user, now=timezone.now())
        messages.success(
            request, _("Noted. It stays on the Contact page, where you can undo this.")
        )
    return redirect("assessments:today")


@staff(*READING)
@require_safe
def response(request, response_id):
    found = get_object_or_404(
        Response.objects.of(request.user).select_related(
            "client", "version__activity", "occurrence__assignment"
        ),
        pk=response_id,
    )
    cares = Client.objects.cared_for_by(request.user).filter(pk=found.client_id).exists()
    form = FeedbackForm(response=found, by=request.user) if cares else None
    return response_page(request, found, form)


def response_page(request, found, form):
    """One response, which is read by that, however they came here; ``form`` to write to the client
    about it, for whoever may."""
    if form is None:
        Response.objects.of(request.user).filter(pk=found.pk).note_shown(timezone.now())
        audit.record("response.read", found, by=request.user)
    else:
        try:
            actions.mark_read(found, by=request.user, now=timezone.now())
        except actions.TakenBack:
            raise Http404 from None
    definition = found.version.definition
    context = {
        "response": found,
        "client": found.client,
        "definition": definition,
        "answers": in_words(definition, found.answers),
        "scores": _scores_with_scales(found, definition),
        "metrics": scoring.metrics(definition, [found.answers]),
        "given": found.feedback.select_related("created_by").order_by("sent_at"),
        "form": form,
    }
    return render(request, "assessments/response.html", context)


def _scores_with_scales(found, definition):
    scales = {scale.code: scale for scale in definition.scales}
    return [(scales.get(score.scale), score) for score in found.scores.order_by("created_at", "id")]


@staff(*READING)
@require_safe
def read_next(request, client_id):
    """The oldest thing of this client that nobody has read."""
    client = _readable(request, client_id)
    oldest = Response.objects.unread().filter(client=client).order_by("submitted_at").first()
    if oldest is None:
        return redirect("assessments:timeline", client.pk)
    return redirect("assessments:response", oldest.pk)

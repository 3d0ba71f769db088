"""When something is asked: a dry run before it counts, and the schedule of what is assigned."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions, tasks
from assessments.dry_run import dry_run_of
from assessments.forms import ChangeScheduleForm, ScheduleForm
from assessments.models import ActivityVersion, Assignment
from assessments.portal import newest_versions
from clients.models import Client
from practice import audit
from practice.access import staff
from practice.models import Role


def dry_run_in(form: ScheduleForm, *, assignment=None) -> dict:
    """For _dry_run.html: what ``form`` would come to as it stands, or why that can't be said."""
    asked = form.as_it_stands()
    if asked.chosen is None:
        return {"dry_run": None, "missing": asked}
    found = dry_run_of(
        form.client,
        asked.chosen,
        now=timezone.now(),
        reader=timezone.get_current_timezone(),
        assignment=assignment,
    )
    return {"dry_run": found}


@staff(Role.CLINICIAN)
@require_safe
def dry_run(request, client_id, slug):
    """The part of a page: what a schedule that is being chosen would come to."""
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    versions = ActivityVersion.objects.of(request.user).assignable()
    get_object_or_404(versions, activity__slug=slug)
    audit.looked("work.read", client, by=request.user)
    form = ScheduleForm(request.GET, client=client)
    return render(request, "assessments/_dry_run.html", {"client": client} | dry_run_in(form))


def _cared_for(request, assignment_id) -> Assignment:
    found = get_object_or_404(
        Assignment.objects.of(request.user).select_related("client", "activity"), pk=assignment_id
    )
    get_object_or_404(Client.objects.cared_for_by(request.user), pk=found.client_id)
    return found


def _to_work(request, found, words):
    messages.success(request, words)
    return redirect("assessments:work", found.client_id)


def _has_ended(request, found):
    messages.info(request, _("It has ended: nothing of it is asked any more."))
    return redirect("assessments:work", found.client_id)


@staff(Role.CLINICIAN)
@require_safe
def assignment_dry_run(request, assignment_id):
    """The same for the schedule of something that is assigned already."""
    found = _cared_for(request, assignment_id)
    audit.looked("work.read", found.client, by=request.user)
    form = ScheduleForm(request.GET, client=found.client)
    context = {"client": found.client} | dry_run_in(form, assignment=found)
    return render(request, "assessments/_dry_run.html", context)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def assignment_schedule(request, assignment_id):
    """Change what is to come; what was stays."""
    found = _cared_for(request, assignment_id)
    if found.ended_at is not None:
        return _has_ended(request, found)
    form = ChangeScheduleForm(request.POST or None, assignment=found, by=request.user)
    if form.is_valid() and "show" not in request.POST and form.save():
        tasks.ring()
        if form.says_the_same:
            return _to_work(request, found, _("Nothing was changed."))
        return _to_work(request, found, _("Changed. What has opened stays as it was."))
    context = {
        "client": found.client,
        "assignment": found,
        "definition": newest_versions({found.activity_id})[found.activity_id].definition,
        "form": form,
        **dry_run_in(form, assignment=found),
    }
    audit.looked("work.read", found.client, by=request.user)
    return render(request, "assessments/assignment_schedule.html", context)


@staff(Role.CLINICIAN)
@require_POST
def assignment_pause(request, assignment_id):
    found = _cared_for(request, assignment_id)
    if found.ended_at is not None:
        return _has_ended(request, found)
    actions.pause_assignment(found, by=request.user, now=timezone.now())
    tasks.ring()
    return _to_work(
        request,
        found,
        _("Paused: nothing new opens, and no message speaks of it. “Go on again” takes this back."),
    )


@staff(Role.CLINICIAN)
@require_POST
def assignment_resume(request, assignment_id):
    found = _cared_for(request, assignment_id)
    if found.ended_at is not None:
        return _has_ended(request, found)
    actions.resume_assignment(found, by=request.user, now=timezone.now())
    tasks.ring()
    return _to_work(request, found, _("It goes on again. “Pause” takes this back."))

"""A program for one client: assigned, moved on by hand, and ended."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions, tasks
from assessments.forms.programs import AssignProgramForm, GiveStepForm
from assessments.models import ProgramAssignment, ProgramVersion
from assessments.programs import comes_in_words, is_gated, plan_of, steps_to_give, title_of
from clients.models import Client
from practice import audit
from practice.access import staff
from practice.models import Role

from .afterwards import after_assigning


def _cared_for(request, client_id) -> Client:
    return get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)


def _running(client, program_id) -> ProgramAssignment:
    programs = ProgramAssignment.objects.running().filter(client=client)
    return get_object_or_404(programs.select_related("version__program", "client"), pk=program_id)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def program_assign(request, client_id, slug):
    """What the steps are and when each comes; then it is assigned as one."""
    client = _cared_for(request, client_id)
    versions = ProgramVersion.objects.of(request.user).assignable()
    version = get_object_or_404(versions, program__slug=slug)
    plan = plan_of(version, now=timezone.now(), zone=client.zone)
    form = AssignProgramForm(
        request.POST if request.method == "POST" else None,
        client=client,
        version=version,
        by=request.user,
        is_gated=is_gated(plan),
    )
    if form.is_valid():
        try:
            form.save()
        except IntegrityError as error:  # the name of what was assigned to somebody else
            raise Http404 from error
        tasks.ring()
        messages.success(
            request,
            _("Assigned. They see its first steps now.")
            if client.has_joined
            else _("Assigned. It waits for them until they join the portal."),
        )
        return redirect(after_assigning(request, client))
    weeks: dict[int, list] = {}
    for each in plan:
        weeks.setdefault(each.step.week, []).append(each)
    context = {
        "client": client,
        "program": version.program,
        "definition": version.definition,
        "weeks": weeks,
        "form": form,
    }
    audit.looked("work.read", client, by=request.user)
    return render(request, "assessments/program_assign.html", context)


@staff(Role.CLINICIAN)
@require_http_methods(["GET", "POST"])
def program_step(request, client_id, program_id, place):
    """Give one step by hand, whatever it waits for."""
    client = _cared_for(request, client_id)
    found = _running(client, program_id)
    step = _step(found, place)
    if found.steps.filter(step=place).exists():
        messages.success(request, _("It was given before."))
        return redirect("assessments:work", client.pk)
    form = GiveStepForm(
        request.POST if request.method == "POST" else None,
        client=client,
        by=request.user,
        program=found,
        place=place,
        is_gated=step["definition"].gated,
    )
    if form.is_valid():
        form.save()
        tasks.ring()
        messages.success(request, _("Given. They see it now."))
        return redirect("assessments:work", client.pk)
    context = {"client": client, "form": form, **step}
    audit.looked("work.read", client, by=request.user)
    return render(request, "assessments/program_step.html", context)


def _step(found: ProgramAssignment, place: int) -> dict:
    """What the page of a step shows; 404 for one that can't be given."""
    program = found.version.definition
    if place >= len(program.steps):
        raise Http404
    step = program.steps[place]
    slugs = [each.activity for each in program.steps]
    versions = steps_to_give(found.practice_id, slugs)
    version = versions.get(step.activity)
    if version is None or not version.definition.has_text:
        raise Http404
    return {
        "program": program,
        "step": step,
        "activity": version.activity,
        "definition": version.definition,
        "comes": comes_in_words(step, above=title_of(program, place - 1, versions)),
    }


@staff(Role.CLINICIAN)
@require_POST
def program_end(request, client_id, program_id):
    client = _cared_for(request, client_id)
    found = _running(client, program_id)
    actions.end_program(found, by=request.user, now=timezone.now())
    messages.success(request, _("Ended. What was sent stays."))
    return redirect("assessments:work", client.pk)

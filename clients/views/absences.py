"""Days away, and who covers: one's own; the owner sees and names everybody's."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import actions
from clients.colleagues import clinicians_of
from clients.forms import AbsenceForm
from clients.models import Absence, Cover
from practice.access import staff
from practice.models import Role


@staff(Role.CLINICIAN, Role.OWNER)
@require_safe
def absences(request):
    now, user = timezone.now(), request.user
    found = (
        Absence.objects.of(user)
        .not_over(now)
        .order_by("starts_at")
        .select_related("clinician", "practice")
        .prefetch_related("covers__covering", "covers__client")
    )
    context = {
        "absences": found,
        "people": clinicians_of(user.practice_id) if Role.OWNER in user.roles else [user],
        "covers": _to_cover(user, now),
        "now": now,
    }
    return render(request, "clients/absences.html", context)


def _to_cover(user, now):
    """What ``user`` covers now or later."""
    return (
        Cover.objects.mine(user)
        .not_over(now)
        .select_related("absence__clinician", "absence__practice", "client")
        .order_by("absence__starts_at", "client_id")
    )


@staff(Role.CLINICIAN, Role.OWNER)
@require_http_methods(["GET", "POST"])
def absence_add(request, person_id):
    people = clinicians_of(request.user.practice_id)
    if Role.OWNER not in request.user.roles:
        people = people.filter(pk=request.user.pk)
    return _form(request, get_object_or_404(people, pk=person_id), None)


@staff(Role.CLINICIAN, Role.OWNER)
@require_http_methods(["GET", "POST"])
def absence_change(request, absence_id):
    absence = _to_come(request, absence_id)
    return _form(request, absence.clinician, absence)


def _form(request, person, absence):
    form = AbsenceForm(request.POST or None, person=person, by=request.user, absence=absence)
    if form.is_valid() and (kept := form.save()):
        messages.success(request, _("Kept. It begins and ends by itself."))
        _tell_what_is_left_open(request, kept)
        return redirect("clients:absences")
    context = {"person": person, "form": form, "absence": absence}
    return render(request, "clients/absence_form.html", context)


def _tell_what_is_left_open(request, absence) -> None:
    """Whoever goes away while they were to cover for somebody: nobody covers through them."""
    promised = Cover.objects.mine(absence.clinician).between(absence.starts_at, absence.ends_at)
    for cover in promised.select_related("absence__clinician"):
        words = _("%(name)s was to cover for %(whom)s on some of these days. Nobody does then.")
        who = {"name": absence.clinician, "whom": cover.absence.clinician}
        messages.warning(request, words % who)
    if not absence.covers.valid().exists():
        words = _("Nobody covers: alerts still go to %(name)s first.")
        messages.warning(request, words % {"name": absence.clinician})


@staff(Role.CLINICIAN, Role.OWNER)
@require_POST
def absence_end(request, absence_id):
    absence = _to_come(request, absence_id)
    actions.end_absence(absence, by=request.user, now=timezone.now())
    messages.success(request, _("Ended. Who covered reads these records no more."))
    return redirect("clients:absences")


def _to_come(request, absence_id) -> Absence:
    found = Absence.objects.of(request.user).not_over(timezone.now())
    return get_object_or_404(found.select_related("clinician", "practice"), pk=absence_id)
